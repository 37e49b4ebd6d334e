"""How log lines look: for people, or one JSON object each."""

import asyncio
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from logging.handlers import MemoryHandler

_log = logging.getLogger("camus")

_LOGGED = 10
"""Lines of one kind in one interval: a flood, or an outage, leaves eleven of them."""

_INTERVAL = 60.0
"""Seconds."""

_HELD_BACK = 1000
"""Records that may wait for the log's first line: a start makes fewer than ten."""

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("text", "json")


class _TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:7} {message}", style="{")


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


class StartLog:
    """The log of a program that is starting: records wait until its first line is known."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler
        self._held = MemoryHandler(_HELD_BACK, flushLevel=logging.ERROR, target=handler)
        logging.getLogger().addHandler(self._held)

    def begin(self, first_line: str | None = None) -> None:
        """Log the first line, if there is one, then all records that have waited for it.

        Later records are logged at once. A second call does nothing.
        """
        root = logging.getLogger()
        if self._held not in root.handlers:
            return
        root.removeHandler(self._held)
        root.addHandler(self._handler)
        if first_line is not None:
            _log.info("%s", first_line)
        self._held.close()


def set_up_logging(level: str, format: str) -> StartLog:
    """Write the program's log to standard error from `StartLog.begin` on.

    `level` is one of `LEVELS`, `format` one of `FORMATS`.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if format == "json" else _TextFormatter())
    logging.getLogger().setLevel(level.upper())
    if level != "debug":  # it has a line for each try of each connection; ours say why it fails
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    return StartLog(handler)


def log_silent_fault(what: str, error: BaseException) -> None:
    """Log what has failed that was handed secrets, and where: its words may quote one."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s failed: %s\n%s", what, type(error).__name__, where)


class RateLimitedLog:
    """Logs the first few lines of each minute that differ, and how many more there were.

    `sum_up` says that of a number, within so many seconds.
    """

    def __init__(self, level: int, sum_up: str) -> None:
        self._level = level
        self._sum = sum_up
        self._said: set[str] = set()
        self._more = 0
        self._timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Tell now what was not told yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._sum_up()

    def add(self, line: str, fault: BaseException | None = None) -> None:
        """Log a line, unless it was or there were too many; with the traceback of a fault."""
        if line in self._said or len(self._said) == _LOGGED:
            self._more += 1
            return
        if not self._said:
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self._sum_up)
        self._said.add(line)
        level = self._level if fault is None else logging.ERROR
        _log.log(level, "%s", line, exc_info=fault)

    def _sum_up(self) -> None:
        more, self._more, self._timer = self._more, 0, None
        self._said.clear()
        if more:
            _log.log(self._level, self._sum, more, _INTERVAL)
