"""TURN credentials of Camus, tried on a coturn: allocated relays, and their lifetime."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from attrs import define, evolve, field
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.typing import Subprotocol

from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec, best_codec
from camus_core.wire.json_text import to_json
from camus_store import open_store
from camus_transport import Signaling
from interop.coturn import Coturn, refusal, relay, sent_through
from transport.adjustable_clock import JUMPS, MachineClocks, Route, serving, until
from transport.serve import camus_serve

SECONDS = 20.0
"""Seconds that any answer may take."""

SHORT = 3
"""Lifetime of credentials, in seconds, if a test waits for its end."""

UNAUTHORIZED = 401
"""The code with which coturn refuses credentials (RFC 8489, section 9.2.4)."""

PIECES = [os.urandom(16 * 1024) for _ in range(20)]
"""Data for a relay: each piece is one message of a data channel."""

M = TypeVar("M", bound=m.Message)


# Allocation of relays --------------------------------------------------------------------


async def test_a_core_profile_client_is_given_a_relay_over_udp_and_over_tcp(
    coturn: Coturn,
) -> None:
    async with signaling(coturn, turn_seconds=600) as url, client(url) as ann:
        ann_id = (await ann.hear(m.Greeting)).receiver
        asked_at = time.time()
        await ann.say(m.GetIceServers())
        [turn] = (await ann.hear(m.IceServers)).data
        assert turn.username == f"{expiry(turn)}:{ann_id}"
        assert_made_between(asked_at, turn, 600, time.time())
        assert turn.urls == coturn.urls
        assert [await refusal(turn, way) for way in turn.urls] == [None, None]


async def test_a_session_is_given_a_relay_with_its_place(coturn: Coturn) -> None:
    asked_at = time.time()
    async with signaling(coturn, turn_seconds=600) as url, session(url) as (_, joined):
        [turn] = joined.ice_servers
        assert turn.username == f"{expiry(turn)}:{joined.id}"
        assert_made_between(asked_at, turn, 600, time.time())
        assert turn.urls == coturn.urls
        assert [await refusal(turn, way) for way in turn.urls] == [None, None]


async def test_credentials_made_with_another_secret_are_refused(coturn: Coturn) -> None:
    async with signaling(coturn, secret="another") as url, session(url) as (_, joined):
        [turn] = joined.ice_servers
        assert [await refusal(turn, way) for way in turn.urls] == [UNAUTHORIZED] * 2


async def test_nobody_can_lengthen_the_life_of_credentials_or_give_them_another_name(
    coturn: Coturn,
) -> None:
    async with signaling(coturn) as url, session(url) as (_, joined):
        [turn] = joined.ice_servers
        longer = evolve(turn, username=f"{expiry(turn) + 3600}:{joined.id}")
        of_another = evolve(turn, username=f"{expiry(turn)}:{'0' * 32}")
        assert [await refusal(one) for one in (turn, longer, of_another)] == [
            None,
            UNAUTHORIZED,
            UNAUTHORIZED,
        ]


# Lifetime ----------------------------------------------------------------------------------


async def test_expired_credentials_are_given_no_relay_and_lose_none(coturn: Coturn) -> None:
    async with signaling(coturn, turn_seconds=SHORT) as url, session(url) as (_, joined):
        [turn] = joined.ice_servers
        async with relay(turn, turn.urls[0]) as kept:
            await wait_for_expiry(turn)
            assert await refusal(turn) == UNAUTHORIZED
            # A peer that is new to the relay needs a request that coturn has to authenticate.
            assert await sent_through(kept, b"still here") == b"still here"


async def test_a_session_is_told_of_new_credentials_before_it_asks(coturn: Coturn) -> None:
    async with signaling(coturn, turn_seconds=5) as url, session(url) as (ann, joined):
        [first] = joined.ice_servers
        pushed = await ann.hear(m.IceServers)
        [second] = pushed.data
        assert pushed == m.IceServers(joined.id, (second,), m.GROUND_CONTROL)
        assert second.username == f"{expiry(second)}:{joined.id}"
        assert expiry(second) - expiry(first) >= 4, "80 % of their life"
        await wait_for_expiry(first)
        assert [await refusal(one) for one in (first, second)] == [UNAUTHORIZED, None]


@pytest.mark.parametrize("seconds", JUMPS)
async def test_when_a_clock_is_set_right_sessions_have_credentials_that_coturn_takes(
    coturn: Coturn, seconds: float
) -> None:
    clocks, ice = (
        MachineClocks(wall_clock_error=seconds),
        IceConfiguration((), coturn.urls, coturn.secret),
    )
    async with (
        open_store("memory:") as store,
        serving(store, clocks, limits=Limits(turn_seconds=600), ice=ice) as server,
        Route(server).session() as ann,
    ):
        [wrong] = ann.ice_servers
        assert await refusal(wrong) == (None if seconds > 0 else UNAUTHORIZED)
        clocks.wall_clock_error = 0.0
        await until(lambda: ann.ice_servers != (wrong,))
        [right] = ann.ice_servers
        assert abs(expiry(right) - time.time() - 600) < 3
        assert await refusal(right) is None


@pytest.mark.parametrize("seconds", JUMPS)
async def test_credentials_are_replaced_before_coturn_refuses_them_whatever_the_clock_did(
    coturn: Coturn, seconds: float
) -> None:
    clocks, ice = (
        MachineClocks(wall_clock_error=seconds),
        IceConfiguration((), coturn.urls, coturn.secret),
    )
    async with (
        open_store("memory:") as store,
        serving(store, clocks, limits=Limits(turn_seconds=5), ice=ice) as server,
        Route(server).session() as ann,
    ):
        clocks.wall_clock_error = 0.0
        await until(lambda: abs(expiry(ann.ice_servers[0]) - time.time() - 5) < 3)
        [first] = ann.ice_servers
        await wait_for_expiry(first)
        [second] = ann.ice_servers
        assert [await refusal(one) for one in (first, second)] == [UNAUTHORIZED, None]


async def test_who_was_away_when_new_credentials_were_due_is_told_of_them_in_joined(
    coturn: Coturn,
) -> None:
    async with signaling(coturn, turn_seconds=SHORT) as url:
        async with session(url) as (ann, joined):
            [first] = joined.ice_servers
            ann.lose_connection()
        await wait_for_expiry(first)
        resume = m.ResumeBody(joined.session, received=0)
        async with session(url, resume) as (ann, rejoined):
            assert (rejoined.resumed, rejoined.id) == (True, joined.id)
            await ann.say(m.Ping(m.GROUND_CONTROL, to_json(1)))
            missed_nothing = m.Pong(joined.id, to_json(1), m.GROUND_CONTROL)
            assert await ann.next() == missed_nothing
            [second] = rejoined.ice_servers
            assert [await refusal(one) for one in (first, second)] == [UNAUTHORIZED, None]
            [third] = (await ann.hear(m.IceServers)).data
            assert expiry(third) > expiry(second)


# Relayed data ------------------------------------------------------------------------------


async def test_two_aiortc_peers_without_another_way_exchange_bytes_over_the_relay(
    coturn: Coturn,
) -> None:
    options = [word for url in coturn.urls for word in ("--turn-url", url)]
    secret = {"CAMUS_TURN_SECRET": coturn.secret}
    async with (
        camus_serve(*options, settings=secret) as server,
        session(server.url("lobby")) as (ann, ann_joined),
        session(server.url("lobby")) as (bob, bob_joined),
    ):
        async with (
            connected_by_relay(ann_joined) as ann_end,
            connected_by_relay(bob_joined) as bob_end,
        ):
            bob_end.on("datachannel", echo)
            channel = ann_end.createDataChannel("bytes")
            echoed = send_when_open(channel)

            await ann_end.setLocalDescription(await ann_end.createOffer())
            await ann.say(m.Offer(bob_joined.id, local_description(ann_end)))
            offer = await bob.hear(m.Offer)
            await bob_end.setRemoteDescription(description(offer.data))
            await bob_end.setLocalDescription(await bob_end.createAnswer())
            await bob.say(m.Answer(offer.sender, local_description(bob_end)))
            answer = await ann.hear(m.Answer)
            await ann_end.setRemoteDescription(description(answer.data))

            async with asyncio.timeout(SECONDS):
                assert [await echoed.get() for _ in PIECES] == PIECES
        size = len(b"".join(PIECES))
        for joined in (ann_joined, bob_joined):
            [turn] = joined.ice_servers
            assert turn.username is not None
            received, sent = await coturn.relayed(turn.username)
            assert received > size and sent > size


# Signaling -------------------------------------------------------------------------------


@asynccontextmanager
async def signaling(
    coturn: Coturn, *, turn_seconds: int = 600, secret: str | None = None
) -> AsyncIterator[str]:
    """Start a server that announces this coturn; yield the URL of a room."""
    ice = IceConfiguration(turn_urls=coturn.urls, turn_secret=secret or coturn.secret)
    async with Signaling(limits=Limits(turn_seconds=turn_seconds), ice=ice) as server:
        yield f"ws://127.0.0.1:{await server.listen('127.0.0.1', 0)}/room/lobby/ws"


@define(eq=False)
class Client:
    """A client without any automatic actions."""

    _websocket: ClientConnection
    _codec: Codec = field(factory=best_codec)

    async def say(self, message: m.Message) -> None:
        await self._websocket.send(self._codec.encode(message), text=True)

    async def next(self) -> m.Message:
        """Return the next message."""
        async with asyncio.timeout(SECONDS):
            frame = await self._websocket.recv(decode=False)
        return self._codec.decode(frame, ids=True)

    async def hear(self, kind: type[M]) -> M:
        """Return the next message of this kind, skipping others."""
        while not isinstance(message := await self.next(), kind):
            pass
        return message

    def lose_connection(self) -> None:
        self._websocket.transport.abort()


@asynccontextmanager
async def client(url: str, *subprotocols: str) -> AsyncIterator[Client]:
    """Connect to a room."""
    offered = [Subprotocol(name) for name in subprotocols] or None
    async with open_websocket(
        url, subprotocols=offered, compression=None, ping_interval=None
    ) as websocket:
        yield Client(websocket)


@asynccontextmanager
async def session(
    url: str, resume: m.ResumeBody | None = None
) -> AsyncIterator[tuple[Client, m.JoinedBody]]:
    """Join a room in the session profile, as a newcomer or with a session to resume."""
    async with client(url, "camus.2") as made:
        await made.say(m.Join(m.GROUND_CONTROL, m.JoinBody(resume=resume)))
        answer = await made.next()
        assert isinstance(answer, m.Joined), answer
        yield made, answer.data


# Credentials -----------------------------------------------------------------------------


def expiry(turn: m.IceServer) -> int:
    """Return the expiry of credentials, in UNIX seconds."""
    assert turn.username is not None
    return int(turn.username.partition(":")[0])


def assert_made_between(start: float, turn: m.IceServer, life: int, end: float) -> None:
    """Check an expiry, which is in whole seconds by the server's clock."""
    assert start - 1.1 <= expiry(turn) - life <= end + 0.1


