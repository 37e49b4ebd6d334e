"""Conversations about bans: their records, their ends, and look-ups meanwhile."""

from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.conformance import Setting
from camus_core.conformance.ban_phrases import bans, listed, lists, unban
from camus_core.conformance.control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_admitted,
    is_locked,
    is_removed,
    locks,
    makes_a_moderator,
    waiting,
    waits,
    waits_no_more,
)
from camus_core.conformance.patterns import Pattern
from camus_core.conformance.phrases import are_refused, is_answered
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Hears,
    Joins,
    Says,
    SetsClock,
    Starts,
    Waits,
)
from camus_core.conformance.session_phrases import (
    enters,
    is_refused,
    is_stopped,
    leaves,
    visits,
)
from camus_core.conformance.vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    RUFUS,
    TED,
    TED_ANEW,
    but,
    client_joined,
    guest_token_of,
    join,
    joined,
    left,
    owner_token_of,
    refused,
    resume,
)
from camus_core.effects import ForgetBan, ForgetClient, SaveBan
from camus_core.limits import Limits
from camus_core.questions import LookUpRoom
from camus_core.records import BanRecord, ClientId, NetworkAddress, RoomId, RoomRecord, digest
from camus_core.rooms.departed import MOST_DEPARTED
from driving.conversation import Conversation
from driving.driver import START

HOME = NetworkAddress("192.0.2.1")
OFFICE = NetworkAddress("198.51.100.7")

SECRET = "a" * 64
"""A guest token that a client presents."""


def stored_room(talk: Conversation) -> RoomRecord:
    """Return the record of the room as the store has it."""
    return talk.server.store.rooms[RoomId(DEFAULT_ROOM)]


def stored_bans(talk: Conversation) -> tuple[BanRecord, ...]:
    """Return the bans of the room as the store has them."""
    return talk.server.store.bans(RoomId(DEFAULT_ROOM))


def _waiting_with(who: str, guest_token: str) -> Pattern:
    """Return the `waiting` of a client that has shown a guest token."""
    reply = waiting(who)
    return but(reply, data={**reply["data"], "guest_token": guest_token})


def test_bans_are_stored_each_once_and_the_newest_last() -> None:
    talk = Conversation(Setting(tokens={"Rufus's": Identity("rufus")}))
    talk.plays(
        *creates_as_owner(BILL),
        *enters(TED, address=HOME, guest_token=SECRET),
        *enters(TED_ANEW, address=HOME, guest_token=SECRET),
        *enters(RUFUS, address=HOME, token="Rufus's"),
    )
    room, before = stored_room(talk), len(talk.server.changes)
    talk.plays(*(Says(BILL, ban(who)) for who in (TED, RUFUS, TED_ANEW)))
    given = BanRecord(TED, username="Major Tom", by="Major Tom", by_owner=True, at=START)
    ted = evolve(given, address=HOME, guest_digest=digest(SECRET))
    rufus = evolve(given, id=RUFUS, identity="rufus")
    ted_anew = evolve(ted, id=TED_ANEW)
    key = room.id, room.incarnation
    assert talk.server.changes[before:] == [
        SaveBan(*key, ted),
        ForgetClient(ClientId(TED_ANEW)),
        ForgetClient(ClientId(TED)),
        SaveBan(*key, rufus),
        ForgetClient(ClientId(RUFUS)),
        ForgetBan(*key, TED),
        SaveBan(*key, ted_anew),
    ]
    assert stored_bans(talk) == (rufus, ted_anew)


def test_over_the_limit_of_bans_the_oldest_is_forgotten() -> None:
    talk = Conversation(Setting(Limits(bans=1), tokens={"Rufus's": Identity("rufus")}))
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *enters(RUFUS, address=HOME, token="Rufus's"),
    )
    room = stored_room(talk)
    talk.plays(*(Says(BILL, ban(who)) for who in (TED, RUFUS)))
    assert ForgetBan(room.id, room.incarnation, TED) in talk.server.changes
    assert [one.id for one in stored_bans(talk)] == [RUFUS]


