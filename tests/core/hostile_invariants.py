"""Invariants of the effects of the router, among hostile clients and unlucky drivers.

No message reaches another room, and a waiting client hears nothing of the room that it waits
for. `sender` is the true sender. A roster names exactly the members of the room, and only
moderators are told who waits. No client takes over the session of another person, and the
secret of a session reaches its own client only. After `Close` a connection receives nothing and
changes nothing. No room that has members is forgotten. `hostile_permissions` and
`hostile_bookkeeping` have further invariants.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from attrs import define, evolve, field

from camus_core.effects import (
    Ask,
    Change,
    Effect,
    ForgetBan,
    ForgetClient,
    ForgetInvitation,
    ForgetRoom,
    SaveBan,
    SaveClient,
    SaveInvitation,
    SaveLock,
)
from camus_core.events import Answered, ConnectionId, Event, Received
from camus_core.limits import Limits
from camus_core.orders import OperatorOrder
from camus_core.questions import UpdateRoom, UseInvitation
from camus_core.records import ClientId, ClientRecord, RoomId, RoomRecord, StoredRoom
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import (
    Banned,
    Denied,
    InvalidInvitation,
    RoomEnded,
    RoomFull,
    RoomLocked,
    Unavailable,
)
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import GROUND_CONTROL, Message
from camus_core.wire.relayed_text import RelayedText
from driving.store import SynchronousStore

from .hostile_client import HostileClient
from .hostile_permissions import PermissionChecks


def _with_history_of(written: m.Joined, read: m.Joined) -> m.Joined:
    """Return a `joined` with its texts as they were written, whose spaces reading drops."""
    return evolve(read, data=evolve(read.data, history=written.data.history))


SECRET = re.compile(rb"5ec0{29}[0-9a-f]{32}")
"""The secret of a session, as the driver makes it; a guest token may begin like it."""

UNCOUNTED = (m.Ping, m.Pong, m.Ack, m.Joined)

HEARD_WHILE_WAITING = (m.Ping, m.Pong, m.Waiting, m.Joined, m.Error)

END_OF_WAITING = {
    one.code
    for one in (
        *(Banned, Denied, InvalidInvitation, RoomEnded, RoomFull, RoomLocked),
        Unavailable,
    )
}
"""Codes of the errors that end a client's waiting; it receives none of them while it waits."""


