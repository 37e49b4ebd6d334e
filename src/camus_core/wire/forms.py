"""The forms of ordinary messages: the checks of a scanner, and the makers of the messages.

They follow from the classes of messages. A type without a form is read by `JsonCodec`.
"""

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, get_args, get_origin

import attrs

from . import messages as m
from .message import Json, Message

NULL, BOOL, INT, FLOAT, STRING, ARRAY, OBJECT = (1 << bit for bit in range(7))
"""The kinds of JSON values, as bits."""

_KINDS: dict[Any, int] = {
    Any: NULL | BOOL | INT | FLOAT | STRING | ARRAY | OBJECT,
    NoneType: NULL,
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: STRING,
}

Make = Callable[[str, Any, str], Message]
"""Makes a message of its receiver, its payload as JSON text, and its sender."""

Scanned = tuple[Make | None, str, str, Any, str, str | None, str | None]
"""The members of a frame: `Form.make` of its type, then type, receiver, payload as `make` takes
it, sender (empty if it is no string), id and reply_to (None if absent)."""


class Field(NamedTuple):
    """A member of a payload.

    Attributes:
        name: Its name in UTF-8.
        kinds: The kinds of its value.
        is_required: True if a payload without it is refused.
        words: The strings that it may be, in UTF-8; None for any value of these kinds.
    """

    name: bytes
    kinds: int
    is_required: bool
    words: tuple[bytes, ...] | None


class Form(NamedTuple):
    """The payload that messages of one type have.

    Attributes:
        make: Makes the message; None for an `Extension`, which has a type of its own.
        kinds: The kinds of the payload.
        fields: The members of a payload that is an object, which may have others too; None if
            it isn't described.
        is_split: True if `make` takes a dict of the payload's members, each as JSON text.
    """

    make: Make | None
    kinds: int
    fields: tuple[Field, ...] | None = None
    is_split: bool = False


EXTENSION = Form(None, _KINDS[Any])
"""The form of every type that starts with `x-`."""


def _form(kind: type[Message]) -> Form | None:
    if issubclass(kind, m.Bare):
        return Form(lambda receiver, _, sender: kind(receiver, sender), _KINDS[Any])
    if issubclass(kind, m.Opaque):
        return _form_of(kind.body, kind)
    if kind is m.Text:
        return _form_of(m.TextBody, m.Text, is_split=True)
    if kind is m.Ack:
        return Form(_make_ack, OBJECT, (Field(b"received", INT, True, None),), is_split=True)
    return None


def _make_ack(receiver: str, members: dict[str, Json], sender: str) -> Message:
    return m.Ack(receiver, m.AckBody(int(members["received"])), sender)


def _form_of(body: Any, make: Make, *, is_split: bool = False) -> Form | None:
    """Return the form of a payload that has this type, or None if a scanner can't check it."""
    kinds, fields = 0, None
    for one in _alternatives(body):
        if attrs.has(one):
            described = [_field(field) for field in attrs.fields(one)]
            fields = tuple(field for field in described if field is not None)
            if len(fields) < len(described):
                return None
            kinds |= OBJECT
        elif one in _KINDS:
            kinds |= _KINDS[one]
        else:
            return None
    return Form(make, kinds, fields, is_split)


def _field(attribute: "attrs.Attribute[Any]") -> Field | None:
    """Return the field of an attribute, or None if a scanner can't check it."""
    name, required = attribute.name.encode(), attribute.default is attrs.NOTHING
    if attribute.validator is not None:
        return None
    if get_origin(attribute.type) is Literal:
        words = tuple(word.encode() for word in get_args(attribute.type))
        return Field(name, STRING, required, words)
    alternatives = _alternatives(attribute.type)
    if not all(one in _KINDS for one in alternatives):
        return None
    return Field(name, sum(_KINDS[one] for one in alternatives), required, None)


def _alternatives(form: Any) -> tuple[Any, ...]:
    return get_args(form) if isinstance(form, UnionType) else (form,)


FORMS: dict[str, Form] = {
    type_: form for type_, kind in m.MESSAGES.items() if (form := _form(kind)) is not None
}
"""The forms by the types of messages."""
