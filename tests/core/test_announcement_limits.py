"""Conversations about limits for what others are told of a client; resuming is free."""

import pytest

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.errors import RateLimited
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED, moderated_room
from .phrases import join, lock, refusal, rename, resume, set_role, unlock
from .talk import Talk

HOME = "192.0.2.1"
CLASS = [f"pupil {number}" for number in range(30)]


def too_much(retry_after: float) -> RateLimited:
    text = "too many of your changes are announced to others"
    return RateLimited(text, retry_after=retry_after)


def rejoins(talk: Talk, name: str, whose: str, address: str | None = None) -> bool:
    """Rejoin as a reloaded page does; return whether the client was admitted."""
    talk.connects(name, None, SESSION, address=address)
    talk.says(name, resume(talk.token(whose), None))
    return isinstance(talk.heard[name][0], m.Joined)


def notices_about(talk: Talk, name: str, whom: type[m.Message]) -> int:
    return sum(type(one) is whom for one in talk.has_heard(name))


# Rejoining -----------------------------------------------------------------------------


def test_a_session_rejoins_ten_times_at_once_and_then_every_six_seconds() -> None:
    """Without this limit: 3,609 times in ten seconds, each announced to all members."""
    talk = Talk()
    talk.joins("ann", "lobby")
    before = "eve"
    talk.joins("eve", "lobby", address=HOME)
    talk.forget()
    let_in = 0
    for number in range(1000):
        talk.waits(0.01)
        if rejoins(talk, f"eve {number}", before, HOME):
            let_in, before = let_in + 1, f"eve {number}"
        else:
            talk.drops(f"eve {number}")
        talk.confirms("ann")
    assert let_in == 11
    assert notices_about(talk, "ann", m.ClientLeft) == 11


def test_a_place_is_not_lost_by_a_refusal_but_waits_for_as_long_as_its_client_is_to() -> None:
    talk = Talk(limits=Limits(announcements_per_minute=6, reload_seconds=2, place_seconds=3))
    talk.joins("ann", "lobby")
    talk.joins("eve", "lobby")
    before = "eve"
    for number in range(10):
        assert rejoins(talk, f"eve {number}", before)
        before = f"eve {number}"
    talk.drops(before, code=1001)
    assert not rejoins(talk, "eve again", before)
    talk.hears("eve again", refusal("eve again", too_much(60.001)))
    talk.lives(60.1)
    talk.says("eve again", resume(talk.token(before), None))
    body = talk.is_in("eve again")
    assert (body.id, body.reason) == (talk.router.roster(OWNED.id)[1].id, "rejoined")


def test_a_page_that_is_loaded_again_five_times_a_minute_always_comes_back() -> None:
    talk = Talk()
    for name in CLASS:
        talk.joins(name, "lobby", address=HOME)
    talk.lives(60)
    before = dict(zip(CLASS, CLASS, strict=True))
    for reload in range(5):
        for name in CLASS:
            talk.drops(before[name], 1001)
            assert rejoins(talk, f"{name}, {reload}", before[name], HOME)
            before[name] = f"{name}, {reload}"
            talk.waits(0.4)


def test_many_sessions_of_one_address_rejoin_no_more_often_than_it_may_join() -> None:
    talk = Talk(limits=Limits(joins_per_minute=1, join_burst=20))
    talk.joins("ann", "lobby")
    names = [f"eve {number}" for number in range(15)]
    for name in names:
        talk.joins(name, "lobby", address=HOME)
    came_back = [rejoins(talk, f"{name} again", name, HOME) for name in names]
    assert came_back == [True] * 5 + [False] * 10
    talk.confirms("ann")
    assert talk.router.census().members == 16, "nobody lost a place"


def test_a_refusal_of_the_members_share_costs_its_address_no_join() -> None:
    talk = Talk(limits=Limits(joins_per_minute=0.001, join_burst=13))
    talk.joins("eve", "lobby", address=HOME)
    before = "eve"
    for number in range(10):
        assert rejoins(talk, f"eve {number}", before, HOME)
        before = f"eve {number}"
    for number in range(20):
        assert not rejoins(talk, f"eve again {number}", before, HOME)
    talk.joins("bob", "lobby", address=HOME)
    talk.joins("joe", "lobby", address=HOME)


def test_resuming_tells_nobody_and_is_never_refused() -> None:
    """For a phone that changes networks, and a deploy after which all resume at once."""
    limits = Limits(
        joins_per_minute=0.001, join_burst=30, announcement_burst=1, announcement_shares=1
    )
    talk = Talk(OWNED, limits=limits)
    for name in CLASS:
        talk.joins(name, "lobby", address=HOME)
    before = dict(zip(CLASS, CLASS, strict=True))
    for turn in range(3):
        for name in CLASS:
            again = f"{name}, {turn}"
            talk.drops(before[name])
            talk.connects(again, None, SESSION, address=HOME)
            talk.says(again, resume(talk.token(before[name]), talk.received(before[name])))
            assert talk.is_in(again).resumed
            before[name] = again
    talk.stops()
    talk.starts_again()
    for name in CLASS:
        talk.connects(f"{name} anew", None, SESSION, address=HOME)
        old = before[name]
        talk.says(f"{name} anew", resume(talk.token(old), talk.received(old)))
        assert talk.is_in(f"{name} anew").reason == "restarted"


