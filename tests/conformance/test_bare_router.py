"""Every scenario against the router alone: no event loop, no socket, and time stands still
unless somebody waits.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import assert_never

from attrs import define, field

from camus_core.codec import JsonCodec
from camus_core.conformance import Closed, Fence, Heard, Read, Scenario, Write, run
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import Connects, Drops, Setting, Stops, Waits
from camus_core.effects import Ask, Close, Effect, ForgetClient, ForgetRoom, SaveClient, Send
from camus_core.errors import ProtocolError
from camus_core.events import (
    Answered,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    Overflowed,
    Recalled,
    Received,
    Stopped,
    Ticked,
    Timestamp,
)
from camus_core.messages import Message
from camus_core.questions import LookUpRoom
from camus_core.records import ClientId, RoomId, StoredRoom
from conformance.plays import every_scenario_without_a_wire, records_for, router_for


@every_scenario_without_a_wire
def test_the_router_alone(scenario: Scenario) -> None:
    run(scenario, BareRouter(scenario.setting).do)


@define(eq=False)
class _Client:
    connection: ConnectionId
    inbox: deque[Heard] = field(factory=deque)
    open: bool = True

    def has_room_for(self, frame: bytes, limit: int) -> bool:
        waiting = sum(len(heard) for heard in self.inbox if isinstance(heard, bytes))
        return waiting + len(frame) <= limit


class BareRouter:
    """A driver with nothing in it: clients have the very ids of the scenario."""

    def __init__(self, setting: Setting) -> None:
        self._router = router_for(setting)
        self._codec = JsonCodec()
        self._now = Timestamp(1615918847.68)
        self._rooms = {record.id: record for record in records_for(setting)}
        self._clients: dict[str, _Client] = {}
        self._events: deque[Event] = deque()
        self._feed(Recalled(records_for(setting)))

    def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Connects(who, room):
                client = self._clients[who] = _Client(ConnectionId(len(self._clients)))
                self._feed(Connected(client.connection, ClientId(who), RoomId(room)))
            case Write(who, parts):
                client = self._clients[who]
                if client.open:
                    self._feed(Received(client.connection, self._decoded(b"".join(parts))))
            case Read(who, within):
                client = self._clients[who]
                until = Timestamp(self._now + within)
                while not client.inbox and self._now < until:
                    self._pass_to_the_next_deadline(until)
                return [client.inbox.popleft()] if client.inbox else []
            case Fence(who):
                heard = list(self._clients[who].inbox)
                self._clients[who].inbox.clear()
                return heard
            case Drops(who):
                self._clients[who].open = False
                self._feed(Disconnected(self._clients[who].connection))
            case Waits(seconds):
                until = Timestamp(self._now + seconds)
                while self._now < until:
                    self._pass_to_the_next_deadline(until)
            case Stops():
                self._feed(Stopped())
            case _:
                raise AssertionError(f"{act} needs a wire")
        return ()

    def _pass_to_the_next_deadline(self, until: Timestamp) -> None:
        deadline = self._router.next_deadline()
        if deadline is None or deadline > until:
            self._now = until
        else:
            self._now = max(self._now, deadline)
            self._feed(Ticked())

    def _decoded(self, frame: bytes) -> Message | ProtocolError:
        try:
            return self._codec.decode(frame)
        except ProtocolError as error:
            return error

    def _feed(self, event: Event) -> None:
        self._events.append(event)
        while self._events:
            for effect in self._router.handle(self._events.popleft(), self._now):
                self._events.extend(self._perform(effect))

    def _perform(self, effect: Effect) -> Iterator[Event]:
        match effect:
            case Send(to, message):
                frame = self._codec.encode(message)
                for client in self._clients.values():
                    if client.open and client.connection in to:
                        if client.has_room_for(frame, self._router.limits.send_buffer_bytes):
                            client.inbox.append(frame)
                        else:
                            yield Overflowed(client.connection)
            case Close(connection, code):
                for client in self._clients.values():
                    if client.open and client.connection == connection:
                        client.open = False
                        client.inbox.append(Closed(code))
            case Ask(connection, about, question):
                assert isinstance(question, LookUpRoom)
                room = self._rooms.get(question.room_id, question.if_absent)
                if room is not None:
                    self._rooms[room.id] = room
                found = None if room is None else StoredRoom(room)
                yield Answered(connection, about, question, found)
            case ForgetRoom(room_id):
                del self._rooms[room_id]
            case SaveClient() | ForgetClient():
                pass
            case _:
                assert_never(effect)
