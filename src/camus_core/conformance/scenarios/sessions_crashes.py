"""Sessions that outlive a crash of the server (SESS-50)."""

from ...limits import Limits
from ..scenario import (
    Connects,
    Hears,
    HearsNothing,
    Joins,
    Says,
    Scenario,
    Setting,
    Starts,
    Waits,
)
from ..session_phrases import WRITTEN, enters, is_back, is_crashed, meet, note
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    SERVER,
    TED,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    member,
    owner_token_of,
    refused,
    resume,
    to,
    updated,
)

_MADE = {"room_id": "circle-k", "owner_token": owner_token_of("circle-k")}


SCENARIOS = (
    Scenario(
        "a room of which a client has heard is there also when the server crashes then",
        ("SESS-15", "SESS-75"),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, to(SERVER, "create-room", {"name": "Circle K", "password": "69"})),
            Hears(BILL, by(SERVER, ANY_CLIENT, "room-created", _MADE)),
            *is_crashed(BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join("circle-k")),
            Hears(BILL, refused(ANY_CLIENT, "password-required")),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
            Hears(BILL, joined(BILL, room_id="circle-k", role="owner")),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "after a crash the places are held, and nobody knows what was handled",
        ("SESS-50",),
        (
            *meet(BILL, TED),
            *note(BILL, TED, "1"),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, updated(BILL, "Bill")),
            Hears(BILL, done(BILL)),
            Hears(TED, updated(BILL, "Bill")),
            WRITTEN,
            *is_crashed(BILL, TED),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 2)),
            Hears(
                TED,
                joined(
                    TED, nth=2, reason="restarted", clients=[member(BILL, "Bill"), member(TED)]
                ),
            ),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(
                BILL,
                joined(
                    BILL, nth=2, reason="restarted", clients=[member(BILL, "Bill"), member(TED)]
                ),
            ),
            HearsNothing(TED),
            *note(TED, BILL, "1"),
            *note(BILL, TED, "1"),
        ),
    ),
    Scenario(
        "after a crash members of the core profile have no place to come back to either",
        ("SESS-50",),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            WRITTEN,
            *is_crashed(BILL, TED),
            Starts(),
            *is_back(BILL, 1, BILL, handled=None),
        ),
    ),
    Scenario(
        "after a crash a place that nobody takes up ends too",
        ("SESS-50",),
        (
            *meet(BILL, TED),
            WRITTEN,
            *is_crashed(BILL, TED),
            Starts(),
            *is_back(BILL, 1, BILL, TED, handled=None),
            Hears(BILL, left(TED, "gone")),
        ),
        Setting(Limits(place_seconds=1.5)),
    ),
    Scenario(
        "after a crash the places are held for as long as after a stop in order",
        ("SESS-50", "SESS-49"),
        (
            *enters(BILL),
            Waits(1.3),
            *is_crashed(BILL),
            Waits(3.9),
            Starts(),
            *is_back(BILL, 0, BILL, handled=None),
        ),
        Setting(Limits(place_seconds=4.5)),
    ),
)
