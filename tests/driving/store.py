"""The store of tests without an event loop, and the answers to questions from it."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, assert_never

from camus_core.admission.identity import Identity
from camus_core.effects import Change, ForgetRoom, SaveClient
from camus_core.questions import (
    Answer,
    CheckPassword,
    CreatedRoom,
    CreateRoomRecord,
    DrawSecret,
    FindSession,
    HashPassword,
    Identify,
    ListPublicRooms,
    LookUpRoom,
    MakeSlug,
    PasswordHash,
    Question,
    Secret,
    Slug,
    UpdateRoom,
    UseInvitation,
)
from camus_core.records import (
    BanRecord,
    ClientId,
    ClientRecord,
    InvitationRecord,
    RoomId,
    RoomRecord,
    StoredRoom,
    digest,
)
from camus_core.wire.errors import NotAllowed, Refusal
from camus_core.wire.names import checked_name
from camus_store.memory import MemoryStore

OWNER_TOKEN = "the owner's token"
"""The owner token of every room that is created, unless the test makes others."""

Result = TypeVar("Result")


def run_without_waiting(work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of a coroutine that never actually waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise AssertionError(f"{work} waits")


class SynchronousStore:
    """A `MemoryStore` whose methods return at once; `clock` returns its time in seconds.

    `tokens` has the identity of each valid token. `id_of` makes the id of a new room from its
    name, and `owner_token_of` its owner token from that id; a test may replace both. A password
    is kept in plain text, so that no test waits for a hash.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._store = MemoryStore(clock)
        self.tokens: dict[str, Identity] = {}
        self.id_of: Callable[[str], RoomId | None] = RoomId
        self.owner_token_of: Callable[[RoomId], str] = lambda room_id: OWNER_TOKEN
        self._nameless = self._created = self._drawn = 0

    # Records ------------------------------------------------------------------------------

    @property
    def rooms(self) -> dict[RoomId, RoomRecord]:
        """All rooms, in the order of their ids."""
        return {room.id: room for room in run_without_waiting(self._store.list_rooms())}

    @property
    def clients(self) -> dict[ClientId, ClientRecord]:
        """All clients, in order of joining, as they were written."""
        return {one.id: one for one in run_without_waiting(self._store.list_clients())}

    def bans(self, room_id: RoomId) -> tuple[BanRecord, ...]:
        """The bans of a room, the oldest first."""
        stored = run_without_waiting(self._store.find_room(room_id))
        return () if stored is None else stored.bans

    def invitations(self, room_id: RoomId) -> tuple[InvitationRecord, ...]:
        """The invitations of a room, the oldest first."""
        stored = run_without_waiting(self._store.find_room(room_id))
        return () if stored is None else stored.invitations

    def write(self, change: Change) -> None:
        run_without_waiting(self._store.write([change]))

    def put(self, *rooms: RoomRecord) -> None:
        """Create rooms, each in place of the one that has its id, as an operator does."""
        for room in rooms:
            self.delete_room(room.id)
            assert run_without_waiting(self._store.create_room(room))

    def delete_room(self, room_id: RoomId) -> None:
        """Delete a room, if there is one with this id, and the clients in it."""
        stored = run_without_waiting(self._store.find_room(room_id))
        if stored is not None:
            self.write(ForgetRoom(room_id, stored.room.incarnation))

    def put_client(self, client: ClientRecord) -> None:
        """Write a client, whichever node has written it before."""
        self.write(SaveClient(client, takes_over=True))

    # Nodes --------------------------------------------------------------------------------

    def renew(self, node: str, stale_seconds: float) -> float:
        """Renew the lease of a node, as `Store.renew` does; return the time."""
        return run_without_waiting(self._store.renew(node, stale_seconds))

    def release(self, node: str) -> None:
        """End the lease of a node."""
        run_without_waiting(self._store.release(node))

    # Answers ------------------------------------------------------------------------------

    def find(self, question: Question) -> Answer:
        """Return the answer to a question, and create the room that it asks for."""
        match question:
            case LookUpRoom(room_id, if_absent):
                if if_absent is not None:
                    if run_without_waiting(self._store.create_room(if_absent)):
                        return StoredRoom(if_absent, is_new=True)
                return run_without_waiting(self._store.find_room(room_id))
            case Identify(token):
                return self.identify(token)
            case MakeSlug(name):
                return Slug(self.id_of(name))
            case FindSession(session):
                return run_without_waiting(self._store.find_session(session))
            case CheckPassword(password, password_hash):
                return password_hash == password
            case HashPassword(password):
                return PasswordHash(password)
            case CreateRoomRecord():
                return self._create(question)
            case ListPublicRooms(limit):
                return run_without_waiting(self._store.list_rooms(public=True, limit=limit))
            case UpdateRoom(room_id, incarnation, changes):
                return run_without_waiting(
                    self._store.update_room(room_id, incarnation, changes)
                )
            case DrawSecret():
                self._drawn += 1
                return Secret(digest(f"secret number {self._drawn}"))
            case UseInvitation(room_id, incarnation, invitation_id):
                return run_without_waiting(
                    self._store.use_invitation(room_id, incarnation, invitation_id)
                )
            case _:
                assert_never(question)

    def identify(self, token: str) -> Identity | Refusal:
        """Return the identity that a token asserts, or the refusal of the token."""
        return self.tokens.get(token) or NotAllowed("nobody has this token").refusal()

    def _create(self, question: CreateRoomRecord) -> CreatedRoom | Refusal | None:
        requested = question.room
        room_id = self.id_of(requested.name) if requested.name else None
        if room_id is None:
            self._nameless += 1
            room_id = RoomId(f"room-without-a-name-{self._nameless}")
        if question.allowed_ids is not None and room_id not in question.allowed_ids:
            return NotAllowed("your token is for other rooms").refusal()
        owner_token = self.owner_token_of(room_id)
        self._created += 1
        record = RoomRecord(
            room_id,
            checked_name(requested.name) if requested.name else room_id,
            question.created_at,
            bool(requested.public),
            requested.password,
            requested.guest_limit,
            question.empty_for,
            digest(owner_token),
            bool(requested.locked),
            starts_locked=bool(requested.locked),
            not_before=requested.not_before,
            expires=requested.expires,
            incarnation=f"created as number {self._created}",
            encrypted=bool(requested.encrypted),
        )
        is_new = run_without_waiting(self._store.create_room(record))
        return CreatedRoom(record, owner_token) if is_new else None
