"""Conversations about attributes and muting: orders of the operator, and what is stored."""

from camus_core.conformance.attribute_phrases import (
    mute_requested,
    now_has,
    request_mute,
    room_now_has,
    set_attributes,
    set_room_attributes,
    sets,
    sets_for_room,
)
from camus_core.conformance.control_phrases import creates_as_owner
from camus_core.conformance.scenario import DEFAULT_ROOM, Hears, HearsNothing, Joins
from camus_core.conformance.session_phrases import visits
from camus_core.conformance.vocabulary import (
    BILL,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    UNKNOWN_CLIENT,
    client_joined,
)
from camus_core.records import RoomId
from camus_core.wire.errors import NotAllowed, TooManyAttributes, UnknownReceiver
from camus_core.wire.messages import SessionClient
from driving.conversation import Conversation


def owner_and_guest() -> Conversation:
    """Return a conversation in a room that Bill owns, with Ted."""
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL))
    return talk


def test_the_operator_takes_speak_also_from_an_owner() -> None:
    talk = owner_and_guest()
    assert talk.orders(set_attributes(BILL, speak="no")) is None
    talk.plays(
        Hears(BILL, now_has(BILL, "owner", speak="no")),
        Hears(TED, now_has(BILL, "owner", speak="no")),
    )
    talk.ends()


def test_the_operator_changes_nothing_that_is_a_members_own() -> None:
    talk = owner_and_guest()
    only_speak = NotAllowed("of somebody else only `speak` can be changed").refusal()
    assert talk.orders(set_attributes(TED, hand="1")) == only_speak
    for order in (set_attributes(speak="no"), set_attributes(UNKNOWN_CLIENT, speak="no")):
        assert talk.orders(order) == UnknownReceiver().refusal()
    talk.ends()


def test_the_operator_sets_attributes_of_the_room_within_its_bounds() -> None:
    talk = owner_and_guest()
    assert talk.orders(set_room_attributes(recording="on")) is None
    talk.plays(*(Hears(one, room_now_has(recording="on")) for one in (BILL, TED)))
    refusal = talk.orders(set_room_attributes(essay="x" * 1020))
    assert refusal is not None
    assert refusal.kind is TooManyAttributes
    talk.ends()


def test_the_operator_asks_everyone_to_mute_in_its_own_name() -> None:
    talk = owner_and_guest()
    talk.plays(Joins(RUFUS), *(Hears(one, client_joined(RUFUS)) for one in (BILL, TED)))
    assert talk.orders(request_mute(None, "video")) is None
    talk.plays(*(Hears(one, mute_requested(ROOM, SERVER, "video")) for one in (BILL, TED)))
    assert talk.orders(request_mute(BILL)) is None
    talk.plays(Hears(BILL, mute_requested(BILL, SERVER)), HearsNothing(TED))
    talk.ends()


def test_attributes_are_in_the_roster_for_programs_and_never_written() -> None:
    talk = owner_and_guest()
    before = list(talk.server.changes)
    talk.plays(*sets(TED, BILL, hand="1"), *sets_for_room(BILL, TED, layout="grid"))
    assert talk.server.changes == before
    assert talk.router.roster(RoomId(DEFAULT_ROOM))[1] == SessionClient(
        TED, "Major Tom", "guest", {"hand": "1"}
    )
