"""Conversations about creating rooms, while the driver's answers are on their way."""

from camus_core.conformance.scenario import (
    Connects,
    Drops,
    Frame,
    Hears,
    Says,
    Starts,
    Stops,
    Waits,
)
from camus_core.conformance.session_phrases import creates, note
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    SERVER,
    TED,
    client_joined,
    join,
    joined,
    member,
    owner_token_of,
    to,
)
from camus_core.questions import CreateRoomRecord, ListPublicRooms
from camus_core.wire.messages import CreateRoomBody
from driving.conversation import Conversation
from driving.driver import START

CIRCLE_K = {"name": "Circle K", "password": "69", "public": True, "guest_limit": 3}
_, CREATED = creates(BILL, "circle-k")


def pending(frame: Frame) -> Conversation:
    """Return a conversation in which a request of Bill waits for the driver's answer."""
    talk = Conversation()
    talk.server.holds_questions = True
    talk.plays(Connects(BILL, None, CAMUS_2), Says(BILL, frame))
    return talk


def test_the_driver_is_asked_to_create_a_room_and_to_list_the_public_ones() -> None:
    talk = pending(to(SERVER, "create-room", CIRCLE_K))
    wanted = CreateRoomBody("Circle K", "69", public=True, guest_limit=3)
    assert talk.question_about(BILL) == CreateRoomRecord(wanted, START, 300.0)
    talk.answers(BILL)
    talk.plays(CREATED, Says(BILL, to(SERVER, "list-rooms")))
    assert talk.question_about(BILL) == ListPublicRooms(100)


def test_a_client_that_enters_a_room_before_its_creator_hears_of_it_stays_there() -> None:
    talk = pending(to(SERVER, "create-room", {"name": "Circle K"}))
    answer = talk.server.find(talk.question_about(BILL))
    talk.server.holds_questions = False
    talk.plays(
        Connects(TED, None, CAMUS_2),
        Says(TED, join("circle-k")),
        Hears(TED, joined(TED, room_id="circle-k")),
    )
    talk.answers(BILL, answer)
    both = [member(TED), member(BILL, role="owner")]
    talk.plays(
        CREATED,
        Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
        Hears(BILL, joined(BILL, room_id="circle-k", role="owner", clients=both)),
        Hears(TED, client_joined(BILL, role="owner")),
        *note(BILL, TED, "Dude!"),
    )


def test_a_room_that_nobody_enters_lasts_an_hour_even_if_creator_and_server_have_gone() -> None:
    talk = pending(to(SERVER, "create-room", CIRCLE_K))
    talk.plays(Drops(BILL))
    talk.answers(BILL)
    talk.plays(Waits(1800), Stops(), Starts(), Waits(1799))
    assert list(talk.server.store.rooms) == ["circle-k"]
    talk.plays(Waits(1))
    assert talk.server.store.rooms == {}
    assert talk.router.next_deadline() is None
