"""Room passwords: hashed with scrypt, verified in constant time."""

import hashlib
import hmac

# N=2^14, r=8 and p=1 are Colin Percival's parameters for interactive logins ("Stronger key
# derivation via sequential memory-hard functions", 2009): 16 MiB and some 50 ms for each try.
_N, _R, _P = 2**14, 8, 1

UNMATCHABLE_HASH = f"scrypt${'0' * 32}${'0' * 128}"
"""The hash of no password, which takes as long to check as any other."""


def hash_password(password: str, salt: bytes) -> str:
    """Return the hash that a `RoomRecord` keeps of a password.

    Args:
        salt: 16 random bytes.
    """
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def verify_password(password: str, hashed: str) -> bool:
    """Tell whether `hashed` was made from this password."""
    _, salt, digest = hashed.split("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), digest)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P)
