"""Everything that can go wrong, and what a client is told about it::

    CamusError
    ├── ProtocolError             the peer's fault: answered with an `error` message
    │   ├── MalformedMessage
    │   ├── UnknownType
    │   ├── ServerOnlyType
    │   ├── WrongReceiver
    │   ├── UnknownReceiver
    │   ├── Undeliverable
    │   ├── InvalidUsername
    │   ├── InvalidName
    │   ├── NameTaken
    │   ├── NotJoined
    │   ├── AlreadyJoined
    │   ├── RateLimited
    │   ├── TooManyRefusals
    │   ├── Unavailable
    │   └── Refused               the room doesn't let this client in
    │       ├── RoomNotFound
    │       ├── NotAllowed
    │       ├── PasswordRequired
    │       │   └── WrongPassword
    │       ├── RoomLocked
    │       ├── RoomFull
    │       ├── Banned
    │       └── Denied
    └── StoreError                the store's fault: answered `unavailable`
        ├── StoreUnavailable
        └── SchemaTooNew

Close codes of 4000-4499 say "come back", those of 4500-4999 "do not come back as you are".
"""

from enum import Enum
from typing import ClassVar

from attrs import frozen


class Reconnect(Enum):
    """What a client does after its connection was closed."""

    NO = "do not come back as you are"
    BACKOFF = "come back, after a delay that grows with each try and has jitter"
    SOON = "come back after a short delay with jitter"
    RETRY_AFTER = "come back after `retry_after` seconds"


class CamusError(Exception):
    """The root of the tree above."""


