"""The other members of an encrypted room: what goes to each, and what is accepted of it."""

import asyncio
from collections.abc import Callable

from attrs import define, field

from camus_core.wire import messages as m
from camus_core.wire.json_text import from_json, to_json

from .encryption import (
    Challenges,
    Encryptable,
    EncryptionError,
    RoomKey,
    is_challenge,
    is_encryptable,
    new_challenge,
)
from .events import Discarded, Expired, SessionEvent
from .membership import Membership

_ENCRYPTION = "x-encryption"
"""The type of the message that carries a challenge, and its id."""

_MOST_WAITING = 64
"""Messages that wait for a member's challenge: an offer, and the candidates of networks."""

_RETRY_SECONDS = 2.0
"""The time after which a challenge that was lost is sent again."""


@define(eq=False)
class _Member:
    """Another member, and the order of the encrypted messages in both directions.

    Attributes:
        own: the challenges that this client has drawn for the member.
        theirs: the last challenge of the member; None before it has sent one.
        sent: the number of messages that were encrypted for the member.
        waiting: messages that wait for the first challenge.
        retry: the timer that sends a lost challenge again.
    """

    own: Challenges = field(factory=Challenges)
    theirs: str | None = None
    sent: int = 0
    waiting: list[Encryptable] = field(factory=list)
    retry: asyncio.TimerHandle | None = None


class EncryptedMembers:
    """Encrypts the messages of one session, and decrypts those of other members.

    Args:
        key: the key of the room.
        membership: the client's view of its room.
        put: sends a message, in the form of its second argument.
        notify: called with the events of the session.
    """

    def __init__(
        self,
        key: RoomKey,
        membership: Membership,
        put: Callable[[m.Message, m.Message], None],
        notify: Callable[[SessionEvent], None],
    ) -> None:
        self._key = key
        self._membership = membership
        self._put = put
        self._notify = notify
        self._members: dict[str, _Member] = {}
        self.enter(is_kept=False)

    # Members ---------------------------------------------------------------------------

    def enter(self, *, is_kept: bool) -> None:
        """Begin with the members of a new roster.

        Args:
            is_kept: True if the client has kept its id, and the others their state about it.
        """
        for id in tuple(self._members):
            if is_kept and id in self._membership.clients:
                # This member may have lost its state unnoticed.
                self._members[id].own.renew()
                self._send_challenge(id)
            else:
                self._forget(id)
        for id in self._membership.clients:
            if id not in self._members:
                self._meet(id)

    def follow(self, message: m.Message) -> bool:
        """Follow a message of the server; return True if it is of no interest to others."""
        match message:
            case m.ClientJoined(data=client):
                self._forget(client.id)
                self._meet(client.id)
            case m.ClientLeft(data=left):
                self._forget(left.id)
            case m.Undeliverable(data=lost, reply_to=id) if id == _ENCRYPTION:
                self._send_challenge_later(lost.receiver)
                return True
            case _:
                pass
        return False

    def end(self) -> None:
        """Stop all timers, and report the messages that wait."""
        for id in tuple(self._members):
            self._forget(id)

    def _meet(self, id: str) -> None:
        if id != self._membership.joined.id:
            self._members[id] = _Member()
            self._send_challenge(id)

    def _forget(self, id: str) -> None:
        member = self._members.pop(id, None)
        if member is None:
            return
        if member.retry is not None:
            member.retry.cancel()
        if member.waiting:
            self._notify(Expired(tuple(member.waiting)))

    def _send_challenge(self, id: str) -> None:
        member = self._members[id]
        member.retry = None
        data = to_json({"challenge": member.own.newest})
        message = m.Extension(_ENCRYPTION, id, data, id=_ENCRYPTION)
        self._put(message, message)

    def _send_challenge_later(self, id: str) -> None:
        member = self._members.get(id)
        if member is not None and member.retry is None:
            loop = asyncio.get_running_loop()
            member.retry = loop.call_later(_RETRY_SECONDS, self._send_challenge, id)

    # Messages --------------------------------------------------------------------------

    def seal(self, message: m.Message) -> m.Message:
        """Return the form in which a message is sent; of one that has to wait, its size only.

        Raises:
            ValueError: the message is for the whole room, and can be encrypted for one member
                only.
        """
        if not is_encryptable(message):
            return message
        if message.receiver == m.ROOM:
            raise ValueError(f"`{message.type}` can be encrypted for one member only")
        member = self._members.get(message.receiver)
        if member is None or member.theirs is None:
            nobody = _Member(theirs=new_challenge())
            return self._seal_for(nobody, message)
        return self._seal_for(member, message)

    def keeps(self, message: m.Message) -> bool:
        """Keep a message until the receiver's challenge comes; return False if it needn't wait.

        One too many is reported as `Expired`, as are those whose receiver leaves or isn't here.
        """
        if not is_encryptable(message):
            return False
        member = self._members.get(message.receiver)
        if member is not None and member.theirs is not None:
            return False
        if member is not None and len(member.waiting) < _MOST_WAITING:
            member.waiting.append(message)
        else:
            self._notify(Expired((message,)))
        return True

    def receive(self, message: m.Message) -> m.Message | None:
        """Return the message of a member as it was before its encryption, or None.

        None stands for a challenge, and for what isn't accepted, which is reported.
        """
        member = self._members.get(message.sender)
        if message.type == _ENCRYPTION and isinstance(message, m.Extension):
            if member is not None:
                self._receive_challenge(member, message.data)
            return None
        if not is_encryptable(message):
            return message
        if member is None:
            return None
        try:
            opened = self._key.open(message, self._membership.joined.id)
            member.own.accept(opened.challenge, opened.n)
        except EncryptionError as error:
            self._notify(Discarded(message, error.fault))
            return None
        return opened.message

    def _receive_challenge(self, member: _Member, data: m.Json) -> None:
        body = from_json(data)
        challenge = body.get("challenge") if isinstance(body, dict) else None
        if not is_challenge(challenge) or challenge == member.theirs:
            return
        member.theirs = challenge
        waiting, member.waiting = member.waiting, []
        for message in waiting:
            self._put(message, self._seal_for(member, message))

    def _seal_for(self, member: _Member, message: Encryptable) -> m.Message:
        assert member.theirs is not None
        member.sent += 1
        return self._key.seal(message, self._membership.joined.id, member.theirs, member.sent)
