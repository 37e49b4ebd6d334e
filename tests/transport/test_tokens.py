"""Join tokens: the identities they assert, and the forgeries that are refused."""

import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from camus_core.admission.identity import Identity
from camus_core.records import RoomId
from camus_core.wire.errors import NotAllowed
from camus_transport.tokens.join_tokens import TokenKeys
from transport.tokens import (
    PRIVATE_PEM,
    PUBLIC_JWK,
    PUBLIC_PEM,
    SECRET,
    base64url,
    claims,
    private_pem,
    public_pem,
    secret_jwk,
    token,
)

OTHER_TYPE = "a claim of the token has a value of another type"
NOBODYS = "no key of this server has signed the token"


def refusal(keys: TokenKeys, shown: str) -> str:
    """Return the reason for which a token is refused."""
    with pytest.raises(NotAllowed) as raised:
        keys(shown)
    return str(raised.value)


def rooms(*names: str) -> frozenset[RoomId]:
    return frozenset(map(RoomId, names))


# Claims --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "identity"),
    [
        ({}, Identity("ted")),
        ({"name": "Ted"}, Identity("ted", "Ted")),
        ({"name": " Cafe\u0301 "}, Identity("ted", "Caf\u00e9")),
        ({"role": "guest"}, Identity("ted")),
        ({"role": "moderator"}, Identity("ted", role="moderator")),
        ({"role": "owner"}, Identity("ted", role="owner")),
        ({"room": "lobby"}, Identity("ted", rooms=rooms("lobby"))),
        ({"rooms": ["lobby", "room-5"]}, Identity("ted", rooms=rooms("lobby", "room-5"))),
        ({"rooms": []}, Identity("ted", rooms=rooms())),
        ({"may_create": True}, Identity("ted", may_create=True)),
        ({"may_create": False}, Identity("ted", may_create=False)),
        ({"sub": "x" * 256}, Identity("x" * 256)),
        ({"email": "ted@example.com", "nbf": 0, "iat": 0, "jti": "a"}, Identity("ted")),
    ],
)
def test_a_token_says_who_somebody_is(said: dict[str, Any], identity: Identity) -> None:
    assert TokenKeys(SECRET)(token(**said)) == identity


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"exp": time.time() - 60}, "the token has expired; get a new one"),
        ({"exp": 0}, "the token has expired; get a new one"),
        ({"nbf": 4e9}, "the token isn't good yet"),
        ({"iat": 4e9}, "the token isn't good yet"),
        ({"exp": None}, "the token has no `exp`"),
        ({"sub": None}, "the token has no `sub`"),
        ({"exp": "soon"}, OTHER_TYPE),
        ({"exp": [4e9]}, OTHER_TYPE),
        ({"exp": float("inf")}, OTHER_TYPE),
        ({"nbf": "soon"}, OTHER_TYPE),
        ({"sub": 5}, OTHER_TYPE),
        ({"sub": ""}, "`sub` has not 1 to 256 characters"),
        ({"sub": "x" * 257}, "`sub` has not 1 to 256 characters"),
        ({"sub": "\0"}, "`sub` has not 1 to 256 characters"),
        ({"sub": "\ud800"}, "`sub` has not 1 to 256 characters"),
        ({"name": ""}, "`name` is no username"),
        ({"name": "x" * 65}, "`name` is no username"),
        ({"name": "Ted\u202e"}, "changes the direction of text: U+202E"),
        ({"name": 5}, "`name` is no username"),
        ({"name": None}, "`name` is no username"),
        ({"role": "king"}, "`role` is none of guest, moderator and owner"),
        ({"role": None}, "`role` is none of guest, moderator and owner"),
        ({"role": ["owner"]}, "`role` is none of guest, moderator and owner"),
        ({"room": "The Lobby"}, "a room that the token names is no room id"),
        ({"room": ""}, "a room that the token names is no room id"),
        ({"room": None}, "a room that the token names is no room id"),
        ({"room": ["lobby"]}, "a room that the token names is no room id"),
        ({"rooms": ["lobby", "*"]}, "a room that the token names is no room id"),
        ({"rooms": ["lobby", 5]}, "a room that the token names is no room id"),
        ({"rooms": "lobby"}, "`rooms` is no list"),
        ({"rooms": None}, "`rooms` is no list"),
        ({"rooms": {"lobby": True}}, "`rooms` is no list"),
        ({"room": "lobby", "rooms": ["lobby"]}, "both `room` and `rooms`"),
        ({"may_create": None}, "`may_create` is neither true nor false"),
        ({"may_create": "false"}, "`may_create` is neither true nor false"),
        ({"may_create": 0}, "`may_create` is neither true nor false"),
        ({"aud": "other"}, "for another audience"),
        ({"aud": 5}, "for another audience"),
        ({"aud": None}, OTHER_TYPE),
        ({"aud": False}, OTHER_TYPE),
        ({"aud": [""]}, "for another audience"),
        ({"aud": []}, "for another audience"),
        ({"aud": ""}, "for another audience"),
        (
            {"exp": "4000000000"},
            OTHER_TYPE,
        ),
        ({"exp": True}, "the token has expired"),
        ({"exp": float("nan")}, OTHER_TYPE),
        ({"exp": int(time.time() * 1000)}, "`exp` is no number of seconds since 1970"),
        ({"exp": 1e300}, "`exp` is no number of seconds since 1970"),
        ({"exp": 10**400}, "`exp` is no number of seconds since 1970"),
        ({"nbf": "0"}, OTHER_TYPE),
        ({"nbf": None}, OTHER_TYPE),
        ({"nbf": False}, OTHER_TYPE),
        ({"nbf": -1}, "`nbf` is no number of seconds since 1970"),
        ({"iat": "0"}, OTHER_TYPE),
        ({"iat": [0]}, OTHER_TYPE),
        ({"iat": -(10**400)}, "`iat` is no number of seconds since 1970"),
        ({"jti": 5}, OTHER_TYPE),
        ({"sub": True}, OTHER_TYPE),
        ({"sub": ["ted"]}, OTHER_TYPE),
    ],
)
def test_a_token_that_says_something_else_is_refused_and_the_text_helps(
    said: dict[str, Any], words: str
) -> None:
    assert words in refusal(TokenKeys(SECRET), token(**said))


