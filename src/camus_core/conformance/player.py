"""The player of scenarios: a generator that yields acts, and takes their results.

It does no I/O itself. A driver connects it to a server, over any transport: a function that
takes an `Act` and returns what was received. `run` and `run_async` play a scenario with a
driver.
"""

import json
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, assert_never

from attrs import define, field

from ..wire.messages import GROUND_CONTROL
from ..wire.profile import SESSION
from .acts import Act, Closed, Fence, Heard, Pause, Read, Response, Speak, Write
from .ids import Ids
from .newer_servers import is_of_unknown_type, known_part
from .patterns import IfPresent, fits, message_of
from .scenario import (
    DEADLINE,
    Closes,
    Connects,
    Crashes,
    Drops,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Knocks,
    LosesAnswer,
    OperatorSays,
    Says,
    SaysBinary,
    SaysInFragments,
    Scenario,
    SetsClock,
    StandsStill,
    Starts,
    Step,
    Stops,
    Waits,
)
from .vocabulary import MAJOR_TOM, by

_UNSOLICITED: Mapping[str | None, frozenset[str]] = {
    None: frozenset({"room-info", "ping"}),
    SESSION.name: frozenset({"ack", "ping"}),
}
"""The types of messages that a server may send at any time, by subprotocol of the client."""

Script = Generator[Act, Sequence[Heard], None]


class Deviation(Exception):
    """A difference between the behaviour of the server and the scenario."""


def play(scenario: Scenario) -> Script:
    """Yield the acts of a scenario, and take the result of each.

    Raises:
        Deviation: a result differs from the scenario.
    """
    player = Player(f"{scenario.name} ({', '.join(scenario.rules)})")
    yield from player.take(scenario.steps)
    yield from player.end()


def run(scenario: Scenario, do: Callable[[Act], Sequence[Heard]]) -> None:
    """Play a scenario with a driver.

    Raises:
        Deviation: the server deviates from the scenario.
    """
    follow(play(scenario), do)


def follow(script: Script, do: Callable[[Act], Sequence[Heard]]) -> None:
    """Carry out all acts of a script with a driver.

    Raises:
        Deviation: a result differs from the script.
    """
    heard: Sequence[Heard] | None = None
    while True:
        try:
            act = next(script) if heard is None else script.send(heard)
        except StopIteration:  # of the script; one of the driver's is an error
            return
        heard = do(act)


async def run_async(
    scenario: Scenario, do: Callable[[Act], Awaitable[Sequence[Heard]]]
) -> None:
    """Play a scenario with an asynchronous driver.

    Raises:
        Deviation: the server deviates from the scenario.
    """
    script = play(scenario)
    try:
        act = next(script)
        while True:
            act = script.send(await do(act))
    except StopIteration:
        pass


