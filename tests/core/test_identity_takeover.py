"""Conversations about members that join anew and take over the place held for them."""

from attrs import evolve

from camus_core.admission.identity import Identity
from camus_core.census import Census
from camus_core.conformance import Setting
from camus_core.conformance.control_phrases import creates_as_owner
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    Says,
    Waits,
)
from camus_core.conformance.session_phrases import enters, goes_on
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    RUFUS,
    TED,
    TED_ANEW,
    client_joined,
    join,
    joined,
    left,
    owner_token_of,
)
from camus_core.records import ClientId
from driving.conversation import Conversation
from driving.weight import weight_of

TOKENS = {"Ted's": Identity("ted@example", "Ted")}


def test_a_takeover_is_stored_with_the_new_session_role_and_address() -> None:
    talk = Conversation(Setting(tokens=TOKENS))
    talk.plays(*creates_as_owner(BILL), *enters(TED, token="Ted's"), Drops(TED))
    before = talk.server.store.clients[ClientId(TED)]
    talk.plays(
        Connects(TED, None, CAMUS_2),
        Says(TED, join(token="Ted's", owner_token=owner_token_of(DEFAULT_ROOM))),
        Hears(TED, joined(TED, nth=2, role="owner")),
    )
    after = talk.server.store.clients[ClientId(TED)]
    assert after == evolve(before, role="owner", session_digest=after.session_digest)
    assert after.session_digest not in (None, before.session_digest)
    talk.plays(
        Drops(TED),
        Connects(TED, None, CAMUS_2, address="192.0.2.7"),
        Says(TED, join(token="Ted's")),
        Hears(TED, joined(TED, nth=3, role="owner")),
    )
    assert talk.server.store.clients[ClientId(TED)].address == "192.0.2.7"


def test_of_two_held_places_the_older_one_is_taken_over_and_the_other_ends() -> None:
    talk = Conversation(Setting(tokens=TOKENS))
    talk.plays(
        *enters(TED, token="Ted's"),
        *enters(TED_ANEW, token="Ted's"),
        Drops(TED_ANEW),
        Drops(TED),
        Connects(RUFUS, None, CAMUS_2),
        Says(RUFUS, join(token="Ted's")),
        Hears(RUFUS, joined(TED, nth=2)),
        Hears(RUFUS, left(TED_ANEW, "gone"), within=30.0),
    )


def test_a_member_that_resumes_while_its_password_is_checked_keeps_its_place() -> None:
    room = ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns")
    talk = Conversation(Setting(tokens=TOKENS, rooms=(room,)))
    shown = {"token": "Ted's", "password": "Wyld Stallyns"}
    talk.plays(*enters(BILL, **shown), *enters(TED, **shown))
    talk.plays(Hears(BILL, client_joined(TED, "Ted")), Drops(TED))
    talk.server.holds_questions = True
    talk.plays(Connects(TED_ANEW, None, CAMUS_2), Says(TED_ANEW, join(**shown)))
    talk.answers(TED_ANEW)
    talk.plays(*goes_on(TED, 0, handled=0))
    talk.answers(TED_ANEW)
    talk.plays(
        Hears(TED_ANEW, joined(TED_ANEW)),
        Hears(TED, client_joined(TED_ANEW, "Ted")),
        Hears(BILL, client_joined(TED_ANEW, "Ted")),
    )


def test_places_that_are_taken_over_again_and_again_leave_nothing_behind() -> None:
    talk = Conversation(Setting(tokens=TOKENS))
    weights = []
    talk.plays(*enters(TED, token="Ted's"), Drops(TED))
    for number in range(2, 500):
        talk.plays(
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=number)),
            Drops(TED),
            Waits(6),
        )
        if number % 100 == 99:
            weights.append(weight_of(talk.router))
    assert max(weights[2:]) <= weights[1] * 1.1
    talk.plays(Waits(400))
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None
