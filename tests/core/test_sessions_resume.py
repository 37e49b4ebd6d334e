"""Conversations about resuming: going on after a drop, or being told why it is impossible."""

import pytest

from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.questions import Failed, FindSession
from camus_core.records import RoomId, RoomRecord, SessionDigest, digest
from camus_core.wire import messages as m
from camus_core.wire.errors import MalformedMessage, PasswordRequired, Unavailable
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START

from .phrases import (
    ack,
    acked,
    came,
    hi,
    id_of,
    join,
    refusal,
    resume,
    roster,
    seen,
)
from .talk import Talk


def talk_of(*names: str, limits: Limits | None = None) -> Talk:
    talk = Talk(limits=limits)
    talk.gather("lobby", *names, profile=SESSION)
    return talk


# Going on ------------------------------------------------------------------------------


MANY = 600
"""Frames that a client has missed, of which 256 are sent again at once."""


def bob_missed_many() -> Talk:
    """Return a conversation in which Bob was cut off with many messages unconfirmed."""
    talk = talk_of("ann", "bob")
    for number in range(MANY):
        talk.says("ann", hi("bob", number))
    talk.drops("bob")
    return talk


def resume_bob(talk: Talk, name: str, before: str, received: int) -> list[m.Message]:
    """Let Bob resume; return the messages that follow `joined` immediately."""
    talk.connects(name, None, SESSION)
    talk.says(name, resume(talk.token(before), received))
    assert talk.is_in(name).resumed
    return talk.has_heard(name)


def numbers(heard: list[m.Message]) -> list[int]:
    return [int(one.data[1:-1]) for one in heard if isinstance(one, m.Greeting)]


def test_who_has_missed_much_hears_it_in_parts_and_what_is_new_behind_it() -> None:
    talk = bob_missed_many()
    received = talk.received("bob") - MANY
    heard = resume_bob(talk, "bob 2", "bob", received)
    assert 0 < len(heard) <= 256
    talk.says("ann", hi("bob", MANY))
    talk.says("bob 2", ack(received + len(heard)))
    talk.waits(0)
    heard += talk.has_heard("bob 2")
    assert numbers(heard) == list(range(MANY + 1))
    talk.says("ann", hi("bob", 0))
    assert numbers(talk.has_heard("bob 2")) == [0]


def test_who_confirms_what_it_was_not_sent_again_hears_no_more_of_it() -> None:
    talk = bob_missed_many()
    received = talk.received("bob")
    resume_bob(talk, "bob 2", "bob", received - MANY)
    talk.says("bob 2", ack(received))
    talk.says("ann", hi("bob", MANY))
    talk.waits(0)
    assert numbers(talk.has_heard("bob 2")) == [MANY]


def test_who_is_cut_off_again_meanwhile_hears_the_rest_later() -> None:
    talk = bob_missed_many()
    received = talk.received("bob") - MANY
    first = resume_bob(talk, "bob 2", "bob", received)
    talk.drops("bob 2")
    talk.says("ann", hi("bob", MANY))
    talk.waits(1)
    heard = resume_bob(talk, "bob 3", "bob 2", received + len(first))
    talk.waits(0)
    heard += talk.has_heard("bob 3")
    assert numbers(first + heard) == list(range(MANY + 1))


def test_who_hears_the_rest_when_the_server_stops_hears_that_last() -> None:
    talk = bob_missed_many()
    heard = resume_bob(talk, "bob 2", "bob", talk.received("bob") - MANY)
    talk.stops()
    heard += talk.has_heard("bob 2")
    assert len(numbers(heard)) == MANY
    assert type(heard[MANY]) is m.GoingAway


def test_who_comes_back_hears_what_it_needs_and_no_roster() -> None:
    ice = IceConfiguration((), ("turn:a.example",), "north")
    talk = Talk(ice=ice)
    first = talk.joins("ann", "lobby", username="Ann")
    talk.says("ann", hi("room"))
    talk.drops("ann")
    talk.waits(20)
    talk.connects("ann 2", None, SESSION)
    talk.says("ann 2", resume(talk.token("ann"), talk.received("ann")))
    body = m.JoinedBody(
        id=id_of("ann"),
        room_id="lobby",
        role="guest",
        session=first.session,
        resumed=True,
        ice_servers=ice.servers_for(id_of("ann"), talk.unix_time, 24 * 3600),
        limits=first.limits,
        capabilities=first.capabilities,
        locked=False,
        received=1,
    )
    talk.hears("ann 2", m.Joined(id_of("ann"), body, GROUND_CONTROL))
    talk.hears_nothing("ann 2")


