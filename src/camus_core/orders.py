"""Orders: requests of moderators, which the operator can give too, and the operator's own."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from .admission.permissions import RANK
from .effects import Effect
from .events import Timestamp
from .records import InvitationRecord
from .rooms.member import Member
from .rooms.room import Room
from .wire.errors import NotAllowed
from .wire.messages import Extension, Order, Text


@frozen
class OrderGiver:
    """The author of an order: a member, or the operator, who decides about owners too."""

    member: Member | None

    def is_above(self, member: Member) -> bool:
        """Return whether the giver may decide about a member (rule CTRL-1)."""
        return self.member is None or RANK[member.role] < RANK[self.member.role]

    def check_above(self, member: Member) -> None:
        """Check that the giver may decide about a member (rule CTRL-1).

        Raises:
            NotAllowed: The member's rank isn't lower than that of the giver.
        """
        if not self.is_above(member):
            raise NotAllowed(f"you can't decide about somebody who is {member.role}")


OPERATOR = OrderGiver(None)


@frozen
class Say:
    """An order that only the operator gives: the server says a message (rule SAY-1).

    Attributes:
        message: The message; its receiver is `ROOM` or the id of a member.
    """

    message: Text | Extension


@frozen
class Invite:
    """An order that only the operator gives: the room gets an invitation of the operator's.

    Attributes:
        invitation: The invitation; the operator has its secret.
    """

    invitation: InvitationRecord


OperatorOrder = Order | Say | Invite

OrderHandler = Callable[[Room, Any, OrderGiver, Timestamp], list[Effect]]
"""A method that carries out the orders of one type in a room.

It raises `ProtocolError` to refuse the order; nothing has changed then.
"""

OrderHandlers = Mapping[type[OperatorOrder], OrderHandler]
"""The handler of each type of order that a part of the router carries out."""
