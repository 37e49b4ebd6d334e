"""What a scenario is: a server's setting, and a conversation with it, step by step.

Clients are named by ids, as in `Says(BILL, ...)`. A server that chooses its ids itself makes
others: the player writes those wherever the scenario has ours. It learns a client's id from
the first frame that the client hears or, in the session profile, from `joined`, and with it
the secret of the session, or from `waiting`; the owner's token of a room it learns from
`room-created`.

A name stands for one connection at a time. In the session profile somebody whose connection
has ended may connect again; somebody who has two open needs a second name for the other.
"""

from collections.abc import Mapping
from typing import Any

from attrs import Attribute, field, frozen

from ..admission.identity import Identity
from ..ice import IceConfiguration
from ..limits import Limits
from .patterns import Pattern, Wildcard

DEADLINE = 5.0
"""Seconds for what shall be heard: a server that is well answers in milliseconds."""

LOBBY = "excellent-adventure"
"""The room where nothing else is said; it has its name from the description."""

Frame = Mapping[str, Any] | str | bytes
"""What is said: a message, or the text of a frame as it is, be it JSON or not."""


@frozen
class ExistingRoom:
    """A room that is there before anybody comes."""

    id: str
    password: str | None = None
    guest_limit: int | None = None
    empty_for: float | None = None
    public: bool = False


@frozen
class Setting:
    """The server that a scenario needs.

    `tokens` are those that it takes, and who shows each. A server that takes others, of the
    same people, is shown those by its driver. With `guests` somebody may come without one. The
    operator has named `hosts`, `origins` (none, those that the server takes by itself) and
    `proxies`, whose word for where a client comes from is believed.
    """

    limits: Limits = field(factory=Limits)
    ice: IceConfiguration = field(factory=IceConfiguration)
    rooms: tuple[ExistingRoom, ...] = ()
    rooms_on_demand: bool = True
    tokens: Mapping[str, Identity] = field(factory=dict)
    guests: bool = True
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()


@frozen
class Connects:
    """Opens a WebSocket to a room, or to `/ws`, and offers a subprotocol, if it has one.

    `address` is where it comes from, if that matters: one of this machine (127.0.0.0/8), or one
    that a proxy tells of in `X-Forwarded-For`. `token` is shown in the handshake, in whatever
    way the server looks for one there.
    """

    who: str
    room: str | None = LOBBY
    subprotocol: str | None = None
    address: str | None = field(default=None, kw_only=True)
    token: str | None = field(default=None, kw_only=True)


@frozen
class Joins:
    """Connects in the core profile, and hears the greeting."""

    who: str
    room: str = LOBBY


@frozen
class Says:
    """Sends a text frame; nothing happens when the connection has ended."""

    who: str
    frame: Frame


@frozen
class SaysInFragments:
    """Sends one text in several WebSocket frames."""

    who: str
    parts: tuple[str, ...]


@frozen
class SaysBinary:
    """Sends a binary frame."""

    who: str
    data: bytes


@frozen
class Hears:
    """The next frame is this one. `verbatim` is text that stands in it to the byte.

    Passed over is what a server says at a time of its own, a roster or a ping, unless the
    pattern has that type and receiver.
    """

    who: str
    pattern: Pattern
    verbatim: str = ""
    within: float = DEADLINE


@frozen
class HearsNothing:
    """Nothing has come up to now but what the server says at a time of its own."""

    who: str


@frozen
class HearsNo:
    """Nothing of this type has come up to now."""

    who: str
    type: str


@frozen
class IsClosed:
    """The server closes the connection with this code, now or `after_anything`."""

    who: str
    code: int
    after_anything: bool = False


@frozen
class Drops:
    """Loses the connection: no `bye`, no closing handshake."""

    who: str


@frozen
class Closes:
    """Closes the connection with this code, without a `bye`."""

    who: str
    code: int


@frozen
class Waits:
    """Time passes."""

    seconds: float


@frozen
class StandsStill:
    """The servers do nothing for so long, as on a machine that was stopped for a moment.

    `meanwhile` is said in that time: it waits where the servers will read it.
    """

    seconds: float
    meanwhile: tuple[Says, ...] = ()


@frozen
class SetsClock:
    """Somebody sets UNIX time on the machine of the servers, by so many seconds."""

    seconds: float


@frozen
class LosesAnswer:
    """The database does the next thing that a client's request needs of it, and the server
    doesn't hear of it.
    """


@frozen
class Starts:
    """Another server starts, with the database of those before; who connects comes to it."""


@frozen
class Stops:
    """The server stops in order; of several, the one that started first."""


@frozen
class Crashes:
    """The same server ends at once: it says and stores nothing more, its connections break."""


@frozen
class Knocks:
    """Somebody asks for a WebSocket; the HTTP response has this status.

    `headers` are added to those of a handshake, or replace them; None leaves one out, and a
    name that differs in case is a second header.
    `answered` are headers that the response has, `without` those that it must not have; their
    names are in lower case.
    """

    path: str
    status: int
    headers: Mapping[str, str | None] = field(factory=dict)
    without: tuple[str, ...] = ()
    answered: Mapping[str, str | Wildcard] = field(factory=dict)


Step = (
    Connects
    | Joins
    | Says
    | SaysInFragments
    | SaysBinary
    | Hears
    | HearsNothing
    | HearsNo
    | IsClosed
    | Drops
    | Closes
    | Waits
    | StandsStill
    | SetsClock
    | LosesAnswer
    | Starts
    | Stops
    | Crashes
    | Knocks
)


def _one_connection_at_a_time(
    _: object, attribute: "Attribute[Any]", steps: tuple[Step, ...]
) -> None:
    here: set[str] = set()
    been: set[str] = set()
    for step in steps:
        match step:
            case Connects(who) | Joins(who):
                sessions = isinstance(step, Connects) and step.subprotocol is not None
                if who in (here if sessions else been):
                    raise ValueError(f"{who} connects twice: take another id")
                here.add(who)
                been.add(who)
            case StandsStill(meanwhile=meanwhile):
                for says in meanwhile:
                    _check_whether_connected(says.who, step, been)
            case Waits() | SetsClock() | LosesAnswer():
                pass
            case Starts() | Stops() | Crashes() | Knocks():
                pass
            case _:
                _check_whether_connected(step.who, step, been)
                if isinstance(step, Drops | Closes | IsClosed):
                    here.discard(step.who)


def _check_whether_connected(who: str, step: Step, been: set[str]) -> None:
    if who not in been:
        raise ValueError(f"{step} comes before {who} connects")


@frozen
class Scenario:
    """One conversation that shows rules of `docs/protocol.md`.

    It is complete: at its end nobody has heard anything that the steps don't tell, but for
    what a server says at a time of its own. A `wire` scenario needs a real socket.
    """

    name: str
    rules: tuple[str, ...]
    steps: tuple[Step, ...] = field(validator=_one_connection_at_a_time)
    setting: Setting = field(factory=Setting)
    wire: bool = field(default=False, kw_only=True)

    @property
    def subprotocols(self) -> frozenset[str]:
        """What its clients offer, and so its server has to speak."""
        offered = (step.subprotocol for step in self.steps if isinstance(step, Connects))
        return frozenset(name for name in offered if name is not None)

    @property
    def addresses(self) -> frozenset[str]:
        """Where its clients come from, if that matters: a driver has to have these addresses,
        and a server has to tell them apart.
        """
        come_from = (step.address for step in self.steps if isinstance(step, Connects))
        return frozenset(address for address in come_from if address is not None)
