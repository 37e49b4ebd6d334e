"""The command `camus-serve token`, and the reader of the server's `--token-key` files."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from camus_core.wire.errors import NotAllowed
from camus_core.wire.messages import Role

from ..server.answers import TokenReader
from .settings import one_line

_NEEDS_PYJWT = "tokens need PyJWT: pip install 'camus-signaling[tokens]'"


def token_reader(files: Sequence[str], audience: str | None) -> TokenReader | None:
    """Return a verifier of tokens with the keys in these files, or None if there are none.

    Raises:
        click.ClickException: a file can't be read or has no usable key, an audience is given
            without a key, or PyJWT isn't installed.
    """
    if not files:
        if audience is not None:
            raise click.UsageError("--token-audience has no effect alone: give --token-key too")
        return None
    try:
        from ..tokens.join_tokens import TokenKeys
    except ImportError:
        raise click.UsageError(f"--token-key: {_NEEDS_PYJWT}") from None
    texts = []
    for file in files:
        text = _read_text(Path(file))
        try:
            TokenKeys(text)
        except ValueError as error:
            raise click.BadParameter(f"{file}: {error}", param_hint="--token-key") from None
        texts.append(text)
    return TokenKeys(*texts, audience=audience)


@click.command()
@click.option(
    "--key",
    "file",
    type=click.Path(path_type=Path),
    required=True,
    allow_from_autoenv=False,  # CAMUS_TOKEN_KEY is the server's option, with several values
    help="A file with the signing key: a secret for HS256, or an Ed25519 private key in PEM.",
)
@click.option(
    "--subject",
    required=True,
    callback=one_line,
    help="The user that the token identifies, by an id that never changes.",
)
@click.option("--name", help="The username. Without it the client chooses one.")
@click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    default="guest",
    show_default=True,
    help="The role that a client with this token has.",
)
@click.option(
    "--room",
    "rooms",
    envvar="CAMUS_TOKEN_ROOM",
    multiple=True,
    help="The id of a room that a client with this token may join, without the room's "
    "password. Repeatable. By default it may join every room whose password it knows.",
)
@click.option(
    "--may-create/--may-not-create",
    default=None,
    help="Whether a client with this token may create rooms. By default it may.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, 10**9),
    default=3600,
    show_default=True,
    help="The time in seconds after which the token expires.",
)
@click.option(
    "--audience", callback=one_line, help="The audience: the server's --token-audience."
)
def token(
    file: Path,
    subject: str,
    name: str | None,
    role: str,
    rooms: tuple[str, ...],
    may_create: bool | None,
    seconds: int,
    audience: str | None,
) -> None:
    """Print a join token for a user.

    Applications sign such tokens themselves; this command serves tests and scripts.
    """
    try:
        from ..tokens.join_tokens import LONGEST_TOKEN, identity_of, sign
    except ImportError:
        raise click.UsageError(_NEEDS_PYJWT) from None
    claims: dict[str, object] = {"sub": subject, "role": role}
    if name is not None:
        claims["name"] = name
    if rooms:
        claims["rooms"] = rooms
    if may_create is not None:
        claims["may_create"] = may_create
    try:
        identity_of(claims)
    except NotAllowed as error:
        raise click.UsageError(str(error)) from None
    claims["exp"] = int(time.time()) + seconds
    if audience is not None:
        claims["aud"] = audience
    try:
        signed = sign(_read_text(file), claims)
    except ValueError as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="--key") from None
    if len(signed) > LONGEST_TOKEN:
        raise click.UsageError(
            f"this token would have {len(signed)} characters, and servers take {LONGEST_TOKEN} "
            "at most: name fewer rooms"
        )
    click.echo(signed)


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise click.ClickException(f"can't read {file}: {error.strerror}") from None
