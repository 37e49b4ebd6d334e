"""Speaking: the operator's own words, which the server says to a room or to one member."""

from .effects import Effect
from .events import Timestamp
from .orders import OrderGiver, OrderHandlers, Say
from .rooms.room import Room
from .wire.json_text import to_json
from .wire.messages import GROUND_CONTROL

_NAME = to_json(GROUND_CONTROL)
"""The `from` of a text, which no member can be called (rule CORE-100)."""


class Speaking:
    """The orders by which the operator speaks."""

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of each type of order."""
        return {Say: self._say}

    def _say(self, room: Room, order: Say, giver: OrderGiver, now: Timestamp) -> list[Effect]:
        return room.relay(GROUND_CONTROL, _NAME, order.message, now)
