"""Open files: how many the process may have, and the three that a program starts with."""

import io
import logging
import os
import sys

_log = logging.getLogger("camus")

_UNLIMITED = 1 << 20
"""Open files taken for no limit at all: what Linux gives a process at most by default."""


def descriptor_limit() -> int:
    """Return how many files this process may open."""
    if sys.platform == "win32":
        return 512  # what the event loop's select takes there
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _UNLIMITED if files == resource.RLIM_INFINITY else files


def raise_descriptor_limit() -> None:
    """Take every file descriptor that the system grants: each connection is one.

    A hard limit is no promise. That of macOS is infinite, and what the kernel takes is less;
    a sandbox may forbid any change.
    """
    if sys.platform == "win32":
        return
    import resource

    now, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    granted = 0 if now == resource.RLIM_INFINITY else now
    wanted = most = _UNLIMITED if hard == resource.RLIM_INFINITY else hard
    while granted < most:
        files = most if most == wanted else (granted + most + 1) // 2
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
            granted = files
        except (OSError, ValueError):
            most = files - 1
    if granted < wanted:
        _log.warning(
            "the system refuses %d open files and allows %d; each connection is one",
            wanted,
            descriptor_limit(),
        )


def prepare_standard_streams() -> None:
    """Make standard streams safe to write to.

    Nothing else takes the numbers of those that were closed at the start: what a library
    writes to standard error would go into a socket, or into the database. Characters that a
    stream's encoding doesn't have are written as escapes.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest that is free: that number
            setattr(sys, name, open(opened, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
