"""Conversations about usernames that were valid under an older rule, and stay."""

from attrs import evolve

from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import InvalidName, InvalidUsername
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .moderated_room import OWNED
from .phrases import id_of, join, refusal, seen
from .talk import Talk

UNSEEN = "\u3164"
LOBBY = RoomId("lobby")


def resume_with_username(talk: Talk, name: str, whose: str, username: str) -> None:
    """Resume, and repeat a username, as Camus's own clients do."""
    talk.connects(name, None, SESSION)
    body = m.ResumeBody(talk.token(whose), 0)
    talk.says(name, m.Join(GROUND_CONTROL, m.JoinBody(LOBBY, username, resume=body)))


def test_a_name_is_not_looked_at_when_its_bearer_comes_back() -> None:
    talk = Talk()
    talk.joins("ann", "lobby", username="Ann")
    talk.drops("ann")
    resume_with_username(talk, "ann 2", "ann", UNSEEN)
    assert talk.is_in("ann 2").resumed
    assert talk.router.roster(LOBBY) == (seen("ann", "Ann"),)


def test_a_member_that_is_loaded_at_the_start_keeps_a_name_that_nobody_could_take_now() -> None:
    talk = Talk(OWNED)
    talk.joins("ann", "lobby")
    talk.stops()
    talk.store.put_client(evolve(talk.store.clients[id_of("ann")], username=UNSEEN))
    talk.starts_again()
    resume_with_username(talk, "ann 2", "ann", UNSEEN)
    assert talk.is_in("ann 2").clients == (seen("ann", UNSEEN),)


def test_a_newcomer_that_says_an_old_session_is_judged_as_all_newcomers_are() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    talk.drops("ann")
    talk.waits(60)
    resume_with_username(talk, "ann 2", "ann", UNSEEN)
    talk.hears("ann 2", refusal("ann 2", InvalidUsername()))
    talk.says("ann 2", join("lobby", username="Ann"))
    assert talk.is_in("ann 2").clients == (seen("ann 2", "Ann"),)


def test_a_room_keeps_a_name_that_no_new_one_can_have() -> None:
    talk = Talk(evolve(OWNED, name="room", public=True))
    talk.joins("ann", "lobby")
    talk.says("ann", m.ListRooms())
    (listed,) = talk.has_heard("ann")
    assert isinstance(listed, m.Rooms)
    assert [one.name for one in listed.data] == ["room"]
    talk.says("ann", m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody("Room")))
    why = InvalidName("this name is reserved for a recipient of messages")
    talk.hears("ann", refusal("ann", why))
