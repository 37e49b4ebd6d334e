"""Settings as shells, containers and files of variables hand them over."""

import re
from collections.abc import MutableMapping
from typing import Any

import click

_PREFIX = "CAMUS_"

_AS_THEY_ARE = frozenset({"CAMUS_TURN_SECRET", "CAMUS_ROOM_PASSWORD"})
"""Variables in which a space at an end may be meant."""

_LINK = re.compile(r"(?:tcp|udp|sctp)://\S*")
"""What Kubernetes sets in `CAMUS_PORT` for a service named `camus`, as Docker's links did."""

_MODE = re.compile(r"(?:0o?)?[0-7]{1,3}", re.ASCII)

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line ends, and bytes that were not UTF-8."""


def one_line(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Take off the line end that a file or a shell has left behind a text, or behind several.

    Raises:
        click.BadParameter: it has more than one line. It is not repeated: it may be a secret.
    """
    match value:
        case str():
            line = _without_line_end(value)
            if _ODD.search(line):
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
    """Return the permissions of a file that are written as `chmod` takes them.

    Raises:
        click.BadParameter: these are none.
    """
    if not _MODE.fullmatch(value):
        raise click.BadParameter(
            f"{value!r} is no octal number from 0 to 777, such as 0660", context, option
        )
    return int(value, 8)


def tidy(environ: MutableMapping[str, str]) -> list[str]:
    """Make the variables of Camus what was meant; return what its operator should hear of it.

    White space around a value, and one pair of quotes, come from files of variables that
    another program reads as it is. A link to a service that happens to be named `camus` is
    no setting.
    """
    told = []
    for name in sorted(name for name in environ if name.startswith(_PREFIX)):
        value = environ[name] if name in _AS_THEY_ARE else environ[name].strip()
        if name.endswith("_PORT") and _LINK.fullmatch(value):
            del environ[name]
            told.append(
                f"{name}={value} is ignored: Kubernetes or Docker has set it for a service of "
                "that name, and a port is a number; in Kubernetes `enableServiceLinks: false` "
                "takes such variables away"
            )
            continue
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
            told.append(f"the quotes around the value of {name} are taken for no part of it")
        if value != environ[name]:
            environ[name] = value
    return told


def _without_line_end(text: str) -> str:
    """Return the text without the one line end that it may have."""
    return text.removesuffix("\n").removesuffix("\r")
