"""Conversations about sessions that break: during changes, one by another, all together."""

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_codec import weight
from camus_core.wire.profile import SESSION

from .phrases import (
    acked,
    bye,
    hi,
    left,
    rename,
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


# Changes in the room while too many frames are unconfirmed -----------------------------------


def test_one_who_leaves_may_be_what_is_too_much() -> None:
    talk = talk_of(Limits(unconfirmed_frames=1), "ann", "bob", "eve")
    talk.says("ann", hi("bob", id="7"))
    talk.says("eve", bye())
    talk.hears("bob", hi("bob", by="ann", id="7"))
    talk.hears_nothing("bob")
    talk.is_closed("bob", 4000)
    talk.hears("ann", left("eve", "left"))
    talk.is_closed("ann", 4000)  # the notice was one frame too many for ann
    body = talk.resumes("bob 2", "bob")
    assert (body.reason, body.clients) == ("overflow", (seen("ann"), seen("bob")))
    assert talk.resumes("ann 2", "ann").reason == "overflow"
    talk.hears("ann 2", undeliverable("ann", "bob", "full", reply_to="7"))
    talk.hears_nothing("ann 2", "bob 2")


def test_one_who_comes_may_be_what_is_too_much() -> None:
    talk = talk_of(Limits(unconfirmed_frames=1), "ann", "bob")
    talk.says("ann", hi("bob"))
    body = talk.joins("eve", "lobby")
    assert body.clients == (seen("ann"), seen("bob"), seen("eve"))
    talk.is_closed("bob", 4000)
    talk.hears_nothing("eve")
    assert talk.resumes("bob 2", "bob").clients == body.clients


def test_one_who_takes_a_name_may_be_what_is_too_much() -> None:
    talk = talk_of(Limits(unconfirmed_frames=1), "ann", "bob")
    talk.gather("lobby", "joe")
    talk.says("joe", rename("Joe"))
    for name in ("ann", "bob"):
        talk.is_closed(name, 4000)
    talk.waits(1)
    assert talk.resumes("bob 2", "bob").clients == (
        seen("ann"),
        seen("bob"),
        seen("joe", "Joe"),
    )


def test_who_goes_while_it_has_let_too_much_wait_goes() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    for number in range(3):
        talk.says("ann", hi("bob", number))
    talk.says("bob", bye())
    talk.is_closed("bob", 1000)
    talk.hears("ann", left("bob", "left"))
    talk.hears_nothing("ann")


# One overflow leads to the next ----------------------------------------------------------


def test_a_report_may_be_too_much_for_its_hearer_and_everyone_is_told_in_the_end() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob", "eve", "joe")
    for name in ("bob", "ann", "eve"):
        talk.drops(name)
        talk.lives(1)
    talk.resumes("ann 2", "ann")
    for number in range(3):
        talk.says("ann 2", hi("bob", id=f"a{number}"))
    talk.drops("ann 2")
    talk.resumes("eve 2", "eve")
    for number in range(3):
        talk.says("eve 2", hi("ann", id=f"e{number}"))
    talk.drops("eve 2")
    for number in range(2):
        talk.says("joe", hi("eve", id=f"j{number}"))
    talk.lives(27)
    told = [undeliverable("joe", "eve", "full", reply_to=f"j{one}") for one in range(2)]
    talk.hears("joe", acked("joe", 2), left("bob", "gone"), *told)
    assert talk.resumes("eve 3", "eve 2").reason == "overflow"
    told = [undeliverable("eve", "ann", "full", reply_to=f"e{one}") for one in range(3)]
    talk.hears("eve 3", *told)
    assert talk.resumes("ann 3", "ann 2").reason == "overflow"
    told = [undeliverable("ann", "bob", "gone", reply_to=f"a{one}") for one in range(3)]
    talk.hears("ann 3", *told)
    talk.hears_nothing("ann 3", "eve 3", "joe")


MANY = 300
"""Notices, of which one event sends 256."""


def bob_loses_many() -> Talk:
    """Let one frame too many break Bob's session, in which many of Ann's messages wait."""
    talk = Talk(limits=Limits(unconfirmed_frames=MANY, message_burst=2 * MANY))
    talk.gather("lobby", "ann")
    talk.gather("lobby", "bob", "eve", profile=SESSION)
    for number in range(MANY):
        talk.says("ann", hi("bob", number))
    talk.forget()
    talk.says("eve", bye())
    return talk


def reports(talk: Talk) -> int:
    """Return the number of notices that Ann has received."""
    return sum(isinstance(said, m.Error) for said in talk.has_heard("ann"))


def test_others_are_heard_before_many_reports_are_made() -> None:
    talk = bob_loses_many()
    told = reports(talk)
    assert 0 < told < MANY
    talk.says("ann", hi("bob"))  # which is sent to him later
    assert reports(talk) == 0
    talk.waits(0)
    assert told + reports(talk) == MANY


def test_a_stop_makes_all_reports() -> None:
    talk = bob_loses_many()
    talk.stops()
    assert reports(talk) == MANY


def test_who_has_gone_is_told_no_more() -> None:
    talk = bob_loses_many()
    talk.forget()
    talk.says("ann", bye())
    talk.waits(0)
    talk.hears_nothing("ann")
    assert talk.resumes("bob 2", "bob").reason == "overflow"


def test_what_is_told_while_a_session_breaks_is_heard_once() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob")
    talk.drops("bob", 1001)
    for number in range(3):
        talk.says("ann", hi("bob", number, id=str(number)))
    for _ in range(3):
        talk.says("ann", m.GetIceServers())
    talk.forget()
    talk.waits(5)
    talk.is_closed("ann", 4000)
    assert talk.resumes("ann 2", "ann").reason == "overflow"
    told = [undeliverable("ann", "bob", "gone", reply_to=str(one)) for one in range(3)]
    heard = talk.has_heard("ann") + talk.has_heard("ann 2")
    assert [one for one in heard if not isinstance(one, m.Ack)] == told


def test_a_notice_outlives_the_overflow_of_who_has_to_hear_it() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob", "eve")
    received = talk.received("ann")
    talk.drops("bob", 1001)
    talk.says("ann", hi("bob", id="7"))
    talk.lives(5)
    talk.hears("ann", acked("ann", 1), left("bob", "gone"))
    talk.hears("ann", undeliverable("ann", "bob", "gone", reply_to="7"))
    talk.drops("ann")
    for name in ("Eve", "Eva", "Ev"):
        talk.says("eve", rename(name))
        talk.confirms("eve")
    assert talk.resumes("ann 2", "ann", received).reason == "overflow"
    talk.hears("ann 2", undeliverable("ann", "bob", "gone", reply_to="7"))
    talk.hears_nothing("ann 2")


def test_a_notice_that_was_received_before_the_overflow_is_not_heard_again() -> None:
    talk = talk_of(THREE_FRAMES, "ann", "bob", "eve")
    talk.drops("bob", 1001)
    talk.says("ann", hi("bob", id="7"))
    talk.lives(5)
    talk.drops("ann")
    received = talk.received("ann")
    for name in ("Eve", "Eva", "Ev"):
        talk.says("eve", rename(name))
        talk.confirms("eve")
    assert talk.resumes("ann 2", "ann", received).reason == "overflow"
    talk.hears_nothing("ann 2")


# All sessions together -------------------------------------------------------------------


def test_over_what_all_may_keep_the_one_longest_away_breaks() -> None:
    most = Limits(all_unconfirmed_bytes=OF_A_LONG_ONE * 4)
    talk = talk_of(most, "ann", "bob", "eve")
    for name in ("bob", "eve"):
        talk.drops(name)
        talk.lives(1)
    for number in range(2):
        talk.says("ann", hi("eve", LONG, id="7"))
        talk.says("ann", hi("bob", LONG, id=str(number)))
    talk.hears_nothing("ann")
    talk.says("ann", hi("eve", LONG, id="7"))
    told = [undeliverable("ann", "bob", "full", reply_to=str(one)) for one in range(2)]
    talk.hears("ann", *told)
    assert talk.resumes("eve 2", "eve").resumed
    talk.hears("eve 2", *[hi("eve", LONG, by="ann", id="7")] * 3)
    assert talk.resumes("bob 2", "bob").reason == "overflow"
    talk.hears_nothing("bob 2")
    talk.is_open("ann", "bob 2", "eve 2")


def test_where_nobody_is_away_who_keeps_most_is_a_slow_consumer() -> None:
    talk = talk_of(Limits(all_unconfirmed_bytes=OF_A_LONG_ONE * 5), "ann", "eve", "bob", "joe")
    talk.says("bob", hi("eve"))
    for number in range(5):
        talk.says("ann", hi("bob", LONG, id=str(number)))
    talk.is_closed("bob", 4000)
    told = [undeliverable("ann", "bob", "full", reply_to=str(one)) for one in range(5)]
    talk.hears("ann", *told)
    talk.is_open("ann", "eve", "joe")
    assert talk.resumes("bob 2", "bob").reason == "overflow"


def test_what_all_keep_is_what_each_keeps() -> None:
    talk = talk_of(Limits(), "ann", "bob", "eve")
    talk.drops("bob")
    talk.says("ann", hi("bob", LONG, id="7"))
    talk.says("ann", hi("eve"))
    short, long = weight(hi("eve", by="ann")), OF_A_LONG_ONE
    assert talk.router.census().unconfirmed_bytes == short + long
    talk.says("eve", bye())
    kept_by_ann = weight(left("eve", "left"))
    assert talk.router.census().unconfirmed_bytes == long + 2 * kept_by_ann
    talk.resumes("bob 2", "bob", talk.received("bob"))
    talk.confirms("bob 2")
    assert talk.router.census().unconfirmed_bytes == kept_by_ann
