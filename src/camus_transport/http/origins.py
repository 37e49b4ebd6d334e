"""Origins and hosts in canonical form, in which equal ones compare equal.

Requests are read as they are sent: browsers write names in lower case and in punycode. The
names in an operator's or a program's settings may be written as people write them. A setting
that can't be right, or would never match a request, is refused with the form that would.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable

from attrs import frozen

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PAGE_SCHEMES = {"ws": "http", "wss": "https"}
"""The scheme of a page by the scheme of the WebSockets that it opens."""

_QUOTED_CHARACTERS = 100
"""Characters of a wrong setting that an error quotes."""

_MAX_NAME, _MAX_LABEL = 253, 63
"""Characters (RFC 1035, section 2.3.4)."""

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]++\]|[\w.~-]++)(?::(\d{0,5}))?", re.ASCII)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*+)://(.*)", re.ASCII)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""The names of this machine in its own requests."""


@frozen
class Authority:
    """A host, and a port if one is written, as in a Host header."""

    host: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> "Authority":
        """Return the authority in a Host header.

        Raises:
            ValueError: it is no host, with or without a port.
        """
        match = _AUTHORITY.fullmatch(text.lower())
        if match is None:
            raise ValueError("this is no host")
        port = int(match[2]) if match[2] else None
        if port is not None and port > 0xFFFF:
            raise ValueError("this is no port")
        host = match[1]
        if host.startswith("["):
            return cls(f"[{ipaddress.IPv6Address(host[1:-1])}]", port)
        host = host.removesuffix(".")
        if not host:
            raise ValueError("this is no host")
        return cls(host, port)


