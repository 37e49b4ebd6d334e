"""The server over the in-memory transport, where the websockets library can't be imported."""

import subprocess
import sys
from pathlib import Path

import camus_transport

PROGRAM = """
import asyncio, sys, types

def without_facade(name):
    # camus_transport itself, and its package of clients, import the WebSocket transport.
    package = types.ModuleType(name)
    package.__path__ = [f"{sys.argv[1]}/{name.replace('.', '/')}"]
    sys.modules[name] = package

sys.path.insert(0, sys.argv[1])
sys.modules["websockets"] = None
without_facade("camus_transport")
without_facade("camus_transport.client")

from camus_core import Router
from camus_core.records import RoomId
from camus_store.memory import MemoryStore
from camus_transport.memory import MemoryWire
from camus_transport.server.server import SignalingServer

async def main():
    async with MemoryStore() as store, SignalingServer(Router(), store) as server:
        ann = MemoryWire.open(server, RoomId("lobby"))
        await ann.write(b'{"receiver": "ground control", "type": "ping", "data": 5}')
        for _ in range(2):
            print((await ann.read()).decode())

asyncio.run(main())
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    source = Path(camus_transport.__file__).parents[1]
    command = [sys.executable, "-c", program, str(source)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_without_websockets_a_client_in_memory_is_greeted_and_answered() -> None:
    done = run(PROGRAM)
    assert done.stderr == ""
    greeting, pong = done.stdout.splitlines()
    assert '"type":"greeting"' in greeting
    assert '"type":"pong"' in pong


def test_the_block_holds() -> None:
    done = run(
        PROGRAM.replace("from camus_core", "import websockets.frames\nfrom camus_core", 1)
    )
    assert "ModuleNotFoundError" in done.stderr
