"""Two aiortc peers in processes of their own, which exchange bytes by a camus-serve."""

from interop.peers import aiortc_peer
from transport.serve import camus_serve


async def test_two_aiortc_peers_meet_and_exchange_bytes(database_url: str) -> None:
    async with camus_serve("--database-url", database_url) as server:
        url = server.url("stage")
        async with aiortc_peer(url) as ann:
            await ann.is_here()
            async with aiortc_peer(url) as bob:
                await bob.is_here()
                ann_sent, ann_received = await ann.digests()
                bob_sent, bob_received = await bob.digests()
                assert (ann_received, bob_received) == (bob_sent, ann_sent)
        assert await server.end() == 0


async def test_two_peers_that_come_at_once_meet_too() -> None:
    async with camus_serve() as server:
        url = server.url("stage")
        async with aiortc_peer(url) as ann, aiortc_peer(url) as bob:
            await ann.is_here()
            await bob.is_here()
            ann_sent, ann_received = await ann.digests()
            bob_sent, bob_received = await bob.digests()
            assert (ann_received, bob_received) == (bob_sent, ann_sent)
