"""ICE servers, and TURN credentials that expire."""

import base64
import hashlib
import hmac
import re

from attrs import field, frozen

from .clock import UnixTime
from .messages import IceServer

_STUN = re.compile(r"stuns?:[^\s?@/]+")
_TURN = re.compile(r"turns?:[^\s?@/]+(\?transport=(udp|tcp))?")


def _all_match(pattern: re.Pattern[str], example: str, urls: tuple[str, ...]) -> None:
    for url in urls:
        if not pattern.fullmatch(url):
            raise ValueError(f"{url!r} is not of the form {example}")


@frozen
class IceConfiguration:
    """Which STUN and TURN servers the clients may use.

    `stun_urls` are `stun:` or `stuns:` URIs (RFC 7064), `turn_urls` `turn:` or `turns:` URIs
    (RFC 7065). `turn_secret` is shared with the TURN servers.

    Raises:
        ValueError: a URL is of another form, or there are TURN servers and no secret.
    """

    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        _all_match(_STUN, "stun:host[:port]", self.stun_urls)
        _all_match(_TURN, "turn:host[:port][?transport=udp|tcp]", self.turn_urls)
        if self.turn_urls and not self.turn_secret:
            raise ValueError("TURN servers need the secret that they share with this server")

    def servers_for(
        self, client_id: str, now: UnixTime, turn_seconds: int
    ) -> tuple[IceServer, ...]:
        """Return the servers, with TURN credentials for this client that last so long."""
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
