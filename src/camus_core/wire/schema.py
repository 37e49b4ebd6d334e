"""The protocol as a JSON Schema, from which clients in other languages are generated.

`contract()` is one schema (JSON Schema draft 2020-12) with a definition for each class of
`messages`, under its name. The keyword `x-camus` holds what JSON Schema can't express:
legality, error codes, close codes and limits.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from ..limits import Limits
from ..records import SLUG
from . import errors
from . import messages as m
from .errors import CLOSE_CODES, ProtocolError, Reconnect, ServerOnlyType, UnknownType
from .json_codec import FALLBACKS, LONGEST_ID
from .json_text import MAX_DEPTH, MAX_DIGITS
from .message import is_count
from .names import DEFAULT_USERNAME
from .profile import ACK_BYTES, ACK_FRAMES, ACK_SECONDS, CAPABILITIES, CORE, SESSION
from .session_messages import UNCOUNTED
from .states import CLIENT, EVERYONE, SERVER, Cell, State

Schema = dict[str, Any]

_KINDS: tuple[type[m.Message], ...] = (*m.MESSAGES.values(), m.Extension)


def contract() -> Schema:
    """Return the schema, made of dicts, lists, strings, numbers, booleans and None."""
    definitions: Schema = {"Envelope": _ENVELOPE, "Written": _WRITTEN, **_unions()}
    for kind in _KINDS:
        definitions[kind.__name__] = _message(kind, definitions)
    definitions |= {"HeardText": _HEARD_TEXT, "HeardTextBody": _HEARD_TEXT_BODY}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Message",
        "description": _DESCRIPTION,
        "$ref": _to("Message"),
        "x-camus": _extension(),
        "$defs": definitions,
    }


_DESCRIPTION = (
    "One frame of the protocol. `x-camus` holds what a schema can't express. Its `messages` "
    "give, for each definition of a message, the profiles that know it, whether a session "
    "counts it, and for each state of the client the recipients to which it may be sent, or "
    "the error that answers it; a message to any other recipient is answered `wrong-receiver`. "
    "Its `fallbacks` give, for each set of words that may grow, the word for which a receiver "
    "takes one that it doesn't know. "
    "Its `limits` are the defaults of those in `joined`, and its `capabilities` all that a "
    "server may name there."
)


# Messages ------------------------------------------------------------------------------

_ID = {"type": ["string", "null"], "maxLength": LONGEST_ID}

_ENVELOPE: Schema = {
    "description": "The members that all messages have. Unknown members are ignored.",
    "type": "object",
    "properties": {
        "receiver": {
            "description": "The recipient: `ground control` (the server), `room` (everyone in "
            "the sender's room), or the id of a client.",
            "type": "string",
        },
        "id": {"description": f"An id that the sender chooses ({SESSION.name} only).", **_ID},
        "reply_to": {"description": "The `id` of the message that this one answers.", **_ID},
    },
    "required": ["receiver"],
}

_WRITTEN: Schema = {
    "description": "The members that the server writes. A client's own `sender` is ignored.",
    "type": "object",
    "properties": {"sender": {"type": "string"}, "data": {}},
    "required": ["sender", "data"],
}

_HEARD_TEXT: Schema = {
    "description": "A chat message as the server relays it.",
    "allOf": [{"$ref": "#/$defs/Envelope"}],
    "properties": {
        "type": {"const": m.Text.type},
        "data": {"$ref": "#/$defs/HeardTextBody"},
    },
    "required": ["type", "data"],
}

_HEARD_TEXT_BODY: Schema = {
    "description": "The text of a chat message, its sender's username, and its time: the one "
    "that the sender gave, else UNIX time in milliseconds.",
    "type": "object",
    "properties": {
        "from": {"type": "string"},
        "time": {"type": "number"},
        "text": {"type": "string"},
    },
    "required": ["from", "time", "text"],
}


def _unions() -> Schema:
    sent = [kind for kind in _KINDS if not _is_server_only(kind)]
    received = [
        "HeardText" if kind is m.Text else kind.__name__
        for kind in _KINDS
        if _is_received(kind)
    ]
    return {
        "Message": {"description": "Any message.", **_one_of(kind.__name__ for kind in _KINDS)},
        "Said": {
            "description": "A message that a client may send.",
            **_one_of(kind.__name__ for kind in sent),
        },
        "Heard": {
            "description": "A message that a client may receive.",
            "allOf": [{"$ref": _to("Written")}, _one_of(received)],
        },
    }


def _one_of(names: Iterable[str]) -> Schema:
    return {"oneOf": [{"$ref": _to(name)} for name in names]}


def _is_server_only(kind: type[m.Message]) -> bool:
    return ServerOnlyType in kind.legality.cells.values()


def _is_received(kind: type[m.Message]) -> bool:
    return _is_server_only(kind) or issubclass(kind, m.Relayable | m.Ack)


def _message(kind: type[m.Message], definitions: Schema) -> Schema:
    type_ = {"const": kind.type} if kind is not m.Extension else _EXTENSION
    properties: Schema = {"type": type_}
    required = ["type"]
    if not issubclass(kind, m.Bare):
        body = _body(kind)
        properties["data"] = _schema(body, definitions)
        if not _takes_null(body):
            required.append("data")
    return {
        "description": _description(kind),
        "allOf": [{"$ref": _to("Envelope")}],
        "properties": properties,
        "required": required,
    }


_EXTENSION = {"type": "string", "pattern": "^x-"}


def _body(kind: type[m.Message]) -> Any:
    if issubclass(kind, m.Opaque | m.Described):
        return kind.body
    return m.TextBody if kind is m.Text else Any


def _takes_null(body: Any) -> bool:
    return body in (Any, NoneType) or NoneType in get_args(body)


# Types of Python -----------------------------------------------------------------------

_PLAIN = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    NoneType: "null",
}

_CHOICES = {form: name for name, form in vars(m).items() if get_origin(form) is Literal}
"""The sets of literal values that have a name of their own."""

_BOUNDS: dict[Any, Schema] = {
    None: {},
    is_count: {"minimum": 0},
    m.is_reason: {"minLength": 1, "maxLength": m.LONGEST_REASON},
    m.is_guest_limit: {"minimum": 1, "maximum": m.MOST_GUESTS},
    m.is_typed: {"maxLength": m.LONGEST_TYPED},
    m.is_ban_time: {"minimum": 1, "maximum": m.MOST_BAN_SECONDS},
    m.is_invitation_time: {"minimum": 0, "maximum": m.LATEST_TIME},
    m.is_number_of_uses: {"minimum": 1, "maximum": m.MOST_USES},
}
"""The schema of each validator of a member; one that isn't here raises `KeyError`."""


