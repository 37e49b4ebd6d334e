"""Tests that the core is pure: it works with I/O, clocks and random numbers blocked."""

import subprocess
import sys
from pathlib import Path

import camus_core

BLOCKED = """
    socket _socket ssl _ssl asyncio select selectors threading _thread subprocess signal
    multiprocessing concurrent queue time random secrets uuid logging sqlite3 _sqlite3 http
    email tempfile shutil ctypes mmap fcntl os io pathlib websockets click psycopg
    psycopg_pool sqlite_utils slugify platformdirs uvloop msgspec camus_transport camus_store
"""

PROGRAM = """
import builtins, importlib, pkgutil, sys

source, *blocked = sys.argv[1:]
sys.path.insert(0, source)

import attrs, cattrs  # what these import themselves is theirs

# Nobody can import what isn't loaded yet; the core itself can import none of it.
for name in blocked:
    sys.modules.setdefault(name, None)
plain_import = builtins.__import__

def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if level == 0 and importer.startswith("camus_core") and name.split(".")[0] in blocked:
        raise ImportError(f"{importer} imports {name}")
    return plain_import(name, globals, locals, fromlist, level)

builtins.__import__ = guarded_import

import camus_core

imported = ["camus_core"]
for module in pkgutil.walk_packages(camus_core.__path__, "camus_core."):
    if module.name != "camus_core.wire.msgspec_scanner":
        importlib.import_module(module.name)
        imported.append(module.name)

from camus_core.wire.json_codec import JsonCodec
from camus_core.events import Answered, Connected, Received
from camus_core.records import StoredRoom
from camus_core.router import Router

def nothing_outside(event, args):
    kind = event.split(".")[0]
    if kind in ("open", "import", "os", "socket", "subprocess", "sqlite3", "time", "shutil"):
        raise RuntimeError(f"the core does {event}")

sys.addaudithook(nothing_outside)

codec, router, now = JsonCodec(), Router(), 1615918847.0
ann, bob = "a" * 32, "b" * 32
coming = Connected(1, ann, "lobby")
(ask,) = router.handle(coming, now)
room = StoredRoom(ask.question.if_absent, is_new=True)
router.handle(Answered(1, room), now)
router.handle(Connected(2, bob, "lobby"), now)
offer = b'{"receiver":"%b","type":"offer","data":{"type":"offer","sdp":"v=0"}}' % bob.encode()
(send, *_) = router.handle(Received(1, codec.decode(offer)), now)
sys.stdout.write(f"{len(imported)} {list(send.to)} {codec.encode(send.message).decode()}")
"""


def test_with_all_io_blocked_every_module_is_imported_and_an_offer_handled() -> None:
    source = Path(camus_core.__file__).parents[1]
    command = [sys.executable, "-I", "-c", PROGRAM, str(source), *BLOCKED.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    modules, rest = done.stdout.split(" ", 1)
    assert int(modules) >= 24
    assert rest == (
        '[2] {"sender":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
        '"receiver":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","type":"offer",'
        '"data":{"type":"offer","sdp":"v=0"}}'
    )


def test_the_block_holds() -> None:
    source = Path(camus_core.__file__).parents[1]
    lines = PROGRAM.replace("import camus_core\n", "import socket\n", 1)
    command = [sys.executable, "-I", "-c", lines, str(source), *BLOCKED.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "import of socket halted" in done.stderr
