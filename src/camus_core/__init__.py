"""WebRTC signaling without I/O: messages, rooms, and the router that decides everything."""

from .ice import IceConfiguration
from .ice_urls import checked_ice_url
from .limits import Limits
from .router import Router
from .wire.codec import Codec
from .wire.json_codec import JsonCodec
from .wire.json_text import from_json, to_json

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
