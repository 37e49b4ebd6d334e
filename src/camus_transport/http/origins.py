"""Origins and hosts in their one canonical form, so that those that are the same are equal.

What a request says is read as it is sent: browsers write names in lower case and in punycode.
What an operator or a program names may be written as people do; what can't be meant by it, or
would never be equal to anything, is refused with the form that would be.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable

from attrs import frozen

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SECURE = {"ws": "http", "wss": "https"}
"""What a page's own scheme is, if it connects with this one."""

_SHOWN = 100
"""Characters of a mistake that are shown."""

_LONGEST_NAME, _LONGEST_LABEL = 253, 63
"""Characters (RFC 1035, section 2.3.4)."""

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]++\]|[\w.~-]++)(?::(\d{0,5}))?", re.ASCII)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*+)://(.*)", re.ASCII)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""What this machine calls itself."""


@frozen
class Authority:
    """A host, and the port if one is written: what `Host` says."""

    host: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> "Authority":
        """Return what a `Host` header says.

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
    """Where a page comes from (RFC 6454); `port` is None where the scheme has none."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def read(cls, text: str) -> "Origin":
        """Return what an `Origin` header says.

        Raises:
            ValueError: it is none, or an opaque one (`null`).
        """
        match = _ORIGIN.fullmatch(text.lower())
        if match is None:
            raise ValueError("this is no origin")
        scheme, rest = match.groups()
        if not rest and scheme not in _DEFAULT_PORTS:
            return cls(scheme, "", None)  # file://, and what some apps are made with
        authority = Authority.read(rest)
        return cls(scheme, authority.host, authority.port or _DEFAULT_PORTS.get(scheme))

    def is_that_of(self, authority: Authority, scheme: str | None) -> bool:
        """Tell whether a server that is reached in this way has served the page.

        `scheme` is how it is reached, None where that isn't known: then either will do.
        """
        if scheme not in (None, self.scheme) or self.scheme not in _DEFAULT_PORTS:
            return False
        port = authority.port or _DEFAULT_PORTS[self.scheme]
        return (self.host, self.port) == (authority.host, port)

    def __str__(self) -> str:
        """Return it as browsers write it."""
        port = "" if self.port in (None, _DEFAULT_PORTS.get(self.scheme)) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def allowed_origins(named: Iterable[str]) -> frozenset[Origin]:
    """Return the origins that an operator has named; a text may hold several.

    Raises:
        ValueError: one is no origin that a page could have.
    """
    return frozenset(map(_named_origin, _each(named)))


def allowed_hosts(named: Iterable[str]) -> frozenset[str]:
    """Return the hosts that an operator has named; a text may hold several.

    Raises:
        ValueError: one is no host without a port.
    """
    return frozenset(map(_named_host, _each(named)))


def loopback_hosts(name: str, addresses: Iterable[str]) -> frozenset[str]:
    """Return the names of a listener that is for this machine only; empty for any other.

    A page that rebinds its own name to 127.0.0.1 still sends that name as Host.
    """
    found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    if not all(address.is_loopback for address in found):
        return frozenset()
    bound_to = {f"[{one}]" if one.version == 6 else str(one) for one in found}
    named = set() if _bare_ipv6(name) else {name.lower().removesuffix(".")}
    return LOOPBACK_NAMES | bound_to | named


def _each(named: Iterable[str]) -> list[str]:
    texts = [named] if isinstance(named, str) else named
    return [piece for text in texts for piece in re.split(r"[\s,]+", text) if piece]


def _named_origin(text: str) -> Origin:
    if text.lower() == "null":
        raise ValueError(
            "null is no origin to allow: sandboxed pages of everybody send it; serve the page "
            "over HTTP, and name its origin, as https://calls.example.com"
        )
    if "*" in text:
        raise ValueError(
            f"{_shown(text)} is no origin: name each, as https://calls.example.com"
        )
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator:
        scheme, rest = "https", text
    page = _SECURE.get(scheme, scheme)
    authority, slash, path = _split(rest)
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
            f"{_shown(text)} is no origin: scheme, host, and the port unless it is the default "
            "one, as https://calls.example.com or http://localhost:3000"
        ) from None
    if not separator or scheme != page or slash not in ("", "/") or path:
        raise ValueError(
            f"{_shown(text)} is no origin, which is scheme, host and port of a page: {origin}"
        )
    return origin


def _named_host(text: str) -> str:
    if "*" in text:
        raise ValueError(
            f"{_shown(text)} is no host: name each that a Host header may have, as "
            "calls.example.com"
        )
    rest = text.partition("://")[2] or text
    authority, *path = _split(rest)
    try:
        host = _bare_ipv6(authority) or Authority.read(_in_ascii(authority)).host
    except ValueError:
        raise ValueError(
            f"{_shown(text)} is no host: a name or an IP address without a port, as "
            "calls.example.com"
        ) from None
    if rest != text or any(path) or _has_port(authority):
        raise ValueError(
            f"{_shown(text)} is no host, which has no scheme, port or path: {host}"
        )
    return host


def _split(text: str) -> tuple[str, str, str]:
    """Return what stands before the first of `/?#`, that, and what stands behind it."""
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
    """Return a host and port as browsers send them.

    Raises:
        ValueError: there are no such.
    """
    if _bare_ipv6(authority) is not None:
        raise ValueError("an IPv6 address has brackets here")
    if authority.startswith("["):
        return authority
    name, colon, port = authority.partition(":")
    # Full-width and ideographic dots are dots (UTS 46, section 2.3).
    if len(name) > _LONGEST_NAME + 1:
        raise ValueError("the name is too long")
    name = unicodedata.normalize("NFKC", name).replace("\u3002", ".")
    labels = [_label(label) for label in name.lower().removesuffix(".").split(".")]
    ascii_name = ".".join(labels)
    if len(ascii_name) > _LONGEST_NAME:
        raise ValueError("the name is too long")
    if _NUMBER.fullmatch(labels[-1]):
        ipaddress.IPv4Address(ascii_name)
    return ascii_name + colon + port


def _label(label: str) -> str:
    """Return one part of a name in ASCII (RFC 5891, UTS 46)."""
    if not 0 < len(label) <= _LONGEST_LABEL:
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
    if len(coded) > _LONGEST_LABEL:
        raise ValueError("a part of the name is too long")
    return coded


def _shown(text: str) -> str:
    return ascii(text[:_SHOWN])
