"""Connections that are refused: what they are answered, and what the log says of them."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from camus_core.wire.errors import (
    Banned,
    NotAllowed,
    RateLimited,
    TooManyRefusals,
    WrongPassword,
)

from ..logs import RateLimitedLog

_RETRY_AFTER = 10
"""Seconds: places are freed at any moment, and who asks again sooner makes things worse."""

_READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
}
"""A page hears nothing of a handshake that fails: it asks the same address with a plain GET.
Another server may have served the page. That there is no place is no secret.
"""

SUSPICIOUS = frozenset(
    error.code for error in (Banned, NotAllowed, RateLimited, TooManyRefusals, WrongPassword)
)
"""Codes of refusals that are logged: the operator may want to know who tries."""

_SHOWN = 100
"""Characters that the log shows of what a client wrote."""


class Rejected(Exception):
    """The request is answered with this HTTP status and text.

    `seen` is what was wrong with it, for the log: no query, as secrets are written there.
    `headers` are those that the answer has beside what every answer has.
    """

    def __init__(
        self,
        status: HTTPStatus,
        text: str,
        seen: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.seen = seen
        self.headers = headers or {}
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            again = {"Retry-After": str(_RETRY_AFTER), **_READABLE}
            self.headers = {**self.headers, **again}


class RefusalLog:
    """Logs who is refused and why: the first few of each minute, and how many more were."""

    def __init__(self) -> None:
        self._lines = RateLimitedLog(logging.INFO, "refused %d more within %g seconds")

    def close(self) -> None:
        """Tell now what was not told yet."""
        self._lines.close()

    def add(self, who: object, reason: str, seen: str | None = None) -> None:
        """Somebody is refused; `seen` is what they wrote."""
        said = f"refused {who}: {reason}"
        if seen is not None:
            said += f": {seen[:_SHOWN]!a}"
        self._lines.add(said)
