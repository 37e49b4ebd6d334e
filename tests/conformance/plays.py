"""Which scenarios a test plays, and servers as they want them."""

from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import pytest

from camus_core.conformance import SCENARIOS, Scenario
from camus_core.conformance.scenario import ExistingRoom, Setting
from camus_core.passwords import hash_password
from camus_core.records import RoomId, RoomRecord
from camus_core.router import Router
from camus_core.store import Store
from camus_store.memory import MemoryStore

Result = TypeVar("Result")


def _named(scenarios: Sequence[Scenario]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", scenarios, ids=lambda scenario: scenario.name)


every_scenario = _named(SCENARIOS)
every_scenario_without_a_wire = _named([one for one in SCENARIOS if not one.wire])
every_core_scenario_without_a_wire = _named(
    [one for one in SCENARIOS if not one.wire and not one.subprotocols]
)
"""For transports that don't offer the session profile."""


def router_for(setting: Setting, run: str = "the only run") -> Router:
    return Router(setting.limits, setting.ice, setting.rooms_on_demand, run)


async def store_for(setting: Setting) -> MemoryStore:
    """Return a store that has the rooms in it."""
    store = MemoryStore()
    await fill(store, setting)
    return store


async def fill(store: Store, setting: Setting) -> None:
    """Put the rooms into a store."""
    for room in setting.rooms:
        await store.create_room(_record(room))


def at_once(work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of what is asynchronous by its form and never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise AssertionError(f"{work} waits")


def _record(room: ExistingRoom) -> RoomRecord:
    return RoomRecord(
        RoomId(room.id),
        name=room.id,
        created_at=0.0,
        password=room.password and hash_password(room.password, b"sixteen bytes..."),
        guest_limit=room.guest_limit,
        empty_for=room.empty_for,
    )
