"""Frequent sequences of steps in the session profile."""

from typing import Any

from .patterns import SOME_SECRET, Wildcard
from .scenario import Connects, Crashes, Frame, Hears, IsClosed, Says, Step, Stops, Waits
from .vocabulary import (
    ANY_CLIENT,
    CAMUS_2,
    DEFAULT_ROOM,
    SERVER,
    by,
    client_joined,
    going_away,
    join,
    joined,
    left,
    member,
    owner_token_of,
    refused,
    resume,
    resumed,
    to,
)

WRITTEN = Waits(0.5)
"""A wait after which members that have joined are in the database, even if the server crashes.
"""


def enters(
    who: str, room: str = DEFAULT_ROOM, *, address: str | None = None, **more: Any
) -> tuple[Step, ...]:
    """Return the steps by which a client joins.

    Args:
        more: Members of the data of `join`.
    """
    return (
        Connects(who, None, CAMUS_2, address=address),
        Says(who, join(room, **more)),
        Hears(who, joined(who, room_id=room)),
    )


def meet(*clients: str) -> tuple[Step, ...]:
    """Return the steps by which clients join, each being told of the later ones."""
    steps: list[Step] = []
    for number, who in enumerate(clients):
        steps += visits(who, *clients[:number])
    return tuple(steps)


def visits(who: str, *others: str, address: str | None = None) -> tuple[Step, ...]:
    """Return the steps by which a client joins, and the others are told."""
    return (
        *enters(who, address=address),
        *(Hears(other, client_joined(who)) for other in others),
    )


def leaves(who: str, *others: str) -> tuple[Step, ...]:
    """Return the steps by which a member says `bye`, and the others are told."""
    return (
        Says(who, to(SERVER, "bye")),
        IsClosed(who, 1000),
        *(Hears(other, left(who, "left")) for other in others),
    )


def goes_on(who: str, received: int, handled: int, nth: int = 1) -> tuple[Step, ...]:
    """Return the steps by which a client resumes its session with nothing lost.

    Args:
        received: The number of frames that the client has received.
        handled: The number of the client's frames that the server has handled.
        nth: The ordinal of the session's epoch.
    """
    return (
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, received, nth)),
        Hears(who, resumed(who, handled, nth)),
    )


def note(sender: str, receiver: str, text: str) -> tuple[Step, ...]:
    """Return a message from one client to another, which receives it."""
    return (
        Says(sender, to(receiver, "x-note", text)),
        Hears(receiver, by(sender, receiver, "x-note", text)),
    )


def is_refused(who: str, code: str, *frames: Frame) -> tuple[Step, ...]:
    """Return frames of a client in no room, each with its error; the connection stays open."""
    steps: list[Step] = []
    for frame in frames:
        steps += [Says(who, frame), Hears(who, refused(ANY_CLIENT, code))]
    return (
        *steps,
        Says(who, to(SERVER, "ping", 1)),
        Hears(who, by(SERVER, ANY_CLIENT, "pong", 1)),
    )


def says(who: str, receiver: str, *texts: str) -> tuple[Step, ...]:
    """Return messages that a client sends."""
    return tuple(Says(who, to(receiver, "x-note", text)) for text in texts)


def are_heard(who: str, sender: str, *texts: str) -> tuple[Step, ...]:
    """Return the messages of `says` as a client receives them."""
    return tuple(Hears(who, by(sender, who, "x-note", text)) for text in texts)


def creates(who: str, room_id: str | Wildcard, **members: Any) -> tuple[Step, ...]:
    """Return the steps by which a client in no room creates one.

    Args:
        members: The data of `create-room`.
    """
    token = owner_token_of(room_id) if isinstance(room_id, str) else SOME_SECRET
    made = {"room_id": room_id, "owner_token": token}
    return (
        Says(who, to(SERVER, "create-room", members)),
        Hears(who, by(SERVER, ANY_CLIENT, "room-created", made)),
    )


def is_stopped(*clients: str) -> tuple[Step, ...]:
    """Return the stop of a server, of which these clients are told and receive nothing else."""
    return (
        Stops(),
        *(
            step
            for who in clients
            for step in (Hears(who, going_away(who)), IsClosed(who, 1012))
        ),
    )


def is_crashed(*clients: str) -> tuple[Step, ...]:
    """Return the crash of a server, in which these clients lose their connections."""
    return (Crashes(), *(IsClosed(who, 1006) for who in clients))


def is_back(who: str, received: int, *clients: str, handled: int | None) -> tuple[Step, ...]:
    """Return the steps by which a client resumes at the next server.

    Args:
        received: The number of frames that the client has received.
        clients: The members of the room there.
        handled: The number of the client's frames that the server before has handled, or None
            if that is unknown.
    """
    count = {} if handled is None else {"received": handled}
    there = [member(one) for one in clients]
    return (
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, received)),
        Hears(who, joined(who, nth=2, reason="restarted", clients=there, **count)),
    )
