"""The client's entry points over WebSockets: join a room, create one, or find one."""

from collections.abc import Callable

from websockets.uri import parse_uri

from camus_core.wire import messages as m
from camus_core.wire.codec import best_codec
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .backoff import Backoff
from .encryption import RoomKey
from .events import SessionEvent
from .reconnection import Token
from .requests import ask
from .session import Session
from .websocket_wire import open_wire


def join(
    url: str,
    *,
    room_id: str | None = None,
    username: str | None = None,
    password: str | None = None,
    token: Token | None = None,
    owner_token: str | None = None,
    invitation: str | None = None,
    room_name: str | None = None,
    key: RoomKey | None = None,
    on_event: Callable[[SessionEvent], None] | None = None,
    backoff: Backoff | None = None,
) -> Session:
    """Return a session that joins a room when it is entered: `async with join(...) as session`.

    Args:
        url: `ws://host:port/ws` with `room_id`, or `ws://host:port/room/ROOM/ws`.
        room_id: the id of the room, where the URL doesn't name it.
        username: the name that the other members see.
        password: the password of the room, if it has one.
        token: a token that identifies the client, or a function that gets a new one each time
            the client joins or reconnects.
        owner_token: the token returned by `create_room`, which makes the client the owner.
        invitation: the secret of an invitation; `invitation_in` finds it in a link.
        room_name: the name for people, if this join makes the room; the server ignores a name
            that makes another id.
        key: the key of an encrypted room: offers, answers, candidates and tracks are encrypted
            for their receiver, and only encrypted ones are accepted.
        on_event: called with each `Dropped`, `InWaitingRoom`, `Resumed`, `Rejoined`, `Expired`
            and `Discarded`.
        backoff: the policy of reconnection; `Backoff()` if None.

    Raises:
        websockets.exceptions.InvalidURI: the URL isn't one of a WebSocket.
    """
    parse_uri(url)
    body = m.JoinBody(
        room_id,
        username,
        password,
        owner_token=owner_token,
        name=room_name,
        invitation=invitation,
    )
    return Session(
        lambda: open_wire(url, SESSION.name), body, on_event, backoff or Backoff(), token, key
    )


async def create_room(
    url: str,
    *,
    name: str | None = None,
    password: str | None = None,
    public: bool = False,
    guest_limit: int | None = None,
    token: str | None = None,
    not_before: float | None = None,
    expires: float | None = None,
    encrypted: bool = False,
) -> m.RoomCreatedBody:
    """Create a room without joining it; return its id and its owner token.

    Args:
        url: `ws://host:port/ws`.
        name: the name for people; the server makes the room's id from it.
        password: the password that members need to join.
        public: True to have the server list the room.
        guest_limit: the maximum number of members.
        token: a token that identifies the creator, where guests may not create rooms.
        not_before: the time before which only owners and moderators may join, in UNIX seconds.
        expires: the time at which the room ends, in UNIX seconds.
        encrypted: True to keep out clients of the core profile, which can't encrypt. Members
            join with a `RoomKey`.

    Raises:
        OSError: the server can't be reached.
        websockets.exceptions.InvalidHandshake: no signaling server answers, or it refuses.
        Refused: the name is taken or invalid, the token is invalid, the times make no sense, or
            this client may create no rooms.
        ConnectionClosed: the connection ended before the answer.
        TimeoutError: the server didn't answer within 15 seconds.
    """
    wire = await open_wire(url, SESSION.name)
    try:
        body = m.CreateRoomBody(
            name,
            password,
            public,
            guest_limit,
            token,
            not_before=not_before,
            expires=expires,
            encrypted=encrypted,
        )
        request = m.CreateRoom(GROUND_CONTROL, body, id="create-room")
        return (await ask(wire, best_codec(lenient=True), request, m.RoomCreated)).data
    finally:
        await wire.hang_up()


async def find_room(
    url: str,
    name: str,
    *,
    password: str | None = None,
    token: str | None = None,
    owner_token: str | None = None,
    invitation: str | None = None,
) -> m.RoomFoundBody:
    """Find the room that a person means, without joining it; return its id.

    The id is that of a room which exists, or which could be made. The answer has the room's
    name and its members if this client may know them.

    Args:
        url: `ws://host:port/ws`.
        name: the name of the room, its id, or the text of a link to it.
        password: the password of the room, if it has one.
        token: a token that identifies the client.
        owner_token: the token returned by `create_room`.
        invitation: the secret of an invitation to the room.

    Raises:
        OSError: the server can't be reached.
        websockets.exceptions.InvalidHandshake: no signaling server answers, or it refuses.
        Refused: the text names no room, the token is invalid, or the client has asked too
            often; `unknown-type` from a server without the capability `find-room`.
        ConnectionClosed: the connection ended before the answer.
        TimeoutError: the server didn't answer within 15 seconds.
    """
    wire = await open_wire(url, SESSION.name)
    try:
        body = m.FindRoomBody(name, password, token, owner_token, invitation)
        request = m.FindRoom(GROUND_CONTROL, body, id="find-room")
        return (await ask(wire, best_codec(), request, m.RoomFound)).data
    finally:
        await wire.hang_up()
