"""Authentication of handshakes by a function of the embedding application."""

import asyncio

from camus_core.admission.identity import Identity
from camus_core.wire.errors import NotAllowed, ProtocolError, Refusal, Unavailable

from ..http.handshake import Authenticator, Handshake
from ..logs import log_fault_without_text

_RETRY_SECONDS = 5.0
"""The `retry_after` of a client whose handshake the authenticator failed to check."""


async def authenticate(
    authenticator: Authenticator, handshake: Handshake, seconds: float
) -> Identity | Refusal | None:
    """Return the identity proved by a handshake, None for a guest, or the refusal.

    An authenticator that fails, or takes longer than `seconds`, is logged; the client is
    refused as `unavailable`.
    """
    try:
        async with asyncio.timeout(seconds):
            identity = await authenticator(handshake)
        if not isinstance(identity, Identity | None):
            raise TypeError(f"it returned a {type(identity).__name__}, and no Identity")
    except ProtocolError as error:
        return (error if error.close_code is not None else NotAllowed(str(error))).refusal()
    except (Exception, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            raise  # the server stops; otherwise the authenticator's own work was cancelled
        log_fault_without_text("the authenticator", error)
        text = "your identity can't be checked at the moment"
        return Unavailable(text, retry_after=_RETRY_SECONDS).refusal()
    return identity


def _is_cancelled() -> bool:
    """Return whether the current task is being cancelled.

    A function of its own, so that no frame that a logged error keeps refers to the task.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
