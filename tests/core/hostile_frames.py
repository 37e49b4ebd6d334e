"""Frames of hostile clients: of any type, to any receiver, half of them with bytes changed."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import attrs

from camus_core.wire import messages as m
from driving.driver import START
from driving.store import OWNER_TOKEN

PAYLOADS: dict[str, list[bytes]] = {
    "offer": [b'{"type":"offer","sdp":"v=0"}', b'{"type":"answer","sdp":""}'],
    "answer": [b'{"type":"answer","sdp":"v=0"}'],
    "icecandidate": [b'{"candidate":"c","sdpMid":null,"sdpMLineIndex":1}', b"null"],
    "text": [b'{"text":"Hi"}', b'{"text":"\\u00fc","time":1.0,"from":"eve","x":[1, 2]}'],
    "profile": [b'{"username":"Ann"}', b'{"username":"\\n"}', b'{"username":" \\u00fc "}'],
    "greeting": [b'"Hi"', b"5"],
    "bye": [b"1615919897795", b"null"],
    "x-any": [b'{"a":[{}]}', b"1.0", b"9" * 40, b'"%b"' % (b"x" * 2000)],
    **{one: [b"1", b"null"] for one in ("ping", "pong", "get-room-info", "get-ice-servers")},
    **{one: [b"[]", b"{}"] for one in ("room-info", "ice-servers", "error", "nonsense")},
    **{one: [b"null"] for one in ("list-rooms", "list-bans", "bans", "list-invitations")},
    "create-invitation": [b'{"role":"owner"}', b'{"uses":0}', b'{"name":"\\u202e"}'],
    **{one: [b"{}", b"[]"] for one in ("invitations", "invitation-created")},
    "find-room": [b'{"name":"#/"}', b'{"name":5}', b'{"name":"room","password":""}'],
    "room-found": [b'{"room_id":"a"}'],
    "create-room": [
        b"{}",
        b'{"encrypted":true}',
        b'{"name":"\\u202e"}',
        b'{"guest_limit":0}',
        b'{"public":"no"}',
    ],
    **{one: [b"null", b"{}"] for one in ("joined", "done", "client-left", "undeliverable")},
    "mute-requested": [b'{"by":"ground control","kind":"audio"}'],
    **{one: [b'{"locked":true}', b"{}"] for one in ("room-updated", "waiting")},
    **{one: [b'{"id":"a"}', b"{}"] for one in ("client-waiting", "client-waiting-left")},
}
"""Payloads that need no knowledge; the functions below make those that do."""

ROOMS = [f"room-{number}" for number in range(12)]
PASSWORDS = ["tin can", "tin cup"]

FRAGMENTS = [b"\xff", b"\\ud800", b"{" * 40, b"]", b'"', b"\\", b"NaN", b"1e999", b"null", b",",
          b'"data":1,', b'"receiver":"room",', b"\x00", b"9" * 1001, b'"id":5,',
          b'"id":"7",', b'"reply_to":"6",']  # fmt: skip

ODDITIES = [b"\\u0000", b"\\ud800", b"\\ud83d\\ude00", b"\\u202e", b"\\uffff", b"\\u2028",
            b"\\u0301", b"\xf4\x8f\xbf\xbf"]  # fmt: skip
"""Characters that stores, names or JSON treat in ways of their own, inside of a string."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def with_oddity(rng: random.Random, frame: bytes) -> bytes:
    """Return the frame with an odd character at the end of one of its strings."""
    end = rng.choice([string.end() - 1 for string in _STRING.finditer(frame)])
    return frame[:end] + rng.choice(ODDITIES) + frame[end:]


