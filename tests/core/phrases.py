"""What is said in the conversations of the tests, in few words.

A name stands for a client; `id_of(name)` is its id, and `secret_of(name)` the secret that the
driver would give its session.
"""

from typing import Any

from camus_core.records import ClientId
from camus_core.wire import messages as m
from camus_core.wire.errors import ProtocolError
from camus_core.wire.messages import GROUND_CONTROL, Json


def id_of(name: str) -> ClientId:
    """Return the client id of a name, which has at most 16 letters."""
    return ClientId(name.encode().hex().ljust(32, "0"))


def secret_of(name: str) -> str:
    """Return the fresh secret that comes with a name's connection."""
    return f"secret of {name}".rjust(64, "-")


def recipient(name: str) -> str:
    """Return where a message to this name goes; `room` is everybody."""
    return m.ROOM if name == m.ROOM else id_of(name)


# What clients say ----------------------------------------------------------------------


def hi(to: str, what: object = "Hi", *, by: str = "", id: str | None = None) -> m.Greeting:
    """Return a greeting to a name or `room`; `by` is the name that the server writes there."""
    said = Json(f'"{what}"'.encode())
    return m.Greeting(recipient(to), said, id_of(by) if by else "", id=id)


def join(room_id: str | None = None, *, id: str | None = None, **more: Any) -> m.Join:
    """Return a `join`; `more` are members of its data."""
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


# What owners and moderators say ----------------------------------------------------------


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


# What the server says ------------------------------------------------------------------


def refusal(name: str, error: ProtocolError, *, reply_to: str | None = None) -> m.Error:
    """Return what a client hears when it is refused."""
    body = m.ErrorBody(error.code, str(error), error.retry_after)
    return m.Error(id_of(name), body, GROUND_CONTROL, reply_to=reply_to)


def roster(to: str, room_id: str, *names: str, **usernames: str) -> m.RoomInfo:
    """Return the `room-info` that lists these names; `to` is a name or `room`."""
    clients = (m.ClientInfo(id_of(name), usernames.get(name, "Major Tom")) for name in names)
    return m.RoomInfo(recipient(to), m.RoomInfoBody(room_id, tuple(clients)), GROUND_CONTROL)


def greeting(name: str) -> m.Greeting:
    """Return what the server says to a client that has just come in."""
    return m.Greeting(
        id_of(name), Json(b'"This is Ground Control to Major Tom"'), GROUND_CONTROL
    )


def seen(name: str, username: str = "Major Tom", role: m.Role = "guest") -> m.SessionClient:
    """Return what clients of the session profile see of a name."""
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
    """Return what a name is told that stands at a locked door."""
    body = m.WaitingBody(room_id)
    return m.Waiting(id_of(name), body, GROUND_CONTROL, reply_to=reply_to)


def who_waits(name: str, username: str = "Major Tom") -> m.ClientInfo:
    return m.ClientInfo(id_of(name), username)


def knocked(name: str, username: str = "Major Tom") -> m.ClientWaiting:
    """Return what owners and moderators hear of a name that waits."""
    return m.ClientWaiting(m.ROOM, who_waits(name, username), GROUND_CONTROL)


def waits_no_more(name: str) -> m.ClientWaitingLeft:
    return m.ClientWaitingLeft(m.ROOM, m.WhoBody(id_of(name)), GROUND_CONTROL)


def done(name: str, *, reply_to: str | None = None) -> m.Done:
    return m.Done(id_of(name), None, GROUND_CONTROL, reply_to=reply_to)


def acked(name: str, received: int) -> m.Ack:
    """Return the server's confirmation to a name."""
    return m.Ack(id_of(name), m.AckBody(received), GROUND_CONTROL)


def undeliverable(
    to: str, receiver: str, reason: m.Reason, *, reply_to: str | None = None
) -> m.Undeliverable:
    """Return what the sender `to` hears of a message that went to `receiver`."""
    body = m.UndeliverableBody(id_of(receiver), reason)
    return m.Undeliverable(id_of(to), body, GROUND_CONTROL, reply_to=reply_to)
