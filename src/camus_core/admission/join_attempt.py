"""A client's attempt to join a room: the room and the username that it asks for."""

from attrs import define, evolve, field

from ..attempts import Attempt
from ..records import SLUG, RoomId
from ..wire.errors import InvalidUsername, MalformedMessage, RoomNotFound
from ..wire.messages import JoinBody
from ..wire.names import DEFAULT_USERNAME, checked_name


@define(eq=False)
class JoinAttempt(Attempt):
    """The attempt of a client to join a room, by `join` or by connecting.

    Attributes:
        join: The data of the `join`; the room alone for a client that joins by connecting.
    """

    join: JoinBody
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

        The client keeps its id, its session secret, its identity and its username.
        """
        connection, before = self.connection, former.connection
        connection.handshake = evolve(
            connection.handshake,
            client_id=before.handshake.client_id,
            session_secret=before.handshake.session_secret,
        )
        connection.identity = before.identity
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
