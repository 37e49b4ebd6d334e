"""The program's log: its formats, its first line, and logs with a limited rate."""

import asyncio
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from logging.handlers import MemoryHandler

_log = logging.getLogger("camus")

_MAX_LINES = 10
"""Lines of one `RateLimitedLog` in an interval; with the summary a flood leaves eleven."""

_INTERVAL = 60.0
"""Seconds: an operator who watches the log learns of a flood within a minute."""

_MAX_HELD = 1000
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
    """The log of a program that starts: its records wait until the first line is known."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler
        self._held = MemoryHandler(_MAX_HELD, flushLevel=logging.ERROR, target=handler)
        logging.getLogger().addHandler(self._held)

    def begin(self, first_line: str | None = None) -> None:
        """Log the first line, if there is one, then all records that wait for it.

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
    if level != "debug":  # it logs each attempt to connect; the store logs why it fails
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    return StartLog(handler)


def log_fault_without_text(component: str, error: BaseException) -> None:
    """Log the failure of a component that handles secrets: the error's type and traceback.

    Its text is left out, as it may quote a secret.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s failed: %s\n%s", component, type(error).__name__, where)


class RateLimitedLog:
    """A log of the first few different lines of each minute, and of the number of the others.

    `summary` is the format of the line for the others; its arguments are their number and the
    seconds of the interval.
    """

    def __init__(self, level: int, summary: str) -> None:
        self._level = level
        self._summary = summary
        self._logged: set[str] = set()
        self._suppressed = 0
        self._timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Log the summary now, if lines were left out."""
        if self._timer is not None:
            self._timer.cancel()
            self._log_summary()

    def add(self, line: str, fault: BaseException | None = None) -> None:
        """Log a line, with the traceback of a fault, unless it is repeated or one too many."""
        if line in self._logged or len(self._logged) == _MAX_LINES:
            self._suppressed += 1
            return
        if not self._logged:
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self._log_summary)
        self._logged.add(line)
        level = self._level if fault is None else logging.ERROR
        _log.log(level, "%s", line, exc_info=fault)

    def _log_summary(self) -> None:
        suppressed, self._suppressed, self._timer = self._suppressed, 0, None
        self._logged.clear()
        if suppressed:
            _log.log(self._level, self._summary, suppressed, _INTERVAL)