def test_a_place_is_taken_over_by_its_identity_no_more_often_than_rejoined() -> None:
    talk = Talk(OWNED)
    talk.store.tokens["a token"] = Identity("ted@example")
    talk.joins("ann", "lobby")
    talk.joins("ted", "lobby", token="a token")
    before = "ted"
    for number in range(10):
        talk.drops(before)
        talk.joins(f"ted {number}", "lobby", token="a token")
        before = f"ted {number}"
    talk.drops(before)
    talk.knocks("ted again", "lobby", token="a token")
    talk.hears("ted again", refusal("ted again", too_much(6.001)))
    talk.waits(6.1)
    talk.says("ted again", join("lobby", token="a token"))
    assert talk.is_in("ted again").id == talk.router.roster(OWNED.id)[1].id


# Changes ------------------------------------------------------------------------------------


def test_new_names_take_from_a_share_of_the_member() -> None:
    talk = Talk(limits=Limits(announcements_per_minute=60, announcement_burst=3))
    talk.joins("ann", "lobby")
    talk.joins("eve", "lobby")
    for number in range(3):
        talk.says("eve", rename(f"Eve {number}"))
    talk.forget()
    talk.says("eve", rename("Eve"))
    talk.hears("eve", refusal("eve", too_much(1.001)))
    talk.hears_nothing("ann", "eve")
    talk.says("ann", rename("Ann"))
    talk.waits(1.1)
    talk.says("eve", rename("Eve"))
    assert [one.username for one in talk.router.roster(OWNED.id)] == ["Ann", "Eve"]


def test_so_does_the_lock_and_the_roles_that_somebody_gives() -> None:
    talk = moderated_room("bob", limits=Limits(announcement_burst=3))
    for order in (lock(), unlock(), set_role("bob", "moderator")):
        talk.says("ann", order)
    talk.forget()
    for order in (lock(), set_role("bob", "guest")):
        talk.says("ann", order)
        talk.hears("ann", refusal("ann", too_much(1.001)))
    talk.hears_nothing("ann", "bob")


@pytest.mark.parametrize("profile", ["core", "session"])
def test_members_of_one_address_have_a_share_together(profile: str) -> None:
    talk = Talk(limits=Limits(announcement_burst=4, announcement_shares=2))
    names = [f"eve {number}" for number in range(4)]
    for name in names:
        if profile == "core":
            talk.connects(name, "lobby", address=HOME)
        else:
            talk.joins(name, "lobby", address=HOME)
    talk.waits(1)
    talk.forget()
    for number in range(3):
        for name in names:
            talk.says(name, rename(f"{name}, {number}"))
    changed = [one for one in talk.router.roster(OWNED.id) if one.username.endswith(", 2")]
    assert len(changed) == 0
    refused = [talk.has_heard(name)[-1] for name in names]
    text = "too many changes from your address are announced to others"
    for name, error in zip(names, refused, strict=True):
        assert error == refusal(name, RateLimited(text, retry_after=0.501))


def test_a_refusal_of_the_addresss_share_costs_the_member_nothing() -> None:
    limits = Limits(announcements_per_minute=0.001, announcement_burst=2, announcement_shares=1)
    talk = Talk(limits=limits)
    talk.joins("bob", "lobby", address=HOME)
    talk.joins("eve", "lobby", address=HOME)
    talk.says("bob", rename("Bob"))
    talk.says("bob", rename("Rob"))
    for _ in range(3):
        talk.says("eve", rename("Eve"))
    talk.drops("eve")
    talk.connects("eve 2", None, SESSION, address="192.0.2.2")
    talk.says("eve 2", resume(talk.token("eve"), talk.received("eve")))
    for name in ("Eva", "Eve"):
        talk.says("eve 2", rename(name))
    assert [one.username for one in talk.router.roster(OWNED.id)] == ["Rob", "Eve"]


def test_knocking_and_leaving_is_paid_for_as_joining_is() -> None:
    talk = moderated_room(limits=Limits(joins_per_minute=1, join_burst=4))
    talk.says("ann", lock())
    talk.forget()
    for number in range(10):
        talk.knocks(f"eve {number}", "lobby", address=HOME)
        talk.says(f"eve {number}", m.Bye(GROUND_CONTROL))
    assert notices_about(talk, "ann", m.ClientWaiting) == 4


def test_so_is_coming_and_going_in_the_core_profile() -> None:
    talk = Talk(OWNED, limits=Limits(joins_per_minute=1, join_burst=4))
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.forget()
    for number in range(10):
        talk.connects(f"eve {number}", "lobby", address=HOME)
        talk.drops(f"eve {number}")
    assert notices_about(talk, "ann", m.ClientJoined) == 4
