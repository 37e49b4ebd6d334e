"""The requests by which members moderate a room, and set attributes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL, UNCHANGED, Unchanged


class ModerationRequests(ABC):
    """Moderation (rule CTRL-1), and attributes. Each method returns when it is done.

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

    async def ban(
        self, client_id: str, reason: str | None = None, seconds: int | None = None
    ) -> None:
        """Remove a member or waiting client, which is told the reason, and refuse it for some
        seconds, or for good.

        Other guests of its address have to be admitted from now on.

        Raises:
            ValueError: the reason hasn't 1 to 200 characters, or `seconds` isn't from 1 to
                2,147,483,647.
        """
        await self.request(m.Ban(GROUND_CONTROL, m.BanBody(client_id, reason, seconds)))

    async def bans(self) -> tuple[m.BanInfo, ...]:
        """Return the bans of the room, the oldest first."""
        answer = await self.request(m.ListBans(GROUND_CONTROL))
        assert isinstance(answer, m.Bans)
        return answer.data

    async def unban(self, ban_id: str) -> None:
        """End a ban, by the id that `bans` gives it."""
        await self.request(m.Unban(GROUND_CONTROL, m.WhoBody(ban_id)))

    async def create_invitation(
        self,
        *,
        name: str | None = None,
        role: m.GrantedRole = "guest",
        not_before: float | None = None,
        expires: float | None = None,
        uses: int | None = None,
    ) -> m.InvitationCreatedBody:
        """Make an invitation to the room; return its id and its secret, which is told only now.

        Args:
            name: a name for those who list the invitations.
            role: the role of the clients that join with it.
            not_before: the time from which it is valid, in UNIX seconds; None for now.
            expires: the time at which it ends, in UNIX seconds; None for never.
            uses: the most clients that may join with it; None for any number.

        Raises:
            ValueError: a time or the number of uses isn't one.
        """
        body = m.CreateInvitationBody(name, role, not_before, expires, uses)
        answer = await self.request(m.CreateInvitation(GROUND_CONTROL, body))
        assert isinstance(answer, m.InvitationCreated)
        return answer.data

    async def invitations(self) -> tuple[m.InvitationInfo, ...]:
        """Return the invitations to the room, the oldest first."""
        answer = await self.request(m.ListInvitations(GROUND_CONTROL))
        assert isinstance(answer, m.Invitations)
        return answer.data

    async def revoke_invitation(self, invitation_id: str) -> None:
        """End an invitation; members that have joined with it stay."""
        await self.request(m.RevokeInvitation(GROUND_CONTROL, m.WhoBody(invitation_id)))

    async def set_role(self, client_id: str, role: m.GrantedRole) -> None:
        """Make a member a moderator, or a guest again."""
        await self.request(m.SetRole(GROUND_CONTROL, m.SetRoleBody(client_id, role)))

    async def lock(self, locked: bool = True) -> None:
        """Lock the room, so that newcomers wait; or unlock it and admit all who wait."""
        await self.request(m.Lock(GROUND_CONTROL, m.LockBody(locked)))

    async def update_room(
        self,
        *,
        name: str | Unchanged = UNCHANGED,
        password: str | Unchanged | None = UNCHANGED,
        guest_limit: int | Unchanged | None = UNCHANGED,
        locked: bool | Unchanged = UNCHANGED,
        public: bool | Unchanged = UNCHANGED,
    ) -> None:
        """Change the room; what isn't given stays as it is. Only owners may.

        Args:
            name: the name that people read; the room's id stays.
            password: the password that newcomers need; None removes it.
            guest_limit: the maximum number of members, which sends nobody out; None removes it.
            locked: True to have newcomers wait, False to admit all who wait.
            public: True to have the server list the room.
        """
        body = m.UpdateRoomBody(name, password, guest_limit, locked, public)
        await self.request(m.UpdateRoom(GROUND_CONTROL, body))

    async def end_room(self, reason: str | None = None) -> None:
        """End the room for everyone, this client included. Only owners may.

        The session ends with the close code 4508.

        Args:
            reason: 1 to 200 characters, which members and waiting clients are told.
        """
        await self.request(m.EndRoom(GROUND_CONTROL, m.EndRoomBody(reason)))

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

    async def set_attributes(
        self, changes: Mapping[str, str | None], client_id: str | None = None
    ) -> None:
        """Change attributes of this client, of which all members are told.

        The session sets them again by itself where a server has lost them. `Refused` with the
        code `too-many-attributes` says that they are too many, or too large.

        Args:
            changes: the new value of each attribute; None removes it.
            client_id: a member of a lower role whose attribute `speak` is to be changed; only
                owners and moderators do that, and nobody changes it for oneself.
        """
        body = m.SetAttributesBody(changes, client_id)
        await self.request(m.SetAttributes(GROUND_CONTROL, body))

    async def set_room_attributes(self, changes: Mapping[str, str | None]) -> None:
        """Change attributes of the room; None removes one."""
        await self.request(
            m.SetRoomAttributes(GROUND_CONTROL, m.SetRoomAttributesBody(changes))
        )

    async def request_mute(self, kind: m.MediaKind, client_id: str | None = None) -> None:
        """Ask a member, or all of a lower role, to mute; each decides by itself.

        Members of the core profile aren't asked.
        """
        await self.request(m.RequestMute(GROUND_CONTROL, m.RequestMuteBody(client_id, kind)))
