"""Option values and environment variables, cleaned of what shells and containers add."""

import re
from collections.abc import MutableMapping
from typing import Any

import click

_PREFIX = "CAMUS_"

_VERBATIM = frozenset({"CAMUS_TURN_SECRET", "CAMUS_ROOM_PASSWORD"})
"""Secrets, whose leading or trailing spaces may be part of them."""

_LINK = re.compile(r"(?:tcp|udp|sctp)://\S*")
"""The value that Kubernetes, or a link of Docker, gives `CAMUS_PORT` for a service `camus`."""

_MODE = re.compile(r"(?:0o?)?[0-7]{1,3}", re.ASCII)

_NOT_PLAIN_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line ends, and surrogates (bytes that weren't UTF-8)."""


def one_line(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return an option's value, or each of its values, without the line end of a file.

    Raises:
        click.BadParameter: a value isn't one line of plain text. The error doesn't repeat it,
            as it may be a secret.
    """
    match value:
        case str():
            line = _without_line_end(value)
            if _NOT_PLAIN_TEXT.search(line):
                raise click.BadParameter(
                    "it holds a line end, another control character or a byte that is not "
                    "UTF-8; give it as one line of plain text",
                    context,
                    option,
                )
            return line
        case [*texts]:
            return tuple(one_line(context, option, text) for text in texts)
        case _:
            return value


def octal(context: click.Context, option: click.Parameter, value: str) -> int:
    """Return file permissions written in octal, as `chmod` takes them.

    Raises:
        click.BadParameter: the value isn't an octal number from 0 to 777.
    """
    if not _MODE.fullmatch(value):
        raise click.BadParameter(
            f"{value!r} isn't an octal number from 0 to 777, such as 0660", context, option
        )
    return int(value, 8)


def tidy(environ: MutableMapping[str, str]) -> list[str]:
    """Clean up the `CAMUS_` variables in place; return warnings for the operator.

    White space and quotes around a value are removed: they come from environment files that a
    program has read without interpreting them. `CAMUS_PORT` is removed if it is Kubernetes' or
    Docker's link to a service that happens to be named `camus`.
    """
    warnings = []
    for name in sorted(name for name in environ if name.startswith(_PREFIX)):
        value = environ[name] if name in _VERBATIM else environ[name].strip()
        if name.endswith("_PORT") and _LINK.fullmatch(value):
            del environ[name]
            warnings.append(
                f"{name}={value} is ignored: Kubernetes or Docker has set it for a service of "
                "that name, and it isn't a port number; in Kubernetes "
                "`enableServiceLinks: false` removes such variables"
            )
            continue
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
            warnings.append(f"the quotes around the value of {name} are ignored")
        if value != environ[name]:
            environ[name] = value
    return warnings


def _without_line_end(text: str) -> str:
    """Return the text without one line end at its end."""
    return text.removesuffix("\n").removesuffix("\r")
