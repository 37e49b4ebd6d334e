"""A server for scenarios: a bare router, without event loop or socket, in virtual time."""

import ipaddress
import re
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count

from attrs import define, field

from camus_core.conformance import Closed, Fence, Heard, Pause, Read, Setting, Speak, Write
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import (
    Closes,
    Connects,
    Crashes,
    Drops,
    ExistingRoom,
    LosesAnswer,
    SetsClock,
    Starts,
    Stops,
    Waits,
)
from camus_core.effects import Change
from camus_core.events import Connected, ConnectionId, Overflowed, Received, Timestamp
from camus_core.orders import Say
from camus_core.questions import (
    Answer,
    CreatedRoom,
    CreateRoomRecord,
    Failed,
    FindSession,
    LookUpRoom,
    Question,
    UpdateRoom,
)
from camus_core.records import (
    ClientId,
    NetworkAddress,
    RoomId,
    RoomRecord,
    SessionSecret,
    digest,
)
from camus_core.router import Router
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import Extension, Message, Text
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile

from .driver import Driver, decoded


def record_of(room: ExistingRoom, password_hash: str | None) -> RoomRecord:
    """Return the record of a room with this hash of its password."""
    return RoomRecord(
        RoomId(room.id),
        name=room.id,
        created_at=0.0,
        password_hash=password_hash,
        guest_limit=room.guest_limit,
        empty_for=room.empty_for,
        public=room.public,
        expires=room.expires,
    )


def router_for(setting: Setting, node: str = "the only node") -> Router:
    """Return a router with the configuration of a scenario."""
    return Router(
        setting.limits,
        setting.ice,
        setting.rooms_on_demand,
        node,
        setting.guests,
        setting.guests_create,
        setting.first_moderates,
    )


def _counted(address: str) -> NetworkAddress:
    if ipaddress.ip_address(address).version == 4:
        return NetworkAddress(address)
    return NetworkAddress(str(ipaddress.ip_network(f"{address}/64", strict=False)))


def _slug_of(name: str) -> RoomId | None:
    """Return the id of a room with an English name, or None."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return RoomId(slug) if slug else None


@define(eq=False)
class _Client:
    connection: ConnectionId
    profile: ProtocolProfile
    inbox: deque[Heard] = field(factory=deque)

    def has_room_for(self, frame: bytes, limit: int) -> bool:
        waiting = sum(len(heard) for heard in self.inbox if isinstance(heard, bytes))
        return waiting + len(frame) <= limit


class BareRouter(Driver):
    """A minimal server, which assigns to each client the very id of the scenario.

    `changes` are the changes that were written to the store, in order. `counted_address`
    returns the address by which a server counts a client that connects from another.
    """

    def __init__(
        self,
        setting: Setting,
        counted_address: Callable[[str], NetworkAddress | None] = _counted,
    ) -> None:
        super().__init__()
        self.store.put(*(record_of(room, room.password) for room in setting.rooms))
        self.store.tokens.update(setting.tokens)
        numbers = count()
        self.store.id_of = _slug_of
        self.store.owner_token_of = lambda room_id: digest(f"{room_id} {next(numbers)}")
        self.changes: list[Change] = []
        self._setting = setting
        self._counted_address = counted_address
        self._codec = JsonCodec()
        self._clients: dict[str, _Client] = {}
        self._client_on: dict[ConnectionId, _Client] = {}
        self._made = 0
        self._loses_answer = False
        self._created: dict[object, CreatedRoom] = {}
        self._start()

    def do(self, act: Act) -> Sequence[Heard]:
        self.renew_leases()
        match act:
            case Connects():
                self._connect(act)
            case Write(who, parts):
                client, frame = self._clients[who], b"".join(parts)
                if self.is_connected(client.connection):
                    said = decoded(self._codec, frame, ids=client.profile.keeps_session)
                    self.happens(Received(client.connection, said, len(frame)))
            case Read(who, within):
                inbox = self._clients[who].inbox
                until = Timestamp(self.now + within)
                while not inbox and self.wake_by(until):
                    pass
                if inbox:
                    return [inbox.popleft()]
                self.now = until
            case Fence(who):
                heard = list(self._clients[who].inbox)
                self._clients[who].inbox.clear()
                return heard
            case Drops(who):
                self.disconnect(self._clients[who].connection)
            case Closes(who, code):
                self.disconnect(self._clients[who].connection, code)
            case Waits(seconds):
                self.waits(seconds)
            case Pause(seconds, meanwhile):
                began = self.now
                self.pauses(seconds)
                for write in meanwhile:
                    self.do(write)
                self.wakes(began)
            case SetsClock(seconds):
                self.set_clock(self.ahead + seconds)
            case Speak(room, frame):
                said = decoded(self._codec, frame, ids=True)
                assert isinstance(said, Text | Extension)
                assert self.order(RoomId(room), Say(said)) is None
            case LosesAnswer():
                self._loses_answer = True
            case Starts():
                self._start()
            case Stops():
                self.stop(self.nodes[0])
            case Crashes():
                for connection in self.crash(self.nodes[0]):
                    self.hang_up(connection, 1006)
            case _:
                raise AssertionError(f"{act} needs a wire")
        return ()

    def _start(self) -> None:
        self._made += 1
        self.start(router_for(self._setting, node=f"node {self._made}"))

    def _connect(self, act: Connects) -> None:
        self._made += 1
        who, profile = act.who, SESSION if act.subprotocol == SESSION.name else CORE
        client_id = f"{self._made:032x}" if who in self._clients or len(who) != 32 else who
        client = _Client(ConnectionId(self._made), profile)
        self._clients[who] = self._client_on[client.connection] = client
        identity = None if act.token is None else self.store.identify(act.token)
        self.connect(
            Connected(
                client.connection,
                ClientId(client_id),
                None if act.room is None else RoomId(act.room),
                profile,
                SessionSecret(digest(f"secret {self._made}")),
                None if act.address is None else self._counted_address(act.address),
                identity,
            )
        )

    def connection_of(self, who: str) -> ConnectionId:
        """Return the last connection of a client."""
        return self._clients[who].connection

    def question_about(self, who: str) -> Question:
        """Return the open question about a client."""
        connection = self.connection_of(who)
        return self.node_of(connection).questions[connection].question

    # What the router does ------------------------------------------------------------------

    def deliver(self, to: Sequence[ConnectionId], message: Message) -> None:
        frame = self._codec.encode(message)
        for client in map(self._client_on.__getitem__, to):
            if client.has_room_for(frame, self._setting.limits.send_buffer_bytes):
                client.inbox.append(frame)
            else:
                self.happens(Overflowed(client.connection))

    def hang_up(self, connection: ConnectionId, code: int) -> None:
        self._client_on[connection].inbox.append(Closed(code))

    def note(self, change: Change) -> None:
        self.changes.append(change)

    def find(self, question: Question) -> Answer:
        attempt = None
        if isinstance(question, CreateRoomRecord):
            attempt = question.address, question.room
        answer = self._created.pop(attempt, None) or super().find(question)
        if not self._loses_answer or not isinstance(
            question, LookUpRoom | FindSession | CreateRoomRecord | UpdateRoom
        ):
            return answer
        self._loses_answer = False
        if isinstance(answer, CreatedRoom):
            self._created[attempt] = answer
        return Failed("the answer is lost")
