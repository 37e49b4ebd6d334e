"""An aiortc peer that meets one other in a room and exchanges bytes in a data channel.

    python peer.py URL SIZE

prints one JSON line when it knows the room (`{"here": <its id>}`), and one when it has sent
SIZE bytes and received as many: the SHA-256 of both. It stays until its input ends. It is a
program of its own, so that two of them share nothing but the signaling server.
"""

import asyncio
import hashlib
import json
import os
import sys

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json
from camus_transport import Peer, connect

PIECE = 16 * 1024
"""Bytes that every browser accepts as one message of a data channel."""


class Meeting:
    """One peer connection; the member of the room sends an offer to the newcomer."""

    def __init__(self, peer: Peer, ice_servers: tuple[m.IceServer, ...], size: int) -> None:
        self._peer = peer
        self._size = size
        self._other: str | None = None
        self._connection = RTCPeerConnection(
            RTCConfiguration(
                [RTCIceServer(list(s.urls), s.username, s.credential) for s in ice_servers]
            )
        )
        self._connection.on("datachannel", self._use)
        self._received = bytearray()

    async def hears(self, message: m.Message) -> None:
        """Handle a message of the room or of the other peer."""
        match message:
            case m.RoomInfo(data=room) if self._other is None:
                ids = [client.id for client in room.clients]
                newcomers = ids[ids.index(self._peer.id) + 1 :]
                if newcomers:
                    await self._offer(newcomers[0])
            case m.Offer(data=data):
                self._other = message.sender
                await self._connection.setRemoteDescription(_description(data))
                await self._connection.setLocalDescription(
                    await self._connection.createAnswer()
                )
                await self._peer.send(m.Answer(self._other, self._local_description()))
            case m.Answer(data=data):
                await self._connection.setRemoteDescription(_description(data))
            case m.IceCandidate(data=data):
                await self._add_candidate(data)
            case _:
                pass

    async def close(self) -> None:
        await self._connection.close()

    async def _offer(self, other: str) -> None:
        self._other = other
        self._use(self._connection.createDataChannel("bytes"))
        await self._connection.setLocalDescription(await self._connection.createOffer())
        await self._peer.send(m.Offer(other, self._local_description()))

    def _local_description(self) -> m.Json:
        """Return the description with every candidate, since aiortc never trickles."""
        local = self._connection.localDescription
        return to_json({"type": local.type, "sdp": local.sdp})

    async def _add_candidate(self, data: m.Json) -> None:
        said = json.loads(data)
        if said is None or said["candidate"] == "":
            await self._connection.addIceCandidate(None)
            return
        candidate = candidate_from_sdp(said["candidate"].removeprefix("candidate:"))
        candidate.sdpMid = said["sdpMid"]
        candidate.sdpMLineIndex = said["sdpMLineIndex"]
        await self._connection.addIceCandidate(candidate)

    def _use(self, channel: RTCDataChannel) -> None:
        sent = os.urandom(self._size)

        def send_all() -> None:
            for start in range(0, len(sent), PIECE):
                channel.send(sent[start : start + PIECE])

        def receive(piece: bytes) -> None:
            self._received += piece
            if len(self._received) >= self._size:
                tell(sent=_digest(sent), received=_digest(self._received))

        channel.on("message", receive)
        channel.on("open", send_all)
        if channel.readyState == "open":
            send_all()


def _description(data: m.Json) -> RTCSessionDescription:
    said = json.loads(data)
    return RTCSessionDescription(said["sdp"], said["type"])


def _digest(data: bytes | bytearray) -> str:
    return hashlib.sha256(data).hexdigest()


def tell(**what: str) -> None:
    """Report to the test."""
    print(json.dumps(what), flush=True)


async def main(url: str, size: int) -> None:
    async with connect(url) as peer:
        listening = asyncio.create_task(meet(peer, size))
        told_to_leave = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait({listening, told_to_leave}, return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            listening.result()
        listening.cancel()
        await asyncio.wait({listening})


async def meet(peer: Peer, size: int) -> None:
    await peer.send(m.GetIceServers())
    early: list[m.Message] = []  # a member of the room may send its offer first
    while not isinstance(message := await peer.receive(), m.IceServers):
        early.append(message)
    meeting = Meeting(peer, message.data, size)
    try:
        await peer.send(m.GetRoomInfo())
        tell(here=peer.id)
        for message in early:
            await meeting.hears(message)
        async for message in peer:
            await meeting.hears(message)
    finally:
        await meeting.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