def _schema(form: Any, definitions: Schema) -> Schema:
    """Return the schema of a type, and add the definitions of named types to `definitions`."""
    inner = tuple(kind for kind in get_args(form) if kind is not m.Unchanged)
    if form is Any:
        return {}
    if form == m.TextData:
        return {"$ref": _to("HeardTextBody")}
    if form in _PLAIN:
        return {"type": _PLAIN[form]}
    if attrs.has(form):
        if form.__name__ not in definitions:
            definitions[form.__name__] = _object(form, definitions)
        return {"$ref": _to(form.__name__)}
    if form in _CHOICES:
        definitions[_CHOICES[form]] = {"enum": list(inner)}
        return {"$ref": _to(_CHOICES[form])}
    if get_origin(form) is Literal:
        return {"enum": list(inner)}
    if get_origin(form) is tuple:
        return {"type": "array", "items": _schema(inner[0], definitions)}
    if get_origin(form) is Mapping:
        return {"type": "object", "additionalProperties": _schema(inner[1], definitions)}
    assert get_origin(form) in (Union, UnionType), f"no schema for {form}"
    kinds = [kind for kind in inner if not (kind is int and float in inner)]
    if all(kind in _PLAIN for kind in kinds):
        names = [_PLAIN[kind] for kind in kinds]
        return {"type": names if len(names) > 1 else names[0]}
    return {"anyOf": [_schema(kind, definitions) for kind in kinds]}


