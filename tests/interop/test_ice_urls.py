"""Camus's check of ICE URLs, compared with `RTCPeerConnection` of a real browser."""

import asyncio
import html
import json
import re
from pathlib import Path

from core.ice_urls import NEVER_WORK, REFUSED, TAKEN
from interop.peers import SECONDS
from transport.serve import kill

_PAGE = """<!doctype html><meta charset="utf-8"><pre id="taken"></pre><script>
const takes = (urls) => {
  try {
    new RTCPeerConnection({ iceServers: [{ urls, username: "u", credential: "c" }] }).close();
    return true;
  } catch (error) {
    return false;
  }
};
taken.textContent = JSON.stringify(URLS.map(takes));
</script>"""


async def test_a_browser_takes_each_url_that_we_take_and_throws_at_those_it_is_said_to(
    browser: str, tmp_path: Path
) -> None:
    urls = [*TAKEN, *NEVER_WORK, *REFUSED]
    page = tmp_path / "page.html"
    page.write_text(_PAGE.replace("URLS", json.dumps(urls)), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        browser,
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--no-first-run", "--disable-background-networking"),
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        page.as_uri(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, _ = await process.communicate()
    finally:
        await kill(process)
    found = re.search(r'<pre id="taken">(.*?)</pre>', out.decode(), re.DOTALL)
    assert found is not None
    verdicts = dict(zip(urls, json.loads(html.unescape(found[1])), strict=True))
    assert verdicts == {url: url not in REFUSED for url in urls}
