"""The protocol of each kind of server, as data: the generator knows no server by name."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen
from payloads import Kind


@frozen
class Dialect:
    """The messages of one protocol, as far as a call needs them."""

    path: str = field()
    """Target of the WebSocket request; `{room}` and `{name}` are filled in."""
    subprotocol: str | None
    """The subprotocol of the WebSocket request, which the response has to name."""
    entry: Mapping[str, Any] | None
    """The client's first message, to be admitted; None if it is admitted when it connects."""
    admission: str
    """Type of the message that tells a client of its admission."""
    id_from: str | None
    """Member of the admission message with the client's id; None if the id is its name."""
    requests: tuple[tuple[Mapping[str, Any], str], ...]
    """Requests of a newcomer, each with the type of the answer."""
    unasked: frozenset[str]
    """Types that the server may send at any time and for which no client waits."""
    types: Mapping[Kind, str]
    """The type names of the kinds of relayed messages."""
    sender: str
    receiver: str
    data: str
    farewell: Mapping[str, Any] | None
    """The last message, answered by closing with 1000; None if the client just closes."""
    counts: bool
    """True if both ends count frames from the admission on, and confirm them by `ack`."""


CAMUS = Dialect(
    path="/room/{room}/ws",
    subprotocol=None,
    entry=None,
    admission="greeting",
    id_from="receiver",
    requests=(
        ({"receiver": "ground control", "type": "get-room-info"}, "room-info"),
        ({"receiver": "ground control", "type": "get-ice-servers"}, "ice-servers"),
    ),
    unasked=frozenset({"room-info", "bye", "ping"}),
    types={"offer": "offer", "answer": "answer", "icecandidate": "icecandidate"},
    sender="sender",
    receiver="receiver",
    data="data",
    farewell=None,
    counts=False,
)

# `joined` has the members and the ICE servers, so nothing is left to request.
SESSION = evolve(
    CAMUS,
    subprotocol="camus.2",
    entry={"receiver": "ground control", "type": "join", "data": {}},
    admission="joined",
    requests=(),
    unasked=frozenset({"client-joined", "client-left", "ping", "ack"}),
    farewell={"receiver": "ground control", "type": "bye"},
    counts=True,
)

# PeerServer has neither a list of members nor ICE servers, so there are fewer requests.
PEER = Dialect(
    path="/peerjs?key=peerjs&id={name}&token={name}&version=1.5.4",
    subprotocol=None,
    entry=None,
    admission="OPEN",
    id_from=None,
    requests=(),
    unasked=frozenset(),
    types={"offer": "OFFER", "answer": "ANSWER", "icecandidate": "CANDIDATE"},
    sender="src",
    receiver="dst",
    data="payload",
    farewell=None,
    counts=False,
)
