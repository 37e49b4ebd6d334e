"""Tests of the hashes of room passwords."""

import hashlib

import pytest

from camus_core.admission.passwords import hash_password, verify_password

SALT = bytes(range(16))


def test_a_password_opens_what_was_made_from_it_and_no_other_does() -> None:
    kept = hash_password("tin can", SALT)
    assert verify_password("tin can", kept)
    for wrong in ("", "tin can ", "Tin can", "tin  can", "far above the world"):
        assert not verify_password(wrong, kept)


@pytest.mark.parametrize("password", ["", "\u00fc\U0001f680", "x" * 1000, "a$b$c", "\x00"])
def test_any_text_may_be_a_password(password: str) -> None:
    assert verify_password(password, hash_password(password, SALT))


def test_what_is_kept_is_scrypt_with_the_cost_of_rfc_7914_and_not_the_password() -> None:
    digest = hashlib.scrypt(b"tin can", salt=SALT, n=16384, r=8, p=1)
    assert hash_password("tin can", SALT) == f"scrypt${SALT.hex()}${digest.hex()}"


def test_with_another_salt_the_same_password_is_kept_differently() -> None:
    other = bytes(16)
    assert hash_password("tin can", SALT) != hash_password("tin can", other)
    assert verify_password("tin can", hash_password("tin can", other))
