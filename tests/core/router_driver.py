"""The driver of the tests' conversations: it feeds events and records the effects by name.

The clock is virtual and starts at `START`. Questions are answered from `store`, immediately
unless `holds_questions` is set.
"""

from collections import Counter, defaultdict
from typing import assert_never

from camus_core.clocks import UnixTime
from camus_core.effects import (
    AnswerOrder,
    Ask,
    Change,
    Close,
    Effect,
    ForgetClient,
    ForgetRoom,
    SaveClient,
    SaveRoom,
    Send,
)
from camus_core.events import Answered, ConnectionId, Event, Timestamp
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.questions import Answer
from camus_core.records import RoomId, RoomRecord
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.messages import Message

from .record_store import RecordStore

START = Timestamp(1_615_918_847.0)


class RouterDriver:
    """One server whose connections have names.

    `tokens` has the resume token of each name, and `received_by` the number of counted frames
    that have reached the holder of a resume token.
    """

    def __init__(
        self,
        *rooms: RoomRecord,
        limits: Limits | None = None,
        ice: IceConfiguration | None = None,
        on_demand: bool = True,
        node: str = "this node",
        guests: bool = True,
    ) -> None:
        self.router = Router(
            limits or Limits(), ice or IceConfiguration(), on_demand, node, guests
        )
        self.now = START
        self.ahead = 0.0
        self.store = RecordStore({room.id: room for room in rooms})
        self.changes: list[Change] = []
        self.order_answers: list[AnswerOrder] = []
        self.holds_questions = False
        self.ticks = 0
        self.names: list[str] = []
        self.tokens: dict[str, str] = {}
        self.received_by: Counter[str] = Counter()
        self.questions: dict[str, Ask] = {}
        self.heard: dict[str, list[Message]] = defaultdict(list)
        self.closed: dict[str, int] = {}

    @property
    def unix_time(self) -> UnixTime:
        """UNIX time, which is `ahead` of the driver's clock."""
        return UnixTime(self.now + self.ahead)

    @property
    def rooms(self) -> dict[RoomId, RoomRecord]:
        """The stored rooms."""
        return self.store.rooms

    def answers(self, name: str, *answer: Answer) -> None:
        """Answer the question about `name`, with this answer or from `store`."""
        ask = self.questions.pop(name)
        found = answer[0] if answer else self.store.find(ask.question)
        self.happens(Answered(ask.connection, ask.about, ask.question, found))

    def connection(self, name: str) -> ConnectionId:
        return ConnectionId(self.names.index(name))

    def happens(self, event: Event) -> None:
        for effect in self.router.handle(event, self.now):
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Send(to, message):
                for connection in to:
                    self._tell(self.names[connection], message)
            case Close(connection, code, _):
                name = self.names[connection]
                assert name not in self.closed, f"{name} is closed twice"
                self.closed[name] = code
            case Ask(connection):
                name = self.names[connection]
                self.questions[name] = effect
                if not self.holds_questions:
                    self.answers(name)
            case AnswerOrder():
                self.order_answers.append(effect)
            case SaveRoom() | ForgetRoom() | SaveClient() | ForgetClient():
                self.store.write(effect)
                self.changes.append(effect)
            case _:
                assert_never(effect)

    def _tell(self, name: str, message: Message) -> None:
        assert name not in self.closed, f"{name} is closed and told {message}"
        self.heard[name].append(message)
        if isinstance(message, m.Joined):
            self.tokens[name] = message.data.session
        elif name in self.tokens and not isinstance(message, m.Ping | m.Pong | m.Ack):
            self.received_by[self.tokens[name]] += 1
