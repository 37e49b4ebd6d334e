"""Conversations about waiting in a locked room: for how long, how many, and the notices."""

from attrs import evolve

from camus_core.census import Census
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import (
    AlreadyJoined,
    MalformedMessage,
    NotJoined,
    RoomLocked,
    TooManyRefusals,
    UnknownReceiver,
)
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, locked_room, moderated_room
from .phrases import (
    acked,
    admit,
    bye,
    deny,
    hi,
    id_of,
    join,
    kick,
    knocked,
    lock,
    refusal,
    rename,
    seen,
    set_role,
    unlock,
    waits_for,
    waits_no_more,
)
from .talk import Talk

LOBBY = RoomId("lobby")
OWNER = seen("ann", role="owner")
NOT_WAITING = UnknownReceiver("no client with this id is in the waiting room")
TOO_MANY_WAIT = RoomLocked("the room is locked, and its waiting room is full")


# Waiting --------------------------------------------------------------------------------


def test_a_newcomer_waits_and_those_who_decide_hear_of_it() -> None:
    talk = locked_room("bob", moderators=["max"])
    talk.gather("attic", "sue", profile=SESSION)
    talk.knocks("eve", "lobby", id="7", username="Eve")
    talk.hears("eve", waits_for("lobby", "eve", reply_to="7"))
    talk.hears("ann", knocked("eve", "Eve"))
    talk.hears("max", knocked("eve", "Eve"))
    talk.hears_nothing("ann", "max", "bob", "eve", "sue")
    assert talk.router.roster(LOBBY) == (OWNER, seen("max", role="moderator"), seen("bob"))
    assert talk.changes == []


def test_where_nobody_could_open_nobody_waits() -> None:
    """A moderator of the core profile can't be asked to admit."""
    talk = moderated_room()
    talk.gather("lobby", "joe")
    talk.says("ann", set_role("joe", "moderator"))
    talk.says("ann", lock())
    talk.says("ann", bye())
    talk.knocks("eve", "lobby", id="7")
    talk.hears("eve", refusal("eve", RoomLocked(), reply_to="7"))
    talk.is_open("eve")


def test_who_could_open_may_be_away_and_opens_when_it_is_back() -> None:
    talk = moderated_room(moderators=["max"])
    talk.says("ann", lock())
    talk.says("ann", bye())
    talk.drops("max")
    talk.knocks("eve", "lobby", id="7")
    talk.hears("eve", waits_for("lobby", "eve", reply_to="7"))
    talk.resumes("max 2", "max")
    talk.says("max 2", admit("eve"))
    assert talk.is_in("eve").locked


def test_who_waits_hears_nothing_of_the_room() -> None:
    talk = locked_room("bob", waiting=("eve",))
    talk.says("bob", hi("room"))
    talk.says("bob", rename("Bob"))
    talk.joins("sue", "lobby", owner_token=OWNER_TOKEN)
    talk.says("ann", kick("bob"))
    talk.waits(5)
    talk.hears_nothing("eve")


def test_nobody_inside_reaches_who_waits() -> None:
    talk = locked_room("bob", waiting=("eve",))
    talk.says("bob", hi("eve", id="7"))
    talk.hears("bob", refusal("bob", UnknownReceiver(), reply_to="7"))
    talk.hears_nothing("eve")


def test_who_waits_says_only_that_it_is_there() -> None:
    talk = locked_room("bob", waiting=("eve",))
    talk.says("eve", m.Ping(GROUND_CONTROL, Json(b"5"), id="1"))
    talk.hears("eve", m.Pong(id_of("eve"), Json(b"5"), GROUND_CONTROL, reply_to="1"))
    talk.says("eve", m.Pong(GROUND_CONTROL, Json(b"5")))
    for said in (
        hi("room", id="2"),
        hi("bob", id="2"),
        m.ListRooms(id="2"),
        m.GetRoomInfo(id="2"),
        m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody("attic"), id="2"),
        admit("eve", id="2"),
        unlock(id="2"),
        rename("Eve", id="2"),
        m.Ack(GROUND_CONTROL, m.AckBody(0), id="2"),
    ):
        talk.says("eve", said)
        talk.hears("eve", refusal("eve", NotJoined(), reply_to="2"))
    talk.says("eve", join("attic", id="3"))
    talk.hears("eve", refusal("eve", AlreadyJoined(), reply_to="3"))
    talk.hears_nothing("ann", "bob", "eve")
    assert set(talk.rooms) == {LOBBY}


