"""ICE servers, offers, answers and candidates (CORE-37 to CORE-40, CORE-55)."""

from ...ice import IceConfiguration
from ...limits import Limits
from .. import examples as example
from ..patterns import TurnServer
from ..phrases import are_malformed, are_refused, are_relayed
from ..scenario import Hears, Joins, Says, Scenario, Setting
from ..vocabulary import BILL, SERVER, TED, but, by, to

_STUN = ("stun:turn.example.com:3478",)
_TURN = ("turn:turn.example.com:3478",)

_LONG = 2_000_000_000
"""Seconds."""

_LONG_AFTER = r"[34]\d{9}"
"""UNIX seconds that are so much later than a time from 2001 to 2064."""


SCENARIOS = (
    Scenario(
        "Bill asks for ICE servers, and may use TURN under his own id",
        ("CORE-37", "CORE-38", "CORE-71"),
        (
            Joins(BILL),
            Says(BILL, example.GET_ICE_SERVERS),
            Hears(
                BILL,
                but(
                    example.ICE_SERVERS,
                    data=[
                        {"urls": ["stun:turn.example.com:3478"], "kind": "stun"},
                        TurnServer(_TURN, BILL, "Rufus knows"),
                    ],
                ),
            ),
        ),
        Setting(ice=IceConfiguration(_STUN, _TURN, "Rufus knows")),
    ),
    Scenario(
        "TURN credentials expire when the time is over for which they are made",
        ("CORE-38",),
        (
            Joins(BILL),
            Says(BILL, example.GET_ICE_SERVERS),
            Hears(
                BILL,
                by(SERVER, BILL, "ice-servers", [TurnServer(_TURN, BILL, "69", _LONG_AFTER)]),
            ),
        ),
        Setting(Limits(turn_seconds=_LONG), IceConfiguration((), _TURN, "69")),
    ),
    Scenario(
        "a server without ICE servers names none",
        ("CORE-37", "CORE-102"),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "get-ice-servers")),
            Hears(BILL, by(SERVER, BILL, "ice-servers", [])),
        ),
    ),
    Scenario(
        "Ted offers, and Bill answers",
        ("CORE-39",),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, example.OFFER),
            Hears(BILL, example.OFFER),
            Says(BILL, example.ANSWER),
            Hears(TED, example.ANSWER),
        ),
    ),
    Scenario(
        "an offer that isn't one is refused",
        ("CORE-39",),
        (
            Joins(BILL),
            Joins(TED),
            *are_malformed(
                "offer",
                None,
                "v=0",
                {},
                {"type": "offer"},
                {"type": "offer", "sdp": None},
                {"type": "answer", "sdp": "v=0"},
                {"type": "rollback", "sdp": ""},
                {"sdp": "v=0"},
            ),
        ),
    ),
    Scenario(
        "an answer that isn't one is refused",
        ("CORE-39",),
        (
            Joins(BILL),
            Joins(TED),
            *are_malformed(
                "answer",
                None,
                {"type": "answer"},
                {"type": "answer", "sdp": ["v=0"]},
                {"type": "offer", "sdp": "v=0"},
                {"type": "pranswer", "sdp": "v=0"},
            ),
        ),
    ),
    Scenario(
        "Bill names a candidate",
        ("CORE-40",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, example.ICECANDIDATE),
            Hears(TED, example.ICECANDIDATE),
        ),
    ),
    Scenario(
        "whatever a browser calls a candidate is one, and so is the end of them",
        ("CORE-40", "CORE-28"),
        (
            Joins(BILL),
            Joins(TED),
            *are_relayed(
                "icecandidate",
                None,
                {"candidate": ""},
                {"candidate": "candidate:1", "sdpMid": None, "sdpMLineIndex": None},
                {"candidate": "candidate:1", "sdpMid": "0", "usernameFragment": "7sFv"},
            ),
        ),
    ),
    Scenario(
        "a candidate that isn't one is refused",
        ("CORE-40",),
        (
            Joins(BILL),
            Joins(TED),
            *are_malformed(
                "icecandidate",
                "candidate:1",
                [],
                {},
                {"candidate": None},
                {"candidate": "candidate:1", "sdpMid": 0},
                {"candidate": "candidate:1", "sdpMLineIndex": "0"},
                {"candidate": "candidate:1", "sdpMLineIndex": 0.5},
                {"candidate": "candidate:1", "sdpMLineIndex": True},
            ),
        ),
    ),
    Scenario(
        "offers that cross are both passed on: who rolls back is for the clients to say",
        ("CORE-55",),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(TED, "offer", {"type": "offer", "sdp": "from Bill"})),
            Says(TED, to(BILL, "offer", {"type": "offer", "sdp": "from Ted"})),
            Hears(TED, by(BILL, TED, "offer", {"type": "offer", "sdp": "from Bill"})),
            Hears(BILL, by(TED, BILL, "offer", {"type": "offer", "sdp": "from Ted"})),
        ),
    ),
    Scenario(
        "a number with a fraction is no integer, nor is one that is none by its exponent",
        ("CORE-75",),
        (
            Joins(BILL),
            *(
                step
                for number in ("0.5", "1e-1", "15E-1")
                for step in are_refused(
                    BILL,
                    "malformed-message",
                    f'{{"receiver":"{BILL}","type":"icecandidate",'
                    f'"data":{{"candidate":"","sdpMLineIndex":{number}}}}}',
                )
            ),
        ),
    ),
)
