"""Two peers in one room and one process, without a port, a database or a browser."""

import asyncio

from camus_core import to_json
from camus_core.wire.messages import ROOM, Offer, Text
from camus_transport import Signaling


async def main() -> None:
    async with (
        Signaling() as signaling,
        signaling.connect("lobby") as ann,
        signaling.connect("lobby") as bob,
    ):
        await ann.send(Text(ROOM, {"text": to_json("Is anybody here?")}))
        print("bob hears:", await bob.receive())

        await bob.send(Offer(ann.id, to_json({"type": "offer", "sdp": "v=0\r\n..."})))
        print("ann hears her own words:", await ann.receive())
        print("ann hears:", await ann.receive())


if __name__ == "__main__":
    asyncio.run(main())
