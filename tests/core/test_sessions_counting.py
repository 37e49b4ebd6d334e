"""Conversations about counting: both ends confirm frames, and answers carry ids."""

import pytest

from camus_core.limits import Limits
from camus_core.questions import Failed
from camus_core.wire import messages as m
from camus_core.wire.errors import MalformedMessage, UnknownReceiver
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import SESSION

from .phrases import (
    ack,
    acked,
    done,
    hi,
    id_of,
    refusal,
    rename,
    renamed,
)
from .talk import Talk

# The server confirms -------------------------------------------------------------------


def test_a_frame_is_confirmed_after_two_seconds_and_only_once() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", hi("room"))
    talk.hears("ann", hi("room", by="ann"))
    talk.waits(1.5)
    talk.says("ann", hi("room"))
    talk.hears("ann", hi("room", by="ann"))
    talk.hears_nothing("ann")
    talk.waits(0.5)
    talk.hears("ann", acked("ann", 2))
    talk.lives(60)
    talk.hears_nothing("ann")
    talk.says("ann", hi("room"))
    talk.lives(2)
    talk.hears("ann", hi("room", by="ann"), acked("ann", 3))


def test_32_frames_are_confirmed_at_once() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    for _ in range(31):
        talk.says("ann", m.GetIceServers())
    talk.forget()
    talk.says("ann", m.GetIceServers())
    talk.hears("ann", m.IceServers(id_of("ann"), (), GROUND_CONTROL), acked("ann", 32))
    talk.waits(10)
    talk.hears_nothing("ann")


def test_64_kib_are_confirmed_at_once() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", m.GetIceServers(), size=64 * 1024 - 2)
    talk.forget()
    talk.says("ann", m.Pong(GROUND_CONTROL), size=64 * 1024)
    talk.says("ann", m.Greeting(GROUND_CONTROL, Json(b'"Hi"')), size=1)
    talk.hears_nothing("ann")
    talk.says("ann", m.Greeting(GROUND_CONTROL, Json(b'"Hi"')), size=1)
    talk.hears("ann", acked("ann", 3))


def test_pings_pongs_and_acks_are_not_counted() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    for _ in range(50):
        talk.says("ann", m.Ping(GROUND_CONTROL))
        talk.says("ann", m.Ping(id_of("bob")))
        talk.says("bob", m.Pong(id_of("ann")))
        talk.confirms("ann")
    talk.waits(5)
    heard = talk.has_heard("ann") + talk.has_heard("bob")
    assert {type(one) for one in heard} == {m.Ping, m.Pong}
    assert talk.router.census().unconfirmed_bytes == 0


def test_a_refused_frame_counts() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", MalformedMessage("not JSON"))
    talk.says("ann", hi("nobody"))
    talk.forget()
    talk.waits(2)
    talk.hears("ann", acked("ann", 2))


def test_the_frame_with_which_a_client_is_refused_too_often_counts() -> None:
    talk = Talk(limits=Limits(refusals_in_a_row=3))
    talk.gather("lobby", "ann", profile=SESSION)
    for _ in range(3):
        talk.says("ann", MalformedMessage("not JSON"))
    talk.is_closed("ann", 4002)
    body = talk.resumes("ann 2", "ann")
    assert (body.resumed, body.received) == (True, 3)
    talk.hears_nothing("ann 2")


def test_who_is_away_when_it_was_to_be_confirmed_is_told_in_joined() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", m.GetIceServers())
    talk.drops("ann")
    talk.waits(5)
    assert talk.resumes("ann 2", "ann").received == 1
    talk.waits(5)
    talk.hears_nothing("ann 2")
    talk.says("ann 2", m.GetIceServers())
    talk.forget()
    talk.waits(2)
    talk.hears("ann 2", acked("ann", 2))


def test_a_frame_counts_once_it_is_decided() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.holds_questions = True
    talk.says("ann", m.ListRooms())
    talk.waits(5)
    talk.hears_nothing("ann")
    talk.answers("ann", [])
    talk.waits(2)
    talk.hears("ann", m.Rooms(id_of("ann"), (), GROUND_CONTROL), acked("ann", 1))
    talk.says("ann", m.ListRooms())
    talk.answers("ann", Failed("away"))
    talk.forget()
    talk.waits(2)
    talk.hears("ann", acked("ann", 2))


# The client confirms -------------------------------------------------------------------


def test_what_is_confirmed_is_no_longer_kept() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    for number in range(4):
        talk.says("ann", hi("bob", number))
    of_four = talk.router.census().unconfirmed_bytes
    talk.says("bob", ack(talk.received("bob") - 1))
    assert 0 < talk.router.census().unconfirmed_bytes < of_four / 2
    talk.confirms("bob")
    talk.confirms("bob")
    assert talk.router.census().unconfirmed_bytes == 0
    talk.hears_nothing("ann")


@pytest.mark.parametrize("beside", [-3, 1, 2**70])
def test_a_confirmation_that_cannot_be_is_refused_and_changes_nothing(beside: int) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    for number in range(3):
        talk.says("ann", hi("bob", number))
        if number == 0:
            talk.confirms("bob")
    kept = talk.router.census().unconfirmed_bytes
    number = talk.received("bob") + beside
    talk.forget()
    talk.says("bob", ack(number))
    why = MalformedMessage(f"{number} frames can't have been received")
    talk.hears("bob", refusal("bob", why))
    assert talk.router.census().unconfirmed_bytes > kept
    talk.confirms("bob")
    assert talk.router.census().unconfirmed_bytes == 0


# Ids -----------------------------------------------------------------------------------


def test_answers_carry_the_id_of_what_they_answer() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.says("ann", m.GetIceServers(id="a"))
    talk.hears("ann", m.IceServers(id_of("ann"), (), GROUND_CONTROL, reply_to="a"))
    talk.says("ann", rename("Ann", id="b"))
    talk.hears("ann", renamed("ann", "Ann"), done("ann", reply_to="b"))
    talk.says("ann", m.ListRooms(id="c"))
    talk.hears("ann", m.Rooms(id_of("ann"), (), GROUND_CONTROL, reply_to="c"))
    talk.says("ann", hi("nobody", id="d"))
    talk.hears("ann", refusal("ann", UnknownReceiver(), reply_to="d"))
    nonsense = MalformedMessage("not JSON")
    nonsense.reply_to = "e"
    talk.says("ann", nonsense)
    talk.hears("ann", refusal("ann", nonsense, reply_to="e"))


def test_a_relayed_message_carries_its_id_on() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    text = Json(b'"Hi"')
    for kind in (m.Greeting, m.Ping, m.Pong, m.Offer, m.Answer, m.IceCandidate, m.Bye):
        talk.says("ann", kind(id_of("bob"), text, id="7", reply_to="6"))
        talk.hears("bob", kind(id_of("bob"), text, id_of("ann"), id="7"))
    talk.says("ann", m.Extension("x-any", id_of("bob"), text, id="8"))
    talk.hears("bob", m.Extension("x-any", id_of("bob"), text, id_of("ann"), id="8"))
    talk.says("ann", m.Text(id_of("bob"), {"text": text}, id="9"))
    (heard,) = talk.has_heard("bob")
    assert heard.id == "9"
