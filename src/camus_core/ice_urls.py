"""The URLs of STUN and TURN servers, checked at least as strictly as browsers do."""

import ipaddress
import re
from typing import Literal

_FORMS = {
    "stun": "stun:host[:port]",
    "turn": "turn:host[:port][?transport=udp|tcp]",
}

_SCHEME = re.compile(r"(stun|turn)s?(?=:)", re.ASCII | re.IGNORECASE)
_REST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::(.*))?")
_BARE_IPV6 = re.compile(r"[0-9a-f:.]*", re.ASCII | re.IGNORECASE)
_PORT = re.compile(r"0*[0-9]{1,5}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)

_LONGEST_NAME = 253
"""The most characters of a DNS name: 255 octets (RFC 1035, section 2.3.4), less the length
octets of the first label and of the root."""

_LONGEST_QUOTE = 100
"""The most characters of a URL that an error repeats: enough to recognise it."""


def checked_ice_url(url: str, kind: Literal["stun", "turn"] | None = None) -> str:
    """Return a `stun:`, `stuns:`, `turn:` or `turns:` URL with its scheme in lower case.

    `RTCPeerConnection` throws if a single URL of the list is invalid, and then there is no call
    at all. The grammar is that of RFC 7064 and RFC 7065, without what never works: ports out of
    range, names that DNS can't have, and users, because credentials are given beside the URL.

    Args:
        url: The URL.
        kind: The kind of server that it has to be of, or None for either.

    Raises:
        ValueError: The URL is invalid; the text says which form is right.
    """
    scheme = _SCHEME.match(url)
    found = scheme and scheme[1].lower()
    form = _FORMS.get(kind or found or "", " or ".join(_FORMS.values()))
    if scheme is None or (kind or found) != found:
        raise ValueError(f"{_quoted(url)} is not of the form {form}")
    rest, mark, query = url[scheme.end() + 1 :].partition("?")
    wrong = _wrong_with_host_and_port(rest)
    if wrong is None and mark:
        wrong = _wrong_with_query(scheme[1].lower(), query)
    if wrong is not None:
        raise ValueError(f"{_quoted(url)} is not of the form {form}: {wrong}")
    return f"{scheme[0].lower()}:{rest}{mark}{query.lower()}"


def _wrong_with_host_and_port(rest: str) -> str | None:
    """Return what is wrong with a host and port, or None."""
    if any(char.isspace() or not char.isprintable() for char in rest):
        return "it has a space or a control character"
    if rest.startswith("/"):
        return "no // stands before the host"
    if "@" in rest:
        return "no user stands before the host; credentials are given beside the URL"
    if "," in rest or ";" in rest:
        return "this is more than one URL; give each by itself (in a variable, after a space)"
    if "/" in rest or "#" in rest:
        return "nothing but a port stands after the host"
    parts = _REST.fullmatch(rest)
    if parts is None or (_BARE_IPV6.fullmatch(rest) and rest.count(":") > 1):
        return "an IPv6 address stands in brackets, as [2001:db8::1]"
    host, port = parts.groups()
    if port is not None and not (_PORT.fullmatch(port) and 0 < int(port) < 65536):
        return "a port is a number from 1 to 65535"
    return _wrong_with_host(host)


def _wrong_with_host(host: str) -> str | None:
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(
                host[1:-1].replace("%", " ")
            )  # refuse a zone: it names an interface of one machine
        except ValueError:
            return "what stands in the brackets is no IPv6 address"
        return None
    if not host.isascii():
        return "a name with other than ASCII letters is written as DNS has it, with xn--"
    labels = host.removesuffix(".").split(".")
    if labels[-1].isdecimal() or labels[-1][:2].lower() == "0x":
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return "its host ends in a number and is no IPv4 address"
        return None
    if len(host) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        return "its host is neither a name nor an address"
    return None


def _wrong_with_query(kind: str, query: str) -> str | None:
    if kind == "stun":
        return "a STUN server has no ?"
    if not query.startswith("transport=") or query[10:].lower() not in ("udp", "tcp"):
        return "after the ? stands transport=udp or transport=tcp and nothing else"
    return None


def _quoted(url: str) -> str:
    """Return a URL as errors repeat it: shortened, and without a user or password."""
    if "@" in url:
        url = f"{url.partition(':')[0]}:…@{url.rpartition('@')[2]}"
    return repr(url if len(url) <= _LONGEST_QUOTE else f"{url[:_LONGEST_QUOTE]}…")
