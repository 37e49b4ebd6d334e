"""Tests of the dependencies' bounds in pyproject.toml, and of constraints.txt."""

import importlib.metadata
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = [
    Requirement(one)
    for one in (
        *PROJECT["dependencies"],
        *(one for extra in ("fast", "metrics", "tokens") for one in EXTRAS[extra]),
    )
]

WITHOUT_UPPER_BOUND = {"cryptography"}

THE_ENVIRONMENTS_OWN = {"pip", "setuptools"}


def pins() -> dict[str, str]:
    """Return the exact version of each package in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def needed_by(one: Requirement) -> Iterator[Requirement]:
    """Yield the requirements of an installed package on this machine."""
    for text in importlib.metadata.distribution(one.name).requires or ():
        inner = Requirement(text)
        extras = ["", *one.extras]
        if inner.marker is None or any(inner.marker.evaluate({"extra": e}) for e in extras):
            yield inner


@pytest.mark.parametrize("one", NEEDED, ids=lambda one: one.name)
def test_each_dependency_has_bounds_within_which_its_shipped_version_is(
    one: Requirement,
) -> None:
    bounds = {bound.operator for bound in one.specifier}
    assert bounds == ({">="} if one.name in WITHOUT_UPPER_BOUND else {">=", "<"})
    assert one.specifier.contains(pins()[canonicalize_name(one.name)])


def test_what_dependencies_need_is_pinned_too_and_nothing_else_is() -> None:
    if any(importlib.metadata.version(name) != pin for name, pin in pins().items()):
        pytest.skip("other versions are installed than those that are shipped")
    waiting = list(NEEDED)
    seen: dict[tuple[str, frozenset[str]], Requirement] = {}
    while waiting:
        one = waiting.pop()
        key = canonicalize_name(one.name), frozenset(one.extras)
        if key[0] not in THE_ENVIRONMENTS_OWN and key not in seen:
            seen[key] = one
            waiting += needed_by(one)
    pinned = pins()
    assert {name for name, _ in seen} == set(pinned)
    for (name, _), one in seen.items():
        assert one.specifier.contains(pinned[name]), one