class ProtocolError(CamusError):
    """What a peer did can't be done; it hears `error` with this code and text.

    Attributes:
        code: what programs rely on. The text is for people.
        meaning: what the code says, for people.
        advice: what a client does about it.
        close_code: a client of the core profile that the room turns away is closed with it.
        retry_after: seconds after which it may work, or None.
        reply_to: the id of the refused message, where the codec could still read it.
    """

    code: ClassVar[str]
    close_code: ClassVar[int | None] = None
    meaning: ClassVar[str]
    advice: ClassVar[str]

    def __init__(self, text: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(text or self.meaning)
        self.retry_after = retry_after
        self.reply_to: str | None = None


class MalformedMessage(ProtocolError):
    code = "malformed-message"
    meaning = "the frame is not one JSON object of the described form"
    advice = "repair the client: the text says what is wrong, and where"


class UnknownType(ProtocolError):
    code = "unknown-type"
    meaning = "no message has this type"
    advice = "repair the client; messages of your own have types that start with `x-`"


class ServerOnlyType(ProtocolError):
    code = "server-only-type"
    meaning = "only the server says messages of this type"
    advice = "repair the client"


class WrongReceiver(ProtocolError):
    code = "wrong-receiver"
    meaning = "messages of this type don't go to this kind of receiver"
    advice = "repair the client"


class UnknownReceiver(ProtocolError):
    code = "unknown-receiver"
    meaning = "nobody in your room has this id"
    advice = "forget that peer: it has left"


class DeliveryUnconfirmed(ProtocolError):
    code = "undeliverable"
    meaning = "a message that was taken may not have arrived"
    advice = "send it again, if it still matters and `receiver` is still there"


class InvalidUsername(ProtocolError):
    code = "invalid-username"
    meaning = (
        "a username has 1 to 64 characters, each of which is seen on one line, and isn't "
        "`room` or `ground control`"
    )
    advice = "ask for another name"


class InvalidName(ProtocolError):
    code = "invalid-name"
    meaning = "a room's name is of the form of a username"
    advice = "ask for another name"


class NameTaken(ProtocolError):
    code = "name-taken"
    meaning = "there is a room of this name already"
    advice = "ask for another name, or join that room"


class NotJoined(ProtocolError):
    code = "not-joined"
    meaning = "before messages of this type, a client joins a room"
    advice = "say `join` first"


class AlreadyJoined(ProtocolError):
    code = "already-joined"
    meaning = "a connection is in one room"
    advice = "open another connection for another room"


class RateLimited(ProtocolError):
    code = "rate-limited"
    close_code = 4004
    meaning = "too much at once; this was not done"
    advice = "try again after `retry_after` seconds"


class TooManyRefusals(ProtocolError):
    code = "too-many-refusals"
    close_code = 4002
    meaning = "too many frames in a row were refused"
    advice = "repair the client"


class Unavailable(ProtocolError):
    code = "unavailable"
    close_code = 4003
    meaning = "the server can't do this at the moment"
    advice = "try again after `retry_after` seconds"


class AdmissionRefused(ProtocolError):
    """The room doesn't let this client in."""


class RoomNotFound(AdmissionRefused):
    code = "room-not-found"
    close_code = 4500
    meaning = "there is no such room"
    advice = "look at the address; a room has to be created here"


class NotAllowed(AdmissionRefused):
    code = "not-allowed"
    close_code = 4501
    meaning = "what the client has shown gives it no right to this"
    advice = "get another token"


class PasswordRequired(AdmissionRefused):
    code = "password-required"
    close_code = 4502
    meaning = "this room has a password; `join` (profile camus.2) presents it"
    advice = "ask for the password, and join with it"


class WrongPassword(PasswordRequired):
    code = "wrong-password"
    meaning = "that is not the password of this room"
    advice = "ask for the password again"


class RoomLocked(AdmissionRefused):
    code = "room-locked"
    close_code = 4503
    meaning = "the room is locked, and nobody has let this client in"
    advice = "ask somebody who is inside; with camus.2 a client can wait at the door"


class RoomFull(AdmissionRefused):
    code = "room-full"
    close_code = 4504
    meaning = "the room has as many members as it may have"
    advice = "try again when somebody has left"


class Banned(AdmissionRefused):
    code = "banned"
    close_code = 4507
    meaning = "an owner or moderator has sent this client out of the room for good"
    advice = "stay away"


class Denied(AdmissionRefused):
    code = "denied"
    meaning = "an owner or moderator doesn't let this client in"
    advice = "ask somebody who is inside"


class StoreError(CamusError):
    """A store failed."""


class StoreUnavailable(StoreError):
    """The database can't be reached, or failed at this request; the next may work."""


class SchemaTooNew(StoreError):
    """The database was written by a newer program, and this one would damage it."""


@frozen
class CloseCode:
    """A WebSocket close code that the server sends, and what a client does then."""

    code: int
    meaning: str
    reconnect: Reconnect


LEFT = CloseCode(1000, "the client said bye", Reconnect.NO)
STOPPING = CloseCode(1012, "the server is stopping or starting again", Reconnect.SOON)
BINARY = CloseCode(1003, "frames are text", Reconnect.NO)
NOT_UTF8 = CloseCode(1007, "a text frame is not UTF-8", Reconnect.NO)
PROTOCOL = CloseCode(1002, "the WebSocket protocol was broken", Reconnect.NO)
TOO_BIG = CloseCode(1009, "a message is larger than the server takes", Reconnect.NO)
OUR_FAULT = CloseCode(1011, "an error in the server", Reconnect.BACKOFF)
SLOW_CONSUMER = CloseCode(
    4000, "the client reads more slowly than it is sent to", Reconnect.BACKOFF
)
TIMED_OUT = CloseCode(4001, "nothing was heard from the client for too long", Reconnect.BACKOFF)
FLOODED = CloseCode(4004, RateLimited.meaning, Reconnect.RETRY_AFTER)
REPLACED = CloseCode(4505, "the session was resumed on another connection", Reconnect.NO)
KICKED = CloseCode(4506, "an owner or moderator has sent this client out", Reconnect.NO)
BANNED = CloseCode(4507, Banned.meaning, Reconnect.NO)

CLOSE_CODES: tuple[CloseCode, ...] = (
    LEFT,
    PROTOCOL,
    BINARY,
    NOT_UTF8,
    TOO_BIG,
    OUR_FAULT,
    STOPPING,
    SLOW_CONSUMER,
    TIMED_OUT,
    CloseCode(4002, TooManyRefusals.meaning, Reconnect.BACKOFF),
    CloseCode(4003, Unavailable.meaning, Reconnect.RETRY_AFTER),
    FLOODED,
    CloseCode(4500, RoomNotFound.meaning, Reconnect.NO),
    CloseCode(4501, NotAllowed.meaning, Reconnect.NO),
    CloseCode(4502, PasswordRequired.meaning, Reconnect.NO),
    CloseCode(4503, RoomLocked.meaning, Reconnect.NO),
    CloseCode(4504, RoomFull.meaning, Reconnect.NO),
    REPLACED,
    KICKED,
    BANNED,
)
"""Every close code of the contract, in the order of `docs/protocol.md`."""
