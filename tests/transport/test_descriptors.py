"""Open files: limits that a system refuses, and standard streams that are closed."""

import logging
import resource

import pytest

from camus_transport.descriptors import descriptor_limit, raise_descriptor_limit

INFINITE = resource.RLIM_INFINITY


class System:
    """A system that limits the open files of a process, whatever its hard limit is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, most: int):
        self.limits = soft, hard
        self.most = most
        monkeypatch.setattr(resource, "getrlimit", lambda which: self.limits)
        monkeypatch.setattr(resource, "setrlimit", self.set)

    def set(self, which: int, limits: tuple[int, int]) -> None:
        if not 0 < limits[0] <= self.most:
            raise ValueError("current limit exceeds maximum limit")
        self.limits = limits


@pytest.mark.parametrize(
    ("soft", "hard", "most", "granted", "tells"),
    [
        pytest.param(256, INFINITE, 10_240, 10_240, True, id="macOS"),
        pytest.param(256, INFINITE, 61_439, 61_439, True, id="macOS, raised"),
        pytest.param(INFINITE, INFINITE, 24_576, 24_576, True, id="macOS, infinite already"),
        pytest.param(1024, INFINITE, 10**9, 1 << 20, False, id="infinite indeed"),
        pytest.param(1024, 4096, 4096, 4096, False, id="Linux"),
        pytest.param(1024, 1 << 30, 20_000, 20_000, True, id="a hard limit over the kernel's"),
        pytest.param(1024, 4096, 0, 1024, True, id="a sandbox that forbids it"),
        pytest.param(
            INFINITE, INFINITE, 0, 1 << 20, True, id="infinite, and nothing may change"
        ),
        pytest.param(4096, 4096, 0, 4096, False, id="nothing to raise"),
    ],
)
def test_the_limit_is_raised_as_far_as_the_system_lets_it(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    soft: int,
    hard: int,
    most: int,
    granted: int,
    tells: bool,
) -> None:
    caplog.set_level(logging.INFO)
    system = System(monkeypatch, soft, hard, most)
    raise_descriptor_limit()
    assert descriptor_limit() == granted
    assert system.limits[1] == hard
    assert (f"allows {granted}" in caplog.text) is tells
