"""An embedder's authenticator, which identifies clients by their handshakes over WebSockets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from http.cookies import SimpleCookie
from typing import Any

import pytest

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire.errors import NotAllowed, RoomFull, UnknownReceiver
from camus_core.wire.messages import SessionClient
from camus_core.wire.profile import CORE, SESSION
from camus_transport.http.handshake import Handshake
from transport.handshakes import HandshakeServer, open_server
from transport.raw_socket import eventually

PEOPLE = {
    "6d2f": Identity("ted", "Ted", "moderator"),
    "90aa": Identity("ann", "Ann", rooms=frozenset({RoomId("vault")})),
}
TED, ANN, STRANGER = ({"Cookie": f"session={one}"} for one in ("6d2f", "90aa", "eeee"))


def open_with(
    authenticator: Callable[[Handshake], Awaitable[Identity | None]], **options: Any
) -> AbstractAsyncContextManager[HandshakeServer]:
    return open_server("websocket", authenticator=authenticator, **options)


async def by_cookie(handshake: Handshake) -> Identity | None:
    cookies = SimpleCookie(handshake.headers.get("Cookie", ""))
    if "session" not in cookies:
        return None
    try:
        return PEOPLE[cookies["session"].value]
    except KeyError:
        raise NotAllowed("your session has ended; log in again") from None


async def test_a_cookie_says_who_joins() -> None:
    async with open_with(by_cookie) as server:
        async with server.connect(headers=TED) as ted, server.connect() as guest:
            joined = await ted.join(username="Eve")
            assert joined["clients"] == [
                {"id": joined["id"], "username": "Ted", "role": "moderator"}
            ]
            assert (await guest.join(username="Ted"))["role"] == "guest"


async def test_an_authorization_header_says_who_joins() -> None:
    async def by_bearer(handshake: Handshake) -> Identity:
        kind, _, said = handshake.headers["authorization"].partition(" ")
        return Identity(said, role="owner" if kind == "Bearer" else "guest")

    async with open_with(by_bearer) as server:
        async with server.connect(headers={"AUTHORIZATION": "Bearer ted"}) as ted:
            assert (await ted.join())["role"] == "owner"


async def test_it_is_told_the_path_the_headers_and_the_address() -> None:
    seen = []

    async def look(handshake: Handshake) -> None:
        seen.append(handshake)

    async with open_with(look) as server:
        async with server.connect("lobby") as ted:
            await ted.join(None)
        async with server.connect("lobby", CORE, {"X-Team": "blue"}) as ann:
            await ann.hear("greeting")
    assert [handshake.path for handshake in seen] == ["/room/lobby/ws", "/room/lobby/ws"]
    assert seen[1].headers["x-team"] == seen[1].headers["X-TEAM"] == "blue"
    assert {handshake.address for handshake in seen} == {"127.0.0.1"}


async def test_a_client_of_the_core_profile_comes_in_as_whom_it_knows() -> None:
    async with open_with(by_cookie, guests=False) as server:
        async with server.connect("lobby", CORE, TED) as ted:
            await ted.hear("greeting")
            [seen] = server.signaling.server.roster(RoomId("lobby"))
            assert (seen.username, seen.role) == ("Ted", "moderator")
        async with server.connect("lobby", CORE, ANN) as ann:
            assert await ann.heard_to_the_end() == (["error"], 4501)
        async with server.connect("lobby", CORE) as guest:
            assert await guest.heard_to_the_end() == (["error"], 4501)


async def test_it_lets_the_core_profile_into_a_room_with_a_password() -> None:
    async with open_with(by_cookie) as server, server.connect() as guest:
        await guest.say("create-room", {"name": "Vault", "password": "geheim"})
        await guest.hear("room-created")
        async with server.connect("vault", CORE, ANN) as ann:
            await ann.hear("greeting")
        async with server.connect("vault", CORE) as eve:
            assert await eve.heard_to_the_end() == (["error"], 4502)


@pytest.mark.parametrize("profile", [CORE, SESSION], ids=["core", "session"])
async def test_whom_it_refuses_hears_why_and_is_closed(profile: Any) -> None:
    async with open_with(by_cookie) as server:
        async with server.connect("lobby", profile, STRANGER) as eve:
            assert (await eve.hear("error"))["data"] == {
                "code": "not-allowed",
                "message": "your session has ended; log in again",
            }
            assert await eve.heard_to_the_end() == ([], 4501)
        assert server.signaling.server.census().connections == 0


@pytest.mark.parametrize(
    ("raised", "code", "close_code"),
    [
        (NotAllowed("not today"), "not-allowed", 4501),
        (RoomFull("no place for you"), "room-full", 4504),
        (UnknownReceiver("an error that closes nothing"), "not-allowed", 4501),
        (RuntimeError("geheim"), "unavailable", 4003),
        (TimeoutError("geheim"), "unavailable", 4003),
        (asyncio.CancelledError("geheim"), "unavailable", 4003),
    ],
)
async def test_whatever_it_raises_lets_nobody_in(
    raised: BaseException, code: str, close_code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(handshake: Handshake) -> None:
        raise raised

    async with open_with(fail) as server, server.connect("lobby", CORE) as ted:
        error = (await ted.hear("error"))["data"]
        assert error["code"] == code
        assert "geheim" not in error["message"]
        assert ("retry_after" in error) == (code == "unavailable")
        assert await ted.heard_to_the_end() == ([], close_code)
    failures = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.name for record in failures] == ["camus"] * (code == "unavailable")
    assert "geheim" not in caplog.text


async def test_what_is_no_identity_lets_nobody_in_as_a_guest() -> None:
    async def mistaken(handshake: Handshake) -> Any:
        return {"id": "ted"}

    async with open_with(mistaken) as server, server.connect("lobby", CORE) as ted:
        assert await ted.heard_to_the_end() == (["error"], 4003)


async def test_one_that_never_answers_is_given_up() -> None:
    async def hang(handshake: Handshake) -> None:
        await asyncio.get_running_loop().create_future()

    async with open_with(hang, limits=Limits(handshake_seconds=0.3)) as server:
        async with server.connect("lobby", CORE) as ted:
            assert (await ted.hear("error"))["data"]["code"] == "unavailable"
            assert await ted.heard_to_the_end() == ([], 4003)


class Slow:
    """An authenticator that gives no answer before it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.known = asyncio.Event()

    async def __call__(self, handshake: Handshake) -> Identity | None:
        if "Cookie" not in handshake.headers:
            return None
        self.asked.set()
        await self.known.wait()
        return await by_cookie(handshake)


