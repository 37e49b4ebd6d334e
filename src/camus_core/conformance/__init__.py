"""The protocol's rules as conversations, for this server and any other: see `docs/protocol.md`.

`SCENARIOS` are data; `run` plays one with a driver, a function that takes an `Act`.
"""

from .acts import Act, Closed, Fence, Heard, Pause, Read, Response, Write
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
    "Write",
    "play",
    "run",
    "run_async",
]
