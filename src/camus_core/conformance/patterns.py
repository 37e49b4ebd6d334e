"""Patterns of messages, with wildcards for values that a scenario can't know."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

Pattern = Mapping[str, Any] | str
"""A message as JSON text, or as a value that may contain wildcards."""

Translate = Callable[[str], str]
"""A function that replaces the ids of the scenario in a text by the server's."""


@frozen
class Wildcard:
    """Any value whose JSON text matches this regular expression as a whole."""

    regex: str


@frozen
class IfPresent:
    """A member of an object that may be missing; where it is there, it fits the pattern."""

    pattern: object


SOME_TEXT = Wildcard(r'".+"')

A_TIME = Wildcard(r"\d{13}")
"""Milliseconds since 1970: thirteen digits from 2001 to 2286."""

SECONDS = Wildcard(r"\d+(\.\d+)?")


def about(seconds: int) -> Wildcard:
    """Return a pattern of so many seconds, of which up to five have passed already."""
    numbers = "|".join(map(str, range(seconds - 5, seconds + 1)))
    return Wildcard(rf"({numbers})(\.\d+)?")


ANY_OBJECT = Wildcard(r"\{.*\}")

ANY_ARRAY = Wildcard(r"\[.*\]")

SOME_ROOM = Wildcard(r'"[a-z0-9][a-z0-9-]{0,63}"')

SOME_SECRET = Wildcard(r'"[A-Za-z0-9._-]{32,256}"')


@frozen
class TurnServer:
    """An entry of `ice-servers` whose credential was made with this secret.

    Attributes:
        expiry: A regular expression for the UNIX seconds at which the credential expires.
    """

    urls: tuple[str, ...]
    client: str
    secret: str
    expiry: str = r"\d{10}"


def fits(pattern: object, value: object, translate: Translate) -> bool:
    """Tell whether a value equals a pattern as a whole; true is not 1, and 1 is not 1.0.

    But 1.0 is 1: many JSON libraries write it so.
    """
    match pattern:
        case Wildcard(regex):
            text = json.dumps(value, ensure_ascii=False)
            return re.fullmatch(translate(regex), text, re.DOTALL) is not None
        case TurnServer(urls, client, secret, expiry):
            username = value.get("username") if isinstance(value, dict) else None
            return (
                isinstance(username, str)
                and re.fullmatch(f"{expiry}:{translate(client)}", username) is not None
                and value
                == {
                    "urls": list(urls),
                    "username": username,
                    "credential": _credential(secret, username),
                    "kind": "turn",
                }
            )
        case str():
            return value == translate(pattern)
        case Mapping():
            if not isinstance(value, dict):
                return False
            present = {
                name: member.pattern if isinstance(member, IfPresent) else member
                for name, member in pattern.items()
                if name in value or not isinstance(member, IfPresent)
            }
            return present.keys() == value.keys() and all(
                fits(present[name], value[name], translate) for name in present
            )
        case list() | tuple():
            return (
                isinstance(value, list)
                and len(pattern) == len(value)
                and all(map(lambda one, other: fits(one, other, translate), pattern, value))
            )
        case float():
            return type(value) in (int, float) and pattern == value
        case _:
            return type(pattern) is type(value) and pattern == value


def _credential(secret: str, username: str) -> str:
    """Return the credential, without the function of the server, which may be wrong."""
    return base64.b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()


def message_of(pattern: Pattern) -> Mapping[str, Any]:
    """Return the pattern as a value."""
    if isinstance(pattern, str):
        value: Mapping[str, Any] = json.loads(pattern)
        return value
    return pattern
