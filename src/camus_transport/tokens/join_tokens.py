"""The verification and signing of join tokens, JSON Web Tokens (RFC 7519). Requires PyJWT.

Signaling(tokens=TokenKeys(Path("token.key").read_text()))
"""

from collections.abc import Mapping
from typing import Any

import jwt

from camus_core.admission.identity import Identity
from camus_core.records import SLUG, RoomId
from camus_core.wire.errors import NotAllowed
from camus_core.wire.messages import Role
from camus_core.wire.names import checked_name

from .keys import read_keys

_LEEWAY_SECONDS = 10.0
"""The allowed difference between the clocks of this server and of the signer of tokens."""

LONGEST_TOKEN = 8192
"""Characters: the limit that most servers set for one header line. A frame could hold 64 KiB,
whose verification takes 15 ms for each key that is tried.
"""

_YEAR_10_000 = 253_402_300_800
"""The UNIX time at which the year 10,000 begins, the end of the calendar of `datetime`."""

_OTHER_AUDIENCE = "the token is for another audience (`aud`) than this server"
_OTHER_TYPE = "a claim of the token has a value of another type than RFC 7519 says"


class TokenKeys:
    """A verifier of join tokens, for the argument `tokens` of `Signaling`.

    Args:
        keys: the contents of key files. Each is a secret for HS256, an Ed25519 public key in
            PEM, or a JWK or JWK Set (RFC 7517) of such keys. A token with a `kid` is verified
            with the keys that have this id or none, any other token with every key.
        audience: the audience that the `aud` of each token has to contain. With None, tokens
            that have an `aud` are refused (RFC 7519, section 4.1.3).

    Raises:
        ValueError: a text has no key that verifies tokens, or a weak one.
    """

    def __init__(self, *keys: str, audience: str | None = None) -> None:
        self._keys = [key for text in keys for key in read_keys(text)]
        self._audience = audience
        if any(key.algorithm == "EdDSA" and key.signs is not None for key in self._keys):
            raise ValueError(
                "this key is private: it stays with who signs tokens, and a server has the "
                "public one; `openssl pkey -pubout` makes it"
            )

    def __call__(self, token: str) -> Identity:
        """Verify a token; return the identity in its claims.

        Raises:
            NotAllowed: the token isn't valid. The error's text gives the reason, and repeats no
                part of the token.
        """
        if len(token) > LONGEST_TOKEN:
            raise NotAllowed(f"the token has more than {LONGEST_TOKEN} characters")
        try:
            id = jwt.get_unverified_header(token).get("kid")
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise NotAllowed("this is no JSON Web Token") from None
        for key in self._keys:
            if id is None or key.id is None or key.id == id:
                try:
                    claims = jwt.decode(
                        token,
                        key.checks,
                        [key.algorithm],
                        {"require": ["exp", "sub"]},
                        audience=self._audience,
                        leeway=_LEEWAY_SECONDS,
                    )
                except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                    continue
                except jwt.PyJWTError as error:
                    raise NotAllowed(_reason(error)) from None
                _check_types(claims)
                if self._audience is None and "aud" in claims:
                    raise NotAllowed(_OTHER_AUDIENCE)
                return identity_of(claims)
        raise NotAllowed("no key of this server has signed the token")


def _reason(error: jwt.PyJWTError) -> str:
    match error:
        case jwt.ExpiredSignatureError():
            return "the token has expired; get a new one"
        case jwt.ImmatureSignatureError():
            return "the token isn't good yet; compare the clock of who signed it"
        case jwt.InvalidAudienceError() | jwt.MissingRequiredClaimError(claim="aud"):
            return _OTHER_AUDIENCE
        case jwt.MissingRequiredClaimError(claim=claim):
            return f"the token has no `{claim}`"
        case _:
            return _OTHER_TYPE


def _check_types(claims: Mapping[str, Any]) -> None:
    """Check the types of registered claims: PyJWT accepts text as a number, and null as absent.

    Raises:
        NotAllowed: a claim hasn't the type that RFC 7519 gives it (section 4.1), or a time is
            beyond the calendar, as one in milliseconds is.
    """
    for name in ("exp", "nbf", "iat"):
        time = claims.get(name, 0)
        if isinstance(time, bool) or not isinstance(time, int | float):
            raise NotAllowed(_OTHER_TYPE)
        if not 0 <= time < _YEAR_10_000:
            raise NotAllowed(f"the token's `{name}` is no number of seconds since 1970")
    audience = claims.get("aud", "")
    audiences = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(text, str) for text in [claims.get("iss", ""), *audiences]):
        raise NotAllowed(_OTHER_TYPE)


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """Return the identity that the claims of a verified token describe.

    Raises:
        NotAllowed: a claim has an invalid value.
    """
    name: Any = claims.get("name")
    if "name" in claims:
        try:
            name = checked_name(name if isinstance(name, str) else "")
        except ValueError as error:
            raise NotAllowed(f"the token's `name` is no username: {error}") from None
    match claims.get("role", "guest"):
        case "guest" | "moderator" | "owner" as claimed:
            role: Role = claimed
        case _:
            raise NotAllowed("the token's `role` is none of guest, moderator and owner")
    may_create = claims.get("may_create")
    if "may_create" in claims and not isinstance(may_create, bool):
        raise NotAllowed("the token's `may_create` is neither true nor false")
    try:
        return Identity(claims["sub"], name, role, _rooms(claims), may_create)
    except ValueError:
        raise NotAllowed(
            "the token's `sub` has not 1 to 256 characters that can be stored"
        ) from None


def _rooms(claims: Mapping[str, Any]) -> frozenset[RoomId] | None:
    match claims:
        case {"room": _, "rooms": _}:
            raise NotAllowed("the token has both `room` and `rooms`")
        case {"room": room}:
            named = [room]
        case {"rooms": [*named]}:
            pass
        case {"rooms": _}:
            raise NotAllowed("the token's `rooms` is no list")
        case _:
            return None
    if not all(isinstance(room, str) and SLUG.fullmatch(room) for room in named):
        raise NotAllowed("a room that the token names is no room id")
    return frozenset(map(RoomId, named))


def sign(key: str, claims: Mapping[str, Any]) -> str:
    """Return a signed token with these claims.

    Args:
        key: the contents of the file of a signing key.
        claims: the claims, which aren't checked.

    Raises:
        ValueError: the text has no signing key, or several.
    """
    keys = read_keys(key)
    if len(keys) > 1:
        raise ValueError("this holds several keys, and one signs a token")
    [signing_key] = keys
    if signing_key.signs is None:
        raise ValueError("this key is public: it checks tokens, and the private one signs them")
    headers = {} if signing_key.id is None else {"kid": signing_key.id}
    return jwt.encode(dict(claims), signing_key.signs, signing_key.algorithm, headers)
