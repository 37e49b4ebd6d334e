"""A member of an encrypted room that answers one offer; TypeScript tests run it as a program.

python -m interop.encrypted_peer URL ROOM SECRET
"""

import asyncio
import sys

from camus_core.wire import messages as m
from camus_core.wire.json_text import from_json, to_json
from camus_transport import RoomKey, Session, join


async def answer(session: Session, offer: m.Offer) -> None:
    """Send what a peer connection would send, with the description of the offer in it."""
    sdp = from_json(offer.data)["sdp"]
    to = offer.sender
    await session.send(m.Extension("x-tracks", to, to_json({"0": "camera"}), id="ä.1"))
    await session.send(m.Answer(to, to_json({"type": "answer", "sdp": f"to {sdp}"}), id="ä.2"))
    candidate = {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}
    await session.send(m.IceCandidate(to, to_json(candidate)))
    await session.send(m.IceCandidate(to))


async def main(url: str, room_id: str, secret: str) -> None:
    key = RoomKey(secret, room_id)
    async with join(url, room_id=room_id, username="Python", key=key) as session:
        async for message in session:
            if isinstance(message, m.Offer):
                await answer(session, message)
            elif isinstance(message, m.IceCandidate) and message.data == m.NULL:
                break


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
