"""Conversations about the limits of each network address, and their independence."""

from attrs import evolve

from camus_core.limits import Limits
from camus_core.questions import Failed
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import (
    PasswordRequired,
    RateLimited,
    RoomNotFound,
    Unavailable,
    WrongPassword,
)
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED
from .phrases import greeting, id_of, join, refusal, resume
from .talk import Talk

HOME, OFFICE = "192.0.2.1", "192.0.2.2"
SECRET = evolve(OWNED, password_hash="tin can")


def joins(retry_after: float) -> RateLimited:
    return RateLimited("too many joins from your address", retry_after=retry_after)


def passwords(retry_after: float) -> RateLimited:
    return RateLimited("too many wrong passwords from your address", retry_after=retry_after)


def ice_servers(retry_after: float) -> RateLimited:
    text = "too many requests for ICE servers from your address"
    return RateLimited(text, retry_after=retry_after)


def test_the_defaults_are_these_numbers() -> None:
    limits = Limits()
    assert (limits.joins_per_minute, limits.join_burst) == (60, 120)
    assert (limits.room_creations_per_minute, limits.room_creation_burst) == (20, 60)
    assert (limits.rooms_per_address, limits.wrong_passwords) == (200, 10)
    assert (limits.ice_servers_per_hour, limits.addresses) == (60, 10_000)


# Joins ----------------------------------------------------------------------------------


def test_after_a_burst_of_joins_the_next_is_refused_until_its_time() -> None:
    talk = Talk(OWNED, limits=Limits(joins_per_minute=30, join_burst=2))
    talk.joins("ann", "lobby", address=HOME)
    talk.joins("bob", "lobby", address=HOME)
    talk.knocks("eve", "lobby", address=HOME, id="7")
    talk.hears("eve", refusal("eve", joins(2.001), reply_to="7"))
    talk.waits(2)
    talk.says("eve", join("lobby"))
    assert talk.is_in("eve").id == id_of("eve")
    talk.waits(1)
    talk.knocks("joe", "lobby", address=HOME)
    talk.hears("joe", refusal("joe", joins(1.001)))


def test_a_client_of_the_core_profile_is_closed_to_come_back() -> None:
    talk = Talk(OWNED, limits=Limits(joins_per_minute=60, join_burst=1))
    talk.connects("ann", "lobby", address=HOME)
    talk.hears("ann", greeting("ann"))
    talk.connects("bob", "lobby", address=HOME)
    talk.hears("bob", refusal("bob", joins(1.001)))
    talk.is_closed("bob", 4004)
    talk.hears_nothing("ann", "bob")


def test_other_addresses_and_those_without_one_are_not_asked_to_wait() -> None:
    talk = Talk(OWNED, limits=Limits(join_burst=1))
    talk.joins("ann", "lobby", address=HOME)
    talk.joins("bob", "lobby", address=OFFICE)
    for number in range(5):
        talk.joins(f"in process {number}", "lobby")
    talk.knocks("eve", "lobby", address=HOME)
    talk.hears("eve", refusal("eve", joins(1.001)))


def test_a_join_that_is_refused_for_another_reason_counts() -> None:
    talk = Talk(on_demand=False, limits=Limits(join_burst=2))
    talk.connects("eve", "attic", address=HOME)
    talk.hears("eve", refusal("eve", RoomNotFound()))
    talk.knocks("eve 2", "attic", address=HOME)
    talk.hears("eve 2", refusal("eve 2", RoomNotFound()))
    talk.says("eve 2", join("attic"))
    talk.hears("eve 2", refusal("eve 2", joins(1.001)))


def test_a_connection_that_joins_nothing_counts_nothing() -> None:
    talk = Talk(limits=Limits(join_burst=1))
    for number in range(5):
        talk.connects(f"eve {number}", None, SESSION, address=HOME)
        talk.says(f"eve {number}", m.ListRooms())
    talk.says("eve 4", join("lobby"))
    assert talk.has_heard("eve 4")[-1].type == "joined"


def test_who_comes_back_to_its_place_is_no_newcomer() -> None:
    talk = Talk(limits=Limits(joins_per_minute=1, join_burst=1))
    talk.joins("bob", "lobby", address=HOME)
    before = "bob"
    for again in ("bob 2", "bob 3", "bob 4"):
        talk.drops(before)
        talk.connects(again, None, SESSION, address=HOME)
        talk.says(again, resume(talk.token(before), 0))
        assert talk.is_in(again).resumed
        before = again


def test_who_comes_back_after_a_restart_is_no_newcomer_either() -> None:
    talk = Talk(OWNED, limits=Limits(joins_per_minute=1, join_burst=1))
    talk.joins("ann", "lobby", address=HOME)
    for number in (2, 3, 4):
        talk.starts_again(f"node {number}")
        before = "ann" if number == 2 else f"ann {number - 1}"
        talk.connects(f"ann {number}", None, SESSION, address=HOME)
        talk.says(f"ann {number}", resume(talk.token(before), 0))
        assert talk.is_in(f"ann {number}").reason == "restarted"
    talk.joins("bob", "lobby", address=HOME)
    talk.knocks("eve", "lobby", address=HOME)
    talk.hears("eve", refusal("eve", joins(60.001)))


