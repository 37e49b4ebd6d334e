"""Frames of a hostile client: any type to anybody, half of them with bytes changed."""

import random
from collections.abc import Sequence

PAYLOADS: dict[str, list[bytes]] = {
    "offer": [b'{"type":"offer","sdp":"v=0"}', b'{"type":"answer","sdp":""}'],
    "answer": [b'{"type":"answer","sdp":"v=0"}'],
    "icecandidate": [b'{"candidate":"c","sdpMid":null,"sdpMLineIndex":1}', b"null"],
    "text": [b'{"text":"Hi"}', b'{"text":"\\u00fc","time":1.0,"from":"eve","x":[1, 2]}'],
    "profile": [b'{"username":"Ann"}', b'{"username":"\\n"}', b'{"username":" \\u00fc "}'],
    "greeting": [b'"Hi"', b"5"],
    "bye": [b"1615919897795", b"null"],
    "x-any": [b'{"a":[{}]}', b"1.0", b"9" * 40],
    **{one: [b"1", b"null"] for one in ("ping", "pong", "get-room-info", "get-ice-servers")},
    **{one: [b"[]", b"{}"] for one in ("room-info", "ice-servers", "error", "nonsense")},
}

TOKENS = [b"\xff", b"\\ud800", b"{" * 40, b"]", b'"', b"\\", b"NaN", b"1e999", b"null", b",",
          b'"data":1,', b'"receiver":"room",', b"\x00", b"9" * 1001]  # fmt: skip


def mutated(rng: random.Random, frame: bytes) -> bytes:
    """Return the frame, changed at one to three places."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(frame) + 1)
        match rng.randrange(4):
            case 0:
                frame = frame[:at] + bytes([rng.randrange(256)]) + frame[at + 1 :]
            case 1:
                frame = frame[:at] + frame[at + rng.randrange(9) :]
            case 2:
                frame = frame[:at] + rng.choice(TOKENS) + frame[at:]
            case _:
                frame = frame[: at + 5] + frame[at:]
    return frame


def hostile_frame(rng: random.Random, clients: Sequence[str]) -> bytes:
    """Return a frame of any type, to any of these clients, the room, the server or nobody."""
    type_ = rng.choice(list(PAYLOADS))
    others = [rng.choice(clients)] if clients else []
    receiver = rng.choice(["room", "ground control", *others, *others, "nobody"])
    head = f'{{"sender":"ground control","receiver":"{receiver}","type":"{type_}","data":'
    frame = head.encode() + rng.choice(PAYLOADS[type_]) + b"}"
    return mutated(rng, frame) if rng.random() < 0.5 else frame
