"""Rooms that their owners change (ROOM-1 to ROOM-12)."""

from ...admission.identity import Identity
from ...limits import Limits
from .. import examples as example
from ..address_phrases import ELSEWHERE, HERE, THERE, are_rate_limited
from ..control_phrases import (
    admit,
    creates_as_owner,
    decides,
    enters_waiting_room,
    host_and_moderator,
    is_admitted,
    is_locked,
    lock,
    locks,
    waits_no_more,
)
from ..phrases import are_refused, is_answered
from ..room_phrases import is_updated, update_room, updates
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    LosesAnswer,
    Says,
    Scenario,
    Setting,
    Starts,
    Step,
    Waits,
)
from ..session_phrases import creates, enters, goes_on, is_refused, is_stopped, visits
from ..vocabulary import (
    BILL,
    BILL_ANEW,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    owner_token_of,
    refused,
    resume,
    resumed,
    to,
)

_OTHER_SERVER = Waits(5.5)
"""A wait after which a server with members looks in the database for changes of their room."""


def _owns_other_room(who: str, address: str) -> tuple[Step, ...]:
    """Return the steps by which a client makes a second room, and joins as its owner."""
    shown = join("the-world", owner_token=owner_token_of("the-world"))
    return (
        Connects(who, None, CAMUS_2, address=address),
        *creates(who, "the-world", name="The World"),
        Says(who, shown),
        Hears(who, joined(who, room_id="the-world", role="owner")),
    )