def test_a_ban_of_a_waiting_client_by_a_moderator_is_stored_with_the_names_of_both() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(RUFUS, BILL),
        *makes_a_moderator(BILL, RUFUS),
        *locks(BILL),
        Hears(RUFUS, is_locked()),
        Waits(7),
    )
    talk.plays(
        Connects(TED, None, CAMUS_2, address=HOME),
        Says(TED, join(username="Ted", guest_token=SECRET)),
        Says(RUFUS, ban(TED, seconds=60)),
    )
    given = BanRecord(TED, address=HOME, username="Ted", by="Major Tom", at=START + 7)
    assert stored_bans(talk) == (evolve(given, guest_digest=digest(SECRET), until=START + 67),)


def test_a_guest_without_secret_and_address_is_removed_by_a_ban_and_may_come_again() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        Joins(TED),
        Hears(BILL, client_joined(TED)),
        *decides(BILL, ban(TED), left(TED, "banned")),
        *is_removed(TED, "banned"),
        Joins(TED_ANEW),
        Hears(BILL, client_joined(TED_ANEW)),
    )
    assert stored_bans(talk) == ()


def test_a_guest_without_an_address_is_banned_by_its_secret_alone() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL),
        *decides(BILL, ban(TED), left(TED, "banned")),
        *is_removed(TED, "banned"),
        Connects(TED_ANEW, None, CAMUS_2),
        *is_refused(TED_ANEW, "banned", join(guest_token=guest_token_of(TED))),
        *visits(RUFUS, BILL),
    )


def test_bans_by_earlier_releases_hold_and_are_taken_back() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL))
    key = RoomId(DEFAULT_ROOM), stored_room(talk).incarnation
    talk.plays(*is_stopped(BILL))
    for old in (BanRecord("old-1", address=HOME), BanRecord("old-2", identity="rufus")):
        talk.server.store.write(SaveBan(*key, old))
    talk.plays(
        Starts(),
        Connects(BILL, None, CAMUS_2),
        Says(BILL, resume(BILL, 1)),
        Hears(BILL, joined(BILL, nth=2, role="owner", reason="restarted", received=0)),
        *enters_waiting_room(TED, BILL, address=HOME),
        *lists(BILL, {"id": "old-1"}, {"id": "old-2"}),
        *decides(BILL, unban("old-1"), waits_no_more(TED), client_joined(TED)),
        *is_admitted(TED, locked=False),
        *decides(BILL, unban("old-2")),
    )
    assert stored_bans(talk) == ()


def test_a_ban_that_has_ended_is_forgotten_when_bans_are_listed() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED, seconds=20),
        Waits(21),
    )
    assert [one.id for one in stored_bans(talk)] == [TED]
    talk.plays(*lists(BILL))
    assert stored_bans(talk) == ()


def test_a_ban_for_which_a_client_waits_is_forgotten_when_it_ends() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED, seconds=20),
        *enters_waiting_room(TED_ANEW, BILL, address=HOME),
        Waits(21),
        Hears(BILL, waits_no_more(TED_ANEW)),
        Hears(BILL, client_joined(TED_ANEW)),
        *is_admitted(TED_ANEW, locked=False),
    )
    assert stored_bans(talk) == ()


def test_a_ban_follows_the_wall_clock() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED, seconds=3600),
        SetsClock(3601),
        *visits(TED_ANEW, BILL, address=HOME),
    )


def test_who_waits_for_the_end_of_a_ban_comes_in_when_the_clock_is_set() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED, seconds=200),
        *enters_waiting_room(TED_ANEW, BILL, address=HOME),
        SetsClock(201),
        Hears(BILL, waits_no_more(TED_ANEW)),
        Hears(BILL, client_joined(TED_ANEW)),
        *is_admitted(TED_ANEW, locked=False),
    )


def test_who_waits_for_the_end_of_a_ban_waits_on_while_the_clock_is_set_back() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED, seconds=20),
        *enters_waiting_room(TED_ANEW, BILL, address=HOME),
        SetsClock(-50),
        Waits(30),
        *is_answered(TED_ANEW),
        *is_answered(BILL),
        Waits(50),
        Hears(BILL, waits_no_more(TED_ANEW)),
        Hears(BILL, client_joined(TED_ANEW)),
        *is_admitted(TED_ANEW, locked=False),
    )


