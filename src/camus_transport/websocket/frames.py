"""Plain frames, read and written without a state machine (RFC 6455, section 5.2).

Nearly every frame of a call is a plain one: masked text without fragments. The last is mostly a
close frame with code 1000. To read such a text and write it to its recipient takes
`ServerProtocol` 4 of the 6.4 µs that relaying it takes (measured with websockets 17), and the
functions here 1 µs. All other frames are left to `ServerProtocol`.
"""

from struct import Struct

from websockets.frames import Frame

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

_TEXT_BYTE = 0x81
"""The first byte of a whole text frame: FIN, no extension bits, opcode 1."""

_MASK_BIT = 0x80
"""The bit of the second byte that says that the payload is masked; the others are its size."""

_SHORT_HEADS = [bytes((_TEXT_BYTE, size)) for size in range(126)]
_pack_head = Struct(">HH").pack

CLOSE_1000 = b"\x88\x02\x03\xe8"
"""An unmasked close frame with code 1000, normal closure."""


def read_texts(
    data: bytes, start: int, limit: int, max_texts: int, max_bytes: int, texts: list[bytes]
) -> int:
    """Append the payloads of the plain frames from `start` on to `texts`.

    It stops after `max_texts` frames, and begins none after `max_bytes` bytes. Otherwise the
    rest starts with a frame that isn't plain, is larger than `limit` bytes, or incomplete.

    Returns:
        The end of the frames in `data`.
    """
    end, last_start = len(data), start + max_bytes
    while end - start >= 6 and data[start] == _TEXT_BYTE and data[start + 1] & _MASK_BIT:
        size = data[start + 1] ^ _MASK_BIT
        mask = start + 2
        if size == 127:
            break
        if size == 126:
            size = data[mask] << 8 | data[mask + 1]
            mask += 2
        if size > limit:
            break
        frame_end = mask + 4 + size
        if frame_end > end:
            break
        texts.append(apply_mask(data[mask + 4 : frame_end], data[mask : mask + 4]))
        start = frame_end
        if len(texts) == max_texts or start >= last_start:
            break
    return start


def may_become_text(data: bytes, limit: int) -> bool:
    """Return whether `data`, in which `read_texts` found none, may begin a plain frame."""
    if data[0] != _TEXT_BYTE:
        return False
    if len(data) < 2:
        return True
    size = data[1] ^ _MASK_BIT
    if size == 126:
        if len(data) < 4:
            return True
        size = data[2] << 8 | data[3]
        return size <= limit
    return size < 126 and size <= limit


def is_plain_close(data: bytes) -> bool:
    """Return whether `data` is exactly a masked close frame with code 1000."""
    if len(data) != 8 or data[:2] != b"\x88\x82":
        return False
    return apply_mask(data[6:], data[2:6]) == b"\x03\xe8"


def text_head(size: int) -> bytes:
    """Return the head of an unmasked text frame whose payload has this size."""
    if size < 126:
        return _SHORT_HEADS[size]
    if size < 65536:
        return _pack_head(0x817E, size)
    return b"\x81\x7f" + size.to_bytes(8, "big")


def wire_size(frame: Frame) -> int:
    """Return the number of bytes that a masked frame took on the wire."""
    size = len(frame.data)
    return 6 + size + (0 if size < 126 else 2 if size < 65536 else 8)