@define(eq=False)
class Player:
    """A conversation that is being played; `title` is its name in error texts.

    Attributes:
        _inboxes: For each connected client, the things received that no step has consumed.
        _unsolicited: For each connected client, the types that the server may send at any time.
        _unnamed: The clients of the core profile that don't know their id yet. The first
            message to such a client is for it alone, so its `receiver` is the id.
        _number: The number of steps so far, and `_position` the current one, for error texts.
    """

    title: str
    _ids: Ids = field(factory=Ids, init=False)
    _inboxes: dict[str, deque[Heard]] = field(factory=dict, init=False)
    _unsolicited: dict[str, frozenset[str]] = field(factory=dict, init=False)
    _unnamed: set[str] = field(factory=set, init=False)
    _number: int = field(default=0, init=False)
    _position: str = field(default="", init=False)

    def take(self, steps: Iterable[Step]) -> Script:
        """Yield the acts of the next steps.

        Raises:
            Deviation: a result differs from the steps.
        """
        for step in steps:
            self._number += 1
            self._position = f"step {self._number}, {step}"
            yield from self._take(step)

    def end(self) -> Script:
        """Yield the acts which show that no client has received more than the steps say.

        Raises:
            Deviation: one has.
        """
        for who in self._inboxes:
            self._position = f"the end, {HearsNothing(who)}"
            yield from self._hears_nothing(who)

    def _take(self, step: Step) -> Script:
        match step:
            case Connects(who):
                self._inboxes[who] = deque()
                self._unsolicited[who] = _UNSOLICITED[step.subprotocol]
                if step.subprotocol is None:
                    self._unnamed.add(who)
                yield step
            case Joins(who, room):
                yield from self._take(Connects(who, room))
                greeting = f"This is Ground Control to {MAJOR_TOM}"
                yield from self._hears(
                    Hears(who, by(GROUND_CONTROL, who, "greeting", greeting))
                )
            case Says():
                yield self._write(step)
            case SaysInFragments(who, parts):
                yield Write(who, tuple(self._ids.frame(part) for part in parts))
            case SaysBinary(who, data):
                yield Write(who, (data,), binary=True)
            case Hears():
                yield from self._hears(step)
            case HearsNothing(who):
                yield from self._hears_nothing(who)
            case HearsNo(who, type):
                yield from self._hears_no(who, type)
            case IsClosed():
                yield from self._is_closed(step)
            case Drops(who) | Closes(who):
                del self._inboxes[who]
                yield step
            case StandsStill(seconds, meanwhile):
                yield Pause(seconds, tuple(map(self._write, meanwhile)))
            case OperatorSays(message, room):
                yield Speak(room, self._ids.frame(message))
            case Waits() | SetsClock() | LosesAnswer() | Starts() | Stops() | Crashes():
                yield step
            case Knocks():
                self._check_response(step, (yield step))
            case _:
                assert_never(step)

    def _write(self, says: Says) -> Write:
        return Write(says.who, (self._ids.frame(says.frame),))

    # Results of acts ------------------------------------------------------------------

    def _hears(self, step: Hears) -> Script:
        wanted = message_of(step.pattern)
        while True:
            heard = yield from self._next(step.who, step.within)
            if isinstance(heard, bytes):
                message = self._message(heard)
                self._learn(wanted, message)
                if fits(wanted, message, self._ids.translate) and (
                    self._ids.frame(step.verbatim) in heard
                ):
                    return
                if self._is_unsolicited(step.who, message) and not self._is_of_the_kind_of(
                    wanted, message
                ):
                    continue
            raise self._deviation(heard)

    def _hears_nothing(self, who: str) -> Script:
        yield from self._catch_up(who)
        for heard in self._inboxes[who]:
            if not (
                isinstance(heard, bytes) and self._is_unsolicited(who, self._message(heard))
            ):
                raise self._deviation(heard)

    def _hears_no(self, who: str, type: str) -> Script:
        yield from self._catch_up(who)
        for heard in self._inboxes[who]:
            if isinstance(heard, bytes) and self._message(heard).get("type") == type:
                raise self._deviation(heard)

    def _is_closed(self, step: IsClosed) -> Script:
        while (heard := (yield from self._next(step.who))) != Closed(step.code):
            if not isinstance(heard, bytes) or not (
                step.after_anything or self._is_unsolicited(step.who, self._message(heard))
            ):
                raise self._deviation(heard)
        del self._inboxes[step.who]

    def _check_response(self, step: Knocks, heard: Sequence[Heard]) -> None:
        match heard:
            case [Response(step.status, headers)] if (
                headers.keys().isdisjoint(step.without)
                and step.answered.keys() <= headers.keys()
                and all(
                    fits(pattern, headers[name], self._ids.translate)
                    for name, pattern in step.answered.items()
                )
            ):
                return
        raise self._deviation(*heard)

    def _next(
        self, who: str, within: float = DEADLINE
    ) -> Generator[Act, Sequence[Heard], Heard | None]:
        inbox = self._inboxes[who]
        while not inbox:
            heard = yield Read(who, within)
            if not heard:
                return None
            self._put(who, heard)
        return inbox.popleft()

    def _catch_up(self, who: str) -> Script:
        self._put(who, (yield Fence(who)))

    def _put(self, who: str, heard: Sequence[Heard]) -> None:
        heard = [
            one for one in heard if not (isinstance(one, bytes) and is_of_unknown_type(one))
        ]
        self._inboxes[who].extend(heard)
        if who not in self._unnamed or not heard or not isinstance(heard[0], bytes):
            return
        self._unnamed.discard(who)
        if not self._ids.learn(who, self._message(heard[0]).get("receiver")):
            raise self._deviation(heard[0])

    def _learn(self, wanted: Mapping[str, Any], message: dict[str, Any]) -> None:
        """Learn the server's ids and secrets from a message of the expected type."""
        type, data = message.get("type"), message.get("data")
        if wanted["type"] != type or not isinstance(data, dict):
            return
        if type == "joined":
            self._ids.learn(wanted["data"]["id"], data.get("id"))
            self._ids.learn_secret(wanted["data"]["session"], data.get("session"))
            self._learn_guest_token(wanted, data)
        elif type == "waiting":
            self._ids.learn(wanted["receiver"], message.get("receiver"))
            self._ids.learn_secret(wanted["data"]["session"], data.get("session"))
            self._learn_guest_token(wanted, data)
        elif type == "room-created" and isinstance(wanted["data"]["owner_token"], str):
            self._ids.learn_secret(wanted["data"]["owner_token"], data.get("owner_token"))
        elif type == "invitation-created":
            for name, ours in wanted["data"].items():
                if isinstance(ours, str):
                    self._ids.learn_secret(ours, data.get(name))

    def _learn_guest_token(self, wanted: Mapping[str, Any], data: dict[str, Any]) -> None:
        pattern = wanted["data"].get("guest_token")
        placeholder = pattern.pattern if isinstance(pattern, IfPresent) else pattern
        if isinstance(placeholder, str):
            self._ids.learn_secret(placeholder, data.get("guest_token"))

    def _is_unsolicited(self, who: str, message: dict[str, Any]) -> bool:
        """Tell whether the server may send this message at any time."""
        return (
            message.get("sender") == GROUND_CONTROL
            and message.get("type") in self._unsolicited[who]
        )

    def _is_of_the_kind_of(self, wanted: Mapping[str, Any], message: dict[str, Any]) -> bool:
        names = "type", "receiver"
        return all(fits(wanted[name], message.get(name), self._ids.translate) for name in names)

    def _message(self, frame: bytes) -> dict[str, Any]:
        try:
            message = json.loads(frame)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            raise self._deviation(frame)
        return known_part(message)

    def _deviation(self, *heard: Heard | None) -> Deviation:
        words = [
            one.decode(errors="replace") if isinstance(one, bytes) else str(one)
            for one in heard
            if one is not None
        ]
        text = f"at {self._position}\nheard: {' '.join(words) or 'nothing'}"
        return Deviation(f"{self.title}\n{self._ids.for_people(text)}")
