"""The keys of join tokens: valid and invalid contents of their files."""

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from camus_core.admission.identity import Identity
from camus_transport.tokens.join_tokens import TokenKeys, sign
from camus_transport.tokens.keys import read_keys
from transport.certificate import make_certificate
from transport.tokens import (
    PRIVATE_JWK,
    PRIVATE_PEM,
    PUBLIC_JWK,
    PUBLIC_PEM,
    SECRET,
    base64url,
    private_pem,
    public_pem,
    secret_jwk,
    token,
)

RSA_JWK = {"kty": "RSA", "n": base64url(b"\xff" * 256), "e": "AQAB", "kid": "theirs"}


def as_set(*jwks: Any) -> str:
    return json.dumps({"keys": jwks})


@pytest.mark.parametrize(
    ("signs", "checks"),
    [
        pytest.param(SECRET, SECRET, id="secret"),
        pytest.param(SECRET, f"\n {SECRET}\r\n", id="secret in a line of its own"),
        pytest.param(SECRET, json.dumps(secret_jwk()), id="secret as JWK"),
        pytest.param(json.dumps(secret_jwk(alg="HS256", kid="a")), SECRET, id="JWK signs"),
        pytest.param(PRIVATE_PEM, PUBLIC_PEM, id="PEM"),
        pytest.param(PRIVATE_PEM, f"from openssl:\n{PUBLIC_PEM}", id="PEM with a note"),
        pytest.param(PRIVATE_PEM, json.dumps(PUBLIC_JWK), id="JWK checks what PEM signs"),
        pytest.param(json.dumps(PRIVATE_JWK), PUBLIC_PEM, id="PEM checks what a JWK signs"),
        pytest.param(
            json.dumps({**PRIVATE_JWK, "kid": "a"}),
            as_set(
                RSA_JWK, {**PUBLIC_JWK, "kid": "a", "use": "sig", "alg": "EdDSA"}, secret_jwk()
            ),
            id="set of JWKs",
        ),
    ],
)
def test_a_key_checks_what_it_or_its_private_one_has_signed(signs: str, checks: str) -> None:
    assert TokenKeys(checks)(token(signs)) == Identity("ted")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl isn't here")
