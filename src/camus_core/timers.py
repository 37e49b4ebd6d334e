"""Timers: the work that falls due, and allowance for time in which the server stood still."""

from typing import assert_never

from attrs import define, field

from .admission.admission import Admission
from .admission.waiting_room import WaitingRooms
from .client_connection import ClientConnection
from .clocks import LONG_AGO, without_pause
from .deadlines import (
    Acknowledge,
    CheckEmptiness,
    CheckSilence,
    Deadline,
    Deadlines,
    EndBans,
    EndHold,
    EndWait,
    ExpireRoom,
    ForgetTexts,
    RefreshIceServers,
    Resend,
    SaveMembers,
    SettleRoom,
)
from .departure import Departure
from .effects import Effect, Send
from .endings import Endings
from .events import ConnectionId, Timestamp
from .limits import Limits
from .rooms.registry import RoomRegistry
from .sessions.sessions import Sessions
from .wire import messages as m
from .wire.errors import TIMED_OUT

_PAUSE = 0.5
"""Seconds: a deadline that is handled later than this shows that the server stood still, and
was not just busy."""

_WORK_AT_ONCE = 256
"""The deadlines that one `Ticked` handles, plus the messages and changes that they cause, some
10 µs each, and the messages that they keep for clients that are away, or drop. One push tells
a whole room, and after a pause all deadlines may be due. The driver feeds the next `Ticked` at
once for the rest, and other events come in between."""


@define(eq=False)
class Timers:
    """Handlers of the deadlines, and of the pauses of the process."""

    limits: Limits
    deadlines: Deadlines[Deadline]
    rooms: RoomRegistry
    sessions: Sessions
    waiting_rooms: WaitingRooms
    admission: Admission
    departure: Departure
    endings: Endings
    connections: dict[ConnectionId, ClientConnection]
    _fired_at: Timestamp = field(default=LONG_AGO, init=False)

    def forgive_pause(self, due: Timestamp | None, now: Timestamp) -> None:
        """Extend all deadlines of clients by the time in which the server stood still.

        `due` is the time for which the driver had set its timer. A deadline that the previous
        `Ticked` has left over is no sign of a pause.
        """
        armed = self.deadlines.next()
        paused_at = min((time for time in (due, armed) if time is not None), default=now)
        paused_at, self._fired_at = max(paused_at, self._fired_at), now
        if now - paused_at < _PAUSE:
            return
        limits = self.limits
        for connection in self.connections.values():
            heard_at = without_pause(connection.heard_at, paused_at, now)
            if connection.heard_at + limits.silent_for <= now:  # ping it, rather than close it
                heard_at = Timestamp(now - limits.ping_after)
            connection.heard_at = heard_at
        self.sessions.forgive_pause(paused_at, now)
        self.waiting_rooms.forgive_pause(paused_at, now)
        self.rooms.forgive_pause(paused_at, now)

    def fire(self, now: Timestamp) -> list[Effect]:
        """Handle the deadlines that are due, as many as one turn may take."""
        effects: list[Effect] = []
        work = effects_weighed = 0
        for deadline in self.deadlines.due(now):
            work += 1 + self._unseen_work(deadline)
            effects += self._handle(deadline, now)
            work += sum(map(_work, effects[effects_weighed:]))
            if work >= _WORK_AT_ONCE:
                break
            effects_weighed = len(effects)
        return effects

    def _handle(self, deadline: Deadline, now: Timestamp) -> list[Effect]:
        match deadline:
            case CheckSilence(connection_id):
                return self._check_silence(connection_id, now)
            case SettleRoom(room_id):
                effects = self.rooms.continue_work(room_id)
                return effects + self.departure.settle(now)
            case SaveMembers(room_id):
                return self.rooms.save(room_id)
            case CheckEmptiness(room_id):
                return self.rooms.forget_if_empty(room_id, now)
            case ExpireRoom(room_id):
                return self.endings.expire(room_id, now)
            case EndHold(client_id):
                member = self.sessions.expired(client_id, now)
                return [] if member is None else self.departure.end_place(member, now)
            case EndWait(client_id):
                return self.admission.end_wait(client_id, now)
            case EndBans(room_id):
                return self.admission.end_bans(room_id, now)
            case Acknowledge(client_id):
                return self.sessions.acknowledge(client_id)
            case Resend(client_id):
                return self.sessions.resend(client_id, now)
            case RefreshIceServers():
                return self.sessions.refresh_ice_servers(now)
            case ForgetTexts():
                self.rooms.histories.forget_overdue(now)
                return []
            case _:
                assert_never(deadline)

    def _unseen_work(self, deadline: Deadline) -> int:
        """Return the work that a deadline causes beside its effects, in messages."""
        match deadline:
            case SettleRoom(room_id):
                return _WORK_AT_ONCE if self.rooms.has_reports(room_id) else 0
            case EndHold(client_id):
                return self.sessions.work_of_ending(client_id)
            case _:
                return 0

    def _check_silence(self, connection_id: ConnectionId, now: Timestamp) -> list[Effect]:
        """Ping a silent client, or close its connection after `Limits.silent_for`."""
        connection = self.connections.get(connection_id)
        if connection is None:
            return []
        limits = self.limits
        dead_at = connection.heard_at + limits.silent_for
        if dead_at <= now:
            return self.departure.close(connection_id, TIMED_OUT, now)
        effects: list[Effect] = []
        next_look = connection.heard_at + limits.ping_after
        if next_look <= now:
            time = m.milliseconds(self.rooms.wall.at(now))
            ping = m.Ping(connection.client_id, time, m.GROUND_CONTROL)
            effects.append(Send((connection_id,), ping))
            next_look = min(now + limits.ping_after, dead_at)
        self.deadlines.arm(CheckSilence(connection_id), next_look)
        return effects


def _work(effect: Effect) -> int:
    return len(effect.to) if isinstance(effect, Send) else 1
