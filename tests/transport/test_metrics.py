"""The effect of a conversation on the Prometheus metrics, over real sockets."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from unittest.mock import ANY

import pytest
from prometheus_client.parser import text_string_to_metric_families

from camus_core import Limits, Router
from camus_core.admission.identity import Identity
from camus_core.effects import Effect
from camus_core.events import Event, Received, Timestamp
from camus_core.records import RoomId
from camus_store import open_store
from camus_transport import Refused, Signaling
from camus_transport.client.wire import WireClosed
from camus_transport.memory import MemoryWire
from camus_transport.server.metrics import FRESH_SECONDS, Metrics
from camus_transport.server.server import SignalingServer
from transport.failing_store import FailingStore
from transport.raw_socket import (
    BINARY,
    CLOSE,
    SECONDS,
    RawSocket,
    eventually,
    frame,
    message,
    raw_socket,
    raw_websocket,
)
from transport.serve import camus_serve

Numbers = Mapping[str, float]
"""Each sample as it is written, `camus_refusals_total{code="room-full"}`, and its value."""

MEASURED = ("process_", "camus_store_", "camus_frames_", "camus_sent_")
"""Prefixes of the samples that a conversation alone doesn't determine."""


def read(page: str) -> Numbers:
    return {
        sample.name
        + "".join(f'{{{label}="{value}"}}' for label, value in sorted(sample.labels.items())): (
            sample.value
        )
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def scrape(port: int) -> Numbers:
    async with raw_socket(port) as client:
        response = await client.request("/metrics", upgrade=False)
        assert response.status == 200
        return read(response.text)


async def wait_for_samples(port: int, expected: Numbers) -> Numbers:
    """Wait until samples have these values; return them with all others."""
    numbers: Numbers = {}
    try:
        async with asyncio.timeout(SECONDS):
            while {name: numbers.get(name) for name in expected} != expected:
                numbers = await scrape(port)
    except TimeoutError:
        assert {name: numbers.get(name) for name in expected} == expected
    return numbers


async def wait_for_values(port: int, **expected: float) -> Numbers:
    """Wait for these values of samples without labels, named without `camus_`."""
    return await wait_for_samples(
        port, {f"camus_{name}": value for name, value in expected.items()}
    )


def nonzero(numbers: Numbers) -> Numbers:
    """Return the samples that a conversation determines and that aren't 0."""
    return {
        name: value
        for name, value in numbers.items()
        if value and not name.startswith(MEASURED) and name != "camus_unwritten_changes"
    }


@asynccontextmanager
async def session(port: int, **join: Any) -> AsyncIterator[tuple[RawSocket, dict[str, Any]]]:
    """Join the room `lobby` with a session; yield the client, and the data of `joined`."""
    async with raw_socket(port) as client:
        response = await client.request("/room/lobby/ws", "Sec-WebSocket-Protocol: camus.2")
        assert response.status == 101
        await client.say("join", data=join)
        yield client, (await client.hear("joined"))["data"]


async def test_a_conversation_is_counted_message_by_message() -> None:
    async with camus_serve() as server:
        async with raw_websocket(server.port) as ann, raw_websocket(server.port) as bob:
            await ann.say("text", "room", {"text": "Can you hear me?"})
            await ann.say("x-wave", "room")
            await ann.say("x-smile", "room", {"big": True})
            await bob.hear("x-smile")
            await bob.send(frame(b"I can!"))
            await bob.say("warble")
            await bob.say("profile", data={"username": ""})
            await bob.say("get-ice-servers", "room")
            await bob.say("answer", "f" * 32, {"type": "answer", "sdp": ""})
            await bob.say("ping")
            await bob.hear("pong")
            assert nonzero(await wait_for_values(server.port, connections=2)) == {
                "camus_connections": 2,
                "camus_rooms": 1,
                "camus_members": 2,
                'camus_messages_received_total{type="text"}': 1,
                'camus_messages_received_total{type="x-"}': 2,
                'camus_messages_received_total{type="profile"}': 1,
                'camus_messages_received_total{type="get-ice-servers"}': 1,
                'camus_messages_received_total{type="answer"}': 1,
                'camus_messages_received_total{type="ping"}': 1,
                'camus_refusals_total{code="malformed-message"}': 1,
                'camus_refusals_total{code="unknown-type"}': 1,
                'camus_refusals_total{code="invalid-username"}': 1,
                'camus_refusals_total{code="wrong-receiver"}': 1,
                'camus_refusals_total{code="unknown-receiver"}': 1,
            }
        gone = await wait_for_values(server.port, connections=0)
        assert [gone[f"camus_{name}"] for name in ("rooms", "members")] == [0, 0]


async def test_connections_rooms_and_members_are_those_of_the_moment(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    await wait_for_values(port, connections=0, rooms=0, members=0)
    async with raw_websocket(port, "stage"), raw_websocket(port, "stage"):
        await wait_for_values(port, connections=2, rooms=1, members=2)
        async with raw_websocket(port, "lobby") as client:
            await wait_for_values(port, connections=3, rooms=2, members=3)
            await client.say("bye")
            await wait_for_values(port, connections=2, rooms=1, members=2)
    await wait_for_values(port, connections=0, rooms=0, members=0)


async def test_who_is_away_has_a_place_and_unconfirmed_bytes_until_it_leaves(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    async with session(port) as (_, told):
        await wait_for_values(port, connections=1, members=1, members_away=0)
    await wait_for_values(port, connections=0, rooms=1, members=1, members_away=1)
    async with raw_websocket(port):
        numbers = await wait_for_values(port, connections=1, members=2, members_away=1)
        assert numbers["camus_unconfirmed_bytes"] > 0
        again = {"session": told["session"], "received": 0}
        async with session(port, resume=again) as (ann, _):
            await wait_for_values(port, connections=2, members=2, members_away=0)
            await ann.say("bye")
            await wait_for_values(port, members=1, members_away=0, unconfirmed_bytes=0)


async def test_resumes_are_counted_by_what_came_of_them(sqlite_url: str) -> None:
    counted: dict[str, float] = {}

    def resumes(numbers: Numbers) -> dict[str, float]:
        begin = 'camus_resumes_total{result="'
        return {
            name[len(begin) : -2]: value
            for name, value in numbers.items()
            if name.startswith(begin) and value
        }

    async def resume(port: int, told: dict[str, Any], result: str, **received: int) -> None:
        await wait_for_values(port, connections=0)
        again = {"session": told["session"], **received}
        async with session(port, resume=again) as (_, answer):
            assert answer.get("reason", "resumed") == result
        counted[result] = counted.get(result, 0) + 1
        numbers = await wait_for_samples(port, {f'camus_resumes_total{{result="{result}"}}': 1})
        assert resumes(numbers) == counted

    async with Signaling(sqlite_url, limits=Limits(away_bytes=1)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with session(port) as (_, told):
            pass
        await resume(port, told, "resumed", received=0)
        await resume(port, {"session": "0" * 64}, "unknown", received=0)
        await resume(port, told, "overflow", received=0)
        await resume(port, told, "rejoined")
    async with Signaling(sqlite_url) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        counted.clear()
        await resume(port, told, "restarted", received=0)


async def test_a_refusal_that_is_sent_again_is_one_refusal(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    async with session(port) as (ann, told):
        await ann.say("warble")
        await ann.hear("error")
        ann.reset()
    again = {"session": told["session"], "received": 0}
    async with session(port, resume=again) as (ann, _):
        await ann.hear("error")
        await ann.say("warble")
        await ann.hear("error")
        numbers = await wait_for_samples(port, {'camus_resumes_total{result="resumed"}': 1})
        assert numbers['camus_refusals_total{code="unknown-type"}'] == 2


async def test_who_is_sent_out_or_turned_away_is_counted_by_code(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    owner, eves = Identity("ann", role="owner"), Identity("eve")
    async with signaling.join("lobby", identity=owner) as ann:
        async with signaling.join("lobby", identity=eves) as eve:
            with pytest.raises(Refused, match="not-allowed"):
                await eve.kick(ann.id)
            await ann.ban(eve.id)
        with pytest.raises(Refused, match="banned"):
            await signaling.join("lobby", identity=eves).__aenter__()
        await ann.lock()
        async with raw_socket(port) as client:
            await client.request("/room/lobby/ws")
            assert await client.close_code() == 4503
        entering = asyncio.create_task(signaling.join("lobby").__aenter__())
        await eventually(lambda: len(ann.waiting) == 1)
        [waiter] = ann.waiting
        await ann.deny(waiter)
        with pytest.raises(Refused, match="denied"):
            await entering
        assert nonzero(await wait_for_values(port, connections=1)) == {
            "camus_connections": 1,
            "camus_rooms": 1,
            "camus_members": 1,
            "camus_unconfirmed_bytes": ANY,
            'camus_messages_received_total{type="join"}': 4,
            'camus_messages_received_total{type="kick"}': 1,
            'camus_messages_received_total{type="ban"}': 1,
            'camus_messages_received_total{type="lock"}': 1,
            'camus_messages_received_total{type="deny"}': 1,
            'camus_refusals_total{code="not-allowed"}': 1,
            'camus_refusals_total{code="banned"}': 1,
            'camus_refusals_total{code="room-locked"}': 1,
            'camus_refusals_total{code="denied"}': 1,
            'camus_connections_closed_total{code="4507"}': 1,
            'camus_connections_closed_total{code="4503"}': 1,
            'camus_connections_closed_total{code="other"}': 2,
        }


async def test_too_many_joins_of_an_address_are_counted() -> None:
    async with Signaling(limits=Limits(join_burst=1, joins_per_minute=1)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port), raw_socket(port) as client:
            await client.request("/room/lobby/ws")
            assert await client.close_code() == 4004
            numbers = await wait_for_values(port, connections=1)
    assert numbers['camus_refusals_total{code="rate-limited"}'] == 1
    assert numbers['camus_connections_closed_total{code="4004"}'] == 1


async def test_a_message_that_is_not_delivered_is_counted_when_its_sender_is_told(
    signaling: Signaling,
) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    async with session(port) as (_, told):
        pass
    await wait_for_values(port, members_away=1)
    async with raw_websocket(port) as bob, session(port) as (carol, _):
        for sender in (bob, carol):
            await sender.say("text", told["id"], {"text": "Hello?"})
            await sender.say("ping")
            await sender.hear("pong")
        async with session(port, resume={"session": told["session"]}):
            assert (await bob.hear("error"))["data"]["reason"] == "expired"
            assert (await carol.hear("undeliverable"))["data"]["reason"] == "expired"
            assert nonzero(await wait_for_values(port, connections=3)) == {
                "camus_connections": 3,
                "camus_rooms": 1,
                "camus_members": 3,
                "camus_unconfirmed_bytes": ANY,
                'camus_messages_received_total{type="join"}': 3,
                'camus_messages_received_total{type="text"}': 2,
                'camus_messages_received_total{type="ping"}': 2,
                'camus_resumes_total{result="rejoined"}': 1,
                'camus_undeliverable_total{reason="expired"}': 2,
                'camus_connections_closed_total{code="none"}': 1,
            }


async def test_connections_are_counted_by_how_they_end() -> None:
    ends: dict[str, float] = {}
    async with Signaling(limits=Limits(guest_limit=2)) as signaling, AsyncExitStack() as exits:
        port = await signaling.listen("127.0.0.1", 0)

        async def ended(code: str) -> None:
            ends[f'camus_connections_closed_total{{code="{code}"}}'] = 1
            await wait_for_samples(port, ends)

        await exits.enter_async_context(raw_websocket(port))
        async with raw_websocket(port) as client:
            async with raw_socket(port) as third:
                await third.request("/room/lobby/ws")
                assert await third.close_code() == 4504
            await ended("4504")
            await client.say("bye")
            assert await client.close_code() == 1000
            await ended("1000")
        for last, code in (
            (frame((1001).to_bytes(2, "big"), CLOSE), "1001"),
            (frame((4505).to_bytes(2, "big"), CLOSE), "other"),
            (frame(b"no text", BINARY), "1003"),
            (frame(b"\xff"), "1007"),
            (frame(b"x" * 70_000), "1009"),
            (frame(b"{}", masked=False), "1002"),
        ):
            async with raw_websocket(port) as client:
                await client.send(last)
                await ended(code)
        async with raw_websocket(port) as client:
            client.reset()
            await ended("none")
        numbers = await wait_for_values(port, connections=1)
        assert sum(numbers[name] for name in numbers if "_closed_" in name) == len(ends)


class FaultyRouter(Router):
    """A router that fails on each frame."""

    def handle(self, event: Event, now: Timestamp) -> list[Effect]:
        if isinstance(event, Received):
            raise RuntimeError("this is our fault")
        return super().handle(event, now)


async def test_a_fault_of_the_server_is_counted_by_its_close_code() -> None:
    async with open_store("memory:") as store, SignalingServer(FaultyRouter(), store) as server:
        wire = MemoryWire.open(server, RoomId("lobby"))
        await wire.read()
        await wire.write(message("ping"))
        with pytest.raises(WireClosed, match="1011"):
            await wire.read()
        assert nonzero(read(Metrics(server).page().body.decode())) == {
            'camus_messages_received_total{type="ping"}': 1,
            'camus_connections_closed_total{code="1011"}': 1,
        }


async def test_frames_and_bytes_are_those_that_clients_read() -> None:
    """A roster follows the first frame of each client, and no other within the interval."""
    sizes = []
    async with Signaling(limits=Limits(roster_interval=1e6)) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_socket(port) as ann, raw_socket(port) as bob:
            for client in (ann, bob):
                await client.request("/room/lobby/ws")
                sizes.append(len((await client.read_frame()).payload))
            await ann.say("text", "room", {"text": "Grüße " * 100})
            await ann.say("ping", data="last")
            await bob.say("ping", data="last")
            for client in (ann, bob):
                while b'"last"' not in (payload := (await client.read_frame()).payload):
                    sizes.append(len(payload))
                sizes.append(len(payload))
            sent = {"frames_sent_total": len(sizes), "sent_bytes_total": sum(sizes)}
            await wait_for_values(port, **sent)


async def test_a_store_that_fails_is_counted_and_what_waits_for_it_is_shown() -> None:
    store = FailingStore()
    async with Signaling(store) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port, "stage"):
            await wait_for_values(port, unwritten_changes=0)
            store.questions_fail = True
            async with raw_socket(port) as refused:
                await refused.request("/room/elsewhere/ws")
                assert await refused.close_code() == 4003
            failed = await wait_for_samples(
                port, {'camus_store_errors_total{operation="find_room"}': 1}
            )
            assert failed['camus_store_seconds_count{operation="find_room"}'] == 2
            assert failed['camus_store_seconds_count{operation="create_room"}'] == 1
            assert failed['camus_refusals_total{code="unavailable"}'] == 1
            store.writes_fail = True
            async with raw_websocket(port, "stage"):
                await wait_for_values(port, unwritten_changes=1)
                await eventually(lambda: store.failures >= 2)
                store.writes_fail = False
                numbers = await wait_for_values(port, unwritten_changes=0)
                errors = [numbers[name] for name in numbers if "store_errors" in name]
                assert sum(errors) == store.failures


async def test_whatever_clients_send_adds_no_sample(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    before = await scrape(port)
    for number in range(10):
        async with raw_websocket(port, f"room-{number}") as client:
            await client.say("profile", data={"username": f'"}} {number}\n'})
            for type in (f"x-{number}", f'x-"}} {number}\n', "x-", f"y-{number}", "joined"):
                await client.say(type, "room", {"type": f"x-{number}"})
            await client.say("text", f"{number:032x}", {"text": "Hello?"})
            await client.send(frame(message("text", "room", number)))
            await client.say("ping")
            await client.hear("pong")
            code = 3000 + number
            await client.send(frame(code.to_bytes(2, "big") + b"code=1000", CLOSE))
            assert await client.close_code() == code
    after = await wait_for_samples(port, {'camus_connections_closed_total{code="other"}': 10})
    assert after['camus_messages_received_total{type="x-"}'] == 30
    assert after['camus_refusals_total{code="unknown-type"}'] == 10
    assert after.keys() == before.keys()


async def test_every_sample_is_named_as_prometheus_wants_it(signaling: Signaling) -> None:
    port = await signaling.listen("127.0.0.1", 0)
    async with raw_socket(port) as client:
        page = (await client.request("/metrics", upgrade=False)).text
    for family in text_string_to_metric_families(page):
        assert family.name.startswith(("camus_", "process_"))
        assert family.documentation
        labels = {label for sample in family.samples for label in sample.labels}
        assert labels <= {"type", "code", "result", "reason", "operation", "le"}
    assert 'camus_store_seconds_bucket{le="0.0005",operation="find_room"} 0.0' in page
    assert 'camus_store_seconds_bucket{le="10.0",operation="find_room"} 0.0' in page
    assert "# TYPE camus_refusals_total counter" in page


async def test_two_servers_of_one_process_have_their_own_numbers() -> None:
    async with Signaling() as one, Signaling() as other:
        ports = [await each.listen("127.0.0.1", 0) for each in (one, other)]
        async with raw_websocket(ports[0]):
            await wait_for_values(ports[0], connections=1)
            await wait_for_values(ports[1], connections=0)


async def test_who_asks_without_end_is_told_the_same_for_a_moment() -> None:
    now = 0.0
    async with open_store("memory:") as store, SignalingServer(Router(), store) as server:
        metrics = Metrics(server, lambda: now)
        first = metrics.page()
        server.counts.frames_sent += 1
        now = FRESH_SECONDS * 0.9
        assert metrics.page() is first
        now = FRESH_SECONDS
        assert read(metrics.page().body.decode())["camus_frames_sent_total"] == 1


async def test_without_metrics_the_store_is_not_timed() -> None:
    async with open_store("memory:") as store:
        async with SignalingServer(Router(), store, metrics=False) as server:
            timings = server.counts.store.values()
    assert [sum(timing.calls) for timing in timings] == [0] * len(timings)


def test_nothing_needs_the_package_and_only_a_server_with_metrics_loads_it() -> None:
    program = (
        "import sys, camus_core, camus_store, camus_store.postgres, camus_transport.cli.main;"
        "sys.exit('prometheus_client' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


async def test_without_the_package_a_server_serves_and_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "camus_transport.server.metrics")
    async with Signaling() as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        async with raw_websocket(port), raw_socket(port) as client:
            response = await client.request("/metrics", upgrade=False)
    assert response.status == 404
    assert "pip install 'camus-signaling[metrics]'" in response.text
