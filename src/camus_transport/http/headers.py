"""The headers of a request, in which several lines of one header are joined (RFC 9110)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class Headers(Mapping[str, str]):
    """The headers of a request, looked up without regard to case.

    The lines of one header are joined by ", " (RFC 9110, section 5.2), and those of `Cookie`
    by "; " (RFC 6265, section 5.4), as HTTP/2 proxies may split it (RFC 9113).

    Args:
        lines: the name and the value of each line.
    """

    __slots__ = ("_repeated", "_values")

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, str] = {}
        self._repeated: set[str] = set()
        for name, value in lines:
            name = name.lower()
            if name in self._values:
                separator = "; " if name == "cookie" else ", "
                value = f"{self._values[name]}{separator}{value}"
                self._repeated.add(name)
            self._values[name] = value

    @classmethod
    def read(cls, lines: list[str]) -> "Headers":
        """Return the headers of a request, each line without its end.

        The first dictionary is faster than one for each line, and right for most requests.
        """
        parts = [line.partition(":") for line in lines]
        headers = cls()
        headers._values = {name.lower(): value.strip(" \t") for name, _, value in parts}
        if len(headers._values) < len(lines):
            return cls((name, value.strip(" \t")) for name, _, value in parts)
        return headers

    def is_repeated(self, name: str) -> bool:
        """Return whether a header has several lines."""
        return name.lower() in self._repeated

    def replaced(self, name: str, value: str) -> "Headers":
        """Return these headers, in which a header has one line with this value."""
        headers = Headers()
        headers._values = {**self._values, name.lower(): value}
        headers._repeated = self._repeated - {name.lower()}
        return headers

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header; `Mapping` would take five times as long."""
        return self._values.get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        """Return the names alone, as the values may be secrets."""
        return f"Headers({', '.join(self._values)})"
