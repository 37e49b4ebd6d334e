"""The operator's orders in rooms that may have no members, which only the store knows then."""

from collections.abc import Callable, Iterable

from attrs import define

from camus_core.effects import Change
from camus_core.orders import OperatorOrder
from camus_core.records import RoomId, StoredRoom
from camus_core.wire.errors import RoomNotFound

from .write_behind import WriteBehind


@define(eq=False)
class DurableOrders:
    """Carries out orders in the router if the room has members, else in the store.

    Attributes:
        order: carries out an order in a room that has members.
    """

    write_behind: WriteBehind
    order: Callable[[RoomId, OperatorOrder], None]

    async def carry_out(
        self,
        room_id: RoomId,
        order: OperatorOrder,
        changes_of: Callable[[StoredRoom], Iterable[Change]],
    ) -> None:
        """Carry out an order. It is durable when this returns.

        Args:
            changes_of: returns the changes of a stored room that carry out the order there; it
                may refuse the order.

        Raises:
            RoomNotFound: there is no such room.
            ProtocolError: the order is refused.
            StoreError: the store failed; the order may have been carried out or not.
        """
        try:
            self.order(room_id, order)
        except RoomNotFound:
            stored = await self.write_behind.find_room(room_id)
            try:
                self.order(room_id, order)  # somebody may have joined in the meantime
            except RoomNotFound:
                for change in changes_of(stored):
                    self.write_behind.add(change)
        await self.write_behind.write_changes_of(room_id)
