"""Conversations about limits of addresses: failed and late answers, and no address at all."""

from camus_core.conformance import Setting
from camus_core.conformance.address_phrases import HERE, THERE, are_rate_limited
from camus_core.conformance.control_phrases import (
    creates_as_owner,
    enters_waiting_room,
    locks,
)
from camus_core.conformance.patterns import Wildcard
from camus_core.conformance.scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNo,
    Says,
    Step,
    Waits,
)
from camus_core.conformance.session_phrases import creates, enters, is_refused, visits
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    by,
    join,
    joined,
    refused,
    resume,
    resumed,
    to,
)
from camus_core.limits import Limits
from camus_core.questions import Failed
from camus_core.records import ClientId
from driving.conversation import Conversation

CLASS = {f"{number:032x}": f"room-{number // 8}" for number in range(30)}
"""The ids of 30 clients, each with its room."""

UNAVAILABLE = refused(ANY_CLIENT, "unavailable", retry_after=True)


def calls(who: str) -> list[Step]:
    """Return a description and candidates, of 22 KB in all, for each peer in the room."""
    texts = ["." * 16_400, *["." * 2_000] * 3]
    peers = [one for one, room in CLASS.items() if room == CLASS[who] and one != who]
    return [Says(who, to(peer, "x-note", text)) for peer in peers for text in texts]


def reloads(who: str, nth: int) -> tuple[Step, ...]:
    """Return the steps by which a client comes back without its state, as of the nth time."""
    handled = Wildcard(r"\d+")
    again = joined(who, nth + 1, room_id=CLASS[who], reason="rejoined", received=handled)
    return (
        Drops(who),
        Connects(who, None, CAMUS_2, address=HERE),
        Says(who, resume(who, None, nth)),
        Hears(who, again),
    )


def test_a_class_behind_one_address_calls_in_rooms_of_eight_and_reloads_its_pages() -> None:
    talk = Conversation()
    for who, room in CLASS.items():
        talk.plays(*enters(who, room, address=HERE))
    for who in CLASS:
        talk.plays(*calls(who))
    talk.plays(*(HearsNo(who, "error") for who in CLASS), Waits(45.0))
    for nth in range(1, 6):
        for who in CLASS:
            talk.plays(*reloads(who, nth), Waits(0.4))


def test_clients_without_an_address_are_not_limited_and_not_remembered() -> None:
    limits = Limits(
        join_burst=1,
        room_creation_burst=1,
        rooms_per_address=1,
        rooms_listed=2,
        wrong_passwords=1,
        ice_servers_per_hour=1,
        waiting=2,
    )
    talk = Conversation(Setting(limits, rooms=(ExistingRoom("san-dimas", password="69"),)))
    gets_ice_servers: tuple[Step, ...] = (
        Says(BILL, to(SERVER, "get-ice-servers")),
        Hears(BILL, by(SERVER, BILL, "ice-servers", [])),
    )
    talk.plays(
        *creates_as_owner(BILL, public=True),
        *gets_ice_servers * 2,
        *locks(BILL),
        *enters_waiting_room(TED, BILL),
        *enters_waiting_room(RUFUS, BILL),
        Connects(BILL_ANEW, None, CAMUS_2),
        *is_refused(BILL_ANEW, "wrong-password", *[join("san-dimas", password="Bogus!")] * 2),
        *creates(BILL, "circle-k", name="Circle K", public=True),
    )
    assert talk.router.inspect().limited_addresses == 0
    assert talk.router.inspect().rooms_created == {}


def test_a_client_without_an_address_gets_a_place_that_is_over_the_part_of_one() -> None:
    talk = Conversation(Setting(Limits(guest_limit=2)))
    talk.plays(*enters(TED, address=HERE), *visits(TED_ANEW, TED, address=HERE))
    talk.plays(Drops(TED), Drops(TED_ANEW), *enters(RUFUS))


def test_the_part_of_an_address_is_one_at_least() -> None:
    talk = Conversation(Setting(Limits(guest_limit=1, rooms_listed=1)))
    talk.plays(
        *enters(BILL, address=HERE),
        *creates(BILL, "circle-k", name="Circle K", public=True),
        Drops(BILL),
        Connects(TED, None, CAMUS_2, address=THERE),
        *is_refused(TED, "room-full", join()),
    )


def test_an_action_that_the_driver_could_not_carry_out_costs_nothing() -> None:
    limits = Limits(
        room_creation_burst=1, rooms_per_address=1, rooms_listed=2, wrong_passwords=1
    )
    talk = Conversation(Setting(limits, rooms=(ExistingRoom("san-dimas", password="69"),)))
    talk.server.holds_questions = True
    talk.plays(Connects(BILL, None, CAMUS_2, address=HERE))
    for request in (
        to(SERVER, "create-room", {"name": "Circle K", "public": True}),
        join("circle-k"),
    ):
        talk.plays(Says(BILL, request))
        talk.answers(BILL, Failed("no connection"))
        talk.plays(Hears(BILL, UNAVAILABLE))
    talk.plays(Says(BILL, join("san-dimas", password="Bogus!")))
    talk.answers(BILL)
    talk.answers(BILL, Failed("too many passwords wait"))
    talk.plays(Hears(BILL, UNAVAILABLE))
    talk.server.holds_questions = False
    talk.plays(
        *creates(BILL, "circle-k", name="Circle K", public=True),
        *is_refused(BILL, "wrong-password", join("san-dimas", password="Bogus!")),
    )


def test_a_password_counts_as_wrong_or_right_though_its_client_has_left() -> None:
    talk = Conversation(Setting(Limits(wrong_passwords=1)))
    talk.plays(*creates_as_owner(BILL, password="69"))
    talk.server.holds_questions = True
    for who, address, password in ((TED, HERE, "Bogus!"), (RUFUS, THERE, "69")):
        talk.plays(
            Connects(who, None, CAMUS_2, address=address),
            Says(who, join(password=password)),
            Drops(who),
        )
        talk.answers(who)
    talk.plays(
        Connects(TED, None, CAMUS_2, address=HERE),
        *are_rate_limited(TED, join(password="69")),
        Connects(RUFUS, None, CAMUS_2, address=THERE),
        Says(RUFUS, join(password="69")),
    )
    talk.answers(RUFUS)
    talk.plays(Hears(RUFUS, joined(RUFUS)))


def test_a_guessed_session_of_an_address_that_joins_too_often_is_not_looked_up() -> None:
    talk = Conversation(Setting(Limits(join_burst=1)))
    talk.plays(*enters(BILL, address=HERE))
    talk.server.holds_questions = True
    talk.plays(
        Connects(TED, None, CAMUS_2, address=HERE),
        *are_rate_limited(TED, join(resume={"session": "a guess.0", "received": 0})),
    )


def test_the_store_has_the_address_from_which_a_client_has_come_back() -> None:
    talk = Conversation()
    talk.plays(
        *enters(BILL, address=HERE),
        Drops(BILL),
        Connects(BILL, None, CAMUS_2, address=THERE),
        Says(BILL, resume(BILL, 0)),
        Hears(BILL, resumed(BILL, 0)),
    )
    assert talk.server.store.clients[ClientId(BILL)].address == THERE
