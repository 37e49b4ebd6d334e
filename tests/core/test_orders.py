"""Conversations about orders of the server's operator, who ranks above all members."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from camus_core.conformance import Setting
from camus_core.conformance.ban_phrases import listed, lists, unban
from camus_core.conformance.control_phrases import (
    admit,
    ban,
    creates_as_owner,
    deny,
    enters_waiting_room,
    is_admitted,
    is_locked,
    is_removed,
    kick,
    lock,
    locks,
    makes_a_moderator,
    set_role,
    waits_no_more,
)
from camus_core.conformance.phrases import are_refused
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    Says,
    Waits,
)
from camus_core.conformance.session_phrases import enters, is_stopped, note, visits
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    by,
    guest_token_of,
    join,
    left,
    refused,
    to,
    undeliverable,
    updated,
)
from camus_core.effects import SaveLock
from camus_core.records import RoomId
from camus_core.wire.errors import NotFound, RoomFull, RoomNotFound, UnknownReceiver
from camus_core.wire.messages import SessionClient
from driving.conversation import Conversation

HOME = "192.0.2.1"
NOBODY_THERE = RoomNotFound("nobody is in that room").refusal()
NOT_WAITING = UnknownReceiver("no client with this id is in the waiting room").refusal()
EVERY_ORDER = [
    *(kick(BILL), ban(BILL), unban(BILL), set_role(BILL, "guest"), lock(), admit(BILL)),
    deny(BILL),
]


def owner_and_guests() -> Conversation:
    """Return a conversation in a room that Bill owns, with Ted and Rufus."""
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL), *visits(RUFUS, BILL, TED))
    return talk


def locked_room(**more: Any) -> Conversation:
    """Return a conversation in a locked room that Bill owns, for which Ted waits.

    Args:
        more: Members of the data of `create-room`.
    """
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL, **more), *locks(BILL), *enters_waiting_room(TED, BILL))
    return talk


# Carried out --------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "reason"), [(kick, "kicked"), (ban, "banned")])
@pytest.mark.parametrize("who", [BILL, TED])
def test_anybody_can_be_removed(
    who: str, order: Callable[[str], Mapping[str, Any]], reason: str
) -> None:
    talk = owner_and_guests()
    talk.plays(*note(RUFUS, who, "hello"))
    assert talk.orders(order(who)) is None
    others = [one for one in (BILL, TED) if one != who]
    talk.plays(
        *is_removed(who, reason, RUFUS, *others),
        Hears(RUFUS, undeliverable(RUFUS, who, "gone")),
    )
    talk.ends()


def test_a_banned_client_is_not_admitted_again() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL, address=HOME))
    assert talk.orders(ban(TED)) is None
    talk.plays(
        *is_removed(TED, "banned", BILL),
        Connects(TED_ANEW, None, CAMUS_2, address=HOME),
        Says(TED_ANEW, join(guest_token=guest_token_of(TED))),
        Hears(TED_ANEW, refused(TED_ANEW, "banned")),
    )


def test_the_operators_bans_are_taken_back_by_owners_and_the_operator() -> None:
    talk = owner_and_guests()
    assert talk.orders(ban(RUFUS)) is None
    talk.plays(*is_removed(RUFUS, "banned", BILL, TED), *makes_a_moderator(BILL, TED))
    listed_for_the_operator = dict(listed(RUFUS))
    del listed_for_the_operator["by"]
    talk.plays(
        *are_refused(TED, "not-allowed", unban(RUFUS)),
        Says(TED, to(SERVER, "list-bans")),
        Hears(TED, by(SERVER, TED, "bans", [listed_for_the_operator])),
    )
    assert talk.orders(unban(RUFUS)) is None
    assert talk.orders(unban(RUFUS)) == NotFound("no ban of this room has this id").refusal()
    talk.plays(*lists(BILL))
    talk.ends()


@pytest.mark.parametrize("role", ["moderator", "guest"])
def test_an_owner_can_be_given_a_lower_role(role: str) -> None:
    talk = owner_and_guests()
    assert talk.orders(set_role(BILL, role)) is None
    talk.plays(*(Hears(one, updated(BILL, "Major Tom", role)) for one in (BILL, TED, RUFUS)))
    talk.ends()


def test_the_first_moderator_of_a_room_without_an_owner_is_appointed() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL), *visits(TED, BILL))
    assert talk.orders(set_role(BILL, "moderator")) is None
    talk.plays(
        Hears(BILL, updated(BILL, "Major Tom", "moderator")),
        Hears(TED, updated(BILL, "Major Tom", "moderator")),
        Says(BILL, kick(TED)),
        *is_removed(TED, "kicked", BILL),
    )


def test_a_lock_is_stored_and_told_and_its_end_admits_the_waiting_client() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL))
    assert [talk.orders(lock()), talk.orders(lock())] == [None, None]
    [saved] = [one for one in talk.server.changes if isinstance(one, SaveLock)]
    room = talk.server.store.rooms[saved.room_id]
    assert saved == SaveLock(room.id, room.incarnation, True)
    talk.plays(Hears(BILL, is_locked()), *enters_waiting_room(TED, BILL))
    assert talk.orders(lock(False)) is None
    talk.plays(
        Hears(BILL, is_locked(False)),
        Hears(BILL, waits_no_more(TED)),
        *is_admitted(TED, BILL, locked=False),
    )
    talk.ends()


def test_a_waiting_client_is_admitted() -> None:
    talk = locked_room()
    assert talk.orders(admit(TED)) is None
    talk.plays(Hears(BILL, waits_no_more(TED)), *is_admitted(TED, BILL))
    talk.ends()


def test_a_waiting_client_is_denied_admission() -> None:
    talk = locked_room()
    assert talk.orders(deny(TED)) is None
    denied = but(refused(TED, "denied"), reply_to="let me in")
    talk.plays(Hears(BILL, waits_no_more(TED)), Hears(TED, denied))
    talk.ends()


def test_a_member_that_is_away_is_removed_too() -> None:
    talk = owner_and_guests()
    talk.plays(Drops(TED))
    assert talk.orders(kick(TED)) is None
    talk.plays(*(Hears(one, left(TED, "kicked")) for one in (BILL, RUFUS)))
    talk.ends()


def test_the_removal_of_the_last_member_opens_the_room_to_the_waiting_client() -> None:
    talk = locked_room()
    assert talk.orders(kick(BILL)) is None
    talk.plays(*is_removed(BILL, "kicked"), *is_admitted(TED, locked=False))
    talk.ends()


# Refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", EVERY_ORDER, ids=lambda order: str(order["type"]))
def test_without_members_no_order_is_carried_out(order: Mapping[str, Any]) -> None:
    talk = Conversation(Setting(rooms=(ExistingRoom("stored"),)))
    talk.plays(*enters(BILL), Says(BILL, to(SERVER, "bye")))
    before = list(talk.server.changes)
    for room_id in (DEFAULT_ROOM, "stored", "attic"):
        assert talk.orders(order, room_id) == NOBODY_THERE
    assert talk.server.changes == before


def test_a_client_that_the_order_names_has_to_be_there() -> None:
    talk = locked_room()
    for order in (kick(TED), ban(RUFUS), ban("a\0b"), set_role(TED, "moderator")):
        assert talk.orders(order) == UnknownReceiver().refusal()
    for order in (admit(BILL), deny(RUFUS)):
        assert talk.orders(order) == NOT_WAITING
    talk.ends()


def test_an_order_admits_nobody_to_a_full_room() -> None:
    talk = locked_room(guest_limit=1)
    assert talk.orders(admit(TED)) == RoomFull().refusal()
    talk.ends()


def test_a_server_that_has_stopped_carries_out_no_order() -> None:
    talk = owner_and_guests()
    router = talk.router
    talk.plays(*is_stopped(BILL, TED, RUFUS), Waits(1))
    assert router.census().members == 0
    assert talk.orders(kick(BILL)) == NOBODY_THERE


# The roster -----------------------------------------------------------------------------------


def test_the_roster_has_all_members_in_order_of_joining_also_those_that_are_away() -> None:
    talk = owner_and_guests()
    talk.plays(Drops(TED))
    assert talk.router.roster(RoomId(DEFAULT_ROOM)) == (
        SessionClient(BILL, "Major Tom", "owner"),
        SessionClient(TED, "Major Tom", "guest"),
        SessionClient(RUFUS, "Major Tom", "guest"),
    )
    assert talk.router.roster(RoomId("attic")) == ()
