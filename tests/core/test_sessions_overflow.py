"""Conversations about too many unconfirmed frames, of clients that are away or slow."""

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_codec import weight
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION

from .phrases import (
    acked,
    hi,
    id_of,
    rename,
    renamed,
    seen,
    undeliverable,
)
from .talk import Talk

LONG = "x" * 500
OF_A_LONG_ONE = weight(hi("bob", LONG, by="ann", id="7"))

THREE_FRAMES = Limits(unconfirmed_frames=3)
TWO_LONG_ONES = Limits(away_bytes=OF_A_LONG_ONE * 2)


def talk_of(limits: Limits, *names: str) -> Talk:
    talk = Talk(limits=limits)
    talk.gather("lobby", *names, profile=SESSION)
    return talk


# While away ----------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [Limits(unconfirmed_frames=2), TWO_LONG_ONES])
def test_what_does_not_fit_is_refused_to_its_sender_and_the_rest_arrives(
    limits: Limits,
) -> None:
    talk = talk_of(limits, "ann", "bob")
    talk.drops("bob")
    for number in ("7", "8", "9"):
        talk.says("ann", hi("bob", LONG, id=number))
    talk.hears("ann", undeliverable("ann", "bob", "full", reply_to="9"))
    assert talk.resumes("bob 2", "bob").resumed
    talk.hears("bob 2", hi("bob", LONG, by="ann", id="7"), hi("bob", LONG, by="ann", id="8"))
    talk.lives(40)
    talk.hears_nothing("bob 2")


def test_a_smaller_one_may_fit_after_one_that_did_not() -> None:
    talk = talk_of(Limits(away_bytes=OF_A_LONG_ONE * 2 - 100), "ann", "bob")
    talk.drops("bob")
    for number, text in enumerate((LONG, LONG, "Hi")):
        talk.says("ann", hi("bob", text, id=str(number)))
    talk.hears("ann", undeliverable("ann", "bob", "full", reply_to="1"))
    talk.hears_nothing("ann")
    assert talk.resumes("bob 2", "bob").resumed
    talk.hears("bob 2", hi("bob", LONG, by="ann", id="0"), hi("bob", by="ann", id="2"))


def test_what_was_kept_before_the_drop_may_stay() -> None:
    talk = talk_of(TWO_LONG_ONES, "ann", "bob")
    received = talk.received("bob")
    for number in range(5):
        talk.says("ann", hi("bob", LONG, id=str(number)))
    talk.forget()
    talk.drops("bob")
    talk.says("ann", hi("bob", id="7"))
    talk.hears("ann", undeliverable("ann", "bob", "full", reply_to="7"))
    assert talk.resumes("bob 2", "bob", received).resumed
    talk.hears("bob 2", *(hi("bob", LONG, by="ann", id=str(number)) for number in range(5)))


def test_a_sender_of_the_core_profile_is_told_by_an_error() -> None:
    talk = Talk(limits=Limits(unconfirmed_frames=1))
    talk.gather("lobby", "joe")
    talk.gather("lobby", "bob", profile=SESSION)
    talk.drops("bob")
    talk.forget()
    talk.says("joe", hi("bob", 1))
    talk.says("joe", hi("bob", 2))
    (error,) = talk.has_heard("joe")
    assert isinstance(error, m.Error)
    assert (error.receiver, error.data.code) == (id_of("joe"), "undeliverable")
    assert (error.data.receiver, error.data.reason) == (id_of("bob"), "full")


def test_a_message_to_the_room_reaches_those_who_have_room_for_it() -> None:
    talk = talk_of(Limits(unconfirmed_frames=1), "ann", "bob")
    talk.drops("bob")
    for number in ("7", "8"):
        talk.says("ann", hi("room", id=number))
        talk.hears("ann", hi("room", by="ann", id=number))
        if number == "7":
            talk.confirms("ann")
    talk.is_closed("ann", 4000)
    assert not talk.resumes("ann 2", "ann").resumed
    talk.hears("ann 2", undeliverable("ann", "bob", "full", reply_to="8"))


