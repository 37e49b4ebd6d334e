"""The scanner on msgspec, for Python without the extension in C.

It parses each frame twice: into values, which checks all of it, and into the envelope, which
keeps the payload as text.
"""

from functools import reduce
from operator import or_
from typing import Any, Literal

import msgspec

from .forms import ARRAY, BOOL, FLOAT, INT, NULL, OBJECT, STRING, Field, Form, Scanned
from .json_text import MAX_DIGITS


class _Members(msgspec.Struct, gc=False):
    """The members that the protocol defines, of a frame that may have others."""

    receiver: str
    type: str
    data: Any = None
    sender: Any = ""
    id: Any = None
    reply_to: Any = None


class _Values(_Members, gc=False, forbid_unknown_fields=True):
    """All members of a frame that has no others: parsing it checks the whole frame."""


class _Payload(msgspec.Struct, gc=False):
    """The payload of a frame, as text."""

    data: msgspec.Raw = msgspec.Raw(b"null")


class _CoreEnvelope(msgspec.Struct, gc=False):
    sender: str
    receiver: str
    type: str
    data: msgspec.Raw


class _SessionEnvelope(msgspec.Struct, gc=False):
    sender: str
    receiver: str
    type: str
    id: str | msgspec.UnsetType
    reply_to: str | msgspec.UnsetType
    data: msgspec.Raw


_values = msgspec.json.Decoder(_Values).decode
_members = msgspec.json.Decoder(_Members).decode
_all_members = msgspec.json.Decoder(dict[str, Any]).decode
_raw = msgspec.json.Decoder(_Payload).decode
_raw_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode
_convert = msgspec.convert
_UNSET = msgspec.UNSET

_structs: dict[str, Any] = {}
"""The structs of payloads, by the types of their messages: as few as there are forms."""

_DOUBTS = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)

_KINDS: dict[Any, int] = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: STRING,
    list: ARRAY,
    dict: OBJECT,
}


def scan(
    frame: bytes,
    ids: bool,
    forms: dict[str, Form],
    extension: Form,
    max_depth: int,
    longest_id: int,
) -> Scanned | None:
    if frame.count(b"{") + frame.count(b"[") > max_depth:
        return None
    try:
        values = _read(frame)
        form = forms.get(values.type)
        if form is None:
            if not values.type.startswith("x-"):
                return None
            form = extension
        if len(frame) > MAX_DIGITS and _may_have_a_long_integer(frame, values.data):
            return None
        if not _KINDS[type(values.data)] & form.kinds:
            return None
        if form.fields is not None and type(values.data) is dict:
            _convert(values.data, _struct(values.type, form.fields))
        data: Any = bytes(_raw(frame).data)
        if form.is_split:
            data = {name: bytes(raw) for name, raw in _raw_members(data).items()}
    except _DOUBTS:
        return None
    sender = values.sender if type(values.sender) is str else ""
    id, reply_to = (values.id, values.reply_to) if ids else (None, None)
    if not (_is_id(id, longest_id) and _is_id(reply_to, longest_id)):
        return None
    return form.make, values.type, values.receiver, data, sender, id, reply_to


def write(
    sender: str, receiver: str, type: str, id: str | None, reply_to: str | None, data: bytes
) -> bytes | None:
    raw = msgspec.Raw(data)
    if id is None and reply_to is None:
        return _encode(_CoreEnvelope(sender, receiver, type, raw))
    return _encode(
        _SessionEnvelope(
            sender,
            receiver,
            type,
            _UNSET if id is None else id,
            _UNSET if reply_to is None else reply_to,
            raw,
        )
    )


def _read(frame: bytes) -> _Members:
    try:
        return _values(frame)
    except msgspec.ValidationError:
        _all_members(frame)  # checks the members that `_members` skips
        return _members(frame)


def _struct(type_: str, fields: tuple[Field, ...]) -> Any:
    """Return a msgspec struct with these fields, which checks them faster than a loop."""
    struct = _structs.get(type_)
    if struct is None:
        struct = _structs[type_] = msgspec.defstruct(
            type_, [_member(field) for field in fields], gc=False
        )
    return struct


def _member(field: Field) -> Any:
    words: Any = Literal
    form = reduce(or_, (kind for kind, bit in _KINDS.items() if field.kinds & bit))
    if field.words is not None:
        form = words[tuple(word.decode() for word in field.words)]
    default = () if field.is_required else (None,)
    return (field.name.decode(), form, *default)


def _is_id(value: object, longest: int) -> bool:
    return value is None or (type(value) is str and len(value) <= longest)


def _may_have_a_long_integer(frame: bytes, data: object) -> bool:
    """Tell whether a frame has more than `MAX_DIGITS` digits in a row.

    The frame is not searched if its payload's strings leave no space for so many.
    """
    texts = [text for text in data.values() if type(text) is str] if type(data) is dict else []
    if len(frame) - sum(map(len, texts)) <= MAX_DIGITS:
        return False
    return _LONG_INTEGER in frame.translate(_ONLY_DIGITS)


_ONLY_DIGITS = bytes(ord("0") if chr(byte).isdecimal() else ord(" ") for byte in range(256))
_LONG_INTEGER = b"0" * (MAX_DIGITS + 1)