@frozen
class Origin:
    """The origin of a page (RFC 6454); `port` is None for schemes without ports."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> "Origin":
        """Return the origin in an Origin header.

        Raises:
            ValueError: the header is malformed, or its origin opaque (`null`).
        """
        match = _ORIGIN.fullmatch(text.lower())
        if match is None:
            raise ValueError("this is no origin")
        scheme, rest = match.groups()
        if not rest and scheme not in _DEFAULT_PORTS:
            return cls(scheme, "", None)  # file://, and the frameworks of some native apps
        authority = Authority.read(rest)
        return cls(scheme, authority.host, authority.port or _DEFAULT_PORTS.get(scheme))

    def is_served_by(self, authority: Authority, scheme: str | None) -> bool:
        """Return whether a server with this authority and scheme has served the page.

        A `scheme` of None is unknown: then `http` and `https` both match.
        """
        if scheme not in (None, self.scheme) or self.scheme not in _DEFAULT_PORTS:
            return False
        port = authority.port or _DEFAULT_PORTS[self.scheme]
        return (self.host, self.port) == (authority.host, port)

    def __str__(self) -> str:
        """Return the origin as browsers write it."""
        port = "" if self.port in (None, _DEFAULT_PORTS.get(self.scheme)) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def allowed_origins(named: Iterable[str]) -> frozenset[Origin]:
    """Return the origins in a setting, each text of which may hold several.

    Raises:
        ValueError: one of them is no origin that a page can have.
    """
    return frozenset(map(_parse_origin, _pieces(named)))


def allowed_hosts(named: Iterable[str]) -> frozenset[str]:
    """Return the hosts in a setting, each text of which may hold several.

    Raises:
        ValueError: one of them is no host, or has a port.
    """
    return frozenset(map(_parse_host, _pieces(named)))


def loopback_hosts(name: str, addresses: Iterable[str]) -> frozenset[str]:
    """Return the hosts of a listener whose addresses are all loopback; else an empty set.

    They protect it from DNS rebinding: a page that resolves its own name to 127.0.0.1 still
    sends that name in its Host header.
    """
    found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    if not all(address.is_loopback for address in found):
        return frozenset()
    bound_names = {
        f"[{address}]" if address.version == 6 else str(address) for address in found
    }
    named = set() if _bare_ipv6(name) else {name.lower().removesuffix(".")}
    return LOOPBACK_NAMES | bound_names | named


def _pieces(named: Iterable[str]) -> list[str]:
    texts = [named] if isinstance(named, str) else named
    return [piece for text in texts for piece in re.split(r"[\s,]+", text) if piece]


def _parse_origin(text: str) -> Origin:
    if text.lower() == "null":
        raise ValueError(
            "null is no origin to allow: every sandboxed page sends it; serve the page "
            "over HTTP, and name its origin, as https://calls.example.com"
        )
    if "*" in text:
        raise ValueError(
            f"{_quoted(text)} is no origin: name each, as https://calls.example.com"
        )
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator:
        scheme, rest = "https", text
    page = _PAGE_SCHEMES.get(scheme, scheme)
    authority, slash, path = _split_authority(rest)
    if not separator and authority.partition(":")[0].lower() in ("localhost", "127.0.0.1"):
        page = "http"
    try:
        if not separator and authority.endswith(":"):  # https:/calls.example.com
            raise ValueError("a port is missing")
        if not authority and page not in _DEFAULT_PORTS:
            origin = Origin.read(f"{page}://")
        else:
            origin = Origin.read(f"{page}://{_in_ascii(authority)}")
    except ValueError:
        raise ValueError(
            f"{_quoted(text)} is no origin: scheme, host, and the port unless it is the "
            "default one, as https://calls.example.com or http://localhost:3000"
        ) from None
    if not separator or scheme != page or slash not in ("", "/") or path:
        raise ValueError(
            f"{_quoted(text)} is no origin, which is scheme, host and port of a page: {origin}"
        )
    return origin


def _parse_host(text: str) -> str:
    if "*" in text:
        raise ValueError(
            f"{_quoted(text)} is no host: name each that a Host header may have, as "
            "calls.example.com"
        )
    rest = text.partition("://")[2] or text
    authority, *path = _split_authority(rest)
    try:
        host = _bare_ipv6(authority) or Authority.read(_in_ascii(authority)).host
    except ValueError:
        raise ValueError(
            f"{_quoted(text)} is no host: a name or an IP address without a port, as "
            "calls.example.com"
        ) from None
    if rest != text or any(path) or _has_port(authority):
        raise ValueError(
            f"{_quoted(text)} is no host, which has no scheme, port or path: {host}"
        )
    return host


def _split_authority(text: str) -> tuple[str, str, str]:
    """Split a text at the first of `/?#`; return the parts before, at and after it."""
    authority = re.match(r"[^/?#]*", text)
    assert authority is not None
    end = authority.end()
    return text[:end], text[end : end + 1], text[end + 1 :]


def _bare_ipv6(text: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return f"[{address}]" if address.scope_id is None else None


def _has_port(authority: str) -> bool:
    return ":" in authority.rpartition("]")[2] and _bare_ipv6(authority) is None


def _in_ascii(authority: str) -> str:
    """Return a host and port as browsers send them, in ASCII.

    Raises:
        ValueError: no browser could send them.
    """
    if _bare_ipv6(authority) is not None:
        raise ValueError("an IPv6 address has brackets here")
    if authority.startswith("["):
        return authority
    name, colon, port = authority.partition(":")
    # Full-width and ideographic dots are dots (UTS 46, section 2.3).
    if len(name) > _MAX_NAME + 1:
        raise ValueError("the name is too long")
    name = unicodedata.normalize("NFKC", name).replace("\u3002", ".")
    labels = [_label(label) for label in name.lower().removesuffix(".").split(".")]
    ascii_name = ".".join(labels)
    if len(ascii_name) > _MAX_NAME:
        raise ValueError("the name is too long")
    if _NUMBER.fullmatch(labels[-1]):
        ipaddress.IPv4Address(ascii_name)
    return ascii_name + colon + port


def _label(label: str) -> str:
    """Return one label of a name in ASCII (RFC 5891, UTS 46)."""
    if not 0 < len(label) <= _MAX_LABEL:
        raise ValueError("a part of the name is empty or too long")
    if label.isascii():
        return label
    label = unicodedata.normalize("NFC", label)
    if any(
        unicodedata.category(character)[0] not in "LMN" and character != "-"
        for character in label
    ):
        raise ValueError("a part of the name has to be written in punycode")
    coded = f"xn--{label.encode('punycode').decode()}"
    if len(coded) > _MAX_LABEL:
        raise ValueError("a part of the name is too long")
    return coded


def _quoted(text: str) -> str:
    return ascii(text[:_QUOTED_CHARACTERS])
