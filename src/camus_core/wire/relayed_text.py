"""A chat message on its way to its recipients, which no client sends in this form."""

from typing import Any

from attrs import define

from .message import Opaque


@define
class RelayedText(Opaque):
    """A `text` as its recipients receive it, in one piece: kept so, it takes little memory."""

    type = "text"
    body = Any
