"""The cases of the Autobahn test suite, as kosoku plays them, against Camus's transport.

Left out are the cases of unsupported features: compression (12, 13), and binary messages that
are large or many (9.2, 9.4, 9.6, 9.8).
"""

import asyncio
import json
import sysconfig
from pathlib import Path

import pytest

from camus_core.limits import Limits
from transport.rfc6455_echo import PATH, echo_server

KOSOKU = Path(sysconfig.get_path("scripts")) / "kosoku"
TOO_MANY_FRAGMENTS = ("9.3.1", "9.3.2", "9.3.3", "9.3.4")
"""Messages in more than a thousand fragments, which are closed as a flood."""

LEFT_OUT = (*TOO_MANY_FRAGMENTS, "9.2.*", "9.4.*", "9.6.*", "9.8.*", "12.*", "13.*")
LIMITS = Limits(
    frame_bytes=16 * 2**20,
    send_buffer_bytes=64 * 2**20,
    message_burst=1_000_000,
    relayed_burst_bytes=1e12,
)
"""Case 9.1.6 echoes 16 MiB."""

SECONDS = 120.0

BINARY = ("FAILED", "FAILED", 1003)
LATE = ("NON-STRICT", "OK", 1007)
FREE = "INFORMATIONAL"
DIFFERENT = {
    **{f"1.2.{number}": BINARY for number in range(1, 9)},
    # invalid UTF-8 is refused when the message is complete, not at the first wrong byte
    **{f"6.4.{number}": LATE for number in range(1, 5)},
    "7.1.6": (FREE, FREE, 1000),
    "7.13.1": (FREE, FREE, 1002),
    "7.13.2": (FREE, FREE, 1002),
}
"""The cases with another outcome than OK, and the close code that the server sends."""


@pytest.mark.skipif(not KOSOKU.exists(), reason="kosoku isn't installed (extra `test`)")
async def test_every_case_is_passed_but_those_of_binary_messages(tmp_path: Path) -> None:
    async with echo_server(LIMITS) as port:
        playing = await asyncio.create_subprocess_exec(
            KOSOKU,
            f"ws://127.0.0.1:{port}{PATH}",
            *(word for case in LEFT_OUT for word in ("--exclude", case)),
            *("--parallelism", "8", "--outdir", str(tmp_path)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(SECONDS):
                await playing.wait()
        finally:
            if playing.returncode is None:
                playing.kill()
                await playing.wait()
    (verdicts,) = json.loads((tmp_path / "index.json").read_text()).values()
    different = {
        case: (verdict["behavior"], verdict["behaviorClose"], verdict["remoteCloseCode"])
        for case, verdict in verdicts.items()
        if (verdict["behavior"], verdict["behaviorClose"]) != ("OK", "OK")
    }
    assert different == DIFFERENT
    assert len(verdicts) == 270
