"""Conversations about `join` in the session profile: its conditions, answer and notices."""

import pytest

from camus_core.effects import SaveClient
from camus_core.ice import IceConfiguration
from camus_core.questions import Failed, LookUpRoom
from camus_core.records import ClientRecord, RoomId, RoomRecord, SessionDigest, digest
from camus_core.wire import messages as m
from camus_core.wire.errors import (
    AlreadyJoined,
    InvalidUsername,
    MalformedMessage,
    NotAllowed,
    NotJoined,
    RoomNotFound,
    Unavailable,
)
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import CAPABILITIES, SESSION
from driving.driver import START

from .phrases import bye, came, greeting, hi, id_of, join, refusal, roster, secret_of, seen
from .talk import Talk

LOBBY = RoomId("lobby")
UNAVAILABLE = Unavailable(retry_after=5.0)


# The data of `joined` ----------------------------------------------------------------------


def test_who_joins_hears_all_that_it_needs() -> None:
    ice = IceConfiguration(("stun:a.example",), ("turn:a.example",), "north")
    talk = Talk(ice=ice)
    talk.joins("ann", "lobby", username="Ann")
    talk.connects("bob", None, SESSION)
    talk.says("bob", join("lobby", id="7"))
    body = m.JoinedBody(
        id=id_of("bob"),
        room_id="lobby",
        role="guest",
        session=talk.token("bob"),
        resumed=False,
        ice_servers=ice.servers_for(id_of("bob"), talk.unix_time, 24 * 3600),
        limits=m.Allowance(
            frame_bytes=65_536,
            messages_per_second=50.0,
            message_burst=1000.0,
            unconfirmed_frames=1000,
            unconfirmed_bytes=1024 * 1024,
            place_seconds=30.0,
            silent_for=60.0,
        ),
        capabilities=CAPABILITIES,
        locked=False,
        clients=(seen("ann", "Ann"), seen("bob")),
    )
    talk.hears("bob", m.Joined(id_of("bob"), body, GROUND_CONTROL, reply_to="7"))
    talk.hears_nothing("bob")


def test_a_session_has_its_secret_from_the_driver_and_the_store_gets_only_its_digest() -> None:
    talk = Talk()
    talk.joins("ann", "lobby", username="Ann")
    assert talk.token("ann").startswith(secret_of("ann"))
    record = ClientRecord(
        id_of("ann"),
        LOBBY,
        "Ann",
        START,
        node="this node",
        session_digest=SessionDigest(digest(secret_of("ann"))),
        incarnation=repr(START),
    )
    assert talk.changes == [SaveClient(record)]


def test_a_name_is_kept_in_normal_form_and_trimmed() -> None:
    talk = Talk()
    body = talk.joins("ann", "lobby", username=" Bjo\u0308rn ")
    assert body.clients == (seen("ann", "Bj\u00f6rn"),)


# Before `join` -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["lobby", None])
def test_a_connection_alone_lets_nobody_in(address: str | None) -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", address, SESSION)
    talk.asks_nothing("ann")
    talk.hears_nothing("ann")
    assert talk.router.census().members == 0


def test_who_has_not_joined_is_told_so_and_may_go() -> None:
    talk = Talk()
    talk.connects("ann", "lobby", SESSION)
    talk.says("ann", hi("room", id="7"))
    talk.hears("ann", refusal("ann", NotJoined(), reply_to="7"))
    talk.says("ann", m.Ping(GROUND_CONTROL, Json(b"1"), id="8"))
    talk.hears("ann", m.Pong(id_of("ann"), Json(b"1"), GROUND_CONTROL, reply_to="8"))
    talk.says("ann", bye())
    talk.hears_nothing("ann")
    talk.is_closed("ann", 1000)


def test_who_has_not_joined_and_says_nothing_is_taken_for_dead() -> None:
    talk = Talk()
    talk.connects("ann", "lobby", SESSION)
    talk.waits(60)
    talk.is_closed("ann", 4001)
    assert talk.router.census().connections == 0


# The room and the id ---------------------------------------------------------------------


@pytest.mark.parametrize(("address", "said"), [("lobby", None), (None, LOBBY), (LOBBY, LOBBY)])
def test_the_room_is_that_of_the_address_or_of_the_message(
    address: str | None, said: str | None
) -> None:
    talk = Talk()
    talk.connects("ann", address, SESSION)
    talk.says("ann", join(said))
    assert talk.is_in("ann").room_id == "lobby"


NO_ROOM = MalformedMessage("required field missing @ $.data.room_id")
ANOTHER = MalformedMessage("$.data.room_id is not the room that the URL names")


@pytest.mark.parametrize(
    ("address", "said", "why"),
    [
        (None, join(None), NO_ROOM),
        ("lobby", join("attic"), ANOTHER),
        (None, join("The Attic"), RoomNotFound()),
        (None, join(""), RoomNotFound()),
        (None, join("lobby", username="\n"), InvalidUsername()),
        (None, join("lobby", token="t"), NotAllowed("nobody has this token")),
    ],
)
def test_a_refused_join_leaves_the_connection_open_to_try_again(
    address: str | None, said: m.Join, why: MalformedMessage
) -> None:
    talk = Talk()
    talk.gather("lobby", "bob", profile=SESSION)
    talk.connects("ann", address, SESSION)
    talk.says("ann", said)
    talk.hears("ann", refusal("ann", why))
    talk.hears_nothing("ann", "bob")
    talk.says("ann", join("lobby"))
    assert talk.is_in("ann").clients == (seen("bob"), seen("ann"))
    talk.hears("bob", came("ann"))


def test_one_connection_is_in_one_room() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    talk.says("ann", join("attic", id="7"))
    talk.hears("ann", refusal("ann", AlreadyJoined(), reply_to="7"))
    talk.says("ann", m.GetRoomInfo())
    talk.hears("ann", roster("ann", "lobby", "ann"))


# The notices ----------------------------------------------------------------------------


def test_each_hears_of_a_newcomer_in_the_way_of_its_own_profile() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.gather("lobby", "bob", profile=SESSION)
    talk.gather("attic", "eve", profile=SESSION)
    talk.joins("joe", "lobby", username="Joe")
    talk.hears("ann", roster("room", "lobby", "ann", "bob", "joe", joe="Joe"))
    talk.hears("bob", came("joe", "Joe"))
    talk.waits(1)
    talk.connects("sue", "lobby")
    talk.hears("ann", roster("room", "lobby", "ann", "bob", "joe", "sue", joe="Joe"))
    talk.hears("bob", came("sue"))
    talk.hears("joe", came("sue"))
    talk.hears("sue", greeting("sue"))
    talk.hears_nothing("ann", "bob", "eve", "joe", "sue")


def test_who_asks_for_the_roster_gets_it_and_no_other_is_pushed() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.says("ann", m.GetRoomInfo(id="7"))
    answer = roster("ann", "lobby", "ann", "bob")
    answer.reply_to = "7"
    talk.hears("ann", answer)
    talk.waits(1)
    talk.hears_nothing("ann", "bob")


def test_what_a_store_cannot_answer_may_be_asked_again() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", None, SESSION)
    talk.says("ann", join("lobby", id="7"))
    made = RoomRecord(LOBBY, "lobby", START, empty_for=300.0)
    talk.asks("ann", LookUpRoom(LOBBY, if_absent=made))
    talk.answers("ann", Failed("no connection"))
    talk.hears("ann", refusal("ann", UNAVAILABLE, reply_to="7"))
    talk.says("ann", join("lobby"))
    talk.answers("ann")
    assert talk.is_in("ann").clients == (seen("ann"),)
