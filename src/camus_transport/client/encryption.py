"""Encrypted rooms (rules CLIENT-45 to CLIENT-48): the key of a room, and the encrypted form of
messages between two members.

All members of an encrypted room have one secret, which the server doesn't know. A message is
bound to its room, sender, receiver and type by the associated data, and to one moment of the
receiver by a challenge, which that receiver has drawn for this sender, and a number that grows.
So the server can read, change, redirect or repeat nothing; it can only drop and delay.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Literal, TypeGuard

from attrs import evolve, frozen

from camus_core.wire import messages as m
from camus_core.wire.codec import best_codec
from camus_core.wire.errors import ProtocolError
from camus_core.wire.json_text import checked, from_json, parse_object, split_members, to_json

_LABEL = "camus-encrypted-1"
_PREFIX = f"{_LABEL}."

_SECRET_BYTES = 16
_MOST_SECRET_BYTES = 64
"""The sizes of secrets. The smaller one is that of a new one: 128 bits."""

_CHALLENGE_BYTES = 16

_NONCE_BYTES = 12
"""The size of a nonce that AES-GCM takes as it is (NIST SP 800-38D, section 8.2)."""

_MOST_NUMBER = 2**53 - 1
"""The largest integer that each JSON library keeps (RFC 8259, section 6)."""

TRACKS = "x-tracks"

Encryptable = m.Offer | m.Answer | m.IceCandidate | m.Extension
"""A message that is encrypted in an encrypted room; an extension only if it is `x-tracks`."""

Fault = Literal["plain", "unreadable", "malformed", "stale", "replayed"]
"""The reason why a message was not accepted.

- `plain`: it isn't in the encrypted form.
- `unreadable`: it was changed, or is of another room, sender, receiver, type or secret.
- `malformed`: its content isn't what its type requires.
- `stale`: it answers no current challenge, as one that was sent before a program started anew.
- `replayed`: it was received before, or is older than one that was.
"""


class EncryptionError(Exception):
    """An encrypted room doesn't accept a message.

    Attributes:
        fault: the reason.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"a message was not accepted: {fault}")
        self.fault: Fault = fault


@frozen
class OpenedMessage:
    """A message whose content was decrypted, and what the content says of its order."""

    message: m.Message
    challenge: str
    n: int


def is_encryptable(message: m.Message) -> TypeGuard[Encryptable]:
    """Tell whether a message is one of those that are encrypted in an encrypted room."""
    return isinstance(message, m.Offer | m.Answer | m.IceCandidate) or message.type == TRACKS


def new_secret() -> str:
    """Return a new secret for the link of an encrypted room."""
    return _base64url(secrets.token_bytes(_SECRET_BYTES))


def new_challenge() -> str:
    """Return a new challenge."""
    return _base64url(secrets.token_bytes(_CHALLENGE_BYTES))


