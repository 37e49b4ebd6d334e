"""Which scenarios a test plays, and servers as they want them."""

from collections.abc import Sequence

import pytest

from camus_core.conformance import SCENARIOS, Scenario
from camus_core.conformance.scenario import ExistingRoom, Setting
from camus_core.passwords import hash_password
from camus_core.records import RoomId, RoomRecord
from camus_core.router import Router
from camus_store.memory import MemoryStore


def _named(scenarios: Sequence[Scenario]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", scenarios, ids=lambda scenario: scenario.name)


every_scenario = _named(SCENARIOS)
every_scenario_without_a_wire = _named([one for one in SCENARIOS if not one.wire])


def router_for(setting: Setting) -> Router:
    return Router(setting.limits, setting.ice, setting.rooms_on_demand)


def records_for(setting: Setting) -> list[RoomRecord]:
    return [_record(room) for room in setting.rooms]


async def store_for(setting: Setting) -> MemoryStore:
    """Return a store that has the rooms in it."""
    store = MemoryStore()
    for record in records_for(setting):
        await store.create_room(record)
    return store


def _record(room: ExistingRoom) -> RoomRecord:
    return RoomRecord(
        RoomId(room.id),
        name=room.id,
        created_at=0.0,
        password=room.password and hash_password(room.password, b"sixteen bytes..."),
        guest_limit=room.guest_limit,
        empty_for=room.empty_for,
    )