def _object(form: type[attrs.AttrsInstance], definitions: Schema) -> Schema:
    properties: Schema = {}
    for one in attrs.fields(form):
        properties[one.name] = {**_schema(one.type, definitions), **_BOUNDS[one.validator]}
        is_map = get_origin(one.type) is Mapping  # one that may be missing is empty then
        if one.default not in (None, attrs.NOTHING, m.UNCHANGED) and not is_map:
            properties[one.name]["default"] = one.default
    return {
        "description": _description(form),
        "type": "object",
        "properties": properties,
        "required": [one.name for one in attrs.fields(form) if one.default is attrs.NOTHING],
    }


def _description(form: type) -> str:
    """Return the docstring of a class, each paragraph on one line."""
    paragraphs = (form.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _to(name: str) -> str:
    return f"#/$defs/{name}"


# x-camus -------------------------------------------------------------------------------

_RECIPIENTS = {SERVER: "server", CLIENT: "client", EVERYONE: "room"}

_PROFILES = {
    State.CORE: CORE.name,
    State.UNJOINED: SESSION.name,
    State.JOINED: SESSION.name,
    State.WAITING: SESSION.name,
}

_OTHER_CLOSE_CODES = [
    {"first": 1000, "last": 4499, "reconnect": "backoff"},
    {"first": 4500, "last": 4999, "reconnect": "no"},
]
"""The reaction to codes that are not in `CLOSE_CODES`: those of a later server, and those of
browsers and proxies, such as 1006.
"""


def _extension() -> Schema:
    return {
        "subprotocol": SESSION.name,
        "addresses": {"server": m.GROUND_CONTROL, "room": m.ROOM},
        "room_id": f"^{SLUG.pattern}$",
        "default_username": DEFAULT_USERNAME,
        "capabilities": list(CAPABILITIES),
        "limits": _allowance(Limits()),
        "ack_after": {"frames": ACK_FRAMES, "bytes": ACK_BYTES, "seconds": ACK_SECONDS},
        "json": {"levels": MAX_DEPTH, "digits": MAX_DIGITS},
        "states": {
            _word(state): {"profile": profile, "meaning": state.value}
            for state, profile in _PROFILES.items()
        },
        "messages": {kind.__name__: _rules(kind) for kind in _KINDS},
        "errors": {
            error.code: {
                "meaning": error.meaning,
                "advice": error.advice,
                "close_code": error.close_code,
            }
            for error in errors_with_codes()
        },
        "fallbacks": {_CHOICES[form]: word for form, word in FALLBACKS.items()},
        "reconnect": {_word(one): one.value for one in Reconnect},
        "close_codes": {
            str(close.code): {"meaning": close.meaning, "reconnect": _word(close.reconnect)}
            for close in CLOSE_CODES
        },
        "other_close_codes": _OTHER_CLOSE_CODES,
    }


def _allowance(limits: Limits) -> Schema:
    names = [one.name for one in attrs.fields(m.Allowance)]
    numbers = {name: getattr(limits, name) for name in names}
    return {
        **numbers,
        "unconfirmed_frames": limits.frames_to_resend,
        "unconfirmed_bytes": limits.bytes_to_resend,
    }


def _rules(kind: type[m.Message]) -> Schema:
    cells = kind.legality.cells
    known = {_PROFILES[state] for state in State if cells[state] is not UnknownType}
    return {
        "profiles": sorted(known),
        "counted": kind not in UNCOUNTED,
        "said": {_word(state): _recipients(cell) for state, cell in cells.items()},
        "reply": kind.reply.__name__ if kind.reply is not None else None,
        "capability": kind.capability,
        "least_role": kind.least_role,
    }


def _recipients(cell: Cell) -> list[str] | str:
    """Return the recipients that a message may have, or the error code that answers it."""
    if isinstance(cell, frozenset):
        return [word for recipient, word in _RECIPIENTS.items() if recipient in cell]
    return cell.code


def errors_with_codes() -> Iterator[type[ProtocolError]]:
    """Yield the errors that clients receive, in the order of their declaration."""
    for one in vars(errors).values():
        if isinstance(one, type) and issubclass(one, ProtocolError) and "code" in vars(one):
            yield one


def _word(one: State | Reconnect) -> str:
    return one.name.lower().replace("_", "-")
