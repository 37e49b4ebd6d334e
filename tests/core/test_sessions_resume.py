"""Conversations about resuming: late events of old connections, and what is sent at once."""

from camus_core.conformance.scenario import Connects, Drops, Hears, IsClosed, Says
from camus_core.conformance.session_phrases import (
    are_heard,
    enters,
    goes_on,
    meet,
    says,
)
from camus_core.conformance.vocabulary import (
    BILL,
    CAMUS_2,
    SERVER,
    TED,
    ack,
    but,
    by,
    resume,
    resumed,
    to,
)
from camus_core.events import Disconnected, KeptAlive, Overflowed, Received
from camus_core.wire.messages import Greeting, Json
from driving.conversation import Conversation

BILL_AGAIN = "Bill's new connection"
LIST_ROOMS = to(SERVER, "list-rooms")
MANY = [str(number) for number in range(600)]
"""More messages than a client is sent at once."""


def test_a_client_that_confirms_what_was_not_sent_again_yet_is_sent_no_more_of_it() -> None:
    talk = Conversation()
    talk.plays(*meet(BILL, TED), *says(TED, BILL, *MANY), Drops(BILL), *goes_on(BILL, 1, 0))
    talk.plays(Says(BILL, ack(601)), *says(TED, BILL, "new"))
    talk.plays(*are_heard(BILL, TED, *MANY[:256], "new"))
    talk.ends()


def test_late_events_of_a_replaced_connection_have_no_effect() -> None:
    talk = Conversation()
    talk.plays(*meet(BILL, TED))
    old = talk.server.connection_of(BILL)
    talk.plays(
        Connects(BILL_AGAIN, None, CAMUS_2),
        Says(BILL_AGAIN, resume(BILL, 1)),
        Hears(BILL_AGAIN, resumed(BILL, 0)),
        IsClosed(BILL, 4505),
    )
    late = Received(old, Greeting(TED, Json(b'"too late"')))
    for event in (late, KeptAlive(old), Overflowed(old), Disconnected(old, 1006)):
        talk.server.happens(event)
    assert talk.router.census().away == 0
    talk.plays(*says(TED, BILL, "1"), Hears(BILL_AGAIN, by(TED, BILL, "x-note", "1")))
    talk.ends()


def test_a_request_of_a_replaced_connection_is_neither_counted_nor_answered() -> None:
    talk = Conversation()
    talk.plays(*enters(BILL))
    talk.server.holds_questions = True
    talk.plays(
        Says(BILL, LIST_ROOMS),
        Connects(BILL_AGAIN, None, CAMUS_2),
        Says(BILL_AGAIN, resume(BILL, 0)),
        Hears(BILL_AGAIN, resumed(BILL, 0)),
    )
    talk.answers(BILL, [])
    talk.plays(IsClosed(BILL, 4505), Says(BILL_AGAIN, but(LIST_ROOMS, id="7")))
    talk.answers(BILL_AGAIN, [])
    talk.plays(
        Hears(BILL_AGAIN, but(by(SERVER, BILL, "rooms", []), reply_to="7")),
        Drops(BILL_AGAIN),
        *goes_on(BILL, 1, handled=1),
    )
