"""The keys that join tokens are signed with, as they stand in files. Needs PyJWT."""

import json
from typing import Any, Literal

import jwt
from attrs import field, frozen
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.algorithms import HMACAlgorithm

_LEAST_SECRET_BYTES = 32
"""As many as HS256's hash has: "or larger MUST be used" (RFC 7518, section 3.2)."""

_PEM_BEGINS = "-----BEGIN "


@frozen
class TokenKey:
    """One key. Its kind alone says with which algorithm it signs, whatever a token says.

    `checks` finds out whether it has signed; `signs` is None for a public key. `id` is the
    `kid` of its JWK.
    """

    algorithm: Literal["HS256", "EdDSA"]
    checks: bytes | Ed25519PublicKey = field(repr=False)
    signs: bytes | Ed25519PrivateKey | None = field(repr=False)
    id: str | None = None


def read_keys(text: str) -> tuple[TokenKey, ...]:
    """Return the keys that a file holds: a JWK or a set of them, one in PEM, or a secret.

    Raises:
        ValueError: it holds none that Camus takes, or a weak one.
    """
    text = text.strip()
    if text.startswith("{"):
        return _jwk_keys(text)
    if _PEM_BEGINS in text:
        return (_pem_key(text),)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(
            "this is no secret in one line without spaces, no key in PEM and no JWK; "
            "`openssl rand -hex 32` makes a secret"
        )
    return (_shared(text.encode(), None),)


def _shared(secret: bytes, id: str | None) -> TokenKey:
    if len(secret) < _LEAST_SECRET_BYTES:
        raise ValueError(
            f"a secret has at least {_LEAST_SECRET_BYTES} bytes, and this one {len(secret)}; "
            "`openssl rand -hex 32` makes one"
        )
    try:
        HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(secret)
    except jwt.InvalidKeyError:
        raise ValueError("this secret is a public key, and so none") from None
    return TokenKey("HS256", secret, secret, id)


def _pair(value: object, id: str | None) -> TokenKey:
    match value:
        case Ed25519PrivateKey():
            return TokenKey("EdDSA", value.public_key(), value, id)
        case Ed25519PublicKey():
            return TokenKey("EdDSA", value, None, id)
        case _:
            raise ValueError(
                "keys in PEM are Ed25519 ones, and this is of another kind; "
                "`openssl genpkey -algorithm ed25519` makes one"
            )


def _pem_key(text: str) -> TokenKey:
    if text.count(_PEM_BEGINS) > 1:
        raise ValueError("this holds more than one key in PEM; give each a file of its own")
    value: object
    try:
        if "PRIVATE KEY" in text:
            value = load_pem_private_key(text.encode(), password=None)
        else:
            value = load_pem_public_key(text.encode())
    except TypeError:
        raise ValueError("this key is encrypted, and Camus asks for no password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("this is no key in PEM") from None
    return _pair(value, None)


def _jwk_keys(text: str) -> tuple[TokenKey, ...]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("this is no JSON") from None
    listed = said.get("keys", [said])
    # "Implementations SHOULD ignore JWKs within a JWK Set that use "kty" (key type) values that
    # are not understood by them" (RFC 7517, 5): one set is often for several purposes.
    found = map(_jwk_key, listed if isinstance(listed, list) else ())
    keys = tuple(key for key in found if key is not None)
    if not keys:
        raise ValueError(
            "no JWK in this signs tokens: such keys are of type OKP with the curve Ed25519, or "
            "of type oct for HS256"
        )
    return keys


def _jwk_key(jwk: Any) -> TokenKey | None:
    match jwk:
        case {"use": use} if use != "sig":
            return None
        case {"kid": id} if not isinstance(id, str):
            return None
        case {"kty": "OKP", "crv": "Ed25519"}:
            algorithm = "EdDSA"
        case {"kty": "oct"}:
            algorithm = "HS256"
        case _:
            return None
    if jwk.get("alg", algorithm) != algorithm:
        return None
    try:
        value = jwt.PyJWK(jwk, algorithm).key
    except (jwt.PyJWTError, LookupError, TypeError, ValueError):
        raise ValueError("a JWK in this is damaged") from None
    id = jwk.get("kid")
    return _shared(value, id) if isinstance(value, bytes) else _pair(value, id)
