"""A router among hostile clients and unlucky drivers, driven by a random generator.

The invariants are in `hostile_invariants`, `hostile_permissions` and `hostile_bookkeeping`.
"""

import random
from collections import Counter, deque
from collections.abc import Sequence

from attrs import evolve

from camus_core.effects import Change, Effect, SaveBan
from camus_core.events import (
    Connected,
    ConnectionId,
    Event,
    KeptAlive,
    Overflowed,
    Received,
    Ticked,
)
from camus_core.orders import OperatorOrder, Say
from camus_core.questions import Failed
from camus_core.records import ClientId, NetworkAddress, RoomId, SessionSecret, digest
from camus_core.router import Router
from camus_core.wire import messages as m
from camus_core.wire.codec import Codec
from camus_core.wire.errors import NotAllowed, RateLimited, Refusal
from camus_core.wire.json_text import to_json
from camus_core.wire.messages import Message, Order
from camus_core.wire.profile import CORE, SESSION
from driving.driver import Driver, decoded

from .hostile_bookkeeping import Bookkeeping
from .hostile_client import HostileClient
from .hostile_frames import (
    ROOMS,
    hostile_ack,
    hostile_create_room,
    hostile_find_room,
    hostile_frame,
    hostile_invitation,
    hostile_join,
    hostile_moderation,
    hostile_update_room,
)
from .hostile_invariants import Invariants
from .hostile_server import ICE, IDENTITIES, LIMITS, STORED, TOKEN_OF

CHANCES = {
    **{"frame": 1000, "come": 80, "answer": 200, "go": 12, "heard": 5, "order": 12},
    **{"stall": 1, "tick": 2, "sleep": 0.2, "restart": 0.6},
}
"""Weights of the actions."""

MOST_CONNECTIONS = 40
PERSONS = 12


