"""The signals that end `camus-serve` in order."""

import asyncio
import signal
from collections.abc import Callable

_ENDINGS = (
    *("SIGINT", "SIGTERM"),
    *("SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"),  # what other servers stop or reload at
    *("SIGALRM", "SIGPWR", "SIGXCPU"),  # the process would end, without a word to anybody
)
"""Signals that end the server in order, by name: Windows has few of them."""


def obey_signals(stop: Callable[[int], None]) -> None:
    """Call `stop` with the number of each signal that would end the process at once.

    Those that are ignored from the start stay so, as of `nohup`; the first two never do.
    """
    loop = asyncio.get_running_loop()
    for name in _ENDINGS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        always = number in (signal.SIGINT, signal.SIGTERM)
        if always or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, stop, number)
