"""An aiortc peer with a camera, in the core profile, which sends and watches moving pictures.

    python -m interop.media_peer URL USERNAME

prints one JSON line when it is in the room (`{"here": <its id>}`), one for each video of
another peer that has shown it different pictures (`{"sees": <width>x<height>}`), and one for
each text that it receives (`{"hears": <text>}`), which it answers. It stays until its input
ends.
"""

import asyncio
import sys
from contextlib import suppress

from aiortc import MediaStreamTrack, VideoStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame

from camus_core import from_json, to_json
from camus_core.wire import messages as m
from camus_transport import Peer, connect
from interop.peer import Meeting, tell

WIDTH, HEIGHT = 320, 240

DIFFERENT = 5
"""Pictures that have to differ from the one before for a video to count as moving."""


class Sweep(VideoStreamTrack):
    """A grey picture that changes from dark to bright, again and again."""

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(frame.planes, (pts // 300 % 220, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class MediaMeeting(Meeting):
    """One peer connection with a camera at this end."""

    def __init__(self, peer: Peer, ice_servers: tuple[m.IceServer, ...]) -> None:
        super().__init__(peer, ice_servers, 0)
        self._watching: set[asyncio.Task[None]] = set()
        self._connection.addTrack(Sweep())
        self._connection.on("track", self._watch)

    async def close(self) -> None:
        await super().close()
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    def _watch(self, track: MediaStreamTrack) -> None:
        if track.kind == "video":
            self._watching.add(asyncio.create_task(_look(track)))


async def _look(track: MediaStreamTrack) -> None:
    before, different = b"", 0
    with suppress(MediaStreamError):  # the other peer has ended the connection
        while True:
            frame = await track.recv()
            assert isinstance(frame, VideoFrame)
            shown = bytes(frame.planes[0])
            different += shown != before
            if different == DIFFERENT:
                tell(sees=f"{frame.width}x{frame.height}")
                return
            before = shown


async def main(url: str, username: str) -> None:
    async with connect(url) as peer:
        await peer.send(m.Profile(m.GROUND_CONTROL, m.ProfileBody(username)))
        await peer.send(m.GetIceServers())
        taking_part = asyncio.create_task(_take_part(peer))
        told_to_leave = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait({taking_part, told_to_leave}, return_when=asyncio.FIRST_COMPLETED)
        if taking_part.done():
            taking_part.result()
        taking_part.cancel()
        await asyncio.wait({taking_part})


async def _take_part(peer: Peer) -> None:
    early: list[m.Message] = []  # a member of the room may send its offer first
    while not isinstance(message := await peer.receive(), m.IceServers):
        early.append(message)
    meeting = MediaMeeting(peer, message.data)
    try:
        await peer.send(m.GetRoomInfo())
        tell(here=peer.id)
        for message in early:
            await meeting.hears(message)
        async for message in peer:
            await meeting.hears(message)
            if isinstance(message, m.Text) and message.sender != peer.id:
                text = from_json(message.data["text"])
                tell(hears=text)
                await peer.send(m.Text(m.ROOM, {"text": to_json(f"You said: {text}")}))
    finally:
        await meeting.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
