"""Audit of message delivery: the fate of every message, and the outcomes that are faults.

The invariants, in words:

- A message that the router accepted reaches each of its recipients once, in the order in which
  the router accepted them, or its sender is told. A message that the router did not accept is
  handed back by its sender's library. Excused are clients that have left or have lost their
  state and, after the server was killed, all clients: they are told `restarted` or `unknown`.
- No sender is told about a message that its recipient has confirmed, or twice about one.
- No message reaches another room; no frame has an empty list of recipients or follows a close.
- Sessions keep a bounded number of bytes, and the total is the sum of the parts.
- No client has to complain: `joined` comes first, a member that leaves was there, no frame is
  confirmed that was not sent, and an honest client is never called malformed.

`final_state` has the invariants that hold at the end.
"""

from collections import Counter

from attrs import define, field

from camus_core.events import ConnectionId
from camus_core.limits import Limits
from camus_core.records import ClientId
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.messages import Message
from camus_core.wire.profile import SESSION

from .honest_client import Client, number_of


@define(eq=False)
class Said:
    """One message of an application; `order` is its position among the accepted messages."""

    by: Client
    lives: int
    order: int | None = None
    kills: int = 0
    receivers: tuple[ClientId, ...] = ()


@define(eq=False)
class DeliveryAudit:
    """Observer of the router and its clients that counts violations in `faults`."""

    said: list[Said] = field(factory=list)
    heard: dict[ClientId, list[int]] = field(factory=dict)
    confirmed: set[tuple[int, str]] = field(factory=set)
    left: set[ClientId] = field(factory=set)
    core: set[ClientId] = field(factory=set)
    owners: dict[ClientId, Client] = field(factory=dict)
    taken: int = 0
    kills: int = 0
    faults: Counter[str] = field(factory=Counter)

    def report(self, what: str) -> None:
        self.faults[what] += 1

    def notes_id(self, client: Client) -> None:
        """Record which client has its current id."""
        if client.id is not None:
            self.owners[client.id] = client

    def says(self, client: Client) -> int:
        """Return the number of the message that the client is about to send."""
        self.said.append(Said(client, client.resets))
        return len(self.said) - 1

    def hears(self, client: Client, message: m.Extension) -> None:
        """Check a message that has reached an application."""
        number = number_of(message.data)
        said = self.said[number]
        assert client.id is not None
        log = self.heard.setdefault(client.id, [])
        if said.by.room != client.room:
            self.report("received from another room")
        if message.sender != said.by.id and said.lives == said.by.resets:
            self.report("received from another sender")
        if said.order is None or client.id not in said.receivers:
            self.report("received a message for others")
        elif client.honest and log:
            before = self.said[log[-1]].order
            if before is not None and before >= said.order:
                self.report("received again, or out of order")
        log.append(number)

    def is_decided(
        self, router: Router, connection: ConnectionId, client: Client, message: Message
    ) -> None:
        """Record a frame that the router is about to handle."""
        inspection = router.inspect()
        id = inspection.connections.get(connection)
        if id is None:
            return
        match message:
            case m.Bye():
                self.left.add(id)
            case m.Ack(data=ack) if client.honest:
                self.confirmed.update(
                    (number, id) for at, number in client.log if at <= ack.received
                )
            case m.Extension(receiver=receiver, data=data):
                said = self.said[number_of(data)]
                if said.order is not None:
                    self.report("accepted twice")
                self.taken += 1
                said.order, said.kills = self.taken, self.kills
                [members] = (
                    room.members
                    for room in inspection.rooms.values()
                    if id in (member.info.id for member in room.members)
                )
                ids = [ClientId(member.info.id) for member in members]
                said.receivers = tuple(one for one in ids if receiver in (m.ROOM, one))
                self.core.update(
                    ClientId(member.info.id) for member in members if not member.keeps_session
                )
            case _:
                pass

    def is_sent(self, message: Message) -> None:
        """Check a frame that the router sends."""
        if isinstance(message, m.Undeliverable) and message.reply_to is not None:
            if (int(message.reply_to), message.data.receiver) in self.confirmed:
                self.report("told of a confirmed message")

    def checks_bounds(self, router: Router, limits: Limits) -> None:
        """Check the bounds of what the sessions keep."""
        used, of_sessions = router.census().unconfirmed_bytes, 0
        for one in router.inspect().sessions.values():
            of_sessions += one.unconfirmed_bytes
            notices = sum(isinstance(message, m.Undeliverable) for message in one.unconfirmed)
            if len(one.unconfirmed) - notices > limits.unconfirmed_frames:
                self.report("a session keeps too many frames")
            if one.unconfirmed_bytes > limits.connected_bytes:
                self.report("a session keeps too many bytes")
        if used != of_sessions or used > limits.all_unconfirmed_bytes:
            self.report("all sessions keep too much, or their total is wrong")

    # At the end --------------------------------------------------------------------------

    def judges(self, clients: list[Client]) -> None:
        """Check the fate of each message after everything has settled."""
        for client in clients:
            if client.honest:
                self.faults.update(f"a complaint: {one}" for one in client.complaints)
                if client.profile is SESSION and len(set(client.told)) < len(client.told):
                    self.report("told twice")
        lost = Counter[tuple[int, ClientId]]()
        for number, said in enumerate(self.said):
            client = said.by
            if not client.honest or not client.is_in or client.resets != said.lives:
                continue
            if said.order is None:
                if client.profile is SESSION and number not in client.handed_back:
                    self.report("neither accepted nor handed back")
            elif said.kills == self.kills:
                for receiver in self._missed_by(number, said):
                    if client.profile is SESSION and (number, receiver) not in client.told:
                        self.report("lost silently")
                    lost[client.name, receiver] += 1
        for (name, id), times in lost.items():
            if (
                clients[name].profile is not SESSION
                and clients[name].told.count((None, id)) < times
            ):
                self.report("lost silently for a core-profile sender")

    def _missed_by(self, number: int, said: Said) -> list[ClientId]:
        """Return the recipients that should have received a message and did not.

        For a member of the core profile, a message is delivered when it is written.
        """
        missed = []
        for id in said.receivers:
            owner = self.owners.get(id)
            is_there = owner is not None and owner.id == id
            if id in self.left or (owner is not None and not owner.honest):
                continue
            if number not in self.heard.get(id, ()) and (is_there or id not in self.core):
                missed.append(id)
        return missed
