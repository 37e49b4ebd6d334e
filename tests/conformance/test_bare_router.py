"""Every scenario against the router alone, without event loop or socket, in virtual time."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import assert_never

from attrs import define, field

from camus_core.admission.identity import Identity
from camus_core.admission.passwords import hash_password, verify_password
from camus_core.conformance import Closed, Fence, Heard, Pause, Read, Scenario, Write, run
from camus_core.conformance.acts import Act
from camus_core.conformance.scenario import (
    Closes,
    Connects,
    Crashes,
    Drops,
    LosesAnswer,
    SetsClock,
    Setting,
    Starts,
    Stops,
    Waits,
)
from camus_core.effects import (
    Ask,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    SaveClient,
    SaveRoom,
    Send,
)
from camus_core.events import (
    Answered,
    ClockSet,
    Connected,
    ConnectionId,
    Disconnected,
    Event,
    LeaseRenewed,
    Overflowed,
    Received,
    RoomsLoaded,
    StopRequested,
    Ticked,
    Timestamp,
)
from camus_core.questions import (
    Answer,
    CheckPassword,
    CreatedRoom,
    CreateRoomRecord,
    Failed,
    FindSession,
    Identify,
    ListPublicRooms,
    LookUpRoom,
    Question,
)
from camus_core.records import ClientId, RoomId, RoomRecord, SessionSecret, StoredRoom, digest
from camus_core.router import Router
from camus_core.wire.errors import NotAllowed, ProtocolError, Refusal
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import CreateRoomBody, Message
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile
from camus_transport.server.answers import slug_of
from conformance.setup import (
    counted_address,
    every_scenario_without_a_wire,
    router_for,
    run_without_waiting,
    store_for,
    token_reader_for,
)


@every_scenario_without_a_wire
def test_the_router_alone(scenario: Scenario) -> None:
    run(scenario, BareRouter(scenario.setting).do)


@define(eq=False)
class _Client:
    connection: ConnectionId
    router: Router
    profile: ProtocolProfile
    inbox: deque[Heard] = field(factory=deque)
    open: bool = True

    def has_room_for(self, frame: bytes) -> bool:
        waiting = sum(len(heard) for heard in self.inbox if isinstance(heard, bytes))
        return waiting + len(frame) <= self.router.limits.send_buffer_bytes


class BareRouter:
    """A minimal driver, which assigns to each client the very id of the scenario."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._now = Timestamp(1615918847.68)
        self._store = run_without_waiting(store_for(setting, lambda: self._now))
        self._codec = JsonCodec()
        self._routers: list[Router] = []
        self._clients: dict[str, _Client] = {}
        self._made = 0
        self._ahead = 0.0
        self._loses_answer = False
        self._attempts: dict[tuple[str | None, CreateRoomBody], CreatedRoom] = {}
        self._events: deque[tuple[Router, Event]] = deque()
        self._start()

    def do(self, act: Act) -> Sequence[Heard]:
        self._renew_lease()
        match act:
            case Connects():
                self._connect(act)
            case Write(who, parts):
                client, frame = self._clients[who], b"".join(parts)
                if client.open:
                    said = self._decoded(frame, client.profile)
                    self._feed(client.router, Received(client.connection, said, len(frame)))
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
                self._lose(self._clients[who], None)
            case Closes(who, code):
                self._lose(self._clients[who], code)
            case Waits(seconds):
                until = Timestamp(self._now + seconds)
                while self._now < until:
                    self._pass_to_the_next_deadline(until)
            case Pause(seconds, meanwhile):
                self._stand_still(seconds, meanwhile)
            case SetsClock(seconds):
                self._ahead += seconds
                for router in self._routers:
                    self._feed(router, ClockSet(self._ahead))
            case LosesAnswer():
                self._loses_answer = True
            case Starts():
                self._start()
            case Stops():
                router = self._routers.pop(0)
                self._feed(router, StopRequested())
                run_without_waiting(self._store.release(router.node))
            case Crashes():
                router = self._routers.pop(0)
                for client in self._clients.values():
                    if client.open and client.router is router:
                        self._close(client, 1006)
            case _:
                raise AssertionError(f"{act} needs a wire")
        return ()

    # Clients ----------------------------------------------------------------------------

    def _start(self) -> None:
        self._made += 1
        router = router_for(self._setting, node=f"node {self._made}")
        self._routers.append(router)
        self._renew_lease()
        self._feed(router, ClockSet(self._ahead))
        self._feed(router, RoomsLoaded(run_without_waiting(self._store.list_rooms())))

    def _renew_lease(self) -> None:
        stale = 2 * self._setting.limits.place_seconds
        for router in self._routers:
            self._feed(
                router, LeaseRenewed(run_without_waiting(self._store.renew(router.node, stale)))
            )

    def _connect(self, act: Connects) -> None:
        self._made += 1
        who, profile = act.who, SESSION if act.subprotocol == SESSION.name else CORE
        client_id = f"{self._made:032x}" if who in self._clients or len(who) != 32 else who
        client = _Client(ConnectionId(self._made), self._routers[-1], profile)
        self._clients[who] = client
        came = Connected(
            client.connection,
            ClientId(client_id),
            None if act.room is None else RoomId(act.room),
            profile,
            SessionSecret(digest(f"secret {self._made}")),
            counted_address(act.address),
            None if act.token is None else self._identity(act.token),
        )
        self._feed(client.router, came)

    def _lose(self, client: _Client, code: int | None) -> None:
        client.open = False
        self._feed(client.router, Disconnected(client.connection, code))

    def _close(self, client: _Client, code: int) -> None:
        client.open = False
        client.inbox.append(Closed(code))

    # Time -------------------------------------------------------------------------------

    def _pass_to_the_next_deadline(self, until: Timestamp) -> None:
        deadlines = {
            router: deadline
            for router in self._routers
            if (deadline := router.next_deadline()) is not None and deadline <= until
        }
        if not deadlines:
            self._now = until
            return
        router = min(deadlines, key=deadlines.__getitem__)
        self._now = max(self._now, deadlines[router])
        self._feed(router, Ticked())

    def _stand_still(self, seconds: float, meanwhile: Sequence[Write]) -> None:
        began, self._now = self._now, Timestamp(self._now + seconds)
        for write in meanwhile:
            self.do(write)
        for router in self._routers:
            self._feed(router, Ticked(began))

    # Events in, effects out ------------------------------------------------------------

    def _decoded(self, frame: bytes, profile: ProtocolProfile) -> Message | Refusal:
        try:
            return self._codec.decode(frame, ids=profile.keeps_session)
        except ProtocolError as error:
            return error.refusal()

    def _feed(self, router: Router, event: Event) -> None:
        self._events.append((router, event))
        while self._events:
            router, event = self._events.popleft()
            for effect in router.handle(event, self._now):
                self._events.extend((router, event) for event in self._perform(effect))

    def _perform(self, effect: Effect) -> Iterator[Event]:
        match effect:
            case Send(to, message):
                frame = self._codec.encode(message)
                for client in self._clients.values():
                    if client.open and client.connection in to:
                        if client.has_room_for(frame):
                            client.inbox.append(frame)
                        else:
                            yield Overflowed(client.connection)
            case Close(connection, code):
                for client in self._clients.values():
                    if client.open and client.connection == connection:
                        self._close(client, code)
            case Ask(connection, question):
                yield Answered(connection, self._answer_or_failure(question))
            case SaveRoom() | ForgetRoom() | SaveClient() | ForgetClient():
                run_without_waiting(self._store.write([effect]))
            case _:
                assert_never(effect)

    def _answer_or_failure(self, question: Question) -> Answer:
        answer = self._answer(question)
        if self._loses_answer and isinstance(
            question, LookUpRoom | FindSession | CreateRoomRecord
        ):
            self._loses_answer = False
            if isinstance(question, CreateRoomRecord) and isinstance(answer, CreatedRoom):
                self._attempts[question.address, question.room] = answer
            return Failed("the answer is lost")
        return answer

    def _answer(self, question: Question) -> Answer:
        match question:
            case LookUpRoom(room_id, if_absent):
                return self._look_up(room_id, if_absent)
            case Identify(token):
                return self._identity(token)
            case FindSession(session):
                return run_without_waiting(self._store.find_session(session))
            case CheckPassword(password, password_hash):
                return verify_password(password, password_hash)
            case CreateRoomRecord(room, address=asker):
                return self._attempts.pop((asker, room), None) or self._create(question)
            case ListPublicRooms(limit):
                return run_without_waiting(self._store.list_rooms(public=True, limit=limit))
            case _:
                assert_never(question)

    def _identity(self, token: str) -> Identity | Refusal:
        read = token_reader_for(self._setting)
        if read is None:
            return NotAllowed("this server takes no tokens").refusal()
        try:
            return read(token)
        except NotAllowed as error:
            return error.refusal()

    def _look_up(self, room_id: RoomId, if_absent: RoomRecord | None) -> StoredRoom | None:
        if if_absent is not None:
            run_without_waiting(self._store.create_room(if_absent))
        return run_without_waiting(self._store.find_room(room_id))

    def _create(self, question: CreateRoomRecord) -> CreatedRoom | Refusal | None:
        requested = question.room
        self._made += 1
        token = digest(f"secret {self._made}")
        room_id = slug_of(requested.name or "") or RoomId(f"room-{self._made}")
        if question.allowed_ids is not None and room_id not in question.allowed_ids:
            return NotAllowed("your token is for other rooms").refusal()
        room = RoomRecord(
            room_id,
            requested.name or room_id,
            question.created_at,
            requested.public,
            requested.password and hash_password(requested.password, b"sixteen bytes..."),
            requested.guest_limit,
            question.empty_for,
            digest(token),
        )
        return (
            CreatedRoom(room, token)
            if run_without_waiting(self._store.create_room(room))
            else None
        )
