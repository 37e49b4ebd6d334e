"""asyncio around the core: transports, the server that drives it, a client, `camus-serve`."""

from .client import Disconnected, Peer, connect
from .signaling import Signaling

__all__ = ["Disconnected", "Peer", "Signaling", "connect"]
