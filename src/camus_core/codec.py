"""JSON text <-> messages, with the standard library and cattrs: the definition.

A frame is refused with a `ProtocolError`; nothing else escapes. `fast_codec` reads the same
language faster, and hands whatever it doesn't take to this one.
"""

import json
import math
import re
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, Protocol, get_args, get_origin

import attrs
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from . import messages as m
from .errors import MalformedMessage, UnknownType
from .messages import Json, Message

MAX_DEPTH = 32
"""Levels of arrays and objects: a parser that recurses must not be led to its limit."""

MAX_DIGITS = 1000
"""Digits of an integer: the time to parse one grows with their square."""


class Codec(Protocol):
    """Turns frames into messages and back. A frame is UTF-8 text."""

    def decode(self, frame: bytes) -> Message:
        """Return the message; `sender` is what was written there, if it was a string.

        Raises:
            ProtocolError: `MalformedMessage` or `UnknownType`, and nothing else.
        """

    def encode(self, message: Message) -> bytes:
        """Return the frame, without spaces but those inside relayed payloads."""


def to_json(value: object) -> Json:
    """Return the JSON text of a value made of dicts, lists, strings, numbers and None.

    Raises:
        ValueError: it holds NaN, an infinity or a lone surrogate.
        TypeError: it holds anything else that JSON has no form for.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Json(text.encode())


def from_json(text: Json) -> Any:
    """Return the value of checked JSON text."""
    return json.loads(text)


class JsonCodec:
    """The codec that needs nothing but the standard library and cattrs."""

    def decode(self, frame: bytes) -> Message:
        text = _checked(frame)
        whole = _value(text)
        envelope = _structure(whole, _Envelope, "$")
        kind = m.Extension if envelope.type.startswith("x-") else m.MESSAGES.get(envelope.type)
        if kind is None:
            raise UnknownType
        data = _members(text).get("data", m.NULL)
        sender = whole.get("sender")
        sender = sender if isinstance(sender, str) else ""
        if kind is m.Extension:
            return m.Extension(envelope.type, envelope.receiver, data, sender)
        return _build(kind, envelope.receiver, whole.get("data"), data, sender)

    def encode(self, message: Message) -> bytes:
        envelope = {
            "sender": message.sender,
            "receiver": message.receiver,
            "type": message.type,
        }
        return b'%b,"data":%b}' % (to_json(envelope)[:-1], payload(message))


def _build(
    kind: type[Message], receiver: str, value: object, data: Json, sender: str
) -> Message:
    if issubclass(kind, m.Opaque):
        _structure(value, kind.body, "$.data")
        return kind(receiver, data, sender)
    if issubclass(kind, m.Described):
        return kind(receiver, _structure(value, kind.body, "$.data"), sender)
    if kind is m.Text:
        _structure(value, m.TextBody, "$.data")
        return m.Text(receiver, _members(data.decode()), sender)
    assert issubclass(kind, m.Request)
    return kind(receiver, sender)


def payload(message: Message, encode: Callable[[Any], bytes] = to_json) -> Json:
    """Return the JSON text of a message's data; `encode` does it for plain values."""
    match message:
        case m.Opaque() | m.Extension():
            return message.data
        case m.Described():
            return Json(encode(_converter.unstructure(message.data)))
        case m.Text():
            members = (b"%b:%b" % (to_json(name), text) for name, text in message.data.items())
            return Json(b"{%b}" % b",".join(members))
        case _:
            return m.NULL


@attrs.frozen
class _Envelope:
    receiver: str
    type: str


# Reading JSON text ---------------------------------------------------------------------

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


def _checked(frame: bytes) -> str:
    """Return the frame as text that is safe to parse: not too deep, no lone surrogates."""
    try:
        text = frame.decode()
    except UnicodeDecodeError as error:
        raise MalformedMessage(f"not UTF-8 at byte {error.start}") from None
    if text.count("{") + text.count("[") > MAX_DEPTH:
        depth = 0
        for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
            depth += 1 if bracket in "[{" else -1
            if depth > MAX_DEPTH:
                raise MalformedMessage(f"more than {MAX_DEPTH} levels deep")
    if _LONE_SURROGATE.search(text.replace(r"\\", "__")):
        raise MalformedMessage("a string holds half of a surrogate pair")
    return text


