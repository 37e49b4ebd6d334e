"""Conversations across a restart of the server: places are held, buffers are lost."""

import pytest
from attrs import evolve

from camus_core.census import Census
from camus_core.effects import ForgetClient, SaveClient
from camus_core.limits import Limits
from camus_core.records import ClientRecord, RoomId, RoomRecord, SessionDigest, digest
from camus_core.wire import messages as m
from camus_core.wire.profile import SESSION
from driving.driver import START
from driving.store import OWNER_TOKEN

from .phrases import (
    bye,
    came,
    done,
    hi,
    id_of,
    left,
    rename,
    renamed,
    resume,
    roster,
    secret_of,
    seen,
    undeliverable,
)
from .talk import Talk

LOBBY = RoomId("lobby")


def talk_of(*names: str, limits: Limits | None = None) -> Talk:
    talk = Talk(limits=limits)
    talk.gather("lobby", *names, profile=SESSION)
    return talk


def restart(talk: Talk, *, killed: bool = False, node: str = "next node") -> None:
    if not killed:
        talk.stops()
    talk.starts_again(node)
    talk.forget()


# Coming back ---------------------------------------------------------------------------


@pytest.mark.parametrize(("killed", "received"), [(False, 3), (True, None)])
def test_who_comes_back_is_the_same_and_begins_anew(killed: bool, received: int | None) -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, owner_digest=digest(OWNER_TOKEN)))
    talk.joins("ann", "lobby", username="Ann", owner_token=OWNER_TOKEN)
    talk.joins("bob", "lobby")
    for number in range(3):
        talk.says("ann", hi("bob", number))
    talk.confirms("bob")
    restart(talk, killed=killed)
    body = talk.resumes("ann 2", "ann")
    assert (body.id, body.role, body.room_id) == (id_of("ann"), "owner", "lobby")
    assert (body.resumed, body.reason, body.received) == (False, "restarted", received)
    assert body.clients == (seen("ann", "Ann", "owner"), seen("bob"))
    assert talk.resumes("bob 2", "bob").clients == body.clients
    talk.says("bob 2", hi("ann"))
    talk.hears("ann 2", hi("ann", by="bob"))
    talk.hears_nothing("ann 2", "bob 2")
    assert talk.router.census().away == 0


def test_afterwards_all_is_as_before() -> None:
    talk = talk_of("ann", "bob")
    restart(talk)
    talk.resumes("ann 2", "ann")
    talk.says("ann 2", rename("Ann"))
    talk.hears("ann 2", renamed("ann", "Ann"), done("ann"))
    talk.drops("ann 2")
    talk.resumes("bob 2", "bob")
    talk.says("bob 2", hi("ann"))
    body = talk.resumes("ann 3", "ann 2")
    assert (body.resumed, body.received) == (True, 1)
    talk.hears("ann 3", hi("ann", by="bob"))


def test_a_session_that_comes_back_needs_no_password() -> None:
    talk = Talk(RoomRecord(LOBBY, "Lobby", START, password_hash="tin can"))
    talk.joins("ann", "lobby", password="tin can")
    restart(talk)
    assert talk.resumes("ann 2", "ann").reason == "restarted"


def test_who_has_lost_its_state_meanwhile_is_rejoined() -> None:
    talk = talk_of("ann", "bob")
    restart(talk)
    talk.resumes("ann 2", "ann")
    assert talk.rejoins("bob 2", "bob").reason == "rejoined"
    talk.hears("ann 2", left("bob", "rejoined"), came("bob"))
    assert talk.resumes("bob 3", "bob 2").resumed


def test_the_new_node_takes_the_record_over_and_forgets_it_in_the_end() -> None:
    talk = talk_of("ann")
    joined_at = talk.store.clients[id_of("ann")].joined_at
    restart(talk)
    talk.resumes("ann 2", "ann")
    record = ClientRecord(
        id_of("ann"),
        LOBBY,
        "Major Tom",
        joined_at,
        node="next node",
        session_digest=SessionDigest(digest(secret_of("ann"))),
        incarnation=talk.rooms[LOBBY].incarnation,
    )
    assert talk.changes == [SaveClient(record, takes_over=True)]
    talk.says("ann 2", bye())
    assert talk.changes[1:] == [ForgetClient(id_of("ann"), None)]
    assert talk.store.clients == {}


# Places in the meantime --------------------------------------------------------------------


