"""The common parts of all messages: JSON text, recipients, and the kinds of payload."""

from typing import Any, ClassVar, Generic, NewType, TypeVar

from attrs import Attribute, define, field

Json = NewType("Json", bytes)
"""The UTF-8 text of one JSON value, checked by the codec."""

NULL = Json(b"null")


def milliseconds(now: float) -> Json:
    """Return a time in UNIX seconds as it is sent: in whole milliseconds."""
    return Json(b"%d" % (now * 1000))


def is_count(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a negative number."""
    if value is not None and value < 0:
        raise ValueError(f"{attribute.name} is negative")


MOST_GUESTS = 2**31 - 1
"""The largest value of a Postgres integer."""


def is_guest_limit(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a number outside 1 to `MOST_GUESTS`."""
    if value is not None and not 1 <= value <= MOST_GUESTS:
        raise ValueError(f"{attribute.name} is not from 1 to {MOST_GUESTS}")


GROUND_CONTROL = "ground control"
"""The recipient, or sender, that is the server."""

ROOM = "room"
"""The recipient that is everyone in the sender's room, the sender included."""


@define
class _Ids:
    """The `id` of a message, and that of the message it answers (session profile only)."""

    id: str | None = field(default=None, kw_only=True)
    reply_to: str | None = field(default=None, kw_only=True)


class Message(_Ids):
    """A message of the protocol.

    Attributes:
        type: The type that names the message on the wire.
        receiver: The recipient: a client's id, `ROOM` or `GROUND_CONTROL`.
        sender: The sender's id or `GROUND_CONTROL`; only the server's value counts.
    """

    __slots__ = ()

    type: str
    receiver: str
    sender: str


class Relayable(Message):
    """A message that a client may send to another client, or to its room."""

    __slots__ = ()

    def said_by(self, sender: str, username: Json, now: float) -> "Relayable":
        """Return the message as its recipients receive it, with the members the server writes.

        Args:
            sender: The sender's client id.
            username: The sender's username, as JSON.
            now: UNIX time in seconds.
        """
        raise NotImplementedError


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

    def said_by(self, sender: str, username: Json, now: float) -> Relayable:
        return type(self)(self.receiver, self.data, sender, id=self.id)


@define
class Request(Message):
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
