"""Keys for join tokens, and tokens signed with them."""

import base64
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from camus_transport.tokens.join_tokens import sign

SECRET = "0123456789abcdef" * 4

PUBLIC_JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""The public key of RFC 8037, appendix A.2."""

PRIVATE_JWK = {**PUBLIC_JWK, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
"""The private key of RFC 8037, appendix A.1."""


def private_pem(key: Any) -> str:
    """Return a private key as `openssl genpkey` writes it."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return str(pem.decode())


def public_pem(key: Any) -> str:
    """Return the public key of a private key, as `openssl pkey -pubout` writes it."""
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(pem.decode())


_KEY = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(PRIVATE_JWK["d"] + "="))
PRIVATE_PEM, PUBLIC_PEM = private_pem(_KEY), public_pem(_KEY)


def base64url(data: bytes) -> str:
    """Return bytes as tokens and JWKs encode them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def secret_jwk(secret: str = SECRET, **more: str) -> dict[str, str]:
    """Return a secret as JWK (RFC 7518, section 6.4)."""
    return {"kty": "oct", "k": base64url(secret.encode()), **more}


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a valid token of Ted's, with changes."""
    return {"sub": "ted", "exp": int(time.time()) + 60, **changes}


def token(key: str = SECRET, **changes: Any) -> str:
    """Return a valid token of Ted's, with changed claims."""
    return sign(key, claims(**changes))
