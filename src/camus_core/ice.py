"""ICE servers, and the TURN credentials that expire."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

from attrs import field, frozen

from .clocks import UnixTime
from .ice_urls import checked_ice_url
from .wire.messages import IceServer

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that get into a secret by mistake: the configuration of a TURN server, which has
the secret in one line, can't hold them."""


def _stun_urls(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(checked_ice_url(url, "stun") for url in urls)


def _turn_urls(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(checked_ice_url(url, "turn") for url in urls)


@frozen
class IceConfiguration:
    """The STUN and TURN servers that clients may use.

    Attributes:
        stun_urls: `stun:` or `stuns:` URLs, as `checked_ice_url` takes them.
        turn_urls: `turn:` or `turns:` URLs, likewise.
        turn_secret: The secret that this server shares with the TURN servers, or None.

    Raises:
        ValueError: A URL has another form, there are TURN servers and no secret, or the secret
            isn't one line of text.
    """

    stun_urls: tuple[str, ...] = field(default=(), converter=_stun_urls)
    turn_urls: tuple[str, ...] = field(default=(), converter=_turn_urls)
    turn_secret: str | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.turn_urls and not self.turn_secret:
            raise ValueError("TURN servers need the secret that they share with this server")
        if self.turn_secret and _CONTROL_CHARACTERS.search(self.turn_secret):
            raise ValueError(
                "the secret of the TURN servers holds a line end or another control character; "
                "give it as one line of plain text"
            )

    def servers_for(
        self, client_id: str, now: UnixTime, turn_seconds: int
    ) -> tuple[IceServer, ...]:
        """Return the servers, with TURN credentials for a client that last `turn_seconds`."""
        servers = []
        if self.stun_urls:
            servers.append(IceServer(self.stun_urls))
        if self.turn_urls and self.turn_secret:
            username = f"{int(now) + turn_seconds}:{client_id}"
            credential = turn_credential(self.turn_secret, username)
            servers.append(IceServer(self.turn_urls, username, credential, "turn"))
        return tuple(servers)


def turn_credential(secret: str, username: str) -> str:
    """Return the password of a time-limited username, `<UNIX seconds>:<anything>`.

    Source: "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest-00),
    section 2.2: base64(HMAC-SHA1(secret, username)).
    """
    digest = hmac.digest(secret.encode(), username.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()
