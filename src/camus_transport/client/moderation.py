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

    async def kick(self, client_id: str, reason: str | None = None) -> None:
        """Remove a member from the room, which is told the reason; it may join again.

        Raises:
            ValueError: the reason hasn't 1 to 200 characters.
        """
        await self.request(m.Kick(GROUND_CONTROL, m.DismissalBody(client_id, reason)))

    async def ban(self, client_id: str, reason: str | None = None) -> None:
        """Remove a member from the room, which is told the reason, and refuse it from now on.

        Raises:
            ValueError: the reason hasn't 1 to 200 characters.
        """
        await self.request(m.Ban(GROUND_CONTROL, m.DismissalBody(client_id, reason)))

    async def set_role(self, client_id: str, role: m.GrantedRole) -> None:
        """Make a member a moderator, or a guest again."""
        await self.request(m.SetRole(GROUND_CONTROL, m.SetRoleBody(client_id, role)))

    async def lock(self, locked: bool = True) -> None:
        """Lock the room, so that newcomers wait; or unlock it and admit all who wait."""
        await self.request(m.Lock(GROUND_CONTROL, m.LockBody(locked)))

    async def admit(self, client_id: str) -> None:
        """Admit a waiting client to the room."""
        await self.request(m.Admit(GROUND_CONTROL, m.WhoBody(client_id)))

    async def deny(self, client_id: str, reason: str | None = None) -> None:
        """Refuse a waiting client, which is told the reason.

        Raises:
            ValueError: the reason hasn't 1 to 200 characters.
        """
        await self.request(m.Deny(GROUND_CONTROL, m.DismissalBody(client_id, reason)))

    async def remove_text(self, sender: str, id: str | None = None) -> None:
        """Remove a text from the history of the room, or all texts of its sender.

        Args:
            sender: the client id of the sender.
            id: the `id` of the text, or None for all texts of the sender.
        """
        await self.request(m.RemoveText(GROUND_CONTROL, m.WhichTextBody(sender, id)))
