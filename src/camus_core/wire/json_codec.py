"""The reference codec: frames to messages and back, with the standard library and cattrs.

There are two codecs. This one defines the language: the frames that are accepted, the message
that each becomes, and the text with which any other is refused. `fast_codec` needs msgspec and
decides nothing: it decodes the frames of which it is certain, and gives all others to this one.
A refusal is a `ProtocolError`; nothing else escapes.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

import attrs
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from . import messages as m
from .errors import MalformedMessage, ProtocolError, UnknownType
from .json_text import (
    checked,
    join_members,
    parse_object,
    split_members,
    string_size,
    to_json,
)
from .message import Json, Message

LONGEST_ID = 64
"""Characters of `id` and `reply_to`: enough for a UUID, and little to keep (rule SESS-5)."""

_ENVELOPE_BYTES = len(b'{"sender":"","receiver":"","type":"","data":}')
_ID_BYTES = len(b',"id":')
_REPLY_TO_BYTES = len(b',"reply_to":')
_NOTICE_BYTES = len(b'{"receiver":"","reason":""}')

_UNCOUNTED_TYPES = tuple(name for name, kind in m.MESSAGES.items() if kind in m.UNCOUNTED)
"""A tuple, because the `type` of a frame may be a value that has no hash."""


FALLBACKS: Mapping[Any, str] = {
    m.Role: "guest",
    m.LeaveReason: "gone",
    m.Lost: "unknown",
    m.Reason: "gone",
}
"""The sets of words that may grow, each with the word for which a client takes one that it
doesn't know (rules CLIENT-32 and CLIENT-33).
"""


class JsonCodec:
    """The codec on the standard library and cattrs.

    Args:
        lenient: Replace a word that only a newer server knows by its fallback (`FALLBACKS`).
    """

    def __init__(self, *, lenient: bool = False) -> None:
        self._reading = _lenient_converter if lenient else _converter

    def decode(self, frame: bytes, *, ids: bool = False) -> Message:
        text = checked(frame)
        members = parse_object(text)
        try:
            envelope = _structure(members, _Envelope, "$")
            message_ids = _structure(members, _MessageIds, "$") if ids else _NO_IDS
            message = self._decode(envelope, members, text)
        except ProtocolError as error:
            error.reply_to = _readable_id(members) if ids else None
            error.is_counted = members.get("type") not in _UNCOUNTED_TYPES
            raise
        message.id, message.reply_to = message_ids.id, message_ids.reply_to
        return message

    def _decode(self, envelope: "_Envelope", members: dict[str, Any], text: str) -> Message:
        kind = m.Extension if envelope.type.startswith("x-") else m.MESSAGES.get(envelope.type)
        if kind is None:
            raise UnknownType
        data = split_members(text).get("data", m.NULL)
        sender = members.get("sender")
        sender = sender if isinstance(sender, str) else ""
        if kind is m.Extension:
            return m.Extension(envelope.type, envelope.receiver, data, sender)
        value = members.get("data")
        if issubclass(kind, m.Described):
            body = _structure(value, kind.body, "$.data", self._reading)
            return kind(envelope.receiver, body, sender)
        return _build(kind, envelope.receiver, value, data, sender)

    def encode(self, message: Message) -> bytes:
        envelope = {
            "sender": message.sender,
            "receiver": message.receiver,
            "type": message.type,
        }
        if message.id is not None:
            envelope["id"] = message.id
        if message.reply_to is not None:
            envelope["reply_to"] = message.reply_to
        return b'%b,"data":%b}' % (to_json(envelope)[:-1], payload(message))


def _build(
    kind: type[Message], receiver: str, value: object, data: Json, sender: str
) -> Message:
    if issubclass(kind, m.Opaque):
        _structure(value, kind.body, "$.data")
        return kind(receiver, data, sender)
    if kind is m.Text:
        _structure(value, m.TextBody, "$.data")
        return m.Text(receiver, split_members(data.decode()), sender)
    assert issubclass(kind, m.Bare)
    return kind(receiver, sender)


def payload(message: Message, encode: Callable[[Any], bytes] = to_json) -> Json:
    """Return the JSON text of a message's data.

    Args:
        encode: Encodes dicts, lists, strings, numbers and None.
    """
    match message:
        case m.Opaque() | m.Extension():
            return message.data
        case m.Joined() if message.data.history is not None:
            rest = _converter.unstructure(attrs.evolve(message.data, history=None))
            history = b",".join(map(history_text, message.data.history))
            return Json(b'%b,"history":[%b]}' % (encode(rest)[:-1], history))
        case m.Described():
            return Json(encode(_converter.unstructure(message.data)))
        case m.Text():
            return join_members(message.data)
        case _:
            return m.NULL


def history_text(text: m.HistoryText) -> Json:
    """Return a text of the history as `joined` has it."""
    members = (
        {"sender": text.sender} if text.id is None else {"sender": text.sender, "id": text.id}
    )
    return Json(b'%b,"data":%b}' % (to_json(members)[:-1], join_members(text.data)))


def frame_size(message: Message) -> int:
    """Return the size of a message's frame in bytes, most often without encoding anything.

    Args:
        message: One from or through the server, so that `sender` and `receiver` are ASCII, and
            nothing in them is escaped.
    """
    size = _ENVELOPE_BYTES + len(message.sender) + len(message.receiver)
    if message.id is not None:
        size += _ID_BYTES + string_size(message.id)
    if message.reply_to is not None:
        size += _REPLY_TO_BYTES + string_size(message.reply_to)
    if isinstance(message, m.Opaque):  # first, because nearly every message is one
        return size + len(message.type) + len(message.data)
    if isinstance(message, m.Extension):
        return size + string_size(message.type) - 2 + len(message.data)
    size += len(message.type)
    if isinstance(message, m.Undeliverable):  # so many may be due at once
        return size + _NOTICE_BYTES + len(message.data.receiver) + len(message.data.reason)
    return size + len(payload(message))


@attrs.frozen
class _Envelope:
    receiver: str
    type: str


def _short(_: object, attribute: "attrs.Attribute[Any]", value: str | None) -> None:
    if value is not None and len(value) > LONGEST_ID:
        raise ValueError(f"{attribute.name} has more than {LONGEST_ID} characters")


@attrs.frozen
class _MessageIds:
    id: str | None = attrs.field(default=None, validator=_short)
    reply_to: str | None = attrs.field(default=None, validator=_short)


_NO_IDS = _MessageIds()


def _readable_id(members: Mapping[str, Any]) -> str | None:
    """Return the `id` of a frame whose other members may be wrong, if it has a valid one."""
    id = members.get("id")
    return id if isinstance(id, str) and len(id) <= LONGEST_ID else None


# Values <-> classes --------------------------------------------------------------------

_converter = Converter(detailed_validation=True)

_lenient_converter = Converter(detailed_validation=True)
"""Reads as clients do; `_converter` reads as servers do, and writes."""

_WORDS: dict[Any, str] = {
    str: "a string",
    int: "an integer",
    bool: "true or false",
    float: "a number",
    NoneType: "null",
}


def _exact(value: object, form: Any) -> Any:
    """Return a value that has exactly one of these types: true is no number, 5 no string."""
    if type(value) not in (get_args(form) or (form,)):
        raise TypeError
    return value


def _is_plain_union(form: Any) -> bool:
    """Return whether a value of a union needs no conversion; `Unchanged` is never read."""
    return isinstance(form, UnionType) and all(kind in _WORDS for kind in _read_kinds(form))


def _read_kinds(form: Any) -> list[Any]:
    return [kind for kind in get_args(form) if kind is not m.Unchanged]


def _made_from(origin: Any) -> Callable[[Any], bool]:
    return lambda form: get_origin(form) is origin


def _literal(value: object, form: Any) -> object:
    if value not in get_args(form):
        raise ValueError
    return value


def _lenient_literal(value: object, form: Any) -> object:
    if isinstance(value, str) and value not in get_args(form) and form in FALLBACKS:
        return FALLBACKS[form]
    return _literal(value, form)


def _array(converter: Converter, value: object, form: Any) -> tuple[Any, ...]:
    items = _exact(value, list)
    return tuple(converter.structure(item, get_args(form)[0]) for item in items)


def _text_of_history(converter: Converter, value: object, _: Any) -> m.TextData:
    members = _exact(value, dict)
    forms: dict[str, Any] = {"from": str, "time": int | float, "text": str}
    for name, form in forms.items():
        converter.structure(members[name], form)
    return {name: to_json(member) for name, member in members.items()}


def _map(converter: Converter, value: object, form: Any) -> dict[str, Any]:
    members = _exact(value, dict)
    return {name: converter.structure(one, get_args(form)[1]) for name, one in members.items()}


def _object(converter: Converter, form: type) -> Callable[[Any, Any], Any]:
    members: Callable[[Any, Any], Any] = make_dict_structure_fn(form, converter)
    return lambda value, _: members(_exact(value, dict), form)


def _prepare_to_read(converter: Converter, literal: Callable[[object, Any], object]) -> None:
    """Build every hook for reading at import, and not at the first frame."""
    for plain in (str, int, float, bool, NoneType):
        converter.register_structure_hook(plain, _exact)
    converter.register_structure_hook_func(_is_plain_union, _exact)
    converter.register_structure_hook_func(_made_from(Literal), literal)
    converter.register_structure_hook_func(_made_from(tuple), partial(_array, converter))
    converter.register_structure_hook_func(_made_from(Mapping), partial(_map, converter))
    converter.register_structure_hook_func(
        lambda form: form == m.TextData, partial(_text_of_history, converter)
    )
    converter.register_structure_hook_factory(attrs.has, partial(_object, converter))
    for form in (_Envelope, _MessageIds, m.TextBody):
        converter.get_structure_hook(form)
    for kind in m.MESSAGES.values():
        if issubclass(kind, m.Opaque | m.Described):
            converter.get_structure_hook(kind.body)


def _prepare_to_write() -> None:
    absent = override(omit_if_default=True)
    _converter.register_unstructure_hook(
        m.IceServer,
        make_dict_unstructure_fn(m.IceServer, _converter, username=absent, credential=absent),
    )
    bodies: list[Any] = [
        kind.body for kind in m.MESSAGES.values() if issubclass(kind, m.Described)
    ]
    for body in [
        m.ResumeBody,
        m.SessionClient,
        m.BanInfo,
        m.InvitationInfo,
        *bodies,
    ]:  # what is inside others first
        if attrs.has(body):
            hook = make_dict_unstructure_fn(body, _converter, _cattrs_omit_if_default=True)
            _converter.register_unstructure_hook(body, hook)


def _structure(value: object, form: Any, path: str, reading: Converter = _converter) -> Any:
    """Return a value converted to a type.

    Raises:
        MalformedMessage: with what is wrong, and where, and never with the value itself.
    """

    def describe(error: BaseException, inner: Any) -> str:
        if isinstance(error, KeyError):
            return "required field missing"
        if (
            type(error) is ValueError and error.args
        ):  # of a validator, whose text repeats no value
            return str(error)
        return _expected(inner or form)

    try:
        return reading.structure(value, form)
    except Exception as error:
        problems = transform_error(error, path=path, format_exception=describe)
        _break_cycles(error)
    raise MalformedMessage("; ".join(problems))  # here, so that it has no context


def _break_cycles(error: BaseException) -> None:
    """Remove the tracebacks and contexts of an error that cattrs raised.

    The functions that cattrs generates collect errors in a list, and the traceback of each
    error leads to their frame, so to that list, and to the refused value. Only the garbage
    collector would free that cycle, and it runs seldom where objects are large and few.
    """
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            _break_cycles(part)
    error.__traceback__ = error.__context__ = None


def _expected(form: Any) -> str:
    if get_origin(form) is tuple:
        return "expected an array"
    if get_origin(form) is Literal:
        return "expected " + " or ".join(map(repr, get_args(form)))
    if get_origin(form) is Mapping:
        return f"expected an object, each member: {_expected(get_args(form)[1])}"
    kinds = _read_kinds(form) or [form]
    names = [
        _WORDS.get(kind, "an object") for kind in kinds if not (kind is int and float in kinds)
    ]
    return "expected " + " or ".join(names)


_prepare_to_read(_converter, _literal)
_prepare_to_read(_lenient_converter, _lenient_literal)
_prepare_to_write()