def test_a_look_up_that_began_before_a_ban_was_taken_back_does_not_bring_it_again() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED),
        Waits(6),
    )
    talk.server.holds_questions = True
    talk.plays(Connects(RUFUS, None, CAMUS_2), Says(RUFUS, join()))
    before = talk.server.store.find(LookUpRoom(RoomId(DEFAULT_ROOM), None))
    talk.plays(*decides(BILL, unban(TED)))
    talk.answers(RUFUS, before)
    talk.plays(
        Hears(RUFUS, joined(RUFUS)),
        Hears(BILL, client_joined(RUFUS)),
        *lists(BILL),
    )


def test_a_client_that_is_banned_twice_under_one_id_has_two_bans() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *locks(BILL),
        *enters_waiting_room(TED, BILL, address=HOME, guest_token=SECRET),
        *decides(BILL, ban(TED), waits_no_more(TED)),
        Hears(TED, but(refused(TED, "banned"), reply_to="let me in")),
        Says(TED, join(guest_token="b" * 64)),
        Hears(TED, _waiting_with(TED, "b" * 64)),
        Hears(BILL, waits(TED)),
        Waits(1),
        *decides(BILL, ban(TED), waits_no_more(TED)),
    )
    first, second = stored_bans(talk)
    assert (first.id, first.guest_digest) == (TED, digest(SECRET))
    assert (len(second.id), second.guest_digest) == (len(TED), digest("b" * 64))


def test_a_ban_that_was_ended_in_the_store_ends_when_somebody_comes() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL, address=HOME),
        *bans(BILL, TED),
        *enters_waiting_room(TED_ANEW, BILL, address=HOME),
        Waits(6),
    )
    talk.server.store.write(ForgetBan(RoomId(DEFAULT_ROOM), stored_room(talk).incarnation, TED))
    talk.plays(
        Connects(RUFUS, None, CAMUS_2, address=OFFICE),
        Says(RUFUS, join()),
        Hears(BILL, waits_no_more(TED_ANEW)),
        Hears(BILL, client_joined(TED_ANEW)),
        *is_admitted(TED_ANEW, locked=False),
        Hears(RUFUS, joined(RUFUS)),
        Hears(BILL, client_joined(RUFUS)),
        Hears(TED_ANEW, client_joined(RUFUS)),
        *lists(BILL),
    )


def test_a_ban_that_was_given_during_a_look_up_stays() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL, address=HOME), Waits(6))
    talk.server.holds_questions = True
    talk.plays(Connects(RUFUS, None, CAMUS_2), Says(RUFUS, join()))
    before = talk.server.store.find(LookUpRoom(RoomId(DEFAULT_ROOM), None))
    talk.plays(*bans(BILL, TED))
    talk.answers(RUFUS, before)
    talk.plays(
        Hears(RUFUS, joined(RUFUS)),
        Hears(BILL, client_joined(RUFUS)),
        *lists(BILL, listed(TED)),
    )


def test_of_the_guests_that_have_left_the_last_32_can_be_banned() -> None:
    talk = Conversation()
    talk.plays(*creates_as_owner(BILL), *visits(TED, BILL), *leaves(TED, BILL))
    for number in range(1, MOST_DEPARTED):
        guest = f"b{number:031}"
        talk.plays(*visits(guest, BILL), *leaves(guest, BILL))
    talk.plays(
        *decides(BILL, ban(TED)),
        *visits(RUFUS, BILL),
        *leaves(RUFUS, BILL),
        *are_refused(BILL, "unknown-receiver", ban(TED)),
    )


def test_who_has_left_is_forgotten_with_the_last_member() -> None:
    talk = Conversation()
    talk.plays(
        *creates_as_owner(BILL),
        *visits(TED, BILL),
        *leaves(TED, BILL),
        *leaves(BILL),
        Connects(BILL_ANEW, None, CAMUS_2),
        Says(BILL_ANEW, join(owner_token=owner_token_of(DEFAULT_ROOM))),
        Hears(BILL_ANEW, joined(BILL_ANEW, role="owner")),
        *are_refused(BILL_ANEW, "unknown-receiver", ban(TED)),
    )
