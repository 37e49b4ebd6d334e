"""A client's knowledge of its room, message by message."""

from attrs import evolve

from camus_core.wire import messages as m
from camus_transport.client.membership import Membership
from transport.scripted_server import ANN, NEWCOMER, TED, rejoined, resumed

BOB, EVE = "b" * 32, "e" * 32

ted = m.SessionClient(TED, "Ted", "guest")
ann = m.SessionClient(ANN, "Ann", "guest")


def ted_and_ann() -> Membership:
    membership = Membership(NEWCOMER)
    membership.update(m.ClientJoined(m.ROOM, ann))
    return membership


def test_the_roster_of_joined_is_the_first() -> None:
    assert Membership(NEWCOMER).clients == {TED: ted}


def test_who_comes_is_there_and_who_leaves_is_not() -> None:
    membership = ted_and_ann()
    assert list(membership.clients.values()) == [ted, ann]
    membership.update(m.ClientLeft(m.ROOM, m.ClientLeftBody(ANN, "gone")))
    membership.update(m.ClientLeft(m.ROOM, m.ClientLeftBody(BOB, "gone")))
    assert membership.clients == {TED: ted}


def test_who_has_another_name_or_role_has_it_here_too() -> None:
    membership = ted_and_ann()
    membership.update(m.ClientUpdated(m.ROOM, evolve(ann, username="Anna")))
    membership.update(m.ClientUpdated(m.ROOM, evolve(ted, role="owner")))
    assert membership.clients == {
        TED: evolve(ted, role="owner"),
        ANN: evolve(ann, username="Anna"),
    }
    assert membership.joined.role == "owner"


def test_changes_of_the_room_are_known() -> None:
    membership = ted_and_ann()
    membership.update(m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(False, "Circle K", public=True)))
    for locked in (True, True, False):
        membership.update(m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(locked)))
        assert membership.joined.locked is locked
    assert membership.joined.name == "Circle K"


def test_who_waits_is_known_in_order_of_coming_until_it_waits_no_more() -> None:
    waiting = (m.ClientInfo(BOB, "Bob"),)
    membership = Membership(evolve(NEWCOMER, role="owner", locked=True, waiting=waiting))
    membership.update(m.ClientWaiting(m.ROOM, m.ClientInfo(EVE, "Eve")))
    assert list(membership.waiting.values()) == [*waiting, m.ClientInfo(EVE, "Eve")]
    for _ in range(2):
        membership.update(m.ClientWaitingLeft(m.ROOM, m.WhoBody(BOB)))
        assert membership.waiting == {EVE: m.ClientInfo(EVE, "Eve")}


def test_who_is_no_moderator_any_more_knows_of_nobody_who_waits() -> None:
    membership = Membership(evolve(NEWCOMER, waiting=(m.ClientInfo(BOB, "Bob"),)))
    membership.update(m.ClientUpdated(m.ROOM, evolve(ann, role="guest")))
    membership.update(m.ClientUpdated(m.ROOM, evolve(ted, role="owner")))
    assert list(membership.waiting) == [BOB]
    membership.update(m.ClientUpdated(m.ROOM, evolve(ted, role="guest")))
    assert membership.waiting == {}


def test_ice_servers_that_are_pushed_replace_the_others() -> None:
    membership = ted_and_ann()
    servers = (m.IceServer(("stun:example.com",)),)
    membership.update(m.IceServers(TED, servers))
    assert membership.joined.ice_servers == servers


def test_a_session_that_is_resumed_keeps_its_roster() -> None:
    membership = ted_and_ann()
    membership.update(m.GoingAway(TED, m.GoingAwayBody(3)))
    membership.update(m.ClientWaiting(m.ROOM, m.ClientInfo(BOB, "Bob")))
    assert membership.reconnect_in == 3
    membership.join_again(resumed(0))
    assert list(membership.clients.values()) == [ted, ann]
    assert list(membership.waiting) == [BOB]
    assert membership.reconnect_in is None


def test_a_session_that_is_not_resumed_has_a_fresh_roster() -> None:
    membership = ted_and_ann()
    membership.update(m.ClientWaiting(m.ROOM, m.ClientInfo(EVE, "Eve")))
    membership.join_again(rejoined("unknown", id=BOB))
    assert membership.clients == {BOB: evolve(ted, id=BOB)}
    assert membership.waiting == {}
    assert membership.joined.id == BOB


def test_to_come_back_it_says_what_it_said_first_and_its_newest_name() -> None:
    membership = ted_and_ann()
    first = m.JoinBody("lobby", "Ted", "open sesame")
    again = evolve(first, resume=m.ResumeBody("secret", 7))
    assert membership.resuming(first, 7) == again
    membership.update(m.ClientUpdated(m.ROOM, evolve(ted, username="Theo")))
    assert membership.resuming(first, 7) == evolve(again, username="Theo")
