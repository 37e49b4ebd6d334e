"""Selections of scenarios, and servers and stores set up as a scenario wants them."""

import time
from collections.abc import Sequence

import pytest

from camus_core.admission.identity import Identity
from camus_core.admission.passwords import hash_password
from camus_core.conformance import SCENARIOS, Scenario
from camus_core.conformance.scenario import Setting
from camus_core.records import NetworkAddress
from camus_core.store import Store
from camus_core.wire.errors import NotAllowed
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import Extension, Text
from camus_store.memory import MemoryStore
from camus_transport.http.addresses import counted_network, parse_address
from camus_transport.http.handshake import Authenticator, Handshake
from camus_transport.server.answers import TokenReader
from driving.bare_router import record_of

_SHOWN_IN = "x-token"
"""The request header that carries a client's token during the handshake."""


def _named(scenarios: Sequence[Scenario]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("scenario", scenarios, ids=lambda scenario: scenario.name)


every_scenario = _named(SCENARIOS)
every_scenario_without_a_wire = _named([one for one in SCENARIOS if not one.wire])


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


def words_in(frame: bytes) -> Text | Extension:
    """Return the message in a frame that the operator says."""
    message = JsonCodec().decode(frame, ids=True)
    assert isinstance(message, Text | Extension)
    return message


def counted_address(address: str | None) -> NetworkAddress | None:
    """Return the address by which the server counts a client that connects from this one."""
    return None if address is None else counted_network(parse_address(address))


def block_process(seconds: float) -> None:
    """Block the whole process, its event loop and the servers in it, for this many seconds."""
    time.sleep(seconds)


async def store_for(setting: Setting) -> MemoryStore:
    """Return a memory store that holds the rooms of the setting."""
    store = MemoryStore()
    await fill(store, setting)
    return store


async def fill(store: Store, setting: Setting) -> None:
    """Create the rooms of the setting in a store."""
    for room in setting.rooms:
        password = room.password
        password_hash = password and hash_password(password, b"sixteen bytes...")
        await store.create_room(record_of(room, password_hash))
