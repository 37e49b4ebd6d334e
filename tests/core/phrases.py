"""Short forms of the messages in the tests' conversations.

A name stands for a client: `id_of(name)` is its id, and `secret_of(name)` the secret that the
driver would generate for its session.
"""

from typing import Any

from camus_core.records import ClientId
from camus_core.wire import messages as m
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import GROUND_CONTROL, Json


def id_of(name: str) -> ClientId:
    """Return the client id of a name of at most 16 letters."""
    return ClientId(name.encode().hex().ljust(32, "0"))


def secret_of(name: str) -> str:
    """Return the secret that is generated for the connection of a name."""
    return f"secret of {name}".rjust(64, "-")


def recipient(name: str) -> str:
    """Return the `receiver` of a message to this name, or to the room if it is `room`."""
    return m.ROOM if name == m.ROOM else id_of(name)


# Messages of clients ----------------------------------------------------------------------


def hi(to: str, what: object = "Hi", *, by: str = "", id: str | None = None) -> m.Greeting:
    """Return a greeting to a name or `room`; `by` is the name of its sender, as the server
    writes it.
    """
    said = Json(f'"{what}"'.encode())
    return m.Greeting(recipient(to), said, id_of(by) if by else "", id=id)


def join(room_id: str | None = None, *, id: str | None = None, **more: Any) -> m.Join:
    """Return a `join`; `more` are further members of its data."""
    return m.Join(GROUND_CONTROL, m.JoinBody(room_id, **more), id=id)


def resume(token: str, received: int | None, room_id: str = "lobby") -> m.Join:
    """Return a `join` that resumes a session."""
    return join(room_id, resume=m.ResumeBody(token, received))


def rename(username: str, *, id: str | None = None) -> m.Profile:
    return m.Profile(GROUND_CONTROL, m.ProfileBody(username), id=id)


def ack(received: int) -> m.Ack:
    return m.Ack(GROUND_CONTROL, m.AckBody(received))


def bye() -> m.Bye:
    return m.Bye(GROUND_CONTROL)


# Messages of owners and moderators ----------------------------------------------------------


def kick(name: str, *, id: str | None = None) -> m.Kick:
    return m.Kick(GROUND_CONTROL, m.WhoBody(id_of(name)), id=id)


def ban(name: str, *, id: str | None = None) -> m.Ban:
    return m.Ban(GROUND_CONTROL, m.WhoBody(id_of(name)), id=id)


def set_role(name: str, role: m.GrantedRole, *, id: str | None = None) -> m.SetRole:
    return m.SetRole(GROUND_CONTROL, m.SetRoleBody(id_of(name), role), id=id)


def lock(*, id: str | None = None) -> m.Lock:
    return m.Lock(GROUND_CONTROL, m.LockBody(True), id=id)


def unlock(*, id: str | None = None) -> m.Lock:
    return m.Lock(GROUND_CONTROL, m.LockBody(False), id=id)


def admit(name: str, *, id: str | None = None) -> m.Admit:
    return m.Admit(GROUND_CONTROL, m.WhoBody(id_of(name)), id=id)


def deny(name: str, *, id: str | None = None) -> m.Deny:
    return m.Deny(GROUND_CONTROL, m.WhoBody(id_of(name)), id=id)


# Messages of the server ------------------------------------------------------------------


def refusal(name: str, error: ProtocolError, *, reply_to: str | None = None) -> m.Error:
    """Return the `error` that refuses a request of a client."""
    body = m.ErrorBody(error.code, str(error), error.retry_after)
    return m.Error(id_of(name), body, GROUND_CONTROL, reply_to=reply_to)


def roster(to: str, room_id: str, *names: str, **usernames: str) -> m.RoomInfo:
    """Return the `room-info` that lists these names, sent to a name or to `room`."""
    clients = (m.ClientInfo(id_of(name), usernames.get(name, "Major Tom")) for name in names)
    return m.RoomInfo(recipient(to), m.RoomInfoBody(room_id, tuple(clients)), GROUND_CONTROL)


def greeting(name: str) -> m.Greeting:
    """Return the server's greeting to a new member."""
    return m.Greeting(
        id_of(name), Json(b'"This is Ground Control to Major Tom"'), GROUND_CONTROL
    )


def seen(name: str, username: str = "Major Tom", role: m.Role = "guest") -> m.SessionClient:
    """Return the entry of a name in rosters of the session profile."""
    return m.SessionClient(id_of(name), username, role)


def came(name: str, username: str = "Major Tom", role: m.Role = "guest") -> m.ClientJoined:
    return m.ClientJoined(m.ROOM, seen(name, username, role), GROUND_CONTROL)


def left(name: str, reason: m.LeaveReason) -> m.ClientLeft:
    return m.ClientLeft(m.ROOM, m.ClientLeftBody(id_of(name), reason), GROUND_CONTROL)


def renamed(name: str, username: str) -> m.ClientUpdated:
    return m.ClientUpdated(m.ROOM, seen(name, username), GROUND_CONTROL)


def has_role(name: str, role: m.Role, username: str = "Major Tom") -> m.ClientUpdated:
    return m.ClientUpdated(m.ROOM, seen(name, username, role), GROUND_CONTROL)


LOCKED = m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(True), GROUND_CONTROL)
UNLOCKED = m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(False), GROUND_CONTROL)


def waits_for(room_id: str, name: str, *, reply_to: str | None = None) -> m.Waiting:
    """Return the `waiting` message to a client that waits to be admitted."""
    body = m.WaitingBody(room_id)
    return m.Waiting(id_of(name), body, GROUND_CONTROL, reply_to=reply_to)


def who_waits(name: str, username: str = "Major Tom") -> m.ClientInfo:
    return m.ClientInfo(id_of(name), username)


def knocked(name: str, username: str = "Major Tom") -> m.ClientWaiting:
    """Return the notice to owners and moderators that a client waits."""
    return m.ClientWaiting(m.ROOM, who_waits(name, username), GROUND_CONTROL)


def waits_no_more(name: str) -> m.ClientWaitingLeft:
    return m.ClientWaitingLeft(m.ROOM, m.WhoBody(id_of(name)), GROUND_CONTROL)


def done(name: str, *, reply_to: str | None = None) -> m.Done:
    return m.Done(id_of(name), None, GROUND_CONTROL, reply_to=reply_to)


def acked(name: str, received: int) -> m.Ack:
    """Return the server's confirmation to a client."""
    return m.Ack(id_of(name), m.AckBody(received), GROUND_CONTROL)


def undeliverable(
    to: str, receiver: str, reason: m.Reason, *, reply_to: str | None = None
) -> m.Undeliverable:
    """Return the notice to the sender `to` that its message to `receiver` was not delivered."""
    body = m.UndeliverableBody(id_of(receiver), reason)
    return m.Undeliverable(id_of(to), body, GROUND_CONTROL, reply_to=reply_to)
