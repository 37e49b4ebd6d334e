"""Conversations about TURN credentials, which are replaced before they expire."""

from camus_core.conformance import Setting
from camus_core.conformance.patterns import TurnServer
from camus_core.conformance.phrases import is_answered
from camus_core.conformance.scenario import (
    Connects,
    Drops,
    Hears,
    HearsNo,
    HearsNothing,
    Joins,
    Says,
    Step,
    Waits,
)
from camus_core.conformance.session_phrases import enters
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    by,
    client_joined,
    join,
    joined,
    resume,
    resumed,
    to,
)
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from driving.conversation import Conversation
from driving.driver import START

TURN = ("turn:turn.example.com:3478",)
LIMITS = Limits(turn_seconds=100, ping_after=10_000, silent_for=10_000)
WITH_TURN = Setting(LIMITS, IceConfiguration((), TURN, "69"))


def servers(who: str, second: int) -> list[TurnServer]:
    """Return the ICE servers of a client, with credentials made in this second."""
    return [TurnServer(TURN, who, "69", str(int(START) + second + 100))]


def receives_servers(who: str, second: int) -> tuple[Step, ...]:
    """Return the steps by which this client alone receives new credentials at once."""
    message = by(SERVER, who, "ice-servers", servers(who, second))
    return (Hears(who, message, within=0), *map(HearsNothing, (BILL, TED, RUFUS)))


def test_credentials_are_replaced_at_four_fifths_of_their_life() -> None:
    """nextcloud/spreed issue 6323: credentials expired and were not replaced."""
    talk = Conversation(WITH_TURN)
    talk.plays(
        Joins(RUFUS),
        Connects(BILL, None, CAMUS_2),
        Says(BILL, join()),
        Hears(BILL, joined(BILL, ice_servers=servers(BILL, 0))),
        Waits(10),
        Connects(TED, None, CAMUS_2),
        Says(TED, join()),
        Hears(TED, joined(TED, ice_servers=servers(TED, 10))),
        Hears(BILL, client_joined(TED)),
        Waits(69.5),
        HearsNothing(BILL),
        Waits(0.5),
        *receives_servers(BILL, 80),
        Waits(10),
        *receives_servers(TED, 90),
        Waits(50),
        Says(TED, to(SERVER, "get-ice-servers")),
        *receives_servers(TED, 140),
        Waits(20),
        *receives_servers(BILL, 160),
        Waits(60),
        *receives_servers(TED, 220),
        Waits(10),
        Drops(BILL),
        Waits(20),
        Connects(BILL, None, CAMUS_2),
        Says(BILL, resume(BILL, 3)),
        Hears(BILL, resumed(BILL, 0, ice_servers=servers(BILL, 250))),
        Waits(50),
        *receives_servers(TED, 300),
        Waits(30),
        *receives_servers(BILL, 330),
    )


def test_without_a_turn_server_nothing_is_replaced() -> None:
    talk = Conversation(Setting(LIMITS, IceConfiguration()))
    talk.plays(*enters(BILL), Waits(200), *is_answered(BILL), HearsNo(BILL, "ice-servers"))


def test_one_wake_serves_all_whose_credentials_are_due() -> None:
    talk = Conversation(WITH_TURN)
    for number in range(100):
        talk.plays(Connects(f"guest {number}", None, CAMUS_2), Says(f"guest {number}", join()))
    talk.plays(Waits(79))
    ticks = talk.server.ticks
    talk.plays(Waits(1))
    assert talk.server.ticks == ticks + 1
    next_wake = talk.router.next_deadline()
    assert next_wake == START + 160
