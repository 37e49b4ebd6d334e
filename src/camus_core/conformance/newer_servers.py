"""What a server newer than this kit may say beside the messages that the kit knows.

The kit is a receiver like any other ("Versions" in `docs/protocol.md`): it skips messages of
the server whose type it doesn't know, and ignores members that it doesn't know. What it knows
has to be as the scenarios say. Relayed messages are those of other clients: they are compared
as a whole. The counts in a scenario are literal: one that resumes after a skipped message,
which counts like any other, can't show its rule.
"""

import json
from types import UnionType
from typing import Any, Union, get_args, get_origin

import attrs

from ..wire.messages import GROUND_CONTROL, MESSAGES, Described

_ENVELOPE = ("sender", "receiver", "type", "id", "reply_to", "data")


def is_of_unknown_type(frame: bytes) -> bool:
    """Tell whether a frame is a message of the server whose type the kit doesn't know."""
    try:
        message = json.loads(frame)
    except ValueError:
        return False
    if not isinstance(message, dict) or message.get("sender") != GROUND_CONTROL:
        return False
    type = message.get("type")
    return isinstance(type, str) and type not in MESSAGES and not type.startswith("x-")


def known_part(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message without the members of the server's that its type doesn't declare."""
    if message.get("sender") != GROUND_CONTROL:
        return message
    known = {name: message[name] for name in message if name in _ENVELOPE}
    kind = MESSAGES.get(str(message.get("type")))
    if kind is not None and issubclass(kind, Described) and "data" in known:
        known["data"] = _known_value(known["data"], kind.body)
    return known


def _known_value(value: object, form: Any) -> object:
    if get_origin(form) in (Union, UnionType):
        [form, *_] = [one for one in get_args(form) if one is not type(None)]
    if attrs.has(form) and isinstance(value, dict):
        types = {one.name: one.type for one in attrs.fields(form)}
        return {
            name: _known_value(member, types[name])
            for name, member in value.items()
            if name in types
        }
    if get_origin(form) is tuple and isinstance(value, list):
        return [_known_value(item, get_args(form)[0]) for item in value]
    return value
