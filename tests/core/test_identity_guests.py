"""Conversations on servers without guests, and about identities from the handshake."""

import pytest
from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.census import Census
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import NotAllowed, PasswordRequired, ProtocolError, Unavailable
from camus_core.wire.messages import GROUND_CONTROL, Json
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile
from driving.store import OWNER_TOKEN

from .moderated_room import OWNED
from .phrases import (
    came,
    id_of,
    join,
    refusal,
    rename,
    resume,
    roster,
    seen,
)
from .talk import Talk

LOBBY = RoomId("lobby")
TED = Identity("ted@example", "Ted Logan")
NO_GUESTS = NotAllowed("guests may not join here: present a token")
NO_ROOMS_OF_GUESTS = NotAllowed("guests may not create rooms here: present a token")


def no_guests() -> Talk:
    talk = Talk(OWNED, guests=False)
    talk.store.tokens["a token"] = TED
    return talk


def create(name: str, token: str | None = None) -> m.CreateRoom:
    return m.CreateRoom(GROUND_CONTROL, m.CreateRoomBody(name, token=token))


# No guests ---------------------------------------------------------------------------------


def test_where_guests_may_not_come_in_one_shows_who_it_is() -> None:
    talk = no_guests()
    talk.knocks("eve", "lobby", id="7")
    talk.hears("eve", refusal("eve", NO_GUESTS, reply_to="7"))
    talk.is_open("eve")
    talk.says("eve", join("lobby", token="a token"))
    assert talk.is_in("eve").clients == (seen("eve", "Ted Logan"),)


def test_the_owners_token_does_not_say_who_shows_it() -> None:
    talk = no_guests()
    talk.knocks("eve", "lobby", owner_token=OWNER_TOKEN)
    talk.hears("eve", refusal("eve", NO_GUESTS))
    ted = talk.joins("ted", "lobby", owner_token=OWNER_TOKEN, token="a token")
    assert (ted.role, talk.router.roster(LOBBY)) == (
        "owner",
        (seen("ted", "Ted Logan", "owner"),),
    )
    talk.knocks("eve 2", "lobby", owner_token=OWNER_TOKEN)
    talk.hears("eve 2", refusal("eve 2", NO_GUESTS))


def test_another_rooms_owner_token_opens_nothing() -> None:
    talk = no_guests()
    talk.knocks("eve", "lobby", owner_token="mine", token="a token")
    why = NotAllowed("this is not the owner token of this room")
    talk.hears("eve", refusal("eve", why))


def test_who_speaks_the_core_profile_is_turned_away_unless_its_handshake_has_shown() -> None:
    talk = no_guests()
    talk.connects("eve", "lobby")
    talk.hears("eve", refusal("eve", NO_GUESTS))
    talk.is_closed("eve", 4501)
    talk.connects("ted", "lobby", identity=TED)
    assert talk.router.roster(LOBBY) == (seen("ted", "Ted Logan"),)


@pytest.mark.parametrize("profile", [CORE, SESSION])
def test_a_guest_makes_no_room_by_coming_to_one(profile: ProtocolProfile) -> None:
    talk = no_guests()
    talk.connects("eve", "attic", profile)
    if profile is SESSION:
        talk.says("eve", join("attic"))
    talk.hears("eve", refusal("eve", NO_GUESTS))
    assert set(talk.rooms) == {LOBBY}


def test_a_guest_makes_no_room_by_asking_for_one() -> None:
    talk = no_guests()
    talk.connects("eve", None, SESSION)
    talk.says("eve", create("attic"))
    talk.hears("eve", refusal("eve", NO_ROOMS_OF_GUESTS))
    assert set(talk.rooms) == {LOBBY}
    talk.says("eve", create("attic", "a token"))
    assert set(talk.rooms) == {LOBBY, "attic"}
    talk.forget()
    talk.says("eve", create("cellar"))
    talk.hears("eve", refusal("eve", NO_ROOMS_OF_GUESTS))


def test_who_is_in_a_room_by_its_token_makes_others_without_showing_it_again() -> None:
    talk = no_guests()
    talk.joins("ted", "lobby", token="a token")
    talk.says("ted", create("attic"))
    talk.drops("ted")
    talk.resumes("ted 2", "ted")
    talk.says("ted 2", create("cellar"))
    assert set(talk.rooms) == {LOBBY, "attic", "cellar"}


def test_who_is_known_from_its_handshake_makes_rooms() -> None:
    talk = no_guests()
    talk.connects("ted", None, SESSION, identity=TED)
    talk.says("ted", create("attic"))
    assert set(talk.rooms) == {LOBBY, "attic"}


