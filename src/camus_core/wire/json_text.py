"""JSON text: the language that the codecs accept, and its parser on the standard library.

It settles the points on which JSON libraries differ: invalid UTF-8, NaN, numbers too large for
a double, lone surrogates, depth, long integers, and repeated members, of which the last counts.
"""

import json
import math
import re
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any, NoReturn

from .errors import MalformedMessage
from .message import Json

MAX_DEPTH = 32
"""Levels of arrays and objects: no frame may exhaust the stack of a recursive parser."""

MAX_DIGITS = 1000
"""Digits of an integer: the time to parse one grows with the square of their number."""


def to_json(value: object) -> Json:
    """Return the JSON text of a value made of dicts, lists, strings, numbers and None.

    Raises:
        ValueError: it holds NaN, an infinity or a lone surrogate.
        TypeError: it holds any other value that JSON can't represent.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Json(text.encode())


def string_size(text: str) -> int:
    """Return the size of a string as JSON in bytes, as `to_json` and msgspec write it."""
    return len(encode_basestring(text).encode())


def from_json(text: Json) -> Any:
    """Return the value of JSON text that was checked before."""
    return json.loads(text)


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""A string, or an unterminated one: if that didn't match, the regular expression would start
again at each quote in it.
"""

_AS_PARENTHESES = bytes.maketrans(b"[{]}", b"(())")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
_TOO_DEEP = b"(" * (MAX_DEPTH + 1)
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


def checked(frame: bytes) -> str:
    """Return the frame as text that is safe to parse.

    Raises:
        MalformedMessage: the frame is not UTF-8, nested too deeply, or has a lone surrogate.
    """
    try:
        text = frame.decode()
    except UnicodeDecodeError as error:
        raise MalformedMessage(f"not UTF-8 at byte {error.start}") from None
    if text.count("{") + text.count("[") > MAX_DEPTH:
        if _is_too_deep(_STRING.sub("", text).encode()):
            raise MalformedMessage(f"more than {MAX_DEPTH} levels deep")
    if r"\u" in text and _LONE_SURROGATE.search(text.replace(r"\\", "__")):
        raise MalformedMessage("a string holds half of a surrogate pair")
    return text


def _is_too_deep(text: bytes) -> bool:
    """Tell whether JSON text without its strings has too many levels.

    Text that isn't JSON may count as too deep. A loop over the brackets in Python takes 10 ms
    for a large frame, this less than one.
    """
    brackets = text.translate(_AS_PARENTHESES, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        if _TOO_DEEP in brackets:
            return True
        brackets = brackets.replace(b"()", b"")  # the innermost level
    return b"()" in brackets or brackets.count(b"(") > MAX_DEPTH


def parse_object(text: str) -> dict[str, Any]:
    """Return the members of a JSON object.

    Raises:
        MalformedMessage: the text is not a JSON object.
    """
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedMessage(f"not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(value, dict):
        raise MalformedMessage("not a JSON object")
    return value


def split_members(text: str) -> dict[str, Json]:
    """Return each member of a JSON object as its own text, byte for byte.

    Args:
        text: One that `parse_object` accepts.
    """
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


def join_members(members: Mapping[str, Json]) -> Json:
    """Return the JSON object whose members are these, each as its own text."""
    texts = (b"%b:%b" % (to_json(name), text) for name, text in members.items())
    return Json(b"{%b}" % b",".join(texts))


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
