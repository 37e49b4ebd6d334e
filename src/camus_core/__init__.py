"""WebRTC signaling without I/O: messages, rooms, and one router that decides everything."""

from .codec import Codec, JsonCodec
from .ice import IceConfiguration
from .ice_urls import checked_ice_url
from .json_text import from_json, to_json
from .limits import Limits
from .router import Router

__all__ = [
    "Codec",
    "IceConfiguration",
    "JsonCodec",
    "Limits",
    "Router",
    "checked_ice_url",
    "from_json",
    "to_json",
]
