"""One live room: who is in it, and who hears what."""

from collections.abc import Sequence

from attrs import define, field

from . import messages as m
from .effects import Effect, ForgetClient, SaveClient, Send
from .errors import InvalidUsername, PasswordRequired, RoomFull, UnknownReceiver
from .events import ConnectionId, Timestamp
from .json_text import to_json
from .messages import Json, Relayable
from .names import DEFAULT_USERNAME, checked_name
from .records import ClientId, ClientRecord, RoomRecord

_LONG_AGO = Timestamp(float("-inf"))


@define(eq=False)
class Member:
    """A client that is in a room.

    `heard` says that it has sent a frame; until then it gets no pushed roster (the first
    Camus client doesn't know its own id before), and `owed` that one was withheld.
    """

    id: ClientId
    connection: ConnectionId
    joined_at: Timestamp
    username: str = DEFAULT_USERNAME
    heard: bool = False
    owed: bool = False
    username_json: Json = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.username_json = to_json(self.username)


@define(eq=False)
class Room:
    """A room with its members, in order of joining.

    Changes of the roster are pushed together: the first one at once, the next after
    `interval` seconds. `push_at` is the time of the push that waits, if one does.
    """

    record: RoomRecord
    guest_limit: int
    interval: float
    members: dict[str, Member] = field(factory=dict)
    push_at: Timestamp | None = None
    empty_since: Timestamp | None = None
    _pushed_at: Timestamp = _LONG_AGO
    _only_joined: Member | None = None

    def admit(self, member: Member, now: Timestamp) -> list[Effect]:
        """Let a core-profile client in.

        Raises:
            Refused: the room is not open, or full (rules CORE-5 and CORE-6).
        """
        if self.record.password is not None:
            raise PasswordRequired
        if len(self.members) >= self.guest_limit:
            raise RoomFull
        self.members[member.id] = member
        self.empty_since = None
        greeting = to_json(f"This is Ground Control to {member.username}")
        return [
            self._save(member),
            Send((member.connection,), m.Greeting(member.id, greeting, m.GROUND_CONTROL)),
            *self._changed(now, joined=member),
        ]

    def leave(self, member: Member, data: Json, now: Timestamp) -> list[Effect]:
        """Take a member out; the others hear its `bye` at once, then the roster."""
        del self.members[member.id]
        if not self.members:
            self.empty_since, self.push_at, self._only_joined = now, None, None
            return [ForgetClient(member.id)]
        bye = m.Bye(m.ROOM, data, member.id)
        return [ForgetClient(member.id), Send(self._everyone(), bye), *self._changed(now)]

    def rename(self, member: Member, username: str, now: Timestamp) -> list[Effect]:
        """Give a member another name.

        Raises:
            InvalidUsername: see `checked_name`.
        """
        try:
            member.username = checked_name(username)
        except ValueError:
            raise InvalidUsername from None
        member.username_json = to_json(member.username)
        return [self._save(member), *self._changed(now)]

    def relay(self, member: Member, message: Relayable, now: Timestamp) -> list[Effect]:
        """Pass a member's message on to its receiver, who is one member or all of them.

        Raises:
            UnknownReceiver: nobody here has that id; nor does anybody elsewhere, for all
                that the sender is told.
        """
        if message.receiver == m.ROOM:
            to = self._everyone()
        else:
            receiver = self.members.get(message.receiver)
            if receiver is None and isinstance(message, m.Bye):
                return []  # two that hang up at once each say it to somebody who has gone
            if receiver is None:
                raise UnknownReceiver
            to = (receiver.connection,)
        return [Send(to, message.said_by(member.id, member.username_json, now))]

    def tell_roster(self, member: Member) -> list[Effect]:
        """Answer `get-room-info`."""
        member.owed = False
        return [Send((member.connection,), self._roster(member.id))]

    def push(self, now: Timestamp) -> list[Effect]:
        """Tell the members of the changes since the last push."""
        only_joined, self._only_joined = self._only_joined, None
        self.push_at, self._pushed_at = None, now
        listeners = []
        for member in self.members.values():
            if member is only_joined:
                continue
            if member.heard:
                listeners.append(member.connection)
            else:
                member.owed = True
        return [Send(listeners, self._roster(m.ROOM))] if listeners else []

    def _changed(self, now: Timestamp, joined: Member | None = None) -> list[Effect]:
        self._only_joined = joined if self.push_at is None else None
        if self.push_at is not None:
            return []
        self.push_at = Timestamp(max(now, self._pushed_at + self.interval))
        return self.push(now) if self.push_at <= now else []

    def _everyone(self) -> Sequence[ConnectionId]:
        return [member.connection for member in self.members.values()]

    def _roster(self, receiver: str) -> m.RoomInfo:
        clients = (m.ClientInfo(one.id, one.username) for one in self.members.values())
        body = m.RoomInfoBody(self.record.id, tuple(clients))
        return m.RoomInfo(receiver, body, m.GROUND_CONTROL)

    def _save(self, member: Member) -> SaveClient:
        return SaveClient(
            ClientRecord(member.id, self.record.id, member.username, member.joined_at)
        )
