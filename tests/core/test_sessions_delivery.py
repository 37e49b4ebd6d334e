"""Conversations about delivery: messages kept for disconnected members, and lost ones."""

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import SESSION

from .phrases import (
    acked,
    bye,
    came,
    done,
    hi,
    id_of,
    left,
    recipient,
    rename,
    renamed,
    undeliverable,
)
from .talk import Talk


def error_for_core(to: str, receiver: str, reason: str) -> m.Error:
    """Return the error that a core-profile sender receives instead of `undeliverable`."""
    body = m.ErrorBody(
        "undeliverable",
        "a message that the server accepted may not have arrived",
        receiver=id_of(receiver),
        reason=reason,
    )
    return m.Error(id_of(to), body, GROUND_CONTROL)


def test_what_is_said_to_who_is_away_arrives_in_order_when_it_is_back() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.says("ann", hi("bob", 1))
    talk.says("ann", hi("room", 2))
    talk.says("ann", rename("Ann"))
    talk.hears("ann", hi("room", 2, by="ann"), renamed("ann", "Ann"), done("ann"))
    talk.hears_nothing("ann", "bob")
    assert talk.resumes("bob 2", "bob").resumed
    talk.hears("bob 2", hi("bob", 1, by="ann"), hi("room", 2, by="ann"), renamed("ann", "Ann"))
    talk.hears_nothing("ann", "bob", "bob 2")


def test_pings_to_who_is_away_are_not_kept() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.drops("bob")
    talk.says("ann", m.Ping(id_of("bob")))
    talk.says("ann", m.Pong(id_of("bob")))
    talk.resumes("bob 2", "bob")
    talk.hears_nothing("ann", "bob 2")


def test_when_a_place_ends_the_senders_of_what_waited_there_are_told() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "eve", profile=SESSION)
    talk.gather("lobby", "joe")
    talk.drops("bob")
    talk.says("ann", hi("bob", 1, id="7"))
    talk.says("joe", hi("bob", 2))
    talk.says("ann", m.Bye(id_of("bob")))
    talk.says("eve", bye())
    talk.forget()
    talk.lives(30)
    gone = undeliverable("ann", "bob", "gone", reply_to="7")
    talk.hears("ann", acked("ann", 2), left("bob", "gone"), gone)
    talk.hears("joe", m.Bye("room", talk.milliseconds(), id_of("bob")))
    talk.hears("joe", error_for_core("joe", "bob", "gone"))


def test_of_a_message_to_the_room_the_sender_is_told_for_each_who_missed_it() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "eve", profile=SESSION)
    for name in ("bob", "eve"):
        talk.drops(name)
    talk.says("ann", hi("room", id="7"))
    talk.lives(30)
    talk.hears(
        "ann",
        hi("room", by="ann", id="7"),
        acked("ann", 1),
        left("bob", "gone"),
        undeliverable("ann", "bob", "gone", reply_to="7"),
        left("eve", "gone"),
        undeliverable("ann", "eve", "gone", reply_to="7"),
    )


def test_a_bye_confirms_everything() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=SESSION)
    talk.says("ann", hi("bob", id="7"))
    talk.says("bob", bye())
    talk.hears("ann", left("bob", "left"))
    talk.lives(40)
    talk.hears("ann", acked("ann", 1))
    talk.hears_nothing("ann")


def test_nobody_is_told_of_what_one_who_has_left_had_said() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "eve", profile=SESSION)
    talk.drops("bob")
    talk.says("ann", hi("bob", id="7"))
    talk.says("ann", bye())
    talk.forget()
    talk.lives(30)
    talk.hears("eve", left("bob", "gone"))
    talk.hears_nothing("ann", "bob", "eve")


def test_to_a_core_profile_receiver_a_message_is_delivered_when_it_is_written() -> None:
    talk = Talk(limits=Limits(unconfirmed_frames=1))
    talk.gather("lobby", "ann", profile=SESSION)
    talk.gather("lobby", "joe")
    talk.confirms("ann")
    for number in range(5):
        talk.says("ann", hi("joe", number))
    talk.hears("joe", *(hi("joe", number, by="ann") for number in range(5)))
    talk.drops("joe")
    talk.hears("ann", left("joe", "gone"))
    talk.hears_nothing("ann")


def test_receivers_have_the_same_names_in_both_profiles() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", profile=SESSION)
    talk.gather("lobby", "joe")
    talk.joins("bob", "lobby")
    talk.forget()
    talk.says("joe", hi("ann"))
    talk.hears("ann", hi("ann", by="joe"))
    talk.says("ann", hi("room"))
    for name in ("ann", "bob", "joe"):
        talk.hears(name, hi("room", by="ann"))
    talk.says("bob", hi("joe"))
    talk.hears("joe", m.Greeting(recipient("joe"), Json(b'"Hi"'), id_of("bob")))
    talk.joins("eve", "lobby")
    talk.hears("ann", came("eve"))
