"""Whatever an attacker does, members lose nothing, and it is told what it may know.

How long members wait isn't judged here, where other programs share the machine: each test
prints a row of the table that `siege.py` makes (`pytest -rP` shows it).
"""

import sys

import pytest

from .attacker import ATTACKS
from .siege import besiege

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc and 127.0.0.2")

SECONDS = 2.0
CALM_SECONDS = 0.5

MOST_MEMORY = 256 * 2**20
"""Bytes: what may wait for each of the 256 members that a room holds."""

UNTOLD = {"cut off", "no answer"}
"""Outcomes of which the server has said nothing; a busy machine has more of them."""

TOLD = {
    "open_and_close": {"let in", "rate-limited"},
    "open_and_hold": {"let in", "429"},
    "say_nothing": set(),
    "speak_slowly": set(),
    "ask_at_length": {"431"},
    "send_the_largest": {"closed 4000", "closed 4002", "rate-limited", "too-many-refusals"},
    "send_too_large": {"closed 1009", "rate-limited"},
    "never_end_a_message": set(),
    "send_noise": {"closed 1002", "rate-limited"},
    "send_no_messages": {"malformed-message", "too-many-refusals", "closed 4002"},
    "send_unknown_types": {"unknown-type", "too-many-refusals", "closed 4002"},
}
