"""The attributes of a room and its members: conventions, and what a client says again.

A server stores no attributes. So a client that comes back to another server sets its own again,
and a moderator also those of the room, and `speak` of others (rule CLIENT-37).
"""

import re
from collections.abc import Iterable, Mapping

from camus_core.admission.permissions import RANK
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL, SPEAK

HAND = "hand"
"""The attribute of a member whose hand is up: a number, the lowest of which comes first."""

_NUMBER = re.compile(r"[0-9]{1,15}")

_HIGHEST = 10**15 - 1


def raised_hands(clients: Iterable[m.SessionClient]) -> list[m.SessionClient]:
    """Return the members whose hand is up, in order.

    Args:
        clients: the roster, in order of joining.
    """
    hands = [(number, one) for one in clients if (number := _hand_of(one)) is not None]
    return [one for _, one in sorted(hands, key=lambda hand: hand[0])]


def next_hand(clients: Iterable[m.SessionClient]) -> str:
    """Return the value of `HAND` with which a member raises its hand as the last.

    Args:
        clients: the roster.
    """
    highest = max((_hand_of(one) or 0 for one in clients), default=0)
    return str(min(highest + 1, _HIGHEST))


def _hand_of(client: m.SessionClient) -> int | None:
    value = client.attributes.get(HAND, "")
    return int(value) if _NUMBER.fullmatch(value) else None


def may_speak(client: m.SessionClient, room: Mapping[str, str]) -> bool:
    """Return False if a member is not to be heard: it has lost `speak` in a moderated room.

    Args:
        client: the member.
        room: the attributes of its room.
    """
    return room.get(SPEAK) != "moderated" or client.attributes.get(SPEAK) != "no"


def own_attributes(client: m.SessionClient | None) -> Mapping[str, str]:
    """Return the attributes that a member has set itself; none for None."""
    attributes = {} if client is None else client.attributes
    return {name: value for name, value in attributes.items() if name != SPEAK}


def said_again(
    own: Mapping[str, str],
    room: Mapping[str, str],
    clients: Mapping[str, m.SessionClient],
    joined: m.JoinedBody,
) -> list[m.Order]:
    """Return the requests that set again what a server doesn't know any more.

    Args:
        own: the client's own attributes before.
        room: the attributes of the room before.
        clients: the members before, by id.
        joined: the answer to the `join` that should have resumed the session.
    """
    if joined.resumed or joined.reason == "overflow" or "attributes" not in joined.capabilities:
        return []
    requests: list[m.Order] = []
    roster = {one.id: one for one in joined.clients or ()}
    there = own_attributes(roster.get(joined.id))
    missing = {name: value for name, value in own.items() if name not in there}
    if missing:
        requests.append(m.SetAttributes(GROUND_CONTROL, m.SetAttributesBody(missing)))
    if joined.reason != "restarted" or joined.role == "guest":
        return requests
    if room and not joined.attributes:
        requests.append(m.SetRoomAttributes(GROUND_CONTROL, m.SetRoomAttributesBody(room)))
    for one in roster.values():
        before = clients.get(one.id)
        speak = None if before is None else before.attributes.get(SPEAK)
        is_lower = RANK[one.role] < RANK[joined.role]
        if speak is not None and SPEAK not in one.attributes and is_lower:
            body = m.SetAttributesBody({SPEAK: speak}, one.id)
            requests.append(m.SetAttributes(GROUND_CONTROL, body))
    return requests