@define(eq=False)
class Invariants:
    """Observer of events and effects; `members` are the stored clients of this node.

    `clients` are those of all recent connections, open or not. `room_of` and `waited_for` also
    remember former rooms and former waiting rooms. `turns` are the connections with which
    clients came to wait, by client id.
    """

    codec: Codec
    store: SynchronousStore
    limits: Limits
    time: Callable[[], float]
    open: dict[ConnectionId, HostileClient] = field(factory=dict)
    clients: dict[ConnectionId, HostileClient] = field(factory=dict)
    members: dict[ClientId, RoomId] = field(factory=dict)
    person_of: dict[ClientId, int] = field(factory=dict)
    room_of: dict[ClientId, RoomId] = field(factory=dict)
    waited_for: dict[ClientId, set[RoomId]] = field(factory=dict)
    turns: dict[ClientId, HostileClient] = field(factory=dict)
    faults: Counter[str] = field(factory=Counter)
    permissions: PermissionChecks = field(init=False)
    _speaker: HostileClient | None = None
    _changed: set[RoomId] = field(factory=set)
    _just_in: set[ConnectionId] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.permissions = PermissionChecks(self.store, self.limits, self.report, self.time)

    def report(self, what: str) -> None:
        self.faults[what] += 1

    def begin(self, cause: Event | OperatorOrder, effects: Sequence[Effect]) -> None:
        """Prepare for the effects of an event or an order that has been handled."""
        self._speaker = self.open.get(cause.connection) if isinstance(cause, Received) else None
        self._changed = {one.room_id for one in effects if isinstance(one, SaveLock)}
        match cause:
            case Answered(answer=RoomRecord() as room) | Answered(answer=StoredRoom(room)):
                self._changed.add(room.id)
            case _:
                pass
        for effect in effects:
            if isinstance(effect, Ask) and isinstance(effect.question, UpdateRoom):
                self.permissions.changes_room(self.open[effect.connection])
            if isinstance(effect, Ask) and isinstance(effect.question, UseInvitation):
                asked = self.clients[effect.connection]
                if asked.waits_for is not None:
                    self.permissions.admitted.add(asked.id)
        self._just_in.clear()
        self.permissions.begin(cause, self._speaker, effects)

    def server_restarts(self) -> None:
        """Forget connections and members: a new node begins without any."""
        self.open.clear()
        self.members.clear()

    def writes(self, change: Change) -> None:
        match change:
            case SaveBan(room_id):
                self.permissions.saves_ban(room_id)
            case SaveClient(record):
                is_new = record.id not in self.room_of
                self.members[record.id] = self.room_of[record.id] = record.room_id
                if is_new:
                    self._check_newcomer(record)
                self.permissions.saves_client(record)
            case ForgetClient(client_id):
                self.members.pop(client_id, None)
            case ForgetRoom(room_id):
                if room_id in self.members.values():
                    self.report("forgot a room with members")
            case SaveLock() | ForgetBan() | SaveInvitation() | ForgetInvitation():
                pass

    def _check_newcomer(self, record: ClientRecord) -> None:
        members = sum(one == record.room_id for one in self.members.values())
        clients = [one for one in self.open.values() if one.id == record.id]
        for client in clients:
            self.permissions.comes_in(client, record, members)
            if not client.has_session:
                client.room = record.room_id
        if not clients and record.room_id in self.waited_for.get(record.id, ()):
            self.permissions.comes_in(self.turns[record.id], record, members)
        elif not clients:
            self.report("a member without a connection joins")

    def forget_former_clients(self) -> None:
        """Forget clients of long ago, of which no message will speak again."""
        for connection in list(self.clients)[:-5000]:
            del self.clients[connection]
        for old in list(self.room_of)[:-5000]:
            if old not in self.members:
                del self.room_of[old]
                self.person_of.pop(old, None)
                self.waited_for.pop(old, None)
                self.turns.pop(old, None)
                self.permissions.forget(old)

    # Messages that are sent
    # --------------------------------------------------------------------

    def says(self, to: Sequence[ConnectionId], message: Message) -> None:
        hearers = [self.open[one] for one in to]
        match message:
            case m.Joined(data=joined):
                self._check_joined(to[0], hearers[0], joined)
            case m.Waiting(data=room_id):
                id = ClientId(message.receiver)
                self._check_waiting(hearers[0], id, RoomId(room_id.room_id))
            case m.Error(data=error) if error.code in END_OF_WAITING:
                hearers[0].waits_for = None
            case _:
                pass
        if any(one.waits_for for one in hearers) and not isinstance(
            message, HEARD_WHILE_WAITING
        ):
            self.report("told of the room while waiting for it")
        for connection, client in zip(to, hearers, strict=True):
            client.received += not isinstance(message, UNCOUNTED)
            if message.sender != GROUND_CONTROL and connection not in self._just_in:
                self._check_sender(message)
        if message.receiver == m.ROOM or message.sender != GROUND_CONTROL:
            self._check_recipients(hearers, message, is_late=to[0] in self._just_in)
        if message.receiver != m.ROOM and [message.receiver] != [one.id for one in hearers]:
            self.report("sent to another client")
        self._check_secrets(hearers, message)

    def _check_joined(
        self, connection: ConnectionId, client: HostileClient, body: m.JoinedBody
    ) -> None:
        id, shown = ClientId(body.id), client.last_join
        self.person_of[client.id] = client.person
        if self.person_of.get(id) != client.person:
            self.report("a session taken over")
        if id != client.id and shown.resume is None:
            self._check_takeover(client, id)
        if id in self.permissions.sent_out:
            self.report("a removed client is back in its place")
        client.id, client.room, client.waits_for = id, RoomId(body.room_id), None
        self.room_of[id] = client.room
        client.received = (shown.resume.received or 0) if body.resumed and shown.resume else 0
        self._just_in.add(connection)
        if body.clients is not None:
            self._check_roster(client.room, [one.id for one in body.clients])
        if body.locked != self.store.rooms[client.room].locked:
            self.report("told wrongly at the join whether the room is locked")
        if (body.waiting is None) != (body.resumed or body.role == "guest"):
            self.report("told of the waiting clients by mistake, or not told")
        waiting = {one.id for one in self.open.values() if one.waits_for == client.room}
        if body.history is not None and body.reason not in (None, "unknown", "rejoined"):
            self.report("told of texts that the client has")
        for text in body.history or ():
            said_in = self.room_of.get(ClientId(text.sender))
            if text.sender == GROUND_CONTROL:
                said_in = RoomId(str(json.loads(text.data["text"])))
            if said_in != client.room:
                self.report("told of the texts of another room")
        told = {ClientId(one.id) for one in body.waiting or ()}
        away = {one for one in told if client.room in self.waited_for.get(one, ())}
        if body.waiting is not None and not waiting <= told <= waiting | away:
            self.report("told wrongly who waits")

    def _check_takeover(self, client: HostileClient, id: ClientId) -> None:
        identity = self.permissions.identity_of(client)
        if identity is None or self.store.clients[id].identity != identity.id:
            self.report("took over another client's place")

    def _check_waiting(self, client: HostileClient, id: ClientId, room_id: RoomId) -> None:
        if id == client.id:
            self.permissions.waits(client, room_id)
            self.turns[id] = client
        else:  # it comes back to its turn, and has what it showed then
            before = self.turns[id]
            if before.person != client.person or room_id not in self.waited_for[id]:
                self.report("a turn taken over")
            client.id, client.identity = id, self.permissions.identity_of(before)
            client.join = evolve(before.last_join, token=None, resume=client.last_join.resume)
            self.turns[id] = client
        is_held_by_ban = any(
            ban.identity is None and ban.address is not None for ban in self.store.bans(room_id)
        )
        is_admitted = id in self.permissions.admitted
        if not (self.store.rooms[room_id].locked or is_held_by_ban or is_admitted):
            self.report("waits for an unlocked room that has no banned address")
        self.person_of[id] = client.person
        client.waits_for = room_id
        self.waited_for.setdefault(client.id, set()).add(room_id)

    def _check_sender(self, message: Message) -> None:
        """Check that a message names its true sender; a `bye` may come from the server."""
        speaker = self._speaker
        if isinstance(message, m.Bye) or (speaker and message.sender == speaker.id):
            return
        self.report("a forged sender")

    def _check_recipients(
        self, hearers: list[HostileClient], message: Message, *, is_late: bool
    ) -> None:
        """Check that a message reaches its own room only.

        A message that `is_late` was kept while its recipient was away, and was true then.
        """
        rooms = {one.room for one in hearers}
        subjects: set[RoomId]
        match message:
            case m.RoomInfo(data=roster):
                subjects = {RoomId(roster.room_id)}
                self._check_roster(RoomId(roster.room_id), [one.id for one in roster.clients])
            case m.ClientJoined(data=about) | m.ClientUpdated(data=about):
                subjects = {self.room_of[ClientId(about.id)]}
                self._check_attributes(about.attributes)
            case m.MuteRequested(data=request):
                subjects = self._rooms_of_author(rooms, is_late=is_late)
                if not is_late and request.by != (
                    self._speaker.id if self._speaker else GROUND_CONTROL
                ):
                    self.report("asked to mute in the name of somebody else")
            case m.ClientLeft(data=left):
                subjects = {self.room_of[ClientId(left.id)]}
            case m.RoomUpdated(data=updated):
                subjects = self._changed | self._rooms_of_author(rooms, is_late=is_late)
                self._check_attributes(updated.attributes or {})
                if not is_late and any(
                    self.store.rooms[one].locked != updated.locked for one in self._changed
                ):
                    self.report("told wrongly that the room is locked")
            case m.TextRemoved(data=removed):
                subjects = {self.room_of[ClientId(removed.sender)]}
            case RelayedText(data=data) if message.sender == GROUND_CONTROL:
                subjects = {RoomId(str(json.loads(data)["text"]))}
            case m.ClientWaiting(data=who) | m.ClientWaitingLeft(data=who):
                subjects = self.waited_for[ClientId(who.id)]
                if not is_late and any(self.permissions.is_guest(one.id) for one in hearers):
                    self.report("a guest is told who waits")
            case _ if message.sender == GROUND_CONTROL:
                subjects = self._rooms_of_author(rooms, is_late=is_late)
            case _:
                subjects = {self.room_of[ClientId(message.sender)]}
        if len(rooms) != 1 or not rooms <= subjects:
            self.report("cross-room delivery")

    def _rooms_of_author(self, rooms: set[RoomId | None], *, is_late: bool) -> set[RoomId]:
        """Return the room of the client that has just spoken; the operator speaks to any."""
        own = rooms if is_late or self._speaker is None else {self._speaker.room}
        return {one for one in own if one is not None}

    def _check_attributes(self, attributes: Mapping[str, str]) -> None:
        own = {name: value for name, value in attributes.items() if name != m.SPEAK}
        size = len(to_json(own))
        if len(own) > self.limits.attributes or size > self.limits.attribute_bytes:
            self.report("too many attributes")

    def _check_roster(self, room_id: RoomId, listed: list[str]) -> None:
        """Check that a roster is complete; it may also name clients of an earlier node."""
        here = {id for id, room in self.members.items() if room == room_id}
        earlier = {id for id, one in self.store.clients.items() if one.room_id == room_id}
        if not here <= set(listed) <= here | earlier or len(set(listed)) < len(listed):
            self.report("a wrong roster")

    def _check_secrets(self, hearers: list[HostileClient], message: Message) -> None:
        frame = self.codec.encode(message)
        read = self.codec.decode(frame, ids=True)
        if isinstance(message, m.Joined) and isinstance(read, m.Joined):
            read = _with_history_of(message, read)
        if self.codec.encode(read) != frame:
            self.report("a frame that isn't read as it was written")
        persons = {one.person for one in hearers}
        for secret in SECRET.findall(frame):
            whose = self.person_of.get(ClientId(secret[-32:].decode()))
            if not isinstance(message, m.Joined | m.Waiting) or {whose} != persons:
                self.report("a secret that reached another client")
