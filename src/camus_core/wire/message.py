"""The common parts of all messages: JSON text, recipients, and the kinds of payload."""

from typing import Any, ClassVar, Generic, NewType, TypeVar

from attrs import Attribute, define, field

Json = NewType("Json", bytes)
"""UTF-8 text of one JSON value that the codec has checked."""


NULL = Json(b"null")


def milliseconds(now: float) -> Json:
    """Return a time, in UNIX seconds, as the wire has it: whole milliseconds."""
    return Json(b"%d" % (now * 1000))


def is_count(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a negative number."""
    if value is not None and value < 0:
        raise ValueError(f"{attribute.name} is negative")


MOST_GUESTS = 2**31 - 1
"""What an integer of Postgres holds."""


def is_guest_limit(_: object, attribute: "Attribute[Any]", value: int | None) -> None:
    """Refuse a number that is no limit of members."""
    if value is not None and not 1 <= value <= MOST_GUESTS:
        raise ValueError(f"{attribute.name} is not from 1 to {MOST_GUESTS}")


GROUND_CONTROL = "ground control"
"""The address of the server."""


ROOM = "room"
"""The address of everyone in the sender's room, the sender included."""


@define
class _Ids:
    """What a client of the session profile calls its message, and which one this answers."""

    id: str | None = field(default=None, kw_only=True)
    reply_to: str | None = field(default=None, kw_only=True)


class Message(_Ids):
    """What all messages have in common."""

    __slots__ = ()

    type: str
    receiver: str
    sender: str


class Relayable(Message):
    """A message that one client sends to another, or to its room."""

    __slots__ = ()

    def said_by(self, sender: str, username: Json, now: float) -> "Relayable":
        """Return the message as its receivers hear it, with what the server knows better.

        `sender` is the sender's id, `username` its name as JSON, `now` UNIX seconds.
        """
        raise NotImplementedError


@define
class Opaque(Relayable):
    """A message whose payload goes from client to client as it came.

    `body` is the type that the payload has to have: the codec checks it, and throws the
    checked value away.
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
    """A message whose payload the server itself reads or writes, of the type `body`."""

    body: ClassVar[Any]

    receiver: str
    data: Body
    sender: str = ""
