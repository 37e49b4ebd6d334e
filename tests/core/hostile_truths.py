"""What has to hold among hostile clients and unlucky drivers, after every event.

Nothing escapes. Nobody hears another room; `sender` is who said it; a roster names exactly who
is in the room; no room has more members than it may. Nobody gets a place without showing the
room's password, or takes over a session that was given to another person; no secret of a
session reaches anybody else. After `Close` a connection hears nothing and changes nothing.
What the router keeps is bounded by the connections, places and rooms there are.
"""

import pickle
import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from attrs import define, field

from camus_core import messages as m
from camus_core.codec import Codec
from camus_core.effects import Effect, ForgetClient, ForgetRoom, SaveClient
from camus_core.events import ConnectionId, Event, Received, Timestamp
from camus_core.limits import Limits
from camus_core.messages import GROUND_CONTROL, Message
from camus_core.profile import SESSION, Profile
from camus_core.records import ClientId, RoomId
from camus_core.router import Router

from .shelf import OWNER_TOKEN, Shelf

SECRET = re.compile(rb"5ec[0-9a-f]{61}")

UNCOUNTED = (m.Ping, m.Pong, m.Ack, m.Joined)


@define(eq=False)
class Guest:
    """A connection: whose it is, its id, and its room once it is in one.

    What comes while a question of it is open is `held`, as a driver does.
    """

    person: int
    id: ClientId
    profile: Profile
    address: RoomId | None
    room: RoomId | None = None
    join: m.JoinBody | None = None
    received: int = 0
    asks: bool = False
    held: list[bytes] = field(factory=list)

    @property
    def has_session(self) -> bool:
        return self.profile is SESSION

    @property
    def is_in(self) -> bool:
        return self.room is not None