def test_keys_are_made_with_the_commands_that_the_messages_name(tmp_path: Path) -> None:
    def openssl(*arguments: str) -> str:
        made = subprocess.run(
            ["openssl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return made.stdout

    secret = openssl("rand", "-hex", "32")
    assert TokenKeys(secret)(token(secret)) == Identity("ted")
    private = openssl("genpkey", "-algorithm", "ed25519")
    (tmp_path / "private.pem").write_text(private)
    public = openssl("pkey", "-in", "private.pem", "-pubout")
    assert TokenKeys(public)(token(private)) == Identity("ted")


def encrypted_pem() -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim"))
    return Ed25519PrivateKey.generate().private_bytes(*form).decode()


def ssh_line() -> str:
    public = Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def certificate(directory: Path) -> str:
    made, _ = make_certificate(directory)
    assert x509.load_pem_x509_certificate(made.read_bytes())
    return made.read_text()


def test_what_is_no_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for text, words in [
        ("", "at least 32 bytes, and this one 0; `openssl rand -hex 32` makes one"),
        ("x" * 31, "at least 32 bytes, and this one 31; `openssl rand -hex 32` makes one"),
        (json.dumps(secret_jwk("x" * 31)), "at least 32 bytes, and this one 31"),
        (as_set(PUBLIC_JWK, secret_jwk("x" * 31)), "at least 32 bytes, and this one 31"),
        ("two words, or a text that somebody has put there", "no secret in one line"),
        (f"{SECRET}\n{SECRET}", "no secret in one line"),
        ("\ufffd" * 32, "no secret in one line"),
        (ssh_line(), "no secret in one line"),
        ("{", "no JSON"),
        ('{"keys": ' + "[" * 10_000, "no JSON"),
        ("{}", "no JWK in this signs tokens"),
        ('{"keys": []}', "no JWK in this signs tokens"),
        ('{"keys": {}}', "no JWK in this signs tokens"),
        ('{"keys": 5}', "no JWK in this signs tokens"),
        (as_set(1, "x", None, RSA_JWK), "no JWK in this signs tokens"),
        (json.dumps({**PUBLIC_JWK, "use": "enc"}), "no JWK in this signs tokens"),
        (json.dumps({**PUBLIC_JWK, "alg": "HS256"}), "no JWK in this signs tokens"),
        (json.dumps({**PUBLIC_JWK, "crv": "X25519"}), "no JWK in this signs tokens"),
        (json.dumps({**PUBLIC_JWK, "kid": 5}), "no JWK in this signs tokens"),
        (json.dumps(secret_jwk(alg="none")), "no JWK in this signs tokens"),
        (json.dumps(secret_jwk(alg="HS512")), "no JWK in this signs tokens"),
        (json.dumps({**PUBLIC_JWK, "x": "AAAA"}), "a JWK in this is damaged"),
        (json.dumps({**PUBLIC_JWK, "x": 5}), "a JWK in this is damaged"),
        (json.dumps({**PUBLIC_JWK, "d": base64url(b"0" * 32)}), "a JWK in this is damaged"),
        ('{"kty": "OKP", "crv": "Ed25519"}', "a JWK in this is damaged"),
        ('{"kty": "oct"}', "a JWK in this is damaged"),
        ('{"kty": "oct", "k": 5}', "a JWK in this is damaged"),
        (PUBLIC_PEM.replace("M", "!"), "no key in PEM"),
        (certificate(tmp_path), "this is a certificate, and tokens are checked with a key"),
        (PUBLIC_PEM.replace("\n", "\\n"), "no key in PEM"),
        (PUBLIC_PEM.partition("\n")[2], "no secret in one line"),
        (f'["{SECRET}"]', "JSON or in quotes"),
        (f'"{SECRET}"', "JSON or in quotes"),
        (f"'{SECRET}'", "JSON or in quotes"),
        (PUBLIC_PEM + PUBLIC_PEM, "more than one key in PEM"),
        (encrypted_pem(), "this key is encrypted"),
        (public_pem(ec.generate_private_key(ec.SECP256R1())), "of another kind"),
        (private_pem(ec.generate_private_key(ec.SECP256R1())), "of another kind"),
        (public_pem(rsa.generate_private_key(65537, 2048)), "of another kind"),
        (public_pem(Ed448PrivateKey.generate()), "of another kind"),
    ]:
        with pytest.raises(ValueError) as refusal:
            TokenKeys(text)
        assert words in str(refusal.value), text


def der(key: Any) -> bytes:
    """Return the public key of a private one without the armour of PEM."""
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return bytes(key.public_key().public_bytes(*form))


def private_der(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    for public in [PUBLIC_PEM, ssh_line(), json.dumps(PUBLIC_JWK)]:
        with pytest.raises(ValueError, match=r"this secret is a (public key|key of another)"):
            TokenKeys(json.dumps(secret_jwk(public)))


def test_a_key_without_its_armour_is_never_taken_for_a_secret(tmp_path: Path) -> None:
    ed25519 = Ed25519PrivateKey.generate()
    p256, rsa_key = (
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(65537, 2048),
    )
    made = x509.load_pem_x509_certificate(certificate(tmp_path).encode())
    for data in [
        *[der(ed25519), der(p256), der(rsa_key), private_der(ed25519), private_der(p256)],
        made.public_bytes(Encoding.DER),
        *[PUBLIC_PEM.encode(), PRIVATE_PEM.encode(), certificate(tmp_path).encode()],
        *[json.dumps(PUBLIC_JWK).encode(), as_set(PUBLIC_JWK).encode()],
        base64.b64decode(ssh_line().split()[1]),
    ]:
        for coded in [base64.b64encode(data).decode(), base64url(data), data.hex()]:
            with pytest.raises(ValueError, match="this secret is a key of another kind"):
                TokenKeys(coded)
            with pytest.raises(ValueError, match="this secret is a key of another kind"):
                TokenKeys(json.dumps(secret_jwk(coded)))


def test_a_random_secret_is_taken_however_it_is_written() -> None:
    for seed in range(200):
        data = hashlib.sha256(str(seed).encode()).digest()
        for coded in [base64.b64encode(data).decode(), base64url(data), data.hex()]:
            assert TokenKeys(coded)(token(coded)) == Identity("ted")


def test_a_key_in_pem_may_have_the_line_ends_and_the_notes_of_others() -> None:
    for text in [
        PUBLIC_PEM.replace("\n", "\r\n"),
        f"a note\r\n{PUBLIC_PEM}and another one\n",
        f"\n\n  {PUBLIC_PEM}\n\n",
    ]:
        assert TokenKeys(text)(token(PRIVATE_PEM)) == Identity("ted")


def test_a_server_takes_no_private_key() -> None:
    for private in [PRIVATE_PEM, json.dumps(PRIVATE_JWK), as_set(PUBLIC_JWK, PRIVATE_JWK)]:
        with pytest.raises(ValueError, match=r"this key is private.*`openssl pkey -pubout`"):
            TokenKeys(private)


def test_only_a_secret_or_one_private_key_signs() -> None:
    for public in [PUBLIC_PEM, json.dumps(PUBLIC_JWK)]:
        with pytest.raises(ValueError, match="this key is public"):
            sign(public, {})
    with pytest.raises(ValueError, match="several keys"):
        sign(as_set(PRIVATE_JWK, secret_jwk()), {})


def test_no_key_is_shown_when_it_is_printed() -> None:
    for text in [SECRET, PRIVATE_PEM, json.dumps({**PRIVATE_JWK, "kid": "a"})]:
        [key] = read_keys(text)
        assert "checks" not in repr(key) and "signs" not in repr(key)
        assert SECRET not in repr(key)