def _value(text: str) -> dict[str, Any]:
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedMessage(f"not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(value, dict):
        raise MalformedMessage("not a JSON object")
    return value


def _members(text: str) -> dict[str, Json]:
    """Return each member of a JSON object, which parses, as it stands in the text."""
    members: dict[str, Json] = {}
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, at)
        start = _after_space(text, _after_space(text, at) + 1)
        _, end = _decoder.raw_decode(text, start)
        members[name] = Json(text[start:end].encode())
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return members


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise MalformedMessage(f"an integer has more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise MalformedMessage("a number is too large for a double")
    return value


def _constant(name: str) -> NoReturn:
    raise MalformedMessage(f"not JSON: {name}")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)


# Values <-> classes --------------------------------------------------------------------

_converter = Converter(detailed_validation=True)

_WORDS: dict[Any, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    NoneType: "null",
}


def _exact(value: object, form: Any) -> Any:
    """Take a value of exactly these types: 5 is no string, "no" and true are no numbers."""
    if type(value) not in (get_args(form) or (form,)):
        raise TypeError
    return value


def _is_plain_union(form: Any) -> bool:
    return isinstance(form, UnionType) and all(kind in _WORDS for kind in get_args(form))


def _made_from(origin: Any) -> Callable[[Any], bool]:
    return lambda form: get_origin(form) is origin


def _literal(value: object, form: Any) -> object:
    if value not in get_args(form):
        raise ValueError
    return value


def _array(value: object, form: Any) -> tuple[Any, ...]:
    items = _exact(value, list)
    return tuple(_converter.structure(item, get_args(form)[0]) for item in items)


def _object(form: type) -> Callable[[Any, Any], Any]:
    members: Callable[[Any, Any], Any] = make_dict_structure_fn(form, _converter)
    return lambda value, _: members(_exact(value, dict), form)


def _prepare() -> None:
    """Build every hook now, and not at the first frame."""
    for plain in (str, int, float):
        _converter.register_structure_hook(plain, _exact)
    _converter.register_structure_hook_func(_is_plain_union, _exact)
    _converter.register_structure_hook_func(_made_from(Literal), _literal)
    _converter.register_structure_hook_func(_made_from(tuple), _array)
    _converter.register_structure_hook_factory(attrs.has, _object)
    absent = override(omit_if_default=True)
    _converter.register_unstructure_hook(
        m.IceServer,
        make_dict_unstructure_fn(m.IceServer, _converter, username=absent, credential=absent),
    )
    _converter.register_unstructure_hook(
        m.ErrorBody, make_dict_unstructure_fn(m.ErrorBody, _converter, retry_after=absent)
    )
    for form in (_Envelope, m.TextBody):
        _converter.get_structure_hook(form)
    for kind in m.MESSAGES.values():
        if issubclass(kind, m.Opaque | m.Described):
            _converter.get_structure_hook(kind.body)


def _structure(value: object, form: Any, path: str) -> Any:
    """Return the value as this form, or say what is wrong and where, never what was there."""

    def words(error: BaseException, inner: Any) -> str:
        return (
            "required field missing"
            if isinstance(error, KeyError)
            else _expected(inner or form)
        )

    try:
        return _converter.structure(value, form)
    except Exception as error:
        found = transform_error(error, path=path, format_exception=words)
        raise MalformedMessage("; ".join(found)) from None


def _expected(form: Any) -> str:
    if get_origin(form) is tuple:
        return "expected an array"
    if get_origin(form) is Literal:
        return "expected " + " or ".join(map(repr, get_args(form)))
    kinds = get_args(form) or (form,)
    names = [
        _WORDS.get(kind, "an object") for kind in kinds if not (kind is int and float in kinds)
    ]
    return "expected " + " or ".join(names)


_prepare()
