"""Sessions against a simple model: whatever happens, what `ledger` says in words holds.

Longer lists of steps, for as many seeds: `python tests/core/test_session_model.py 1000 [seed]`.
"""

import random
import sys
from collections import Counter
from pathlib import Path

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from camus_core import messages as m
from camus_core.messages import GROUND_CONTROL
from camus_core.profile import SESSION
from core.honest_client import Client
from core.session_model import World

SECONDS = (0.1, 1.0, 2.5, 5.0, 12.0, 29.0, 31.0, 61.0)
PADDING = (0, 0, 0, 100, 700, 1500, 3000, 7500)
LIES = (-5, -1, 1, 2, 3, 7, 50, 2**60)

MOST = 8
"""How many ways there are in which each step can happen."""

KINDS = {
    "say": 8,
    "come": 6,
    "flow": 6,
    "serve": 4,
    "hear": 4,
    "confirm": 4,
    "drop": 4,
    "wait": 4,
    "lose": 2,
    "answer": 2,
    "rename": 2,
    "reload": 1,
    "stall": 1,
    "bye": 1,
    "restart": 1,
    "kill": 1,
    "lie": 1,
}
"""What can happen, and how often it does in the long runs."""

Step = tuple[str, int, int]
"""What happens, to which client, and in which way."""


def take(world: World, step: Step) -> None:
    kind, who, way = step
    client = world.clients[who]
    line = world.line_of.get(who)
    match kind:
        case "say":
            to = None if way == 0 else world.clients[(who + way) % len(world.clients)]
            world.says(client, to, PADDING[(way * 5 + len(world.ledger.said)) % MOST])
        case "come":
            world.comes(client)
        case "flow":
            world.flows()
        case "serve":
            for one in world.lines:
                if one.client is client:
                    world.serves(one, way + 1)
        case "hear":
            world.hears(client, way + 1)
        case "confirm":
            client.confirms()
        case "drop":
            world.drops(client, (None, 1001)[way % 2])
        case "wait":
            world.waits(SECONDS[way])
        case "lose":
            world.loses(client)
        case "answer":
            for one in world.lines:
                if one.client is client:
                    world.answers(one, fails=way == 0)
        case "rename":
            rename(client, f"name {way}")
        case "reload":
            world.drops(client, 1001)
            client.is_reloaded()
        case "stall" if line is not None:
            world.stalls(line)
        case "bye":
            client.leaves()
        case "restart" | "kill":
            world.restarts(killed=kind == "kill")
        case "lie":
            lie(world, client, LIES[way])
        case _:
            pass
    world.writes(client)


def rename(client: Client, username: str) -> None:
    if client.id is not None and not client.has_left:
        profile = m.Profile(GROUND_CONTROL, m.ProfileBody(username))
        client.says(evolve(profile, id="rename") if client.profile is SESSION else profile)


def lie(world: World, client: Client, by: int) -> None:
    """Claim to have received another number of frames than is true."""
    client.honest = False
    if client.is_in:
        client.confirms(by)
    else:
        world.comes(client, by)


def faults_after(steps: list[Step]) -> Counter[str]:
    """Return what went wrong; all come first, and leave in the end."""
    world = World()
    for client in world.clients:
        world.comes(client)
    world.flows()
    for step in steps:
        take(world, step)
    world.settles()
    world.leave()
    return world.ledger.faults


steps = st.lists(
    st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 5), st.integers(0, MOST - 1)),
    max_size=50,
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_nothing_is_lost_in_silence_and_both_sides_agree_in_the_end(steps: list[Step]) -> None:
    assert not faults_after(steps)


def shrunk(steps: list[Step]) -> list[Step]:
    """Return fewer of these steps, after which something goes wrong all the same."""
    size = len(steps)
    while size:
        for at in range(len(steps) - size, -1, -1):
            fewer = steps[:at] + steps[at + size :]
            if len(fewer) < len(steps) and faults_after(fewer):
                steps = fewer
        size = min(size, len(steps)) // 2
    return steps


def main(lists: int = 1000, seed: int = 0) -> None:
    rng = random.Random(seed)
    kinds, weights = list(KINDS), list(KINDS.values())
    for number in range(lists):
        chosen = rng.choices(kinds, weights, k=rng.randint(1, 200))
        steps = [(kind, rng.randrange(6), rng.randrange(MOST)) for kind in chosen]
        if faults_after(steps):
            steps = shrunk(steps)
            print(f"list {number} of seed {seed}: {dict(faults_after(steps))}\n{steps}")
            sys.exit(1)
    print(f"seed {seed}: {lists} lists of up to 200 steps, and no fault")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
