"""The signals that stop `camus-serve` in order."""

import asyncio
import signal
from collections.abc import Callable

_STOP_SIGNALS = (
    *("SIGINT", "SIGTERM"),
    *("SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"),  # on which other servers stop or reload
    *(
        "SIGALRM",
        "SIGPWR",
        "SIGXCPU",
    ),  # whose default ends the process without closing connections
)
"""The names of these signals; Windows has only a few of them."""


def obey_signals(stop: Callable[[int], None]) -> None:
    """Call `stop` with the signal's number on each signal that would end the process at once.

    A signal that the parent process has set to be ignored, as `nohup` does with SIGHUP, stays
    ignored, except SIGINT and SIGTERM.
    """
    loop = asyncio.get_running_loop()
    for name in _STOP_SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        always = number in (signal.SIGINT, signal.SIGTERM)
        if always or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, stop, number)
