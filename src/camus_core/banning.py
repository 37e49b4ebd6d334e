"""Bans that are listed and taken back."""

from collections.abc import Mapping

from attrs import define

from .admission.admission import Admission
from .client_connection import ClientConnection
from .effects import Effect
from .events import Received, Timestamp
from .orders import OrderGiver, OrderHandlers
from .requests import Handler
from .rooms.bans import bans_at, end_bans, end_bans_in_time
from .rooms.room import Room
from .wire import messages as m
from .wire.errors import NotAllowed, NotFound
from .wire.messages import Message


@define(eq=False)
class Banning:
    """The requests about the bans of a room; `Moderation` gives bans."""

    admission: Admission

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of each type of order."""
        return {m.Unban: self._unban}

    def handlers(self) -> Mapping[type[Message], Handler]:
        """Return the handler of each type of request that is no order."""
        return {m.ListBans: self._list}

    def _unban(
        self, room: Room, order: m.Unban, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        ban = next((one for one in bans_at(room, now) if one.id == order.data.id), None)
        if ban is None:
            raise NotFound("no ban of this room has this id")
        if ban.by_owner and giver.member is not None and giver.member.role != "owner":
            raise NotAllowed("only owners take an owner's ban back")
        return end_bans(room, [ban.id]) + self.admission.review_waiting(room, now)

    def _list(
        self, connection: ClientConnection, request: m.ListBans, event: Received, now: Timestamp
    ) -> list[Effect]:
        room = connection.joined_member.room
        effects = end_bans_in_time(room, now)
        if effects:
            effects += self.admission.review_waiting(room, now)
        bans = tuple(ban.info() for ban in room.bans.values())
        return effects + connection.reply(m.Bans, bans, request.id)
