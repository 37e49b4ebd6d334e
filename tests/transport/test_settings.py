"""Settings in the environment, as containers, shells and files of variables provide them."""

import json

import pytest

from camus_core.ice import turn_credential
from camus_transport.cli.settings import tidy
from transport.raw_socket import raw_socket
from transport.serve import camus_serve, run

LINKS = {  # Kubernetes, for a service named `camus` with one port
    "CAMUS_SERVICE_HOST": "10.96.12.4",
    "CAMUS_SERVICE_PORT": "5000",
    "CAMUS_SERVICE_PORT_HTTP": "5000",
    "CAMUS_PORT": "tcp://10.96.12.4:5000",
    "CAMUS_PORT_5000_TCP": "tcp://10.96.12.4:5000",
    "CAMUS_PORT_5000_TCP_PROTO": "tcp",
    "CAMUS_PORT_5000_TCP_PORT": "5000",
    "CAMUS_PORT_5000_TCP_ADDR": "10.96.12.4",
}


async def test_a_link_to_a_service_named_camus_is_ignored_with_a_warning() -> None:
    async with camus_serve("--port", 0, "--log-format", "json", settings=LINKS) as server:
        line = await server.logged("CAMUS_PORT=tcp://10.96.12.4:5000 is ignored")
        assert json.loads(line)["level"] == "warning"
    finished = await run("rooms", "list", settings=LINKS)
    assert finished.out == "There are no rooms.\n"
    assert finished.err.startswith("Warning: CAMUS_PORT=tcp://10.96.12.4:5000 is ignored")
    assert (await run("token", "--help", settings=LINKS)).code == 0


@pytest.mark.parametrize(
    ("variables", "meant", "told"),
    [
        ({"CAMUS_PORT": "udp://10.0.0.1:5000"}, {}, ["CAMUS_PORT=udp://10.0.0.1:5000"]),
        ({"CAMUS_PORT": "tcp://[fd00::1]:80\n"}, {}, ["CAMUS_PORT=tcp://[fd00::1]:80 "]),
        ({"CAMUS_PORT": " 8080 \r\n"}, {"CAMUS_PORT": "8080"}, []),
        ({"CAMUS_PORT": '"8080"'}, {"CAMUS_PORT": "8080"}, ["quotes", "CAMUS_PORT"]),
        ({"CAMUS_HOST": "'::'"}, {"CAMUS_HOST": "::"}, ["quotes", "CAMUS_HOST"]),
        ({"CAMUS_HOST": "'"}, {"CAMUS_HOST": "'"}, []),
        ({"CAMUS_TURN_SECRET": " s \n"}, {"CAMUS_TURN_SECRET": " s \n"}, []),
        ({"CAMUS_DATABASE_URL": "memory:\n"}, {"CAMUS_DATABASE_URL": "memory:"}, []),
        ({"PORT": "tcp://10.0.0.1:1"}, {"PORT": "tcp://10.0.0.1:1"}, []),
    ],
)
def test_a_variable_is_taken_as_it_was_meant(
    variables: dict[str, str], meant: dict[str, str], told: list[str]
) -> None:
    environ = dict(variables)
    lines = tidy(environ)
    assert environ == meant
    assert len(lines) == bool(told)
    for word in told:
        assert word in lines[0]


async def test_an_empty_variable_counts_as_none() -> None:
    settings = {"CAMUS_HOST": "", "CAMUS_FRAME_BYTES": "", "CAMUS_UI": "", "CAMUS_STUN_URL": ""}
    async with camus_serve("--no-ui", settings=settings) as server:
        await server.logged("CAMUS_HOST=:: is every address")
        assert any(f"ws://localhost:{server.port}/" in line for line in server.log)


async def test_the_version_that_an_image_of_a_container_says_it_has_is_no_option() -> None:
    settings = {"CAMUS_VERSION": "1.2.0", "CAMUS_DATABASE_URL": "memory:"}
    finished = await run("rooms", "list", settings=settings)
    assert (finished.code, finished.out) == (0, "There are no rooms.\n")


async def test_a_secret_in_a_variable_may_end_in_a_line_end() -> None:
    settings = {
        "CAMUS_TURN_SECRET": "Rufus knows\r\n",
        "CAMUS_TURN_URL": "turn:turn.example:3478\n",
        "CAMUS_DATABASE_URL": "memory:\n",
    }
    async with camus_serve(settings=settings) as server, raw_socket(server.port) as client:
        await client.request("/room/lobby/ws")
        await client.say("get-ice-servers")
        [turn] = (await client.hear("ice-servers"))["data"]
        assert turn["urls"] == ["turn:turn.example:3478"]
        credential = turn_credential("Rufus knows", turn["username"])
        assert turn["credential"] == credential


@pytest.mark.parametrize("odd", ["\n{}", "{}\n\n", "{}\t.", "{}\x7f.", "{}\udcff"])
async def test_a_secret_of_several_lines_is_refused_and_not_repeated(odd: str) -> None:
    finished = await run(settings={"CAMUS_TURN_SECRET": odd.format("geheim")})
    assert finished.code == 2
    assert "one line of plain text" in finished.err
    assert "geheim" not in finished.err


async def test_a_database_url_of_several_lines_makes_no_file() -> None:
    finished = await run("--database-url", "sqlite:///c.db\nd", settings={})
    assert finished.code == 2
    assert "one line of plain text" in finished.err
