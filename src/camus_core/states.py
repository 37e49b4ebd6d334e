"""Which message a member may send to whom: one table."""

from collections.abc import Mapping

from . import messages as m

SERVER, CLIENT, EVERYONE = "the server", "one client", "the room"

LEGAL: Mapping[type[m.Message], frozenset[str]] = {
    m.Ping: frozenset({SERVER, CLIENT}),
    m.Pong: frozenset({SERVER, CLIENT}),
    m.Text: frozenset({CLIENT, EVERYONE}),
    m.GetRoomInfo: frozenset({SERVER}),
    m.RoomInfo: frozenset(),
    m.Profile: frozenset({SERVER}),
    m.GetIceServers: frozenset({SERVER}),
    m.IceServers: frozenset(),
    m.Offer: frozenset({CLIENT}),
    m.Answer: frozenset({CLIENT}),
    m.IceCandidate: frozenset({CLIENT}),
    m.Greeting: frozenset({SERVER, CLIENT, EVERYONE}),
    m.Bye: frozenset({SERVER, CLIENT, EVERYONE}),
    m.Error: frozenset(),
    m.Extension: frozenset({CLIENT, EVERYONE}),
}
"""A message that may go to nobody is one that only the server says."""
