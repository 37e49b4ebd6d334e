"""Sessions against a simple model, with the invariants of `delivery_audit`.

Longer lists of steps, for this many seeds: `python tests/core/test_session_model.py 1000
[seed]`.
"""

import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import CORE
from core.final_state import leave, settle
from core.honest_client import Client
from core.session_model import World

SECONDS = (0.1, 0.5, 1.0, 2.5, 2.5, 5.0, 12.0, 31.0)
PADDING = (0, 0, 7500, 0, 3000, 100, 0, 15_000, 0, 700, 0)
JUMPS = (0.0, 0.05, 1.0, 45.0, 3600.0, -3600.0, 86400.0, -86400.0)
LIES = (-5, -1, 1, 2, 3, 7, 50, 2**60)

WAYS = 8
"""The number of variants of each step."""

OFTEN = ("say", "come", "flow", "serve", "hear", "confirm", "drop", "wait")
AT_TIMES = ("lose", "answer", "ask", "stall", "bye", "reload")
BAD_NETWORK = OFTEN * 5 + AT_TIMES
CONTROL = ("kick", "promote", "promote", "lock", "lock", "decide")

CONDITIONS = {
    "a bad network": BAD_NETWORK,
    "many messages": (*BAD_NETWORK, *["say"] * 12),
    "deploys": (*BAD_NETWORK, "restart"),
    "crashes": (*BAD_NETWORK, "kill"),
    "liars": (*BAD_NETWORK, "lie"),
    "room control": BAD_NETWORK + CONTROL * 5,
    "clocks and pauses": (*BAD_NETWORK, "pause", "pause", "set clock"),
    "everything": (*BAD_NETWORK, *CONTROL, "restart", "kill", "lie", "pause", "set clock"),
}
"""The steps of each condition, with their frequency. Crashes and liars excuse many faults, so
they have conditions of their own.
"""

Step = tuple[str, int, int]
"""The kind of a step, its client, and its variant."""


def perform(world: World, step: Step) -> None:
    kind, who, way = step
    client = world.clients[who]
    match kind:
        case "say":
            to = (None, None, *world.clients)[way]
            world.says(client, to, PADDING[len(world.audit.said) % len(PADDING)])
        case "come":
            for somebody in (client,) if way < WAYS // 2 else world.clients:
                world.connects(somebody)
        case "flow":
            world.flows()
        case "serve":
            for link in world.links_to(client):
                world.serves(link, way + 1)
        case "hear":
            world.hears(client, way + 1)
        case "confirm":
            client.confirms()
        case "drop":
            world.drops(client, (None, 1001)[way % 2])
        case "wait":
            world.waits(SECONDS[way])
        case "pause":
            world.pauses(2.0 * SECONDS[way])
            world.wakes()
        case "set clock":
            world.set_clock(JUMPS[way])
        case "lose":
            world.loses_connection(client)
        case "answer":
            for link in world.links_to(client):
                world.answers(link, fails=way == 0)
        case "ask":
            send_request(client, way)
        case "reload":
            world.drops(client, 1001)
            client.is_reloaded()
        case "stall":
            for link in world.links_to(client):
                world.stalls(link)
        case "bye":
            client.leaves()
        case "restart" | "kill":
            world.restarts(killed=kind == "kill")
        case "kick" | "promote" | "lock" | "decide":
            moderate(world, client, kind, way)
        case "lie":
            claim_wrong_number(world, client, LIES[way])
        case _:
            raise AssertionError(kind)
    world.writes(client)


def send_request(client: Client, way: int) -> None:
    """Send a request to the server, which answers a rename immediately, a list later."""
    if client.id is None or client.has_left:
        return
    if client.profile is CORE:
        client.says(m.Profile(GROUND_CONTROL, m.ProfileBody(f"name {way}")))
    elif way % 2:
        client.says(m.Profile(GROUND_CONTROL, m.ProfileBody(f"name {way}"), id="ask"))
    else:
        client.says(m.ListRooms(id="ask"))


def moderate(world: World, client: Client, kind: str, way: int) -> None:
    """Moderate a client or its room; kicked clients often come back."""
    if kind == "lock":
        world.order(client.room, m.Lock(GROUND_CONTROL, m.LockBody(way % 4 > 0)))
    elif kind == "decide":
        world.decides(client, admits=way % 4 > 0)
    elif client.id is not None and kind == "kick":
        world.order(client.room, m.Kick(GROUND_CONTROL, m.DismissalBody(client.id)))
        if way % 4 > 0:
            world.hears(client)
            world.connects(client)
            world.flows()
    elif client.id is not None:
        role = m.SetRoleBody(client.id, "moderator")
        world.order(client.room, m.SetRole(GROUND_CONTROL, role))


def claim_wrong_number(world: World, client: Client, by: int) -> None:
    """Claim to have received another number of frames than the true one."""
    client.honest = False
    if client.is_in:
        client.confirms(by)
    else:
        world.connects(client, by)


def faults_after(steps: list[Step]) -> Counter[str]:
    """Return the faults found in a run in which all clients join first and leave in the end."""
    world = World()
    for client in world.clients:
        world.connects(client)
    world.flows()
    for step in steps:
        perform(world, step)
    settle(world)
    leave(world)
    return world.audit.faults


def lists_of_steps(kinds: tuple[str, ...]) -> st.SearchStrategy[list[Step]]:
    ways = st.integers(0, WAYS - 1)
    return st.lists(st.tuples(st.sampled_from(kinds), st.integers(0, 5), ways), max_size=60)


@pytest.mark.slow
@pytest.mark.parametrize("weather", CONDITIONS)
def test_nothing_is_lost_in_silence_and_both_sides_agree_in_the_end(weather: str) -> None:
    @settings(max_examples=300)
    @given(lists_of_steps(CONDITIONS[weather]))
    def check(steps: list[Step]) -> None:
        assert not faults_after(steps)

    check()


def shrunk(steps: list[Step]) -> list[Step]:
    """Return a shorter list of steps that still leads to a fault."""
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
    for number in range(lists):
        kinds = rng.choice(list(CONDITIONS.values()))
        steps = [
            (rng.choice(kinds), rng.randrange(6), rng.randrange(WAYS))
            for _ in range(rng.randint(1, 80))
        ]
        if faults_after(steps):
            steps = shrunk(steps)
            print(f"list {number} of seed {seed}: {dict(faults_after(steps))}\n{steps}")
            sys.exit(1)
    print(f"seed {seed}: {lists} lists of up to 80 steps, and no fault")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
