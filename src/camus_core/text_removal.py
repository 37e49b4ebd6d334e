"""Text removal: texts that a room no longer tells to clients that join it."""

from .effects import Effect
from .events import Timestamp
from .orders import OrderGiver, OrderHandlers
from .rooms.room import Room
from .wire import messages as m
from .wire.errors import NotAllowed, NotFound
from .wire.messages import GROUND_CONTROL


class TextRemoval:
    """The order that removes texts."""

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of each type of order."""
        return {m.RemoveText: self._remove}

    def _remove(
        self, room: Room, order: m.RemoveText, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        if order.data.sender == GROUND_CONTROL and giver.member is not None:
            raise NotAllowed("only the operator takes back what the server has said")
        room.history.all.forget_overdue(now)
        effects = remove_texts(room, order.data)
        if effects is None:
            raise NotFound
        return effects


def remove_texts(room: Room, which: m.WhichTextBody) -> list[Effect] | None:
    """Remove texts from a room's history, and tell the members of the session profile.

    Returns:
        The notices, or None if there are no such texts.
    """
    if not room.history.remove(which.sender, which.id):
        return None
    return room.tell_of_change(m.TextRemoved(m.ROOM, which, GROUND_CONTROL))
