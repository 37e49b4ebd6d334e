"""Conversations after a pause of the server, which must not cost any client anything.

After `StandsStill` the driver says since when the server has stood still; after `pauses` the
router sees it by a deadline that it handles late.
"""

from camus_core.conformance import Setting
from camus_core.conformance.control_phrases import (
    creates_as_owner,
    enters_waiting_room,
    locks,
    waits_no_more,
)
from camus_core.conformance.patterns import A_TIME
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    StandsStill,
    Starts,
    Stops,
    Waits,
)
from camus_core.conformance.session_phrases import creates, enters, goes_on, is_back, meet
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    SERVER,
    TED,
    but,
    by,
    left,
    refused,
    to,
)
from camus_core.limits import Limits
from driving.conversation import Conversation

PONG = to(SERVER, "pong")


def is_pinged(who: str) -> Hears:
    """Return a ping that a client has received already."""
    return Hears(who, by(SERVER, who, "ping", A_TIME), within=0)


# Silence ------------------------------------------------------------------------------------


def test_after_a_pause_all_clients_are_pinged_and_have_time_to_answer() -> None:
    talk = Conversation()
    pings = is_pinged(BILL), is_pinged(TED)
    talk.plays(Joins(BILL), *enters(TED), Waits(58), *pings * 2)
    talk.server.pauses(1000)
    talk.server.wakes()
    talk.plays(*pings, Says(TED, PONG), Waits(39.5), HearsNothing(BILL))
    talk.plays(Waits(0.5), IsClosed(BILL, 4001), Hears(TED, left(BILL, "gone")))
    talk.plays(Waits(19.5), HearsNothing(TED))


def test_a_deadline_that_is_handled_a_little_late_shows_no_pause() -> None:
    talk = Conversation()
    talk.plays(Joins(BILL), Waits(59.75))
    talk.server.pauses(0.5)
    talk.server.wakes()
    talk.plays(IsClosed(BILL, 4001))


def test_a_pause_in_which_nothing_was_due_is_forgiven_too() -> None:
    talk = Conversation(Setting(Limits(ping_after=20.0, silent_for=30.0)))
    talk.plays(Joins(BILL), Waits(20), StandsStill(8))
    talk.plays(Waits(9), HearsNothing(BILL), Waits(1), IsClosed(BILL, 4001))


# Extended times -----------------------------------------------------------------------------


def test_a_place_is_held_through_one_pause_after_the_other() -> None:
    talk = Conversation()
    talk.plays(*meet(BILL, TED), Drops(TED))
    for _ in range(20):
        talk.plays(StandsStill(30, (Says(BILL, PONG),)), Waits(1))
    talk.plays(*goes_on(TED, 0, handled=0))


def test_a_pause_is_added_to_the_time_of_a_held_place_on_the_next_server_too() -> None:
    talk = Conversation()
    talk.plays(*enters(TED), Drops(TED), StandsStill(100), Waits(10), Stops(), Starts())
    talk.plays(Waits(19.5), *is_back(TED, 0, TED, handled=0))


def test_a_place_that_is_held_from_the_end_of_a_pause_has_its_usual_time() -> None:
    talk = Conversation()
    talk.plays(*meet(BILL, TED))
    paused_at = talk.server.now
    talk.server.pauses(100)
    talk.plays(Drops(TED))
    talk.server.wakes(paused_at)
    talk.plays(Waits(29.5), HearsNothing(BILL), Hears(BILL, left(TED, "gone"), within=0.5))


def test_a_client_may_wait_to_be_admitted_longer_by_the_pause() -> None:
    talk = Conversation(Setting(Limits(waiting_seconds=60.0, silent_for=1000.0)))
    talk.plays(*creates_as_owner(BILL), *locks(BILL), *enters_waiting_room(TED, BILL))
    talk.plays(Waits(10), StandsStill(100), Waits(49.5), HearsNothing(TED))
    locked = but(refused(TED, "room-locked"), reply_to="let me in")
    talk.plays(Hears(TED, locked, within=0.5), Hears(BILL, waits_no_more(TED)))


def test_empty_rooms_live_longer_by_the_pause() -> None:
    limits = Limits(room_empty_for=10.0, unused_room_seconds=60.0)
    talk = Conversation(Setting(limits, rooms=(ExistingRoom(DEFAULT_ROOM, empty_for=60.0),)))
    talk.plays(Connects(BILL, None, CAMUS_2), *creates(BILL, "circle-k", name="Circle K"))
    talk.plays(Waits(10), StandsStill(100), Waits(49.5))
    assert set(talk.server.store.rooms) == {DEFAULT_ROOM, "circle-k"}
    talk.plays(Waits(0.5))
    assert talk.server.store.rooms == {}


def test_a_pause_is_forgiven_once_however_much_is_due_after_it() -> None:
    talk = Conversation()
    talk.plays(*(Connects(f"{number:032x}", None, CAMUS_2) for number in range(600)))
    talk.plays(*meet(BILL, TED), Drops(TED), Waits(18))
    talk.server.pauses(1000)
    talk.server.wakes()
    talk.plays(Waits(9.5), HearsNothing(BILL), Hears(BILL, left(TED, "gone"), within=0.5))