def mutated(rng: random.Random, frame: bytes) -> bytes:
    """Return the frame with changes at one to three positions."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(frame) + 1)
        match rng.randrange(4):
            case 0:
                frame = frame[:at] + bytes([rng.randrange(256)]) + frame[at + 1 :]
            case 1:
                frame = frame[:at] + frame[at + rng.randrange(9) :]
            case 2:
                frame = frame[:at] + rng.choice(FRAGMENTS) + frame[at:]
            case _:
                frame = frame[: at + 5] + frame[at:]
    return frame


def hostile_frame(rng: random.Random, clients: Sequence[str]) -> bytes:
    """Return a frame of any type, to a client, the room, the server or an unknown id."""
    type_ = rng.choice(list(PAYLOADS))
    others = [rng.choice(clients)] if clients else []
    receiver = rng.choice(["room", "ground control", *others, *others, "nobody"])
    return _sometimes_mutated(rng, _frame(rng, receiver, type_, rng.choice(PAYLOADS[type_])))


def hostile_join(
    rng: random.Random,
    own: Mapping[str, int],
    guesses: Sequence[str],
    room_id: str,
    token: str | None,
    guest_tokens: Sequence[str],
    invitations: Sequence[str],
) -> bytes:
    """Return a `join` with any credentials that a hostile client may try.

    `own` are sessions that the client was given, each with the number of frames received in it;
    `guesses` are strings that it may try as the session of another client, and `token` is its
    own. `guest_tokens` are guest tokens of anybody, and `invitations` the secrets of some.
    """
    body: dict[str, object] = {"room_id": room_id}
    if rng.random() < 0.2:
        body["name"] = rng.choice([room_id, "room-1", "\n", "x" * 70])
    if rng.random() < 0.4:
        body["password"] = rng.choice(PASSWORDS)
    if rng.random() < 0.3:
        body["owner_token"] = rng.choice(["mine", *[OWNER_TOKEN] * 9])
    if rng.random() < (0.8 if token is not None else 0.05):
        body["token"] = token or "a forged token"
    if rng.random() < 0.5:
        body["guest_token"] = rng.choice([*guest_tokens, "no token"])
    if invitations and rng.random() < 0.3:
        body["invitation"] = rng.choice([*invitations, *invitations, "no secret"])
    sessions = [*own] * 3 + rng.choices(guesses, k=1 if guesses else 0)
    if sessions and rng.random() < 0.6:
        session = rng.choice(sessions)
        resume: dict[str, object] = {"session": session}
        if rng.random() < 0.8:
            resume["received"] = rng.choice([own.get(session, 0)] * 12 + [0, 1, 5, 2**70])
        body["resume"] = resume
    frame = _frame(rng, "ground control", "join", json.dumps(body).encode())
    return mutated(rng, frame) if rng.random() < 0.1 else frame


def hostile_ack(rng: random.Random, received: int) -> bytes:
    """Return a confirmation, often of the true number."""
    number = rng.choice([received, received, received, received + 1, 0, -1, 2**70])
    return _frame(rng, "ground control", "ack", b'{"received":%d}' % number)


def hostile_create_room(rng: random.Random, token: str | None) -> bytes:
    """Return a `create-room`; half of them carry this token, and a quarter are encrypted."""
    token = f'"token":"{token}",' if token is not None and rng.random() < 0.5 else ""
    locked = '"locked":true,' if rng.random() < 0.3 else ""
    times = f'"{rng.choice(["not_before", "expires"])}":{START + rng.randrange(3000)},'
    more = token + ('"encrypted":true,' if rng.random() < 0.25 else "")
    more += times if rng.random() < 0.6 else ""
    data = f'{{{more}{locked}"name":"{rng.choice(ROOMS)}","password":"tin can","public":true}}'
    return _frame(rng, "ground control", "create-room", data.encode())


def hostile_update_room(rng: random.Random) -> bytes:
    """Return an `update-room` with any of its members."""
    values: dict[str, list[object]] = {
        "name": ["Circle K", "room", None],
        "password": [*PASSWORDS * 3, None],
        "guest_limit": [1, 3, 0, None],
        "locked": [True, False, 1],
        "public": [True, False],
    }
    body = {name: rng.choice(some) for name, some in values.items() if rng.random() < 0.5}
    frame = _frame(rng, "ground control", "update-room", json.dumps(body).encode())
    return mutated(rng, frame) if rng.random() < 0.1 else frame


def hostile_find_room(
    rng: random.Random, token: str | None, invitations: Sequence[str]
) -> bytes:
    """Return a `find-room`, perhaps with credentials; `token` is the client's own."""
    body: dict[str, object] = {"name": rng.choice([*ROOMS, f"https://a.example/#/{ROOMS[0]}"])}
    if rng.random() < 0.4:
        body["password"] = rng.choice(PASSWORDS)
    if rng.random() < 0.1:
        body["owner_token"] = rng.choice(["mine", OWNER_TOKEN])
    if rng.random() < 0.5:
        body["token"] = token or "a forged token"
    if invitations and rng.random() < 0.3:
        body["invitation"] = rng.choice(invitations)
    frame = _frame(rng, "ground control", "find-room", json.dumps(body).encode())
    return mutated(rng, frame) if rng.random() < 0.1 else frame


