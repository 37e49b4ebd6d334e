"""The keys that sign and verify join tokens, read from files. Requires PyJWT."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Literal

import jwt
from attrs import field, frozen
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_der_x509_certificate
from jwt.algorithms import HMACAlgorithm

_MIN_SECRET_BYTES = 32
"""The size of the output of HS256's hash: "A key of the same size as the hash output (for
instance, 256 bits for "HS256") or larger MUST be used" (RFC 7518, section 3.2).
"""

_PEM_BEGINS = "-----BEGIN "

_SSH = re.compile(rb"\0\0\0.(?:ssh-|ecdsa-|sk-)", re.DOTALL)
"""The beginning of an OpenSSH public key, decoded from base64 (RFC 4253, section 6.6)."""


@frozen
class TokenKey:
    """One key. Its type alone determines the algorithm, whatever the header of a token says.

    Attributes:
        algorithm: the algorithm, by its name in RFC 7518 or RFC 8037.
        checks: the key that verifies tokens.
        signs: the key that signs tokens, or None if only the public key is known.
        id: the `kid` of the JWK, if any.
    """

    algorithm: Literal["HS256", "EdDSA"]
    checks: bytes | Ed25519PublicKey = field(repr=False)
    signs: bytes | Ed25519PrivateKey | None = field(repr=False)
    id: str | None = None


def read_keys(text: str) -> tuple[TokenKey, ...]:
    """Return the keys in the text of a file: a JWK or JWK Set, a key in PEM, or a secret.

    Raises:
        ValueError: the text has no key that Camus supports, or a weak one.
    """
    text = text.strip()
    if text.startswith("{"):
        return _jwk_keys(text)
    if _PEM_BEGINS in text:
        return (_pem_key(text),)
    if not text:
        return (_symmetric(b"", None),)
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(
            "this is no secret in one line without spaces, no key in PEM and no JWK; "
            "`openssl rand -hex 32` makes a secret"
        )
    if text[0] in "[\"'":
        raise ValueError(
            "this is JSON or in quotes; a secret stands alone, and JWKs are an object"
        )
    return (_symmetric(text.encode(), None),)


def _symmetric(secret: bytes, id: str | None) -> TokenKey:
    if len(secret) < _MIN_SECRET_BYTES:
        raise ValueError(
            f"a secret has at least {_MIN_SECRET_BYTES} bytes, and this one {len(secret)}; "
            "`openssl rand -hex 32` makes one"
        )
    try:
        HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(secret)
    except jwt.InvalidKeyError:
        raise ValueError("this secret is a public key, and so none") from None
    if any(map(_is_key, _decodings(secret))):
        raise ValueError(
            "this secret is a key of another kind, coded as text; give it as the file that "
            "openssl wrote, in PEM with its BEGIN and END lines, or as JWK"
        )
    return TokenKey("HS256", secret, secret, id)


def _decodings(secret: bytes) -> Iterator[bytes]:
    """Yield a secret as it is, and decoded if it is hexadecimal or base64."""
    yield secret
    with suppress(ValueError):
        yield bytes.fromhex(secret.decode())
    with suppress(ValueError):
        letters = secret.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
        yield base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)


def _is_key(data: bytes) -> bool:
    """Return True for a key, a certificate or JWKs: these may be public, and thus no secret."""
    if _PEM_BEGINS.encode() in data or _SSH.match(data) or _is_json_object(data):
        return True
    for load in (load_der_public_key, _load_der_private_key, load_der_x509_certificate):
        try:
            load(data)
        except UnsupportedAlgorithm:
            return True
        except (ValueError, TypeError):
            continue
        return True
    return False


def _is_json_object(data: bytes) -> bool:
    if data.lstrip()[:1] != b"{":
        return False
    with suppress(ValueError, RecursionError):
        json.loads(data)
        return True
    return False


def _load_der_private_key(data: bytes) -> object:
    return load_der_private_key(data, password=None)


def _asymmetric(value: object, id: str | None) -> TokenKey:
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
    if f"{_PEM_BEGINS}CERTIFICATE" in text:
        raise ValueError(
            "this is a certificate, and tokens are checked with a key; "
            "`openssl x509 -pubkey -noout` takes its public key out"
        )
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
    return _asymmetric(value, None)


def _jwk_keys(text: str) -> tuple[TokenKey, ...]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("this is no JSON") from None
    listed = document.get("keys", [document])
    # "Implementations SHOULD ignore JWKs within a JWK Set that use "kty" (key type) values that
    # are not understood by them" (RFC 7517, section 5): one set often has several purposes.
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
    return _symmetric(value, id) if isinstance(value, bytes) else _asymmetric(value, id)
