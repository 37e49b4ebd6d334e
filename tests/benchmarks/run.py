"""Comparison of camus-serve with other signaling servers by the CPU time that they take.

Every payload is checked; a run in which one is lost, altered, repeated, out of order or
misrouted has no figure and fails. README.md beside this file explains the measurement.
"""

import argparse
import os
import shlex
import signal
import statistics
import sys
from functools import partial

from generator import Faulty
from servers import CAMUS_OPTIONS, SERVERS, Missing, Server, bare_high, camus_serve, started
from workloads import Calls, Measured, Relay, Site, Workload, run

WORKLOADS: dict[str, tuple[Workload, str]] = {
    "relay": (Relay("icecandidate"), "50 pairs, 8 in flight each way, 250-byte candidates"),
    "relay-4k": (Relay("offer"), "50 pairs, 8 in flight each way, 4 KB offers"),
    "calls": (Calls(), "20 call set-ups at a time"),
}
OURS = "camus-serve"
SESSION = "camus-session"
# The messages with which the checks may report each fault. A misrouted message is also lost,
# and either of the two clients may notice first.
TELLING = {
    "drop": ("lost",),
    "repeat": ("repeated",),
    "reorder": ("lost", "out of order"),
    "alter": ("altered",),
    "misroute": ("misrouted", "lost"),
}
Results = dict[tuple[str, str], dict[int, Measured]]
"""By workload and server, then by round; failed runs are left out."""


def main() -> int:
    options = _options()
    # so that a benchmark that is terminated also ends its server
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("Two cores are needed: one for the server, one for the generator.")
        return 1
    server_core, generator_core = cores[0], cores[1]
    os.sched_setaffinity(0, {generator_core})
    if options.self_test:
        return _self_test(server_core)
    servers = _present([SERVERS[name] for name in options.servers])
    if not servers:
        return 1
    if any(server.command is camus_serve for server in servers):
        print(f"{OURS} is run with {shlex.join(CAMUS_OPTIONS)}")
    results, healthy = _rounds(
        servers, options.workloads, options.rounds, options.seconds, server_core
    )
    for name in options.workloads:
        _print_table(name, servers, results)
    return 0 if healthy else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--servers",
        nargs="+",
        choices=SERVERS,
        default=list(SERVERS),
        metavar="NAME",
        help=f"which to compare, of: {', '.join(SERVERS)} (default: all)",
    )
    parser.add_argument(
        "--workloads",
        nargs="+",
        choices=WORKLOADS,
        default=list(WORKLOADS),
        metavar="NAME",
        help=f"what the clients do, of: {', '.join(WORKLOADS)} (default: all)",
    )
    parser.add_argument(
        "--rounds", type=_positive, default=3, help="runs of each server (default: 3)"
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=3.0,
        help="length of the measured window of a run, at most 30 (default: 3)",
    )
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="show instead that a relay with a fault fails, and one without it passes",
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError
    return int(text)


def _seconds(text: str) -> float:
    # PeerServer ends a client that sends no heartbeat for 60 s
    if not 0 < float(text) <= 30:
        raise ValueError
    return float(text)


def _present(servers: list[Server]) -> list[Server]:
    """Return the servers that can run here; print why the others can't."""
    present = []
    for server in servers:
        try:
            server.command(0)
        except Missing as reason:
            print(f"{server.name} is left out: {reason}")
        else:
            present.append(server)
    return present


def _rounds(
    servers: list[Server], workloads: list[str], rounds: int, seconds: float, core: int
) -> tuple[Results, bool]:
    """Run all combinations, interleaved, so that other load meets every server alike."""
    results: Results = {(name, server.name): {} for name in workloads for server in servers}
    healthy = True
    for turn in range(1, rounds + 1):
        for name in workloads:
            workload, _ = WORKLOADS[name]
            for server in servers:
                head = f"round {turn}/{rounds}  {name:9} {server.name:13}"
                try:
                    with started(server.command, core) as running:
                        site = Site(server.dialect, running.port, running.cpu)
                        measured = run(workload, site, seconds)
                except (Missing, Faulty) as reason:
                    print(f"{head} FAILED: {reason}", flush=True)
                    healthy = False
                else:
                    print(f"{head} {measured.microseconds:8.1f} µs", flush=True)
                    results[name, server.name][turn] = measured
    return results, healthy


def _print_table(name: str, servers: list[Server], results: Results) -> None:
    workload, description = WORKLOADS[name]
    unit = workload.unit
    print(f"\n{name}: {description}; medians")
    print(
        f"{'server':13} {'CPU per ' + unit:>16} {'lowest..highest':>17}"
        f" {OURS + ' / it':>16} {unit + 's/s':>11} {'server busy':>12} {'generator busy':>15}"
    )
    core = results.get((name, OURS), {})
    ours = _median_cpu([*core.values()])
    for server in servers:
        runs = [*results[name, server.name].values()]
        cpu = _median_cpu(runs)
        if cpu is None:
            print(f"{server.name:13} {'no valid run':>16}")
            continue
        costs = [measured.microseconds for measured in runs]
        spread = f"{min(costs):.1f}..{max(costs):.1f}"
        ratio = "-" if ours is None else f"{ours / cpu:.2f}"
        pace = statistics.median(measured.done / measured.seconds for measured in runs)
        busy = statistics.median(measured.server_cpu / measured.seconds for measured in runs)
        own = statistics.median(measured.generator_cpu / measured.seconds for measured in runs)
        print(
            f"{server.name:13} {cpu:13.1f} µs {spread:>17}"
            f" {ratio:>16} {pace:11,.0f} {busy:12.0%} {own:15.0%}"
        )
    session = results.get((name, SESSION), {})
    ratios = [
        session[turn].microseconds / core[turn].microseconds for turn in session.keys() & core
    ]
    if ratios:
        print(
            f"{SESSION} / {OURS}, round by round: {statistics.median(ratios):.2f}"
            f" ({min(ratios):.2f}..{max(ratios):.2f})"
        )


def _median_cpu(runs: list[Measured]) -> float | None:
    return statistics.median(measured.microseconds for measured in runs) if runs else None


def _self_test(core: int) -> int:
    """Check that each kind of fault is found, and none where there is none."""
    as_expected = True
    for name, (workload, _) in WORKLOADS.items():
        for fault in (None, *TELLING):
            told = None
            with started(partial(_faulty, fault), core) as running:
                site = Site(SERVERS["bare-high"].dialect, running.port, running.cpu)
                try:
                    run(workload, site, seconds=1.0)
                except Faulty as reason:
                    told = str(reason)
            if fault is None:
                right = told is None
            else:
                right = told is not None and any(word in told for word in TELLING[fault])
            as_expected &= right
            print(
                f"{name:9} {fault or 'clean':9}"
                f" {'as it should be' if right else 'NOT AS IT SHOULD BE'}:"
                f" {'passed' if told is None else 'failed, ' + told}",
                flush=True,
            )
    return 0 if as_expected else 1


def _faulty(fault: str | None, port: int) -> list[str]:
    return [*bare_high(port), *(("--fault", fault) if fault else ())]


if __name__ == "__main__":
    sys.exit(main())