def test_who_waits_is_asked_whether_it_lives_and_is_given_up_if_not() -> None:
    talk = locked_room(waiting=("eve",))
    for _ in range(6):
        talk.waits(10)
        talk.shows_life("ann")
    talk.is_closed("eve", 4001)
    assert {type(one) for one in talk.has_heard("eve")} == {m.Ping}
    assert talk.has_heard("ann")[-1] == waits_no_more("eve")


# Giving up ----------------------------------------------------------------------------------


def test_who_drops_or_says_bye_waits_no_more() -> None:
    talk = locked_room("bob", moderators=["max"], waiting=("eve", "joe"))
    talk.drops("eve")
    talk.says("joe", bye())
    talk.is_closed("joe", 1000)
    for name in ("ann", "max"):
        talk.hears(name, waits_no_more("eve"), waits_no_more("joe"))
    talk.hears_nothing("ann", "max", "bob", "eve", "joe")
    talk.says("ann", admit("eve"))
    talk.hears("ann", refusal("ann", NOT_WAITING))


def test_who_drops_while_it_waits_has_nothing_to_resume() -> None:
    talk = locked_room(waiting=("eve",))
    talk.drops("eve")
    talk.hears("ann", waits_no_more("eve"))
    talk.knocks("eve 2", "lobby", id="7")
    talk.hears("eve 2", waits_for("lobby", "eve 2", reply_to="7"))
    talk.hears("ann", knocked("eve 2"))


def test_who_stalls_or_is_refused_too_often_waits_no_more() -> None:
    talk = locked_room(waiting=("eve", "joe"), limits=Limits(refusals_in_a_row=2))
    talk.stalls("eve")
    talk.is_closed("eve", 4000)
    talk.says("joe", MalformedMessage("not JSON"))
    talk.says("joe", MalformedMessage("not JSON"))
    talk.hears(
        "joe",
        refusal("joe", MalformedMessage("not JSON")),
        refusal("joe", TooManyRefusals()),
    )
    talk.is_closed("joe", 4002)
    talk.hears("ann", waits_no_more("eve"), waits_no_more("joe"))


def test_who_has_waited_for_five_minutes_is_sent_away_and_may_try_again() -> None:
    talk = locked_room()
    talk.knocks("eve", "lobby", id="7")
    talk.forget()
    talk.lives(299.5)
    talk.confirms("ann")
    talk.hears_nothing("eve")
    talk.waits(0.5)
    talk.hears("ann", waits_no_more("eve"))
    talk.hears("eve", refusal("eve", RoomLocked(), reply_to="7"))
    talk.is_open("eve")
    talk.says("eve", join("lobby", id="8"))
    talk.hears("eve", waits_for("lobby", "eve", reply_to="8"))
    talk.hears("ann", knocked("eve"))
    talk.lives(299.5)
    talk.hears_nothing("eve")
    talk.waits(0.5)
    talk.hears("eve", refusal("eve", RoomLocked(), reply_to="8"))


def test_five_minutes_count_from_the_last_time_it_knocked() -> None:
    talk = locked_room()
    talk.knocks("eve", "lobby", id="7")
    talk.lives(200)
    talk.says("ann", deny("eve"))
    talk.forget()
    talk.says("eve", join("lobby", id="8"))
    talk.lives(299.5)
    talk.hears("eve", waits_for("lobby", "eve", reply_to="8"))
    talk.hears_nothing("eve")
    talk.waits(0.5)
    talk.hears("eve", refusal("eve", RoomLocked(), reply_to="8"))


def test_how_long_one_waits_is_the_deployments_choice() -> None:
    talk = locked_room(limits=Limits(waiting_seconds=5.0))
    talk.knocks("eve", "lobby", id="7")
    talk.waits(5)
    talk.hears("eve", waits_for("lobby", "eve", reply_to="7"))
    talk.hears("eve", refusal("eve", RoomLocked(), reply_to="7"))


