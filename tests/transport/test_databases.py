"""A database that fails under a server, and one that two servers share."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from camus_store import open_store
from camus_transport import Signaling
from store.pgbouncer import find_pgbouncer, pgbouncer
from store.postgres_cluster import PostgresCluster
from transport.raw_socket import RawSocket, raw_socket, raw_websocket
from transport.serve import CamusServe, camus_serve, run
from transport.test_stopping import wait_for_members

SOON = 20.0
"""Seconds within which a recovered database has been found: the longest pause between two tries
has doubled a few times by then.
"""


async def refusal(server: CamusServe, room_id: str) -> str | None:
    """Return the reason why a newcomer is refused, or None if it is admitted."""
    async with raw_socket(server.port) as client:
        assert (await client.request(f"/room/{room_id}/ws")).status == 101
        first = await client.read_message()
        if first["type"] == "greeting":
            return None
        assert first["type"] == "error"
        assert first["data"].get("retry_after", 1) > 0
        assert await client.close_code() in (4003, 4502)
        return str(first["data"]["code"])


async def deliver(speaker: RawSocket, hearer: RawSocket, text: str) -> None:
    """Send a text, and wait until it arrives."""
    await speaker.say("text", "room", {"text": text})
    while (await hearer.hear("text"))["data"]["text"] != text:
        pass


async def test_a_call_outlives_its_database_and_who_comes_later_is_told_to_wait(
    cluster: PostgresCluster,
) -> None:
    url = cluster.dsn("postgres")
    async with (
        camus_serve("--database-url", url) as server,
        raw_websocket(server.port, "stage") as ann,
        raw_websocket(server.port, "stage") as bob,
    ):
        await wait_for_members(url, "stage", 2)
        cluster.kill()
        await deliver(ann, bob, "Can you hear me?")
        async with raw_websocket(server.port, "stage") as carol:
            await deliver(carol, bob, "I can.")
            asked_at = time.monotonic()
            assert await refusal(server, "elsewhere") == "unavailable"
            assert time.monotonic() - asked_at < 10
            await ann.say("bye")
            await bob.hear("bye")
            await deliver(bob, carol, "Ground control?")

            cluster.start()
            async with asyncio.timeout(SOON):
                while await refusal(server, "elsewhere") is not None:
                    pass
            await wait_for_members(url, "stage", 2, SOON)
            await deliver(bob, carol, "There it is.")
        await wait_for_members(url, "stage", 1)
        assert await server.end() == 0
        told = [line for line in server.log if "INFO" not in line]
        assert told and not any("error connecting" in line for line in told)  # each try


async def test_a_server_stops_in_time_while_its_database_is_away(
    cluster: PostgresCluster,
) -> None:
    url = cluster.dsn("postgres")
    async with camus_serve("--database-url", url) as server:
        async with raw_websocket(server.port, "stage") as client:
            cluster.kill()
            await client.say("profile", data={"username": "Ann"})
            stopping = asyncio.create_task(server.end())
            assert await client.close_code() == 1012
            assert await stopping == 0


async def test_a_server_stops_in_time_while_its_database_is_frozen(
    cluster: PostgresCluster,
) -> None:
    url = cluster.dsn("postgres")
    async with camus_serve("--database-url", url) as server:
        async with raw_websocket(server.port, "stage") as client:
            with cluster.frozen():
                await client.say("profile", data={"username": "Ann"})
                stopping = asyncio.create_task(server.end())
                assert await client.close_code() == 1012
                assert await stopping == 0


async def test_two_servers_that_make_one_room_at_once_both_let_people_in(
    database_url: str,
) -> None:
    options = ["--database-url", database_url]
    async with camus_serve(*options) as one, camus_serve(*options) as other:
        for number in range(20):
            room_id = f"room-{number}"
            answers = await asyncio.gather(refusal(one, room_id), refusal(other, room_id))
            assert list(answers) == [None, None]


async def test_a_room_made_at_one_server_is_known_at_the_other(database_url: str) -> None:
    options = ["--database-url", database_url, "--no-rooms-on-demand"]
    async with camus_serve(*options) as one, camus_serve(*options) as other:
        await run("rooms", "create", "--database-url", database_url, "stage")
        async with raw_websocket(one.port, "stage"), raw_websocket(other.port, "stage"):
            await wait_for_members(database_url, "stage", 2)


async def test_a_room_that_an_operator_makes_anew_is_not_deleted_with_the_old_one(
    database_url: str,
) -> None:
    options = ["--database-url", database_url]
    async with (
        camus_serve(*options, "--room-empty-for", "1") as one,
        camus_serve(*options) as other,
    ):
        assert await refusal(one, "team-blue") is None
        assert await refusal(other, "team-blue") is None
        await wait_for_members(database_url, "team-blue", 0)
        await run("rooms", "delete", *options, "team-blue")
        await run("rooms", "create", *options, "Team Blue", "--password", "jam")
        await asyncio.sleep(2)
        assert await refusal(one, "team-blue") == "password-required"
        assert await refusal(other, "team-blue") == "password-required"


async def test_a_hundred_and_fifty_come_in_through_pgbouncer(cluster: PostgresCluster) -> None:
    program = find_pgbouncer()
    if program is None:
        pytest.skip("no PgBouncer is installed: pgbouncer was not found")
    with pgbouncer(program, cluster) as url:
        async with Signaling(url) as signaling, AsyncExitStack() as exits:
            peers = await asyncio.gather(
                *(
                    exits.enter_async_context(signaling.connect(f"room-{number % 50}"))
                    for number in range(150)
                )
            )
            assert len({peer.id for peer in peers}) == 150
            async with asyncio.timeout(SOON), open_store(cluster.dsn("postgres")) as store:
                while len(await store.list_clients()) < 150:
                    pass
                stored = [client.id for client in await store.list_clients()]
                assert sorted(stored) == sorted(peer.id for peer in peers)
