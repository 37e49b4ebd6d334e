"""A minimal client library that keeps to the protocol: it counts, confirms and resumes, and it
hands back to its application the messages that may be lost.
"""

import json
from collections import deque

from attrs import define, field

from camus_core.records import ClientId, RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import DeliveryUnconfirmed, Denied, RoomLocked
from camus_core.wire.messages import GROUND_CONTROL, Json, Message
from camus_core.wire.profile import SESSION, ProtocolProfile

UNCOUNTED = (m.Ping, m.Pong, m.Ack)

JOIN = "join"
"""The id of every `join`; the id of a message is its number."""


@define(eq=False)
class Client:
    """One client of either profile, with the frames that it wants to write in `to_write`.

    `resets` counts how often it has begun anew without its former state. `log` has the numbers
    of the messages received in this epoch, each with the number of its frame. The client
    `waits` in the waiting room of a locked room, or is `is_outside` after it was denied;
    `waiting` has the ids of the waiting clients that it has been told of.
    """

    name: int
    room: RoomId
    profile: ProtocolProfile
    honest: bool = True
    id: ClientId | None = None
    token: str | None = None
    is_in: bool = False
    received: int = 0
    confirmed: int = 0
    resets: int = 0
    has_left: bool = False
    has_lost_its_state: bool = False
    waits: bool = False
    is_outside: bool = False
    is_locked: bool = False
    unconfirmed: deque[Message] = field(factory=deque)
    to_write: list[Message] = field(factory=list)
    roster: dict[str, m.SessionClient] = field(factory=dict)
    waiting: set[str] = field(factory=set)
    log: list[tuple[int, int]] = field(factory=list)
    told: list[tuple[int | None, str]] = field(factory=list)
    handed_back: set[int] = field(factory=set)
    complaints: list[str] = field(factory=list)

    # The application's actions -----------------------------------------------------------

    def connects(self, lie: int = 0) -> None:
        """Join over a new connection, or resume the former session."""
        self.is_in = self.waits = self.is_outside = False
        if self.profile is SESSION:
            received = None if self.has_lost_its_state else max(0, self.received + lie)
            again = None if self.token is None else m.ResumeBody(self.token, received)
            body = m.JoinBody(self.room, resume=again)
            self.to_write.append(m.Join(GROUND_CONTROL, body, id=JOIN))

    def says(self, message: Message) -> None:
        """Send a message now, or when the client is connected again."""
        if self.profile is SESSION:
            self.unconfirmed.append(message)
        if self.is_in:
            self.to_write.append(message)

    def confirms(self, lie: int = 0) -> None:
        if self.is_in and self.profile is SESSION:
            received = max(0, self.received + lie)
            self.to_write.append(m.Ack(GROUND_CONTROL, m.AckBody(received)))

    def leaves(self) -> None:
        if self.is_in:
            self.to_write.append(m.Bye(GROUND_CONTROL))
            self.has_left = True

    def is_reloaded(self) -> None:
        """Forget everything but the session, as a reloaded page does."""
        self.resets += 1
        self.has_lost_its_state = True
        self.received = self.confirmed = 0
        self.unconfirmed.clear()
        self.log.clear()

    def is_cut_off(self) -> None:
        self.is_in = self.waits = self.is_outside = False
        self.to_write.clear()
        if self.profile is not SESSION or self.has_left:
            self.is_reloaded()
            self.token, self.id, self.has_left = None, None, False

    # Messages of the server -----------------------------------------------------------------

    def hears(self, message: Message) -> int | None:
        """Handle a frame of the server; return the number of the message in it, if any."""
        if self.profile is SESSION and not self.is_in:
            if not isinstance(message, m.Joined | m.Waiting | m.Error | m.Ping):
                self.complaints.append(f"{message.type} before joined")
        elif not isinstance(message, UNCOUNTED):
            self.received += 1
        match message:
            case m.Joined(data=body):
                self._joined(body)
            case m.Greeting(sender="ground control", receiver=id):
                self.id, self.is_in = ClientId(id), True
            case m.Ping(sender="ground control", data=data):
                self.to_write.append(m.Pong(GROUND_CONTROL, data))
            case m.Ack(data=ack):
                self._confirmed_up_to(ack.received)
            case m.ClientJoined(data=seen) | m.ClientUpdated(data=seen):
                self.roster[seen.id] = seen
            case m.ClientLeft(data=gone):
                if self.roster.pop(gone.id, None) is None:
                    self.complaints.append("somebody left who was not there")
            case m.Waiting():
                self.waits = True
            case m.RoomUpdated(data=room):
                self.is_locked = room.locked
            case m.ClientWaiting(data=who):
                self.waiting.add(who.id)
            case m.ClientWaitingLeft(data=who):
                if who.id not in self.waiting:
                    self.complaints.append("somebody waits no more who did not wait")
                self.waiting.discard(who.id)
            case m.Undeliverable(data=notice, reply_to=said):
                self.told.append((int(said or -1), notice.receiver))
            case m.Error(data=error, reply_to=reply_to):
                self._refused(error, reply_to)
            case m.Extension(data=data):
                number = number_of(data)
                self.log.append((self.received, number))
                return number
            case _:
                pass
        return None

    def _joined(self, body: m.JoinedBody) -> None:
        if body.id != self.id:
            self.resets += 1
        if body.resumed:
            self._confirmed_up_to(body.received or 0)
        else:
            self._new_epoch(body.received)
            self.roster = {one.id: one for one in body.clients or ()}
            self.waiting = {one.id for one in body.waiting or ()}
            self.is_locked = body.locked
        self.id, self.token, self.is_in = ClientId(body.id), body.session, True
        self.has_lost_its_state = self.waits = False
        self.to_write += self.unconfirmed

    def _new_epoch(self, handled: int | None) -> None:
        """Begin to count anew; `handled` frames were handled, the others are lost."""
        if handled is not None and not self.has_lost_its_state:
            self._confirmed_up_to(max(handled, self.confirmed))
        self.handed_back.update(
            int(one.id) for one in self.unconfirmed if one.id is not None and one.id.isdigit()
        )
        self.unconfirmed.clear()
        self.log.clear()
        self.received = self.confirmed = 0

    def _confirmed_up_to(self, number: int) -> None:
        if not self.confirmed <= number <= self.confirmed + len(self.unconfirmed):
            self.complaints.append(f"{number} frames confirmed, which can't be")
            return
        while self.confirmed < number:
            self.unconfirmed.popleft()
            self.confirmed += 1

    def _refused(self, error: m.ErrorBody, reply_to: str | None) -> None:
        if error.code == DeliveryUnconfirmed.code:
            self.told.append((None, error.receiver or ""))
        elif error.code == "malformed-message":
            self.complaints.append(error.message)
            if reply_to == JOIN:
                self.token = None
                self.connects()
        elif reply_to == JOIN and error.code in (RoomLocked.code, Denied.code):
            self.waits, self.is_outside = False, True
        elif reply_to == JOIN:
            self.connects()
        elif reply_to is not None and reply_to.isdigit():
            self.handed_back.add(int(reply_to))


def message_with(
    number: int, receiver: str, padding: int, profile: ProtocolProfile
) -> m.Extension:
    """Return a message of the application."""
    data = Json(f'[{number},"{"x" * padding}"]'.encode())
    return m.Extension("x-n", receiver, data, id=str(number) if profile is SESSION else None)


def number_of(data: Json) -> int:
    """Return the number of a message of the application."""
    number: int = json.loads(data)[0]
    return number
