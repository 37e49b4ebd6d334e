"""Tabs of a headless Chromium, driven with its DevTools protocol."""

import asyncio
import json
import tempfile
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect

from transport.serve import kill

SECONDS = 40.0
"""Seconds for a browser to start, or for a page to show something, on a busy machine."""

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Without permission for a camera, host addresses hide behind names that only a network with
    # multicast resolves.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--remote-debugging-port=0",
)


class Tab:
    """One tab."""

    def __init__(self, devtools: ClientConnection) -> None:
        self._devtools = devtools

    async def evaluate(self, expression: str) -> object:
        """Return the value of a JavaScript expression in the page; None while it loads."""
        call = {
            "id": 1,
            "method": "Runtime.evaluate",
            "params": {"expression": expression, "returnByValue": True},
        }
        await self._devtools.send(json.dumps(call))
        answer = json.loads(await self._devtools.recv())
        if "result" not in answer:
            return None
        assert "exceptionDetails" not in answer["result"], answer
        return answer["result"]["result"].get("value")

    async def shows(self, expression: str, value: str) -> None:
        """Wait until an expression has this value."""
        shown: object = None
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    shown = await self.evaluate(expression)
                    if shown == value:
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{expression} is {shown!r}, not {value!r}") from None


class Browser:
    """A running browser."""

    def __init__(self, devtools: str, exits: AsyncExitStack) -> None:
        self._devtools = devtools
        self._exits = exits

    async def open(self, url: str) -> Tab:
        """Open a page in a new tab."""
        request = urllib.request.Request(
            f"{self._devtools}/json/new?{quote(url, safe='')}", method="PUT"
        )
        tab = json.loads(await asyncio.to_thread(_answer, request))
        return Tab(await self._exits.enter_async_context(connect(tab["webSocketDebuggerUrl"])))


def _answer(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        body: bytes = response.read()
        return body


@asynccontextmanager
async def running(program: str) -> AsyncIterator[Browser]:
    """Start a browser, and kill it at the end."""
    async with AsyncExitStack() as exits:
        profile = exits.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        exits.push_async_callback(kill, process)
        port = await _debugging_port(Path(profile) / "DevToolsActivePort")
        yield Browser(f"http://127.0.0.1:{port}", exits)


async def _debugging_port(file: Path) -> str:
    """Return the address that the browser writes into this file once it has started."""
    async with asyncio.timeout(SECONDS):
        while True:
            lines = await asyncio.to_thread(_lines, file)
            if len(lines) > 1:
                return lines[0]
            await asyncio.sleep(0.05)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []
