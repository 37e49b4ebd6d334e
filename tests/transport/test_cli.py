"""camus-serve on the command line: its help, its options, and its answer to each mistake."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from camus_core.limits import Limits
from camus_transport.cli import rooms as rooms_cli
from camus_transport.cli.main import main
from transport.certificate import make_certificate
from transport.raw_socket import raw_socket, raw_websocket
from transport.serve import camus_serve, run

MISTAKE, FAILURE = 2, 1


@pytest.fixture
def closed_port() -> int:
    """A port on which no program listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def used_port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        yield taken.getsockname()[1]


async def fails_with(*arguments: object, code: int, words: list[str]) -> None:
    """Check that the command exits in time with this code and one short sentence."""
    finished = await run("--database-url", "memory:", *arguments, seconds=10)
    assert finished.code == code
    assert finished.out == ""
    said = finished.err.splitlines()[-1]
    assert said.startswith("Error: ")
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prot", "80"], ["No such option", "--prot", "--port"]),
        (["serve"], ["No such command", "serve"]),
        (["--port", "http"], ["--port", "'http' is not a valid integer"]),
        (["--port", "65536"], ["--port", "65535"]),
        (["--port"], ["--port", "requires an argument"]),
        (["--log-level", "loud"], ["--log-level", "'loud'", "'info'"]),
        (["--frame-bytes", "0"], ["--frame-bytes", "must be > 0: 0"]),
        (["--ping-after", "nan"], ["--ping-after", "must be > 0: nan"]),
        (["--ping-after", "inf"], ["--ping-after", "<= 1000000000000"]),
        (["--ping-after", "1e999"], ["--ping-after", "<= 1000000000000"]),
        (["--turn-seconds", "9" * 400], ["--turn-seconds", "<= 1000000000000"]),
        (["--drain-seconds", "-1"], ["--drain-seconds", "> 0"]),
        (["--ping-after", "soon"], ["--ping-after", "'soon'"]),
        (["--turn-url", "turn:turn.example.com:3478"], ["TURN", "secret"]),
        (["--turn-url", "turn.example.com", "--turn-secret", "s"], ["turn:host[:port]"]),
        (["--turn-url", "turn://turn.example.com", "--turn-secret", "s"], ["turn:host[:port]"]),
        (["--stun-url", "stun:a:3478,stun:b:3478"], ["more than one URL", "in a variable"]),
        (["--trusted-proxy", "10.0.0.1/8"], ["that network is 10.0.0.0/8"]),
        (["--trusted-proxy", "10.0.0.1,10.0.0.2"], ["spaces separate several"]),
        (["--stun-url", "stun:a.example:99999"], ["a port is a number from 1 to 65535"]),
        (["--stun-url", "stun:2001:db8::1"], ["in brackets"]),
        (["--host", "a\nb"], ["--host", "one line"]),
        (["--unix-socket-mode", "rw"], ["--unix-socket-mode", "0660"]),
        (["--unix-socket-mode", "1777"], ["--unix-socket-mode", "0660"]),
        (["--stun-url", "https://stun.example.com"], ["stun:host[:port]"]),
        (["--tls-key", "key.pem"], ["--tls-certificate and --tls-key go together"]),
        (["--tls-certificate", "chain.pem"], ["--tls-certificate and --tls-key go together"]),
        (["--database-url", "mysql://localhost/camus"], ["--database-url", "sqlite:///"]),
        (["--database-url", "camus.db"], ["--database-url", "sqlite:///"]),
        (["--database-url", "sqlite:camus.db"], ["--database-url", "three slashes"]),
        (["--database-url", ""], ["--database-url", "sqlite:///"]),
        (["--database-url", "postgresql://ann:p@ss@localhost/x"], ["--database-url", "%40"]),
    ],
)
async def test_a_mistake_in_an_option_is_named(arguments: list[str], words: list[str]) -> None:
    await fails_with(*arguments, code=MISTAKE, words=words)


