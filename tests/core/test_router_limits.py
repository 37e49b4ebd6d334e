"""Conversations about excess: of messages, of refusals, and of bytes for a slow reader."""

import pytest

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.errors import (
    MalformedMessage,
    RateLimited,
    ServerOnlyType,
    TooManyRefusals,
    UnknownReceiver,
)
from camus_core.wire.messages import Json, Message

from .phrases import id_of, refusal, roster
from .talk import Talk

PING = m.Ping("ground control", Json(b"1"))
HI_ALL = m.Greeting("room", Json(b'"Hi"'))
NONSENSE = MalformedMessage("not JSON")


def limits(rate: float, burst: float, refusals: int = 100) -> Limits:
    return Limits(messages_per_second=rate, message_burst=burst, refusals_in_a_row=refusals)


def heard_codes(talk: Talk, name: str) -> list[str]:
    """Return what `name` has received: the types, and the codes of errors."""
    return [
        heard.data.code if isinstance(heard, m.Error) else heard.type
        for heard in talk.has_heard(name)
    ]


def lobby_with(limits: Limits, *names: str) -> Talk:
    """Return a conversation in a lobby whose members may send a whole burst."""
    talk = Talk(limits=limits)
    talk.gather("lobby", *names)
    for _ in range(8):
        talk.waits(50)
        for name in names:
            talk.shows_life(name)
    talk.forget()
    return talk


# Rates ---------------------------------------------------------------------------------


def test_a_burst_is_answered_and_one_more_is_refused() -> None:
    talk = lobby_with(limits(rate=1, burst=5), "ann")
    for _ in range(6):
        talk.says("ann", PING)
    assert heard_codes(talk, "ann") == ["pong"] * 5 + ["rate-limited"]
    talk.is_open("ann")


def test_a_steady_rate_is_answered_for_ever() -> None:
    talk = lobby_with(limits(rate=4, burst=5), "ann")
    for _ in range(1000):
        talk.says("ann", PING)
        talk.waits(0.25)
    assert heard_codes(talk, "ann") == ["pong"] * 1000


def test_a_refused_message_reaches_nobody_not_even_later() -> None:
    talk = lobby_with(limits(rate=1, burst=3), "ann", "bob")
    for _ in range(4):
        talk.says("ann", m.Greeting(id_of("bob"), Json(b'"Hi"')))
    talk.waits(10)
    assert heard_codes(talk, "ann") == ["rate-limited"]
    assert heard_codes(talk, "bob") == ["greeting"] * 3


def test_one_who_says_too_much_takes_nothing_from_the_others() -> None:
    talk = lobby_with(limits(rate=1, burst=3), "ann", "bob")
    for _ in range(10):
        talk.says("ann", PING)
    talk.says("bob", PING)
    assert heard_codes(talk, "bob") == ["pong"]


def seconds_of_refusal(talk: Talk, name: str, message: Message) -> float:
    """Send a message until it is refused; return the seconds that the refusal names."""
    while True:
        talk.says(name, message)
        last = talk.has_heard(name)[-1]
        if isinstance(last, m.Error):
            assert last.data.code == RateLimited.code
            assert last.data.retry_after is not None
            return last.data.retry_after


@pytest.mark.parametrize("rate", [50.0, 3.0, 7.0, 30.0, 0.7, 999.0])
def test_who_waits_as_long_as_it_is_told_is_heard(rate: float) -> None:
    talk = lobby_with(limits(rate, burst=20), "ann")
    for _ in range(20):
        talk.waits(seconds_of_refusal(talk, "ann", PING))
        talk.says("ann", PING)
        assert heard_codes(talk, "ann") == ["pong"]


@pytest.mark.parametrize("rate", [50.0, 3.0, 0.7])
def test_nobody_is_told_to_wait_much_longer_than_needed(rate: float) -> None:
    talk = lobby_with(limits(rate, burst=20), "ann")
    talk.waits(seconds_of_refusal(talk, "ann", PING) - 0.005)
    talk.says("ann", PING)
    assert heard_codes(talk, "ann") == ["rate-limited"]


