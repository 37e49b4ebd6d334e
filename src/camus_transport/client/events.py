"""What happens to a session beneath its messages, for those who want to know."""

from attrs import frozen

from camus_core.wire.messages import Lost, Message


@frozen
class Dropped:
    """The connection has ended with this close code, or could not be had again (1006).

    The next try comes `retry_in` seconds later.
    """

    code: int
    retry_in: float


@frozen
class InWaitingRoom:
    """The room is locked, and somebody inside decides; the client waits at the door."""

    room_id: str


@frozen
class Resumed:
    """The session goes on as if nothing had happened."""


@frozen
class Rejoined:
    """The client is in its room again, but the session could not simply go on.

    With the `same_id` its place was kept: after `overflow` and `restarted` it restarts ICE
    with each peer, after `rejoined` both sides build every peer connection anew. With another
    one it is a newcomer.
    """

    reason: Lost
    same_id: bool


@frozen
class Expired:
    """Nobody confirmed these messages: each may have arrived or not. They aren't sent again."""

    messages: tuple[Message, ...]


SessionEvent = Dropped | InWaitingRoom | Resumed | Rejoined | Expired
