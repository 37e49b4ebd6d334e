"""The parts of a router: each is made once, with the others that it calls."""

from attrs import define, field

from .admission.admission import Admission
from .admission.finding import Finding
from .admission.joining import Joining
from .admission.waiting_room import WaitingRooms
from .announcement_limits import AnnouncementLimits
from .attempts import Attempts
from .banning import Banning
from .capabilities import capabilities_off
from .client_connection import ClientConnection
from .clocks import StoreClock, WallClock
from .deadlines import Deadline, Deadlines
from .departure import Departure
from .endings import Endings
from .events import ConnectionId
from .ice import IceConfiguration
from .inviting import Inviting
from .limits import Limits
from .message_charges import MessageCharges
from .moderation import Moderation
from .rate_limits import RateLimits
from .requests import BasicRequests, Handler, Orders, Requests
from .rooms.attributes import Attributes
from .rooms.directory import Directory
from .rooms.registry import RoomRegistry
from .rooms.updates import RoomUpdates
from .sessions.joined_reply import JoinedReplies
from .sessions.resumption import Resumption
from .sessions.sessions import Sessions
from .speaking import Speaking
from .text_removal import TextRemoval
from .timers import Timers
from .wire import messages as m
from .wire.messages import Message


@define(eq=False)
class Parts:
    """The parts of one router. The arguments are its settings, which `Router` describes."""

    limits: Limits
    ice: IceConfiguration
    rooms_on_demand: bool
    node: str
    guests: bool
    guests_create: bool
    first_moderates: bool

    connections: dict[ConnectionId, ClientConnection] = field(factory=dict, init=False)
    wall: WallClock = field(factory=WallClock, init=False)
    store_clock: StoreClock = field(factory=StoreClock, init=False)
    deadlines: Deadlines[Deadline] = field(factory=Deadlines, init=False)
    attempts: Attempts = field(factory=Attempts, init=False)
    rate_limits: RateLimits = field(init=False)
    charges: MessageCharges = field(init=False)
    rooms: RoomRegistry = field(init=False)
    sessions: Sessions = field(init=False)
    waiting_rooms: WaitingRooms = field(init=False)
    joining: Joining = field(init=False)
    departure: Departure = field(init=False)
    endings: Endings = field(init=False)
    timers: Timers = field(init=False)
    orders: Orders = field(init=False)
    requests: Requests = field(init=False)

    def __attrs_post_init__(self) -> None:
        limits, guests, deadlines = self.limits, self.guests, self.deadlines
        attempts, connections = self.attempts, self.connections
        self.rate_limits = rate_limits = RateLimits(limits)
        self.charges = charges = MessageCharges(rate_limits)
        announcements = AnnouncementLimits(limits, rate_limits)
        self.rooms = rooms = RoomRegistry(
            limits, self.node, self.rooms_on_demand, rate_limits, deadlines, self.wall
        )
        self.sessions = sessions = Sessions(
            limits, self.ice, deadlines, self.wall, self.store_clock
        )
        self.waiting_rooms = waiting_rooms = WaitingRooms(limits, deadlines)
        replies = JoinedReplies(limits, sessions, waiting_rooms)
        admission = Admission(
            limits,
            guests,
            self.first_moderates,
            rooms,
            sessions,
            waiting_rooms,
            replies,
            attempts,
        )
        resumption = Resumption(
            limits, rooms, sessions, waiting_rooms, replies, announcements, connections
        )
        self.joining = joining = Joining(
            guests,
            self.guests_create,
            rooms,
            sessions,
            waiting_rooms,
            rate_limits,
            attempts,
            resumption,
            admission,
        )
        self.departure = departure = Departure(
            limits, rooms, sessions, waiting_rooms, admission, connections
        )
        moderation = Moderation(limits, rooms, waiting_rooms, admission, departure, connections)
        attributes = Attributes(limits, charges)
        self.endings = endings = Endings(rooms, sessions, waiting_rooms, connections)
        banning = Banning(admission)
        inviting = Inviting(limits, admission, attempts)
        self.timers = Timers(
            limits,
            deadlines,
            rooms,
            sessions,
            waiting_rooms,
            admission,
            departure,
            endings,
            connections,
        )
        self.orders = orders = Orders(
            rooms,
            {
                **moderation.order_handlers(),
                **TextRemoval().order_handlers(),
                **attributes.order_handlers(),
                **endings.order_handlers(),
                **banning.order_handlers(),
                **inviting.order_handlers(),
                **Speaking().order_handlers(),
            },
        )
        directory = Directory(limits, guests and self.guests_create, rooms, attempts)
        updates = RoomUpdates(rooms, rate_limits, admission, attempts)
        basic = BasicRequests(sessions, rate_limits, departure)
        handlers: dict[type[Message], Handler] = {
            **basic.handlers(),
            **orders.handlers(),
            **banning.handlers(),
            **inviting.handlers(),
            m.Join: joining.join,
            m.CreateRoom: directory.create_room,
            m.ListRooms: directory.list_rooms,
            m.FindRoom: Finding(guests, rooms, rate_limits, attempts, joining).find_room,
            m.UpdateRoom: updates.update_room,
            m.EndRoom: endings.end_room,
        }
        self.requests = Requests(announcements, capabilities_off(limits), handlers)