def test_a_session_that_has_heard_nothing_yet_is_resumed() -> None:
    """socketio/socket.io issue 5538: without one event before the drop there was no resume."""
    talk = Talk()
    talk.joins("ann", "lobby")
    assert talk.received("ann") == 0
    talk.drops("ann")
    talk.connects("joe", "lobby")
    body = talk.resumes("ann 2", "ann")
    assert (body.resumed, body.received) == (True, 0)
    talk.hears("ann 2", came("joe"))


def test_it_is_resumed_again_and_again_and_the_end_of_an_old_connection_harms_no_new_one() -> (
    None
):
    """socketio/socket.io issue 4880: it worked once, then the old socket killed it."""
    talk = talk_of("ann", "bob")
    for number in range(2, 7):
        before, again = f"bob {number - 1}" if number > 2 else "bob", f"bob {number}"
        talk.says("ann", hi("bob", number))
        assert talk.resumes(again, before).resumed
        talk.is_closed(before, 4505)
        talk.drops(before, 1006)
        talk.stalls(before)
        talk.says(before, hi("ann", "too late"))
        talk.lives(60)
        talk.is_open(again)
    talk.hears_nothing("bob 6")
    assert {type(one) for one in talk.has_heard("ann")} == {m.Ack}
    assert talk.router.census().away == 0


def test_what_was_lost_on_the_way_is_said_again_and_nothing_else() -> None:
    talk = talk_of("ann", "bob")
    received = talk.received("bob")
    for number in range(5):
        talk.says("ann", hi("bob", number))
    talk.drops("bob")
    talk.says("ann", hi("bob", 5))
    talk.resumes("bob 2", "bob", received + 2)
    talk.hears("bob 2", *(hi("bob", number, by="ann") for number in (2, 3, 4, 5)))
    talk.hears_nothing("bob 2")


def test_what_is_said_again_is_kept_until_it_is_confirmed() -> None:
    talk = talk_of("ann", "bob")
    received = talk.received("bob")
    talk.drops("bob")
    for number in range(3):
        talk.says("ann", hi("bob", number))
    for before, again in (("bob", "bob 2"), ("bob 2", "bob 3")):
        talk.resumes(again, before, received)
        talk.hears(again, *(hi("bob", number, by="ann") for number in range(3)))
    talk.says("bob 3", ack(received + 3))
    talk.resumes("bob 4", "bob 3", received + 3)
    talk.hears_nothing("bob 4")


def test_each_end_says_how_much_it_has_received() -> None:
    talk = talk_of("ann", "bob")
    for number in range(40):
        talk.says("bob", hi("ann", number))
    talk.drops("bob")
    assert talk.resumes("bob 2", "bob").received == 40
    talk.says("bob 2", hi("ann", 40))
    talk.forget()
    talk.waits(2)
    talk.hears("bob 2", acked("bob", 41))


def test_a_frame_whose_question_was_open_does_not_count_and_is_not_answered() -> None:
    talk = talk_of("ann")
    talk.holds_questions = True
    talk.says("ann", hi("room"))
    talk.says("ann", m.ListRooms())
    talk.forget()
    body = talk.resumes("ann 2", "ann")
    assert (body.resumed, body.received) == (True, 1)
    talk.answers("ann", [])
    talk.hears_nothing("ann", "ann 2")
    talk.says("ann 2", m.ListRooms(id="7"))
    talk.answers("ann 2", [])
    talk.hears("ann 2", m.Rooms(id_of("ann"), (), GROUND_CONTROL, reply_to="7"))


def test_joined_comes_first_whatever_is_said_ahead_of_it() -> None:
    """livekit/livekit pull request 4827: messages sent ahead of the answer were lost.

    The driver holds frames back while a question is open, so they follow its answer.
    """
    talk = talk_of("ann", "bob")
    talk.drops("bob")
    talk.says("ann", hi("bob", 1))
    body = talk.resumes("bob 2", "bob")
    talk.says("bob 2", hi("ann", 2))
    assert body.received == 0
    talk.hears("bob 2", hi("bob", 1, by="ann"))
    talk.hears("ann", hi("ann", 2, by="bob"))
    talk.waits(2)
    talk.hears("bob 2", acked("bob", 1))


