"""A room with an owner, and tokens of further people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from camus_core.admission.identity import Identity
from camus_core.wire.errors import NotAllowed
from camus_transport import Session, create_room
from transport.session_server import SessionServer

IDENTITIES = {
    "eve's": Identity("eve"),
    "bob's": Identity("bob", "Bob", "moderator"),
}
"""The identity that each token asserts."""


def read_token(token: str) -> Identity:
    if token not in IDENTITIES:
        raise NotAllowed("nobody has this token")
    return IDENTITIES[token]


@asynccontextmanager
async def owner(
    server: SessionServer, guest_limit: int | None = None
) -> AsyncIterator[Session]:
    """Create the room "Lobby" and join it as its owner, Ann, whose connection is never cut."""
    url = f"ws://127.0.0.1:{server.port}/ws"
    room = await create_room(url, name="Lobby", guest_limit=guest_limit)
    joining = server.signaling.join("lobby", username="Ann", owner_token=room.owner_token)
    async with joining as ann:
        yield ann
