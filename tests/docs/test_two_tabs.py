"""The tutorial's page in two tabs of a browser."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from docs.tabs import running
from interop.conftest import browser
from transport.serve import camus_serve

__all__ = ["browser"]

STATE = "globalThis.state?.value"
CONNECTED = "connected, peer to peer"
LOG = "globalThis.log?.textContent"

EXAMPLES = Path(__file__).parents[2] / "examples"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    """The origin that serves the examples, as `python -m http.server` does."""
    handler = partial(_Quiet, directory=str(EXAMPLES))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://localhost:{http.server_port}"
        http.shutdown()
        thread.join()


async def test_two_tabs_talk_to_each_other(browser: str, origin: str) -> None:
    async with (
        camus_serve("--allowed-origin", origin) as server,
        running(browser) as chromium,
    ):
        page = f"{origin}/two_tabs.html?url={quote(server.url('two-tabs'))}"
        first = await chromium.open(page)
        await first.shows(STATE, "waiting for another tab")
        second = await chromium.open(page)
        await first.shows(STATE, CONNECTED)
        await second.shows(STATE, CONNECTED)
        await first.evaluate("line.value = 'Is anybody here?'; line.onchange()")
        await second.shows(LOG, "the other: Is anybody here?\n")
        await second.evaluate("line.value = 'I am.'; line.onchange()")
        await first.shows(LOG, "me: Is anybody here?\nthe other: I am.\n")

        await server.end()
        await first.shows(STATE, "closed with 1012")
        await second.evaluate("line.value = 'Still here?'; line.onchange()")
        await first.shows(
            LOG, "me: Is anybody here?\nthe other: I am.\nthe other: Still here?\n"
        )


async def test_a_tab_that_is_closed_and_opened_again_meets_the_other_again(
    browser: str, origin: str
) -> None:
    async with (
        camus_serve("--allowed-origin", origin) as server,
        running(browser) as chromium,
    ):
        page = f"{origin}/two_tabs.html?url={quote(server.url('two-tabs'))}"
        first, second = await chromium.open(page), await chromium.open(page)
        for tab in (first, second):
            await tab.shows(STATE, CONNECTED)
            await tab.evaluate("globalThis.before = 'before'")
        await second.evaluate("void setTimeout(() => location.reload())")
        for tab in (first, second):  # the first tab reloads itself when it receives the bye
            await tab.shows(f"`${{globalThis.before}} ${{{STATE}}}`", f"undefined {CONNECTED}")


async def test_without_the_option_the_page_is_refused(browser: str, origin: str) -> None:
    async with camus_serve() as server, running(browser) as chromium:
        page = f"{origin}/two_tabs.html?url={quote(server.url('two-tabs'))}"
        tab = await chromium.open(page)
        await tab.shows(STATE, "closed with 1006")
