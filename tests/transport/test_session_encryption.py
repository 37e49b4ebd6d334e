"""A session with the key of an encrypted room; Ann is a member that the test plays."""

import pytest
from attrs import define, evolve, field

from camus_core.wire import messages as m
from camus_core.wire.json_text import from_json, to_json
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport import Discarded, Expired, RoomKey, Session
from camus_transport.client.encryption import Challenges, Encryptable, Fault, is_encryptable
from transport.scripted_server import (
    ANN,
    LIMITS,
    NEWCOMER,
    TED,
    ScriptedServer,
    ScriptedWire,
    from_ann,
    rejoined,
    server_that_says,
    to_ann,
)
from transport.virtual_time import in_virtual_time

SECRET = "A" * 22
CLIENT_ANN = m.SessionClient(ANN, "Ann", "guest")
WITH_ANN = (*(NEWCOMER.clients or ()), CLIENT_ANN)
IN_ENCRYPTED_ROOM = evolve(NEWCOMER, clients=WITH_ANN)
OFFER = m.Offer(ANN, to_json({"type": "offer", "sdp": "v=0\r\n"}), id="1.1")
CANDIDATE = m.IceCandidate(ANN, id="1.2")


@define(eq=False)
class Ann:
    """Ann's side of the encryption between her and Ted."""

    key: RoomKey = field(factory=lambda: RoomKey(SECRET, "lobby"))
    own: Challenges = field(factory=Challenges)
    teds: str = ""
    sent: int = 0

    async def hears_challenge(self, wire: ScriptedWire) -> None:
        while isinstance(message := await wire.heard(), m.Ack):
            pass
        assert isinstance(message, m.Extension) and message.type == "x-encryption"
        assert message.receiver == ANN
        self.teds = from_json(message.data)["challenge"]

    def challenge(self) -> m.Extension:
        data = to_json({"challenge": self.own.newest})
        return m.Extension("x-encryption", TED, data, ANN)

    def sealed(self, message: Encryptable) -> Encryptable:
        self.sent += 1
        return evolve(self.key.seal(message, ANN, self.teds, self.sent), sender=ANN)

    def opened(self, message: m.Message) -> m.Message:
        assert is_encryptable(message)
        opened = self.key.open(evolve(message, sender=TED), ANN)
        self.own.accept(opened.challenge, opened.n)
        assert is_encryptable(opened.message)
        return evolve(opened.message, sender="")


def offer_to_ted(number: int) -> m.Offer:
    return m.Offer(TED, to_json({"type": "offer", "sdp": str(number)}), id=f"{number}")


def session_of(server: ScriptedServer) -> Session:
    return server.session(key=RoomKey(SECRET, "lobby"))


@in_virtual_time
async def test_what_describes_connections_is_encrypted_and_the_rest_is_not() -> None:
    server, ann = server_that_says(IN_ENCRYPTED_ROOM), Ann()
    async with session_of(server) as ted:
        [wire] = server.wires
        await ann.hears_challenge(wire)
        wire.say(ann.challenge(), from_ann(1))
        assert await ted.receive() == from_ann(1)
        tracks = m.Extension("x-tracks", ANN, to_json({"0": "camera"}))
        for message in (OFFER, CANDIDATE, tracks):
            await ted.send(message)
            heard = await wire.heard()
            assert b"camus-encrypted-1." in getattr(heard, "data", b"")
            assert ann.opened(heard) == message
        await ted.send(to_ann(2))
        assert await wire.heard() == to_ann(2)
        wire.say(ann.sealed(offer_to_ted(1)))
        assert await ted.receive() == evolve(offer_to_ted(1), sender=ANN)
    assert server.events == []


@in_virtual_time
async def test_what_is_plain_or_repeated_is_reported_and_not_shown() -> None:
    server, ann = server_that_says(IN_ENCRYPTED_ROOM), Ann()
    async with session_of(server) as ted:
        [wire] = server.wires
        await ann.hears_challenge(wire)
        plain = evolve(offer_to_ted(1), sender=ANN)
        sealed = ann.sealed(offer_to_ted(2))
        of_nobody = evolve(plain, sender="9" * 32)
        wire.say(plain, sealed, sealed, of_nobody, from_ann(1))
        assert await ted.receive() == evolve(offer_to_ted(2), sender=ANN)
        assert await ted.receive() == from_ann(1)
    assert server.events == [Discarded(plain, "plain"), Discarded(sealed, "replayed")]


@in_virtual_time
async def test_messages_wait_in_order_for_the_challenge_of_their_receiver() -> None:
    server, ann = server_that_says(IN_ENCRYPTED_ROOM), Ann()
    async with session_of(server) as ted:
        [wire] = server.wires
        await ann.hears_challenge(wire)
        await ted.send(OFFER)
        await ted.send(CANDIDATE)
        await ted.send(to_ann(1))
        assert await wire.heard() == to_ann(1)
        wire.say(ann.challenge())
        assert ann.opened(await wire.heard()) == OFFER
        assert ann.opened(await wire.heard()) == CANDIDATE


