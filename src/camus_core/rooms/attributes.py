"""Attributes: small values of members and rooms, which the others are told of.

They are in memory only. Those of a member end with its place, and when its client joins again
without its state (`rejoined`), but for `speak`, which isn't the member's own: moderators take
it and give it back. Those of a room end with its last member, as the lock does. After a restart
the clients set them again.
"""

from collections.abc import Mapping

from attrs import define

from ..admission.permissions import RANK
from ..effects import Effect
from ..events import Timestamp
from ..limits import Limits
from ..message_charges import MessageCharges
from ..orders import OrderGiver, OrderHandlers
from ..wire import messages as m
from ..wire.errors import NotAllowed, TooManyAttributes, UnknownReceiver
from ..wire.json_codec import payload
from ..wire.json_text import to_json
from ..wire.messages import GROUND_CONTROL, SPEAK, Message
from .member import Member
from .room import Room


@define(eq=False)
class Attributes:
    """The orders that change attributes. A change to the same value tells nobody."""

    limits: Limits
    charges: MessageCharges

    def order_handlers(self) -> OrderHandlers:
        """Return the handler of each type of order."""
        return {
            m.SetAttributes: self._set_attributes,
            m.SetRoomAttributes: self._set_room_attributes,
        }

    def _set_attributes(
        self, room: Room, order: m.SetAttributes, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        changes = order.data.attributes
        member = _member_to_change(room, order.data.id, changes, giver)
        attributes = changed(member.attributes, changes)
        if attributes == member.attributes:
            return []
        not_own = set_by_others(attributes)
        self._check_size(not_own)
        own = {name: attributes[name] for name in attributes.keys() - not_own.keys()}
        self._check_size(own)
        info = m.SessionClient(member.id, member.username, member.role, attributes)
        told = m.ClientUpdated(m.ROOM, info, GROUND_CONTROL)
        self._charge(room, told, giver, now)
        member.attributes = attributes
        return room.tell_of_change(told)

    def _set_room_attributes(
        self, room: Room, order: m.SetRoomAttributes, giver: OrderGiver, now: Timestamp
    ) -> list[Effect]:
        attributes = changed(room.attributes, order.data.attributes)
        if attributes == room.attributes:
            return []
        self._check_size(attributes)
        body = m.RoomUpdatedBody(room.record.locked, attributes=attributes)
        told = m.RoomUpdated(m.ROOM, body, GROUND_CONTROL)
        self._charge(room, told, giver, now)
        room.attributes = attributes
        return room.tell_of_change(told)

    def _check_size(self, attributes: Mapping[str, str]) -> None:
        """Check a member's own attributes, those that others have set, or those of a room.

        Raises:
            TooManyAttributes: They are too many, or too large.
        """
        size = len(to_json(attributes))
        if len(attributes) > self.limits.attributes or size > self.limits.attribute_bytes:
            most, size = self.limits.attributes, self.limits.attribute_bytes
            raise TooManyAttributes(f"more than {most} attributes, or {size} bytes of them")

    def _charge(self, room: Room, told: Message, giver: OrderGiver, now: Timestamp) -> None:
        if giver.member is not None:
            size = len(payload(told)) * len(room.members)
            self.charges.charge_telling(giver.member, size, now)


def changed(attributes: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return attributes with changes: a string sets one, and None removes it."""
    return {
        name: value for name, value in {**attributes, **changes}.items() if value is not None
    }


def set_by_others(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a member that aren't its own, and so stay with its place."""
    return {name: value for name, value in attributes.items() if name == SPEAK}


def _member_to_change(
    room: Room, about: str | None, changes: Mapping[str, str | None], giver: OrderGiver
) -> Member:
    """Return the member whose attributes are to be changed.

    Args:
        about: The id of that member, or None for the giver of the order.

    Raises:
        NotAllowed: The giver changes `speak` of its own, or another attribute of somebody else,
            or its role isn't higher.
        UnknownReceiver: No member has this id.
    """
    author = giver.member
    if author is not None and about in (None, author.id):
        if SPEAK in changes:
            raise NotAllowed(f"nobody sets `{SPEAK}` for oneself")
        return author
    if author is not None and RANK[author.role] < RANK["moderator"]:
        raise NotAllowed("only owners and moderators change an attribute of somebody else")
    if changes.keys() - {SPEAK}:
        raise NotAllowed(f"of somebody else only `{SPEAK}` can be changed")
    member = None if about is None else room.members.get(about)
    if member is None:
        raise UnknownReceiver
    giver.check_above(member)
    return member
