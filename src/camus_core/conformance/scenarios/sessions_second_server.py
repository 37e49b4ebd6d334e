"""Sessions that move from one server to another (SESS-51)."""

from ...limits import Limits
from ..phrases import is_answered
from ..scenario import Closes, Connects, Hears, HearsNothing, Says, Scenario, Setting, Starts
from ..session_phrases import (
    WRITTEN,
    creates,
    enters,
    goes_on,
    is_back,
    is_crashed,
    is_stopped,
    meet,
    note,
)
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    by,
    client_joined,
    join,
    joined,
    left,
    member,
    owner_token_of,
    resume,
    to,
)

_MOVED = "Bill's connection to the second server"
_TED_MOVED = "Ted's connection to the second server"


SCENARIOS = (
    Scenario(
        "a deploy: the next server runs already when the first one stops",
        ("SESS-49", "SESS-51"),
        (
            *meet(BILL, TED),
            Says(BILL, to(SERVER, "greeting", "1")),
            *is_answered(BILL),
            WRITTEN,
            Starts(),
            *is_stopped(BILL, TED),
            *is_back(BILL, 2, BILL, TED, handled=1),
            *is_back(TED, 1, BILL, TED, handled=0),
            *note(BILL, TED, "1"),
            *note(TED, BILL, "1"),
        ),
    ),
    Scenario(
        "a client moves to a second server, and the first can't take it back",
        ("SESS-51", "SESS-123"),
        (
            *enters(BILL),
            WRITTEN,
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, joined(TED, clients=[member(BILL), member(TED)])),
            Connects(_MOVED, None, CAMUS_2),
            Says(_MOVED, resume(BILL, 0)),
            Hears(
                _MOVED,
                joined(BILL, nth=2, reason="restarted", clients=[member(BILL), member(TED)]),
            ),
            HearsNothing(TED),
            HearsNothing(BILL),
            *is_stopped(BILL),
            Says(TED, to(BILL, "x-note", "1")),
            Hears(_MOVED, by(TED, BILL, "x-note", "1")),
            Closes(_MOVED, 1000),
            *goes_on(BILL, 1, handled=0, nth=2),
            WRITTEN,
            *is_crashed(TED, BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1, nth=2)),
            Hears(
                BILL,
                joined(BILL, nth=3, reason="restarted", clients=[member(BILL), member(TED)]),
            ),
        ),
    ),
    Scenario(
        "an owner stays the owner when a client moves to its server",
        ("SESS-51", "CTRL-24"),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, DEFAULT_ROOM, name="Excellent Adventure"),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(TED, joined(TED, role="owner")),
            WRITTEN,
            Says(BILL, join()),
            Hears(BILL, joined(BILL, clients=[member(TED, role="owner"), member(BILL)])),
            WRITTEN,
            Connects(_MOVED, None, CAMUS_2),
            Says(_MOVED, resume(BILL, 0)),
            Hears(
                _MOVED,
                joined(
                    BILL,
                    nth=2,
                    reason="restarted",
                    clients=[member(TED, role="owner"), member(BILL)],
                ),
            ),
            Hears(TED, client_joined(BILL)),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "of two clients that move to a room of a second server each has its own place there",
        ("SESS-51",),
        (
            Connects(BILL, None, CAMUS_2),
            Connects(TED, None, CAMUS_2),
            Starts(),
            *enters(RUFUS),
            WRITTEN,
            Says(BILL, join(username="Bill")),
            Hears(BILL, joined(BILL)),
            Says(TED, join(username="Ted")),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED, "Ted")),
            WRITTEN,
            Connects(_TED_MOVED, None, CAMUS_2),
            Says(_TED_MOVED, resume(TED, 0)),
            Hears(
                _TED_MOVED,
                joined(
                    TED, nth=2, reason="restarted", clients=[member(RUFUS), member(TED, "Ted")]
                ),
            ),
            Hears(RUFUS, client_joined(TED, "Ted")),
            Connects(_MOVED, None, CAMUS_2),
            Says(_MOVED, resume(BILL, 1)),
            Hears(_MOVED, joined(BILL, nth=2, reason="restarted")),
            Hears(RUFUS, client_joined(BILL, "Bill")),
            Hears(_TED_MOVED, client_joined(BILL, "Bill")),
        ),
    ),
    Scenario(
        "who moves to a second server after its place there has ended comes in again",
        ("SESS-51",),
        (
            *enters(BILL),
            WRITTEN,
            Starts(),
            *enters(TED),
            Hears(TED, left(BILL, "gone")),
            HearsNothing(BILL),
            Connects(_MOVED, None, CAMUS_2),
            Says(_MOVED, resume(BILL, 0)),
            Hears(
                _MOVED,
                joined(BILL, nth=2, reason="restarted", clients=[member(TED), member(BILL)]),
            ),
            Hears(TED, client_joined(BILL)),
            *is_answered(BILL),
        ),
        Setting(Limits(place_seconds=1.0)),
    ),
)
