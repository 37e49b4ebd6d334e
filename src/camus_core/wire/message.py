"""The common parts of all messages: JSON text, recipients, and the kinds of payload."""

from collections.abc import Mapping
from enum import Enum
from types import NoneType
from typing import Any, ClassVar, Generic, Literal, NewType, TypeAlias, TypeVar

from attrs import Attribute, define, field

from .states import SESSION_SERVER_ONLY, Legality

__all__ = [
    "GROUND_CONTROL",
    "LONGEST_REASON",
    "LONGEST_TYPED",
    "MOST_GUESTS",
    "NULL",
    "ROOM",
    "UNCHANGED",
    "Bare",
    "Described",
    "Done",
    "Json",
    "Message",
    "Opaque",
    "Relayable",
    "Role",
    "TextData",
    "Unchanged",
    "is_guest_limit",
    "is_reason",
    "is_typed",
    "milliseconds",
]

Json = NewType("Json", bytes)
"""The UTF-8 text of one JSON value, checked by the codec."""

NULL = Json(b"null")

TextData = Mapping[str, Json]
"""The members of the payload of a `text`, each as JSON text."""


def milliseconds(now: float) -> Json:
    """Return a time in UNIX seconds as it is sent: in whole milliseconds."""
    return Json(b"%d" % (now * 1000))


def is_count(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a negative number."""
    if value is not None and value < 0:
        raise ValueError(f"{attribute.name} is negative")


MOST_GUESTS = 2**31 - 1
"""The largest value of a Postgres integer."""


class Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED
"""The value of a member that a request leaves out, where null means something else."""


def is_guest_limit(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Refuse a number outside 1 to `MOST_GUESTS`."""
    if isinstance(value, int) and not 1 <= value <= MOST_GUESTS:
        raise ValueError(f"{attribute.name} is not from 1 to {MOST_GUESTS}")


LONGEST_REASON = 200
"""The most characters (code points) of a moderator's reason: two sentences."""


def is_reason(_: object, attribute: "Attribute[Any]", value: str | None) -> None:
    """Refuse a reason that has not 1 to `LONGEST_REASON` characters."""
    if value is not None and not 1 <= len(value) <= LONGEST_REASON:
        raise ValueError(f"{attribute.name} has not 1 to {LONGEST_REASON} characters")


LONGEST_TYPED = 2048
"""Characters of a text that a person types or pastes: as many as the longest usual link has."""


def is_typed(_: object, attribute: "Attribute[Any]", value: str) -> None:
    """Refuse a text of more than `LONGEST_TYPED` characters."""
    if len(value) > LONGEST_TYPED:
        raise ValueError(f"{attribute.name} has more than {LONGEST_TYPED} characters")


GROUND_CONTROL = "ground control"
"""The recipient, or sender, that is the server."""

ROOM = "room"
"""The recipient that is everyone in the sender's room, the sender included."""


Role = Literal["owner", "moderator", "guest"]
"""The roles, highest first. Owners and moderators may moderate (rule CTRL-1)."""


@define
class _Ids:
    """The `id` of a message, and that of the message it answers (session profile only)."""

    id: str | None = field(default=None, kw_only=True)
    reply_to: str | None = field(default=None, kw_only=True)


_Reply: TypeAlias = "type[Message] | None"


class Message(_Ids):
    """A message of the protocol.

    Each type of message is declared once, as a class. From these classes follow the codecs, the
    table of legality, the charges, the JSON Schema, and with it the TypeScript client.

    Attributes:
        type: The type that names the message on the wire.
        receiver: The recipient: a client's id, `ROOM` or `GROUND_CONTROL`.
        sender: The sender's id or `GROUND_CONTROL`; only the server's value counts.
        legality: The clients that may send it, and to which recipients.
        reply: The type of the message with which the server answers a request, or None if it is
            no request to the server.
        capability: The capability that a server with this request names in `joined`, or None if
            every server has it.
        least_role: The lowest role whose members may send the request.
        is_announced: True if the others are told of the change, which is charged (rule LIM-12).
            It then costs a tenth of a unit more for each member of the room (rule CORE-51).
        cost: The units of the share of messages that it costs beside that.
        has_roster: True if its answer is the roster, for which it costs as much more.
    """

    __slots__ = ()

    type: str
    receiver: str
    sender: str

    legality: ClassVar[Legality]
    reply: ClassVar[_Reply] = None
    capability: ClassVar[str | None] = None
    least_role: ClassVar[Role] = "guest"
    is_announced: ClassVar[bool] = False
    cost: ClassVar[float] = 1.0
    has_roster: ClassVar[bool] = False


class Relayable(Message):
    """A message that a client may send to another client, or to its room."""

    __slots__ = ()

    def said_by(self, sender: str, username: Json, now: float) -> "Relayable":
        """Return the message as its recipients receive it, with the members the server writes.

        That is mostly this message itself, changed: a new object would cost each frame 0.4 µs.

        Args:
            sender: The sender's client id.
            username: The sender's username, as JSON.
            now: UNIX time in seconds.
        """
        self.sender, self.reply_to = sender, None
        return self


@define
class Opaque(Relayable):
    """A message whose payload is relayed byte for byte.

    Attributes:
        body: The type that the payload must have. The codec checks it, and keeps only the text.
    """

    body: ClassVar[Any]

    receiver: str
    data: Json = NULL
    sender: str = ""


@define
class Bare(Message):
    """A message without a payload."""

    receiver: str = GROUND_CONTROL
    sender: str = ""


Body = TypeVar("Body")


@define
class Described(Message, Generic[Body]):
    """A message whose payload the server reads or writes, as a value of the type `body`."""

    body: ClassVar[Any]

    receiver: str
    data: Body
    sender: str = ""


@define
class Done(Described[None]):
    """The reply to a request that has no other reply."""

    type = "done"
    legality = SESSION_SERVER_ONLY
    body = NoneType