@pytest.mark.parametrize("received", [0, 5, 2**70])
def test_a_number_that_cannot_be_is_refused_and_harms_nothing(received: int) -> None:
    talk = talk_of("ann", "bob", "eve")
    talk.says("ann", hi("bob"))
    right = talk.received("bob")
    assert right == 2
    talk.connects("bob 2", None, SESSION)
    talk.says("bob 2", resume(talk.token("bob"), received))
    why = MalformedMessage(f"{received} frames can't have been received")
    talk.hears("bob 2", refusal("bob 2", why))
    talk.is_open("bob")
    talk.says("bob 2", resume(talk.token("bob"), right))
    assert talk.is_in("bob 2").resumed
    talk.is_closed("bob", 4505)


def test_the_username_that_comes_with_a_resume_changes_nothing() -> None:
    talk = Talk()
    talk.joins("ann", "lobby", username="Ann")
    talk.drops("ann")
    talk.connects("ann 2", None, SESSION)
    again = m.ResumeBody(talk.token("ann"), 0)
    talk.says("ann 2", join("lobby", username="Anna", resume=again))
    assert talk.is_in("ann 2").resumed
    talk.says("ann 2", m.GetRoomInfo())
    talk.hears("ann 2", roster("ann", "lobby", "ann", ann="Ann"))


# Other clients and other rooms --------------------------------------------------------------


def test_a_session_leads_to_its_own_room_and_to_no_other() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.gather("attic", "bob", profile=SESSION)
    talk.drops("bob")
    body = talk.resumes("bob 2", "bob", room_id="lobby")
    assert (body.room_id, body.resumed) == ("attic", True)
    talk.says("bob 2", hi("room"))
    talk.hears("bob 2", hi("room", by="bob"))
    talk.hears_nothing("ann")


def test_who_comes_back_to_another_room_than_that_of_its_address_is_refused() -> None:
    talk = talk_of("ann")
    talk.drops("ann")
    talk.connects("ann 2", "attic", SESSION)
    talk.says("ann 2", resume(talk.token("ann"), talk.received("ann"), "lobby"))
    why = MalformedMessage("$.data.room_id is not the room that the URL names")
    talk.hears("ann 2", refusal("ann 2", why))
    assert talk.resumes("ann 3", "ann").resumed


def test_who_does_not_know_the_secret_takes_nothing_over() -> None:
    talk = talk_of("ann", "bob")
    whole = talk.token("bob")
    for number, guess in enumerate(("", whole[:-3], id_of("bob"), whole.upper(), f" {whole}")):
        eve = f"eve {number}"
        talk.connects(eve, None, SESSION)
        talk.says(eve, resume(guess, 0))
        body = talk.is_in(eve)
        assert (body.id, body.reason) == (id_of(eve), "unknown")
    talk.is_open("ann", "bob")


def test_an_unknown_session_has_to_show_what_a_newcomer_shows() -> None:
    lobby = RoomRecord(RoomId("lobby"), "Lobby", START, password_hash="tin can")
    talk = Talk(lobby)
    talk.joins("ann", "lobby", password="tin can")
    talk.connects("bob", None, SESSION)
    talk.says("bob", resume("nobody's", 0))
    talk.hears("bob", refusal("bob", PasswordRequired()))
    forgotten = m.ResumeBody("nobody's", 0)
    talk.says("bob", join("lobby", password="tin can", username="Bob", resume=forgotten))
    body = talk.is_in("bob")
    assert (body.resumed, body.reason, body.received) == (False, "unknown", None)
    assert body.clients == (seen("ann"), seen("bob", "Bob"))


def test_a_store_that_cannot_find_a_session_may_be_asked_again() -> None:
    talk = talk_of("ann")
    talk.holds_questions = True
    talk.connects("bob", None, SESSION)
    talk.says("bob", resume("somebody's", 3))
    talk.asks("bob", FindSession(SessionDigest(digest("somebody's"))))
    talk.answers("bob", Failed("no connection"))
    talk.hears("bob", refusal("bob", Unavailable(retry_after=5.0)))
    talk.hears_nothing("ann")
    talk.says("bob", resume("somebody's", 3))
    talk.answers("bob")
    assert talk.is_in("bob").reason == "unknown"
    talk.hears("ann", came("bob"))