class RoomKey:
    """The key of one encrypted room.

    Args:
        secret: the secret, from the fragment of the room's link.
        room_id: the id of the room.

    Raises:
        ValueError: the secret isn't one.
        ImportError: the package cryptography isn't installed.
    """

    def __init__(self, secret: str, room_id: str) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            raise ImportError(
                "encrypted rooms need cryptography: pip install 'camus-signaling[encryption]'"
            ) from None
        material = _bytes_of(secret)
        if material is None or not _SECRET_BYTES <= len(material) <= _MOST_SECRET_BYTES:
            raise ValueError("a secret is base64url of 16 to 64 bytes")
        self._room_id = room_id
        self._cipher = AESGCM(_derived_key(material, room_id))
        self._invalid_tag = InvalidTag
        self._codec = best_codec()

    def seal(
        self,
        message: Encryptable,
        sender: str,
        challenge: str,
        n: int,
        nonce: bytes | None = None,
    ) -> Encryptable:
        """Return the encrypted form of a message to one member.

        Args:
            message: the message; its receiver is the id of a member.
            sender: the id of this client.
            challenge: the last one that the receiver has sent to this client.
            n: a number from 1, greater than in each message to the receiver before.
            nonce: 12 bytes, never the same for two messages; random if None.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES) if nonce is None else nonce
        head = to_json({"challenge": challenge, "n": n, "id": message.id})
        content = b'%b,"data":%b}' % (head[:-1], message.data)
        associated = self._associated_data(message.type, sender, message.receiver)
        sealed = nonce + self._cipher.encrypt(nonce, content, associated)
        return evolve(message, data=_with_text(message, _PREFIX + _base64url(sealed)))

    def open(self, message: Encryptable, me: str) -> OpenedMessage:
        """Return the decrypted form of a message of another member; don't check its order.

        Args:
            message: the message, as it was received.
            me: the id of this client. That the message names it as receiver proves nothing.

        Raises:
            EncryptionError: the message is `plain`, `unreadable` or `malformed`.
        """
        text = _text_in(message)
        if not isinstance(text, str) or not text.startswith(_PREFIX):
            raise EncryptionError("plain")
        sealed = _bytes_of(text.removeprefix(_PREFIX))
        associated = self._associated_data(message.type, message.sender, me)
        try:
            if sealed is None:
                raise EncryptionError("unreadable")
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            content = self._cipher.decrypt(nonce, rest, associated)
        except (self._invalid_tag, ValueError):  # ValueError: the nonce is too short
            raise EncryptionError("unreadable") from None
        try:
            return self._opened(message, content)
        except ProtocolError:
            raise EncryptionError("malformed") from None

    def _opened(self, message: Encryptable, content: bytes) -> OpenedMessage:
        text = checked(content)
        members = parse_object(text)
        challenge, n = members.get("challenge"), members.get("n")
        if (
            not isinstance(challenge, str)
            or type(n) is not int
            or not 0 < n <= _MOST_NUMBER
            or "id" not in members
            or members["id"] != message.id
        ):
            raise EncryptionError("malformed")
        data = split_members(text).get("data", m.NULL)
        # The codec looks at the data as it does at that of a message which isn't encrypted.
        frame = self._codec.encode(evolve(message, data=data))
        opened = self._codec.decode(frame, ids=True)
        if message.type == TRACKS and not _has_tracks(from_json(data)):
            raise EncryptionError("malformed")
        return OpenedMessage(opened, challenge, n)

    def _associated_data(self, type: str, sender: str, receiver: str) -> bytes:
        return to_json([_LABEL, self._room_id, sender, receiver, type])


class Challenges:
    """The challenges that a client has drawn for one other member.

    These are the newest, and the one before it while messages that answer that one may still
    arrive.
    """

    def __init__(self, draw: Callable[[], str] = new_challenge) -> None:
        self._draw = draw
        self._drawn = [(draw(), 0)]

    @property
    def newest(self) -> str:
        """The newest challenge."""
        return self._drawn[-1][0]

    def renew(self) -> None:
        """Draw a new challenge."""
        self._drawn = [self._drawn[-1], (self._draw(), 0)]

    def accept(self, challenge: str, n: int) -> None:
        """Accept the next message of the member.

        Raises:
            EncryptionError: the message is `stale` or `replayed`.
        """
        for at, (drawn, last) in enumerate(self._drawn):
            if drawn == challenge:
                if n <= last:
                    raise EncryptionError("replayed")
                # The member has this one, so it uses none before it any more.
                self._drawn[: at + 1] = [(drawn, n)]
                return
        raise EncryptionError("stale")


def is_challenge(value: object) -> TypeGuard[str]:
    """Tell whether a value has the form of a challenge."""
    if not isinstance(value, str):
        return False
    challenge = _bytes_of(value)
    return challenge is not None and len(challenge) == _CHALLENGE_BYTES


def _derived_key(material: bytes, room_id: str) -> bytes:
    """Return 32 bytes of HKDF-SHA-256 (RFC 5869): one block of its output."""
    pseudorandom_key = hmac.digest(_LABEL.encode(), material, hashlib.sha256)
    return hmac.digest(pseudorandom_key, room_id.encode() + b"\x01", hashlib.sha256)


def _with_text(message: Encryptable, text: str) -> m.Json:
    """Return the data of the encrypted form with this text."""
    match message:
        case m.Offer() | m.Answer():
            return to_json({"type": message.type, "sdp": text})
        case m.IceCandidate():
            return to_json({"candidate": text})
        case _:
            return to_json(text)


def _text_in(message: Encryptable) -> object:
    """Return what stands where the encrypted form has its text."""
    data = from_json(message.data)
    if isinstance(message, m.Extension):
        return data
    name = "candidate" if isinstance(message, m.IceCandidate) else "sdp"
    return data.get(name) if isinstance(data, dict) else None


def _has_tracks(data: object) -> bool:
    return isinstance(data, dict) and all(isinstance(name, str) for name in data.values())


def _base64url(value: bytes) -> str:
    """Return bytes in base64url (RFC 4648, section 5) without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes | None:
    """Return the bytes of base64url without padding, or None if the text isn't that."""
    if re.fullmatch(r"[A-Za-z0-9_-]*", text) is None or len(text) % 4 == 1:
        return None
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
