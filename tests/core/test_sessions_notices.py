"""Conversations about notices to senders when the server stops and has restarted."""

import pytest

from camus_core.wire import messages as m
from camus_core.wire.profile import SESSION

from .phrases import acked, came, hi, undeliverable
from .talk import Talk

EXPIRED = undeliverable("ann", "bob", "expired", reply_to="7")


def stopped_with_unconfirmed() -> Talk:
    """Return a conversation whose server has stopped with a message of ann's to bob
    unconfirmed, so that she was told `going-away`, then `undeliverable`.
    """
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.says("ann", hi("bob", id="7"))
    talk.stops()
    return talk


def test_a_stop_tells_the_sender_of_each_message_that_is_not_confirmed() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "eve", profile=SESSION)
    talk.gather("lobby", "joe")
    for name in ("ann", "bob", "eve"):
        talk.confirms(name)
    talk.says("ann", hi("bob", 1, id="6"))
    talk.confirms("bob")
    talk.drops("eve")
    talk.says("ann", hi("eve", 2, id="7"))
    talk.says("joe", hi("bob", 3))
    talk.says("ann", m.Bye("room"))
    talk.forget()
    talk.stops()
    going, *told = talk.has_heard("ann")
    assert isinstance(going, m.GoingAway)
    assert told == [undeliverable("ann", "eve", "expired", reply_to="7")]
    (error,) = talk.has_heard("joe")
    assert isinstance(error, m.Error)
    assert (error.data.code, error.data.reason) == ("undeliverable", "expired")


@pytest.mark.parametrize(("missed", "told"), [(0, []), (1, [EXPIRED]), (2, [EXPIRED])])
def test_what_was_not_received_of_it_is_told_after_the_restart(
    missed: int, told: list[m.Message]
) -> None:
    talk = stopped_with_unconfirmed()
    talk.starts_again()
    body = talk.resumes("ann 2", "ann", talk.received("ann") - missed)
    assert (body.reason, body.received) == ("restarted", 1)
    talk.hears("ann 2", *told)
    talk.hears_nothing("ann 2")


def test_who_has_lost_its_state_has_lost_its_messages_too() -> None:
    talk = stopped_with_unconfirmed()
    talk.starts_again()
    talk.rejoins("ann 2", "ann")
    talk.hears_nothing("ann 2")


def test_a_notice_is_kept_until_it_is_confirmed() -> None:
    talk = stopped_with_unconfirmed()
    talk.starts_again()
    received = talk.received("ann") - 1
    for again in ("ann 2", "ann 3"):
        assert talk.resumes(again, "ann", received).reason == "restarted"
        talk.hears(again, EXPIRED)
    assert talk.resumes("ann 4", "ann 3", 0).resumed
    talk.hears("ann 4", EXPIRED)
    talk.confirms("ann 4")
    assert talk.resumes("ann 5", "ann 4").resumed
    talk.hears_nothing("ann 5")


def test_a_notice_outlives_two_restarts() -> None:
    talk = stopped_with_unconfirmed()
    received = talk.received("ann") - 1
    talk.starts_again("second node")
    talk.stops()
    talk.starts_again("third node")
    body = talk.resumes("ann 2", "ann", received)
    assert (body.reason, body.received) == ("restarted", 1)
    talk.hears("ann 2", EXPIRED)


def test_a_notice_whose_joined_was_lost_outlives_the_next_restart() -> None:
    talk = stopped_with_unconfirmed()
    received = talk.received("ann") - 1
    talk.starts_again("second node")
    talk.resumes("ann 2", "ann", received)
    talk.drops("ann 2")
    talk.stops()
    talk.starts_again("third node")
    assert talk.resumes("ann 3", "ann", received).reason == "restarted"
    talk.hears("ann 3", EXPIRED)


def test_a_notice_that_was_received_from_the_second_node_is_not_told_by_the_third() -> None:
    talk = stopped_with_unconfirmed()
    talk.starts_again("second node")
    talk.resumes("ann 2", "ann", talk.received("ann") - 1)
    talk.hears("ann 2", EXPIRED)
    assert talk.received("ann 2") == 1
    talk.stops()
    talk.starts_again("third node")
    talk.forget()
    assert talk.resumes("ann 3", "ann 2").reason == "restarted"
    talk.hears_nothing("ann 3")


def test_the_frames_of_the_second_node_are_counted_for_the_third() -> None:
    talk = stopped_with_unconfirmed()
    talk.starts_again("second node")
    talk.resumes("ann 2", "ann")
    talk.resumes("bob 2", "bob")
    for number in range(3):
        talk.says("ann 2", hi("bob", number, id=str(number)))
    talk.waits(2)
    talk.hears("ann 2", acked("ann", 3))
    received = talk.received("ann 2")
    talk.stops()
    talk.starts_again("third node")
    talk.forget()
    body = talk.resumes("ann 3", "ann 2", received)
    assert (body.reason, body.received) == ("restarted", 3)
    told = [undeliverable("ann", "bob", "expired", reply_to=str(one)) for one in range(3)]
    talk.hears("ann 3", *told)


def test_after_a_kill_nobody_knows_what_was_handled() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.says("ann", hi("bob", id="7"))
    talk.starts_again()
    body = talk.resumes("ann 2", "ann")
    assert (body.reason, body.received) == ("restarted", None)
    talk.hears_nothing("ann 2")
    talk.joins("joe", "lobby")
    talk.hears("ann 2", came("joe"))
