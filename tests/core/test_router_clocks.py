"""Conversations while UNIX time is set, and with a store whose clock differs."""

import pytest

from camus_core.conformance import Setting
from camus_core.conformance.patterns import Pattern, TurnServer
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    Hears,
    HearsNo,
    HearsNothing,
    Joins,
    Says,
    SetsClock,
    Starts,
    Stops,
    Waits,
)
from camus_core.conformance.session_phrases import creates, enters, meet
from camus_core.conformance.vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    by,
    join,
    joined,
    left,
    resume,
    resumed,
    to,
)
from camus_core.effects import SaveClient
from camus_core.events import Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import ClientId, RoomId
from driving.conversation import Conversation

DAY = 24 * 3600.0
steps_of_the_clock = pytest.mark.parametrize("seconds", [DAY, -DAY])


# UNIX time ----------------------------------------------------------------------------------


@steps_of_the_clock
def test_a_step_of_unix_time_moves_no_deadline(seconds: float) -> None:
    talk = Conversation()
    talk.plays(
        SetsClock(seconds),
        Connects(RUFUS, None, CAMUS_2),
        *creates(RUFUS, "circle-k", name="Circle K"),
        *meet(BILL, TED),
        Drops(TED),
        SetsClock(-seconds),
        Waits(19.5),
        HearsNo(BILL, "ping"),
        Waits(10),
        HearsNothing(BILL),
        Hears(BILL, left(TED, "gone"), within=0.5),
        Waits(3569),
    )
    assert "circle-k" in talk.server.store.rooms
    talk.plays(Waits(1))
    assert "circle-k" not in talk.server.store.rooms


@steps_of_the_clock
def test_all_times_that_are_sent_and_stored_follow_a_step_of_unix_time(seconds: float) -> None:
    talk = Conversation()
    talk.plays(SetsClock(seconds), Joins(BILL), Joins(TED))
    store, now = talk.server.store, talk.server.now + seconds
    assert store.rooms[RoomId(DEFAULT_ROOM)].created_at == now
    assert store.clients[ClientId(BILL)].joined_at == now
    time = int(now * 1000)
    talk.plays(Says(BILL, to(TED, "bye")), Hears(TED, by(BILL, TED, "bye", time)))
    talk.plays(Waits(20), Hears(TED, by(SERVER, TED, "ping", time + 20_000)))
    talk.plays(Drops(BILL), Hears(TED, by(BILL, ROOM, "bye", time + 20_000)))


# TURN credentials -----------------------------------------------------------------------------


def conversation_about_turn(turn_seconds: int) -> Conversation:
    """Return a conversation with a TURN server, whose credentials are valid for so long."""
    ice = IceConfiguration((), ("turn:a.example",), "north")
    return Conversation(Setting(Limits(turn_seconds=turn_seconds, silent_for=1000.0), ice))


def credentials(talk: Conversation, who: str) -> TurnServer:
    """Return credentials that are made now."""
    expiry = int(talk.server.unix_time + talk.setting.limits.turn_seconds)
    return TurnServer(("turn:a.example",), who, "north", str(expiry))


def ice_servers(talk: Conversation, who: str) -> Pattern:
    """Return the message with credentials that are made now."""
    return by(SERVER, who, "ice-servers", [credentials(talk, who)])


def enters_with_credentials(talk: Conversation, who: str) -> None:
    """Let a client join in the session profile, with credentials that are made now."""
    talk.plays(Connects(who, None, CAMUS_2), Says(who, join()))
    talk.plays(Hears(who, joined(who, ice_servers=[credentials(talk, who)])))


@steps_of_the_clock
def test_credentials_expire_by_unix_time_also_those_of_a_client_that_was_away(
    seconds: float,
) -> None:
    talk = conversation_about_turn(86_400)
    talk.plays(Joins(RUFUS))
    enters_with_credentials(talk, TED)
    talk.plays(Drops(TED), Waits(10), SetsClock(seconds))
    talk.plays(Says(RUFUS, to(SERVER, "get-ice-servers")))
    talk.plays(Hears(RUFUS, ice_servers(talk, RUFUS)))
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, resume(TED, 0)))
    talk.plays(Hears(TED, resumed(TED, 0, ice_servers=[credentials(talk, TED)])))
    talk.ends()


def test_small_corrections_of_the_clock_replace_credentials_once_they_add_up() -> None:
    talk = conversation_about_turn(1000)
    enters_with_credentials(talk, BILL)
    talk.plays(*[SetsClock(1)] * 9, HearsNothing(BILL), SetsClock(1))
    talk.plays(Hears(BILL, ice_servers(talk, BILL)))
    talk.plays(*[SetsClock(1)] * 9, HearsNothing(BILL))


def test_credentials_that_a_step_has_replaced_are_replaced_in_time_again() -> None:
    talk = conversation_about_turn(100)
    enters_with_credentials(talk, BILL)
    talk.plays(Waits(50), SetsClock(DAY))
    talk.plays(
        Hears(BILL, ice_servers(talk, BILL)), Waits(79.5), HearsNothing(BILL), Waits(0.5)
    )
    talk.plays(Hears(BILL, ice_servers(talk, BILL)))


# The clock of the store -----------------------------------------------------------------------


def test_a_place_is_stored_by_the_clock_of_the_store() -> None:
    talk = Conversation()
    talk.server.store_ahead = 5000.0 - talk.server.now
    talk.plays(*meet(BILL, TED), Drops(TED), SetsClock(DAY), Waits(10), Stops())
    saved = [one.client for one in talk.server.changes[-2:] if isinstance(one, SaveClient)]
    assert [one.away_since for one in saved] == [5010.0, 5000.0]


@pytest.mark.parametrize(
    ("seconds", "reply"),
    [
        (29.5, joined(BILL, 2, reason="restarted", received=0)),
        (30.0, joined(BILL_ANEW, reason="unknown")),
    ],
)
@pytest.mark.parametrize("ahead", [45.0, -45.0, DAY, -DAY])
def test_how_long_a_place_was_away_is_judged_by_the_clock_of_the_store(
    ahead: float, seconds: float, reply: Pattern
) -> None:
    """The next server has another clock of its own; both share the store's."""
    talk = Conversation()
    talk.server.store_ahead = 1000.0 - talk.server.now
    talk.plays(*enters(BILL), Stops())
    talk.server.now = Timestamp(talk.server.now + ahead)
    talk.server.store_ahead -= ahead
    talk.plays(Starts(), Waits(seconds), Connects(BILL, None, CAMUS_2))
    talk.plays(Says(BILL, resume(BILL, 0)), Hears(BILL, reply))