async def wait_for_expiry(turn: m.IceServer) -> None:
    """Wait until credentials have expired.

    They are valid during the last second that they name, and coturn's clock ticks coarsely.
    """
    await asyncio.sleep(expiry(turn) + 1.1 - time.time())


# aiortc ----------------------------------------------------------------------------------


@asynccontextmanager
async def connected_by_relay(joined: m.JoinedBody) -> AsyncIterator[RTCPeerConnection]:
    """Open one end of a connection that may use the relay and nothing else."""
    servers = [
        RTCIceServer(list(server.urls), server.username, server.credential)
        for server in joined.ice_servers
    ]
    end = RTCPeerConnection(
        RTCConfiguration(servers, iceTransportPolicy=RTCIceTransportPolicy.RELAY)
    )
    try:
        yield end
    finally:
        await end.close()


def echo(channel: RTCDataChannel) -> None:
    channel.on("message", channel.send)


def send_when_open(channel: RTCDataChannel) -> asyncio.Queue[bytes]:
    """Send the pieces as soon as possible; return the list that collects the answers."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    def send_all() -> None:
        for piece in PIECES:
            channel.send(piece)

    channel.on("open", send_all)
    channel.on("message", heard.put_nowait)
    return heard


def local_description(end: RTCPeerConnection) -> m.Json:
    """Return the description with every candidate, since aiortc never trickles."""
    local = end.localDescription
    return to_json({"type": local.type, "sdp": local.sdp})


def description(data: m.Json) -> RTCSessionDescription:
    said = json.loads(data)
    return RTCSessionDescription(said["sdp"], said["type"])