def test_an_issuer_that_is_no_text_is_refused() -> None:
    for issuer in 5, None, ["a"]:
        said = json.dumps(claims(iss=issuer)).encode()
        shown = jwt.PyJWS().encode(said, SECRET, "HS256")
        assert "a value of another type" in refusal(TokenKeys(SECRET), shown)


def test_clocks_may_differ_by_some_seconds() -> None:
    now = time.time()
    assert TokenKeys(SECRET)(token(exp=now - 5, nbf=now + 5, iat=now + 5)) == Identity("ted")


def test_an_audience_has_to_be_named_where_one_is_wanted() -> None:
    keys = TokenKeys(SECRET, audience="calls")
    assert keys(token(aud="calls")) == Identity("ted")
    assert keys(token(aud=["billing", "calls"])) == Identity("ted")
    for audience in ["billing", ["billing"], [], "", {"calls": 1}, ["calls", 5]]:
        assert "another audience" in refusal(keys, token(aud=audience))
    assert "another audience" in refusal(keys, token())


def test_a_refusal_repeats_nothing_of_the_token() -> None:
    for shown in [
        token(sub="geheim" * 100),
        token(name="geheim" * 100),
        token(role="geheim"),
        token(room="geheim!"),
        token(rooms=["geheim!"]),
        token(aud="geheim"),
        token(exp="geheim"),
        jwt.encode(claims(), SECRET, headers={"crit": ["geheim"]}),
        "geheim",
        "geheim.geheim.geheim",
        f"{base64url(b'geheim')}..",
    ]:
        assert "geheim" not in refusal(TokenKeys(SECRET), shown)


# Forgers ------------------------------------------------------------------------------------


def unsigned(header: dict[str, Any], payload: dict[str, Any]) -> str:
    """Return the part of a token before the signature."""
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, payload))


