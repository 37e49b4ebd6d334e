"""Plain frames, read and written without a state machine (RFC 6455, section 5.2).

Nearly every frame of a call is masked, whole, unfragmented text, and the last one says 1000.
`ServerProtocol` takes 4 of 6.4 microseconds to read such a text and to write it on (measured
with websockets 17); here both take 1. Whatever isn't a plain frame is left to it.
"""

from websockets.frames import Frame

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

_TEXT = 0x81
"""FIN, no extension bits, opcode 1."""

_MASKED = 0x80

CLOSE_1000 = b"\x88\x02\x03\xe8"
"""An unmasked close frame: the code is 1000, normal closure."""


def read_texts(data: bytes, limit: int, most: int, enough: int, texts: list[bytes]) -> int:
    """Append the payload of each plain frame at the head of `data`: not more than `most`, and
    none behind `enough` bytes.

    Returns how many bytes they took. The rest starts with a frame that is of another kind,
    larger than `limit` bytes, or not whole.
    """
    start, end = 0, len(data)
    while end - start >= 6 and data[start] == _TEXT and data[start + 1] & _MASKED:
        size = data[start + 1] ^ _MASKED
        mask = start + 2
        if size == 127:
            break
        if size == 126:
            size = data[mask] << 8 | data[mask + 1]
            mask += 2
        if size > limit:
            break
        stop = mask + 4 + size
        if stop > end:
            break
        texts.append(apply_mask(data[mask + 4 : stop], data[mask : mask + 4]))
        start = stop
        if len(texts) == most or start >= enough:
            break
    return start


def may_become_text(data: bytes, limit: int) -> bool:
    """Tell whether `data`, of which `read_texts` took nothing, is the head of a plain frame."""
    if data[0] != _TEXT:
        return False
    if len(data) < 2:
        return True
    size = data[1] ^ _MASKED
    if size == 126:
        if len(data) < 4:
            return True
        size = data[2] << 8 | data[3]
        return size <= limit
    return size < 126 and size <= limit


def is_plain_close(data: bytes) -> bool:
    """Tell whether `data` is just a close frame with code 1000."""
    if len(data) != 8 or data[:2] != b"\x88\x82":
        return False
    return apply_mask(data[6:], data[2:6]) == b"\x03\xe8"


def text_head(size: int) -> bytes:
    """Return what stands before the payload of an unmasked text frame of this size."""
    if size < 126:
        return bytes((_TEXT, size))
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big")
    return b"\x81\x7f" + size.to_bytes(8, "big")


def wire_size(frame: Frame) -> int:
    """Return how many bytes a masked frame took on the wire."""
    size = len(frame.data)
    return 6 + size + (0 if size < 126 else 2 if size < 65536 else 8)
