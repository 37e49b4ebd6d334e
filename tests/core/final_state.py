"""How every list of steps ends.

What has to hold then, in words: both sides have counted the same, and nothing that was
confirmed is kept; the roster that a client has built is the room, and it knows that the room is
open, and that nobody waits; who is in a room, who is stored, and who is there are the same, so
that there are no ghosts. When all have left, nothing is left of them.
"""

from camus_core.census import Census
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL

from .session_model import LIMITS, World


def settle(world: World) -> None:
    """All come in, hear everything and confirm it; places of the past come to an end."""
    for line in world.lines:
        if world.line_of.get(line.client.name) is not line:
            world.serves(line)
            world.ends(line)
    for _ in range(14):
        for client in world.clients:
            world.orders(client.room, m.Lock(GROUND_CONTROL, m.LockBody(False)))
            world.comes(client)
        for _ in range(4):
            world.flows()
            for client in world.clients:
                client.confirms()
                world.writes(client)
        world.waits(5)
    world.flows()
    world.store.forget_dead_runs(world.router.node, world.now - 2 * LIMITS.place_seconds)
    _compare(world)
    world.audit.closes(world.clients)


def _compare(world: World) -> None:
    blame = world.audit.blame
    here = {client.id: client for client in world.clients if client.is_in}
    inside = {
        member.id: room for room in world.router._rooms for member in room.members.values()
    }
    if inside.keys() != here.keys() or len(here) != len(world.clients):
        blame("who is in the rooms is not who is there")
    if world.store.clients.keys() != here.keys():
        blame("who is stored is not who is there")
    for place in world.router._sessions:
        client, session = here[place.member.id], place.delivery
        counts = (client.confirmed + len(client.unconfirmed), client.received)
        if client.honest and counts != (session.received, session.sent):
            blame("the two ends count differently")
        roster = {one.id: one.info() for one in place.room.members.values()}
        if client.honest and client.roster != roster:
            blame("a roster that isn't true")
        if client.honest and (client.waiting or client.is_locked):
            blame("an open door at which somebody waits")
        if client.honest and session.unconfirmed_bytes:
            blame("what is confirmed is still kept")


def leave(world: World) -> None:
    """All say bye; nothing is left of them."""
    for client in world.clients:
        client.leaves()
        world.writes(client)
    world.flows()
    world.waits(100)
    if world.router.census() != Census(0, 0, 0, 0, 0) or world.router.next_deadline():
        world.audit.blame("something is left")
    if world.store.clients or world.store.rooms:
        world.audit.blame("something is left in the store")
