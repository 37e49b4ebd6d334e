"""Conversations about rooms for which one address asks at once, and about the time to wait."""

import pytest

from camus_core.conformance import Setting
from camus_core.conformance.address_phrases import HERE, are_rate_limited
from camus_core.conformance.patterns import about
from camus_core.conformance.room_phrases import is_updated
from camus_core.conformance.scenario import Connects, Drops, Hears, Says, Step, Waits
from camus_core.conformance.session_phrases import creates, enters
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    by,
    client_joined,
    join,
    joined,
    owner_token_of,
    refused,
    to,
)
from camus_core.limits import Limits
from camus_core.questions import UpdateRoom
from driving.conversation import Conversation


@pytest.mark.parametrize("first_has_left", [False, True])
@pytest.mark.parametrize(("seconds", "charged"), [(0.0, 2), (0.5, 1)])
def test_two_clients_that_meet_in_a_new_room_have_made_one(
    seconds: float, charged: int, first_has_left: bool
) -> None:
    """At the very same time both are charged, because both records are the same."""
    limits = Limits(rooms_per_address=2, room_creation_burst=charged + 1)
    talk = Conversation(Setting(limits))
    talk.server.holds_questions = True
    talk.plays(Connects(BILL, address=HERE), Waits(seconds), Connects(TED, address=HERE))
    if first_has_left:
        talk.plays(Drops(BILL))
    talk.answers(BILL)
    talk.answers(TED)
    talk.server.holds_questions = False
    talk.plays(
        *enters(RUFUS, "circle-k", address=HERE),
        Connects(TED_ANEW, None, CAMUS_2, address=HERE),
        *are_rate_limited(TED_ANEW, join("san-dimas")),
    )


def test_a_room_that_is_asked_for_counts_before_it_is_there() -> None:
    talk = Conversation(Setting(Limits(rooms_per_address=1)))
    talk.server.holds_questions = True
    talk.plays(
        Connects(BILL, "circle-k", address=HERE), Connects(TED, "san-dimas", address=HERE)
    )
    talk.answers(BILL)
    talk.answers(TED)
    talk.plays(Hears(TED, refused(TED, "rate-limited", retry_after=True)))
    assert set(talk.server.store.rooms) == {"circle-k"}


def test_an_address_with_all_its_rooms_is_told_to_wait_until_an_empty_one_ends() -> None:
    def is_refused_a_room(public: bool) -> tuple[Step, ...]:
        wanted = {"name": "San Dimas", "public": public}
        error = refused(ANY_CLIENT, "rate-limited", retry_after=about(300))
        return Says(BILL, to(SERVER, "create-room", wanted)), Hears(BILL, error)

    talk = Conversation(Setting(Limits(rooms_per_address=2, rooms_listed=2)))
    talk.plays(
        Connects(BILL, None, CAMUS_2, address=HERE),
        *creates(BILL, "circle-k", name="Circle K", public=True),
        *is_refused_a_room(public=True),
        *creates(BILL, "waterloo", name="Waterloo"),
        *is_refused_a_room(public=False),
    )


def test_a_room_that_another_server_makes_private_leaves_its_place_to_a_public_one() -> None:
    talk = Conversation(Setting(Limits(rooms_listed=2)))
    talk.plays(
        Connects(BILL, None, CAMUS_2, address=HERE),
        *creates(BILL, "circle-k", name="Circle K", public=True),
        Says(BILL, join("circle-k")),
        Hears(BILL, joined(BILL, room_id="circle-k")),
    )
    [room] = talk.server.store.rooms.values()
    talk.server.store.find(UpdateRoom(room.id, room.incarnation, {"public": False}))
    wanted = {"name": "Waterloo", "public": True}
    made = {"room_id": "waterloo", "owner_token": owner_token_of("waterloo")}
    talk.plays(
        Says(BILL, to(SERVER, "create-room", wanted)),
        Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        Waits(6),
        *enters(TED, "circle-k"),
        Hears(BILL, is_updated(public=False)),
        Hears(BILL, client_joined(TED)),
        Says(BILL, to(SERVER, "create-room", wanted)),
        Hears(BILL, by(SERVER, BILL, "room-created", made)),
    )
