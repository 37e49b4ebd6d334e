"""Conversations about moderation: its changes in the store, look-ups meanwhile, and memory."""

import pytest
from attrs import evolve

from camus_core.census import Census
from camus_core.conformance import Setting
from camus_core.conformance.control_phrases import (
    admit,
    creates_as_owner,
    decides,
    deny,
    enters_waiting_room,
    is_admitted,
    is_locked,
    kick,
    lock,
    locks,
    makes_a_moderator,
    set_role,
    waiting,
    waits,
    waits_no_more,
)
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    Hears,
    HearsNothing,
    Says,
    Starts,
    Waits,
)
from camus_core.conformance.session_phrases import (
    enters,
    is_crashed,
    is_stopped,
    visits,
)
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    ack,
    client_joined,
    join,
    joined,
    left,
    resume,
    to,
)
from camus_core.effects import ForgetClient, SaveClient, SaveLock
from camus_core.limits import Limits
from camus_core.records import ClientId, RoomId, RoomRecord
from driving.conversation import Conversation
from driving.driver import START
from driving.weight import weight_of


def stored_room(talk: Conversation) -> RoomRecord:
    """Return the record of the room as the store has it."""
    return talk.server.store.rooms[RoomId(DEFAULT_ROOM)]


# Roles --------------------------------------------------------------------------------------


def test_a_new_role_is_stored_once() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL))
    record, before = talk.server.store.clients[ClientId(TED)], len(talk.server.changes)
    talk.plays(*makes_a_moderator(BILL, TED), *decides(BILL, set_role(TED, "moderator")))
    assert talk.server.changes[before:] == [SaveClient(evolve(record, role="moderator"))]


# Kicks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_away", [False, True])
def test_a_kicked_client_leaves_nothing_behind(is_away: bool) -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL))
    before = len(talk.server.changes)
    talk.plays(
        *((Drops(TED),) if is_away else ()),
        *decides(BILL, kick(TED), left(TED, "kicked")),
        Says(BILL, ack(3)),
    )
    assert talk.server.changes[before:] == [ForgetClient(ClientId(TED))]
    assert talk.router.census() == Census(1, 1, 1, 0, 0)
    talk.plays(Waits(31), HearsNothing(BILL))


def test_a_client_that_is_kicked_while_its_session_is_looked_up_is_a_newcomer() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL), *is_stopped(BILL, TED), Starts())
    talk.server.holds_questions = True
    for who in (TED, BILL):
        talk.plays(Connects(who, None, CAMUS_2), Says(who, resume(who, 2)))
    talk.answers(BILL)
    back = joined(BILL, nth=2, role="owner", reason="restarted", received=0)
    talk.plays(Hears(BILL, back), *decides(BILL, kick(TED), left(TED, "kicked")))
    talk.answers(TED)
    talk.plays(Hears(TED, joined(TED_ANEW, reason="unknown")))


# The lock -----------------------------------------------------------------------------------


def test_the_lock_and_each_of_its_ends_are_stored() -> None:
    talk = Conversation(Setting(Limits(room_empty_for=5.0)))
    talk.plays(*creates_as_owner(BILL))
    room, before = stored_room(talk), len(talk.server.changes)
    talk.plays(
        *decides(BILL, lock(False)),
        *locks(BILL),
        *decides(BILL, lock()),
        *decides(BILL, lock(False), is_locked(False)),
        *locks(BILL),
        *enters_waiting_room(TED, BILL),
    )
    locked = SaveLock(room.id, room.incarnation, True)
    unlocked = evolve(locked, locked=False)
    assert talk.server.changes[before:] == [locked, unlocked, locked]
    talk.plays(Says(BILL, to(SERVER, "bye")), *is_admitted(TED, locked=False), Waits(6))
    assert stored_room(talk) == room
    talk.plays(Says(TED, to(SERVER, "bye")), Waits(6))
    assert talk.server.store.rooms == {}


def test_a_lock_without_held_places_ends_when_the_next_node_opens_the_room() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL))
    room = stored_room(talk)
    talk.plays(*locks(BILL), *is_stopped(BILL), Starts(), Waits(31), *enters(TED))
    assert stored_room(talk) == room


def test_a_lock_holds_for_a_place_that_is_held_since_a_restart_and_ends_with_it() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL))
    room = stored_room(talk)
    talk.plays(*locks(BILL), *is_crashed(BILL), Starts(), *enters_waiting_room(TED), Waits(29))
    assert stored_room(talk) == evolve(room, locked=True)
    talk.plays(Waits(1), *is_admitted(TED, locked=False))
    assert stored_room(talk) == room


def test_a_lock_that_comes_while_a_password_is_checked_holds() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL, password="69"))
    talk.server.holds_questions = True
    talk.plays(Connects(TED, None, CAMUS_2), Says(TED, join(password="69")), *locks(BILL))
    talk.answers(TED)
    talk.plays(Hears(TED, waiting(TED)), Hears(BILL, waits(TED)))


# Waiting rooms ------------------------------------------------------------------------------


def test_a_waiting_client_joins_at_the_time_of_its_admission() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *locks(BILL))
    for who in (TED, RUFUS):
        talk.plays(*enters_waiting_room(who, BILL))
    talk.plays(Waits(7), Says(BILL, admit(TED)), Waits(7), Says(BILL, lock(False)))
    times = [client.joined_at - START for client in talk.server.store.clients.values()]
    assert times == [0, 7, 14]


def test_clients_that_have_waited_leave_nothing_behind() -> None:
    talk = Conversation(Setting(Limits(waiting_seconds=30.0)))
    talk.plays(*creates_as_owner(BILL), *locks(BILL))
    weights = []
    for number in range(80):
        denied, admitted, lost = (f"{3 * number + one:032x}" for one in range(3))
        talk.plays(
            *enters_waiting_room(denied, BILL),
            *decides(BILL, deny(denied), waits_no_more(denied)),
            Drops(denied),
            *enters_waiting_room(admitted, BILL),
            *decides(BILL, admit(admitted), waits_no_more(admitted), client_joined(admitted)),
            Says(admitted, to(SERVER, "bye")),
            Hears(BILL, left(admitted, "left")),
            *enters_waiting_room(lost, BILL),
            Drops(lost),
            Hears(BILL, waits_no_more(lost)),
            Says(BILL, ack(12 + 10 * number)),
            Waits(3),
        )
        if number % 10 == 9:
            weights.append(weight_of(talk.router))
    assert max(weights[3:]) <= weights[2] * 1.1
    talk.plays(Says(BILL, to(SERVER, "bye")), Waits(3600))
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None