def test_who_shows_a_session_that_nobody_knows_is_a_newcomer() -> None:
    talk = Talk(limits=Limits(join_burst=1))
    talk.knocks("eve", "lobby", address=HOME, resume=m.ResumeBody("a guess.0", 0))
    assert talk.is_in("eve").reason == "unknown"
    talk.holds_questions = True
    talk.connects("eve 2", None, SESSION, address=HOME)
    talk.says("eve 2", resume("another guess.0", 0))
    talk.hears("eve 2", refusal("eve 2", joins(1.001)))
    talk.asks_nothing("eve 2")


# Bytes for others -----------------------------------------------------------------------

HI = Json(b'"Hi"')


def send_calls(talk: Talk, *names: str) -> None:
    """Let each send a description of 16.5 KB and candidates to each other, all at once."""
    for name in names:
        for peer in names:
            if peer != name:
                talk.says(name, m.Greeting(id_of(peer), HI), 16_500)
                for _ in range(15):
                    talk.says(name, m.Greeting(id_of(peer), HI), 400)


def refusals(talk: Talk) -> int:
    return sum(isinstance(one, m.Error) for heard in talk.heard.values() for one in heard)


def test_64_guests_of_one_address_send_a_member_what_eight_may() -> None:
    """Once, each of them had a MiB of its own, and left no bandwidth to the others."""
    talk = Talk(limits=Limits(relayed_bytes_per_second=0.001))
    talk.connects("ann", "lobby")
    sizes = 0
    for number in range(64):
        guest = f"guest {number}"
        talk.connects(guest, "lobby", address=HOME)
        talk.forget()
        for _ in range(20):
            talk.says(guest, m.Greeting(id_of("ann"), HI), 60_000)
        sizes += 60_000 * sum(isinstance(one, m.Greeting) for one in talk.has_heard("ann"))
    assert sizes <= 8 * 1024 * 1024 + 64 * 8192
    talk.connects("bob", "lobby", address=OFFICE)
    talk.forget()
    talk.says("bob", m.Greeting(id_of("ann"), HI), 60_000)
    assert talk.has_heard("ann")


def test_a_class_of_30_behind_one_address_calls_in_rooms_of_eight() -> None:
    talk = Talk()
    rooms: dict[str, list[str]] = {}
    for number in range(30):
        room = f"room-{number // 8}"
        rooms.setdefault(room, []).append(f"pupil {number}")
        talk.connects(f"pupil {number}", room, address=HOME)
    for pupils in rooms.values():
        send_calls(talk, *pupils)
    talk.drops("pupil 0")
    talk.connects("pupil 0 again", "room-0", address=HOME)
    send_calls(talk, "pupil 0 again", *rooms["room-0"][1:4])
    assert refusals(talk) == 0


def test_who_is_refused_for_its_address_hears_so_and_has_paid_nothing_itself() -> None:
    limits = Limits(relayed_bytes_per_second=1000, relayed_burst_bytes=20_000, relayed_shares=1)
    talk = Talk(limits=limits)
    talk.connects("ann", "lobby", address=HOME)
    talk.connects("bob", "lobby", address=HOME)
    talk.forget()
    talk.says("ann", m.Greeting(id_of("bob"), HI), 20_000)
    talk.forget()
    talk.says("bob", m.Greeting(id_of("ann"), HI), 20_000)
    too_much = RateLimited("too many bytes for others from your address", retry_after=20.001)
    talk.hears("bob", refusal("bob", too_much))
    talk.waits(10)
    talk.says("bob", m.Greeting(id_of("ann"), HI), 9_000)
    assert talk.has_heard("ann")


# Wrong passwords ------------------------------------------------------------------------


def test_ten_wrong_passwords_are_enough_for_a_while() -> None:
    talk = Talk(SECRET)
    talk.connects("eve", None, SESSION, address=HOME)
    for _ in range(10):
        talk.says("eve", join("lobby", password="tin cup"))
    talk.hears("eve", *[refusal("eve", WrongPassword())] * 10)
    talk.says("eve", join("lobby", password="tin can", id="7"))
    talk.hears("eve", refusal("eve", passwords(60.001), reply_to="7"))
    talk.waits(30)
    talk.knocks("eve 2", "lobby", address=HOME, password="tin can")
    talk.hears("eve 2", refusal("eve 2", passwords(30.001)))
    talk.waits(30)
    assert talk.joins("eve 3", "lobby", address=HOME, password="tin can").role == "guest"


