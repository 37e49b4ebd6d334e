"""Clients of the earlier release and of this one, in one room, at a server of either."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count, product
from typing import Any

import pytest
import pytest_asyncio
from attrs import define, frozen
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.typing import Subprotocol

from compatibility.clients import Client, People, Refused, people_of
from compatibility.releases import NEW, Release
from transport.cutting_proxy import cutting_proxy
from transport.serve import CamusServe

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIXES = [
    ("new", "earlier", "earlier"),
    ("new", "earlier", "new"),
    ("new", "new", "earlier"),
    ("earlier", "new", "new"),
    ("earlier", "earlier", "new"),
    ("earlier", "new", "earlier"),
]
"""The releases of the server, of Ann and of Bob; the clients of two meet in each."""

_numbers = count()


@frozen
class World:
    """The servers and the processes with clients, by the name of their release."""

    earlier: Release
    servers: dict[str, CamusServe]
    people: dict[str, People]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(earlier: Release) -> AsyncIterator[World]:
    """Servers and clients of both releases."""
    async with AsyncExitStack() as exits:
        world = World(earlier, {}, {})
        for release in (earlier, NEW):
            world.servers[release.name] = await exits.enter_async_context(release.serve())
            world.people[release.name] = await exits.enter_async_context(people_of(release))
        yield world


@define
class Meeting:
    """Ann and Bob, and a room in which nobody has been."""

    server: CamusServe
    ann: Client
    bob: Client
    room: str

    @property
    def url(self) -> str:
        return self.server.url(self.room)

    async def both_join(self) -> None:
        await self.ann.joins(self.url)
        await self.bob.joins(self.url)
        assert (await self.ann.hears("client-joined"))["id"] == self.bob.id

    async def ann_hosts(self) -> None:
        """Let Ann create the room, and join it as its owner."""
        made = await self.ann.does(
            "create_room", url=f"ws://127.0.0.1:{self.server.port}/ws", name=self.room
        )
        assert made["room_id"] == self.room
        known = await self.ann.joins(self.url, owner_token=made["owner_token"])
        assert known["role"] == "owner"


def a_meeting(world: World, mix: tuple[str, str, str]) -> Meeting:
    server, ann, bob = mix
    number = next(_numbers)
    return Meeting(
        world.servers[server],
        world.people[ann].client(f"Ann {number}"),
        world.people[bob].client(f"Bob {number}"),
        f"room-{number}",
    )


@pytest.fixture(params=MIXES, ids=lambda mix: "server {}, Ann {}, Bob {}".format(*mix))
def meeting(request: pytest.FixtureRequest, world: World) -> Meeting:
    return a_meeting(world, request.param)


async def test_the_clients_are_of_two_releases(world: World) -> None:
    folders = {
        name: await people.client("somebody").does("tell_release")
        for name, people in world.people.items()
    }
    assert folders["earlier"] == world.earlier.settings["PYTHONPATH"]
    assert folders["new"] != folders["earlier"]


async def ends(client: Client, code: int) -> None:
    assert await client.hears("end") == code


async def test_members_meet_talk_change_their_names_and_leave(meeting: Meeting) -> None:
    ann, bob = meeting.ann, meeting.bob
    await meeting.both_join()
    assert (await bob.does("look"))["clients"] == [[ann.name, "guest"], [bob.name, "guest"]]

    await ann.does("send", receiver="room", type="text", data={"text": "Hello!"})
    for one in (ann, bob):
        heard = await one.hears("text")
        assert (heard["text"], heard["from"]) == ("Hello!", ann.name)
    for type, data in {
        "offer": {"type": "offer", "sdp": "v=0\r\n"},
        "answer": {"type": "answer", "sdp": "v=0\r\n"},
        "icecandidate": {"candidate": "", "sdpMid": "0"},
        "x-state": {"muted": True},
        "greeting": "Hello",
    }.items():
        await ann.does("send", receiver=bob.id, type=type, data=data)
        heard = await bob.next(type)
        assert (heard["sender"], heard["receiver"], heard["data"]) == (ann.id, bob.id, data)

    await bob.does("request", type="profile", data={"username": "Robert"})
    assert (await ann.hears("client-updated"))["username"] == "Robert"
    info = await ann.does("request", type="get-room-info")
    assert [one["username"] for one in info["data"]["clients"]] == [ann.name, "Robert"]
    assert (await ann.does("request", type="get-ice-servers"))["type"] == "ice-servers"
    assert (await ann.does("request", type="list-rooms"))["type"] == "rooms"

    await bob.does("leave")
    left = await ann.hears("client-left")
    assert (left["id"], left["reason"]) == (bob.id, "left")
    assert (await ann.does("look"))["clients"] == [[ann.name, "guest"]]
    await ends(bob, 1000)


async def test_who_is_kicked_or_banned_is_closed_and_others_hear_why(meeting: Meeting) -> None:
    ann, bob = meeting.ann, meeting.bob
    await meeting.ann_hosts()
    for order, reason, code in (("kick", "kicked", 4506), ("ban", "banned", 4507)):
        await bob.joins(meeting.url)
        await ann.does("request", type=order, data={"id": bob.id})
        await ends(bob, code)
        left = await ann.hears("client-left")
        assert (left["id"], left["reason"]) == (bob.id, reason)
        assert (await ann.does("look"))["clients"] == [[ann.name, "owner"]]
    await ann.does("leave")  # while a moderator is there, newer servers have him wait
    with pytest.raises(Refused, match="banned"):
        await bob.joins(meeting.url)


async def test_a_guest_of_a_banned_address_waits_at_a_newer_server(world: World) -> None:
    for ann, bob in product(("earlier", "new"), repeat=2):
        meeting = a_meeting(world, ("new", ann, bob))
        await meeting.ann_hosts()
        await meeting.bob.joins(meeting.url)
        await meeting.ann.does("request", type="ban", data={"id": meeting.bob.id})
        await ends(meeting.bob, 4507)
        joining = asyncio.create_task(meeting.bob.joins(meeting.url))
        waiting = await meeting.ann.hears("client-waiting")
        await meeting.ann.does("request", type="admit", data={"id": waiting["id"]})
        assert (await joining)["locked"] is False


async def test_newcomers_to_a_locked_room_wait(meeting: Meeting) -> None:
    ann, bob = meeting.ann, meeting.bob
    await meeting.ann_hosts()
    await ann.does("request", type="lock", data={"locked": True})
    assert (await ann.hears("room-updated"))["locked"] is True
    for decision in ("deny", "admit"):
        joining = asyncio.create_task(bob.joins(meeting.url))
        await bob.hears("InWaitingRoom")
        waiting = await ann.hears("client-waiting")
        assert waiting["username"] == bob.name
        assert (await ann.does("look"))["waiting"] == [bob.name]
        await ann.does("request", type=decision, data={"id": waiting["id"]})
        assert (await ann.hears("client-waiting-left"))["id"] == waiting["id"]
        if decision == "deny":
            with pytest.raises(Refused, match="denied"):
                await joining
    assert (await joining)["locked"] is True

    await ann.does("request", type="set-role", data={"id": bob.id, "role": "moderator"})
    for one in (ann, bob):
        assert (await one.hears("client-updated"))["role"] == "moderator"
    await bob.does("request", type="lock", data={"locked": False})
    for one in (ann, bob):
        assert (await one.hears("room-updated"))["locked"] is False
        assert (await one.does("look"))["locked"] is False


async def test_a_session_goes_on_after_its_connection_was_lost(meeting: Meeting) -> None:
    ann, bob = meeting.ann, meeting.bob
    async with cutting_proxy(meeting.server.port) as network:
        await ann.joins(meeting.url)
        await bob.joins(f"ws://127.0.0.1:{network.port}/room/{meeting.room}/ws")
        for number in range(3):
            network.deaf = True
            network.cut()
            await bob.hears("Dropped")
            await ann.does("send", receiver=bob.id, type="x-number", data=number)
            await bob.does("send", receiver=ann.id, type="x-number", data=number)
            network.deaf = False
            await bob.hears("Resumed")
            assert await bob.hears("x-number") == number
            assert await ann.hears("x-number") == number
        assert (await ann.does("look"))["clients"] == [[ann.name, "guest"], [bob.name, "guest"]]
        await bob.does("leave")
        assert (await ann.next("client-left", "client-joined"))["data"]["reason"] == "left"


async def stays_away(meeting: Meeting) -> None:
    """Let Bob lose his connection for longer than his place is held."""
    ann, bob = meeting.ann, meeting.bob
    async with cutting_proxy(meeting.server.port) as network:
        await ann.joins(meeting.url)
        await bob.joins(f"ws://127.0.0.1:{network.port}/room/{meeting.room}/ws")
        network.deaf = True
        network.cut()
        await bob.hears("Dropped")
        await ann.does("send", receiver=bob.id, type="x-note", data="Hello?", id="1")
        told = [await ann.next("client-left", "undeliverable") for _ in range(2)]
        assert sorted((one["type"], one["data"]["reason"]) for one in told) == [
            ("client-left", "gone"),
            ("undeliverable", "gone"),
        ]
        assert (await ann.does("look"))["clients"] == [[ann.name, "guest"]]
        network.deaf = False
        rejoined = await bob.hears("Rejoined")
        assert rejoined == {"reason": "unknown", "same_id": False}
        assert (await ann.hears("client-joined"))["username"] == bob.name


async def test_a_member_that_stays_away_is_gone_and_may_come_again(world: World) -> None:
    async with asyncio.TaskGroup() as tasks:
        for mix in MIXES:
            tasks.create_task(stays_away(a_meeting(world, mix)))


async def says_join(page: ClientConnection, room: str, **data: Any) -> Any:
    """Join as a page does, without a library, and return the data of `joined`."""
    join = {"receiver": "ground control", "type": "join", "data": {"room_id": room, **data}}
    await page.send(json.dumps(join))
    while (answer := json.loads(await page.recv()))["type"] != "joined":
        pass
    return answer["data"]


async def test_a_page_that_is_loaded_again_is_another_newcomer(meeting: Meeting) -> None:
    ann, bob = meeting.ann, meeting.bob
    await meeting.both_join()
    url, camus_2 = f"ws://127.0.0.1:{meeting.server.port}/ws", [Subprotocol("camus.2")]
    async with open_websocket(url, subprotocols=camus_2) as page:
        joined = await says_join(page, meeting.room, username="Eve")
        for one in (ann, bob):
            assert (await one.hears("client-joined"))["username"] == "Eve"
    async with open_websocket(url, subprotocols=camus_2) as page:
        resume = {"session": joined["session"]}
        again = await says_join(page, meeting.room, resume=resume)
        assert (again["id"], again["reason"]) == (joined["id"], "rejoined")
        for one in (ann, bob):
            left = await one.hears("client-left")
            assert (left["id"], left["reason"]) == (joined["id"], "rejoined")
            assert (await one.hears("client-joined"))["id"] == joined["id"]
            assert ["Eve", "guest"] in (await one.does("look"))["clients"]


async def test_a_client_of_the_core_profile_meets_the_others(meeting: Meeting) -> None:
    ann, bob = meeting.ann, meeting.bob
    await ann.joins(meeting.url)
    bob.id = (await bob.does("connect", url=meeting.url))["id"]
    assert (await ann.hears("client-joined"))["id"] == bob.id
    await bob.does("send", receiver="room", type="text", data={"text": "Hello!"})
    assert (await ann.hears("text"))["text"] == "Hello!"
    await ann.does("request", type="profile", data={"username": "Anna"})
    while (rosters := await bob.hears("room-info"))["clients"][0]["username"] != "Anna":
        pass
    assert [one["id"] for one in rosters["clients"]] == [ann.id, bob.id]
    await bob.does("leave")
    assert (await ann.hears("client-left"))["reason"] == "left"