def test_places_are_held_for_one_grace_time_and_are_in_every_roster() -> None:
    talk = talk_of("ann", "bob", limits=Limits(guest_limit=3))
    talk.waits(1)
    talk.drops("bob")
    talk.waits(10)
    restart(talk)
    talk.waits(10)
    talk.connects("joe", "lobby")
    talk.connects("eve", "lobby")
    talk.is_closed("eve", 4504)
    talk.says("joe", m.GetRoomInfo())
    talk.forget()
    talk.says("joe", m.GetRoomInfo())
    talk.hears("joe", roster("joe", "lobby", "ann", "bob", "joe"))
    talk.lives(29.5)
    assert talk.router.census() == Census(1, 1, 3, 2, 0)
    talk.forget()
    talk.lives(0.5)
    byes = [one for one in talk.has_heard("joe") if isinstance(one, m.Bye)]
    assert [one.sender for one in byes] == [id_of("ann"), id_of("bob")]
    assert talk.router.census() == Census(1, 1, 1, 0, 0)


def test_what_is_said_to_a_member_that_is_away_waits_for_it() -> None:
    talk = talk_of("ann", "bob")
    restart(talk)
    talk.resumes("ann 2", "ann")
    talk.says("ann 2", hi("bob", id="7"))
    assert talk.resumes("bob 2", "bob").reason == "restarted"
    talk.hears("bob 2", hi("bob", by="ann", id="7"))


def test_who_stays_away_is_told_of_and_so_are_its_senders() -> None:
    talk = talk_of("ann", "bob")
    restart(talk)
    talk.resumes("ann 2", "ann")
    talk.says("ann 2", hi("bob", id="7"))
    talk.lives(2)
    talk.forget()
    talk.lives(28)
    gone = undeliverable("ann", "bob", "gone", reply_to="7")
    talk.hears("ann 2", left("bob", "gone"), gone)


def test_members_of_the_core_profile_have_no_place_to_come_back_to() -> None:
    talk = Talk()
    talk.gather("lobby", "joe")
    talk.gather("lobby", "ann", profile=SESSION)
    restart(talk, killed=True)
    assert talk.resumes("ann 2", "ann").clients == (seen("ann"),)


# Records that don't hold a place ------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "reason"), [(29.5, "restarted"), (30, "unknown")])
def test_a_place_outlives_the_drop_by_no_more_than_the_grace_time(
    seconds: float, reason: str
) -> None:
    talk = talk_of("ann")
    talk.drops("ann")
    restart(talk)
    talk.waits(seconds)
    assert talk.resumes("ann 2", "ann").reason == reason
    assert talk.router.census().members == 1


def test_a_record_of_this_node_holds_no_place() -> None:
    talk = talk_of("ann")
    record = evolve(talk.store.clients[id_of("ann")], away_since=talk.now)
    talk.says("ann", bye())
    talk.store.put_client(record)
    assert talk.resumes("ann 2", "ann").reason == "unknown"
    assert talk.router.census().members == 1


def test_a_session_of_a_room_that_is_gone_is_unknown() -> None:
    talk = talk_of("ann")
    restart(talk)
    talk.store.delete_room(LOBBY)
    assert talk.resumes("ann 2", "ann").reason == "unknown"


def client_of_another_server(talk: Talk, name: str, username: str) -> ClientRecord:
    return ClientRecord(
        id_of(name),
        LOBBY,
        username,
        START - 60,
        node="node of another server",
        session_digest=SessionDigest(digest(secret_of(name))),
        away_since=talk.now - 5,
    )


def test_a_client_of_another_server_comes_into_a_room_that_lives_here_already() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.gather("lobby", "joe")
    talk.store.put_client(client_of_another_server(talk, "bob", "Bob"))
    talk.connects("bob 2", None, SESSION)
    talk.says("bob 2", resume(f"{secret_of('bob')}.0", 7))
    body = talk.is_in("bob 2")
    assert (body.id, body.reason, body.received) == (id_of("bob"), "restarted", None)
    assert body.clients == (seen("ann"), seen("joe"), seen("bob", "Bob"))
    talk.hears("ann", came("bob", "Bob"))
    talk.hears("joe", roster("room", "lobby", "ann", "joe", "bob", bob="Bob"))
    talk.hears_nothing("ann", "bob 2", "joe")


def test_of_two_clients_of_another_server_each_gets_its_own_place() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    for name in ("bob", "eve"):
        talk.store.put_client(client_of_another_server(talk, name, name))
    for name in ("eve", "bob"):
        talk.connects(f"{name} 2", None, SESSION)
        talk.says(f"{name} 2", resume(f"{secret_of(name)}.0", 0))
        assert talk.is_in(f"{name} 2").id == id_of(name)


def test_a_node_that_the_store_took_for_dead_writes_its_clients_again() -> None:
    talk = talk_of("ann", "bob")
    before = talk.store.clients
    talk.drops("bob")
    for client_id in before:
        talk.store.write(ForgetClient(client_id))
    talk.loses_its_records()
    assert talk.store.clients == before
