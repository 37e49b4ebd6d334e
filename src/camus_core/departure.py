"""The way out of a room: who leaves, and what follows."""

from attrs import define

from .admission.admission import Entrance
from .effects import Effect
from .events import Timestamp
from .rooms.member import Member
from .rooms.registry import Rooms
from .rooms.room import Room
from .sessions.sessions import Places
from .wire.messages import Json, LeaveReason


@define(eq=False)
class Exit:
    """Ends the place of one member at a time, whatever its profile."""

    rooms: Rooms
    places: Places
    entrance: Entrance

    def leave(
        self, room: Room, member: Member, reason: LeaveReason, bye: Json, now: Timestamp
    ) -> list[Effect]:
        """Take a member out. The lock goes with the last one: nobody could open it."""
        self.places.remove(member)
        member.connection = None
        effects = room.leave(member, reason, bye, now)
        self.rooms.arm_push(room)
        if not room.members:
            effects += self.entrance.unlock(room, now)
        if not room.members:
            self.rooms.emptied(room, now)
        return effects
