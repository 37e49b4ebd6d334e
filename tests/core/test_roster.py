"""Conversations about the roster: which members are told of a change, when, and how often."""

from camus_core.wire import messages as m
from camus_core.wire.errors import MalformedMessage
from camus_core.wire.messages import Json

from .phrases import greeting, id_of, refusal, roster
from .talk import Talk


def room_infos(talk: Talk, name: str) -> list[m.Message]:
    return [heard for heard in talk.has_heard(name) if isinstance(heard, m.RoomInfo)]


def test_who_is_in_the_room_hears_of_a_newcomer_at_once() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.connects("bob", "lobby")
    talk.hears("ann", roster("room", "lobby", "ann", "bob"))
    talk.hears("bob", greeting("bob"))
    talk.hears_nothing("ann", "bob")


def test_a_newcomer_is_not_told_of_its_own_joining() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.connects("bob", "lobby")
    talk.hears("bob", greeting("bob"))
    talk.says("bob", m.Ping("ground control", Json(b"1")))
    talk.hears("bob", m.Pong(id_of("bob"), Json(b"1"), "ground control"))
    talk.waits(1)
    talk.hears_nothing("bob")


def test_a_newcomer_whose_joining_waits_to_be_told_is_not_told_of_it_either() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.says("ann", m.Profile("ground control", m.ProfileBody("Ann")))
    talk.forget()
    talk.connects("bob", "lobby")
    talk.says("bob", m.Greeting("ground control", Json(b'"Hi"')))
    talk.hears("bob", greeting("bob"))
    talk.hears_nothing("ann")
    talk.waits(0.25)
    talk.hears("ann", roster("room", "lobby", "ann", "bob", ann="Ann"))
    talk.hears_nothing("ann", "bob")


def test_of_two_newcomers_together_each_is_told_of_the_other() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    for name in ("bob", "eve", "joe"):
        talk.connects(name, "lobby")
        talk.says(name, m.Greeting("ground control", Json(b'"Hi"')))
    talk.waits(0.25)
    everyone = roster("room", "lobby", "ann", "bob", "eve", "joe")
    talk.hears("eve", greeting("eve"), everyone)
    talk.hears("joe", greeting("joe"), everyone)
    talk.hears_nothing("eve", "joe")


def test_the_roster_is_told_to_who_asks_in_order_of_joining() -> None:
    talk = Talk()
    talk.gather("lobby", "eve", "ann", "bob")
    talk.says("bob", m.GetRoomInfo())
    talk.hears("bob", roster("bob", "lobby", "eve", "ann", "bob"))
    talk.hears_nothing("ann", "bob", "eve")


def test_after_quiet_the_first_change_is_told_at_once_and_later_ones_together() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.connects("bob", "lobby")
    talk.hears("ann", roster("room", "lobby", "ann", "bob"))
    talk.waits(0.0625)
    talk.connects("eve", "lobby")
    talk.waits(0.0625)
    talk.connects("joe", "lobby")
    talk.waits(0.0625)
    talk.hears_nothing("ann")
    talk.waits(0.0625)
    talk.hears("ann", roster("room", "lobby", "ann", "bob", "eve", "joe"))
    talk.waits(10)
    talk.hears_nothing("ann")


def test_asking_does_not_wait_for_the_next_push() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.connects("bob", "lobby")
    talk.connects("eve", "lobby")
    talk.forget()
    talk.says("ann", m.GetRoomInfo())
    talk.hears("ann", roster("ann", "lobby", "ann", "bob", "eve"))


def test_a_bye_does_not_wait_for_the_next_push() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.connects("bob", "lobby")
    talk.hears("ann", roster("room", "lobby", "ann", "bob"))
    talk.drops("bob")
    talk.hears("ann", m.Bye("room", talk.milliseconds(), id_of("bob")))
    talk.hears_nothing("ann")
    talk.waits(0.25)
    talk.hears("ann", roster("room", "lobby", "ann"))


def test_a_roster_withheld_from_a_silent_member_follows_its_first_answer() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.waits(1)
    talk.connects("bob", "lobby")
    talk.waits(1)
    talk.hears("ann", greeting("ann"))
    talk.hears_nothing("ann")
    talk.says("ann", m.Ping("ground control", Json(b"1")))
    talk.hears("ann", m.Pong(id_of("ann"), Json(b"1"), "ground control"))
    talk.hears("ann", roster("ann", "lobby", "ann", "bob"))
    talk.hears_nothing("ann")
    talk.connects("eve", "lobby")
    talk.hears("ann", roster("room", "lobby", "ann", "bob", "eve"))


def test_it_follows_a_refusal_too() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.waits(1)
    talk.forget()
    talk.says("ann", MalformedMessage("not JSON"))
    talk.hears("ann", refusal("ann", MalformedMessage("not JSON")))
    talk.hears("ann", roster("ann", "lobby", "ann", "bob"))


def test_who_asks_with_its_first_frame_hears_the_roster_once() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.waits(1)
    talk.forget()
    talk.says("ann", m.GetRoomInfo())
    talk.hears("ann", roster("ann", "lobby", "ann", "bob"))
    talk.waits(1)
    talk.hears_nothing("ann")


def test_who_takes_a_name_with_its_first_frame_hears_the_roster_once() -> None:
    talk = Talk()
    talk.connects("ann", "lobby")
    talk.connects("bob", "lobby")
    talk.waits(1)
    talk.forget()
    talk.says("ann", m.Profile("ground control", m.ProfileBody("Ann")))
    talk.hears("ann", roster("ann", "lobby", "ann", "bob", ann="Ann"))
    talk.waits(1)
    talk.hears_nothing("ann")


def test_two_hundred_who_join_in_one_second_cost_each_at_most_six_pushes() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    newcomers = [f"guest {number}" for number in range(200)]
    for name in newcomers:
        talk.connects(name, "lobby")
        talk.says(name, m.Greeting("ground control", Json(b'"Hi"')))
        talk.waits(1 / 200)
    talk.waits(1)
    pushed = room_infos(talk, "ann")
    assert pushed[-1] == roster("room", "lobby", "ann", *newcomers)
    assert len(pushed) <= 6
    assert max(len(room_infos(talk, name)) for name in newcomers) <= 6


def test_a_change_in_one_room_is_not_told_in_another() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.gather("attic", "eve")
    talk.connects("bob", "lobby")
    talk.waits(1)
    talk.hears("ann", roster("room", "lobby", "ann", "bob"))
    talk.hears_nothing("eve")