def with_hmac(secret: bytes, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """Return a token as a program would make it that doesn't check the secret."""
    said = unsigned(header, payload)
    return f"{said}.{base64url(hmac.digest(secret, said.encode(), hashlib.sha256))}"


def test_what_is_no_token_is_refused() -> None:
    deep = base64url(b"[" * 2_000)
    for shown in [
        "",
        ".",
        "..",
        "lobby",
        "a.b.c",
        "\0",
        "\ud800",
        "\u00e9.\u00e9.\u00e9",
        f"{deep}.{deep}.{deep}",
        f"{base64url(b'[]')}..",
        f"{unsigned({'alg': 'HS256', 'kid': 5}, claims())}.",
        f"{token()}.{token()}",
        f" {token()}",
        f"{token()}\n",
    ]:
        assert refusal(TokenKeys(SECRET), shown) == "this is no JSON Web Token", shown


def test_a_token_without_a_signature_is_refused() -> None:
    for name in ["none", "None", "NONE", "nOnE", "", None, ["none"], 5]:
        header = {"typ": "JWT", "alg": name}
        for keys in [TokenKeys(SECRET), TokenKeys(PUBLIC_PEM)]:
            assert refusal(keys, f"{unsigned(header, claims())}.") == NOBODYS
            assert refusal(keys, with_hmac(b"", header, claims())) == NOBODYS
    assert refusal(TokenKeys(SECRET), f"{unsigned({}, claims())}.") == NOBODYS
    said, _, _ = token().rpartition(".")
    assert refusal(TokenKeys(SECRET), f"{said}.") == NOBODYS


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    keys = TokenKeys(PUBLIC_PEM)
    raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for secret in [
        PUBLIC_PEM.encode(),
        PUBLIC_PEM.strip().encode(),
        json.dumps(PUBLIC_JWK).encode(),
        PUBLIC_JWK["x"].encode(),
        raw,
    ]:
        for name in ["HS256", "EdDSA"]:
            assert refusal(keys, with_hmac(secret, {"alg": name}, claims())) == NOBODYS


def test_a_key_signs_with_its_own_algorithm_only() -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    for shown in [
        jwt.encode(claims(), SECRET, "HS384"),
        jwt.encode(claims(), SECRET, "HS512"),
        jwt.encode(claims(), rsa_key, "RS256"),
        jwt.encode(claims(), rsa_key, "PS256"),
        with_hmac(SECRET.encode(), {"alg": "EdDSA"}, claims()),
        with_hmac(SECRET.encode(), {"alg": "hs256"}, claims()),
        with_hmac(SECRET.encode(), {}, claims()),
    ]:
        assert refusal(TokenKeys(SECRET, PUBLIC_PEM), shown) == NOBODYS


def test_another_ones_key_opens_nothing() -> None:
    mallory = Ed25519PrivateKey.generate()
    keys = TokenKeys(SECRET, PUBLIC_PEM)
    assert refusal(keys, token(SECRET[::-1])) == NOBODYS
    assert refusal(keys, token(private_pem(mallory))) == NOBODYS


def test_a_key_that_a_token_brings_itself_is_not_believed() -> None:
    mallory = Ed25519PrivateKey.generate()
    own = {**PUBLIC_JWK, "x": base64url(mallory.public_key().public_bytes_raw())}
    headers: list[dict[str, Any]] = [
        {"jwk": own},
        {"jku": "https://example.com"},
        {"x5c": [public_pem(mallory)]},
    ]
    for header in headers:
        shown = jwt.encode(claims(), mallory, "EdDSA", headers=header)
        assert refusal(TokenKeys(PUBLIC_PEM), shown) == NOBODYS


def test_a_token_that_is_too_long_is_not_read() -> None:
    for size, said in (
        (8192, "this is no JSON Web Token"),
        (8193, "the token has more than 8192"),
    ):
        assert refusal(TokenKeys(SECRET), "x" * size).startswith(said)


def test_what_a_token_says_is_critical_and_nobody_here_knows_is_refused() -> None:
    shown = jwt.encode(claims(), SECRET, headers={"crit": ["b65"], "b65": True})
    assert refusal(TokenKeys(SECRET), shown) == "this is no JSON Web Token"


def test_the_parts_of_one_token_are_refused_in_another() -> None:
    head, said, signature = token(sub="ted").split(".")
    _, others, _ = token(sub="eve", role="owner").split(".")
    assert TokenKeys(SECRET)(f"{head}.{said}.{signature}") == Identity("ted")
    assert refusal(TokenKeys(SECRET), f"{head}.{others}.{signature}") == NOBODYS


SIGNED = (token(role="moderator", exp=4e9), token(PRIVATE_PEM, role="moderator", exp=4e9))


@given(st.data())
def test_whatever_is_changed_in_a_token_makes_it_nobodys(data: st.DataObject) -> None:
    shown = data.draw(st.sampled_from(SIGNED))
    at = data.draw(st.integers(0, len(shown) - 1))
    put = data.draw(st.text(max_size=3))
    changed = shown[:at] + put + shown[at + data.draw(st.integers(0, 3)) :]
    keys = TokenKeys(SECRET, PUBLIC_PEM)
    if changed == shown or changed.rstrip("=") == shown:  # padding has no meaning
        assert keys(changed) == Identity("ted", role="moderator")
    else:
        refusal(keys, changed)


# Rotation -----------------------------------------------------------------------------------


def test_keys_that_have_no_id_are_tried_in_turn() -> None:
    old, new = "o" * 32, "n" * 32
    keys = TokenKeys(old, new, PUBLIC_PEM)
    for signs in [old, new, PRIVATE_PEM, json.dumps(secret_jwk(new, kid="2026-11"))]:
        assert keys(token(signs)) == Identity("ted")
    assert refusal(TokenKeys(new), token(old)) == NOBODYS


def test_a_token_that_names_a_key_is_checked_with_no_other_that_has_an_id() -> None:
    old, new = secret_jwk("o" * 32, kid="old"), secret_jwk("n" * 32, kid="new")
    keys = TokenKeys(json.dumps({"keys": [old, new]}))
    for signs in [old, new, secret_jwk("o" * 32), secret_jwk("n" * 32)]:
        assert keys(token(json.dumps(signs))) == Identity("ted")
    for signs in [{**old, "kid": "new"}, {**new, "kid": "old"}, {**new, "kid": "newest"}]:
        assert refusal(keys, token(json.dumps(signs))) == NOBODYS


def test_a_token_that_has_expired_is_told_so_whichever_key_has_signed_it() -> None:
    keys = TokenKeys("o" * 32, "n" * 32)
    for signs in ["o" * 32, "n" * 32]:
        assert "expired" in refusal(keys, token(signs, exp=0))
