"""The end of every list of steps, and the invariants that hold there.

In words: both ends have counted the same number of frames, and nothing that was confirmed is
kept. The roster that each client has built equals the room, and the client knows that the room
is unlocked and that its waiting room is empty. The members of the rooms, the stored clients and
the connected clients are the same, so there are no ghosts. When all have left, nothing remains.
"""

from camus_core.census import Census
from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL

from .session_model import World


def settle(world: World) -> None:
    """Let all clients join, receive everything and confirm it; places of the past end."""
    for link in world.links:
        if world.link_of.get(link.client.name) is not link:
            world.serves(link)
            world.ends(link)
    for _ in range(14):
        for client in world.clients:
            world.order(client.room, m.Lock(GROUND_CONTROL, m.LockBody(False)))
            world.connects(client)
        for _ in range(4):
            world.flows()
            for client in world.clients:
                client.confirms()
                world.writes(client)
        world.waits(5)
    world.flows()
    world.renew_leases()
    _check(world)
    world.audit.judges(world.clients)


def _check(world: World) -> None:
    report = world.audit.report
    connected = {client.id: client for client in world.clients if client.is_in}
    inspection = world.router.inspect()
    in_rooms = {member.info.id for room in inspection.rooms.values() for member in room.members}
    if in_rooms != connected.keys() or len(connected) != len(world.clients):
        report("the members of the rooms are not the connected clients")
    if world.store.clients.keys() != connected.keys():
        report("the stored clients are not the connected clients")
    for client_id, session in inspection.sessions.items():
        client = connected[client_id]
        counts = (client.confirmed + len(client.unconfirmed), client.received)
        if client.honest and counts != (session.received, session.sent):
            report("the two ends count differently")
        roster = {one.id: one for one in world.router.roster(session.room_id)}
        if client.honest and client.roster != roster:
            report("a wrong roster")
        if client.honest and (client.waiting or client.is_locked):
            report("a client waits, or finds its room locked, in the end")
        if client.honest and session.unconfirmed_bytes:
            report("a confirmed message is still kept")


def leave(world: World) -> None:
    """Let all clients say bye, and check that nothing remains of them."""
    for client in world.clients:
        client.leaves()
        world.writes(client)
    world.flows()
    world.waits(100)
    if world.router.census() != Census(0, 0, 0, 0, 0) or world.router.next_deadline():
        world.audit.report("something remains")
    if world.store.clients or world.store.rooms:
        world.audit.report("something remains in the store")
