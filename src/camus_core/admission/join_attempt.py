"""A client's attempt to join a room: the room and the username that it asks for."""

import re

from attrs import define, evolve, field

from ..attempts import Attempt
from ..records import (
    SLUG,
    GuestToken,
    InvitationRecord,
    ResumeToken,
    RoomId,
    RoomRecord,
    digest,
    guest_token,
)
from ..sessions.delivery import split_resume_token
from ..wire.errors import InvalidUsername, MalformedMessage, RoomNotFound
from ..wire.messages import JoinBody
from ..wire.names import DEFAULT_USERNAME, checked_name

_GUEST_TOKEN = re.compile("[0-9a-f]{64}")


@define(eq=False)
class JoinAttempt(Attempt):
    """The attempt of a client to join a room, by `join` or by connecting.

    Attributes:
        join: The data of the `join`; the room alone for a client that joins by connecting.
        invitation: The valid invitation that the client has shown, if any.
        is_use_counted: True once the client's use of it is counted.
    """

    join: JoinBody
    invitation: InvitationRecord | None = field(default=None, init=False)
    is_use_counted: bool = field(default=False, init=False)
    _requested_username: str = field(default=DEFAULT_USERNAME, init=False)

    @property
    def username(self) -> str:
        """The username that the client gets as a newcomer.

        It is the one that its identity asserts, or else the requested one.
        """
        return self.connection.asserted_username or self._requested_username

    def room_id(self) -> RoomId:
        """Return the room that the URL or the message names (rules SESS-8 and SESS-63).

        Raises:
            MalformedMessage: Neither names a room, or they name different ones.
            RoomNotFound: The name is no slug.
        """
        in_url, in_message = self.connection.handshake.room_id, self.join.room_id
        if in_message is None and in_url is None:
            raise MalformedMessage("required field missing @ $.data.room_id")
        if in_message is not None and in_url is not None and in_message != in_url:
            raise MalformedMessage("$.data.room_id is not the room that the URL names")
        room_id = in_message or in_url or ""
        if not SLUG.fullmatch(room_id):
            raise RoomNotFound
        return RoomId(room_id)

    def take_over(self, former: "JoinAttempt") -> None:
        """Go on in place of an earlier attempt of the same client, whose connection was lost.

        The client keeps its id, its session secret, its identity, its guest token, its
        invitation and its username.
        """
        connection, before = self.connection, former.connection
        connection.handshake = evolve(
            connection.handshake,
            client_id=before.handshake.client_id,
            session_secret=before.handshake.session_secret,
        )
        connection.identity = before.identity
        self.invitation, self.is_use_counted = former.invitation, former.is_use_counted
        self.join = evolve(self.join, guest_token=former.join.guest_token)
        self._requested_username = former._requested_username

    def check_username(self) -> None:
        """Check the requested username.

        Raises:
            InvalidUsername: It is invalid (see `checked_name`), and the client's identity
                asserts none.
        """
        if self.join.username is None:
            return
        try:
            self._requested_username = checked_name(self.join.username)
        except ValueError:
            if self.connection.asserted_username is None:
                raise InvalidUsername from None

    def guest_token(self, room: RoomRecord) -> GuestToken | None:
        """Return the secret by which the room knows the client again (rule BAN-1).

        It is the one that the client presents, or else a new one, and None for a client that
        has an identity or speaks the core profile.
        """
        connection = self.connection
        if connection.identity is not None or not connection.handshake.profile.keeps_session:
            return None
        presented = self.join.guest_token
        if presented is not None and _GUEST_TOKEN.fullmatch(presented):
            return GuestToken(presented)
        return guest_token(connection.handshake.session_secret, room)

    def guest_digests(self, room: RoomRecord) -> frozenset[str]:
        """Return the digests of the guest tokens that a guest client shows.

        The token of a session that it wants to resume shows the guest token that was given to
        it with that session.
        """
        shown = self.guest_token(room)
        if shown is None:
            return frozenset()
        digests = {digest(shown)}
        if self.join.resume is not None:
            secret, _ = split_resume_token(ResumeToken(self.join.resume.session))
            digests.add(digest(guest_token(secret, room)))
        return frozenset(digests)
