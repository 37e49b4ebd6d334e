"""The requests by which an owner or moderator moderates a room."""

from abc import ABC, abstractmethod

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL


class ModerationRequests(ABC):
    """Moderation (rule CTRL-1). Each method returns when the server has done it.

    All raise what `request` raises: in particular `Refused` if the role of this client doesn't
    permit it, or no such client is there.
    """

    @abstractmethod
    async def request(self, message: m.Message) -> m.Message:
        """Send a request to the server, and return its answer."""

    async def kick(self, client_id: str) -> None:
        """Remove a member from the room; it may join again."""
        await self.request(m.Kick(GROUND_CONTROL, m.WhoBody(client_id)))

    async def ban(self, client_id: str) -> None:
        """Remove a member from the room, and refuse it from now on."""
        await self.request(m.Ban(GROUND_CONTROL, m.WhoBody(client_id)))

    async def set_role(self, client_id: str, role: m.GrantedRole) -> None:
        """Make a member a moderator, or a guest again."""
        await self.request(m.SetRole(GROUND_CONTROL, m.SetRoleBody(client_id, role)))

    async def lock(self, locked: bool = True) -> None:
        """Lock the room, so that newcomers wait; or unlock it and admit all who wait."""
        await self.request(m.Lock(GROUND_CONTROL, m.LockBody(locked)))

    async def admit(self, client_id: str) -> None:
        """Admit a waiting client to the room."""
        await self.request(m.Admit(GROUND_CONTROL, m.WhoBody(client_id)))

    async def deny(self, client_id: str) -> None:
        """Refuse a waiting client."""
        await self.request(m.Deny(GROUND_CONTROL, m.WhoBody(client_id)))