def test_what_goes_to_the_room_costs_more_the_more_members_hear_it() -> None:
    names = [f"guest {number}" for number in range(20)]
    talk = lobby_with(limits(rate=1, burst=31), *names)
    for _ in range(11):
        talk.says(names[0], HI_ALL)
    assert heard_codes(talk, names[1]) == ["greeting"] * 10
    assert heard_codes(talk, names[0]) == ["greeting"] * 10 + ["rate-limited"]


def test_a_message_to_the_room_leaves_what_it_does_not_cost() -> None:
    names = [f"guest {number}" for number in range(20)]
    talk = lobby_with(limits(rate=1, burst=12), *names)
    for _ in range(3):
        talk.says(names[0], HI_ALL)
    for _ in range(4):
        talk.says(names[0], PING)
    assert heard_codes(talk, names[0])[3:] == ["pong"] * 3 + ["rate-limited"]


def test_even_a_room_that_costs_more_than_a_burst_can_be_spoken_to() -> None:
    names = [f"guest {number}" for number in range(40)]
    talk = lobby_with(limits(rate=1, burst=3), *names)
    talk.says(names[0], HI_ALL)
    assert heard_codes(talk, names[1]) == ["greeting"]
    seconds = seconds_of_refusal(talk, names[0], HI_ALL)
    talk.waits(seconds)
    talk.says(names[0], HI_ALL)
    assert heard_codes(talk, names[1]) == ["greeting"]