def hostile_invitation(rng: random.Random) -> bytes:
    """Return a `create-invitation` with any of its members."""
    values: dict[str, list[object]] = {
        "name": ["Bob", "\n"],
        "role": ["guest", "moderator"],
        "not_before": [START, START + rng.randrange(3000)],
        "expires": [START, START + rng.randrange(3000)],
        "uses": [1, 2],
    }
    body = {name: rng.choice(some) for name, some in values.items() if rng.random() < 0.4}
    frame = _frame(rng, "ground control", "create-invitation", json.dumps(body).encode())
    return mutated(rng, frame) if rng.random() < 0.1 else frame


def hostile_moderation(
    rng: random.Random,
    clients: Sequence[str],
    bans: Sequence[str],
    invitations: Sequence[str],
) -> bytes:
    """Return a moderation message about one of these clients, bans or invitations."""
    kind = rng.choice([*_ORDERS, *[m.Lock, m.Admit, m.Deny] * 2])
    named = {m.Unban: bans, m.RevokeInvitation: invitations}.get(kind, clients)
    members = {
        one.name: rng.choice([*named, "nobody", "a\0b"])
        if one.name == ("sender" if kind is m.RemoveText else "id")
        else _value(rng, one.type)
        for one in attrs.fields(kind.body)
        if one.default is attrs.NOTHING or rng.random() < 0.7
    }
    frame = _frame(rng, "ground control", kind.type, json.dumps(members).encode())
    return mutated(rng, frame) if rng.random() < 0.1 else frame


_ORDERS: list[Any] = [kind for kind in m.MESSAGES.values() if issubclass(kind, m.Order)]


def _value(rng: random.Random, form: Any) -> object:
    """Return a value of a member of this type, or one that is almost of it."""
    kinds = get_args(form)
    if form is bool:
        return rng.random() < 0.7
    if form is int or form is float:
        return rng.choice([0, 1, 2, 60, -1, 2**70])
    if get_origin(form) is Literal:
        return rng.choice([*kinds * 4, "owner"])
    if get_origin(form) is Mapping:
        return {
            rng.choice(["a", "b", "c", m.SPEAK]): _value(rng, kinds[1])
            for _ in range(rng.randrange(4))
        }
    if kinds:  # a union
        return _value(rng, rng.choice(kinds))
    return None if form is NoneType else rng.choice(["a", "7", "", "x" * 300, "a\0b"])


def _frame(rng: random.Random, receiver: str, type_: str, data: bytes) -> bytes:
    id = rng.choice([""] * 10 + ['"id":"7",'] * 9 + ['"id":7,'])
    head = f'{{{id}"sender":"ground control","receiver":"{receiver}","type":"{type_}","data":'
    frame = head.encode() + data + b"}"
    return with_oddity(rng, frame) if rng.random() < 0.05 else frame


def _sometimes_mutated(rng: random.Random, frame: bytes) -> bytes:
    return mutated(rng, frame) if rng.random() < 0.5 else frame
