"""`camus-serve token`, and the options that say which tokens a server takes."""

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path

import click
import jwt
import pytest
from click.testing import CliRunner

from camus_core.admission.identity import Identity
from camus_core.records import RoomId
from camus_core.wire.profile import CORE
from camus_transport.cli.main import main
from camus_transport.cli.token import token_reader
from camus_transport.tokens.join_tokens import TokenKeys
from transport.handshakes import FrameClient, connect_client
from transport.serve import camus_serve, run
from transport.tokens import PRIVATE_PEM, PUBLIC_JWK, PUBLIC_PEM, SECRET, token

MISTAKE, FAILURE = 2, 1


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file of a secret."""
    return written(tmp_path / "token.key", SECRET)


def written(file: Path, text: str) -> Path:
    file.write_text(f"{text}\n")
    return file


def printed(*options: object) -> str:
    """Return the token that `camus-serve token` prints."""
    done = CliRunner().invoke(main, ["token", *map(str, options)])
    assert (done.exit_code, done.stderr) == (0, "")
    [line] = done.stdout.splitlines()
    return line


def complaint(*options: object, code: int = MISTAKE) -> str:
    """Return the last line that `camus-serve token` prints about a mistake."""
    done = CliRunner().invoke(main, ["token", *map(str, options)])
    assert (done.exit_code, done.stdout) == (code, "")
    return done.stderr.splitlines()[-1]


async def role(client: FrameClient, shown: str) -> str:
    """Join with a token; return the role in the room, or the reason for the refusal."""
    answer = await client.join(token=shown)
    return str(answer.get("role") or answer["message"])


# Printing a token --------------------------------------------------------------------------


def test_a_token_is_printed_that_a_server_with_the_key_takes(key: Path) -> None:
    shown = printed("--key", key, "--subject", "ted")
    assert TokenKeys(SECRET)(shown) == Identity("ted")
    assert 3500 < jwt.decode(shown, SECRET, ["HS256"])["exp"] - time.time() <= 3600


def test_a_token_says_what_the_options_say(key: Path) -> None:
    options = ["--subject", "ted", "--name", "Ted", "--role", "moderator", "--seconds", 60]
    places = ["--room", "lobby", "--room", "room-5", "--audience", "calls"]
    shown = printed("--key", key, *options, *places)
    rooms = frozenset({RoomId("lobby"), RoomId("room-5")})
    identity = Identity("ted", "Ted", "moderator", rooms)
    assert TokenKeys(SECRET, audience="calls")(shown) == identity
    for option, may_create in [("--may-create", True), ("--may-not-create", False)]:
        shown = printed("--key", key, "--subject", "ted", option)
        assert TokenKeys(SECRET)(shown) == Identity("ted", may_create=may_create)


def test_a_private_key_signs_what_its_public_one_checks(tmp_path: Path) -> None:
    private = written(tmp_path / "private.pem", PRIVATE_PEM)
    shown = printed("--key", private, "--subject", "ted")
    assert TokenKeys(PUBLIC_PEM)(shown) == Identity("ted")


def test_mistakes_are_named(key: Path, tmp_path: Path) -> None:
    public = written(tmp_path / "public.pem", PUBLIC_PEM)
    weak = written(tmp_path / "weak.key", "short")
    nowhere = tmp_path / "nowhere.key"
    mistakes: list[tuple[list[object], str]] = [
        (["--subject", "ted"], "Missing option '--key'"),
        (["--key", key], "Missing option '--subject'"),
        (["--key", key, "--subject", ""], "`sub` has not 1 to 256 characters"),
        (["--key", key, "--subject", "ted", "--name", "x" * 65], "`name` is no username"),
        (["--key", key, "--subject", "ted", "--role", "king"], "'king'"),
        (["--key", key, "--subject", "ted", "--room", "The Lobby"], "is no room id"),
        (["--key", key, "--subject", "ted", "--seconds", "0"], "--seconds"),
        (["--key", key, "--subject", "a\nb"], "--subject"),
        (
            ["--key", key, "--subject", "ted", *["--room", "r" * 64] * 150],
            "servers take 8192 at most: name fewer rooms",
        ),
        (["--key", public, "--subject", "ted"], f"--key: {public}: this key is public"),
        (["--key", weak, "--subject", "ted"], f"--key: {weak}: a secret has at least 32 bytes"),
    ]
    for options, words in mistakes:
        said = complaint(*options)
        assert said.startswith("Error: ") and words in said, said
    said = complaint("--key", nowhere, "--subject", "ted", code=FAILURE)
    assert said == f"Error: can't read {nowhere}: No such file or directory"


# Taking tokens -----------------------------------------------------------------------------


async def test_the_server_takes_tokens_of_every_key_that_it_is_given(
    key: Path, tmp_path: Path
) -> None:
    jwks = json.dumps({"keys": [{**PUBLIC_JWK, "kid": "2026"}]})
    other = written(tmp_path / "keys.json", jwks)
    async with camus_serve("--token-key", key, "--token-key", other) as server:
        for shown, answer in [
            (token(role="moderator"), "moderator"),
            (token(PRIVATE_PEM, role="owner"), "owner"),
            (token("x" * 32), "no key of this server has signed the token"),
            (token(aud="calls"), "the token is for another audience (`aud`) than this server"),
        ]:
            async with connect_client(server.port) as ted:
                assert await role(ted, shown) == answer


async def test_keys_are_rotated_by_giving_both_for_a_while(key: Path, tmp_path: Path) -> None:
    new = written(tmp_path / "new.key", "n" * 32)
    async with camus_serve(settings={"CAMUS_TOKEN_KEY": f"{key} {new}"}) as server:
        for shown in [token(), token("n" * 32)]:
            async with connect_client(server.port) as ted:
                assert await role(ted, shown) == "guest"


async def test_without_guests_a_token_is_wanted(key: Path) -> None:
    options = ["--token-key", key, "--token-audience", "calls", "--no-guests"]
    async with camus_serve(*options) as server:
        made = await run("token", "--key", key, "--subject", "ted", "--audience", "calls")
        async with connect_client(server.port) as ted, connect_client(server.port) as eve:
            assert await role(ted, made.out.strip()) == "guest"
            assert (await eve.join())["code"] == "not-allowed"
        async with connect_client(server.port, "lobby", CORE) as eve:
            assert await eve.heard_to_the_end() == (["error"], 4501)


async def test_without_rooms_of_guests_a_token_is_wanted_to_make_one(key: Path) -> None:
    async with camus_serve("--token-key", key, "--no-guests-create") as server:
        async with connect_client(server.port) as ted, connect_client(server.port) as eve:
            assert (await eve.join())["code"] == "not-allowed"
            assert (
                await role(ted, token(may_create=False))
                == "your token doesn't let you create rooms"
            )
            assert await role(ted, token()) == "guest"
            assert (await eve.join())["role"] == "guest"


def test_a_key_that_is_none_is_named(tmp_path: Path) -> None:
    for text, words in [
        ("", "a secret has at least 32 bytes, and this one 0"),
        ("\ufffd" * 64, "this is no secret in one line"),
        (PRIVATE_PEM, "this key is private"),
        ("{}", "no JWK in this signs tokens"),
    ]:
        file = written(tmp_path / "token.key", text)
        with pytest.raises(click.BadParameter) as mistake:
            token_reader([str(file)], None)
        said = mistake.value.format_message()
        assert said.startswith(f"Invalid value for --token-key: {file}: {words}")
    for file in [tmp_path, tmp_path / "nowhere"]:
        with pytest.raises(click.ClickException, match=f"can't read {re.escape(str(file))}: "):
            token_reader([str(file)], None)


async def fails_with(
    *arguments: object, words: str, settings: Mapping[str, str] | None = None
) -> None:
    """Check that `camus-serve` exits immediately with these words in its last line."""
    finished = await run(*arguments, settings=settings, seconds=10)
    assert (finished.code, finished.out) == (MISTAKE, "")
    assert words in finished.err.splitlines()[-1]


async def test_mistakes_are_named_before_the_server_starts(key: Path, tmp_path: Path) -> None:
    weak = written(tmp_path / "weak.key", "short")
    await fails_with(
        "--token-key", key, "--token-key", weak, words=f"{weak}: a secret has at least"
    )
    await fails_with("--token-audience", "calls", words="give --token-key too")
    await fails_with("--no-guests", words="without --token-key")


async def test_without_pyjwt_it_says_how_to_install_it(key: Path, tmp_path: Path) -> None:
    (tmp_path / "jwt.py").write_text("raise ImportError")
    settings = {"PYTHONPATH": str(tmp_path)}
    words = "tokens need PyJWT: pip install 'camus-signaling[tokens]'"
    await fails_with("--token-key", key, words=words, settings=settings)
    await fails_with("token", "--key", key, "--subject", "ted", words=words, settings=settings)
    async with camus_serve(settings=settings) as server, connect_client(server.port) as ted:
        assert await role(ted, token()) == "this server takes no tokens"
