"""Capabilities: those that a server names in `joined`, and those that are turned off."""

from .limits import Limits
from .wire.profile import CAPABILITIES


def capabilities_off(limits: Limits) -> frozenset[str]:
    """Return the capabilities that a server with these limits doesn't have."""
    kept = {"history": limits.history_texts, "invitations": limits.invitations}
    return frozenset(name for name, most in kept.items() if not most)


def capabilities_on(limits: Limits) -> tuple[str, ...]:
    """Return the capabilities that clients of a server with these limits can rely on."""
    off = capabilities_off(limits)
    return tuple(name for name in CAPABILITIES if name not in off)
