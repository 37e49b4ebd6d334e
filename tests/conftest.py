"""Tests that share a machine: Hypothesis doesn't judge their times. In several processes
(`pytest -n 6 --dist loadgroup`) those marked `alone` come last, and none of them runs together
with any other test.
"""

import fcntl
import gc
import sys
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-extension", action="store_true", help="hide the extension in C")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("without_extension"):
        sys.modules["camus_core.wire._scanner"] = cast(ModuleType, None)  # as if not built


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is one of several."""
    return hasattr(config, "workerinput")


def runs_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the group in this hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Move the tests that run alone to the end, as one group."""
    if is_worker(config):
        items.sort(key=runs_alone)
        for item in filter(runs_alone, items):
            item.add_marker(pytest.mark.xdist_group("alone"))


def pytest_collection_finish() -> None:
    """Keep modules and collected tests out of every garbage collection: they stay."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test that runs alone when every other test has ended, by a lock of this file."""
    if not is_worker(item.config):
        return (yield)
    with Path(__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX if runs_alone(item) else fcntl.LOCK_SH)
        return (yield)
