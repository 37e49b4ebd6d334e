"""The fast codec, on msgspec: decodes ordinary frames, and leaves all others to `JsonCodec`.

`JsonCodec` defines the language. This codec refuses nothing: when msgspec refuses a frame, or
when a check here leaves a doubt, `JsonCodec` decides. What it accepts must be what `JsonCodec`
would have returned; the tests compare both. Each frame is parsed twice: into values, which
checks all of it, and into the envelope, which keeps the payload as text. Together that takes a
tenth of `JsonCodec`'s time.
"""

from collections.abc import Callable
from typing import Any, cast, get_args

import attrs
import msgspec

from . import messages as m
from .json_codec import LONGEST_ID, JsonCodec, payload
from .json_text import MAX_DEPTH, MAX_DIGITS
from .message import Json, Message


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

    data: msgspec.Raw = msgspec.Raw(m.NULL)


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
_text = cast(Callable[[msgspec.Raw], Json], bytes)

_DOUBTS = (
    msgspec.MsgspecError,
    ValueError,
    TypeError,
    LookupError,
    RecursionError,
)


class FastCodec:
    """The codec on msgspec. Whether it is lenient matters to its `JsonCodec` alone: no message
    that is decoded here has a word with a fallback.
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self._reference = JsonCodec(lenient=lenient)

    def decode(self, frame: bytes, *, ids: bool = False) -> Message:
        try:
            message = _decode(frame, ids)
        except _DOUBTS:
            message = None
        return message or self._reference.decode(frame, ids=ids)

    def encode(self, message: Message) -> bytes:
        data = message.data if isinstance(message, m.Opaque) else payload(message, _encode)
        raw = msgspec.Raw(data)
        if message.id is None and message.reply_to is None:
            return _encode(_CoreEnvelope(message.sender, message.receiver, message.type, raw))
        id = _UNSET if message.id is None else message.id
        reply_to = _UNSET if message.reply_to is None else message.reply_to
        return _encode(
            _SessionEnvelope(message.sender, message.receiver, message.type, id, reply_to, raw)
        )


def _decode(frame: bytes, ids: bool) -> Message | None:
    """Return the message, or None if `JsonCodec` has to decide.

    Raises:
        Exception: one of `_DOUBTS`; `JsonCodec` has to decide too.
    """
    if frame.count(b"{") + frame.count(b"[") > MAX_DEPTH:
        return None
    values: _Members
    try:
        values = _values(frame)
    except msgspec.ValidationError:
        _all_members(frame)  # checks the members that `_members` skips
        values = _members(frame)
    if len(frame) > MAX_DIGITS and _may_have_a_long_integer(frame, values.data):
        return None
    message = _message(frame, values)
    if ids and message is not None:
        message.id, message.reply_to = _id(values.id), _id(values.reply_to)
    return message


def _id(value: object) -> str | None:
    if value is None or (type(value) is str and len(value) <= LONGEST_ID):
        return value
    raise ValueError


def _message(frame: bytes, values: _Members) -> Message | None:
    type_, data, sender = values.type, values.data, values.sender
    if type(sender) is not str:
        sender = ""
    if type_ in _OPAQUE:
        kind, body, may_be_null = _OPAQUE[type_]
        if body is not Any and not (may_be_null and data is None):
            _convert(data, body)
        return kind(values.receiver, _text(_raw(frame).data), sender)
    if type_ == m.Text.type:
        _convert(data, _TEXT_BODY)
        members = _raw_members(_raw(frame).data)
        texts = {name: _text(raw) for name, raw in members.items()}
        return m.Text(values.receiver, texts, sender)
    if type_ in _BARE:
        return _BARE[type_](values.receiver, sender)
    if type_.startswith("x-"):
        return m.Extension(type_, values.receiver, _text(_raw(frame).data), sender)
    if type_ == m.Ack.type and type(data["received"]) is int:
        return m.Ack(values.receiver, m.AckBody(data["received"]), sender)
    return None


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


def _struct(body: type) -> Any:
    """Return a msgspec struct with the fields of an attrs class: it checks twice as fast."""
    fields: list[Any] = []
    for one in attrs.fields(body):
        default = () if one.default is attrs.NOTHING else (one.default,)
        fields.append((one.name, one.type, *default))
    return msgspec.defstruct(body.__name__, fields, gc=False)


def _checkable(body: Any) -> tuple[Any, bool]:
    """Return the type of a payload that isn't null, and whether it may be null."""
    kinds = [kind for kind in get_args(body) if kind is not type(None)]
    may_be_null = len(kinds) < len(get_args(body))
    if len(kinds) == 1:
        body = kinds[0]
    return (_struct(body) if attrs.has(body) else body), may_be_null


_TEXT_BODY = _struct(m.TextBody)
_OPAQUE = {
    type_: (kind, *_checkable(kind.body))
    for type_, kind in m.MESSAGES.items()
    if issubclass(kind, m.Opaque)
}
_BARE = {type_: kind for type_, kind in m.MESSAGES.items() if issubclass(kind, m.Bare)}
