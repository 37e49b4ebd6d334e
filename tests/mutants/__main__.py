"""Run the scenarios, and with --core the tests of the core, on mutants of the core."""

import argparse
import compileall
import multiprocessing
import os
import resource
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

import cattrs  # noqa: F401  # imported once for all runs, as the next is
import hypothesis  # noqa: F401
import pytest

from .changes import Mutant, changed_source, mutants_of, sample

SOURCES, CORE = Path("src"), "camus_core"
SUITES = {
    "scenarios": ("tests/conformance/test_bare_router.py",),
    "core": ("-m", "not slow", "tests/core"),
}
SURVIVES, GONE = "survives", "gone"

MEMORY = 2**31  # bytes for one run: a mutant may collect things in an endless loop

Results = dict[Mutant, tuple[str, str]]
"""The suite that catches a mutant, and the first test that fails; or `SURVIVES` or `GONE`."""


class FirstFailure:
    """A plugin of pytest that sends the id of the first test that fails."""

    def __init__(self, to: Connection) -> None:
        self._to = to

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._to.send(report.nodeid)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("--number", type=int, default=150, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--core", action="store_true", help="run the core's tests too")
    parser.add_argument("--results", type=Path, metavar="FILE", help="a table to write")
    parser.add_argument("--again", type=Path, metavar="FILE", help="the table of another run")
    options = parser.parse_args()
    mutants = mutants_of(SOURCES / CORE)
    before = _read(options.again) if options.again else {}
    chosen = list(before) if options.again else sample(mutants, options.number, options.seed)
    results: Results = {}
    with TemporaryDirectory() as folder:
        sources = Path(folder) / SOURCES
        shutil.copytree(SOURCES, sources, ignore=shutil.ignore_patterns("__pycache__"))
        by_content = PycInvalidationMode.CHECKED_HASH  # two mutants may have one size and time
        compileall.compile_dir(sources, quiet=1, invalidation_mode=by_content)
        seconds: dict[str, int] = {}
        for suite in list(SUITES) if options.core else ["scenarios"]:
            if failed := _failure(sources, suite, resource.RLIM_INFINITY):
                sys.exit(f"{suite}: {failed}, without a change")
            used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            seconds[suite] = 10 + 3 * ceil(used)
        for mutant in chosen:
            moved = [one for one in mutants if one[2:4] == mutant[2:4]]
            here = mutant if mutant in mutants else moved[0] if len(moved) == 1 else None
            results[mutant] = (GONE, "")
            if here is not None:
                line, ordinal = mutants[here]
                results[mutant] = _result(here.module, ordinal, sources, seconds)
                if results[mutant][0] == SURVIVES:
                    print(f"{here.module}:{line}", *here[1:4], sep="\n    ", flush=True)
            print(f"{len(results)} of {len(chosen)}", end="\r", file=sys.stderr)
            if options.results:
                _write(options.results, results)
    print(dict(Counter(kind for kind, _ in results.values())))
    worse = [one for one in before if before[one][0] in seconds and results[one][0] == SURVIVES]
    print(*(f"caught before, survives now: {one}" for one in worse), sep="\n")
    return 1 if worse else 0


def _result(
    name: str, ordinal: int, sources: Path, seconds: Mapping[str, int]
) -> tuple[str, str]:
    """Run suites on a mutant until one catches it; `seconds` has the CPU time for each."""
    module = sources / CORE / name
    original = module.read_text()
    module.write_text(changed_source(original, ordinal))
    try:
        for suite, limit in seconds.items():
            if failed := _failure(sources, suite, limit):
                return suite, failed
        return SURVIVES, ""
    finally:
        module.write_text(original)


def _failure(sources: Path, suite: str, seconds: int) -> str:
    """Run a suite in a process of its own; return its first failure, or an empty text.

    `seconds` is the CPU time after which it has no end.
    """
    fork = multiprocessing.get_context("fork")
    failures, to = fork.Pipe(duplex=False)
    process = fork.Process(target=_run, args=(sources, suite, seconds, to))
    process.start()
    to.close()
    process.join()
    if process.exitcode == 0:
        return ""
    if process.exitcode == -signal.SIGXCPU:
        return "no end"
    try:
        return str(failures.recv())
    except EOFError:
        return "no test can run"


def _run(sources: Path, suite: str, seconds: int, to: Connection) -> None:
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    sys.dont_write_bytecode = True
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(sources.parent / "hypothesis")
    options = [
        *("-x", "-q", "-p", "no:cacheprovider", "-o", f"pythonpath={sources} tests"),
        *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of the imports above
    ]
    sys.exit(pytest.main([*options, *SUITES[suite]], [FirstFailure(to)]))


def _read(table: Path) -> Results:
    """Return the results in a table: one mutant a line, its fields separated by tabs."""
    rows = [line.split("\t") for line in table.read_text().splitlines()]
    return {Mutant(*name): (kind, test) for kind, test, *name in rows}


def _write(table: Path, results: Results) -> None:
    rows = ("\t".join((*result, *mutant)) for mutant, result in results.items())
    table.write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    sys.exit(main())
