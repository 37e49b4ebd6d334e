"""A program that creates rooms and prints each id once its creation is acknowledged.

Run it as `python creates_rooms.py URL PREFIX COUNT`; twenty requests are in progress at a time.
"""

import asyncio
import sys

from camus_core.records import RoomId, RoomRecord
from camus_store import open_store


async def main(url: str, prefix: str, count: int) -> None:
    ids = iter([RoomId(f"{prefix}{number}") for number in range(count)])
    async with open_store(url) as store:

        async def create() -> None:
            for id in ids:
                if await store.create_room(RoomRecord(id=id, name="", created_at=0.0)):
                    print(id, flush=True)

        await asyncio.gather(*(create() for _ in range(20)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
