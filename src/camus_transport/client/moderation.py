"""What an owner or a moderator decides about others, each asked of the server."""

from abc import ABC, abstractmethod

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL


class ModerationRequests(ABC):
    """What may be decided in a room (rule CTRL-1); each method returns when it is done.

    They raise what `request` raises: `Refused` by who may not, or when that client isn't there.
    """

    @abstractmethod
    async def request(self, message: m.Message) -> m.Message:
        """Ask the server something, and return its answer."""

    async def kick(self, client_id: str) -> None:
        """Send a member out; it may come again."""
        await self.request(m.Kick(GROUND_CONTROL, m.WhoBody(client_id)))

    async def ban(self, client_id: str) -> None:
        """Send a member out for good."""
        await self.request(m.Ban(GROUND_CONTROL, m.WhoBody(client_id)))

    async def set_role(self, client_id: str, role: m.GrantedRole) -> None:
        """Make a member a moderator, or a guest again."""
        await self.request(m.SetRole(GROUND_CONTROL, m.SetRoleBody(client_id, role)))

    async def lock(self, locked: bool = True) -> None:
        """Have newcomers wait at the door; with False, let in all who wait."""
        await self.request(m.Lock(GROUND_CONTROL, m.LockBody(locked)))

    async def admit(self, client_id: str) -> None:
        """Let somebody in who waits."""
        await self.request(m.Admit(GROUND_CONTROL, m.WhoBody(client_id)))

    async def deny(self, client_id: str) -> None:
        """Send somebody away who waits."""
        await self.request(m.Deny(GROUND_CONTROL, m.WhoBody(client_id)))
