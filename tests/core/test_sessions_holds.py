"""Conversations about what is stored and kept of a member with a session, and for how long."""

import json

from camus_core.census import Census
from camus_core.conformance import Fence, Setting
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    IsClosed,
    Joins,
    Says,
    Waits,
)
from camus_core.conformance.session_phrases import says
from camus_core.conformance.vocabulary import BILL, CAMUS_2, ROOM, SERVER, join, to
from camus_core.effects import ForgetClient, SaveClient
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import (
    ClientId,
    ClientRecord,
    RoomId,
    SessionSecret,
    digest,
    session_digest,
)
from driving.conversation import Conversation
from driving.driver import START
from driving.weight import weight_of

BYE = to(SERVER, "bye")


def test_the_store_has_digests_of_the_clients_secrets_until_it_leaves() -> None:
    talk = Conversation()
    talk.plays(Connects(BILL, None, CAMUS_2), Says(BILL, join(username="Bill")))
    [joined] = talk.server.do(Fence(BILL))
    assert isinstance(joined, bytes)
    body = json.loads(joined)["data"]
    secret, _, _ = body["session"].partition(".")
    record = ClientRecord(
        ClientId(BILL),
        RoomId(DEFAULT_ROOM),
        "Bill",
        START,
        node="node 1",
        session_digest=session_digest(SessionSecret(secret)),
        incarnation=repr(START),
        guest_digest=digest(body["guest_token"]),
    )
    talk.plays(Says(BILL, BYE), IsClosed(BILL, 1000))
    assert talk.server.changes == [SaveClient(record), ForgetClient(record.id, "node 1")]


def test_members_that_come_and_go_leave_nothing_behind() -> None:
    turn = IceConfiguration((), ("turn:turn.example.com:3478",), "69")
    talk = Conversation(Setting(Limits(turn_seconds=20), turn))
    talk.plays(Joins(BILL))
    weights = []
    for number in range(600):
        guest = f"guest {number}"
        talk.plays(
            Connects(guest, None, CAMUS_2),
            Says(guest, join()),
            *says(guest, ROOM, "Hello"),
            Says(guest, BYE) if number % 2 else Drops(guest),
            Waits(1),
            Says(BILL, to(SERVER, "pong")),
        )
        talk.server.do(Fence(BILL))
        if number % 60 == 59:
            weights.append(weight_of(talk.router))
    assert max(weights[3:]) <= max(weights[:3]) * 1.1
    talk.plays(Says(BILL, BYE), Waits(400))
    assert talk.router.census() == Census(0, 0, 0, 0, 0)
    assert talk.router.next_deadline() is None
