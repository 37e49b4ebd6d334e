"""The interface of codecs, and the choice between the two that there are."""

from typing import Protocol

from .json_codec import JsonCodec
from .message import Message


class Codec(Protocol):
    """Decodes frames to messages, and encodes messages to frames, which are UTF-8 text."""

    def decode(self, frame: bytes, *, ids: bool = False) -> Message:
        """Return the message of a frame.

        Args:
            ids: Read the members `id` and `reply_to`, which only the session profile defines.

        Raises:
            ProtocolError: `MalformedMessage` or `UnknownType`, and nothing else.
        """

    def encode(self, message: Message) -> bytes:
        """Return the frame of a message, without spaces except in relayed payloads."""


def best_codec(*, lenient: bool = False) -> Codec:
    """Return the codec on msgspec if that is installed (extra `fast`), else `JsonCodec`.

    Args:
        lenient: Replace a word that only a newer server knows by its fallback (`FALLBACKS`), as
            clients do; a server refuses such words.
    """
    try:
        from .fast_codec import FastCodec
    except ImportError:
        return JsonCodec(lenient=lenient)
    return FastCodec(lenient=lenient)
