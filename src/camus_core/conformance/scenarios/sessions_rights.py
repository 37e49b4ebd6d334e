"""Admission by password or owner token (SESS-13, SESS-14)."""

from ..scenario import Connects, Drops, ExistingRoom, Hears, Says, Scenario, Setting
from ..session_phrases import creates, enters, is_refused
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    SERVER,
    TED,
    client_joined,
    done,
    join,
    joined,
    member,
    owner_token_of,
    refused,
    resume,
    resumed,
    to,
    updated,
)

_SECRET_ROOM = Setting(rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),))

SCENARIOS = (
    Scenario(
        "the password opens the room",
        ("SESS-13",),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(BILL, "password-required", join(), join(password=None)),
            *is_refused(
                BILL,
                "wrong-password",
                join(password="wyld stallyns"),
                join(password=""),
                join(password="\u0000"),
            ),
            *is_refused(BILL, "malformed-message", join(password=7)),
            Says(BILL, join(password="Wyld Stallyns")),
            Hears(BILL, joined(BILL, clients=[member(BILL)])),
            Connects(TED, DEFAULT_ROOM, CAMUS_2),
            *is_refused(TED, "password-required", join(None)),
            *is_refused(TED, "wrong-password", join(password="Bogus!")),
            Says(TED, join(None, password="Wyld Stallyns")),
            Hears(TED, joined(TED, clients=[member(BILL), member(TED)])),
            Hears(BILL, client_joined(TED)),
        ),
        _SECRET_ROOM,
    ),
    Scenario(
        "who hasn't the password doesn't hear that the room is full",
        ("SESS-12", "SESS-13", "SESS-70"),
        (
            *enters(BILL, password="Wyld Stallyns"),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "password-required", join()),
            *is_refused(TED, "wrong-password", join(password="Bogus!")),
            *is_refused(TED, "room-full", join(password="Wyld Stallyns")),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns", guest_limit=1),)),
    ),
    Scenario(
        "a room without a password doesn't mind one",
        ("SESS-13", "SESS-71"),
        enters(BILL, password="Wyld Stallyns"),
    ),
    Scenario(
        "nobody is let in by a token that this server doesn't know",
        ("SESS-12", "SESS-14", "SESS-72"),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(
                BILL,
                "not-allowed",
                join(token="eyJhbGciOiJub25lIn0.e30."),
                join(owner_token="guess"),
                join(owner_token="guess", password="Wyld Stallyns"),
                join(owner_token=""),
            ),
        ),
        _SECRET_ROOM,
    ),
    Scenario(
        "whoever shows the owner's token is the owner, and needs no password",
        ("SESS-14", "SESS-15"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", password="69"),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(
                BILL,
                joined(
                    BILL,
                    room_id="circle-k",
                    role="owner",
                    clients=[member(BILL, role="owner")],
                ),
            ),
            Connects(TED, None, CAMUS_2),
            Says(
                TED,
                join("circle-k", owner_token=owner_token_of("circle-k"), password="Bogus!"),
            ),
            Hears(TED, joined(TED, room_id="circle-k", role="owner")),
            Hears(BILL, client_joined(TED, role="owner")),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill", "owner")),
            Hears(BILL, done(BILL)),
            Hears(TED, updated(BILL, "Bill", "owner")),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 3)),
            Hears(BILL, resumed(BILL, 1, room_id="circle-k", role="owner")),
        ),
    ),
    Scenario(
        "the owner's token of one room is worth nothing in another",
        ("SESS-14", "SESS-72", "SESS-73"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K"),
            *creates(BILL, "san-dimas", name="San Dimas"),
            Says(BILL, join("san-dimas", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, refused(ANY_CLIENT, "not-allowed")),
            Says(BILL, join(owner_token=owner_token_of("circle-k"))),
            Hears(BILL, refused(ANY_CLIENT, "room-not-found")),
        ),
    ),
    Scenario(
        "the owner too finds the room full",
        ("SESS-12", "SESS-14"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", guest_limit=1),
            *enters(TED, "circle-k"),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, refused(ANY_CLIENT, "room-full")),
        ),
    ),
    Scenario(
        "whoever has made a room can't come in as its owner by guessing the token",
        ("SESS-14", "SESS-15", "SESS-72"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K"),
            Says(BILL, join("circle-k", owner_token="guess")),
            Hears(BILL, refused(ANY_CLIENT, "not-allowed")),
            Says(BILL, join("circle-k")),
            Hears(BILL, joined(BILL, room_id="circle-k")),
        ),
    ),
)
