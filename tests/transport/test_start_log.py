"""The log of a start: the address to open in the first line, then warnings."""

import json
import re
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from camus_transport import Signaling
from camus_transport.cli.listen_options import ListenOptions
from transport.raw_socket import raw_socket
from transport.serve import camus_serve, run

LOCALHOST = ListenOptions(
    host="localhost",
    port=0,
    unix_socket=None,
    unix_socket_mode=0o660,
    tls=None,
    metrics=None,
    allowed_hosts=frozenset(),
    is_proxied=False,
    has_app=True,
)

NO_ICE_SERVERS = "calls work on one network only"

NEEDS_IPV6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")


async def first_line(**options: Any) -> str:
    """Listen with these options; return the first line, with PORT in place of the port."""
    async with Signaling() as signaling:
        line = await evolve(LOCALHOST, **options).listen(signaling)
    return re.sub(r":\d{2,5}/", ":PORT/", line)


async def test_it_is_the_page_of_the_app_on_localhost() -> None:
    assert await first_line() == (
        "Open http://localhost:PORT/ (WebSockets: ws://localhost:PORT/room/ROOM/ws, "
        "health: http://localhost:PORT/healthz)"
    )


async def test_with_a_certificate_it_is_https() -> None:
    assert await first_line(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) == (
        "Open https://localhost:PORT/ (WebSockets: wss://localhost:PORT/room/ROOM/ws, "
        "health: https://localhost:PORT/healthz)"
    )


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:PORT/ "),
        ("0.0.0.0", "http://127.0.0.1:PORT/, or any other IPv4 address of this machine "),
        pytest.param("::1", "http://[::1]:PORT/ ", marks=NEEDS_IPV6),
        pytest.param(
            "::",
            "http://localhost:PORT/, or any other address of this machine ",
            marks=NEEDS_IPV6,
        ),
    ],
)
async def test_a_person_can_open_it_whatever_the_server_listens_on(
    host: str, address: str
) -> None:
    assert (await first_line(host=host)).startswith(f"Open {address}(")


@pytest.mark.parametrize(
    ("allowed", "name"),
    [({"calls.example"}, "calls.example"), ({"calls.example", "localhost"}, "localhost")],
)
async def test_it_has_a_name_under_which_pages_are_served(allowed: set[str], name: str) -> None:
    line = await first_line(allowed_hosts=frozenset(allowed))
    assert line.startswith(f"Open http://{name}:PORT/ (")


async def test_without_the_app_it_is_the_address_of_the_websockets() -> None:
    assert await first_line(has_app=False) == (
        "Connect to ws://localhost:PORT/room/ROOM/ws (health: http://localhost:PORT/healthz)"
    )


async def test_behind_a_proxy_it_says_where_the_proxy_finds_the_server(tmp_path: Path) -> None:
    assert await first_line(is_proxied=True) == (
        "Open the address of your proxy; camus-serve listens at http://localhost:PORT/"
    )
    path = tmp_path / "camus.sock"
    assert await first_line(unix_socket=path, has_app=False) == (
        "Connect to /room/ROOM/ws at the address of your proxy; camus-serve listens on the "
        f"UNIX socket {path}"
    )


async def test_it_precedes_all_warnings_and_has_the_port_that_was_free() -> None:
    settings = {"CAMUS_HOST": ""}  # which causes a warning
    async with camus_serve("--port", 0, "--no-ui", settings=settings) as server:
        assert f"Connect to ws://localhost:{server.port}/room/ROOM/ws (" in server.log[0]
        async with raw_socket(server.port) as client:
            assert (await client.request("/room/lobby/ws")).status == 101
        for words in "CAMUS_HOST is empty", "rooms are kept in memory", NO_ICE_SERVERS:
            await server.logged(words)


async def test_it_is_the_first_line_in_json_too() -> None:
    async with camus_serve("--log-format", "json") as server:
        first = json.loads(server.log[0])
        assert first["level"] == "info"
        assert f"://localhost:{server.port}/" in first["message"]


async def test_an_error_that_ends_the_start_is_the_last_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = await run("--port", port, "--host", "127.0.0.1")
    lines = finished.err.splitlines()
    assert finished.code == 1
    assert lines[-1].startswith(f"Error: port {port} is in use")
    assert NO_ICE_SERVERS in lines[-2]


@pytest.mark.parametrize(
    "options",
    [
        ["--stun-url", "stun:stun.example:3478"],
        ["--turn-url", "turn:turn.example:3478", "--turn-secret", "geheim"],
    ],
)
async def test_a_stun_or_a_turn_server_makes_the_warning_of_one_network_needless(
    options: list[str],
) -> None:
    async with camus_serve(*options) as server:
        assert await server.end() == 0
    assert not any(NO_ICE_SERVERS in line for line in server.log)


async def test_without_stun_and_turn_a_warning_names_the_options() -> None:
    async with camus_serve() as server:
        warning = await server.logged(NO_ICE_SERVERS)
    assert " WARNING " in warning
    assert "--stun-url, --turn-url and --turn-secret" in warning
