"""Starting points of conversations about moderation and identity: a room with an owner."""

from collections.abc import Sequence
from typing import Any

from camus_core.admission.identity import Identity
from camus_core.records import RoomId, RoomRecord, digest
from driving.driver import START
from driving.store import OWNER_TOKEN

from .phrases import lock, set_role
from .talk import Talk

OWNED = RoomRecord(RoomId("lobby"), "Lobby", START, owner_digest=digest(OWNER_TOKEN))


def moderated_room(
    *guests: str, moderators: Sequence[str] = (), room: RoomRecord = OWNED, **more: Any
) -> Talk:
    """Return a conversation in the lobby, which Ann owns, with these members; all notices are
    over.

    `more` are options of `Talk`.
    """
    talk = Talk(room, **more)
    talk.joins("ann", "lobby", owner_token=OWNER_TOKEN)
    for name in (*moderators, *guests):
        talk.joins(name, "lobby")
    for name in moderators:
        talk.says("ann", set_role(name, "moderator"))
    for name in ("ann", *moderators, *guests):
        talk.confirms(name)
    talk.waits(3)
    talk.forget()
    return talk


def locked_room(*guests: str, waiting: Sequence[str] = (), **more: Any) -> Talk:
    """Return the same conversation in a locked room, with these clients waiting."""
    talk = moderated_room(*guests, **more)
    talk.says("ann", lock())
    for name in waiting:
        talk.knocks(name, "lobby", id=f"join of {name}")
    talk.waits(3)
    for name in ("ann", *guests):
        talk.confirms(name)
    talk.forget()
    return talk


def talk_with(identity: Identity, *rooms: RoomRecord, **more: Any) -> Talk:
    """Return a conversation in which "a token" belongs to this identity."""
    talk = Talk(*rooms, **more)
    talk.store.tokens["a token"] = identity
    return talk
