"""Conventions among clients, which the server supports (SESS-52 to SESS-54)."""

from .. import examples as example
from ..scenario import Hears, HearsNothing, Says, Scenario
from ..session_phrases import meet
from ..vocabulary import BILL, ROOM, TED, but, by, to

_TRACKS = {"0": "microphone", "1": "camera", "2": "screen"}
_STATE = {"muted": True, "camera": False, "screen": True}

SCENARIOS = (
    Scenario(
        "Bill offers to Ted when he hears of him, and both offer at once in the end",
        ("SESS-52",),
        (
            *meet(BILL, TED),
            Says(BILL, but(example.OFFER, receiver=TED)),
            Says(TED, example.OFFER),
            Hears(TED, but(example.OFFER, sender=BILL, receiver=TED)),
            Hears(BILL, example.OFFER),
            Says(BILL, example.ANSWER),
            Hears(TED, example.ANSWER),
        ),
    ),
    Scenario(
        "Bill says which track is what, and Ted alone hears it",
        ("SESS-53",),
        (
            *meet(BILL, TED),
            Says(BILL, to(TED, "x-tracks", _TRACKS)),
            Hears(TED, by(BILL, TED, "x-tracks", _TRACKS)),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "Bill shares his screen in the dark, and says so to all and to whoever comes",
        ("SESS-54",),
        (
            *meet(BILL, TED),
            Says(BILL, to(TED, "x-state", _STATE)),
            Hears(TED, by(BILL, TED, "x-state", _STATE)),
            Says(BILL, to(ROOM, "x-state", _STATE)),
            Hears(TED, by(BILL, ROOM, "x-state", _STATE)),
            Hears(BILL, by(BILL, ROOM, "x-state", _STATE)),
        ),
    ),
)
