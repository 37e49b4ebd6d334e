"""Conversations about identities: the questions about tokens, and the stored record."""

from collections.abc import Mapping
from typing import Any

import pytest

from camus_core.admission.identity import Identity
from camus_core.conformance import Setting
from camus_core.conformance.patterns import Wildcard
from camus_core.conformance.scenario import (
    DEFAULT_ROOM,
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    Says,
)
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    CAMUS_2,
    SERVER,
    TED,
    join,
    joined,
    refused,
    to,
)
from camus_core.effects import SaveClient
from camus_core.questions import CheckPassword, CreateRoomRecord, Failed, Identify, LookUpRoom
from camus_core.records import ClientId, ClientRecord, NetworkAddress, RoomId, RoomRecord
from camus_core.wire.messages import CreateRoomBody
from driving.conversation import Conversation
from driving.driver import START

ROOM_ID = RoomId(DEFAULT_ROOM)
TED_LOGAN = Identity("ted@example", "Ted Logan", role="moderator")
CREATE_ROOM = to(SERVER, "create-room", {"name": "Circle K", "token": "Ted's"})


@pytest.mark.parametrize("id", ["", "a" * 257, "a\0", "\ud800"])
def test_an_id_can_be_stored_and_is_not_long(id: str) -> None:
    assert Identity("a" * 256).id == "a" * 256
    with pytest.raises(ValueError, match="id"):
        Identity(id)


@pytest.mark.parametrize("name", ["", " ", "a" * 65, "\n", "\u202e"])
def test_a_name_is_a_username(name: str) -> None:
    with pytest.raises(ValueError, match="a name"):
        Identity("ted", name)


def conversation_with_ted(identity: Identity = TED_LOGAN, **more: Any) -> Conversation:
    """Return a conversation with Ted, who has connected and whose questions are held.

    Args:
        identity: The identity that Ted's token asserts.
        more: Other attributes of the setting.
    """
    talk = Conversation(Setting(tokens={"Ted's": identity}, **more))
    talk.plays(Connects(TED, None, CAMUS_2, address="192.0.2.1"))
    talk.server.holds_questions = True
    return talk


def test_a_token_is_read_before_the_room_is_looked_up_and_the_password_checked() -> None:
    room = ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns")
    talk = conversation_with_ted(Identity("ted@example"), rooms=(room,))
    talk.plays(Says(TED, join(token="Ted's", password="Wyld Stallyns")))
    made = RoomRecord(ROOM_ID, DEFAULT_ROOM, START, empty_for=300.0)
    check = CheckPassword("Wyld Stallyns", "Wyld Stallyns")
    for question in (Identify("Ted's"), LookUpRoom(ROOM_ID, made), check):
        assert talk.question_about(TED) == question
        talk.answers(TED)
    talk.answers(TED)  # the room is looked up once more
    talk.plays(Hears(TED, joined(TED)))


def test_a_token_is_read_before_a_room_is_created() -> None:
    talk = conversation_with_ted()
    talk.plays(Says(TED, CREATE_ROOM))
    assert talk.question_about(TED) == Identify("Ted's")
    talk.answers(TED)
    wish = CreateRoomBody("Circle K", token="Ted's")
    assert talk.question_about(TED) == CreateRoomRecord(
        wish, START, empty_for=300.0, address=NetworkAddress("192.0.2.1")
    )


def test_a_token_that_could_not_be_read_may_be_presented_again() -> None:
    talk = conversation_with_ted()
    talk.plays(Says(TED, join(token="Ted's")))
    talk.answers(TED, Failed("no connection"))
    unavailable = refused(ANY_CLIENT, "unavailable", retry_after=Wildcard("5.0"))
    talk.server.holds_questions = False
    talk.plays(
        Hears(TED, unavailable),
        Says(TED, join(token="Ted's")),
        Hears(TED, joined(TED, role="moderator")),
    )


@pytest.mark.parametrize("asked", [join(token="Ted's"), CREATE_ROOM])
def test_a_client_that_leaves_before_its_token_is_read_causes_no_room(
    asked: Mapping[str, Any],
) -> None:
    talk = conversation_with_ted()
    talk.plays(Says(TED, asked), Drops(TED))
    talk.answers(TED)
    assert (talk.server.store.rooms, talk.server.node.questions) == ({}, {})


def test_a_member_is_stored_with_its_identity() -> None:
    talk = conversation_with_ted()
    talk.server.holds_questions = False
    talk.plays(Says(TED, join(token="Ted's")), Hears(TED, joined(TED, role="moderator")))
    [saved] = talk.server.changes
    assert isinstance(saved, SaveClient) and saved.client.session_digest is not None
    assert saved.client == ClientRecord(
        ClientId(TED),
        ROOM_ID,
        "Ted Logan",
        START,
        role="moderator",
        node=talk.router.node,
        session_digest=saved.client.session_digest,
        identity="ted@example",
        username_asserted=True,
        address=NetworkAddress("192.0.2.1"),
        incarnation=talk.server.store.rooms[ROOM_ID].incarnation,
    )
