"""The client's doors over WebSockets: join a room, or make one."""

from collections.abc import Callable

from websockets.uri import parse_uri

from camus_core.wire import messages as m
from camus_core.wire.codec import best_codec
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .backoff import Backoff
from .events import SessionEvent
from .reconnection import Token
from .requests import ask
from .session import Session
from .wire import open_wire


def join(
    url: str,
    *,
    room_id: str | None = None,
    username: str | None = None,
    password: str | None = None,
    token: Token | None = None,
    owner_token: str | None = None,
    on_event: Callable[[SessionEvent], None] | None = None,
    backoff: Backoff | None = None,
) -> Session:
    """Join a room: `async with join(...) as session`.

    Args:
        url: `ws://host:port/ws`; with `/room/<room id>/ws` the room is named there.
        room_id: the room.
        username: what the others see.
        password: the room's, where it has one.
        token: shows who this is, where the server takes tokens; or a function that gets a
            fresh one, each time that the client joins or comes back.
        owner_token: what `create_room` gave; who shows it is the room's owner.
        on_event: hears what happens beneath the messages: `Dropped`, `Waiting`, `Resumed`,
            `Rejoined` and `Expired`.
        backoff: how patiently to come back when the connection has ended.

    Raises:
        websockets.exceptions.InvalidURI: the URL is none of a WebSocket.
    """
    parse_uri(url)
    body = m.JoinBody(room_id, username, password, owner_token=owner_token)
    return Session(
        lambda: open_wire(url, SESSION.name), body, on_event, backoff or Backoff(), token
    )


async def create_room(
    url: str,
    *,
    name: str | None = None,
    password: str | None = None,
    public: bool = False,
    guest_limit: int | None = None,
    token: str | None = None,
) -> m.RoomCreatedBody:
    """Make a room, without being in one; return its id and the token of its owner.

    Args:
        url: `ws://host:port/ws`.
        name: what people call it; its id is made from it.
        password: what those who join have to know.
        public: whether it is listed.
        guest_limit: how many may be in it at a time.
        token: shows who makes it, where guests may not.

    Raises:
        OSError: nobody listens or answers there.
        websockets.exceptions.InvalidHandshake: no signaling server, or it refuses.
        Refused: the name is taken, or no name; or the token is not good.
        Disconnected: the connection has ended before there was an answer.
    """
    wire = await open_wire(url, SESSION.name)
    try:
        body = m.CreateRoomBody(name, password, public, guest_limit, token)
        wish = m.CreateRoom(GROUND_CONTROL, body, id="create-room")
        return (await ask(wire, best_codec(), wish, m.RoomCreated)).data
    finally:
        await wire.hang_up()