def test_who_resumes_need_not_show_it_again() -> None:
    talk = no_guests()
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    assert talk.resumes("ted 2", "ted").resumed
    talk.starts_again()
    assert talk.resumes("ted 3", "ted 2").reason == "restarted"


def test_whose_place_has_ended_has_to_show_it_again() -> None:
    talk = no_guests()
    talk.joins("ted", "lobby", token="a token")
    talk.drops("ted")
    talk.waits(30)
    talk.connects("ted 2", None, SESSION)
    talk.says("ted 2", resume(talk.token("ted"), 0))
    talk.hears("ted 2", refusal("ted 2", NO_GUESTS))


# The handshake -----------------------------------------------------------------------------


def test_who_is_known_from_its_handshake_has_its_name_in_the_core_profile_too() -> None:
    talk = Talk()
    talk.joins("ann", "lobby")
    talk.connects("ted", "lobby", identity=TED)
    hello = Json(b'"This is Ground Control to Ted Logan"')
    talk.hears("ted", m.Greeting(id_of("ted"), hello, GROUND_CONTROL))
    talk.hears("ann", came("ted", "Ted Logan"))
    talk.says("ted", rename("The King"))
    why = NotAllowed("your token says what you are called")
    talk.hears("ted", refusal("ted", why))
    talk.says("ted", m.GetRoomInfo())
    talk.hears("ted", roster("ted", "lobby", "ann", "ted", ted="Ted Logan"))


def test_who_was_invited_comes_in_without_the_password_in_the_core_profile_too() -> None:
    talk = Talk(evolve(OWNED, password_hash="tin can"))
    talk.connects("ted", "lobby", identity=TED)
    talk.hears("ted", refusal("ted", PasswordRequired()))
    talk.is_closed("ted", 4502)
    talk.connects("bill", "lobby", identity=evolve(TED, rooms=frozenset({LOBBY})))
    talk.connects("max", "lobby", identity=evolve(TED, role="moderator"))
    assert talk.router.roster(LOBBY) == (
        seen("bill", "Ted Logan"),
        seen("max", "Ted Logan", "moderator"),
    )


def test_who_was_invited_elsewhere_is_turned_away_in_the_core_profile_too() -> None:
    talk = Talk(OWNED)
    talk.connects("ted", "lobby", identity=evolve(TED, rooms=frozenset({RoomId("attic")})))
    why = NotAllowed("your token is for other rooms")
    talk.hears("ted", refusal("ted", why))
    talk.is_closed("ted", 4501)


def test_a_moderator_of_the_core_profile_comes_in_through_the_lock() -> None:
    talk = Talk(OWNED)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    talk.says("ann", m.Lock(GROUND_CONTROL, m.LockBody(True)))
    talk.connects("max", "lobby", identity=evolve(TED, role="moderator"))
    assert talk.router.roster(LOBBY)[-1] == seen("max", "Ted Logan", "moderator")


def test_a_token_says_more_than_the_handshake() -> None:
    talk = Talk(OWNED)
    talk.store.tokens["a token"] = TED
    talk.connects("bill", None, SESSION, identity=Identity("bill@example", "Bill"))
    talk.says("bill", join("lobby", token="a token"))
    assert talk.is_in("bill").clients == (seen("bill", "Ted Logan"),)


def test_where_the_token_is_bad_the_handshake_is_what_the_next_join_goes_by() -> None:
    talk = Talk(OWNED)
    talk.connects("bill", None, SESSION, identity=Identity("bill@example", "Bill"))
    talk.says("bill", join("lobby", token="a forged token"))
    talk.hears("bill", refusal("bill", NotAllowed("nobody has this token")))
    talk.says("bill", join("lobby", username="Ted"))
    assert talk.is_in("bill").clients == (seen("bill", "Bill"),)


@pytest.mark.parametrize("profile", [CORE, SESSION])
@pytest.mark.parametrize(
    ("why", "code"),
    [
        (NotAllowed("no cookie"), 4501),
        (Unavailable("nobody can say who you are", retry_after=5.0), 4003),
    ],
)
def test_a_handshake_that_was_refused_is_told_why_and_closed(
    profile: ProtocolProfile, why: ProtocolError, code: int
) -> None:
    talk = Talk(OWNED)
    talk.connects("eve", "lobby", profile, identity=why)
    talk.hears("eve", refusal("eve", why))
    talk.is_closed("eve", code)
    talk.says("eve", join("lobby"))
    talk.drops("eve")
    talk.hears_nothing("eve")
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
