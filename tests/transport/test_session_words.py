"""The operator's words, the reasons of moderators, and the history, in the Python clients."""

from collections.abc import AsyncIterator

import pytest

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import NotFound, RoomNotFound, UnknownReceiver
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL, ROOM
from camus_transport import ConnectionClosed, Refused, Session, Signaling
from transport.session_server import next_message

OWNER = Identity("ann", role="owner")
NOBODY = "0" * 32
LOBBY = RoomId("lobby")


@pytest.fixture
async def signaling() -> AsyncIterator[Signaling]:
    async with Signaling(limits=Limits(history_texts=10)) as signaling:
        yield signaling


def text(line: str, receiver: str = ROOM, id: str | None = None) -> m.Text:
    return m.Text(receiver, {"text": to_json(line)}, id=id)


def lines(session: Session) -> list[bytes]:
    return [said.data["text"] for said in session.history]


# Speaking ------------------------------------------------------------------------------------


async def test_the_servers_own_words_have_its_name_as_sender(signaling: Signaling) -> None:
    async with signaling.connect("lobby") as peer, signaling.join("lobby") as session:
        signaling.say("lobby", text("Five minutes left."))
        await peer.send(text("I am the server.", session.id))
        said = await next_message(session, m.Text)
        assert (said.sender, said.data["from"]) == (GROUND_CONTROL, b'"ground control"')
        assert (await next_message(session, m.Text)).sender == peer.id
        while not isinstance(heard := await peer.receive(), m.Text):
            pass
        assert (heard.sender, heard.data["text"]) == (GROUND_CONTROL, b'"Five minutes left."')


async def test_words_to_one_member_reach_it_alone(signaling: Signaling) -> None:
    async with signaling.join("lobby") as ann, signaling.join("lobby") as bob:
        signaling.say("lobby", m.Extension("x-quiz", ann.id, m.Json(b"1")))
        signaling.say("lobby", m.Extension("x-quiz", ROOM, m.Json(b"2")))
        assert (await next_message(ann, m.Extension)).data == b"1"
        assert (await next_message(bob, m.Extension)).data == b"2"


async def test_words_to_nobody_are_refused(signaling: Signaling) -> None:
    with pytest.raises(RoomNotFound):
        signaling.say("lobby", text("Hello?"))
    async with signaling.join("lobby"):
        for receiver in (NOBODY, GROUND_CONTROL):
            with pytest.raises(UnknownReceiver):
                signaling.say("lobby", text("Hello?", receiver))


@pytest.mark.parametrize(
    "message",
    [
        m.Text(ROOM, {"text": m.Json(b"5")}),
        m.Text(ROOM, {"text": m.Json(b"no JSON")}),
        m.Text(ROOM, {}),
        m.Extension("x-quiz", ROOM, m.Json(b"NaN")),
        m.Extension("quiz", ROOM),
        m.Extension("kick", ROOM, to_json({"id": NOBODY})),
        text("a" * 65536),
        text("Hello!", id="a" * 65),
    ],
    ids=["no string", "no JSON", "no text", "NaN", "no x-", "an order", "too long", "long id"],
)
async def test_words_that_no_client_may_say_are_a_mistake_of_the_program(
    signaling: Signaling, message: m.Text | m.Extension
) -> None:
    async with signaling.join("lobby") as session:
        with pytest.raises(ValueError, match=r"."):
            signaling.say("lobby", message)
        signaling.say("lobby", text("Hello!"))
        assert (await next_message(session, m.Text)).data["text"] == b'"Hello!"'


# Reasons -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["kicked", "banned"])
async def test_the_reason_of_a_moderator_is_in_the_end_of_the_session(
    signaling: Signaling, code: str
) -> None:
    async with signaling.join("lobby", identity=OWNER) as ann:
        async with signaling.join("lobby", identity=Identity("bob")) as bob:
            await (ann.kick if code == "kicked" else ann.ban)(bob.id, "Be excellent.")
            with pytest.raises(ConnectionClosed) as end:
                while True:
                    await bob.receive()
            assert end.value.error is not None
            assert (end.value.error.code, end.value.error.reason) == (code, "Be excellent.")
        assert not +signaling.server.counts.undelivered, "a reason is no report"
        with pytest.raises(ValueError, match="1 to 200"):
            await ann.kick(NOBODY, "")


# History -------------------------------------------------------------------------------------


async def test_a_late_comer_has_the_last_texts_but_those_that_were_removed(
    signaling: Signaling,
) -> None:
    async with signaling.join("lobby", identity=OWNER) as ann:
        assert "history" in ann.capabilities
        await ann.send(text("Bogus!", id="1"))
        await ann.send(text("Excellent!", id="2"))
        for _ in range(2):
            await next_message(ann, m.Text)
        signaling.say("lobby", text("Party on, dudes!", id="s"))
        async with signaling.join("lobby") as bob:
            assert lines(bob) == [b'"Bogus!"', b'"Excellent!"', b'"Party on, dudes!"']
            await ann.remove_text(ann.id, "1")
            removed = await next_message(bob, m.TextRemoved)
            assert removed.data == m.WhichTextBody(ann.id, "1")
            assert lines(bob) == [b'"Excellent!"', b'"Party on, dudes!"']
            await ann.remove_text(ann.id)
            await next_message(bob, m.TextRemoved)
            assert lines(bob) == [b'"Party on, dudes!"']
            for which in ((ann.id, None), (GROUND_CONTROL, "s")):
                with pytest.raises(Refused, match=r"not-found|not-allowed"):
                    await ann.remove_text(*which)


async def test_the_operator_takes_back_what_the_server_has_said(signaling: Signaling) -> None:
    async with signaling.join("lobby"):
        signaling.say("lobby", text("Party on, dudes!", id="s"))
        order = m.RemoveText(GROUND_CONTROL, m.WhichTextBody(GROUND_CONTROL, "s"))
        signaling.server.order(LOBBY, order)
        with pytest.raises(NotFound):
            signaling.server.order(LOBBY, order)
        async with signaling.join("lobby") as late:
            assert lines(late) == []