# Limits --------------------------------------------------------------------------------------


def test_of_too_many_who_wait_the_next_is_refused_and_may_try_again() -> None:
    talk = locked_room(waiting=("eve", "joe"), limits=Limits(waiting=2))
    talk.knocks("sue", "lobby", id="7")
    talk.hears("sue", refusal("sue", TOO_MANY_WAIT, reply_to="7"))
    talk.hears_nothing("ann", "sue")
    talk.drops("eve")
    talk.says("sue", join("lobby", id="8"))
    talk.hears("sue", waits_for("lobby", "sue", reply_to="8"))


def test_each_room_has_a_waiting_room_of_its_own() -> None:
    attic = evolve(OWNED, id=RoomId("attic"))
    talk = Talk(OWNED, attic, limits=Limits(waiting=1))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.joins("bob", "attic", owner_token=OWNER_TOKEN)
    talk.says("ann", lock())
    talk.says("bob", lock())
    talk.knocks("eve", "lobby")
    talk.knocks("joe", "attic")
    talk.forget()
    talk.says("bob", unlock())
    assert talk.is_in("joe").room_id == "attic"
    talk.hears_nothing("ann", "eve")
    talk.says("bob", admit("eve"))
    assert talk.has_heard("bob")[-1] == refusal("bob", NOT_WAITING)


def test_twenty_wait_by_default() -> None:
    assert (Limits().waiting, Limits().waiting_seconds) == (20, 300.0)


# Counting -------------------------------------------------------------------------------


def test_what_was_said_while_waiting_counts_for_the_session() -> None:
    """Every frame after the `join` counts, refused ones too (rule SESS-24)."""
    talk = locked_room(waiting=("eve",))
    for said in (hi("room"), m.Ping(GROUND_CONTROL), MalformedMessage("not JSON"), join("a")):
        talk.says("eve", said)
    talk.says("ann", admit("eve"))
    talk.forget()
    talk.says("eve", hi("eve"))
    talk.hears("eve", hi("eve", by="eve"))
    talk.drops("eve")
    assert talk.resumes("eve 2", "eve").received == 4


def test_what_was_said_while_waiting_is_confirmed_soon_after() -> None:
    talk = locked_room(waiting=("eve",))
    talk.says("eve", hi("room"))
    talk.says("ann", admit("eve"))
    talk.forget()
    talk.waits(2)
    talk.hears("eve", acked("eve", 1))
    talk.says("eve", m.ListRooms())
    talk.forget()
    talk.waits(2)
    talk.hears("eve", acked("eve", 2))


def test_what_was_said_while_it_waited_elsewhere_does_not_count() -> None:
    talk = locked_room(waiting=("eve",))
    talk.says("eve", hi("room"))
    talk.says("ann", deny("eve"))
    talk.forget()
    talk.says("eve", hi("room"))
    talk.says("eve", join("attic"))
    talk.forget()
    talk.says("eve", hi("room"))
    talk.forget()
    talk.waits(2)
    talk.hears("eve", acked("eve", 1))


def test_what_was_said_while_it_waited_in_vain_does_not_count() -> None:
    talk = locked_room(waiting=("eve",))
    talk.says("eve", hi("room"))
    talk.says("ann", deny("eve"))
    talk.says("eve", join("lobby"))
    talk.says("ann", unlock())
    talk.says("eve", hi("room"))
    talk.drops("eve")
    assert talk.resumes("eve 2", "eve").received == 1


# Cleaning up --------------------------------------------------------------------------------


def test_those_who_wait_and_go_leave_nothing_behind() -> None:
    talk = locked_room()
    weights = []
    for number in range(600):
        name = f"guest {number}"
        talk.knocks(name, "lobby")
        if number % 3 == 0:
            talk.says("ann", deny(name))
        elif number % 3 == 1:
            talk.says("ann", admit(name))
        talk.says(name, bye())
        talk.waits(1)
        talk.shows_life("ann")
        talk.confirms("ann")
        if number % 100 == 99:
            weights.append(talk.weight())
    assert max(weights[4:]) <= weights[3] * 1.1
    talk.says("ann", bye())
    talk.waits(400)
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None
