"""How log lines look: for people, or one JSON object each."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

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


def set_up_logging(level: str, format: str) -> None:
    """Write the program's log to standard error.

    `level` is one of `LEVELS`, `format` one of `FORMATS`.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if format == "json" else _TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler])


def log_silent_fault(what: str, error: BaseException) -> None:
    """Log what has failed that was handed secrets, and where: its words may quote one."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logging.getLogger("camus").error("%s failed: %s\n%s", what, type(error).__name__, where)
