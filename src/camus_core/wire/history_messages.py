"""The messages about texts that the server keeps for late comers."""

from attrs import define, frozen

from .message import Described
from .moderation_messages import Order
from .states import SESSION_SERVER_ONLY

__all__ = ["RemoveText", "TextRemoved", "WhichTextBody"]


@frozen
class WhichTextBody:
    """The sender of a text and its id; without an id, all texts of that sender."""

    sender: str
    id: str | None = None


@define
class RemoveText(Described[WhichTextBody], Order):
    """A request to remove texts to the room from its history."""

    type = "remove-text"
    capability = "history"
    is_announced = True
    body = WhichTextBody


@define
class TextRemoved(Described[WhichTextBody]):
    """A notice that texts were removed, which clients no longer show."""

    type = "text-removed"
    legality = SESSION_SERVER_ONLY
    body = WhichTextBody
