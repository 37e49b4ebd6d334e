"""Scenarios: the setting of a server, and a conversation with it, step by step.

Steps name a client by its id, as in `Says(BILL, ...)`. A server chooses other ids, so the
player replaces the ids of the scenario by the server's. It learns the id of a client from the
first frame that the client receives; in the session profile from `joined`, together with the
resume token, or from `waiting`. It learns the owner token of a room from `room-created`.

An id stands for one connection at a time. In the session profile, a client whose connection has
ended may connect again; a client with two open connections needs a second id for the other.
"""

from collections.abc import Mapping
from typing import Any

from attrs import Attribute, field, frozen

from ..admission.identity import Identity
from ..ice import IceConfiguration
from ..limits import Limits
from .patterns import Pattern, Wildcard

DEADLINE = 5.0
"""Seconds to wait for a message: a healthy server answers in milliseconds."""

DEFAULT_ROOM = "excellent-adventure"
"""The default room of the steps."""

Frame = Mapping[str, Any] | str | bytes
"""A message, or the exact text of a frame, which may not be JSON."""


@frozen
class ExistingRoom:
    """A room that exists before the first client connects."""

    id: str
    password: str | None = None
    guest_limit: int | None = None
    empty_for: float | None = None
    public: bool = False
    expires: float | None = None


@frozen
class Setting:
    """The configuration of the server that a scenario needs.

    Attributes:
        tokens: The tokens that the server accepts, with the identity that each asserts. If the
            server needs tokens of another form, the driver presents those instead.
        guests: Clients without a token are admitted.
        guests_create: Clients without a token may make rooms, where they are admitted.
        first_moderates: A room without an owner gets a moderator from its members.
        hosts: The hosts that the operator allows.
        origins: The origins that the operator allows; if none, the server's default applies.
        proxies: The proxies whose `X-Forwarded-For` the server trusts.
    """

    limits: Limits = field(factory=Limits)
    ice: IceConfiguration = field(factory=IceConfiguration)
    rooms: tuple[ExistingRoom, ...] = ()
    rooms_on_demand: bool = True
    tokens: Mapping[str, Identity] = field(factory=dict)
    guests: bool = True
    guests_create: bool = True
    first_moderates: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()


@frozen
class Connects:
    """Opens a WebSocket to a room, or to `/ws` if `room` is None.

    Attributes:
        subprotocol: The subprotocol that the client offers, if any.
        address: The client's address, if it matters: one of the machine (127.0.0.0/8), or one
            that a proxy names in `X-Forwarded-For`.
        token: A token presented in the handshake, in the way that the server expects.
    """

    who: str
    room: str | None = DEFAULT_ROOM
    subprotocol: str | None = None
    address: str | None = field(default=None, kw_only=True)
    token: str | None = field(default=None, kw_only=True)


@frozen
class Joins:
    """Connects in the core profile, and receives the greeting."""

    who: str
    room: str = DEFAULT_ROOM


@frozen
class Says:
    """Sends a text frame. Nothing happens if the connection has ended."""

    who: str
    frame: Frame


@frozen
class SaysInFragments:
    """Sends one text message in several WebSocket frames."""

    who: str
    parts: tuple[str, ...]


@frozen
class SaysBinary:
    """Sends a binary frame."""

    who: str
    data: bytes


@frozen
class Hears:
    """Receives a frame that matches the pattern, as the next one.

    Messages that a server may send at any time, such as a roster or a ping, are skipped unless
    the pattern has their type and receiver.

    Attributes:
        verbatim: Text that the frame contains, byte for byte.
        within: Seconds to wait.
    """

    who: str
    pattern: Pattern
    verbatim: str = ""
    within: float = DEADLINE


@frozen
class HearsNothing:
    """Has received nothing so far, except messages that a server may send at any time."""

    who: str


@frozen
class HearsNo:
    """Has received nothing of this type so far."""

    who: str
    type: str


@frozen
class IsClosed:
    """Is closed by the server with this code, next or after any messages."""

    who: str
    code: int
    after_anything: bool = False


@frozen
class Drops:
    """Loses the connection, without `bye` and without a closing handshake."""

    who: str


@frozen
class Closes:
    """Closes the connection with this code, without `bye`."""

    who: str
    code: int


@frozen
class Waits:
    """Lets time pass."""

    seconds: float


@frozen
class StandsStill:
    """Suspends the servers, as on a machine that stands still for a moment.

    The messages `meanwhile` are sent in that time; the servers read them when they go on.
    """

    seconds: float
    meanwhile: tuple[Says, ...] = ()


@frozen
class SetsClock:
    """Changes the wall clock on the machine of the servers, by so many seconds."""

    seconds: float


@frozen
class OperatorSays:
    """Has the operator say a message in a room, which the server sends as its own.

    The message has a `receiver`, a `type` and `data`, and perhaps an `id`, as a client's has.
    """

    message: Mapping[str, Any]
    room: str = DEFAULT_ROOM


@frozen
class LosesAnswer:
    """Loses the database's next answer to a request of a client, which is carried out."""


@frozen
class Starts:
    """Starts another server on the same database; later connections go to it."""


@frozen
class Stops:
    """Stops the server in order; of several, the one that started first."""


@frozen
class Crashes:
    """Kills that server: it sends and stores nothing more, and its connections break."""


@frozen
class Knocks:
    """Sends a WebSocket handshake, and expects an HTTP response with this status.

    Attributes:
        headers: Headers of the request, added to those of a handshake or replacing them; None
            leaves one out, and a name that differs in case is a second header.
        without: Headers that the response must not have, in lower case.
        answered: Headers that the response must have, in lower case.
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
    | OperatorSays
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
                    _check_connected(says.who, step, been)
            case Waits() | SetsClock() | OperatorSays() | LosesAnswer():
                pass
            case Starts() | Stops() | Crashes() | Knocks():
                pass
            case _:
                _check_connected(step.who, step, been)
                if isinstance(step, Drops | Closes | IsClosed):
                    here.discard(step.who)


def _check_connected(who: str, step: Step, been: set[str]) -> None:
    if who not in been:
        raise ValueError(f"{step} comes before {who} connects")


@frozen
class Scenario:
    """A conversation that shows rules of `docs/protocol.md`.

    It is complete: no client receives a message that the steps don't have, except those that a
    server may send at any time.

    Attributes:
        rules: The ids of the rules that fail without it.
        wire: The scenario needs a real socket.
    """

    name: str
    rules: tuple[str, ...]
    steps: tuple[Step, ...] = field(validator=_one_connection_at_a_time)
    setting: Setting = field(factory=Setting)
    wire: bool = field(default=False, kw_only=True)

    @property
    def subprotocols(self) -> frozenset[str]:
        """The subprotocols that its clients offer, and that the server has to support."""
        offered = (step.subprotocol for step in self.steps if isinstance(step, Connects))
        return frozenset(name for name in offered if name is not None)

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of its clients, if they matter.

        The driver has to have these addresses, and the server has to tell them apart.
        """
        come_from = (step.address for step in self.steps if isinstance(step, Connects))
        return frozenset(address for address in come_from if address is not None)
