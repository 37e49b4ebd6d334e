"""The encrypted form of messages, by the vectors of the conformance kit."""

import builtins
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import pytest

from camus_core.wire import messages as m
from camus_core.wire.json_text import from_json, to_json
from camus_transport import RoomKey, new_secret
from camus_transport.client.encryption import (
    Challenges,
    EncryptionError,
    is_challenge,
    is_encryptable,
    new_challenge,
)

VECTORS: Mapping[str, Any] = json.loads(
    files("camus_core.conformance").joinpath("encryption.json").read_text(encoding="utf-8")
)

KINDS: Mapping[str, Callable[..., m.Message]] = {
    "offer": m.Offer,
    "answer": m.Answer,
    "icecandidate": m.IceCandidate,
    "x-tracks": lambda *arguments, id: m.Extension("x-tracks", *arguments, id=id),
}


def message_of(members: Mapping[str, Any], data: object, sender: str = "") -> m.Message:
    """Return the message of a vector with this data."""
    kind = KINDS[members["type"]]
    return kind(members["receiver"], to_json(data), sender, id=members.get("id"))


def vector_key() -> RoomKey:
    return RoomKey(VECTORS["secret"], VECTORS["room_id"])


@pytest.mark.parametrize("vector", VECTORS["sealed"], ids=lambda vector: vector["name"])
def test_each_vector_is_encrypted_as_it_says(vector: Mapping[str, Any]) -> None:
    message = message_of(vector, vector["data"])
    assert is_encryptable(message)
    sealed = vector_key().seal(
        message,
        vector["sender"],
        vector["challenge"],
        vector["n"],
        urlsafe_b64decode(vector["nonce"]),
    )
    assert sealed == message_of(vector, vector["encrypted"])


def test_what_is_received_in_this_order_is_accepted_or_not() -> None:
    key, me = vector_key(), VECTORS["receiver"]["id"]
    challenges = Challenges(iter(VECTORS["receiver"]["challenges"]).__next__)
    challenges.renew()

    def receive(message: m.Message) -> object:
        assert is_encryptable(message)
        try:
            opened = key.open(message, me)
            challenges.accept(opened.challenge, opened.n)
        except EncryptionError as error:
            return error.fault
        return opened.message

    for vector in VECTORS["received"]:
        members = vector["message"]
        message = message_of(members, members["data"], members["sender"])
        result = receive(message)
        if "fault" in vector:
            assert (vector["name"], result) == (vector["name"], vector["fault"])
        else:
            assert result == message_of(members, vector["opened"], members["sender"])


def test_a_secret_has_16_to_64_bytes_in_base64url() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", new_secret())
    assert new_secret() != new_secret()
    RoomKey(new_secret(), "lobby")
    RoomKey("A" * 86, "lobby")
    for wrong in ("", "A" * 20, "A" * 87, "A" * 25, "=" * 22):
        with pytest.raises(ValueError, match="16 to 64 bytes"):
            RoomKey(wrong, "lobby")


def test_two_messages_never_have_the_same_nonce_or_text() -> None:
    message = m.Extension("x-tracks", "b", to_json({}))
    sealed = [vector_key().seal(message, "a", new_challenge(), 1) for _ in range(100)]
    assert all(isinstance(one, m.Extension) for one in sealed)
    assert len({one.data for one in sealed if isinstance(one, m.Extension)}) == 100


def test_a_challenge_has_16_bytes_in_base64url() -> None:
    assert is_challenge(new_challenge())
    for wrong in (None, 5, "", "A" * 21, "A" * 23, "A" * 21 + "="):
        assert not is_challenge(wrong)


def test_content_is_as_deep_as_a_frame_may_be() -> None:
    key = vector_key()
    deep = m.Json(b'{"type":"offer","sdp":"v=0","deep":' + b"[" * 40 + b"]" * 40 + b"}")
    sealed = key.seal(m.Offer("b", deep), "a", new_challenge(), 1)
    assert isinstance(sealed, m.Offer)
    with pytest.raises(EncryptionError, match="malformed"):
        key.open(m.Offer("b", sealed.data, "a"), "b")


def test_without_cryptography_a_key_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without_it(name: str, *arguments: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without_it)
    with pytest.raises(ImportError, match=r"camus-signaling\[encryption\]"):
        RoomKey("A" * 22, "lobby")


def test_the_data_of_a_candidate_that_is_not_encrypted_is_not_looked_at() -> None:
    vector = next(one for one in VECTORS["received"] if one["name"] == "a candidate")
    members = vector["message"]
    beside = {**members["data"], "sdpMid": "9"}
    message = message_of(members, beside, members["sender"])
    assert isinstance(message, m.IceCandidate)
    opened = vector_key().open(message, VECTORS["receiver"]["id"]).message
    assert isinstance(opened, m.IceCandidate)
    assert from_json(opened.data) == vector["opened"]
