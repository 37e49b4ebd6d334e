"""Requests: the messages that clients send to the server itself."""

from attrs import define

from .admission.joining import Joining
from .announcement_limits import AnnouncementLimits
from .client_connection import ClientConnection
from .departure import Departure
from .effects import Effect, Send
from .events import Received, Timestamp
from .moderation import Moderation
from .rate_limits import LimitedAction, RateLimits
from .rooms.directory import Directory
from .rooms.member import Member
from .sessions.sessions import Sessions
from .wire import messages as m
from .wire.messages import GROUND_CONTROL, Message


@define(eq=False)
class Requests:
    """Carries out or passes on each request; the table in `wire.states` has allowed it."""

    sessions: Sessions
    rate_limits: RateLimits
    announcements: AnnouncementLimits
    joining: Joining
    departure: Departure
    moderation: Moderation
    directory: Directory

    def handle(
        self, connection: ClientConnection, event: Received, message: Message, now: Timestamp
    ) -> list[Effect]:
        """Carry out a client's request; `message` is the one in `event`.

        Raises:
            ProtocolError: The request is refused, and nothing has changed.
        """
        if connection.member is not None:
            return self._handle_of_member(connection, connection.member, event, message, now)
        return self._handle_of_client(connection, event, message, now)

    def _handle_of_member(
        self,
        connection: ClientConnection,
        member: Member,
        event: Received,
        message: Message,
        now: Timestamp,
    ) -> list[Effect]:
        match message:
            case m.Ack(data=ack) if member.delivery is not None:
                member.delivery.confirm(ack.received)
                return []
            case m.GetRoomInfo(id=id):
                return member.room.tell_roster(member, id)
            case m.GetIceServers(id=id):
                self.rate_limits.acquire(
                    LimitedAction.GET_ICE_SERVERS, connection.handshake.address, now
                )
                servers = self.sessions.ice_servers(member, now)
                reply = m.IceServers(member.id, servers, GROUND_CONTROL, reply_to=id)
                return connection.tell(reply)
            case m.Profile(data=profile, id=id):
                self.announcements.charge_change(member, connection.handshake.address, now)
                effects = member.room.rename(member, profile.username)
                if member.delivery is not None:
                    done = m.Done(member.id, None, GROUND_CONTROL, reply_to=id)
                    effects += connection.tell(done)
                return effects
            case m.Kick() | m.Ban() | m.SetRole() | m.Lock() | m.Admit() | m.Deny():
                return self.moderation.request(connection, member, message, now)
            case _:
                return self._handle_of_client(connection, event, message, now)

    def _handle_of_client(
        self, connection: ClientConnection, event: Received, message: Message, now: Timestamp
    ) -> list[Effect]:
        """Carry out a request that needs no place in a room."""
        match message:
            case m.Ping(data=data, id=id):
                pong = m.Pong(connection.client_id, data, GROUND_CONTROL, reply_to=id)
                return [Send((connection.id,), pong)]
            case m.Pong() | m.Greeting():
                return []
            case m.Bye(data=data):
                return self.departure.say_bye(connection, data, now)
            case m.Join(data=body):
                return self.joining.join(connection, event, body, now)
            case m.CreateRoom(data=body):
                return self.directory.create_room(connection, event, body, now)
            case m.ListRooms():
                return self.directory.list_rooms(connection, event, now)
            case _:
                raise AssertionError(f"the table of states allows a stray {message.type}")