async def test_names_that_a_screen_cant_show_are_escaped(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/camus.db"
    await run("rooms", "create", "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1", "--database-url", url)
    settings = {"PYTHONIOENCODING": "cp1252"}
    finished = await run("rooms", "list", "--database-url", url, settings=settings)
    assert finished.code == 0
    assert "\\u0395\\u03bb\\u03bb\\u03ac\\u03b4\\u03b1" in finished.out


@pytest.mark.parametrize("platformdirs", ["old", "new"])
def test_without_a_home_directory_the_database_has_to_be_named(
    monkeypatch: pytest.MonkeyPatch, platformdirs: str
) -> None:
    def user_data_path(name: str) -> Path:
        if platformdirs == "new":
            raise RuntimeError("could not determine the home directory")
        return Path("~/.local/share") / name

    monkeypatch.delenv("CAMUS_DATABASE_URL", raising=False)
    monkeypatch.setattr(rooms_cli, "user_data_path", user_data_path)
    for arguments in ["--port", "0"], ["rooms", "list"]:
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == MISTAKE
        assert "no home directory for the database; say where it is" in done.stderr
    done = CliRunner().invoke(main, ["rooms", "list", "--database-url", "memory:"])
    assert done.stdout == "There are no rooms.\n"


async def test_a_password_in_a_database_url_is_never_shown(closed_port: int) -> None:
    for rest in ["ann@x/y", f"127.0.0.1:{closed_port}/y"]:
        finished = await run("--database-url", f"postgresql://ann:geheim@{rest}")
        assert finished.code != 0
        assert "geheim" not in finished.err


async def test_a_port_that_is_in_use_is_named_and_what_to_do(used_port: int) -> None:
    words = [f"port {used_port} is in use", "--port"]
    await fails_with("--host", "127.0.0.1", "--port", used_port, code=FAILURE, words=words)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("192.0.2.1", ["192.0.2.1 is not an address of this machine", "--host"]),
        ("no-such-host.invalid", ["can't listen on no-such-host.invalid"]),
        ("a..b", ["can't listen on a..b: this isn't a valid host name"]),
        ("x" * 64, ["can't listen on xxx", "this isn't a valid host name"]),
        ("127.0.0.1:80", ["can't listen on 127.0.0.1:80", "--host", "without a port"]),
        ("2001:db8::1", ["2001:db8::1", "--host"]),
    ],
)
async def test_a_host_that_is_not_this_machine_is_named(host: str, words: list[str]) -> None:
    await fails_with("--host", host, "--port", 0, code=FAILURE, words=words)


async def test_a_database_that_is_not_there_is_named(closed_port: int) -> None:
    url = f"postgresql://127.0.0.1:{closed_port}/camus"
    words = [f"the Postgres database camus on 127.0.0.1, port {closed_port}", "refused"]
    await fails_with("--port", 0, "--database-url", url, code=FAILURE, words=words)


async def test_a_database_that_never_answers_is_given_up() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        url = f"postgresql://127.0.0.1:{mute.getsockname()[1]}/camus"
        words = ["doesn't answer"]
        await fails_with("--port", 0, "--database-url", url, code=FAILURE, words=words)


async def test_an_sqlite_path_that_is_a_directory_is_named(tmp_path: Path) -> None:
    words = [f"{tmp_path}", "it is a directory"]
    await fails_with(
        "--port", 0, "--database-url", f"sqlite:///{tmp_path}", code=FAILURE, words=words
    )


@pytest.mark.parametrize("content", [b"no database" * 100, b"\0" * 8192])
async def test_an_sqlite_path_that_is_another_file_is_named_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    url = f"sqlite:///{path}"
    await fails_with("--port", 0, "--database-url", url, code=FAILURE, words=[f"{path}"])
    assert path.read_bytes() == content


async def test_an_sqlite_path_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in [tmp_path / "file" / "camus.db", Path("/proc/camus/camus.db")]:
        url = f"sqlite:///{path}"
        await fails_with("--port", 0, "--database-url", url, code=FAILURE, words=[f"{path}"])


@pytest.mark.parametrize("which", ["missing", "a directory", "no PEM", "another's key"])
async def test_a_certificate_that_is_none_is_named(tmp_path: Path, which: str) -> None:
    certificate, key = make_certificate(tmp_path)
    words = [f"{certificate}"]
    match which:
        case "missing":
            certificate.unlink()
            words.append("can't read")
        case "a directory":
            certificate.unlink()
            certificate.mkdir()
            words.append("can't read")
        case "no PEM":
            certificate.write_bytes(b"\0 no certificate")
        case _:
            (tmp_path / "other").mkdir()
            _, key = make_certificate(tmp_path / "other")
    options = ["--tls-certificate", certificate, "--tls-key", key]
    await fails_with("--port", 0, *options, code=FAILURE, words=words)