def test_a_frame_of_the_server_that_does_not_fit_breaks_the_session_and_not_the_place() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    talk.gather("lobby", "joe")
    for name in ("ann", "bob"):
        talk.confirms(name)
    talk.drops("bob")
    talk.says("ann", hi("bob", 1, id="1"))
    talk.says("joe", rename("Joe"))
    talk.says("ann", hi("bob", 2, id="2"))
    talk.forget()
    talk.confirms("ann")
    talk.says("joe", rename("Joseph"))
    talk.hears(
        "ann",
        renamed("joe", "Joseph"),
        undeliverable("ann", "bob", "full", reply_to="1"),
        undeliverable("ann", "bob", "full", reply_to="2"),
    )
    talk.confirms("ann")
    assert talk.router.census().unconfirmed_bytes == 0
    talk.says("joe", rename("Jo"))
    talk.says("ann", hi("bob", 3))
    talk.confirms("ann")
    assert talk.router.census().unconfirmed_bytes == weight(hi("bob", 3, by="ann"))
    body = talk.resumes("bob 2", "bob")
    assert (body.id, body.resumed, body.reason) == (id_of("bob"), False, "overflow")
    assert body.clients == (seen("ann"), seen("bob"), seen("joe", "Jo"))
    talk.hears("bob 2", hi("bob", 3, by="ann"))
    talk.hears_nothing("bob 2")


def test_after_an_overflow_counting_begins_anew_and_all_is_as_before() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    talk.says("bob", hi("ann"))
    talk.drops("bob")
    for number in range(4):
        talk.says("ann", rename(f"Ann {number}"))
        talk.confirms("ann")
    body = talk.resumes("bob 2", "bob")
    assert (body.reason, body.received) == ("overflow", 1)
    for number in range(2):
        talk.says("ann", hi("bob", number))
    talk.says("bob 2", hi("ann"))
    talk.waits(2)
    talk.hears("bob 2", hi("bob", 0, by="ann"), hi("bob", 1, by="ann"), acked("bob", 1))
    talk.drops("bob 2")
    body = talk.resumes("bob 3", "bob 2", received=1)
    assert (body.resumed, body.received) == (True, 1)
    talk.hears("bob 3", hi("bob", 1, by="ann"))


# While connected -----------------------------------------------------------------------


def test_who_confirms_nothing_is_a_slow_consumer_and_its_place_is_held() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    received = talk.received("bob")
    for number in range(5):
        talk.is_open("bob") if number < 4 else talk.is_closed("bob", 4000)
        talk.says("ann", hi("bob", number, id=str(number)))
    talk.hears("bob", *(hi("bob", one, by="ann", id=str(one)) for one in range(3)))
    talk.hears("ann", undeliverable("ann", "bob", "full", reply_to="3"))
    talk.hears("ann", undeliverable("ann", "bob", "full", reply_to="4"))
    talk.hears_nothing("ann", "bob")
    assert talk.resumes("bob 2", "bob", received + 1).resumed
    talk.hears("bob 2", *(hi("bob", one, by="ann", id=str(one)) for one in (1, 2)))


def test_so_it_is_by_bytes() -> None:
    talk = talk_of(Limits(unconfirmed_bytes=OF_A_LONG_ONE * 2), "ann", "bob")
    for number in range(3):
        talk.says("ann", hi("bob", LONG, id=str(number)))
    talk.is_closed("bob", 4000)
    talk.hears("ann", undeliverable("ann", "bob", "full", reply_to="2"))


def test_who_confirms_in_time_hears_without_end() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    for number in range(500):
        talk.says("ann", hi("bob", number))
        talk.waits(0.125)
        if number % 3 == 2:
            talk.confirms("bob")
    talk.is_open("ann", "bob")
    assert talk.has_heard("bob") == [hi("bob", one, by="ann") for one in range(500)]


def test_a_ping_reaches_even_who_has_let_too_much_wait() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    for number in range(3):
        talk.says("ann", hi("bob", number))
    talk.forget()
    talk.says("ann", m.Ping(id_of("bob"), id="7"))
    talk.says("bob", m.Ping(GROUND_CONTROL))
    talk.hears("bob", m.Ping(id_of("bob"), m.NULL, id_of("ann"), id="7"))
    talk.hears("bob", m.Pong(id_of("bob"), m.NULL, GROUND_CONTROL))
    talk.is_open("bob")


def test_ones_own_echo_may_be_what_is_too_much() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    for number in range(4):
        talk.says("ann", hi("room", number, id=str(number)))
        talk.confirms("bob")
    talk.hears("bob", *(hi("room", one, by="ann", id=str(one)) for one in range(4)))
    talk.hears("ann", *(hi("room", one, by="ann", id=str(one)) for one in range(3)))
    talk.is_closed("ann", 4000)
    body = talk.resumes("ann 2", "ann")
    assert (body.reason, body.received) == ("overflow", 4)
    told = [undeliverable("ann", "ann", "full", reply_to=str(one)) for one in range(4)]
    heard = talk.has_heard("ann 2")
    assert sorted(heard, key=lambda one: str(one.reply_to)) == told
    talk.hears_nothing("bob")
