"""Identities, asserted by tokens (CTRL-5 to CTRL-9)."""

from attrs import evolve

from ...admission.identity import Identity
from ...limits import Limits
from ...records import RoomId
from ..address_phrases import HERE
from ..patterns import A_TIME
from ..phrases import are_refused
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Starts,
)
from ..session_phrases import creates, enters, is_refused, is_stopped, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    member,
    owner_token_of,
    pushed,
    refused,
    resume,
    resumed,
    to,
    updated,
)

_TOKENS = {
    "Ted's": Identity("ted", name="Ted"),
    "Rufus's": Identity("rufus", role="moderator"),
    "Bill's": Identity("bill", rooms=frozenset({RoomId(DEFAULT_ROOM), RoomId("circle-k")})),
}

_SECRET_ROOM = ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns")

_INVITED = Identity("ted", rooms=frozenset({RoomId(DEFAULT_ROOM), RoomId("circle-k")}))

SCENARIOS = (
    Scenario(
        "a token lets its bearer in, or is refused, and another may be tried",
        ("CTRL-5",),
        (
            *visits(BILL),
            Connects(TED, None, CAMUS_2),
            *is_refused(
                TED,
                "not-allowed",
                join(token="Bogus!"),
                join(token=""),
                join("circle-k", token="Bogus!"),
            ),
            *is_refused(TED, "malformed-message", join(token=7)),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, clients=[member(BILL), member(TED, "Ted")])),
            Hears(BILL, client_joined(TED, "Ted")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "of the token of a join that was refused nothing stays",
        ("CTRL-5", "CTRL-30"),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "wrong-password", join(token="Ted's", password="69")),
            Says(TED, join(username="Rufus", password="Wyld Stallyns")),
            Hears(TED, joined(TED, clients=[member(TED, "Rufus")])),
        ),
        Setting(rooms=(_SECRET_ROOM,), tokens=_TOKENS),
    ),
    Scenario(
        "a room is made with a token as without one, but not with a bad one",
        ("CTRL-5",),
        (
            Connects(TED, None, CAMUS_2),
            *creates(TED, "circle-k", name="Circle K", token="Ted's"),
            Says(TED, to(SERVER, "create-room", {"name": "San Dimas", "token": "Bogus!"})),
            Hears(TED, refused(ANY_CLIENT, "not-allowed")),
            *creates(TED, "san-dimas", name="San Dimas"),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a handshake may show who somebody is, in either profile",
        ("CTRL-5", "CTRL-6", "CORE-41"),
        (
            *visits(BILL),
            Connects(TED, token="Ted's"),
            Hears(TED, by(SERVER, TED, "greeting", "This is Ground Control to Ted")),
            Hears(BILL, client_joined(TED, "Ted")),
            Connects(RUFUS, None, CAMUS_2, token="Rufus's"),
            Says(RUFUS, join(username="Rufus")),
            Hears(RUFUS, joined(RUFUS, role="moderator")),
            Hears(BILL, client_joined(RUFUS, "Rufus", "moderator")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a client that its handshake names makes rooms, and joins under that name",
        ("CTRL-6", "CTRL-28", "SESS-11"),
        (
            Connects(TED, None, CAMUS_2, token="Ted's"),
            *creates(TED, "circle-k", name="Circle K"),
            Says(TED, join(username="")),
            Hears(TED, joined(TED, clients=[member(TED, "Ted")])),
        ),
        Setting(tokens=_TOKENS, guests=False),
    ),
    Scenario(
        "who shows a bad token in the handshake is closed, in either profile",
        ("CTRL-5", "CORE-5", "CTRL-29"),
        (
            *visits(BILL),
            Connects(TED, token="Bogus!"),
            Hears(TED, refused(TED, "not-allowed")),
            IsClosed(TED, 4501),
            Connects(RUFUS, None, CAMUS_2, token="Bogus!"),
            Hears(RUFUS, refused(ANY_CLIENT, "not-allowed")),
            IsClosed(RUFUS, 4501),
            HearsNothing(BILL),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a token in the join counts more than one in the handshake",
        ("CTRL-5", "CTRL-28"),
        (
            Connects(TED, None, CAMUS_2, token="Ted's"),
            *is_refused(TED, "not-allowed", join(token="Bogus!")),
            Says(TED, join(token="Rufus's")),
            Hears(TED, joined(TED, role="moderator", clients=[member(TED, role="moderator")])),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "who is named by a token has that name, and no other",
        ("CTRL-6", "CTRL-58"),
        (
            *visits(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's", username="Bill")),
            Hears(TED, joined(TED, clients=[member(BILL), member(TED, "Ted")])),
            Hears(BILL, client_joined(TED, "Ted")),
            Says(TED, but(to(SERVER, "profile", {"username": "Bill"}), id="1")),
            Hears(TED, but(refused(TED, "not-allowed"), reply_to="1")),
            Says(TED, to(BILL, "text", {"from": "Bill", "text": "Dude!"})),
            Hears(
                BILL, by(TED, BILL, "text", {"from": "Ted", "text": "Dude!", "time": A_TIME})
            ),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 1, username="Bill")),
            Hears(TED, resumed(TED, 2)),
            *are_refused(TED, "not-allowed", to(SERVER, "profile", {"username": "Bill"})),
            HearsNothing(BILL),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a member of the core profile that was named keeps that name too",
        ("CTRL-6",),
        (
            Connects(TED, token="Ted's"),
            Hears(TED, by(SERVER, TED, "greeting", "This is Ground Control to Ted")),
            *are_refused(TED, "not-allowed", to(SERVER, "profile", {"username": "Bill"})),
            Says(TED, to(SERVER, "get-room-info")),
            Hears(TED, but(pushed((TED, "Ted")), receiver=TED)),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "who is not named by its token names itself",
        ("CTRL-6",),
        (
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join(token="Rufus's", username="Rufus")),
            Hears(
                RUFUS,
                joined(RUFUS, role="moderator", clients=[member(RUFUS, "Rufus", "moderator")]),
            ),
            Says(RUFUS, to(SERVER, "profile", {"username": "The Dude"})),
            Hears(RUFUS, updated(RUFUS, "The Dude", "moderator")),
            Hears(RUFUS, done(RUFUS)),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "a token for some rooms opens those, without their passwords, and no others",
        ("CTRL-7",),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(
                TED,
                "not-allowed",
                join("san-dimas", token="Ted's"),
                join("nowhere", token="Ted's"),
                join("san-dimas", token="an owner's"),
                join("san-dimas", token="one for no room"),
            ),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED)),
            *enters(TED_ANEW, "circle-k", token="Ted's"),
        ),
        Setting(
            rooms=(_SECRET_ROOM, ExistingRoom("circle-k"), ExistingRoom("san-dimas")),
            tokens={
                "Ted's": _INVITED,
                "an owner's": evolve(_INVITED, role="owner"),
                "one for no room": evolve(_INVITED, rooms=frozenset()),
            },
        ),
    ),
    Scenario(
        "where no rooms are made on demand, one that isn't there is not found by anybody",
        ("CORE-86", "SESS-55"),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "room-not-found", join("nowhere"), join("nowhere", token="Ted's")),
        ),
        Setting(tokens={"Ted's": _INVITED}, guests=False, rooms_on_demand=False),
    ),
    Scenario(
        "no room is made for who may not come into it",
        ("CTRL-7", "CTRL-31"),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "not-allowed", join("san-dimas", token="Ted's")),
            *creates(TED, "san-dimas", name="San Dimas"),
        ),
        Setting(tokens={"Ted's": _INVITED}),
    ),
    Scenario(
        "with a token for some rooms a client makes those, and no others",
        ("CTRL-7", "SESS-15", "CTRL-31"),
        (
            Connects(TED, None, CAMUS_2, address=HERE),
            *(
                step
                for wish in ({"name": "San Dimas", "token": "Ted's"}, {"token": "Ted's"})
                for step in (
                    Says(TED, to(SERVER, "create-room", wish)),
                    Hears(TED, refused(ANY_CLIENT, "not-allowed")),
                )
            ),
            *creates(TED, "circle-k", name="Circle K", token="Ted's"),
            Says(TED, join("circle-k", token="Ted's")),
            Hears(TED, joined(TED, room_id="circle-k")),
            *are_refused(TED, "not-allowed", to(SERVER, "create-room", {"name": "San Dimas"})),
            *creates(TED, "san-dimas", name="San Dimas", token="Ted's for all rooms"),
        ),
        Setting(
            Limits(rooms_per_address=2),
            tokens={"Ted's": _INVITED, "Ted's for all rooms": Identity("ted")},
            guests=False,
        ),
    ),
    Scenario(
        "a token for no room in particular opens those without a password",
        ("CTRL-7", "CTRL-32"),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "password-required", join(token="Ted's")),
            *is_refused(TED, "wrong-password", join(token="Ted's", password="Bogus!")),
            Says(TED, join(token="Ted's", password="Wyld Stallyns")),
            Hears(TED, joined(TED)),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join(token="Rufus's")),
            Hears(RUFUS, joined(RUFUS, role="moderator")),
            Hears(TED, client_joined(RUFUS, role="moderator")),
        ),
        Setting(rooms=(_SECRET_ROOM,), tokens=_TOKENS),
    ),
    Scenario(
        "a token is not asked for again by who comes back",
        ("CTRL-8", "SESS-100"),
        (
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join(token="Rufus's")),
            Hears(RUFUS, joined(RUFUS, role="moderator")),
            Drops(RUFUS),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, resume(RUFUS, 0, token="Bogus!")),
            Hears(RUFUS, resumed(RUFUS, 0, role="moderator")),
            Says(RUFUS, to(SERVER, "bye")),
            IsClosed(RUFUS, 1000),
            Connects(BILL, None, CAMUS_2),
            *is_refused(BILL, "not-allowed", resume(RUFUS, 0, token="Bogus!")),
            Says(BILL, resume(RUFUS, 0, token="Rufus's")),
            Hears(BILL, joined(BILL, reason="unknown", role="moderator")),
        ),
        Setting(tokens=_TOKENS),
    ),
    Scenario(
        "where guests aren't let in, a token is needed, also beside an owner's",
        ("CTRL-9",),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(BILL, "not-allowed", join(), join("nowhere")),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K"})),
            Hears(BILL, refused(ANY_CLIENT, "not-allowed")),
            *creates(BILL, "nowhere", name="Nowhere", token="Ted's"),
            *creates(BILL, "circle-k", name="Circle K", token="Ted's"),
            *is_refused(
                BILL, "not-allowed", join("circle-k", owner_token=owner_token_of("circle-k"))
            ),
            Says(
                BILL,
                join("circle-k", owner_token=owner_token_of("circle-k"), token="Rufus's"),
            ),
            Hears(BILL, joined(BILL, room_id="circle-k", role="owner")),
            *enters(TED, token="Ted's"),
            Connects(RUFUS),
            Hears(RUFUS, refused(RUFUS, "not-allowed")),
            IsClosed(RUFUS, 4501),
            HearsNothing(TED),
        ),
        Setting(tokens=_TOKENS, guests=False),
    ),
    Scenario(
        "where guests aren't let in, who has shown a token may make rooms, also back again",
        ("CTRL-9", "CTRL-33"),
        (
            *enters(TED, token="Ted's"),
            *creates(TED, "circle-k", name="Circle K"),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 1)),
            Hears(TED, resumed(TED, 1)),
            *creates(TED, "san-dimas", name="San Dimas"),
            Connects(BILL, "nowhere", token="Ted's"),
            Hears(BILL, by(SERVER, BILL, "greeting", "This is Ground Control to Ted")),
        ),
        Setting(tokens=_TOKENS, guests=False),
    ),
    Scenario(
        "who comes back without its token makes the rooms still that it named",
        ("CTRL-9", "CTRL-7", "CTRL-33"),
        (
            *enters(BILL, token="Bill's"),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 0)),
            Hears(BILL, resumed(BILL, 0)),
            *are_refused(BILL, "not-allowed", to(SERVER, "create-room", {"name": "San Dimas"})),
            *creates(BILL, "circle-k", name="Circle K"),
        ),
        Setting(tokens=_TOKENS, guests=False),
    ),
    Scenario(
        "where guests aren't let in, a token is shown again to another server to make rooms",
        ("CTRL-9", "SESS-49", "CTRL-34", "CTRL-58"),
        (
            *enters(TED, token="Ted's"),
            *is_stopped(TED),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 1)),
            Hears(TED, joined(TED, nth=2, reason="restarted", received=0)),
            *are_refused(
                TED,
                "not-allowed",
                to(SERVER, "create-room", {"name": "San Dimas"}),
                to(SERVER, "profile", {"username": "Bill"}),
            ),
            *creates(TED, "san-dimas", name="San Dimas", token="Ted's"),
        ),
        Setting(tokens=_TOKENS, guests=False),
    ),
)