@in_virtual_time
async def test_a_newcomer_is_sent_a_challenge_and_what_waits_for_one_who_left_expires() -> None:
    server, ann = server_that_says(NEWCOMER), Ann()
    async with session_of(server) as ted:
        [wire] = server.wires
        await ted.send(OFFER)
        assert server.events == [Expired((OFFER,))]
        wire.say(m.ClientJoined(m.ROOM, CLIENT_ANN))
        await ted.receive()
        await ann.hears_challenge(wire)
        for _ in range(65):
            await ted.send(CANDIDATE)
        assert server.events[1:] == [Expired((CANDIDATE,))]
        wire.say(m.ClientLeft(m.ROOM, m.ClientLeftBody(ANN, "gone")))
        await ted.receive()
        assert server.events[2:] == [Expired((CANDIDATE,) * 64)]


@in_virtual_time
async def test_a_lost_challenge_is_sent_again_while_its_receiver_is_there() -> None:
    server, ann = server_that_says(IN_ENCRYPTED_ROOM), Ann()
    async with session_of(server) as ted:
        [wire] = server.wires
        await ann.hears_challenge(wire)
        first = ann.teds
        for _ in range(2):
            full = m.UndeliverableBody(ANN, "full")
            wire.say(m.Undeliverable(TED, full, reply_to="x-encryption"), from_ann(1))
            await ted.receive()
            assert wire.heard_so_far() == []
            await ann.hears_challenge(wire)
            assert ann.teds == first
        left = m.ClientLeft(m.ROOM, m.ClientLeftBody(ANN, "gone"))
        wire.say(m.Undeliverable(TED, full, reply_to="x-encryption"), left)
        assert await ted.receive() == evolve(left, sender=GROUND_CONTROL)


@in_virtual_time
async def test_after_overflow_both_challenges_are_good_until_the_new_one_is_used() -> None:
    back = evolve(rejoined("overflow", 0), clients=WITH_ANN)
    server, ann = server_that_says(IN_ENCRYPTED_ROOM, back), Ann()
    async with session_of(server) as ted:
        await ann.hears_challenge(server.wires[0])
        server.wires[0].say(ann.challenge(), ann.sealed(offer_to_ted(1)))
        assert isinstance(await ted.receive(), m.Offer)
        on_its_way, too_late = ann.sealed(offer_to_ted(2)), ann.sealed(offer_to_ted(3))
        server.wires[0].abort()
        assert isinstance(await ted.receive(), m.Joined)
        [_, wire] = server.wires
        await ann.hears_challenge(wire)
        wire.say(on_its_way, ann.sealed(offer_to_ted(4)), too_late, from_ann(1))
        assert await ted.receive() == evolve(offer_to_ted(2), sender=ANN)
        assert await ted.receive() == evolve(offer_to_ted(4), sender=ANN)
        assert await ted.receive() == from_ann(1)
        assert server.events[-1] == Discarded(too_late, "stale")
        await ted.send(OFFER)
        assert ann.opened(await wire.heard()) == OFFER  # Ann's own challenge is still known


@pytest.mark.parametrize(
    ("reason", "id", "fault"), [("unknown", "8" * 32, "unreadable"), ("rejoined", TED, "stale")]
)
@in_virtual_time
async def test_who_is_a_newcomer_again_accepts_nothing_of_before(
    reason: m.Lost, id: str, fault: Fault
) -> None:
    back = evolve(rejoined(reason, id=id), clients=(CLIENT_ANN,))
    server, ann = server_that_says(IN_ENCRYPTED_ROOM, back), Ann()
    async with session_of(server) as ted:
        await ann.hears_challenge(server.wires[0])
        before = ann.sealed(offer_to_ted(1))
        server.wires[0].abort()
        await ted.receive()
        [_, wire] = server.wires
        await ann.hears_challenge(wire)
        wire.say(before, from_ann(1))
        assert await ted.receive() == from_ann(1)
        assert server.events[-1] == Discarded(before, fault)


@in_virtual_time
async def test_the_encrypted_form_has_to_fit_and_is_for_one_member() -> None:
    server = server_that_says(IN_ENCRYPTED_ROOM)
    async with session_of(server) as ted:
        half, most = LIMITS.frame_bytes // 2, LIMITS.frame_bytes - 999
        await ted.send(m.Offer(ANN, to_json({"type": "offer", "sdp": "x" * half})))
        large = m.Offer(ANN, to_json({"type": "offer", "sdp": "x" * most}))
        with pytest.raises(ValueError, match="are more than 65536"):
            await ted.send(large)
        with pytest.raises(ValueError, match="for one member only"):
            await ted.send(m.Extension("x-tracks", m.ROOM, to_json({})))


@in_virtual_time
async def test_without_the_key_nothing_is_sent_that_should_be_encrypted() -> None:
    server = server_that_says(evolve(IN_ENCRYPTED_ROOM, encrypted=True))
    async with server.session() as ted:
        assert ted.encrypted
        for message in (OFFER, CANDIDATE, m.Extension("x-tracks", ANN, to_json({}))):
            with pytest.raises(ValueError, match="needs the key of the room"):
                await ted.send(message)
        await ted.send(to_ann(1))
        assert await server.wires[0].heard() == to_ann(1)
