"""The interface of codecs, and the choice between the two that are here."""

from typing import Protocol

from .json_codec import JsonCodec
from .message import Message


class Codec(Protocol):
    """Turns frames into messages and back. A frame is UTF-8 text."""

    def decode(self, frame: bytes, *, ids: bool = False) -> Message:
        """Return the message; `sender` is what was written there, if it was a string.

        With `ids` the members `id` and `reply_to` are read, as the session profile has them;
        without, they are ignored like any that isn't described.

        Raises:
            ProtocolError: `MalformedMessage` or `UnknownType`, and nothing else.
        """

    def encode(self, message: Message) -> bytes:
        """Return the frame, without spaces but those inside relayed payloads."""


def best_codec() -> Codec:
    """Return the codec on msgspec where that is installed (extra `fast`)."""
    try:
        from .fast_codec import FastCodec
    except ImportError:
        return JsonCodec()
    return FastCodec()
