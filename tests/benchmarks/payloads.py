"""Payloads of the clients; every byte follows from the sender and the number of the message."""

import base64
import hashlib
import json
import re
from typing import Any, Literal

Kind = Literal["offer", "answer", "icecandidate"]

CANDIDATE_BYTES = 250  # bytes of JSON in `data`: a browser's candidate with all its attributes
DESCRIPTION_BYTES = 4096  # bytes of JSON in `data`: a browser's audio, video and data channel
LINE = 60  # characters of a line of SDP before its CR LF

_NOISE = base64.b64encode(
    b"".join(hashlib.sha256(b"%d" % block).digest() for block in range(2048))
).decode()
_LINES = "".join(
    _NOISE[start : start + LINE] + "\r\n" for start in range(0, len(_NOISE) - LINE, LINE)
)
_ORIGIN = re.compile(r"(?:v=0\r\no=|candidate:)(\d+) (\d+) ")


def payload(kind: Kind, sender: int, sequence: int) -> dict[str, Any]:
    """Return the `data` of message number `sequence` (from 0) of client number `sender`."""
    place = sender * 7919 + sequence * 104729  # two primes: neighbours share no bytes
    if kind == "icecandidate":
        head = f"candidate:{sender} {sequence} "
        size = _CANDIDATE_ROOM - len(head)
        start = place % (len(_NOISE) - size)
        return _candidate(head + _NOISE[start : start + size])
    head = f"v=0\r\no={sender} {sequence} IN IP4 0.0.0.0\r\n"
    # In JSON the CR and LF that end a line are four bytes: two more for each of the two in
    # the head, four for the one at the very end.
    lines, rest = divmod(_ROOM[kind] - len(head) - 8, LINE + 4)
    start = place % (len(_LINES) // (LINE + 2) - lines - 1) * (LINE + 2)
    body = _LINES[start : start + lines * (LINE + 2)]
    return _description(kind, f"{head}{body}{_NOISE[:rest]}\r\n")


def origin(data: object) -> tuple[int, int] | None:
    """Return the sender and the sequence that a payload claims, or None if it claims none."""
    match data:
        case {"candidate": str(text)} | {"sdp": str(text)}:
            found = _ORIGIN.match(text)
            return (int(found[1]), int(found[2])) if found else None
        case _:
            return None


def _candidate(text: str) -> dict[str, Any]:
    return {"candidate": text, "sdpMid": "0", "sdpMLineIndex": 0}


def _description(kind: Kind, text: str) -> dict[str, Any]:
    return {"type": kind, "sdp": text}


def _without_spaces(data: dict[str, Any]) -> int:
    return len(json.dumps(data, separators=(",", ":")))


_CANDIDATE_ROOM = CANDIDATE_BYTES - _without_spaces(_candidate(""))
_ROOM: dict[Kind, int] = {
    kind: DESCRIPTION_BYTES - _without_spaces(_description(kind, ""))
    for kind in ("offer", "answer")
}
