"""The contract as data, from which clients in other languages are generated.

`contract()` is one JSON Schema (draft 2020-12) with a definition for each class of `messages`,
under its name. What a schema has no words for stands beside them, in `x-camus`.
"""

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from ..limits import Limits
from ..records import SLUG
from . import errors
from . import messages as m
from .errors import CLOSE_CODES, ProtocolError, Reconnect, ServerOnlyType, UnknownType
from .json_codec import LONGEST_ID
from .json_text import MAX_DEPTH, MAX_DIGITS
from .message import is_count
from .names import DEFAULT_USERNAME
from .profile import ACK_BYTES, ACK_FRAMES, ACK_SECONDS, CAPABILITIES, CORE, SESSION
from .session_messages import UNCOUNTED
from .states import CLIENT, EVERYONE, SERVER, TABLE, Cell, State

Schema = dict[str, Any]


def contract() -> Schema:
    """Return the contract, made of what JSON has."""
    definitions: Schema = {"Envelope": _ENVELOPE, "Written": _WRITTEN, **_unions()}
    for kind in TABLE:
        definitions[kind.__name__] = _message(kind, definitions)
    definitions |= {"HeardText": _HEARD_TEXT, "HeardTextBody": _HEARD_TEXT_BODY}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Message",
        "description": _DESCRIPTION,
        "$ref": _to("Message"),
        "x-camus": _beside_the_schema(),
        "$defs": definitions,
    }


_DESCRIPTION = (
    "One frame of the protocol. `x-camus` has what a schema can't say: its `messages` tell of "
    "each definition of one which profiles know it, whether a session counts it, and to whom a "
    "client may say it in each state, or which error answers it there. Said to anybody else it "
    "is answered `wrong-receiver`. Its `limits` are the defaults of those that `joined` tells."
)


# Messages ------------------------------------------------------------------------------

_ID = {"type": ["string", "null"], "maxLength": LONGEST_ID}

_ENVELOPE: Schema = {
    "description": "What all messages have. Members that are not described are ignored.",
    "type": "object",
    "properties": {
        "receiver": {
            "description": "The server, everyone in the sender's room, or a client's id.",
            "type": "string",
        },
        "id": {"description": f"What its sender calls it ({SESSION.name} only).", **_ID},
        "reply_to": {"description": "The `id` of the message that it answers.", **_ID},
    },
    "required": ["receiver"],
}

_WRITTEN: Schema = {
    "description": "What the server writes. What a client writes as `sender` is ignored.",
    "type": "object",
    "properties": {"sender": {"type": "string"}, "data": {}},
    "required": ["sender", "data"],
}

_HEARD_TEXT: Schema = {
    "description": "A chat message as the server passes it on.",
    "allOf": [{"$ref": "#/$defs/Envelope"}],
    "properties": {
        "type": {"const": m.Text.type},
        "data": {"$ref": "#/$defs/HeardTextBody"},
    },
    "required": ["type", "data"],
}

_HEARD_TEXT_BODY: Schema = {
    "description": "A chat message's text, its sender's name, and its time: the sender's own "
    "if it gave one, else UNIX time in milliseconds.",
    "type": "object",
    "properties": {
        "from": {"type": "string"},
        "time": {"type": "number"},
        "text": {"type": "string"},
    },
    "required": ["from", "time", "text"],
}


def _unions() -> Schema:
    said = [kind for kind in TABLE if not _is_server_only(kind)]
    heard = [
        "HeardText" if kind is m.Text else kind.__name__ for kind in TABLE if _is_heard(kind)
    ]
    return {
        "Message": {"description": "Any message.", **_one_of(kind.__name__ for kind in TABLE)},
        "Said": {
            "description": "What a client may say.",
            **_one_of(kind.__name__ for kind in said),
        },
        "Heard": {
            "description": "What a client may hear.",
            "allOf": [{"$ref": _to("Written")}, _one_of(heard)],
        },
    }


def _one_of(names: Iterable[str]) -> Schema:
    return {"oneOf": [{"$ref": _to(name)} for name in names]}


def _is_server_only(kind: type[m.Message]) -> bool:
    return ServerOnlyType in TABLE[kind]


def _is_heard(kind: type[m.Message]) -> bool:
    return _is_server_only(kind) or issubclass(kind, m.Relayable | m.Ack)


