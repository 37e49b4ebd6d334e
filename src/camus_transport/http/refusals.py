"""Refusals of requests: the HTTP responses, and the log lines."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from camus_core.wire.errors import (
    Banned,
    InvalidInvitation,
    NotAllowed,
    RateLimited,
    TooManyRefusals,
    WrongPassword,
)

from ..logs import RateLimitedLog

_RETRY_AFTER = 10
"""Seconds: connections end at any moment, and clients that retry sooner add to the load."""

_READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
}
"""Headers by which a page of any origin may read the refusal. A browser doesn't show a page why
its WebSocket failed, so the page requests the same URL with a plain GET. That a server is full
is no secret.
"""

SUSPICIOUS = frozenset(
    error.code
    for error in (
        *(Banned, InvalidInvitation, NotAllowed, RateLimited),
        *(TooManyRefusals, WrongPassword),
    )
)
"""Codes of refusals that are logged, as the operator may want to act on them."""

_LOGGED_CHARACTERS = 100
"""Characters of a client's input in a log line."""


class Rejected(Exception):
    """A request is refused with this HTTP status and text.

    Args:
        detail: the offending part of the request, for the log; never a query, which may hold
            secrets.
        headers: the headers of this response, beside those of every response.
    """

    def __init__(
        self,
        status: HTTPStatus,
        text: str,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            retry = {"Retry-After": str(_RETRY_AFTER), **_READABLE}
            self.headers = {**self.headers, **retry}


class RefusalLog:
    """The log of refusals: the first few of each minute, then the number of the others."""

    def __init__(self) -> None:
        self._lines = RateLimitedLog(logging.INFO, "refused %d more within %g seconds")

    def close(self) -> None:
        """Log the number of refusals that were not logged, if any."""
        self._lines.close()

    def add(self, client: object, reason: str, detail: str | None = None) -> None:
        """Log that a client was refused; `detail` is the offending part of its request."""
        line = f"refused {client}: {reason}"
        if detail is not None:
            line += f": {detail[:_LOGGED_CHARACTERS]!a}"
        self._lines.add(line)
