"""The same codec on msgspec: what it doesn't take at once, the definition decides.

Each frame is parsed twice: into values, which checks all of it, and into the envelope, which
leaves the payload as text. Together that takes a tenth of the definition's time.
"""

from collections.abc import Iterable
from typing import Any, get_args

import attrs
import msgspec

from . import messages as m
from .codec import MAX_DEPTH, MAX_DIGITS, JsonCodec, payload
from .messages import Json, Message


class _Payload(msgspec.Struct, gc=False):
    data: msgspec.Raw = msgspec.Raw(m.NULL)


class _Envelope(msgspec.Struct, gc=False):
    sender: str
    receiver: str
    type: str
    data: msgspec.Raw


_value = msgspec.json.Decoder().decode
_raw = msgspec.json.Decoder(_Payload).decode
_raw_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode
_convert = msgspec.convert


class FastCodec:
    """The codec for whoever has msgspec."""

    def __init__(self) -> None:
        self._definition = JsonCodec()

    def decode(self, frame: bytes) -> Message:
        return _fast(frame) or self._definition.decode(frame)

    def encode(self, message: Message) -> bytes:
        data = message.data if isinstance(message, m.Opaque) else payload(message)
        raw = msgspec.Raw(data)
        return _encode(_Envelope(message.sender, message.receiver, message.type, raw))


def _fast(frame: bytes) -> Message | None:
    """Return the message, or None when there is anything to think about."""
    try:
        whole: Any = _value(frame)
        if not _is_safe(whole, frame):
            return None
        type_, receiver, sender = whole["type"], whole["receiver"], whole.get("sender", "")
        if type(receiver) is not str or type(sender) is not str:
            return None
        if type_ in _OPAQUE:
            kind, body, may_be_null = _OPAQUE[type_]
            data = whole.get("data")
            if body is not Any and not (may_be_null and data is None):
                _convert(data, body)
            return kind(receiver, Json(bytes(_raw(frame).data)), sender)
        if type_ == m.Text.type:
            _convert(whole["data"], _TEXT_BODY)
            members = _raw_members(_raw(frame).data)
            return m.Text(receiver, {n: Json(bytes(t)) for n, t in members.items()}, sender)
        if type_ in _REQUESTS:
            return _REQUESTS[type_](receiver, sender)
        if type_.startswith("x-"):
            return m.Extension(type_, receiver, Json(bytes(_raw(frame).data)), sender)
    except (
        msgspec.MsgspecError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
    ):
        pass  # the definition says what is wrong
    return None


def _is_safe(whole: dict[str, Any], frame: bytes) -> bool:
    """Tell whether nothing is too deep and no integer too long."""
    data = whole.get("data")
    if _are_small(data.values() if type(data) is dict else (data,)) and len(whole) <= 4:
        return True
    return frame.count(b"{") + frame.count(
        b"["
    ) <= MAX_DEPTH and _LONG_INTEGER not in frame.translate(_ONLY_DIGITS)


def _are_small(values: Iterable[object]) -> bool:
    for value in values:
        if type(value) is not str and value is not None:
            if type(value) is not int or not -(2**63) <= value < 2**63:
                return False
    return True


_ONLY_DIGITS = bytes(ord("0") if chr(byte).isdecimal() else ord(" ") for byte in range(256))
_LONG_INTEGER = b"0" * (MAX_DIGITS + 1)


def _struct(body: type) -> Any:
    """Return the msgspec struct with the fields of an attrs class: twice as fast to check."""
    fields: list[Any] = []
    for one in attrs.fields(body):
        default = () if one.default is attrs.NOTHING else (one.default,)
        fields.append((one.name, one.type, *default))
    return msgspec.defstruct(body.__name__, fields, gc=False)


def _checkable(body: Any) -> tuple[Any, bool]:
    """Return what a payload has to be when it isn't null, and whether it may be null."""
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
_REQUESTS = {type_: kind for type_, kind in m.MESSAGES.items() if issubclass(kind, m.Request)}
