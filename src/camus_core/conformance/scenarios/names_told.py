"""What a search tells of a room, to whom, and its price (NAME-7 to NAME-9)."""

from ...admission.identity import Identity
from ...limits import Limits
from ...records import RoomId
from ..address_phrases import HERE, are_rate_limited
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_removed,
    locks,
)
from ..names_phrases import find, finds, found, found_with
from ..phrases import are_refused
from ..room_phrases import A_CENTURY, IN_2100
from ..scenario import (
    Connects,
    ExistingRoom,
    Hears,
    Scenario,
    Setting,
)
from ..session_phrases import creates, enters, is_refused
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    TED,
    TED_ANEW,
    client_joined,
    join,
    left,
    owner_token_of,
)

_PASSWORD = "Be excellent to each other"

_STALLYNS = "wyld-stallyns"

_NEVER_AGAIN = 1e-6
"""A share each minute that doesn't come back during a scenario."""

SCENARIOS = (
    Scenario(
        "a room with a password and none are the same to whoever hasn't it",
        ("NAME-7", "NAME-8"),
        (
            *enters(BILL, _STALLYNS, password=_PASSWORD),
            Connects(TED, None, CAMUS_2),
            *(
                step
                for name in (_STALLYNS, "circle-k")
                for shown in ({}, {"password": "Bogus!"}, {"owner_token": "Bogus!"})
                for step in finds(TED, name, found(name), **shown)
            ),
            *finds(
                TED,
                "Wyld Stallyns",
                found_with(_STALLYNS, _STALLYNS, BILL),
                password=_PASSWORD,
            ),
        ),
        Setting(rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD),)),
    ),
    Scenario(
        "the owner's token shows its room, without the password",
        ("NAME-8", "NAME-9"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, "circle-k", name="Circle K", password=_PASSWORD),
            *finds(BILL, "Circle K", found("circle-k")),
            *finds(
                BILL,
                "Circle K",
                found_with("circle-k", "Circle K"),
                owner_token=owner_token_of("circle-k"),
            ),
        ),
    ),
    Scenario(
        "of a public room with a password the name is told, but not who is in it",
        ("NAME-8", "NAME-9"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, _STALLYNS, name="Wyld Stallyns", public=True, password=_PASSWORD),
            *finds(BILL, "wyld stallyns", found(_STALLYNS, "Wyld Stallyns")),
            *finds(BILL, "wyld stallyns", found(_STALLYNS, "Wyld Stallyns"), password="Bogus!"),
        ),
    ),
    Scenario(
        "of a locked room a guest learns the name, a moderator also who is in it",
        ("NAME-8", "NAME-9"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            Connects(TED, None, CAMUS_2),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM, "Excellent Adventure")),
            *finds(
                TED,
                DEFAULT_ROOM,
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
                token="a moderator's",
            ),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM, "Excellent Adventure")),
        ),
        Setting(tokens={"a moderator's": Identity("rufus", role="moderator")}),
    ),
    Scenario(
        "of a room that isn't open yet a guest learns the name, a moderator also who is in it",
        ("NAME-8", "NAME-9"),
        (
            *creates_as_owner(BILL, not_before=IN_2100),
            Connects(TED, None, CAMUS_2),
            *finds(TED, DEFAULT_ROOM, found(DEFAULT_ROOM, "Excellent Adventure")),
            *finds(
                TED,
                DEFAULT_ROOM,
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
                token="a moderator's",
            ),
        ),
        Setting(
            Limits(room_schedule_seconds=A_CENTURY),
            tokens={"a moderator's": Identity("rufus", role="moderator")},
        ),
    ),
    Scenario(
        "a banned client learns of the room no more than of none",
        ("NAME-8", "NAME-9"),
        (
            *creates_as_owner(BILL),
            *enters(TED, token="Ted's"),
            Hears(BILL, client_joined(TED)),
            *decides(BILL, ban(TED), left(TED, "banned")),
            *is_removed(TED, "banned"),
            Connects(TED_ANEW, None, CAMUS_2),
            *finds(TED_ANEW, DEFAULT_ROOM, found(DEFAULT_ROOM), token="Ted's"),
            *finds(
                TED_ANEW,
                DEFAULT_ROOM,
                found_with(DEFAULT_ROOM, "Excellent Adventure", BILL),
                token="Rufus's",
            ),
        ),
        Setting(tokens={"Ted's": Identity("ted"), "Rufus's": Identity("rufus")}),
    ),
    Scenario(
        "a token shows the rooms that it names, and no others",
        ("NAME-7", "NAME-8"),
        (
            Connects(TED, None, CAMUS_2),
            *finds(TED, _STALLYNS, found_with(_STALLYNS, _STALLYNS), token="Ted's"),
            *finds(TED, "circle-k", found("circle-k"), token="Ted's"),
            *finds(TED, "nowhere", found("nowhere"), token="Ted's"),
            *is_refused(TED, "not-allowed", find("nowhere", token="Bogus!")),
            *is_refused(TED, "not-allowed", join("circle-k", token="Ted's")),
            *finds(TED, _STALLYNS, found(_STALLYNS)),
        ),
        Setting(
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD), ExistingRoom("circle-k")),
            tokens={"Ted's": Identity("ted", rooms=frozenset({RoomId(_STALLYNS)}))},
        ),
    ),
    Scenario(
        "where guests aren't let in, a token is needed to learn of a room",
        ("NAME-8",),
        (
            Connects(TED, None, CAMUS_2),
            *finds(TED, "circle-k", found("circle-k")),
            *finds(TED, "circle-k", found_with("circle-k", "circle-k"), token="Ted's"),
            *finds(TED, "circle-k", found("circle-k")),
            *is_refused(TED, "not-allowed", join("circle-k")),
        ),
        Setting(
            rooms=(ExistingRoom("circle-k"),), tokens={"Ted's": Identity("ted")}, guests=False
        ),
    ),
    Scenario(
        "a member learns of its own room without its password, and of others as any client",
        ("NAME-3", "NAME-8", "NAME-9"),
        (
            *enters(BILL, _STALLYNS, password=_PASSWORD),
            *finds(BILL, _STALLYNS, found_with(_STALLYNS, _STALLYNS, BILL)),
            *finds(BILL, "san-dimas", found("san-dimas")),
            *finds(BILL, "circle-k", found_with("circle-k", "circle-k")),
        ),
        Setting(
            rooms=(
                ExistingRoom(_STALLYNS, password=_PASSWORD),
                ExistingRoom("san-dimas", password=_PASSWORD),
                ExistingRoom("circle-k"),
            )
        ),
    ),
    Scenario(
        "a client that waits finds no rooms",
        ("NAME-3",),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            *are_refused(TED, "not-joined", find("circle-k")),
        ),
    ),
    Scenario(
        "to find a room costs as much as to join one",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, "circle-k", found("circle-k")),
            *is_refused(BILL, "room-not-found", find("https://example.com/")),
            *finds(BILL, "Circle K", found("circle-k")),
            *are_rate_limited(BILL, find("circle-k"), find("Circle K"), join()),
            *is_refused(BILL, "room-not-found", find("https://example.com/"), find("!!!")),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=2.0)),
    ),
    Scenario(
        "wrong passwords count alike, whether there is such a room or not",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, _STALLYNS, found(_STALLYNS), password="Bogus!"),
            *finds(BILL, "circle-k", found("circle-k"), password="Bogus!"),
            *are_rate_limited(
                BILL,
                find("circle-k", password="Bogus!"),
                find(_STALLYNS, password="Bogus!"),
                find(_STALLYNS, password=_PASSWORD),
                join(_STALLYNS, password=_PASSWORD),
            ),
            *finds(BILL, _STALLYNS, found(_STALLYNS)),
            *finds(BILL, "san-dimas", found_with("san-dimas", "san-dimas"), password="Bogus!"),
        ),
        Setting(
            Limits(wrong_passwords=2),
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD), ExistingRoom("san-dimas")),
        ),
    ),
    Scenario(
        "a right password counts as a wrong one where it opens nothing",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, _STALLYNS, found(_STALLYNS), token="Ted's", password=_PASSWORD),
            *are_rate_limited(BILL, find("circle-k", password="Bogus!")),
        ),
        Setting(
            Limits(wrong_passwords=1),
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD),),
            tokens={"Ted's": Identity("ted", rooms=frozenset({RoomId("circle-k")}))},
        ),
    ),
    Scenario(
        "right passwords don't count in a search either",
        ("NAME-7",),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            *finds(BILL, _STALLYNS, found_with(_STALLYNS, _STALLYNS), password=_PASSWORD) * 2,
        ),
        Setting(
            Limits(wrong_passwords=1),
            rooms=(ExistingRoom(_STALLYNS, password=_PASSWORD),),
        ),
    ),
)
