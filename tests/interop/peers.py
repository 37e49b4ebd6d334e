"""Peers for a test: aiortc ones in processes of their own, and pages in a browser."""

import asyncio
import json
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

from attrs import define, field

from transport.serve import environment, kill

HERE = Path(__file__).parent

SECONDS = 40.0
"""Seconds for a peer's next report: a browser's start on a busy machine."""

SIZE = 400_000
"""Bytes each way: more than an SCTP window, so that flow control takes part."""

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Without permission for a camera, host addresses hide behind names that only a network with
    # multicast resolves.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)

Report = dict[str, str]


@define(eq=False)
class StartedPeer:
    """A peer that reports its id, and then the digests of the bytes sent and received."""

    reports: asyncio.Queue[Report] = field(factory=asyncio.Queue)

    async def is_here(self) -> None:
        """Wait until the peer is in the room."""
        assert "here" in await self._next()

    async def digests(self) -> tuple[str, str]:
        """Return the digests of the bytes that the peer has sent and received."""
        report = await self._next()
        return report["sent"], report["received"]

    async def _next(self) -> Report:
        async with asyncio.timeout(SECONDS):
            report = await self.reports.get()
        assert "error" not in report, report
        return report


@asynccontextmanager
async def aiortc_peer(url: str) -> AsyncIterator[StartedPeer]:
    """Run `peer.py` in a process of its own; it leaves the room at the end."""
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            HERE / "peer.py",
            url,
            str(SIZE),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=environment(),
            start_new_session=True,
        )
        assert process.stdin is not None and process.stdout is not None
        peer = StartedPeer()
        reading = asyncio.create_task(_read_reports(process.stdout, peer))
        try:
            yield peer
            process.stdin.close()
            async with asyncio.timeout(SECONDS):
                code = await process.wait()
            log.seek(0)
            assert code == 0, log.read().decode()
        finally:
            await kill(process)
            await reading


async def _read_reports(output: asyncio.StreamReader, peer: StartedPeer) -> None:
    async for line in output:
        peer.reports.put_nowait(json.loads(line))
    peer.reports.put_nowait({"error": "the peer has ended"})


@define(eq=False)
class PageServer:
    """A server of `page.html` that passes on each page's reports."""

    origin: str
    report: Callable[[Report], None] = field(default=lambda report: None)


@asynccontextmanager
async def page_server() -> AsyncIterator[PageServer]:
    """Serve the page on loopback, at another origin than the signaling server's."""
    loop = asyncio.get_running_loop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer((HERE / "page.html").read_bytes() if self.path[:2] == "/?" else b"")

        def do_POST(self) -> None:
            report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            loop.call_soon_threadsafe(lambda: server.report(report))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = PageServer(f"http://127.0.0.1:{http.server_port}")
        thread = threading.Thread(target=http.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            await asyncio.to_thread(http.shutdown)
            thread.join()


@asynccontextmanager
async def page_peer(browser: str, pages: PageServer, url: str) -> AsyncIterator[StartedPeer]:
    """Open the page in a new browser, and kill that at the end."""
    peer = StartedPeer()
    pages.report = peer.reports.put_nowait
    page = f"{pages.origin}/?{urlencode({'url': url, 'size': SIZE})}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            browser,
            *_FLAGS,
            f"--user-data-dir={profile}",
            page,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield peer
        finally:
            await kill(process)