@pytest.mark.parametrize(
    "refused",
    [
        NONSENSE,
        m.Offer("room", Json(b"{}")),
        m.RoomInfo("room", m.RoomInfoBody("lobby", ())),
        m.Profile("ground control", m.ProfileBody("")),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_refused_frame_costs_ten(refused: Message | MalformedMessage) -> None:
    talk = lobby_with(limits(rate=1, burst=25), "ann")
    talk.says("ann", refused)
    talk.says("ann", refused)
    talk.forget()
    for _ in range(6):
        talk.says("ann", PING)
    answers = heard_codes(talk, "ann")
    assert answers[:4] == ["pong"] * 4
    assert answers[-1] == "rate-limited"


def test_nobody_pays_for_visitors_who_leave_before_they_can_be_called() -> None:
    """A page sends an offer to each newcomer; most newcomers of a flood have left by then."""
    talk = lobby_with(limits(rate=1, burst=500, refusals=10), "ann")
    for _ in range(300):
        talk.says("ann", m.Offer("nobody", Json(b"{}")))
    assert heard_codes(talk, "ann") == ["unknown-receiver"] * 300
    talk.is_open("ann")
    for _ in range(150):
        talk.says("ann", PING)
    assert heard_codes(talk, "ann") == ["pong"] * 150


# Refusals in a row ---------------------------------------------------------------------


def test_who_is_refused_a_hundred_times_in_a_row_is_closed_to_come_back() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    for _ in range(99):
        talk.says("ann", NONSENSE)
    talk.is_open("ann")
    talk.forget()
    talk.says("ann", NONSENSE)
    talk.hears("ann", refusal("ann", TooManyRefusals()))
    talk.is_closed("ann", 4002)
    talk.hears("bob", m.Bye("room", talk.milliseconds(), id_of("ann")))
    talk.hears("bob", roster("room", "lobby", "bob"))


def test_an_accepted_message_between_begins_the_count_anew() -> None:
    talk = lobby_with(limits(rate=50, burst=1000, refusals=3), "ann")
    for _ in range(5):
        talk.says("ann", NONSENSE)
        talk.says("ann", m.Offer("room", Json(b"{}")))
        talk.says("ann", PING)
    talk.is_open("ann")
    talk.says("ann", NONSENSE)
    talk.says("ann", m.IceServers("room", ()))
    talk.says("ann", m.Offer("room", Json(b"{}")))
    talk.is_closed("ann", 4002)


def test_frames_beyond_the_rate_count_as_refusals_too() -> None:
    talk = lobby_with(limits(rate=1, burst=2, refusals=10), "ann")
    for _ in range(12):
        talk.says("ann", PING)
    assert heard_codes(talk, "ann") == [
        *["pong"] * 2,
        *["rate-limited"] * 9,
        "too-many-refusals",
    ]
    talk.is_closed("ann", 4002)


def test_a_refusal_names_its_reason() -> None:
    talk = lobby_with(limits(rate=1, burst=100), "ann")
    for said, why in (
        (NONSENSE, NONSENSE),
        (m.Offer("nobody", Json(b"{}")), UnknownReceiver()),
        (m.Error("room", m.ErrorBody("a", "b")), ServerOnlyType()),
    ):
        talk.says("ann", said)
        talk.hears("ann", refusal("ann", why))


# Slow readers --------------------------------------------------------------------------


def test_who_stalls_is_closed_to_come_back_and_the_others_hear_that_it_left() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.stalls("ann")
    talk.is_closed("ann", 4000)
    talk.hears("bob", m.Bye("room", talk.milliseconds(), id_of("ann")))
    talk.hears("bob", roster("room", "lobby", "bob"))
    talk.is_open("bob")


def test_stalling_twice_or_after_the_end_changes_nothing() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.stalls("ann")
    talk.stalls("ann")
    talk.drops("bob")
    talk.stalls("bob")
    talk.drops("bob")
    talk.is_open("bob")


def test_who_stalls_while_its_question_is_open_is_closed() -> None:
    talk = Talk()
    talk.holds_questions = True
    talk.connects("ann", "lobby")
    talk.stalls("ann")
    talk.is_closed("ann", 4000)
    talk.answers("ann")
    talk.hears_nothing("ann")


# Relayed bytes --------------------------------------------------------------------------


def of_bytes(burst: float, rate: float = 0.001) -> Limits:
    return Limits(relayed_burst_bytes=burst, relayed_bytes_per_second=rate)


def test_the_bytes_of_a_message_to_the_room_count_for_each_who_hears_it() -> None:
    talk = lobby_with(of_bytes(50_000), "ann", "bob", "eve")
    talk.says("ann", HI_ALL, 15_000)
    talk.says("ann", HI_ALL, 15_000)
    assert heard_codes(talk, "ann") == ["greeting", "rate-limited"]
    assert heard_codes(talk, "bob") == ["greeting"]
    talk.is_open("bob")


def test_who_has_sent_too_many_bytes_hears_when_to_go_on_and_may_then() -> None:
    talk = lobby_with(of_bytes(10_000, rate=1000), "ann", "bob")
    hi = m.Greeting(id_of("bob"), Json(b'"Hi"'))
    talk.says("ann", hi, 10_000)
    talk.says("ann", hi, 9_000)
    [refused] = talk.has_heard("ann")
    assert isinstance(refused, m.Error) and refused.data.retry_after is not None
    assert 9.0 <= refused.data.retry_after <= 9.1
    talk.waits(refused.data.retry_after)
    talk.says("ann", hi, 9_000)
    assert heard_codes(talk, "bob") == ["greeting", "greeting"]


def test_many_small_messages_count_together() -> None:
    talk = lobby_with(of_bytes(50_000), "ann", "bob")
    hi = m.Greeting(id_of("bob"), Json(b'"Hi"'))
    for _ in range(100):
        talk.says("ann", hi, 1000)
    heard = heard_codes(talk, "bob")
    assert 50 <= len(heard) <= 50 + 9


def test_a_newcomer_offers_to_forty_peers_at_once() -> None:
    names = [f"peer {number}" for number in range(40)]
    talk = lobby_with(Limits(), "ann", *names)
    for name in names:
        talk.says("ann", m.Greeting(id_of(name), Json(b'"an offer"')), 16_500)
        for _ in range(21):
            talk.says("ann", m.Greeting(id_of(name), Json(b'"a candidate"')), 400)
    assert heard_codes(talk, "ann") == []


def test_a_thousand_small_messages_may_be_said_at_once() -> None:
    talk = lobby_with(Limits(), "ann", "bob")
    for _ in range(1000):
        talk.says("ann", m.Greeting(id_of("bob"), Json(b'"Hi"')), 1000)
    assert heard_codes(talk, "ann") == []


def test_coming_back_brings_no_new_share() -> None:
    talk = Talk(limits=of_bytes(20_000))
    talk.joins("ann", "lobby")
    talk.joins("bob", "lobby")
    hi = m.Greeting(id_of("bob"), Json(b'"Hi"'))
    talk.says("ann", hi, 15_000)
    talk.drops("ann")
    talk.resumes("ann again", "ann")
    talk.forget()
    talk.says("ann again", hi, 15_000)
    assert heard_codes(talk, "ann again") == ["rate-limited"]
