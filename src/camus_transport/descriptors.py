"""File descriptors: the process's limit on open files, and its standard streams."""

import io
import logging
import os
import sys

_log = logging.getLogger("camus")

_UNLIMITED = 1 << 20
"""The number that stands for an infinite limit: the most that Linux allows by default."""


def descriptor_limit() -> int:
    """Return the number of files that this process may have open."""
    if sys.platform == "win32":
        return 512  # sockets that the event loop's select() handles there
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _UNLIMITED if soft == resource.RLIM_INFINITY else soft


def raise_descriptor_limit() -> None:
    """Raise the limit on open files as far as the system allows: each connection is a file.

    The hard limit can't be relied on: on macOS it is infinite, and the kernel accepts less; a
    sandbox may forbid any change. So the highest accepted number is found by bisection.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    granted = 0 if soft == resource.RLIM_INFINITY else soft
    requested = highest = _UNLIMITED if hard == resource.RLIM_INFINITY else hard
    while granted < highest:
        attempt = highest if highest == requested else (granted + highest + 1) // 2
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (attempt, hard))
            granted = attempt
        except (OSError, ValueError):
            highest = attempt - 1
    if granted < requested:
        _log.warning(
            "the system refuses %d open files and allows %d; each connection is one",
            requested,
            descriptor_limit(),
        )


def prepare_standard_streams() -> None:
    """Make the standard streams safe to write to.

    A stream that was closed at the start is opened on the null device. Otherwise a socket or
    the database would get its number, and what a library writes to standard error. Characters
    that a stream's encoding lacks are written as escapes.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            descriptor = os.open(os.devnull, os.O_RDWR)  # gets `number`, the lowest free one
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
