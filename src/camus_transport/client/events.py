"""The events of a session's connections, which its messages don't show."""

from attrs import frozen

from camus_core.wire.messages import Lost, Message

from .encryption import Fault


@frozen
class Dropped:
    """The connection was lost, or a new one couldn't be established.

    Attributes:
        code: the WebSocket close code; 1006 where there is none.
        retry_in: the seconds until the next try.
    """

    code: int
    retry_in: float


@frozen
class InWaitingRoom:
    """The room is locked, and the client waits for a moderator to admit it.

    Attributes:
        room_id: the id of that room.
        moderated: True if a moderator has a place in it.
        name: its name, as its maker wrote it; None if the server doesn't tell it.
    """

    room_id: str
    moderated: bool = True
    name: str | None = None


@frozen
class Resumed:
    """The session goes on after a new connection, and no message was lost."""


@frozen
class Rejoined:
    """The client is in its room again, but the session couldn't be resumed.

    Attributes:
        reason: the `reason` in `joined` (rules SESS-38, SESS-39, SESS-49). After `overflow` and
            `restarted` restart ICE with each peer; after `rejoined` and `unknown` both peers
            build their RTCPeerConnection anew.
        same_id: True if the client has kept its place and its id; False if it has joined as a
            new member.
    """

    reason: Lost
    same_id: bool


@frozen
class Expired:
    """The session can't tell whether these messages have arrived, and won't send them again.

    Attributes:
        messages: the messages that the server hasn't confirmed, in the order of sending.
    """

    messages: tuple[Message, ...]


@frozen
class Discarded:
    """A member of an encrypted room has sent what such a room doesn't accept.

    Attributes:
        message: the message as it was received. It isn't among the messages of the session.
        fault: the reason, see `Fault` in `encryption`.
    """

    message: Message
    fault: Fault


SessionEvent = Dropped | InWaitingRoom | Resumed | Rejoined | Expired | Discarded
"""The argument of `on_event`."""
