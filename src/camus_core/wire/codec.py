"""The interface of codecs, and the choice of one."""

from contextlib import suppress
from typing import Protocol

from .fast_codec import FastCodec, Scanner
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
    """Return the fastest codec that is installed.

    That is `FastCodec` if the extension in C was built, or msgspec is installed (extra `fast`);
    else it is `JsonCodec`.

    Args:
        lenient: Replace a word that only a newer server knows by its fallback (`FALLBACKS`), as
            clients do; a server refuses such words.
    """
    scanners = installed_scanners()
    return FastCodec(scanners[0], lenient=lenient) if scanners else JsonCodec(lenient=lenient)


def installed_scanners() -> list[Scanner]:
    """Return the scanners that are installed, the fastest first."""
    scanners: list[Scanner] = []
    with suppress(ImportError):
        from . import _scanner

        scanners.append(_scanner)
    with suppress(ImportError):
        from . import msgspec_scanner

        scanners.append(msgspec_scanner)
    return scanners
