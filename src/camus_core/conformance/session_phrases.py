"""Steps that often go together in the session profile."""

from typing import Any

from .patterns import SOME_SECRET, Wildcard
from .scenario import Connects, Crashes, Frame, Hears, IsClosed, Says, Step, Stops, Waits
from .vocabulary import (
    CAMUS_2,
    LOBBY,
    SERVER,
    SOMEBODY,
    by,
    came,
    going_away,
    join,
    joined,
    member,
    owner_token_of,
    refused,
    resume,
    resumed,
    to,
)

WRITTEN = Waits(0.5)
"""Whoever has joined is in the database by then, also of a server that crashes."""


def enters(
    who: str, room: str = LOBBY, *, address: str | None = None, **more: Any
) -> tuple[Step, ...]:
    """Return how a client of the session profile comes in; `more` are members of its `join`."""
    return (
        Connects(who, None, CAMUS_2, address=address),
        Says(who, join(room, **more)),
        Hears(who, joined(who, room_id=room)),
    )


def meet(*clients: str) -> tuple[Step, ...]:
    """Return how clients of the session profile come in, one after the other.

    Each has heard then of those that came after it.
    """
    steps: list[Step] = []
    for number, who in enumerate(clients):
        steps += visits(who, *clients[:number])
    return tuple(steps)


def visits(who: str, *others: str, address: str | None = None) -> tuple[Step, ...]:
    """Return how a client comes in, of which the others hear."""
    return (
        *enters(who, address=address),
        *(Hears(other, came(who)) for other in others),
    )


def goes_on(who: str, received: int, handled: int, nth: int = 1) -> tuple[Step, ...]:
    """Return how a client comes back that has `received` so many frames.

    Of its own the server has `handled` so many.
    """
    return (
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, received, nth)),
        Hears(who, resumed(who, handled, nth)),
    )


def note(sender: str, receiver: str, text: str) -> tuple[Step, ...]:
    """Return what one client says to another, which hears it."""
    return (
        Says(sender, to(receiver, "x-note", text)),
        Hears(receiver, by(sender, receiver, "x-note", text)),
    )


def is_turned_away(who: str, code: str, *frames: Frame) -> tuple[Step, ...]:
    """Return each frame of a client that is in no room, with its error; it may go on."""
    steps: list[Step] = []
    for frame in frames:
        steps += [Says(who, frame), Hears(who, refused(SOMEBODY, code))]
    return (
        *steps,
        Says(who, to(SERVER, "ping", 1)),
        Hears(who, by(SERVER, SOMEBODY, "pong", 1)),
    )


def says(who: str, receiver: str, *texts: str) -> tuple[Step, ...]:
    """Return what a client says, whoever hears it."""
    return tuple(Says(who, to(receiver, "x-note", text)) for text in texts)


def are_heard(who: str, sender: str, *texts: str) -> tuple[Step, ...]:
    """Return what a client hears that `says` has said."""
    return tuple(Hears(who, by(sender, who, "x-note", text)) for text in texts)


def creates(who: str, room_id: str | Wildcard, **wish: Any) -> tuple[Step, ...]:
    """Return how a client that is in no room makes one; `wish` is the data of `create-room`."""
    token = owner_token_of(room_id) if isinstance(room_id, str) else SOME_SECRET
    made = {"room_id": room_id, "owner_token": token}
    return (
        Says(who, to(SERVER, "create-room", wish)),
        Hears(who, by(SERVER, SOMEBODY, "room-created", made)),
    )


def is_stopped(*clients: str) -> tuple[Step, ...]:
    """Return how a server stops; these have nothing else to hear but that."""
    return (
        Stops(),
        *(
            step
            for who in clients
            for step in (Hears(who, going_away(who)), IsClosed(who, 1012))
        ),
    )


def is_crashed(*clients: str) -> tuple[Step, ...]:
    """Return how a server crashes, and these lose their connections."""
    return (Crashes(), *(IsClosed(who, 1006) for who in clients))


def is_back(who: str, received: int, *clients: str, handled: int | None) -> tuple[Step, ...]:
    """Return how a client comes back to the next server; `clients` are in the room there.

    Of its own frames the server before has `handled` so many, None where nobody knows.
    """
    said = {} if handled is None else {"received": handled}
    there = [member(one) for one in clients]
    return (
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, received)),
        Hears(who, joined(who, nth=2, reason="restarted", clients=there, **said)),
    )
