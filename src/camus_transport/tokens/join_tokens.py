"""Join tokens: whose a JSON Web Token is (RFC 7519). Needs PyJWT.

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
"""By so much the clocks of this server and of who signs tokens may differ."""

LONGEST_TOKEN = 8192
"""Characters: as many as most servers take in one header line. A frame could bring 64 KiB,
which take 15 ms for each key that is tried.
"""


_YEAR_10_000 = 253_402_300_800
"""Seconds from 1970 to it."""

_OTHER_AUDIENCE = "the token is for another audience (`aud`) than this server"
_OTHER_TYPE = "a claim of the token has a value of another type than RFC 7519 says"


class TokenKeys:
    """Tells whose a token is that one of these keys has signed: the `tokens` of `Signaling`.

    Args:
        keys: what key files hold: a secret of HS256, an Ed25519 public key in PEM, or either
            of them as JWK or in a set of JWKs. A token's `kid` names one of those that have
            an id; the others are tried in turn.
        audience: what the `aud` of each token has to name. Without it tokens that are for
            some audience are refused.

    Raises:
        ValueError: a text holds no key that checks tokens, or a weak one.
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
        """Return whose the token is.

        Raises:
            NotAllowed: it isn't good; the text says why and repeats nothing of it.
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
                    raise NotAllowed(_what_is_wrong(error)) from None
                _check_types(claims)
                if self._audience is None and "aud" in claims:
                    raise NotAllowed(_OTHER_AUDIENCE)
                return identity_of(claims)
        raise NotAllowed("no key of this server has signed the token")


def _what_is_wrong(error: jwt.PyJWTError) -> str:
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
    """Look at registered claims again: PyJWT takes text for a number, and null for nothing.

    Raises:
        NotAllowed: one isn't of the type that RFC 7519 gives it (4.1), or is no time that a
            calendar has, as one in milliseconds.
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
    """Return who the claims of a token say somebody is.

    Raises:
        NotAllowed: they don't say it.
    """
    name: Any = claims.get("name")
    if "name" in claims:
        try:
            name = checked_name(name if isinstance(name, str) else "")
        except ValueError as error:
            raise NotAllowed(f"the token's `name` is no username: {error}") from None
    match claims.get("role", "guest"):
        case "guest" | "moderator" | "owner" as said:
            role: Role = said
        case _:
            raise NotAllowed("the token's `role` is none of guest, moderator and owner")
    try:
        return Identity(claims["sub"], name, role, _rooms(claims))
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
    """Return a token with these claims; `key` is what the file of a signing key holds.

    Raises:
        ValueError: it holds none, or several.
    """
    keys = read_keys(key)
    if len(keys) > 1:
        raise ValueError("this holds several keys, and one signs a token")
    [one] = keys
    if one.signs is None:
        raise ValueError("this key is public: it checks tokens, and the private one signs them")
    headers = {} if one.id is None else {"kid": one.id}
    return jwt.encode(dict(claims), one.signs, one.algorithm, headers)
