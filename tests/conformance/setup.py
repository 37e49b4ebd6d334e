"""Selections of scenarios, and servers and stores set up as a scenario wants them."""

import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import pytest

from camus_core.admission.identity import Identity
from camus_core.admission.passwords import hash_password
from camus_core.conformance import SCENARIOS, Scenario
from camus_core.conformance.scenario import ExistingRoom, Setting
from camus_core.records import NetworkAddress, RoomId, RoomRecord
from camus_core.router import Router
from camus_core.store import Store
from camus_core.wire.errors import NotAllowed
from camus_store.memory import MemoryStore
from camus_transport.http.addresses import counted_network, parse_address
from camus_transport.http.handshake import Authenticator, Handshake
from camus_transport.server.answers import TokenReader

Result = TypeVar("Result")

_SHOWN_IN = "x-token"
"""The request header that carries a client's token during the handshake."""


def _named(scenarios: Sequence[Scenario]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", scenarios, ids=lambda scenario: scenario.name)


every_scenario = _named(SCENARIOS)
every_scenario_without_a_wire = _named([one for one in SCENARIOS if not one.wire])


def router_for(setting: Setting, node: str = "the only node") -> Router:
    return Router(setting.limits, setting.ice, setting.rooms_on_demand, node, setting.guests)


def token_reader_for(setting: Setting) -> TokenReader | None:
    """Return a reader of the scenario's tokens, or None if its server takes no tokens."""

    def read(token: str) -> Identity:
        if token not in setting.tokens:
            raise NotAllowed("nobody knows this token")
        return setting.tokens[token]

    return read if setting.tokens else None


def authenticator_for(setting: Setting) -> Authenticator | None:
    """Return an authenticator for tokens in handshakes, or None if none are taken."""
    read = token_reader_for(setting)
    if read is None:
        return None

    async def look_at(handshake: Handshake) -> Identity | None:
        token = handshake.headers.get(_SHOWN_IN)
        return None if token is None else read(token)

    return look_at


def token_headers(token: str | None) -> dict[str, str]:
    """Return the handshake headers that carry a token."""
    return {} if token is None else {_SHOWN_IN: token}


def counted_address(address: str | None) -> NetworkAddress | None:
    """Return the address by which the server counts a client that connects from this one."""
    return None if address is None else counted_network(parse_address(address))


def block_process(seconds: float) -> None:
    """Block the whole process, its event loop and the servers in it, for this many seconds."""
    time.sleep(seconds)


async def store_for(setting: Setting, clock: Callable[[], float] | None = None) -> MemoryStore:
    """Return a memory store that holds the rooms of the setting."""
    store = MemoryStore() if clock is None else MemoryStore(clock)
    await fill(store, setting)
    return store


async def fill(store: Store, setting: Setting) -> None:
    """Create the rooms of the setting in a store."""
    for room in setting.rooms:
        await store.create_room(_record(room))


def run_without_waiting(work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of a coroutine that never actually waits."""
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
        password_hash=room.password and hash_password(room.password, b"sixteen bytes..."),
        guest_limit=room.guest_limit,
        empty_for=room.empty_for,
        public=room.public,
    )
