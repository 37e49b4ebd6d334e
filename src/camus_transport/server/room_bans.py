"""The bans of a room, for the operator: also of a room that only the store knows."""

import time
from collections.abc import Callable

from attrs import define

from camus_core.effects import ForgetBan
from camus_core.events import Timestamp
from camus_core.records import RoomId, StoredRoom
from camus_core.router import Router
from camus_core.wire.errors import NotFound
from camus_core.wire.messages import GROUND_CONTROL, BanInfo, Unban, WhoBody

from .durable_orders import DurableOrders
from .write_behind import WriteBehind


@define(eq=False)
class RoomBans:
    """Lists bans and takes them back."""

    router: Router
    write_behind: WriteBehind
    clock: Callable[[], Timestamp]
    orders: DurableOrders

    async def list(self, room_id: RoomId) -> tuple[BanInfo, ...]:
        """Return the bans of a room, the oldest first.

        Raises:
            RoomNotFound: there is no such room.
            StoreError: the store failed.
        """
        bans = self.router.bans(room_id, self.clock())
        if bans is None:
            now = time.time()
            stored = await self.write_behind.find_room(room_id)
            bans = tuple(ban for ban in stored.bans if ban.holds_at(now))
        return tuple(ban.info() for ban in bans)

    async def end(self, room_id: RoomId, ban_id: str) -> None:
        """End a ban, durably. A client that only this ban has wait is admitted.

        Raises:
            RoomNotFound: there is no such room.
            NotFound: the room has no such ban.
            StoreError: the store failed.
        """
        unban = Unban(GROUND_CONTROL, WhoBody(ban_id))
        await self.orders.carry_out(room_id, unban, lambda stored: [_forget(stored, ban_id)])


def _forget(stored: StoredRoom, ban_id: str) -> ForgetBan:
    if all(ban.id != ban_id for ban in stored.bans):
        raise NotFound("no ban of this room has this id")
    return ForgetBan(stored.room.id, stored.room.incarnation, ban_id)
