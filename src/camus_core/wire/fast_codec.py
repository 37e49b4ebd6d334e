"""The fast codec: decodes ordinary frames with a scanner, and leaves all others to `JsonCodec`.

`JsonCodec` defines the language. This codec refuses nothing: where its scanner has a doubt,
`JsonCodec` decides. What it accepts must be what `JsonCodec` would have returned; the tests
compare both.

There are two scanners. `scanner.c` is an extension in C, built where there is a compiler: it
passes over a frame once. `msgspec_scanner` needs msgspec (extra `fast`), and parses it twice.
"""

from collections.abc import Callable
from typing import Any, Protocol

from . import messages as m
from .forms import EXTENSION, FORMS, Form, Scanned
from .json_codec import LONGEST_ID, JsonCodec, payload
from .json_text import MAX_DEPTH, to_json
from .message import Message

_encode: Callable[[Any], bytes]
try:
    import msgspec

    _encode = msgspec.json.encode
except ImportError:
    _encode = to_json


class Scanner(Protocol):
    """The reader and writer of ordinary frames: a module, which knows messages by their forms
    alone.
    """

    __name__: str

    def scan(
        self,
        frame: bytes,
        ids: bool,
        forms: dict[str, Form],
        extension: Form,
        max_depth: int,
        longest_id: int,
    ) -> Scanned | None:
        """Return the members of a frame, or None if `JsonCodec` has to decide.

        Args:
            ids: Read `id` and `reply_to`, of at most `longest_id` characters.
            extension: The form of types that start with `x-`.
            max_depth: The most levels of arrays and objects.
        """

    def write(
        self,
        sender: str,
        receiver: str,
        type: str,
        id: str | None,
        reply_to: str | None,
        data: bytes,
    ) -> bytes | None:
        """Return the frame with these members, or None if `JsonCodec` has to write it."""


class FastCodec:
    """The codec on a scanner.

    Whether it is lenient matters to its `JsonCodec` alone: no message that is decoded here has
    a word with a fallback.
    """

    def __init__(self, scanner: Scanner, *, lenient: bool = False) -> None:
        self._reference = JsonCodec(lenient=lenient)
        self._scan = scanner.scan
        self._write = scanner.write

    def decode(self, frame: bytes, *, ids: bool = False) -> Message:
        scanned = self._scan(frame, ids, FORMS, EXTENSION, MAX_DEPTH, LONGEST_ID)
        if scanned is None:
            return self._reference.decode(frame, ids=ids)
        make, type_, receiver, data, sender, id, reply_to = scanned
        message: Message
        try:
            if make is None:
                message = m.Extension(type_, receiver, data, sender)
            else:
                message = make(receiver, data, sender)
        except ValueError:
            return self._reference.decode(frame, ids=ids)
        if id is not None or reply_to is not None:
            message.id, message.reply_to = id, reply_to
        return message

    def encode(self, message: Message) -> bytes:
        data = message.data if isinstance(message, m.Opaque) else payload(message, _encode)
        frame = self._write(
            message.sender, message.receiver, message.type, message.id, message.reply_to, data
        )
        return self._reference.encode(message) if frame is None else frame
