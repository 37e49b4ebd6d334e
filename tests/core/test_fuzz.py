"""Hostile frames, a million of them with `python tests/core/test_fuzz.py 1000000 [seed]`."""

import random
import resource
import sys
import time
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from camus_core.rate_limits import LimitedAction
from camus_core.wire.codec import Codec, best_codec
from camus_core.wire.json_codec import JsonCodec
from core.hostile_world import World

WARM = 0.2
"""The part of the frames after which memory has to have stopped growing."""

MOST_GROWTH_KIB = 4096


MEANT = [
    *("new", "resumed", "unknown", "overflow", "rejoined", "restarted", "taken over"),
    *("waiting", "client-waiting", "client-waiting-left", "room-updated", "done", "obeyed"),
    *("left: left", "left: gone", "left: rejoined", "left: kicked", "left: banned"),
    *("room-ended", "closed 4508", "closed 4500"),
    *("room-locked", "room-full", "banned", "denied", "wrong-password", "not-allowed"),
    *("room-found", "found, with its members"),
    *("bans", "not-found"),
    *("invitations", "invited", "invalid-invitation", "too-many-invitations"),
    *(doing.value for doing in LimitedAction),
]
"""Answers that hostile clients have to get sooner or later."""


def peak_kib() -> int:
    """Return the peak memory of this process, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def fuzz(frames: int, seed: int, codec: Codec | None = None) -> tuple[World, int]:
    """Push this many frames, half of them mutated, through the codec and one router.

    Returns:
        The world afterwards, and the growth of the peak of memory after the warm-up, in KiB.
    """
    world = World(random.Random(seed), codec or best_codec())
    warm_kib = None
    while world.counts["frames"] < frames:
        if warm_kib is None and world.counts["frames"] >= frames * WARM:
            warm_kib = peak_kib()
        for _ in range(500):
            world.step()
        world.check_all()
    return world, peak_kib() - (warm_kib or peak_kib())


@pytest.mark.parametrize("seed", range(4))
def test_nothing_escapes_and_nobody_hears_another_room(seed: int) -> None:
    world, growth_kib = fuzz(5_000, seed)
    assert not world.invariants.faults
    assert growth_kib < MOST_GROWTH_KIB


def test_the_same_holds_with_the_codec_of_the_standard_library() -> None:
    world, _ = fuzz(3_000, 5, JsonCodec())
    assert not world.invariants.faults


@pytest.mark.slow
def test_hostile_clients_reach_what_they_are_meant_to_reach() -> None:
    """If all frames were refused, or no client joined a room, the test would prove nothing."""
    counts = fuzz(30_000, 8)[0].counts + fuzz(30_000, 9)[0].counts
    assert counts["frames"] * 0.2 < counts["refused by the codec"] < counts["frames"] * 0.8
    assert counts["deliveries"] > counts["frames"] * 0.5
    assert counts["closed"] > 20
    assert {what: counts[what] for what in MEANT if counts[what] <= 2} == {}


def main(frames: int = 1_000_000, seed: int = 0) -> None:
    started_at = time.monotonic()
    world, growth_kib = fuzz(frames, seed)
    print(f"seed {seed}: {dict(world.counts)} in {time.monotonic() - started_at:.0f} s")
    print(f"cross-room deliveries: {world.invariants.faults['cross-room delivery'] or 'none'}")
    print(f"faults of any kind: {dict(+world.invariants.faults) or 'none'}")
    print(f"growth of peak memory after the first {WARM:.0%}: {growth_kib} KiB")
    assert not +world.invariants.faults
    assert growth_kib < MOST_GROWTH_KIB


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