def test_a_guesser_locks_out_nobody_inside_and_nobody_elsewhere() -> None:
    """A guesser learns nothing more: even the right password isn't checked then."""
    talk = Talk(SECRET, limits=Limits(wrong_passwords=1))
    talk.joins("bob", "lobby", address=HOME, password="tin can")
    talk.knocks("eve", "lobby", address=HOME, password="tin cup")
    talk.knocks("eve 2", "lobby", address=HOME, password="tin can")
    talk.hears("eve 2", refusal("eve 2", passwords(600.001)))
    talk.drops("bob")
    talk.connects("bob 2", None, SESSION, address=HOME)
    talk.says("bob 2", resume(talk.token("bob"), 0))
    assert talk.is_in("bob 2").resumed
    talk.joins("joe", "lobby", address=OFFICE, password="tin can")
    talk.joins("ann", "lobby", address=HOME, owner_token=OWNER_TOKEN)


def test_a_right_password_costs_nothing() -> None:
    talk = Talk(SECRET, limits=Limits(wrong_passwords=1))
    for number in range(5):
        talk.joins(f"bob {number}", "lobby", address=HOME, password="tin can")
    talk.knocks("eve", "lobby", address=HOME, password="tin cup")
    talk.hears("eve", refusal("eve", WrongPassword()))


def test_a_missing_password_costs_nothing() -> None:
    talk = Talk(SECRET, limits=Limits(wrong_passwords=1))
    talk.connects("eve", None, SESSION, address=HOME)
    for _ in range(3):
        talk.says("eve", join("lobby"))
    talk.hears("eve", *[refusal("eve", PasswordRequired())] * 3)


def test_a_password_that_could_not_be_checked_costs_nothing() -> None:
    talk = Talk(SECRET, limits=Limits(wrong_passwords=1))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.holds_questions = True
    talk.knocks("bob", "lobby", address=HOME, password="tin cup")
    talk.answers("bob", Failed("too many wait"))
    talk.says("bob", join("lobby", password="tin cup"))
    talk.answers("bob")
    talk.hears("bob", refusal("bob", Unavailable(retry_after=5.0)))
    talk.hears("bob", refusal("bob", WrongPassword()))


def test_who_drops_before_the_answer_has_guessed_all_the_same() -> None:
    talk = Talk(SECRET, limits=Limits(wrong_passwords=1))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.holds_questions = True
    talk.knocks("eve", "lobby", address=HOME, password="tin cup")
    talk.drops("eve")
    talk.answers("eve")
    talk.knocks("eve 2", "lobby", address=HOME, password="tin cup")
    talk.hears("eve 2", refusal("eve 2", passwords(600.001)))
    talk.knocks("bob", "lobby", address=OFFICE, password="tin can")
    talk.drops("bob")
    talk.answers("bob")
    talk.knocks("bob 2", "lobby", address=OFFICE, password="tin can")
    talk.answers("bob 2")
    assert talk.is_in("bob 2").id == id_of("bob 2")


def test_guesses_at_several_rooms_are_counted_together() -> None:
    attic = evolve(SECRET, id=RoomId("attic"))
    talk = Talk(SECRET, attic, limits=Limits(wrong_passwords=1))
    talk.knocks("eve", "lobby", address=HOME, password="tin cup")
    talk.knocks("eve 2", "attic", address=HOME, password="tin cup")
    talk.hears("eve 2", refusal("eve 2", passwords(600.001)))


# ICE servers ----------------------------------------------------------------------------


def test_ice_servers_are_counted_by_address_but_for_those_in_the_answer_to_join() -> None:
    talk = Talk(limits=Limits(ice_servers_per_hour=2))
    talk.joins("ann", "lobby", address=HOME)
    talk.joins("bob", "lobby", address=HOME)
    talk.connects("joe", "lobby", address=HOME)
    talk.forget()
    answer = m.IceServers(id_of("ann"), (), GROUND_CONTROL, reply_to="7")
    talk.says("ann", m.GetIceServers(id="7"))
    talk.hears("ann", answer)
    talk.says("joe", m.GetIceServers())
    talk.hears("joe", m.IceServers(id_of("joe"), (), GROUND_CONTROL))
    for name, reply_to in (("bob", "8"), ("joe", None)):
        talk.says(name, m.GetIceServers(id="8"))
        talk.hears(name, refusal(name, ice_servers(1800.001), reply_to=reply_to))
        talk.is_open(name)
    talk.joins("sue", "lobby", address=OFFICE)
    talk.says("sue", m.GetIceServers())
    talk.hears("sue", m.IceServers(id_of("sue"), (), GROUND_CONTROL))
    talk.lives(1800)
    talk.forget()
    talk.says("ann", m.GetIceServers(id="7"))
    talk.hears("ann", answer)


# The list of rooms ----------------------------------------------------------------------


def test_the_list_of_rooms_costs_as_much_as_ten_messages() -> None:
    talk = Talk(limits=Limits(messages_per_second=1, message_burst=25))
    talk.connects("eve", None, SESSION)
    for _ in range(3):
        talk.says("eve", m.ListRooms())
    listed = m.Rooms(id_of("eve"), (), GROUND_CONTROL)
    talk.hears("eve", listed, listed, refusal("eve", RateLimited(retry_after=10.001)))
    talk.waits(10.001)
    talk.says("eve", m.ListRooms())
    talk.hears("eve", listed)
