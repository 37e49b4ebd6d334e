"""A page with the browser's own WebSocket and RTCPeerConnection that meets an aiortc peer."""

import pytest

from interop.peers import aiortc_peer, page_peer, page_server
from transport.serve import camus_serve


@pytest.mark.parametrize("first", ["page", "aiortc"])
async def test_a_page_and_an_aiortc_peer_exchange_bytes_whoever_offers(
    browser: str, first: str, database_url: str
) -> None:
    async with (
        page_server() as pages,
        camus_serve("--allowed-origin", pages.origin, "--database-url", database_url) as server,
    ):
        url = server.url("stage")
        page, bot = page_peer(browser, pages, url), aiortc_peer(url)
        one, other = (page, bot) if first == "page" else (bot, page)
        async with one as ann:
            await ann.is_here()
            async with other as bob:
                await bob.is_here()
                ann_sent, ann_received = await ann.digests()
                bob_sent, bob_received = await bob.digests()
                assert (ann_received, bob_received) == (bob_sent, ann_sent)


async def test_a_page_of_an_origin_that_is_not_allowed_gets_nowhere(browser: str) -> None:
    async with (
        page_server() as pages,
        camus_serve("--allowed-origin", "https://calls.example") as server,
        page_peer(browser, pages, server.url("stage")) as page,
    ):
        with pytest.raises(AssertionError, match="closed with 1006"):
            await page.is_here()
