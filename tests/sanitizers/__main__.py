"""Compile `scanner.c` with sanitizers, and compare it with the reference codec on many frames.

    nox -s sanitizers -- --frames 10000000 --seed 1

The frames are the corpus of the codecs' tests, each changed at random places. A difference or a
fault of memory ends the run with an error, which names the seed.
"""

import argparse
import os
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from camus_core.wire.codec import Codec
from camus_core.wire.fast_codec import FastCodec
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import Described
from core.hostile_frames import mutated
from core.test_fast_codec import FRAMES, ODD, Verdict, verdict

SOURCE = Path(__file__).parents[2] / "src/camus_core/wire/scanner.c"

SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1"]


def compiled(folder: Path) -> Path:
    """Return the extension, compiled into a folder with the sanitizers."""
    built = folder / "_scanner.so"
    include = sysconfig.get_paths()["include"]
    command = ["cc", *SANITIZERS, "-shared", "-fPIC", f"-I{include}", str(SOURCE)]
    subprocess.run([*command, "-o", str(built)], check=True)
    return built


def run_under_sanitizers(arguments: list[str]) -> int:
    """Run this module again in a Python that has loaded the sanitizers; return its status."""
    library = subprocess.run(
        ["cc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "LD_PRELOAD": library,
            "ASAN_OPTIONS": "detect_leaks=0",  # Python itself ends with memory in use
            "SCANNER": str(compiled(Path(folder))),
        }
        command = [sys.executable, "-m", "sanitizers", *arguments]
        return subprocess.run(command, env=environment).returncode


def changed(chance: random.Random) -> bytes:
    """Return a frame of the corpus with changes."""
    frame = chance.choice(FRAMES)
    at = chance.randint(0, len(frame))
    match chance.randrange(4):
        case 0:
            other = chance.choice(FRAMES)
            frame = frame[:at] + other[chance.randint(0, len(other)) :]
        case 1:
            frame = frame[:at] + chance.choice(ODD) + frame[at:]
        case 2:
            return frame[:at]
        case _:
            pass
    return mutated(chance, frame)


def written(codec: Codec, message: Verdict) -> bytes | None:
    """Return the frame of a message; None for one that the scanner doesn't write.

    The values of a `Described` message are written by json or by msgspec, which differ in the
    form of large floats.
    """
    if isinstance(message, tuple | Described):
        return None
    return codec.encode(message)


def compare(scanner: Path, frames: int, seed: int) -> None:
    """Compare the codec on this scanner with the reference."""
    specification = spec_from_file_location("_scanner", scanner)
    assert specification is not None and specification.loader is not None
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    reference, fast = JsonCodec(), FastCodec(module)
    chance = random.Random(seed)
    began = time.monotonic()
    for number in range(frames):
        frame, ids = changed(chance), chance.random() < 0.5
        found, due = verdict(fast, frame, ids), verdict(reference, frame, ids)
        if (type(found), found) != (type(due), due):
            raise SystemExit(f"seed {seed}: {frame!r}: {found} instead of {due}")
        if written(fast, found) != written(reference, due):
            raise SystemExit(f"seed {seed}: {frame!r} is written differently")
        if number and number % 1_000_000 == 0:
            print(f"{number} frames in {time.monotonic() - began:.0f} s", flush=True)
    print(f"{frames} frames agree, and no sanitizer found a fault")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    scanner = os.environ.get("SCANNER")
    if scanner is None:
        return run_under_sanitizers(sys.argv[1:])
    compare(Path(scanner), arguments.frames, arguments.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
