"""The errors of Camus, and the error and close codes by which clients hear of them.

The tree of the errors::

    CamusError
    ├── ProtocolError             the client's fault: answered with an `error` message
    │   ├── MalformedMessage
    │   ├── UnknownType
    │   ├── ServerOnlyType
    │   ├── WrongReceiver
    │   ├── UnknownReceiver
    │   ├── DeliveryUnconfirmed
    │   ├── InvalidUsername
    │   ├── InvalidName
    │   ├── NameTaken
    │   ├── NotJoined
    │   ├── AlreadyJoined
    │   ├── RateLimited
    │   ├── TooManyAttributes
    │   ├── TooManyInvitations
    │   ├── TooManyRefusals
    │   ├── Unavailable
    │   ├── NotFound
    │   ├── Kicked
    │   └── AdmissionRefused      the room doesn't admit this client
    │       ├── RoomNotFound
    │       ├── NotAllowed
    │       ├── PasswordRequired
    │       │   └── WrongPassword
    │       ├── InvalidInvitation
    │       ├── RoomLocked
    │       ├── RoomFull
    │       ├── Banned
    │       ├── Denied
    │       ├── RoomEnded
    │       └── RoomNotOpen
    └── StoreError                the store's fault: answered `unavailable`
        ├── StoreUnavailable
        └── SchemaTooNew

Close codes 4000 to 4499 tell a client to reconnect, 4500 to 4999 not to reconnect unchanged.
"""

from enum import Enum
from typing import ClassVar

from attrs import frozen


class Reconnect(Enum):
    """The reaction that a close code asks of a client."""

    NO = "do not reconnect unchanged"
    BACKOFF = "reconnect after a delay that grows with each attempt and has jitter"
    SOON = "reconnect after a short delay with jitter"
    RETRY_AFTER = "reconnect after `retry_after` seconds"


class CamusError(Exception):
    """The root of the tree above."""


