"""The server that hostile clients meet: small limits, a few rooms, and some tokens."""

from camus_core.admission.identity import Identity
from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.records import RoomId, RoomRecord, digest
from driving.store import OWNER_TOKEN

from .hostile_frames import ROOMS

LIMITS = Limits(
    message_burst=200.0,
    refusals_in_a_row=40,
    guest_limit=8,
    rooms=9,
    room_empty_for=3.0,
    unused_room_seconds=6.0,
    place_seconds=10.0,
    reload_seconds=2.0,
    unconfirmed_frames=30,
    away_bytes=3_000,
    unconfirmed_bytes=6_000,
    all_unconfirmed_bytes=20_000,
    turn_seconds=20,
    joins_per_minute=120,
    join_burst=20,
    room_creations_per_minute=2,
    room_creation_burst=1,
    rooms_per_address=1,
    wrong_passwords=1,
    ice_servers_per_hour=1,
    addresses=5,
    announcements_per_minute=60,
    announcement_burst=12,
    announcement_shares=0.3,
    relayed_bytes_per_second=2000.0,
    relayed_burst_bytes=40_000.0,
    relayed_shares=0.05,
    rooms_listed=4,
    ipv6_56_shares=2,
    ipv6_48_shares=3,
    attributes=1,
    attribute_bytes=400,
    waiting=2,
    waiting_seconds=15.0,
    bans=1,
    invitations=4,
    history_texts=5,
    history_bytes=1500,
    history_seconds=20.0,
    all_history_bytes=6000,
)

ICE = IceConfiguration(("stun:a.example",), ("turn:a.example",), "north")

STORED = (
    RoomRecord(
        RoomId(ROOMS[0]),
        "secret",
        0.0,
        password_hash="tin can",
        owner_digest=digest(OWNER_TOKEN),
    ),
    RoomRecord(
        RoomId(ROOMS[1]),
        "small",
        0.0,
        password_hash="tin cup",
        guest_limit=3,
        owner_digest=digest(OWNER_TOKEN),
    ),
    RoomRecord(RoomId(ROOMS[2]), "shared", 0.0, public=True),
)

IDENTITIES = {
    "token 0": Identity("person 0"),
    "token 1": Identity("person 1", "Bill", "moderator"),
    "token 2": Identity("person 2", rooms=frozenset({STORED[0].id, STORED[1].id})),
    "token 3": Identity("person 3", "Ted", "owner", rooms=frozenset({STORED[2].id})),
    "token 4": Identity("person 4", "Rufus"),
    "token 5": Identity("person 5", may_create=False),
}
TOKEN_OF = dict(enumerate(IDENTITIES))
"""The token of each person that has one; the others present forged tokens."""
