"""The permissions of join tokens, tested in memory and over sockets."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import pytest

from camus_core.admission.identity import Identity
from camus_core.records import RoomId
from camus_core.wire.profile import CORE
from camus_transport.tokens.join_tokens import TokenKeys
from transport.handshakes import TRANSPORTS, HandshakeServer, open_server
from transport.raw_socket import eventually
from transport.tokens import SECRET, token

OpenServer = Callable[..., AbstractAsyncContextManager[HandshakeServer]]

FOR_OTHER_ROOMS = {"code": "not-allowed", "message": "your token is for other rooms"}
NOBODYS = {"code": "not-allowed", "message": "no key of this server has signed the token"}
EXPIRED = {"code": "not-allowed", "message": "the token has expired; get a new one"}
NO_TOKEN = {"code": "not-allowed", "message": "this is no JSON Web Token"}
SHOW_A_TOKEN = {"code": "not-allowed", "message": "guests may not join here: present a token"}


@pytest.fixture(params=TRANSPORTS)
def start_server(request: pytest.FixtureRequest) -> OpenServer:
    """A function that starts a server that knows a key, with other options."""
    return partial(open_server, request.param, tokens=TokenKeys(SECRET))


async def test_a_token_gives_its_bearer_identity_name_and_role(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, server.connect() as ted:
        joined = await ted.join(token=token(name="Ted", role="moderator"), username="Eve")
        assert joined["role"] == "moderator"
        seen = {"id": joined["id"], "username": "Ted", "role": "moderator"}
        assert joined["clients"] == [seen]
        await ted.say("profile", {"username": "Eve"})
        assert (await ted.hear("error", "done"))["data"]["code"] == "not-allowed"


async def test_a_client_whose_token_has_no_name_takes_one(start_server: OpenServer) -> None:
    async with start_server() as server, server.connect() as ted:
        joined = await ted.join(token=token(), username="Theo")
        assert joined["clients"][0]["username"] == "Theo"
        await ted.say("profile", {"username": "Ted"})
        assert (await ted.hear("error", "done"))["type"] == "done"


async def test_a_token_for_one_room_never_opens_another(start_server: OpenServer) -> None:
    async with start_server() as server, server.connect() as ann, server.connect() as eve:
        await ann.join("private")
        for shown in [
            token(room="lobby"),
            token(rooms=["lobby", "private-2"]),
            token(rooms=[]),
            token(room="lobby", role="owner"),
        ]:
            assert await eve.join("private", token=shown) == FOR_OTHER_ROOMS
        async with server.connect("private") as other:
            assert await other.join(None, token=token(room="lobby")) == FOR_OTHER_ROOMS
        assert len(server.signaling.server.roster(RoomId("private"))) == 1
        assert (await eve.join("lobby", token=token(room="lobby")))["role"] == "guest"


async def test_a_token_for_one_room_never_makes_another(start_server: OpenServer) -> None:
    """Otherwise the holder of a token for the lobby could own a room, and let others in."""
    async with (
        start_server(guests=False) as server,
        server.connect() as ted,
        server.connect() as eve,
    ):
        shown = token(room="team-blue")
        for name in ("Secret Meeting", None, "Team Blue 2", "\u30c6\u30b9\u30c8"):
            await ted.say("create-room", {"name": name, "token": shown, "password": "x"})
            heard = await ted.hear("error", "room-created")
            assert heard["data"] == FOR_OTHER_ROOMS
        await ted.say("create-room", {"name": "Team Blue!", "token": shown})
        made = (await ted.hear("error", "room-created"))["data"]
        assert made["room_id"] == "team-blue"
        owns = made["owner_token"]
        assert await eve.join("team-blue", owner_token=owns) == SHOW_A_TOKEN
        assert (await eve.join("team-blue", owner_token=owns, token=shown))["role"] == "owner"


async def test_a_refused_token_leaves_nothing_behind(start_server: OpenServer) -> None:
    async with start_server() as server, server.connect() as ted:
        for shown, said in [
            (token("x" * 32), NOBODYS),
            (token(exp=0), EXPIRED),
            ("", NO_TOKEN),
        ]:
            assert await ted.join(token=shown, username="Eve") == said
        joined = await ted.join()
        seen = {"id": joined["id"], "username": "Major Tom", "role": "guest"}
        assert joined["clients"] == [seen]


async def test_a_token_that_names_the_room_needs_no_password(start_server: OpenServer) -> None:
    async with start_server() as server, server.connect() as ann:
        await ann.say("create-room", {"name": "Vault", "password": "geheim"})
        await ann.hear("room-created")
        for shown, code in [
            ({}, "password-required"),
            ({"token": token()}, "password-required"),
            ({"token": token(), "password": "Geheim"}, "wrong-password"),
            ({"token": token(room="lobby"), "password": "geheim"}, "not-allowed"),
        ]:
            async with server.connect() as eve:
                assert (await eve.join("vault", **shown))["code"] == code
        for shown in [
            {"token": token(room="vault")},
            {"token": token(role="moderator")},
            {"token": token(), "password": "geheim"},
        ]:
            async with server.connect() as ted:
                assert (await ted.join("vault", **shown))["room_id"] == "vault"


async def test_who_shows_it_again_after_a_drop_has_the_place_that_was_held(
    start_server: OpenServer,
) -> None:
    async with start_server() as server, server.connect() as ann:
        await ann.join()
        async with server.connect() as ted:
            joined = await ted.join(token=token())
            ted.wire.abort()
            await eventually(lambda: server.signaling.server.census().away == 1)
        async with server.connect() as ted:
            again = await ted.join(token=token(name="Ted"))
            assert again["id"] == joined["id"]
            assert again["session"] != joined["session"]
            assert len(again["clients"]) == 2
        left = await ann.hear("client-left")
        assert left["data"] == {"id": joined["id"], "reason": "rejoined"}


async def test_without_guests_only_who_shows_something_comes_in(
    start_server: OpenServer,
) -> None:
    async with start_server(guests=False) as server, server.connect() as ted:
        async with server.connect() as eve:
            assert await eve.join() == SHOW_A_TOKEN
            await eve.say("create-room", {"name": "Eve's"})
            assert (await eve.hear("error", "room-created"))["data"]["code"] == "not-allowed"
        async with server.connect("lobby", CORE) as eve:
            assert await eve.heard_to_the_end() == (["error"], 4501)
        await ted.say("create-room", {"name": "Ted's", "token": token()})
        made: dict[str, Any] = (await ted.hear("error", "room-created"))["data"]
        assert (await ted.join(made["room_id"], token=token()))["role"] == "guest"
        async with server.connect() as ann:
            owns = made["owner_token"]
            owner = await ann.join(made["room_id"], owner_token=owns, token=token())
            assert owner["role"] == "owner"


async def test_a_token_reader_may_fail_and_the_token_isnt_logged(
    start_server: OpenServer, caplog: pytest.LogCaptureFixture
) -> None:
    def look_up(shown: str) -> Identity:
        return {"90aa": Identity("ted")}[shown]

    async with start_server(tokens=look_up) as server, server.connect() as ted:
        assert (await ted.join(token="geheim"))["code"] == "unavailable"
        assert (await ted.join(token="90aa"))["role"] == "guest"
    assert "the token reader failed: KeyError" in caplog.text
    assert "geheim" not in caplog.text


@pytest.mark.parametrize("name", TRANSPORTS)
async def test_a_server_without_keys_takes_no_token(name: str) -> None:
    said = {"code": "not-allowed", "message": "this server takes no tokens"}
    async with open_server(name) as server, server.connect() as ted:
        assert await ted.join(token=token()) == said
        await ted.say("create-room", {"name": "Ted's", "token": token()})
        assert (await ted.hear("error", "room-created"))["data"] == said