def _message(kind: type[m.Message], definitions: Schema) -> Schema:
    type_ = {"const": kind.type} if kind is not m.Extension else _EXTENSION
    properties: Schema = {"type": type_}
    required = ["type"]
    if not issubclass(kind, m.Request):
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
"""The sets of words that have a name."""

_BOUNDS: dict[Any, Schema] = {
    None: {},
    is_count: {"minimum": 0},
    m.is_guest_limit: {"minimum": 1, "maximum": m.MOST_GUESTS},
}
"""What the validator of a member checks; one that isn't here is an error."""


def _schema(form: Any, definitions: Schema) -> Schema:
    """Return the schema of a type; what has a name goes into the definitions."""
    inner = get_args(form)
    if form is Any:
        return {}
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
    assert get_origin(form) in (Union, UnionType), f"JSON has nothing for {form}"
    kinds = [kind for kind in inner if not (kind is int and float in inner)]
    if all(kind in _PLAIN for kind in kinds):
        names = [_PLAIN[kind] for kind in kinds]
        return {"type": names if len(names) > 1 else names[0]}
    return {"anyOf": [_schema(kind, definitions) for kind in kinds]}


def _object(form: type[attrs.AttrsInstance], definitions: Schema) -> Schema:
    properties: Schema = {}
    for one in attrs.fields(form):
        properties[one.name] = {**_schema(one.type, definitions), **_BOUNDS[one.validator]}
        if one.default not in (None, attrs.NOTHING):
            properties[one.name]["default"] = one.default
    return {
        "description": _description(form),
        "type": "object",
        "properties": properties,
        "required": [one.name for one in attrs.fields(form) if one.default is attrs.NOTHING],
    }


def _description(form: type) -> str:
    """Return the docstring, each paragraph in one line."""
    paragraphs = (form.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _to(name: str) -> str:
    return f"#/$defs/{name}"


# What a schema has no words for --------------------------------------------------------

_PLACES = {SERVER: "server", CLIENT: "client", EVERYONE: "room"}

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
"""A later server may have more codes, and networks and browsers have theirs, as 1006."""


def _beside_the_schema() -> Schema:
    return {
        "subprotocol": SESSION.name,
        "addresses": {"server": m.GROUND_CONTROL, "room": m.ROOM},
        "room_id": f"^{SLUG.pattern}$",
        "default_username": DEFAULT_USERNAME,
        "capabilities": list(CAPABILITIES),
        "limits": _told(Limits()),
        "ack_after": {"frames": ACK_FRAMES, "bytes": ACK_BYTES, "seconds": ACK_SECONDS},
        "json": {"levels": MAX_DEPTH, "digits": MAX_DIGITS},
        "states": {
            _word(state): {"profile": profile, "meaning": state.value}
            for state, profile in _PROFILES.items()
        },
        "messages": {kind.__name__: _rules(kind) for kind in TABLE},
        "errors": {
            error.code: {
                "meaning": error.meaning,
                "advice": error.advice,
                "close_code": error.close_code,
            }
            for error in _spoken()
        },
        "reconnect": {_word(one): one.value for one in Reconnect},
        "close_codes": {
            str(close.code): {"meaning": close.meaning, "reconnect": _word(close.reconnect)}
            for close in CLOSE_CODES
        },
        "other_close_codes": _OTHER_CLOSE_CODES,
    }


def _told(limits: Limits) -> Schema:
    names = [one.name for one in attrs.fields(m.Allowance)]
    numbers = {name: getattr(limits, name) for name in names}
    return {
        **numbers,
        "unconfirmed_frames": limits.frames_to_resend,
        "unconfirmed_bytes": limits.bytes_to_resend,
    }


def _rules(kind: type[m.Message]) -> Schema:
    cells = dict(zip(State, TABLE[kind], strict=True))
    known = {_PROFILES[state] for state in State if cells[state] is not UnknownType}
    return {
        "profiles": sorted(known),
        "counted": kind not in UNCOUNTED,
        "said": {_word(state): _said(cell) for state, cell in cells.items()},
    }


def _said(cell: Cell) -> list[str] | str:
    """Return to whom a message may be said, or the code of the error that answers it."""
    if isinstance(cell, frozenset):
        return [word for place, word in _PLACES.items() if place in cell]
    return cell.code


def _spoken() -> Iterator[type[ProtocolError]]:
    for one in vars(errors).values():
        if isinstance(one, type) and issubclass(one, ProtocolError) and "code" in vars(one):
            yield one


def _word(one: State | Reconnect) -> str:
    return one.name.lower().replace("_", "-")
