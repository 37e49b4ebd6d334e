"""`camus-serve token`: a token for tests; and the keys that the server checks tokens with."""

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
    """Return what checks tokens with the keys in these files; None without any.

    Raises:
        click.ClickException: a file can't be read, or holds no key; or PyJWT is missing.
    """
    if not files:
        if audience is not None:
            raise click.UsageError("--token-audience is for tokens: give --token-key too")
        return None
    try:
        from ..tokens.join_tokens import TokenKeys
    except ImportError:
        raise click.UsageError(f"--token-key: {_NEEDS_PYJWT}") from None
    texts = []
    for file in files:
        text = _text(Path(file))
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
    allow_from_autoenv=False,  # CAMUS_TOKEN_KEY are the server's, and may be several
    help="File of the key that signs: a secret, or an Ed25519 private key.",
)
@click.option(
    "--subject",
    required=True,
    callback=one_line,
    help="Who it is for: the same id each time.",
)
@click.option("--name", help="What the others see; without it whoever comes says that.")
@click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    default="guest",
    show_default=True,
    help="What it makes of who shows it.",
)
@click.option(
    "--room",
    "rooms",
    envvar="CAMUS_TOKEN_ROOM",
    multiple=True,
    help="Room that it opens, without the room's password; repeatable. Without it all rooms, "
    "with their passwords.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, 10**9),
    default=3600,
    show_default=True,
    help="How long it is good.",
)
@click.option("--audience", callback=one_line, help="What the server has as --token-audience.")
def token(
    file: Path,
    subject: str,
    name: str | None,
    role: str,
    rooms: tuple[str, ...],
    seconds: int,
    audience: str | None,
) -> None:
    """Print a token for somebody to join with, as an application would make it."""
    try:
        from ..tokens.join_tokens import LONGEST_TOKEN, identity_of, sign
    except ImportError:
        raise click.UsageError(_NEEDS_PYJWT) from None
    claims: dict[str, object] = {"sub": subject, "role": role}
    if name is not None:
        claims["name"] = name
    if rooms:
        claims["rooms"] = rooms
    try:
        identity_of(claims)
    except NotAllowed as error:
        raise click.UsageError(str(error)) from None
    claims["exp"] = int(time.time()) + seconds
    if audience is not None:
        claims["aud"] = audience
    try:
        made = sign(_text(file), claims)
    except ValueError as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="--key") from None
    if len(made) > LONGEST_TOKEN:
        raise click.UsageError(
            f"this token would have {len(made)} characters, and servers take {LONGEST_TOKEN} "
            "at most: name fewer rooms"
        )
    click.echo(made)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise click.ClickException(f"can't read {file}: {error.strerror}") from None
