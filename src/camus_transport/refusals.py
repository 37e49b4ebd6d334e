"""Connections that are refused: what they are answered, and what the log says of them."""

import asyncio
import logging
from http import HTTPStatus

_log = logging.getLogger("camus")

_RETRY_AFTER = 10
"""Seconds: places are freed at any moment, and who asks again sooner makes things worse."""

_READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
}
"""A page hears nothing of a handshake that fails: it asks the same address with a plain GET.
Another server may have served the page. That there is no place is no secret.
"""

_LOGGED = 10
"""Refusals that are logged in one interval: whoever floods this server leaves eleven lines."""

_INTERVAL = 60.0
"""Seconds."""

_SHOWN = 100
"""Characters that the log shows of what a client wrote."""


class Rejected(Exception):
    """The handshake is answered with this HTTP status and text.

    `seen` is what was wrong with it, for the log: no query, as secrets are written there.
    """

    def __init__(self, status: HTTPStatus, text: str, seen: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.seen = seen

    @property
    def headers(self) -> dict[str, str]:
        """What the answer has beside what every answer has."""
        if self.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            return {"Retry-After": str(_RETRY_AFTER), **_READABLE}
        return {}


class Refusals:
    """Logs who is refused and why: the first few of each minute, and how many more were."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._more = 0
        self._timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Tell now what was not told yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._sum_up()

    def add(self, who: object, reason: str, seen: str | None = None) -> None:
        """Somebody is refused; `seen` is what they wrote."""
        said = f"refused {who}: {reason}"
        if seen is not None:
            said += f": {seen[:_SHOWN]!a}"
        if said in self._said or len(self._said) == _LOGGED:
            self._more += 1
            return
        if not self._said:
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self._sum_up)
        self._said.add(said)
        _log.info("%s", said)

    def _sum_up(self) -> None:
        more, self._more, self._timer = self._more, 0, None
        self._said.clear()
        if more:
            _log.info("refused %d more within %g seconds", more, _INTERVAL)
