"""The messages of attributes, small values that members and rooms have, and of muting."""

from collections.abc import Mapping
from typing import Literal

from attrs import define, frozen

from .message import Described
from .moderation_messages import Order
from .states import SESSION_SERVER_ONLY

__all__ = [
    "SPEAK",
    "MediaKind",
    "MuteRequested",
    "MuteRequestedBody",
    "RequestMute",
    "RequestMuteBody",
    "SetAttributes",
    "SetAttributesBody",
    "SetRoomAttributes",
    "SetRoomAttributesBody",
]

SPEAK = "speak"
"""The one attribute of a member that only others set: owners and moderators (rule ATTR-6)."""


@frozen
class SetAttributesBody:
    """The changes of a member's attributes: a string sets one, and null removes it.

    `id` is that of a member of a lower role, whose attribute `speak` is to be changed; without
    it the sender changes its own attributes.
    """

    attributes: Mapping[str, str | None]
    id: str | None = None


@define
class SetAttributes(Described[SetAttributesBody], Order):
    """A request to change attributes of the sender, or the attribute `speak` of a member."""

    type = "set-attributes"
    capability = "attributes"
    least_role = "guest"
    is_announced = True
    body = SetAttributesBody


@frozen
class SetRoomAttributesBody:
    """The changes of a room's attributes: a string sets one, and null removes it."""

    attributes: Mapping[str, str | None]


@define
class SetRoomAttributes(Described[SetRoomAttributesBody], Order):
    """A request to change attributes of the room."""

    type = "set-room-attributes"
    capability = "attributes"
    is_announced = True
    body = SetRoomAttributesBody


MediaKind = Literal["audio", "video"]
"""The kinds of media that members send, as in MediaStreamTrack (W3C Media Capture)."""


@frozen
class RequestMuteBody:
    """The id of a member, or null for all members of a lower role; and the media to mute."""

    id: str | None
    kind: MediaKind


@define
class RequestMute(Described[RequestMuteBody], Order):
    """A request to members to mute their microphone, or to stop their video."""

    type = "request-mute"
    capability = "request-mute"
    is_announced = True
    body = RequestMuteBody


@frozen
class MuteRequestedBody:
    """The id of the owner or moderator that asks, and the media to mute.

    The operator asks as `ground control`.
    """

    by: str
    kind: MediaKind


@define
class MuteRequested(Described[MuteRequestedBody]):
    """A notice that an owner or moderator asks the client to mute."""

    type = "mute-requested"
    legality = SESSION_SERVER_ONLY
    body = MuteRequestedBody
