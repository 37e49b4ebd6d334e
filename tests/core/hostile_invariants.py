"""What has to hold among hostile clients and unlucky drivers, of all that is said and written.

Nobody hears another room, and who waits at a door hears nothing of what is behind it; `sender`
is who said it; a roster names exactly who is in the room, and only who decides hears who waits.
Nobody takes over a session that was given to another person; no secret of a session reaches
anybody else. After `Close` a connection hears nothing and changes nothing. No room is forgotten
that somebody is in. `hostile_rights` and `hostile_books` say what else has to hold.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import define, field

from camus_core.effects import Change, Effect, ForgetClient, ForgetRoom, SaveClient, SaveRoom
from camus_core.events import ConnectionId, Event, Received
from camus_core.limits import Limits
from camus_core.records import ClientId, ClientRecord, RoomId
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import Banned, Denied, RoomFull, RoomLocked
from camus_core.wire.messages import GROUND_CONTROL, Message

from .hostile_client import HostileClient
from .hostile_permissions import PermissionChecks
from .record_store import RecordStore

SECRET = re.compile(rb"5ec[0-9a-f]{61}")

UNCOUNTED = (m.Ping, m.Pong, m.Ack, m.Joined)

HEARD_AT_A_DOOR = (m.Ping, m.Pong, m.Waiting, m.Joined, m.Error)

SENT_AWAY = {one.code for one in (Banned, Denied, RoomFull, RoomLocked)}
"""What a client hears that waits no more; it hears none of them while it waits."""


@define(eq=False)
class Invariants:
    """Watches what goes in and comes out; `members` are those of this run that are stored.

    `room_of` and `doors_of` remember also where somebody was, and where it has waited.
    """

    codec: Codec
    store: RecordStore
    limits: Limits
    open: dict[ConnectionId, HostileClient] = field(factory=dict)
    members: dict[ClientId, RoomId] = field(factory=dict)
    person_of: dict[ClientId, int] = field(factory=dict)
    room_of: dict[ClientId, RoomId] = field(factory=dict)
    doors_of: dict[ClientId, set[RoomId]] = field(factory=dict)
    faults: Counter[str] = field(factory=Counter)
    rights: PermissionChecks = field(init=False)
    _speaker: HostileClient | None = None
    _changed: set[RoomId] = field(factory=set)
    _just_in: set[ConnectionId] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.rights = PermissionChecks(self.store, self.limits, self.blame)

    def blame(self, what: str) -> None:
        self.faults[what] += 1

    def begin(self, event: Event, effects: Iterable[Effect]) -> None:
        """An event has been handled; what came of it follows."""
        self._speaker = self.open.get(event.connection) if isinstance(event, Received) else None
        self._changed = {one.room.id for one in effects if isinstance(one, SaveRoom)}
        self._just_in.clear()
        self.rights.begin(event, self._speaker, effects)

    def starts_again(self) -> None:
        """Another run of the server begins, and nobody has come to it yet."""
        self.open.clear()
        self.members.clear()

    def writes(self, change: Change) -> None:
        match change:
            case SaveRoom(room):
                self.rights.changes(room)
            case SaveClient(client):
                is_new = client.id not in self.room_of
                self.members[client.id] = self.room_of[client.id] = client.room_id
                if is_new:
                    self._comes_in(client)
                self.rights.saves(client)
            case ForgetClient(client_id):
                self.members.pop(client_id, None)
            case ForgetRoom(room_id):
                if room_id in self.members.values():
                    self.blame("forgot a room with members")

    def _comes_in(self, client: ClientRecord) -> None:
        members = sum(one == client.room_id for one in self.members.values())
        guests = [one for one in self.open.values() if one.id == client.id]
        for guest in guests:
            self.rights.comes_in(guest, client, members)
            if not guest.has_session:
                guest.room = client.room_id
        if not guests:
            self.blame("somebody comes in from nowhere")

    def closes(self, connection: ConnectionId) -> None:
        if self.open.pop(connection, None) is None:
            self.blame("closed what isn't open")

    def forget_the_past(self) -> None:
        """Of clients of long ago nobody speaks any more."""
        for old in list(self.room_of)[:-5000]:
            if old not in self.members:
                del self.room_of[old]
                self.person_of.pop(old, None)
                self.doors_of.pop(old, None)
                self.rights.forget(old)

    # What is said --------------------------------------------------------------------------

    def says(self, to: Sequence[ConnectionId], message: Message) -> None:
        hearers = [self.open[one] for one in to if one in self.open]
        if len(hearers) < len(to) or not hearers:
            self.blame("said to nobody, or after the end")
            return
        match message:
            case m.Joined(data=joined):
                self._is_let_in(to[0], hearers[0], joined)
            case m.Waiting(data=door):
                self._waits(hearers[0], RoomId(door.room_id))
            case m.Error(data=error) if error.code in SENT_AWAY:
                hearers[0].waits = None
            case _:
                pass
        if any(one.waits for one in hearers) and not isinstance(message, HEARD_AT_A_DOOR):
            self.blame("heard at a door what is behind it")
        for connection, guest in zip(to, hearers, strict=True):
            guest.received += not isinstance(message, UNCOUNTED)
            if message.sender != GROUND_CONTROL and connection not in self._just_in:
                self._is_true(message)
        if message.receiver == m.ROOM or message.sender != GROUND_CONTROL:
            self._stays_in_its_room(hearers, message, is_late=to[0] in self._just_in)
        if message.receiver != m.ROOM and [message.receiver] != [one.id for one in hearers]:
            self.blame("said to somebody else")
        self._keeps_secrets(hearers, message)

    def _is_let_in(
        self, connection: ConnectionId, guest: HostileClient, body: m.JoinedBody
    ) -> None:
        id, shown = ClientId(body.id), guest.shown
        self.person_of[guest.id] = guest.person
        if self.person_of.get(id) != guest.person:
            self.blame("a session taken over")
        if id != guest.id and shown.resume is None:
            self._takes_its_place(guest, id)
        if id in self.rights.sent_out:
            self.blame("back in a place from which it was sent out")
        guest.id, guest.room, guest.waits = id, RoomId(body.room_id), None
        self.room_of[id] = guest.room
        guest.received = (shown.resume.received or 0) if body.resumed and shown.resume else 0
        self._just_in.add(connection)
        if body.clients is not None:
            self._is_the_roster(guest.room, [one.id for one in body.clients])
        if body.locked != self.store.rooms[guest.room].locked:
            self.blame("in, and told wrongly whether the room is locked")
        if (body.waiting is None) != (body.resumed or body.role == "guest"):
            self.blame("told who waits, or not, for no reason")
        waiting = {one.id for one in self.open.values() if one.waits == guest.room}
        if body.waiting is not None and {one.id for one in body.waiting} != waiting:
            self.blame("told wrongly who waits")

    def _takes_its_place(self, guest: HostileClient, id: ClientId) -> None:
        identity = self.rights.identity_of(guest)
        if identity is None or self.store.clients[id].identity != identity.id:
            self.blame("in another's place")

    def _waits(self, guest: HostileClient, door: RoomId) -> None:
        if not self.store.rooms[door].locked:
            self.blame("waits at an open door")
        guest.waits = door
        self.doors_of.setdefault(guest.id, set()).add(door)

    def _is_true(self, message: Message) -> None:
        """What is not said again, to one who comes back, is said by who says it now."""
        speaker = self._speaker
        if isinstance(message, m.Bye) or (speaker and message.sender == speaker.id):
            return
        self.blame("a sender that isn't true")

    def _stays_in_its_room(
        self, hearers: list[HostileClient], message: Message, *, is_late: bool
    ) -> None:
        """What `is_late` was meant for its hearer while that was away, and was true then."""
        rooms = {one.room for one in hearers}
        subjects: set[RoomId]
        match message:
            case m.RoomInfo(data=roster):
                subjects = {RoomId(roster.room_id)}
                self._is_the_roster(RoomId(roster.room_id), [one.id for one in roster.clients])
            case m.ClientJoined(data=about) | m.ClientUpdated(data=about):
                subjects = {self.room_of[ClientId(about.id)]}
            case m.ClientLeft(data=left):
                subjects = {self.room_of[ClientId(left.id)]}
            case m.RoomUpdated(data=updated):
                subjects = (
                    {one.room for one in hearers if one.room} if is_late else self._changed
                )
                if not is_late and any(
                    self.store.rooms[one].locked != updated.locked for one in subjects
                ):
                    self.blame("told wrongly that the room is locked")
            case m.ClientWaiting(data=who) | m.ClientWaitingLeft(data=who):
                subjects = self.doors_of[ClientId(who.id)]
                if not is_late and any(self.rights.is_guest(one.id) for one in hearers):
                    self.blame("a guest is told who waits")
            case _:
                subjects = {self.room_of[ClientId(message.sender)]}
        if len(rooms) != 1 or not rooms <= subjects:
            self.blame("cross-room delivery")

    def _is_the_roster(self, room_id: RoomId, listed: list[str]) -> None:
        """Nobody is missing; who is there besides was stored by an earlier run."""
        here = {id for id, room in self.members.items() if room == room_id}
        earlier = {id for id, one in self.store.clients.items() if one.room_id == room_id}
        if not here <= set(listed) <= here | earlier or len(set(listed)) < len(listed):
            self.blame("a roster that isn't true")

    def _keeps_secrets(self, hearers: list[HostileClient], message: Message) -> None:
        frame = self.codec.encode(message)
        if self.codec.decode(frame, ids=True) != message:
            self.blame("a frame that isn't read as it was meant")
        persons = {one.person for one in hearers}
        for secret in SECRET.findall(frame):
            whose = self.person_of.get(ClientId(secret[-32:].decode()))
            if not isinstance(message, m.Joined) or {whose} != persons:
                self.blame("a secret that reached somebody else")