class World(Driver):
    """A router, its store, and persons who each have one or many connections."""

    def __init__(self, rng: random.Random, codec: Codec) -> None:
        super().__init__()
        self.store.put(*STORED)
        self.store.tokens.update(IDENTITIES)
        self.rng = rng
        self.codec = codec
        self.invariants = Invariants(codec, self.store, LIMITS, lambda: self.now + self.ahead)
        self.bookkeeping = Bookkeeping(self.invariants)
        self.recent_connections: deque[ConnectionId] = deque(maxlen=50)
        self.sessions_of: dict[int, deque[tuple[str, HostileClient]]] = {
            person: deque(maxlen=3) for person in range(PERSONS)
        }
        self.guesses: deque[str] = deque(maxlen=40)
        self.bans: deque[str] = deque(maxlen=10)
        self.invitations: deque[m.InvitationCreatedBody] = deque(maxlen=10)
        self.guest_tokens: deque[str] = deque(["a" * 64], maxlen=10)
        self.counts: Counter[str] = Counter()
        self.last = 0
        self.holds_questions = True
        self.start(Router(LIMITS, ICE, node="node 0"))

    @property
    def open(self) -> dict[ConnectionId, HostileClient]:
        return self.invariants.open

    def step(self) -> None:
        """Perform one random action, most often a frame."""
        rng = self.rng
        self.pauses(rng.random() * 0.02)
        self.wake_by(self.now)
        (kind,) = rng.choices(list(CHANCES), list(CHANCES.values()))
        match kind:
            case "come" if len(self.open) < MOST_CONNECTIONS:
                self.connects()
            case "answer" if self.node.questions:
                self.answers(rng.choice(list(self.node.questions)))
            case "go":
                connection = self.any_connection()
                self.open.pop(connection, None)
                self.disconnect(connection, rng.choice([None, 1001, 1006]))
            case "heard":
                self.happens(KeptAlive(self.any_connection()))
            case "order":
                self.orders()
            case "stall":
                self.happens(Overflowed(self.any_connection()))
            case "tick":
                self.happens(Ticked())
            case "sleep":
                self.pauses(rng.random() * 70)
            case "restart":
                self.restarts()
            case _:
                connection = self.any_connection()
                for _ in range(60 if rng.random() < 0.002 else 1):
                    self.speaks(connection)

    def connects(self) -> None:
        rng = self.rng
        self.last += 1
        connection = ConnectionId(self.last)
        client_id = fresh_id(connection)
        person, profile = rng.randrange(PERSONS), rng.choice([CORE, SESSION, SESSION])
        address = None
        if profile is CORE or rng.random() < 0.5:
            address = self.room_for(person)
        networks = [None, f"198.51.100.{rng.randrange(9)}", *[f"192.0.2.{person % 3}"] * 4]
        networks += [f"2001:db8:0:{rng.randrange(0x300):x}::/64"] * 2
        network = rng.choice(networks)
        identity = IDENTITIES.get(TOKEN_OF.get(person, "")) if rng.random() < 0.3 else None
        self.open[connection] = HostileClient(
            person, client_id, profile, address, network, identity
        )
        self.recent_connections.append(connection)
        self.invariants.clients[connection] = self.open[connection]
        self.bookkeeping.connected_at.append(self.now)
        secret = f"5ec{self.last:061x}"
        refusal = NotAllowed("no cookie").refusal() if rng.random() < 0.02 else None
        self.connect(
            Connected(
                connection,
                client_id,
                address,
                profile,
                SessionSecret(secret),
                None if network is None else NetworkAddress(network),
                refusal or identity,
            )
        )

    def room_for(self, person: int) -> RoomId:
        """Return a room, often the favourite one of this person."""
        return RoomId(self.rng.choice([ROOMS[person % 4], self.rng.choice(ROOMS)]))

    def orders(self) -> None:
        """Give the server a random order of its operator."""
        rng = self.rng
        client = self.open.get(self.any_connection())
        if client is None:
            return
        order = decoded(self.codec, self.moderation_of(client), ids=True)
        if rng.random() < 0.2 and client.room is not None:
            words = m.Text(m.ROOM, {"text": to_json(client.room)})
            self.counts["said by the operator"] += self.order(client.room, Say(words)) is None
        elif isinstance(order, Order):
            refusal = self.order(client.room or RoomId(rng.choice(ROOMS)), order)
            self.counts["obeyed"] += refusal is None

    def any_connection(self) -> ConnectionId:
        """Return a connection, sometimes one that has ended or has never existed."""
        if self.open and self.rng.random() < 0.97:
            return self.rng.choice(list(self.open))
        return self.rng.choice([*self.recent_connections, ConnectionId(-1)])

    def speaks(self, connection: ConnectionId) -> None:
        client = self.open.get(connection)
        self.hear(connection, self.frame_of(client))

    def hear(self, connection: ConnectionId, frame: bytes) -> None:
        """Handle a frame, or hold it back while a question about its connection is open."""
        client = self.open.get(connection)
        if client is not None and connection in self.node.questions:
            client.held.append(frame)
            return
        message = decoded(self.codec, frame, ids=client is not None and client.has_session)
        self.counts["frames"] += 1
        self.counts["refused by the codec"] += isinstance(message, Refusal)
        if client is not None and isinstance(message, m.Join) and client.waits_for is None:
            client.join = message.data
        if client is not None and isinstance(message, m.CreateRoom):
            client.create_request = message.data
        if client is not None and isinstance(message, m.FindRoom):
            client.find_request = message.data
        self.happens(Received(connection, message, len(frame)))

    def frame_of(self, client: HostileClient | None) -> bytes:
        rng = self.rng
        if client is not None and client.has_session:
            if not client.is_in and rng.random() < 0.5:
                own = {one: heard.received for one, heard in self.sessions_of[client.person]}
                guesses, token = list(self.guesses), TOKEN_OF.get(client.person)
                room = client.url_room or self.room_for(client.person)
                secrets = [one.secret for one in self.invitations]
                return hostile_join(
                    rng, own, guesses, room, token, list(self.guest_tokens), secrets
                )
            if client.is_in and rng.random() < (0.4 if self.is_owner(client) else 0.005):
                return hostile_update_room(rng)
            if client.is_in and rng.random() < 0.2:
                return hostile_ack(rng, client.received)
            if client.is_in and rng.random() < (0.4 if self.is_moderator(client) else 0.02):
                return self.moderation_of(client)
            if rng.random() < 0.03:
                return hostile_create_room(rng, TOKEN_OF.get(client.person))
            if rng.random() < 0.02:
                secrets = [one.secret for one in self.invitations]
                return hostile_find_room(rng, TOKEN_OF.get(client.person), secrets)
        return hostile_frame(rng, [one.id for one in self.open.values()])

    def moderation_of(self, client: HostileClient) -> bytes:
        if self.rng.random() < 0.1:
            return hostile_invitation(self.rng)
        invitations = [one.id for one in self.invitations]
        return hostile_moderation(
            self.rng, self.clients_near(client), list(self.bans), invitations
        )

    def is_moderator(self, client: HostileClient) -> bool:
        return not self.invariants.permissions.is_guest(client.id)

    def is_owner(self, client: HostileClient) -> bool:
        return self.invariants.permissions.role_of[client.id] == "owner"

    def clients_near(self, client: HostileClient) -> list[ClientId]:
        """Return the clients in the same room or its waiting room, and sometimes all."""
        others, far = self.open.values(), self.rng.random() < 0.1
        return [one.id for one in others if far or client.room in (one.room, one.waits_for)]

    def answers(self, connection: ConnectionId) -> None:
        client = self.open.get(connection)
        held: list[bytes] = []
        if client is not None:
            held, client.held = client.held, []
        self.answer(connection, *([Failed("away")] if self.rng.random() < 0.1 else []))
        for frame in held:
            self.hear(connection, frame)

    def restarts(self) -> None:
        """Stop the server, in order or not, and start a new node on the same store."""
        if self.rng.random() < 0.5:
            self.stop(self.node)
        else:
            self.crash(self.node)
        self.counts["restarts"] += 1
        self.invariants.server_restarts()
        rng = self.rng
        guests = self.invariants.permissions.guests_allowed = rng.random() < 0.8
        creators = self.invariants.permissions.guests_create = rng.random() < 0.8
        node = f"node {self.counts['restarts']}"
        self.start(evolve(self.router, node=node, guests=guests, guests_create=creators))

    # What the router does ------------------------------------------------------------------

    def begin(self, cause: Event | OperatorOrder, effects: Sequence[Effect]) -> None:
        self.invariants.begin(cause, effects)

    def check(self, cause: Event | OperatorOrder) -> None:
        self.bookkeeping.check(self.router)

    def fail(self, what: str, effect: Effect) -> None:
        self.invariants.report(what)

    def deliver(self, to: Sequence[ConnectionId], message: Message) -> None:
        self.counts["deliveries"] += len(to)
        self.counts[message.type] += 1
        self.invariants.says(to, message)
        match message:
            case m.Error(data=error):
                self.counts[error.code] += 1
                if error.code == RateLimited.code:
                    self.counts[error.message] += 1
            case m.ClientLeft(data=left):
                self.counts[f"left: {left.reason}"] += 1
            case m.RoomCreated(data=made):
                self.invariants.permissions.creates_room(self.open[to[0]], made.room_id)
            case m.InvitationCreated(data=invitation):
                self.invitations.append(invitation)
                self.invariants.permissions.invites(self.open[to[0]])
            case m.RoomFound(data=found):
                self.counts["found, with its members"] += found.clients is not None
                self.invariants.permissions.finds_room(self.open[to[0]], found)
            case m.Joined(data=joined):
                self.remember(joined, to[0])
            case m.Waiting(data=waiting):
                client = self.open[to[0]]
                self.sessions_of[client.person].append((waiting.session or "", client))
            case _:
                pass

    def hang_up(self, connection: ConnectionId, code: int) -> None:
        del self.open[connection]
        self.counts["closed"] += 1
        self.counts[f"closed {code}"] += 1

    def note(self, change: Change) -> None:
        self.invariants.writes(change)
        if isinstance(change, SaveBan):
            self.bans.append(change.ban.id)

    def check_all(self) -> None:
        """Check everything that the router keeps."""
        asked = [ask.question for ask in self.node.questions.values()]
        self.bookkeeping.check_all(self.router, self.now, asked)

    def remember(self, joined: m.JoinedBody, connection: ConnectionId) -> None:
        """Remember a session for its own client, and strings derived from it as guesses for
        others.
        """
        is_new = joined.id == fresh_id(connection)
        how = joined.reason or ("new" if is_new else "taken over")
        self.counts["resumed" if joined.resumed else how] += 1
        if joined.guest_token is not None:
            self.guest_tokens.append(joined.guest_token)
        client = self.open[connection]
        self.counts["invited"] += is_new and client.last_join.invitation is not None
        self.sessions_of[client.person].append((joined.session, client))
        secret, _, count = joined.session.partition(".")
        self.guesses += [digest(secret), joined.id, secret[:-1], f".{count}", secret.upper()]


def fresh_id(connection: ConnectionId) -> ClientId:
    """Return the client id that is assigned to a connection."""
    return ClientId(f"{connection:032x}")