async def test_a_key_with_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, password=b"geheim")
    options = ["--tls-certificate", certificate, "--tls-key", key]
    await fails_with("--port", 0, *options, code=FAILURE, words=["unencrypted key"])


async def test_a_unix_socket_that_cant_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in [tmp_path / "none" / "socket", tmp_path / "file", tmp_path / ("x" * 120)]:
        await fails_with("--unix-socket", path, code=FAILURE, words=[f"can't listen on {path}"])
    assert (tmp_path / "file").read_text() == "mine"


async def test_help_lists_each_option_with_its_default_and_its_variable_works() -> None:
    finished = await run("--help")
    assert finished.code == 0
    text = " ".join(finished.out.split())
    for limit in attrs.fields(Limits):
        option = f"--{limit.name.replace('_', '-')} "
        assert option in text
        if limit.default is not None:
            assert f"[default: {limit.default}]" in text.partition(option)[2][:300]
    assert "[default: localhost]" in text
    assert "[default: 5000; 0<=x<=65535]" in text
    assert "rooms Manage the rooms" in text


async def test_help_shows_the_many_limits_below_everything_else() -> None:
    text = (await run("--help")).out
    parts = ["Options:", "  --database-url", "Commands:", "  token", "Limits", "  --rooms "]
    assert sorted(parts, key=text.index) == parts
    assert text.count("Commands:") == 1


async def test_the_version_is_told() -> None:
    finished = await run("--version")
    assert finished.code == 0
    assert finished.out.startswith("camus-serve, version ")


async def test_it_says_where_it_takes_websockets_and_where_its_health_is() -> None:
    async with camus_serve("--host", "127.0.0.1") as server:
        said = "\n".join(server.log)
        assert f"ws://127.0.0.1:{server.port}/room/ROOM/ws" in said
        assert f"http://127.0.0.1:{server.port}/healthz" in said
        async with raw_socket(server.port) as client:
            assert (await client.request("/healthz", upgrade=False)).text == "ok\n"


ORIGIN = "https://calls.example"


async def test_every_option_is_read_from_the_environment(closed_port: int) -> None:
    settings = {
        "CAMUS_HOST": "127.0.0.1",
        "CAMUS_PORT": str(closed_port),
        "CAMUS_ALLOWED_ORIGIN": ORIGIN,
        "CAMUS_ALLOWED_HOST": "rtc.example",
        "CAMUS_STUN_URL": "stun:stun.example:3478",
        "CAMUS_TURN_URL": "turn:turn.example:3478",
        "CAMUS_TURN_SECRET": "geheim",
        "CAMUS_GUEST_LIMIT": "1",
        "CAMUS_LOG_FORMAT": "json",
    }
    async with camus_serve(settings=settings) as server:
        assert server.port == closed_port
        assert server.log[0].startswith('{"time": ')
        async with raw_socket(server.port) as ann, raw_socket(server.port) as bob:
            headers = [f"Origin: {ORIGIN}", "Host: rtc.example"]
            assert (await ann.request("/room/lobby/ws", *headers)).status == 101
            await ann.hear("greeting")
            await ann.say("get-ice-servers")
            servers = (await ann.hear("ice-servers"))["data"]
            assert [server["urls"] for server in servers] == [
                ["stun:stun.example:3478"],
                ["turn:turn.example:3478"],
            ]
            assert (await bob.request("/room/lobby/ws", *headers)).status == 101
            assert await bob.close_code() == 4504


async def test_a_mistake_in_the_environment_is_named_too() -> None:
    finished = await run(settings={"CAMUS_PORT": "http"})
    assert finished.code == MISTAKE
    assert "'http' is not a valid integer" in finished.err
    assert "CAMUS_PORT" in finished.err or "--port" in finished.err


async def test_without_rooms_on_demand_a_room_has_to_be_created_first() -> None:
    async with camus_serve("--no-rooms-on-demand") as server:
        async with raw_socket(server.port) as client:
            await client.request("/room/lobby/ws")
            assert (await client.hear("error"))["data"]["code"] == "room-not-found"
            assert await client.close_code() == 4500


async def test_a_log_line_never_holds_what_a_client_said() -> None:
    async with camus_serve("--log-level", "debug") as server:
        async with raw_websocket(server.port) as client:
            await client.say("text", "room", {"text": "geheim"})
            await client.hear("text")
            await client.say("profile", data={"username": "Ann\nfake line"})
            await client.hear("error")
        assert await server.end() == 0
        assert not any("geheim" in line or line.startswith("fake") for line in server.log)