SCENARIOS = (
    Scenario(
        "an owner changes a room, and all members of the session profile hear what has changed",
        ("ROOM-1", "ROOM-2", "ROOM-3", "SESS-87", "CORE-71"),
        (
            *host_and_moderator(BILL, TED),
            Joins(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
            Says(BILL, example.UPDATE_ROOM),
            Hears(BILL, example.ROOM_UPDATED),
            Hears(BILL, but(done(BILL), reply_to="12")),
            Hears(TED, is_updated(name="Circle K", password=True, guest_limit=8)),
            *updates(BILL, TED, changes={"public": True}, public=True),
            Says(BILL, to(SERVER, "list-rooms")),
            Hears(
                BILL,
                by(
                    SERVER,
                    BILL,
                    "rooms",
                    [
                        {
                            "room_id": DEFAULT_ROOM,
                            "name": "Circle K",
                            "clients": 3,
                            "guest_limit": 8,
                            "password": True,
                        }
                    ],
                ),
            ),
            *updates(BILL, TED, changes={"password": None}, password=False),
            *updates(BILL, TED, changes={"guest_limit": None}, guest_limit=100),
            *updates(BILL, TED, changes={"public": False}, public=False),
            HearsNothing(RUFUS),
            *is_answered(RUFUS),
        ),
        Setting(Limits(guest_limit=100)),
    ),
    Scenario(
        "what stays as it is is told to nobody",
        ("ROOM-2", "ROOM-3"),
        (
            *creates_as_owner(BILL, guest_limit=8),
            *visits(TED, BILL),
            *decides(BILL, update_room()),
            *decides(
                BILL,
                update_room(
                    name="Excellent Adventure",
                    password=None,
                    guest_limit=8,
                    locked=False,
                    public=False,
                ),
            ),
            HearsNothing(TED),
            *updates(
                BILL, TED, changes={"name": " Circle K ", "public": False}, name="Circle K"
            ),
        ),
    ),
    Scenario(
        "nobody but an owner changes the room",
        ("ROOM-1",),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *are_refused(TED, "not-allowed", update_room(locked=True), update_room()),
            *are_refused(RUFUS, "not-allowed", update_room(name="\n"), update_room()),
            *are_refused(
                RUFUS, "malformed-message", update_room(name=None), update_room(guest_limit=0)
            ),
            HearsNothing(BILL),
            Connects(TED_ANEW, None, CAMUS_2),
            *is_refused(TED_ANEW, "not-joined", update_room(locked=True)),
            Joins(BILL_ANEW),
            *(Hears(one, client_joined(BILL_ANEW)) for one in (BILL, TED, RUFUS)),
            *are_refused(BILL_ANEW, "unknown-type", update_room(locked=True)),
        ),
    ),
    Scenario(
        "a room gets a name of the form of all names, and keeps its id",
        ("ROOM-8",),
        (
            *creates_as_owner(BILL),
            *are_refused(
                BILL,
                "invalid-name",
                update_room(name="room", public=True),
                update_room(name=""),
            ),
            *updates(BILL, changes={"name": "C++"}, name="C++"),
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "room-not-found", join("c")),
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
        ),
        Setting(rooms_on_demand=False),
    ),
    Scenario(
        "what an owner has changed outlives the server",
        ("ROOM-4",),
        (
            *creates_as_owner(BILL),
            *updates(BILL, changes={"password": "69"}, password=True),
            *updates(BILL, changes={"guest_limit": 2}, guest_limit=2),
            *is_stopped(BILL),
            Starts(),
            *enters(TED, password="69"),
            Connects(RUFUS, None, CAMUS_2),
            *is_refused(RUFUS, "password-required", join()),
            *is_refused(RUFUS, "room-full", join(password="69")),
        ),
    ),
    Scenario(
        "where the database fails the room stays, and a change that was made is told later",
        ("ROOM-5", "ROOM-11"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            LosesAnswer(),
            Says(BILL, update_room(name="Circle K", locked=True)),
            Hears(BILL, refused(BILL, "unavailable", retry_after=True)),
            HearsNothing(TED),
            _OTHER_SERVER,
            *enters(RUFUS),
            *(Hears(one, is_updated(name="Circle K")) for one in (BILL, TED)),
            *(Hears(one, client_joined(RUFUS)) for one in (BILL, TED)),
        ),
    ),
    Scenario(
        "a lower limit sends nobody out, and ends no place that is held",
        ("ROOM-6",),
        (
            *creates_as_owner(BILL, address=HERE),
            *visits(TED, BILL, address=THERE),
            *visits(RUFUS, BILL, TED, address=THERE),
            *updates(BILL, TED, RUFUS, changes={"guest_limit": 1}, guest_limit=1),
            Drops(TED),
            Drops(RUFUS),
            Connects(BILL_ANEW, None, CAMUS_2, address=ELSEWHERE),
            *is_refused(BILL_ANEW, "room-full", join()),
            *goes_on(RUFUS, 1, 0),
            *goes_on(TED, 2, 0),
            Says(RUFUS, to(SERVER, "bye")),
            IsClosed(RUFUS, 1000),
            *(Hears(one, left(RUFUS, "left")) for one in (BILL, TED)),
            *is_refused(BILL_ANEW, "room-full", join()),
            *updates(BILL, TED, changes={"guest_limit": 3}, guest_limit=3),
            Says(BILL_ANEW, join()),
            Hears(BILL_ANEW, joined(BILL_ANEW)),
            *(Hears(one, client_joined(BILL_ANEW)) for one in (BILL, TED)),
        ),
    ),
    Scenario(
        "a new password asks newcomers, and nobody who is in, waits or comes back",
        ("ROOM-7",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *locks(BILL, TED),
            *enters_waiting_room(RUFUS, BILL),
            Drops(TED),
            *updates(BILL, changes={"password": "69"}, locked=True, password=True),
            Connects(BILL_ANEW, None, CAMUS_2),
            *is_refused(BILL_ANEW, "password-required", join()),
            *is_refused(BILL_ANEW, "wrong-password", join(password="96")),
            *decides(BILL, admit(RUFUS), waits_no_more(RUFUS), client_joined(RUFUS)),
            *is_admitted(RUFUS),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 1)),
            Hears(TED, resumed(TED, 0, locked=True)),
            Hears(TED, is_updated(locked=True, password=True)),
            Hears(TED, client_joined(RUFUS)),
            *updates(BILL, TED, RUFUS, changes={"password": "96"}, locked=True, password=True),
            *is_refused(BILL_ANEW, "wrong-password", join(password="69")),
        ),
    ),
    Scenario(
        "an owner locks and unlocks by the same message",
        ("ROOM-9",),
        (
            *creates_as_owner(BILL),
            *decides(
                BILL,
                update_room(name="Circle K", locked=True),
                is_updated(name="Circle K"),
                is_locked(),
            ),
            *decides(BILL, lock()),
            *enters_waiting_room(TED, BILL),
            *decides(
                BILL,
                update_room(locked=False),
                is_locked(False),
                waits_no_more(TED),
                client_joined(TED),
            ),
            *is_admitted(TED, locked=False),
        ),
    ),
    Scenario(
        "a room that becomes public counts among those of its maker's address",
        ("ROOM-10", "LIM-27"),
        (
            Connects(TED, None, CAMUS_2, address=HERE),
            *creates(TED, "circle-k", name="Circle K", public=True),
            *creates_as_owner(BILL, address=HERE),
            Says(BILL, update_room(public=True, name="San Dimas")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *updates(BILL, changes={"name": "San Dimas"}, name="San Dimas"),
            *_owns_other_room(RUFUS, THERE),
            Says(RUFUS, update_room(public=True)),
            Hears(RUFUS, is_updated(public=True)),
            Hears(RUFUS, done(RUFUS)),
            Says(RUFUS, update_room(public=True, guest_limit=8)),
            Hears(RUFUS, is_updated(guest_limit=8)),
            Hears(RUFUS, done(RUFUS)),
            Connects(TED_ANEW, None, CAMUS_2, address=THERE),
            *are_rate_limited(
                TED_ANEW, to(SERVER, "create-room", {"name": "Waterloo", "public": True})
            ),
            Says(RUFUS, update_room(public=False)),
            Hears(RUFUS, is_updated(public=False)),
            Hears(RUFUS, done(RUFUS)),
            *creates(TED_ANEW, "waterloo", name="Waterloo", public=True),
        ),
        Setting(Limits(rooms_listed=2)),
    ),
    Scenario(
        "a room whose maker isn't known counts for the address that makes it public",
        ("ROOM-10", "LIM-27"),
        (
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, join(token="Bill's")),
            Hears(BILL, joined(BILL, role="owner")),
            *updates(BILL, changes={"public": True}, public=True),
            Connects(TED, None, CAMUS_2, address=HERE),
            *are_rate_limited(
                TED, to(SERVER, "create-room", {"name": "Waterloo", "public": True})
            ),
        ),
        Setting(
            Limits(rooms_listed=2),
            rooms=(ExistingRoom(DEFAULT_ROOM),),
            tokens={"Bill's": Identity("bill", role="owner")},
        ),
    ),
    Scenario(
        "two servers don't undo each other's changes, and each tells its members of both",
        ("ROOM-11",),
        (
            *creates_as_owner(BILL),
            Starts(),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(owner_token=owner_token_of(DEFAULT_ROOM))),
            Hears(TED, joined(TED, role="owner")),
            *updates(BILL, changes={"name": "Circle K"}, name="Circle K"),
            *decides(
                TED,
                update_room(guest_limit=8, public=True),
                is_updated(name="Circle K", guest_limit=8, public=True),
            ),
            _OTHER_SERVER,
            *updates(
                BILL, changes={"password": "69"}, password=True, guest_limit=8, public=True
            ),
            Connects(RUFUS, None, CAMUS_2),
            *is_refused(RUFUS, "password-required", join()),
            Hears(TED, is_updated(password=True)),
        ),
    ),
    Scenario(
        "an address sets so many passwords, and its other changes are made all the same",
        ("ROOM-12", "CORE-76"),
        (
            *creates_as_owner(BILL, address=HERE),
            *updates(BILL, changes={"password": "69"}, password=True),
            *are_refused(BILL, "invalid-name", update_room(password="96", name="")),
            Says(BILL, update_room(password="96", name="Circle K")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *updates(BILL, changes={"password": None}, password=False),
            *_owns_other_room(RUFUS, THERE),
            Says(RUFUS, update_room(password="69")),
            Hears(RUFUS, is_updated(password=True)),
            Hears(RUFUS, done(RUFUS)),
        ),
        Setting(Limits(room_creations_per_minute=0.001, room_creation_burst=1.0)),
    ),
    Scenario(
        "changes count among what others are told because of a member",
        ("ROOM-3", "LIM-12"),
        (
            *creates_as_owner(BILL),
            *updates(
                BILL,
                changes={"name": "Circle K", "guest_limit": 8},
                name="Circle K",
                guest_limit=8,
            ),
            *decides(BILL, update_room(name="Circle K")),
            *are_refused(BILL, "invalid-name", update_room(name="")),
            Says(BILL, update_room(name="San Dimas")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(announcements_per_minute=0.001, announcement_burst=3.0)),
    ),
)
