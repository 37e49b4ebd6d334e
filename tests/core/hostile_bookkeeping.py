"""Invariants of the router's own state among hostile clients.

The state is bounded by the number of connections, places, rooms and addresses, and the router
has the right count of each. Texts are kept only for rooms that have members. A client waits
only in a room that has members and is locked, or while its use of an invitation is counted, and
no more than the limit do; a room that all
members have left is unlocked. No address has more rooms than its limit.
"""

from collections import Counter, deque
from collections.abc import Sequence

from attrs import define, field

from camus_core.census import Census
from camus_core.events import Timestamp
from camus_core.inspection import Inspection
from camus_core.questions import CreateRoomRecord, LookUpRoom, Question, UpdateRoom
from camus_core.rate_limits import networks_of
from camus_core.records import ClientId, NetworkAddress
from camus_core.router import Router
from driving.weight import weight_of

from .hostile_invariants import Invariants


@define(eq=False)
class Bookkeeping:
    """Comparison of the router's state with the driver's; `connected_at` has the times of
    connecting.
    """

    invariants: Invariants
    connected_at: deque[Timestamp] = field(factory=lambda: deque(maxlen=100_000))

    def check(self, router: Router) -> None:
        """Check the counts after an event has been handled and its effects carried out."""
        limits, census = self.invariants.limits, router.census()
        if census.members and census.unconfirmed_bytes > limits.all_unconfirmed_bytes:
            self.invariants.report("the sessions keep too much")
        if census.connections != len(self.invariants.open):
            self.invariants.report("the number of connections is wrong")
        inspection = router.inspect()
        if inspection.limited_addresses > limits.addresses:
            self.invariants.report("too many addresses are remembered")
        self._check_waiting_rooms(inspection)
        self._check_histories(inspection)

    def _check_waiting_rooms(self, inspection: Inspection) -> None:
        clients = self.invariants.open.values()
        waiting = Counter(one.waits_for for one in clients if one.waits_for is not None)
        rooms = inspection.rooms
        counted = Counter({id: room.waiting for id, room in rooms.items()})
        # Those whose connection was lost are counted, too.
        if not waiting <= counted or inspection.waiting != counted.total():
            self.invariants.report("the number of waiting clients is wrong")
        admitted = self.invariants.permissions.admitted
        not_admitted = (one for one in clients if one.id not in admitted)
        for room_id in {one.waits_for for one in not_admitted if one.waits_for is not None}:
            room = rooms.get(room_id)
            bans = self.invariants.store.bans(room_id)
            is_held_by_ban = any(ban.address is not None for ban in bans)
            if room is None or not (room.record.locked or is_held_by_ban):
                self.invariants.report("a client waits for an unlocked room without a ban")
        for room in rooms.values():
            if room.waiting > self.invariants.limits.waiting:
                self.invariants.report("too many wait")
            starts_locked = room.record.starts_locked
            if room.was_entered and room.record.locked and not (room.members or starts_locked):
                self.invariants.report("a room that all have left is locked")

    def _check_histories(self, inspection: Inspection) -> None:
        limits, rooms = self.invariants.limits, inspection.rooms.values()
        if inspection.history_bytes > limits.all_history_bytes:
            self.invariants.report("the histories keep too much")
        if inspection.texts != sum(room.texts for room in rooms):
            self.invariants.report("the number of texts that are kept is wrong")
        for room in rooms:
            if room.texts > (limits.history_texts if room.members else 0):
                self.invariants.report("a history keeps too much")

    def check_all(self, router: Router, now: Timestamp, asked: Sequence[Question]) -> None:
        """Check all that the router keeps, which takes longer; `asked` are the open questions.

        The deadline of a connection outlives it by up to `ping_after`.
        """
        limits, census = self.invariants.limits, router.census()
        while self.connected_at and self.connected_at[0] < now - limits.ping_after - 1:
            self.connected_at.popleft()
        inspection = router.inspect()
        kept = sum(session.unconfirmed_bytes for session in inspection.sessions.values())
        if kept != census.unconfirmed_bytes:
            self.invariants.report("the number of unconfirmed bytes is wrong")
        counted = census.connections + census.members + limits.rooms + limits.addresses
        most = (
            5000
            + 1200 * counted
            + 4 * kept
            + 2 * inspection.history_bytes
            + 100 * len(self.connected_at)
        )
        if weight_of(router) > most:
            self.invariants.report("the router keeps too much")
        self._check_members(inspection, census)
        self._check_creators(inspection, asked)
        self.invariants.forget_former_clients()

    def _check_members(self, inspection: Inspection, census: Census) -> None:
        inside = {
            ClientId(member.info.id): room_id
            for room_id, room in inspection.rooms.items()
            for member in room.members
        }
        known = dict(self.invariants.members)
        earlier = {one.id: one.room_id for one in self.invariants.store.clients.values()}
        if not known.items() <= inside.items() <= known.items() | earlier.items():
            self.invariants.report("the members of the rooms are not the stored clients")
        away = sum(session.is_away for session in inspection.sessions.values())
        occupied = len(set(inside.values()))
        if (census.members, census.away, census.rooms) != (len(inside), away, occupied):
            self.invariants.report("the number of members is wrong")

    def _check_creators(self, inspection: Inspection, asked: Sequence[Question]) -> None:
        """Check the numbers of rooms by network; those that are being created count as well.

        A question that creates a room on demand, or makes one public, doesn't tell whether the
        room was counted.
        """
        made = [(room.creator, room.record.public) for room in inspection.rooms.values()]
        made += [
            (one.address, bool(one.room.public))
            for one in asked
            if isinstance(one, CreateRoomRecord)
        ]
        on_demand = any(
            (isinstance(one, LookUpRoom) and one.if_absent is not None)
            or (isinstance(one, UpdateRoom) and one.changes.get("public"))
            for one in asked
        )
        counts = (inspection.rooms_created, inspection.public_rooms_created)
        for only_public, counted in zip((False, True), counts, strict=True):
            by_network = Counter(
                network
                for maker, public in made
                if maker is not None and public >= only_public
                for network in networks_of(NetworkAddress(maker))
            )
            if not (by_network <= Counter(counted) if on_demand else by_network == counted):
                self.invariants.report("the number of rooms of an address is wrong")
        limits = self.invariants.limits
        for network, number in inspection.rooms_created.items():
            size = {"/56": limits.ipv6_56_shares, "/48": limits.ipv6_48_shares}
            if number > limits.rooms_per_address * size.get(network[-3:], 1):
                self.invariants.report("too many rooms of one address")
