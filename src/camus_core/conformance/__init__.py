"""Conformance scenarios: conversations that show the rules of `docs/protocol.md`, for any
server.

`SCENARIOS` are data; `run` plays one with a driver, a function that carries out an `Act`.
`encryption.json` is for clients: messages of an encrypted room, and some that only look alike.
"""

from .acts import Act, Closed, Fence, Heard, Pause, Read, Response, Speak, Write
from .player import Deviation, play, run, run_async
from .scenario import Scenario, Setting
from .scenarios import SCENARIOS

__all__ = [
    "SCENARIOS",
    "Act",
    "Closed",
    "Deviation",
    "Fence",
    "Heard",
    "Pause",
    "Read",
    "Response",
    "Scenario",
    "Setting",
    "Speak",
    "Write",
    "play",
    "run",
    "run_async",
]