class ProtocolError(CamusError):
    """A refusal of a client's frame or connection, sent to the client as an `error` message.

    The exception's text, `meaning` unless another one was given, is for people.

    Attributes:
        code: The error code, on which programs rely.
        meaning: The meaning of the code, for people.
        advice: The remedy, for the client's developer or user.
        close_code: The close code for a client of the core profile that is not admitted, if
            any.
        reconnect: The reaction that this close code asks of the client.
        retry_after: Seconds after which another attempt may succeed, or None.
        reason: The moderator's own words, or None (rule SAY-7).
        reply_to: The `id` of the refused message, if the codec could read it.
        is_counted: False if the codec could read that the refused frame is a `ping`, `pong` or
            `ack`, which no session counts (rule SESS-130).
    """

    code: ClassVar[str]
    close_code: ClassVar[int | None] = None
    reconnect: ClassVar[Reconnect] = Reconnect.NO
    meaning: ClassVar[str]
    advice: ClassVar[str]

    def __init__(
        self,
        text: str | None = None,
        *,
        retry_after: float | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(text or self.meaning)
        self.retry_after = retry_after
        self.reason = reason
        self.reply_to: str | None = None
        self.is_counted = True

    def refusal(self) -> "Refusal":
        """Return this error as a value."""
        return Refusal(
            type(self), str(self), self.retry_after, self.reply_to, self.is_counted, self.reason
        )


@frozen
class Refusal:
    """A `ProtocolError` as a value, for events, answers and effects.

    An exception keeps its traceback, and with it every variable of the functions that it has
    passed through; a refusal keeps nothing.

    Attributes:
        kind: The class of the error, which has its code.
        text: The text for people.

    The others are those of `ProtocolError`.
    """

    kind: type[ProtocolError]
    text: str
    retry_after: float | None = None
    reply_to: str | None = None
    is_counted: bool = True
    reason: str | None = None

    def error(self) -> ProtocolError:
        """Return a new exception for this refusal."""
        return self.kind(self.text, retry_after=self.retry_after, reason=self.reason)


class MalformedMessage(ProtocolError):
    code = "malformed-message"
    meaning = "the frame is not a JSON object of the form that its type requires"
    advice = "fix the client: the text says what is wrong, and where"


class UnknownType(ProtocolError):
    code = "unknown-type"
    meaning = "the type of the message is unknown"
    advice = "fix the client; an application's own types start with `x-`"


class ServerOnlyType(ProtocolError):
    code = "server-only-type"
    meaning = "only the server sends messages of this type"
    advice = "fix the client"


class WrongReceiver(ProtocolError):
    code = "wrong-receiver"
    meaning = "messages of this type can't be sent to this kind of recipient"
    advice = "fix the client"


class UnknownReceiver(ProtocolError):
    code = "unknown-receiver"
    meaning = "no member of the room has this id"
    advice = "forget this peer: it has left"


class DeliveryUnconfirmed(ProtocolError):
    code = "undeliverable"
    meaning = "a message that the server accepted may not have arrived"
    advice = "send it again if it still matters and `receiver` is still in the room"


class InvalidUsername(ProtocolError):
    code = "invalid-username"
    meaning = (
        "a username has 1 to 64 visible characters on one line, and isn't `room` or "
        "`ground control`"
    )
    advice = "choose another name"


class InvalidName(ProtocolError):
    code = "invalid-name"
    meaning = "the name of a room or an invitation must have the form of a username"
    advice = "choose another name"


class NameTaken(ProtocolError):
    code = "name-taken"
    meaning = "a room with this name exists already"
    advice = "choose another name, or join that room"


class NotJoined(ProtocolError):
    code = "not-joined"
    meaning = "the client must join a room before it sends messages of this type"
    advice = "send `join` first"


class AlreadyJoined(ProtocolError):
    code = "already-joined"
    meaning = "a connection can join one room only"
    advice = "open another connection for another room"


class RateLimited(ProtocolError):
    code = "rate-limited"
    close_code = 4004
    reconnect = Reconnect.RETRY_AFTER
    meaning = "a rate limit is exceeded; the request was not carried out"
    advice = "try again after `retry_after` seconds"


class TooManyAttributes(ProtocolError):
    code = "too-many-attributes"
    meaning = "a member or a room may not have so many attributes, or such large ones"
    advice = "remove others first, or set shorter ones"


class TooManyInvitations(ProtocolError):
    code = "too-many-invitations"
    meaning = "a room may not have so many invitations"
    advice = "revoke others first"


class TooManyRefusals(ProtocolError):
    code = "too-many-refusals"
    close_code = 4002
    reconnect = Reconnect.BACKOFF
    meaning = "too many frames in a row were refused"
    advice = "fix the client"


class Unavailable(ProtocolError):
    code = "unavailable"
    close_code = 4003
    reconnect = Reconnect.RETRY_AFTER
    meaning = "the server can't do this at the moment"
    advice = "try again after `retry_after` seconds"


class NotFound(ProtocolError):
    code = "not-found"
    meaning = "nothing has this id"
    advice = "forget it: it is no longer there"


class Kicked(ProtocolError):
    code = "kicked"
    close_code = 4506
    meaning = "an owner or moderator has removed this client from the room"
    advice = "show the user the `reason`; the client may join again"


class AdmissionRefused(ProtocolError):
    """The room doesn't admit this client."""


class RoomNotFound(AdmissionRefused):
    code = "room-not-found"
    close_code = 4500
    meaning = "there is no such room"
    advice = "check the URL, or create the room first"


class NotAllowed(AdmissionRefused):
    code = "not-allowed"
    close_code = 4501
    meaning = "the client's credentials don't permit this"
    advice = "present another token"


class PasswordRequired(AdmissionRefused):
    code = "password-required"
    close_code = 4502
    meaning = "the room has a password, which `join` (profile camus.2) has to present"
    advice = "ask the user for the password, and join with it"


class WrongPassword(PasswordRequired):
    code = "wrong-password"
    meaning = "the password is wrong"
    advice = "ask the user for the password again"


class InvalidInvitation(AdmissionRefused):
    code = "invalid-invitation"
    meaning = "the invitation is not valid, or not any more, or not yet"
    advice = "ask the sender of the link for another one, or join without it"


class RoomLocked(AdmissionRefused):
    code = "room-locked"
    close_code = 4503
    meaning = "the room is locked, and no moderator has admitted this client"
    advice = "ask a member; with camus.2, a client can wait in the waiting room"


class RoomFull(AdmissionRefused):
    code = "room-full"
    close_code = 4504
    meaning = "the room is full"
    advice = "try again when a member has left"


class Banned(AdmissionRefused):
    code = "banned"
    close_code = 4507
    meaning = "an owner or moderator has banned this client from the room"
    advice = "do not try again"


class Denied(AdmissionRefused):
    code = "denied"
    meaning = "an owner or moderator has denied this client admission"
    advice = "ask a member"


class RoomEnded(AdmissionRefused):
    code = "room-ended"
    close_code = 4508
    meaning = "the room has ended"
    advice = "do not try again: an owner, the operator or the clock has ended the room"


class RoomNotOpen(AdmissionRefused):
    code = "room-not-open"
    close_code = 4509
    meaning = "the room is not open yet"
    advice = "try again after `retry_after` seconds"


class StoreError(CamusError):
    """A failure of a store, answered `unavailable`."""


class StoreUnavailable(StoreError):
    """A failure of one request to the database; the next request may succeed."""


class SchemaTooNew(StoreError):
    """The database has a schema of a newer version, which this version might damage."""


@frozen
class CloseCode:
    """A WebSocket close code that the server sends, and the client's reaction to it."""

    code: int
    meaning: str
    reconnect: Reconnect

    @classmethod
    def of(cls, kind: type[ProtocolError]) -> "CloseCode":
        """Return the close code of a kind of error that has one."""
        assert kind.close_code is not None
        return cls(kind.close_code, kind.meaning, kind.reconnect)


LEFT = CloseCode(1000, "the client sent `bye`", Reconnect.NO)
STOPPING = CloseCode(1012, "the server is stopping or restarting", Reconnect.SOON)
BINARY = CloseCode(1003, "frames must be text", Reconnect.NO)
NOT_UTF8 = CloseCode(1007, "a text frame is not UTF-8", Reconnect.NO)
PROTOCOL = CloseCode(1002, "the client violated the WebSocket protocol", Reconnect.NO)
TOO_BIG = CloseCode(1009, "a message is larger than the server accepts", Reconnect.NO)
OUR_FAULT = CloseCode(1011, "an internal error of the server", Reconnect.BACKOFF)
SLOW_CONSUMER = CloseCode(
    4000, "the client reads more slowly than data is sent to it", Reconnect.BACKOFF
)
TIMED_OUT = CloseCode(
    4001, "nothing was received from the client for too long", Reconnect.BACKOFF
)
FLOODED = CloseCode.of(RateLimited)
REPLACED = CloseCode(4505, "the session was resumed on another connection", Reconnect.NO)
KICKED = CloseCode.of(Kicked)
BANNED = CloseCode.of(Banned)
ROOM_ENDED = CloseCode.of(RoomEnded)

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
    CloseCode.of(TooManyRefusals),
    CloseCode.of(Unavailable),
    FLOODED,
    CloseCode.of(RoomNotFound),
    CloseCode.of(NotAllowed),
    CloseCode.of(PasswordRequired),
    CloseCode.of(RoomLocked),
    CloseCode.of(RoomFull),
    REPLACED,
    KICKED,
    BANNED,
    ROOM_ENDED,
    CloseCode.of(RoomNotOpen),
)
"""All close codes of the protocol, in the order of `docs/protocol.md`."""
