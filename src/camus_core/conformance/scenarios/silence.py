"""Pings, and connections without signs of life (CORE-30 to CORE-32)."""

from ...limits import Limits
from .. import examples as example
from ..patterns import A_TIME
from ..phrases import is_answered
from ..scenario import (
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    StandsStill,
    Waits,
)
from ..vocabulary import BILL, ROOM, SERVER, TED, but, by, refused, to

SCENARIOS = (
    Scenario(
        "a ping is answered with a pong that has the same data",
        ("CORE-30",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "ping", 1615918847680)),
            Hears(BILL, by(SERVER, BILL, "pong", 1615918847680)),
        ),
    ),
    Scenario(
        "a ping may have any data, and gets it back",
        ("CORE-30",),
        (
            Joins(BILL),
            Says(
                BILL,
                '{"receiver":"ground control","type":"ping",'
                '"data":{ "a":[1.50, null,"\\u00e9"] }}',
            ),
            Hears(BILL, by(SERVER, BILL, "pong", {"a": [1.5, None, "é"]})),
        ),
    ),
    Scenario(
        "a ping between clients is theirs to answer",
        ("CORE-30", "CORE-88"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(TED, "ping", 1)),
            Hears(TED, by(BILL, TED, "ping", 1)),
            HearsNothing(BILL),
            Says(TED, to(BILL, "pong", 1)),
            Hears(BILL, by(TED, BILL, "pong", 1)),
        ),
    ),
    Scenario(
        "a silent client is pinged, and its pong is not answered",
        ("CORE-30", "CORE-31", "CORE-88"),
        (
            Joins(BILL),
            Hears(BILL, but(example.PING, data=A_TIME)),
            Says(BILL, example.PONG),
            HearsNothing(BILL),
        ),
        Setting(Limits(ping_after=0.3)),
    ),
    Scenario(
        "a client that stays silent is pinged again and again",
        ("CORE-31",),
        (
            Joins(BILL),
            *(Hears(BILL, but(example.PING, data=A_TIME), within=1.0) for _ in range(3)),
        ),
        Setting(Limits(ping_after=0.3, silent_for=4.0)),
    ),
    Scenario(
        "a client that says something is not pinged, even when it is refused",
        ("CORE-32",),
        (
            Joins(BILL),
            Waits(0.6),
            Says(BILL, "Bogus!"),
            Hears(BILL, refused(BILL, "malformed-message")),
            Waits(0.6),
            HearsNo(BILL, "ping"),
            Hears(BILL, but(example.PING, data=A_TIME)),
        ),
        Setting(Limits(ping_after=1.0)),
    ),
    Scenario(
        "a client that doesn't answer is closed, and the others hear its bye",
        ("CORE-32", "CORE-43", "CORE-89"),
        (
            Joins(BILL),
            Joins(TED),
            Hears(BILL, but(example.PING, data=A_TIME)),
            Hears(TED, by(SERVER, TED, "ping", A_TIME)),
            Says(TED, to(SERVER, "pong")),
            IsClosed(BILL, 4001),
            Hears(TED, by(BILL, ROOM, "bye", A_TIME)),
        ),
        Setting(Limits(ping_after=0.5, silent_for=1.4)),
    ),
    Scenario(
        "after a pause of the server a silent client is pinged first, and closed in the end",
        ("CORE-32", "CORE-91"),
        (
            Joins(BILL),
            Hears(BILL, but(example.PING, data=A_TIME)),
            StandsStill(2.0),
            Hears(BILL, but(example.PING, data=A_TIME)),
            *is_answered(BILL),
            Hears(BILL, but(example.PING, data=A_TIME)),
            IsClosed(BILL, 4001),
        ),
        Setting(Limits(ping_after=0.6, silent_for=1.4)),
    ),
    Scenario(
        "what was said in a pause of the server is read before anybody is pinged",
        ("CORE-32", "CORE-91"),
        (
            Joins(BILL),
            StandsStill(1.5, (Says(BILL, to(SERVER, "ping", "in the pause")),)),
            Waits(0.3),
            HearsNo(BILL, "ping"),
            Hears(BILL, by(SERVER, BILL, "pong", "in the pause")),
        ),
        Setting(Limits(ping_after=1.0, silent_for=1.2)),
    ),
)
