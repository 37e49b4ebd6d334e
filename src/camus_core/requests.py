"""Requests: the messages that clients send to the server itself, and the operator's orders."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from .admission.permissions import check_role
from .announcement_limits import AnnouncementLimits
from .client_connection import ClientConnection
from .departure import Departure
from .effects import Effect, Send
from .events import Received, Timestamp
from .orders import OPERATOR, OperatorOrder, OrderGiver, OrderHandlers
from .rate_limits import LimitedAction, RateLimits
from .records import RoomId
from .rooms.registry import RoomRegistry
from .sessions.sessions import Sessions
from .wire import messages as m
from .wire.errors import RoomNotFound, UnknownType
from .wire.messages import Message, Order
from .wire.states import SERVER

Handler = Callable[[ClientConnection, Any, Received, Timestamp], list[Effect]]
"""A method that carries out the requests of one type.

It is given the connection, the message, the event that has brought it, and the time. It raises
`ProtocolError` to refuse the request; nothing has changed then.
"""


@define(eq=False)
class Requests:
    """Passes each request to its handler; `Message.legality` has allowed it.

    `capabilities_off` are the capabilities that this server has turned off.
    """

    announcements: AnnouncementLimits
    capabilities_off: frozenset[str]
    handlers: Mapping[type[Message], Handler]

    def __attrs_post_init__(self) -> None:
        to_server = {kind for kind in m.MESSAGES.values() if kind.legality.reaches(SERVER)}
        assert to_server == set(self.handlers), "each request has a handler"

    def handle(
        self, connection: ClientConnection, event: Received, message: Message, now: Timestamp
    ) -> list[Effect]:
        """Carry out a client's request; `message` is the one in `event`.

        Raises:
            UnknownType: The request belongs to a capability that is turned off.
            NotAllowed: The client's role isn't high enough (rule CTRL-1).
            RateLimited: The client, or its address, has made too many changes.
            ProtocolError: The handler refuses the request.
        """
        if message.capability in self.capabilities_off:
            raise UnknownType
        member = connection.member
        if member is not None:
            check_role(member.role, message)
            if message.is_announced:
                self.announcements.charge_change(member, connection.handshake.address, now)
        return self.handlers[type(message)](connection, message, event, now)


@define(eq=False)
class Orders:
    """Passes each order to its handler: those of owners and moderators, and the operator's."""

    rooms: RoomRegistry
    order_handlers: OrderHandlers

    def handlers(self) -> Mapping[type[Message], Handler]:
        """Return the handler of each type of order that members can give, too."""
        return {kind: self._request for kind in self.order_handlers if issubclass(kind, Order)}

    def execute(self, room_id: RoomId, order: OperatorOrder, now: Timestamp) -> list[Effect]:
        """Carry out an order of the operator.

        Raises:
            RoomNotFound: Nobody is in that room.
            ProtocolError: The handler refuses the order.
        """
        room = self.rooms.occupied(room_id)
        if room is None:
            raise RoomNotFound("nobody is in that room")
        return self.order_handlers[type(order)](room, order, OPERATOR, now)

    def _request(
        self,
        connection: ClientConnection,
        order: Order,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        """Carry out a member's order, and reply `done`."""
        member = connection.joined_member
        handler = self.order_handlers[type(order)]
        effects = handler(member.room, order, OrderGiver(member), now)
        return effects + connection.reply(m.Done, None, order.id)


@define(eq=False)
class BasicRequests:
    """The requests that every server has, but for `join`."""

    sessions: Sessions
    rate_limits: RateLimits
    departure: Departure

    def handlers(self) -> Mapping[type[Message], Handler]:
        """Return the handler of each type of request."""
        return {
            m.Ack: self._confirm,
            m.Bye: self._say_bye,
            m.GetIceServers: self._tell_ice_servers,
            m.GetRoomInfo: self._tell_roster,
            m.Greeting: self._ignore,
            m.Ping: self._pong,
            m.Pong: self._ignore,
            m.Profile: self._rename,
        }

    def _confirm(
        self, connection: ClientConnection, ack: m.Ack, event: Received, now: Timestamp
    ) -> list[Effect]:
        delivery = connection.joined_member.delivery
        assert delivery is not None
        delivery.confirm(ack.data.received)
        return []

    def _say_bye(
        self, connection: ClientConnection, bye: m.Bye, event: Received, now: Timestamp
    ) -> list[Effect]:
        return self.departure.say_bye(connection, bye.data, now)

    def _tell_ice_servers(
        self,
        connection: ClientConnection,
        request: m.GetIceServers,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        self.rate_limits.acquire(
            LimitedAction.GET_ICE_SERVERS, connection.handshake.address, now
        )
        servers = self.sessions.ice_servers(connection.joined_member, now)
        return connection.reply(m.IceServers, servers, request.id)

    def _tell_roster(
        self,
        connection: ClientConnection,
        request: m.GetRoomInfo,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        member = connection.joined_member
        return member.room.tell_roster(member, request.id)

    def _ignore(
        self,
        connection: ClientConnection,
        message: m.Greeting | m.Pong,
        event: Received,
        now: Timestamp,
    ) -> list[Effect]:
        return []

    def _pong(
        self, connection: ClientConnection, ping: m.Ping, event: Received, now: Timestamp
    ) -> list[Effect]:
        pong = m.Pong(connection.client_id, ping.data, m.GROUND_CONTROL, reply_to=ping.id)
        return [Send((connection.id,), pong)]

    def _rename(
        self, connection: ClientConnection, profile: m.Profile, event: Received, now: Timestamp
    ) -> list[Effect]:
        member = connection.joined_member
        effects = member.room.rename(member, profile.data.username)
        if member.delivery is not None:
            effects += connection.reply(m.Done, None, profile.id)
        return effects
