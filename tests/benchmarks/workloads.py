"""Workloads: relaying in pairs without a pause, and setting up one call after another."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from itertools import count

from attrs import frozen
from dialects import Dialect
from generator import PATIENCE, Client, Faulty, patiently
from payloads import Kind

new_event_loop: Callable[[], asyncio.AbstractEventLoop]
try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop

WARM_UP = 0.5  # seconds before the measured window, in which both ends warm their caches
CANDIDATES = 10  # in each direction of a call, as from a browser with two interfaces


@frozen
class Measured:
    """One run: the server's work in the measured window, and its cost."""

    done: int
    seconds: float
    server_cpu: float
    generator_cpu: float

    @property
    def microseconds(self) -> float:
        """Return the server's CPU time for each unit of work, in microseconds."""
        return self.server_cpu / max(self.done, 1) * 1e6


@frozen
class Site:
    """The address and the CPU meter of the server under test."""

    dialect: Dialect
    port: int
    cpu: Callable[[], float]
    """Function that returns the CPU seconds that the server has used so far."""


@frozen
class Relay:
    """Pairs whose members each keep some messages on their way to the other."""

    kind: Kind
    pairs: int = 50
    in_flight: int = 8
    unit: str = "message"

    async def run(self, site: Site, seconds: float, broken: asyncio.Future[None]) -> Measured:
        clients = [
            Client(site.dialect, number, f"pair-{number // 2}", broken)
            for number in range(2 * self.pairs)
        ]
        flying = delivered = 0
        going = True
        landed = asyncio.get_running_loop().create_future()

        def say(client: Client) -> None:
            nonlocal flying
            flying += 1
            client.say(self.kind)

        def heard_from(client: Client) -> None:
            nonlocal flying, delivered
            flying -= 1
            delivered += 1
            if going:
                say(client)
            elif not flying:
                landed.set_result(None)

        for one, other in zip(clients[::2], clients[1::2], strict=True):
            one.on_heard = partial(heard_from, other)
            other.on_heard = partial(heard_from, one)
            await _meet(one, other, site.port)
        for client in clients:
            for _ in range(self.in_flight):
                say(client)
        measured = await _window(site, seconds, lambda: delivered)
        going = False
        await patiently(landed, lambda: f"lost: {flying} messages never arrived")
        await asyncio.gather(*(client.close() for client in clients))
        return measured


@frozen
class Calls:
    """Pairs that connect, join, exchange offer, answer and candidates, and close."""

    at_once: int = 20
    unit: str = "call"

    async def run(self, site: Site, seconds: float, broken: asyncio.Future[None]) -> Measured:
        completed = 0
        going = True
        numbers = count()

        async def one_after_another() -> None:
            nonlocal completed
            while going:
                number = next(numbers)
                caller = Client(site.dialect, 2 * number, f"call-{number}", broken)
                callee = Client(site.dialect, 2 * number + 1, f"call-{number}", broken)
                await self._call(caller, callee, site.port)
                completed += 1

        slots = [asyncio.create_task(one_after_another()) for _ in range(self.at_once)]
        measured = await _window(site, seconds, lambda: completed)
        going = False
        await asyncio.gather(*slots)
        return measured

    async def _call(self, caller: Client, callee: Client, port: int) -> None:
        done = asyncio.get_running_loop().create_future()

        def heard() -> None:
            if callee.heard == 1 and not callee.said:
                _say(callee, "answer")
            if caller.heard == callee.heard == 1 + CANDIDATES and not done.done():
                done.set_result(None)

        caller.on_heard = callee.on_heard = heard
        await _meet(caller, callee, port)
        _say(caller, "offer")
        await patiently(
            done, lambda: f"lost: a call heard {caller.heard} and {callee.heard} messages"
        )
        await asyncio.gather(caller.close(), callee.close())


Workload = Relay | Calls


def run(workload: Workload, site: Site, seconds: float) -> Measured:
    """Run a workload to its end.

    Raises:
        Faulty: A message was lost, altered, repeated, out of order or misrouted, or the
            server refused or ended something, or the run did not end in time.
    """

    async def until_broken() -> Measured:
        broken = asyncio.get_running_loop().create_future()
        work = asyncio.create_task(workload.run(site, seconds, broken))
        deadline = WARM_UP + seconds + 3 * PATIENCE
        await asyncio.wait({work, broken}, timeout=deadline, return_when="FIRST_COMPLETED")
        if broken.done():
            broken.result()
        if not work.done():
            raise Faulty(f"not done after {deadline:.0f} s")
        return await work

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        try:
            return runner.run(until_broken())
        except OSError as error:
            raise Faulty(str(error)) from error


async def _window(site: Site, seconds: float, done: Callable[[], int]) -> Measured:
    await asyncio.sleep(WARM_UP)
    done_before, began, server, generator = _reading(site, done)
    await asyncio.sleep(seconds)
    done_after, ended, server_after, generator_after = _reading(site, done)
    return Measured(
        done=done_after - done_before,
        seconds=ended - began,
        server_cpu=server_after - server,
        generator_cpu=generator_after - generator,
    )


def _reading(site: Site, done: Callable[[], int]) -> tuple[int, float, float, float]:
    return done(), time.monotonic(), site.cpu(), time.process_time()


async def _meet(one: Client, other: Client, port: int) -> None:
    one.partner, other.partner = other, one
    await asyncio.gather(one.join(port), other.join(port))


def _say(client: Client, description: Kind) -> None:
    client.say(description)
    for _ in range(CANDIDATES):
        client.say("icecandidate")
