"""What became of every message, and what of that may not be.

What has to hold, in words:

- A message that the router took reaches each of its receivers once, in the order in which the
  router took them; or its sender is told. What it did not take, its sender's library hands
  back. Excused is who has left, who has lost its state, and, after the server was killed,
  everybody: they are told `restarted` or `unknown`.
- Nobody is told of a message that its receiver has confirmed, and nobody twice.
- Nobody hears another room, and no frame is for nobody or comes after the end.
- What sessions keep is bounded, and the sum is the sum of what each keeps.
- No client has to complain: `joined` comes first, who leaves was there, nothing is confirmed
  that was not said, and who is honest is not called malformed.

What holds in the end, `settling` says.
"""

from collections import Counter

from attrs import define, field

from camus_core.limits import Limits
from camus_core.records import ClientId
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.messages import Message
from camus_core.wire.profile import SESSION

from .honest_client import Client, number_in


@define(eq=False)
class Said:
    """One message of an application; `order` is its place among those that were taken."""

    by: Client
    lives: int
    order: int | None = None
    kills: int = 0
    receivers: tuple[ClientId, ...] = ()


@define(eq=False)
class DeliveryAudit:
    """Watches, and notes in `faults` what may not be."""

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
        """Note whose id it is that a client has now."""
        if client.id is not None:
            self.owners[client.id] = client

    def says(self, client: Client) -> int:
        """Return the number of a message that is about to be said."""
        self.said.append(Said(client, client.resets))
        return len(self.said) - 1

    def hears(self, client: Client, message: m.Extension) -> None:
        """An application hears a message."""
        number = number_in(message.data)
        said = self.said[number]
        assert client.id is not None
        log = self.heard.setdefault(client.id, [])
        if said.by.room != client.room:
            self.report("heard another room")
        if message.sender != said.by.id and said.lives == said.by.resets:
            self.report("heard from somebody else")
        if said.order is None or client.id not in said.receivers:
            self.report("heard what was for others")
        elif client.honest and log:
            before = self.said[log[-1]].order
            if before is not None and before >= said.order:
                self.report("heard again, or out of order")
        log.append(number)

    def is_decided(
        self, router: Router, connection: int, client: Client, message: Message
    ) -> None:
        """The router is about to decide a frame."""
        known = router._connections.get(connection)  # type: ignore[call-overload]
        if known is None or known.member is None or known.room is None:
            return
        id = known.member.id
        match message:
            case m.Bye():
                self.left.add(id)
            case m.Ack(data=ack) if client.honest:
                self.confirmed.update(
                    (number, id) for at, number in client.log if at <= ack.received
                )
            case m.Extension(receiver=receiver, data=data):
                said = self.said[number_in(data)]
                if said.order is not None:
                    self.report("taken twice")
                self.taken += 1
                said.order, said.kills = self.taken, self.kills
                everybody = known.room.members
                meant = everybody if receiver == m.ROOM else {receiver} & everybody.keys()
                said.receivers = tuple(map(ClientId, meant))
                self.core.update(one.id for one in everybody.values() if one.delivery is None)
            case _:
                pass

    def is_sent(self, message: Message, *, to_whom: int, after_the_end: bool) -> None:
        """The router says something."""
        if not to_whom:
            self.report("a frame for nobody")
        if after_the_end:
            self.report("a frame after the end")
        if isinstance(message, m.Undeliverable) and message.reply_to is not None:
            if (int(message.reply_to), message.data.receiver) in self.confirmed:
                self.report("told of what was confirmed")

    def checks_bounds(self, router: Router, limits: Limits) -> None:
        """Something has happened: look at what is kept."""
        sessions = [session.delivery for session in router._sessions]
        for one in sessions:
            notices = sum(
                isinstance(message, m.Undeliverable) for message, _ in one.unconfirmed
            )
            if len(one.unconfirmed) - notices > limits.unconfirmed_frames:
                self.report("a session keeps too many frames")
        if any(one.unconfirmed_bytes > limits.connected_bytes for one in sessions):
            self.report("a session keeps too many bytes")
        used = router.census().unconfirmed_bytes
        if (
            used != sum(one.unconfirmed_bytes for one in sessions)
            or used > limits.all_unconfirmed_bytes
        ):
            self.report("all sessions keep too much, or nobody knows how much")

    # In the end --------------------------------------------------------------------------

    def judges(self, clients: list[Client]) -> None:
        """Everything has settled: see what became of each message."""
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
                    self.report("swallowed")
            elif said.kills == self.kills:
                for receiver in self._missed_by(number, said):
                    if client.profile is SESSION and (number, receiver) not in client.told:
                        self.report("lost in silence")
                    lost[client.name, receiver] += 1
        for (name, id), times in lost.items():
            if (
                clients[name].profile is not SESSION
                and clients[name].told.count((None, id)) < times
            ):
                self.report("lost in silence, to a core-profile sender")

    def _missed_by(self, number: int, said: Said) -> list[ClientId]:
        """Return who should have heard a message and has not.

        To a member of the core profile a message is delivered when it is written.
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