@define(eq=False)
class Truths:
    """Watches what goes in and comes out; `members` are those of this run that are stored."""

    codec: Codec
    shelf: Shelf
    limits: Limits
    open: dict[ConnectionId, Guest] = field(factory=dict)
    members: dict[ClientId, RoomId] = field(factory=dict)
    person_of: dict[ClientId, int] = field(factory=dict)
    room_of: dict[ClientId, RoomId] = field(factory=dict)
    came_at: deque[Timestamp] = field(factory=lambda: deque(maxlen=100_000))
    faults: Counter[str] = field(factory=Counter)
    _run: str = ""
    _speaker: ClientId | None = None
    _leaving: set[ClientId] = field(factory=set)
    _just_in: set[ConnectionId] = field(factory=set)

    def blame(self, what: str) -> None:
        self.faults[what] += 1

    def begin(self, event: Event, effects: Iterable[Effect]) -> None:
        """An event has been handled; what came of it follows."""
        speaker = self.open.get(event.connection) if isinstance(event, Received) else None
        self._speaker = speaker.id if speaker is not None else None
        self._leaving = {one.client_id for one in effects if isinstance(one, ForgetClient)}
        self._just_in.clear()

    def writes(self, change: SaveClient | ForgetClient | ForgetRoom, run: str) -> None:
        if run != self._run:
            self._run = run
            self.members.clear()
        match change:
            case SaveClient(client):
                self.members[client.id] = self.room_of[client.id] = client.room_id
                for guest in self.open.values():
                    if guest.id == client.id and not guest.has_session:
                        guest.room = client.room_id
            case ForgetClient(client_id):
                self.members.pop(client_id, None)
            case ForgetRoom(room_id):
                if room_id in self.members.values():
                    self.blame("forgot a room with members")

    def closes(self, connection: ConnectionId) -> None:
        if self.open.pop(connection, None) is None:
            self.blame("closed what isn't open")

    # What is said --------------------------------------------------------------------------

    def says(self, to: Sequence[ConnectionId], message: Message) -> None:
        hearers = [self.open[one] for one in to if one in self.open]
        if len(hearers) < len(to) or not hearers:
            self.blame("said to nobody, or after the end")
            return
        if isinstance(message, m.Joined):
            self._is_let_in(to[0], hearers[0], message.data)
        for connection, guest in zip(to, hearers, strict=True):
            guest.received += not isinstance(message, UNCOUNTED)
            if message.sender != GROUND_CONTROL and connection not in self._just_in:
                self._is_true(message)
        if message.receiver == m.ROOM or message.sender != GROUND_CONTROL:
            self._stays_in_its_room(hearers, message)
        if message.receiver != m.ROOM and [message.receiver] != [one.id for one in hearers]:
            self.blame("said to somebody else")
        frame = self.codec.encode(message)
        if self.codec.decode(frame, ids=True) != message:
            self.blame("a frame that isn't read as it was meant")
        persons = {one.person for one in hearers}
        for secret in SECRET.findall(frame):
            whose = self.person_of.get(ClientId(secret[-32:].decode()))
            if not isinstance(message, m.Joined) or {whose} != persons:
                self.blame("a secret that reached somebody else")

    def _is_let_in(self, connection: ConnectionId, guest: Guest, body: m.JoinedBody) -> None:
        id = ClientId(body.id)
        is_new = id == guest.id
        if is_new:
            self.person_of[id] = guest.person
        elif self.person_of.get(id) != guest.person:
            self.blame("a session taken over")
        password = self.shelf.rooms[RoomId(body.room_id)].password
        shown = guest.join or m.JoinBody()
        if is_new and password not in (None, shown.password):
            if shown.owner_token != OWNER_TOKEN:
                self.blame("in without the password")
        guest.id, guest.room = id, RoomId(body.room_id)
        self.room_of[id] = guest.room
        guest.received = (shown.resume.received or 0) if body.resumed and shown.resume else 0
        self._just_in.add(connection)
        if body.clients is not None:
            self._is_the_roster(guest.room, [one.id for one in body.clients])

    def _is_true(self, message: Message) -> None:
        """What is not said again, to one who comes back, is said by who says it now."""
        if message.sender == self._speaker or isinstance(message, m.Bye):
            return
        self.blame("a sender that isn't true")

    def _stays_in_its_room(self, hearers: list[Guest], message: Message) -> None:
        rooms = {one.room for one in hearers}
        match message:
            case m.RoomInfo(data=roster):
                subject = RoomId(roster.room_id)
                self._is_the_roster(subject, [one.id for one in roster.clients])
            case m.ClientJoined(data=about) | m.ClientUpdated(data=about):
                subject = self.room_of[ClientId(about.id)]
            case m.ClientLeft(data=left):
                subject = self.room_of[ClientId(left.id)]
            case _:
                subject = self.room_of[ClientId(message.sender)]
        if rooms != {subject}:
            self.blame("cross-room delivery")

    def _is_the_roster(self, room_id: RoomId, listed: list[str]) -> None:
        """Nobody is missing; who is there besides was stored by an earlier run."""
        here = {id for id, room in self.members.items() if room == room_id}
        earlier = {id for id, one in self.shelf.clients.items() if one.room_id == room_id}
        if not here <= set(listed) <= here | earlier or len(set(listed)) < len(listed):
            self.blame("a roster that isn't true")
        limit = self.shelf.rooms[room_id].guest_limit or self.limits.guest_limit
        if len(here) > limit:
            self.blame("more members than the limit")

    # What is kept --------------------------------------------------------------------------

    def end(self, router: Router) -> None:
        if router.census().unconfirmed_bytes > self.limits.all_unconfirmed_bytes:
            self.blame("the sessions keep too much")

    def weigh(self, router: Router, now: Timestamp) -> None:
        """Hold what the router keeps against what there is.

        The deadline of a connection outlives it by up to `ping_after`.
        """
        while self.came_at and self.came_at[0] < now - self.limits.ping_after - 1:
            self.came_at.popleft()
        census = router.census()
        kept = sum(place.session.bytes for place in router._places)
        if kept != census.unconfirmed_bytes:
            self.blame("nobody knows what the sessions keep")
        there = census.connections + census.members + self.limits.rooms
        most = 5000 + 1200 * there + 2 * kept + 100 * len(self.came_at)
        if len(pickle.dumps(router)) > most:
            self.blame("the router keeps too much")
        for old in list(self.room_of)[:-5000]:
            del self.room_of[old]
            self.person_of.pop(old, None)