async def test_what_is_said_meanwhile_is_heard_afterwards_in_order() -> None:
    slow = Slow()
    async with open_with(slow) as server, server.connect(headers=TED) as ted:
        await slow.asked.wait()
        await ted.say("ping", 1)
        await ted.say("join", {"room_id": "lobby"})
        for number in (2, 3):
            await ted.say("x-count", number, "room")
        await ted.say("ping", 4)
        slow.known.set()
        assert (await ted.hear("pong", "joined"))["data"] == 1
        assert (await ted.hear("pong", "joined"))["data"]["role"] == "moderator"
        for number in (2, 3, 4):
            assert (await ted.hear("pong", "x-count"))["data"] == number


async def test_one_who_is_slow_to_be_known_holds_up_nobody_else() -> None:
    slow = Slow()
    async with open_with(slow) as server, server.connect(headers=TED) as ted:
        await slow.asked.wait()
        async with server.connect() as guest:
            assert (await guest.join())["role"] == "guest"
        slow.known.set()
        assert (await ted.join())["role"] == "moderator"


async def test_who_goes_before_it_is_known_leaves_nothing_behind() -> None:
    slow = Slow()
    async with open_with(slow) as server:
        before = len(asyncio.all_tasks())
        for profile in (CORE, SESSION):
            async with server.connect("lobby", profile, TED) as ted:
                await slow.asked.wait()
                slow.asked.clear()
                await ted.say("join", {"room_id": "lobby"})
                ted.wire.abort()
        closed = server.signaling.server.counts.closed
        await eventually(lambda: sum(closed.values()) == 2)
        slow.known.set()
        await eventually(lambda: len(asyncio.all_tasks()) == before)
        assert server.signaling.server.roster(RoomId("lobby")) == ()
        assert server.signaling.server.census().connections == 0


async def test_a_client_in_this_process_is_asked_nothing() -> None:
    async def refuse(handshake: Handshake) -> None:
        raise NotAllowed

    async with open_with(refuse) as server:
        signaling = server.signaling
        async with (
            signaling.connect("lobby", identity=PEOPLE["6d2f"]) as ted,
            signaling.connect("lobby") as guest,
            signaling.join("vault", identity=PEOPLE["90aa"]) as ann,
        ):
            assert signaling.server.roster(RoomId("lobby")) == (
                SessionClient(ted.id, "Ted", "moderator"),
                SessionClient(guest.id, "Major Tom", "guest"),
            )
            assert signaling.server.roster(RoomId("vault")) == tuple(ann.clients.values())
