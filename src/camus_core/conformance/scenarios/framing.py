"""WebSocket messages that are no text frames, or too large (CORE-25 to CORE-27)."""

import json

from ...limits import Limits
from ..patterns import A_TIME
from ..scenario import (
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    SaysBinary,
    SaysInFragments,
    Scenario,
    Setting,
)
from ..vocabulary import BILL, ROOM, SERVER, TED, by, to

SCENARIOS = (
    Scenario(
        "a text that is not UTF-8 ends the connection, and nobody hears it",
        ("CORE-25",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, b'{"receiver":"room","type":"x-note","data":"\xff"}'),
            IsClosed(BILL, 1007),
            Hears(TED, by(BILL, ROOM, "bye", A_TIME)),
            HearsNothing(TED),
        ),
        wire=True,
    ),
    Scenario(
        "a binary frame ends the connection, be it JSON or not",
        ("CORE-26",),
        (
            Joins(BILL),
            SaysBinary(BILL, b'{"receiver":"ground control","type":"ping"}'),
            IsClosed(BILL, 1003),
        ),
        wire=True,
    ),
    Scenario(
        "a message may come in fragments",
        ("CORE-27",),
        (
            Joins(BILL),
            SaysInFragments(
                BILL, ('{"receiver":"ground ', 'control","type":"p', 'ing","data":1}')
            ),
            Hears(BILL, by(SERVER, BILL, "pong", 1)),
        ),
        wire=True,
    ),
    Scenario(
        "a message that is too large ends the connection",
        ("CORE-27", "CORE-74"),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "ping", "." * 900)),
            Hears(BILL, by(SERVER, BILL, "pong", "." * 900)),
            Says(BILL, to(SERVER, "ping", "." * 1000)),
            IsClosed(BILL, 1009),
        ),
        Setting(Limits(frame_bytes=1000)),
        wire=True,
    ),
    Scenario(
        "a message that is too large in all its fragments ends the connection",
        ("CORE-27", "CORE-74"),
        (
            Joins(BILL),
            SaysInFragments(BILL, ("." * 400, "." * 400, "." * 400)),
            IsClosed(BILL, 1009),
        ),
        Setting(Limits(frame_bytes=1000)),
        wire=True,
    ),
    Scenario(
        "a message may come in very many fragments",
        ("CORE-27", "CORE-111"),
        (
            Joins(BILL),
            SaysInFragments(BILL, tuple(json.dumps(to(SERVER, "ping", "." * 850)))),
            Hears(BILL, by(SERVER, BILL, "pong", "." * 850)),
        ),
        wire=True,
    ),
)
