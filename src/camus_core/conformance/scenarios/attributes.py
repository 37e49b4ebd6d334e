"""Attributes of members and rooms (ATTR-1 to ATTR-8, ATTR-12 to ATTR-15)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..attribute_phrases import (
    has,
    now_has,
    room_now_has,
    set_attributes,
    set_room_attributes,
    sets,
    sets_for_room,
)
from ..control_phrases import (
    creates_as_owner,
    decides,
    enters_waiting_room,
    host_and_moderator,
    is_admitted,
    is_locked,
    lock,
    locks,
)
from ..phrases import are_refused, is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    Starts,
)
from ..session_phrases import enters, goes_on, is_stopped, meet, visits
from ..vocabulary import (
    BILL,
    CAMUS_2,
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
    member,
    resume,
    to,
    updated,
)

_LONG = "x" * 1000

SCENARIOS = (
    Scenario(
        "a member sets attributes, and everybody is told all that it has, before it is done",
        ("ATTR-1", "ATTR-2", "ATTR-3"),
        (
            *meet(BILL, TED),
            *sets(TED, BILL, hand="1", mood=""),
            Says(TED, but(set_attributes(hand=None, camera="off", never=None), id="4")),
            Hears(TED, now_has(TED, camera="off", mood="")),
            Hears(TED, but(done(TED), reply_to="4")),
            Hears(BILL, now_has(TED, camera="off", mood="")),
            *decides(TED, set_attributes(camera=None, mood=None), now_has(TED)),
            Hears(BILL, now_has(TED)),
        ),
    ),
    Scenario(
        "a name and a value are any text, and of two values for one name the last counts",
        ("ATTR-1", "CORE-24"),
        (
            *enters(BILL),
            Says(
                BILL,
                '{"receiver":"ground control","type":"set-attributes","data":{"attributes":'
                '{"":"\\u0000","__proto__":"\\u00fc","a":"1","a":"2"}}}',
            ),
            Hears(BILL, now_has(BILL, **{"": "\0", "__proto__": "ü", "a": "2"})),
            Hears(BILL, done(BILL)),
        ),
    ),
    Scenario(
        "a newcomer finds the attributes of members in its roster, and of the room beside it",
        ("ATTR-3", "ATTR-14"),
        (
            *creates_as_owner(BILL),
            *sets_for_room(BILL, layout="grid"),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(
                TED,
                joined(
                    TED,
                    attributes={"layout": "grid"},
                    clients=[member(BILL, role="owner"), member(TED)],
                ),
            ),
            Hears(BILL, client_joined(TED)),
            *sets(TED, BILL, hand="1"),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join()),
            Hears(
                RUFUS,
                joined(
                    RUFUS,
                    attributes={"layout": "grid"},
                    clients=[member(BILL, role="owner"), has(TED, hand="1"), member(RUFUS)],
                ),
            ),
            Hears(BILL, client_joined(RUFUS)),
            Hears(TED, client_joined(RUFUS)),
        ),
    ),
    Scenario(
        "a new name or role comes with the attributes that the member has",
        ("ATTR-3",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            *(
                Hears(one, but(updated(TED, "Ted"), data=has(TED, "Ted", hand="1")))
                for one in (TED, BILL)
            ),
            Hears(TED, done(TED)),
            Says(BILL, to(SERVER, "set-role", {"id": TED, "role": "moderator"})),
            *(
                Hears(
                    one,
                    but(updated(TED, "Ted"), data=has(TED, "Ted", "moderator", hand="1")),
                )
                for one in (TED, BILL)
            ),
            Hears(BILL, done(BILL)),
        ),
    ),
    Scenario(
        "nobody is told of what stays as it is",
        ("ATTR-4",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            *sets_for_room(BILL, TED, layout="grid"),
            *decides(TED, set_attributes(hand="1")),
            *decides(TED, set_attributes(mood=None)),
            *decides(TED, set_attributes()),
            *decides(BILL, set_attributes(TED, speak=None)),
            *decides(BILL, set_room_attributes(layout="grid", recording=None)),
            HearsNothing(TED),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "attributes end with the place",
        ("ATTR-5",),
        (
            *meet(BILL, TED),
            *sets(TED, BILL, hand="1"),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, left(TED, "left")),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 2)),
            Hears(
                TED,
                joined(TED_ANEW, reason="unknown", clients=[member(BILL), member(TED_ANEW)]),
            ),
            Hears(BILL, client_joined(TED_ANEW)),
        ),
    ),
    Scenario(
        "a client that has lost its state has no attributes of its own, and still no `speak`",
        ("ATTR-5", "ATTR-12"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            *decides(BILL, set_attributes(TED, speak="no"), now_has(TED, hand="1", speak="no")),
            Hears(TED, now_has(TED, hand="1", speak="no")),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, None)),
            Hears(
                TED,
                joined(
                    TED,
                    nth=2,
                    reason="rejoined",
                    received=1,
                    clients=[member(BILL, role="owner"), has(TED, speak="no")],
                ),
            ),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, but(client_joined(TED), data=has(TED, speak="no"))),
        ),
    ),
    Scenario(
        "a client that takes its place over has no attributes of its own",
        ("ATTR-5", "CTRL-10"),
        (
            *visits(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
            *sets(TED, BILL, hand="1"),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2, clients=[member(BILL), member(TED)])),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED)),
        ),
        Setting(tokens={"Ted's": Identity("ted")}),
    ),
    Scenario(
        "a client that comes back to its session has the attributes that it had",
        ("ATTR-6",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            Drops(TED),
            *sets_for_room(BILL, layout="grid"),
            *goes_on(TED, 2, 1),
            Hears(TED, room_now_has(layout="grid")),
            HearsNothing(BILL),
            *decides(TED, set_attributes(mood="fine"), now_has(TED, hand="1", mood="fine")),
            Hears(BILL, now_has(TED, hand="1", mood="fine")),
        ),
    ),
    Scenario(
        "also a broken session keeps its attributes, and the roster has them",
        ("ATTR-6",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            Drops(TED),
            *sets_for_room(BILL, layout=_LONG),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 2)),
            Hears(
                TED,
                joined(
                    TED,
                    nth=2,
                    reason="overflow",
                    received=1,
                    attributes={"layout": _LONG},
                    clients=[member(BILL, role="owner"), has(TED, hand="1")],
                ),
            ),
        ),
        Setting(Limits(away_bytes=len(_LONG))),
    ),
    Scenario(
        "another server doesn't know them: clients set theirs again, and the others are told",
        ("ATTR-7",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *sets(TED, BILL, hand="1"),
            *sets_for_room(BILL, TED, layout="grid"),
            *is_stopped(BILL, TED),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 6)),
            Hears(
                BILL,
                joined(
                    BILL,
                    nth=2,
                    role="owner",
                    reason="restarted",
                    received=1,
                    clients=[member(BILL, role="owner"), member(TED)],
                ),
            ),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 4)),
            Hears(TED, joined(TED, nth=2, reason="restarted", received=1)),
            *sets_for_room(BILL, TED, layout="grid"),
            *sets(TED, BILL, hand="1"),
        ),
    ),
    Scenario(
        "members of the core profile aren't told of attributes, and can't set any",
        ("ATTR-8", "SESS-59"),
        (
            *creates_as_owner(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            *is_answered(TED),
            *decides(BILL, set_attributes(hand="1"), now_has(BILL, "owner", hand="1")),
            *sets_for_room(BILL, layout="grid"),
            *decides(BILL, set_attributes(TED, speak="no"), now_has(TED, speak="no")),
            *are_refused(
                TED, "unknown-type", set_attributes(hand="1"), set_room_attributes(layout="x")
            ),
            HearsNothing(TED),
        ),
    ),
    Scenario(
        "owners and moderators set the attributes of the room",
        ("ATTR-13",),
        (
            *host_and_moderator(BILL, TED),
            *visits(RUFUS, BILL, TED),
            *sets_for_room(TED, BILL, RUFUS, layout="grid", recording="on"),
            *decides(BILL, set_room_attributes(layout=None), room_now_has(recording="on")),
            Hears(TED, room_now_has(recording="on")),
            Hears(RUFUS, room_now_has(recording="on")),
            *are_refused(
                RUFUS, "not-allowed", set_room_attributes(layout="grid"), set_room_attributes()
            ),
            *decides(BILL, set_room_attributes(recording=None), room_now_has()),
            Hears(TED, room_now_has()),
            Hears(RUFUS, room_now_has()),
            HearsNothing(RUFUS),
        ),
    ),
    Scenario(
        "a lock tells the lock alone, and attributes come with the lock as it is",
        ("ATTR-13", "CTRL-14"),
        (
            *creates_as_owner(BILL),
            *sets_for_room(BILL, layout="grid"),
            *decides(BILL, lock(), is_locked()),
            *decides(
                BILL,
                set_room_attributes(layout="line"),
                by(
                    SERVER,
                    "room",
                    "room-updated",
                    {"locked": True, "attributes": {"layout": "line"}},
                ),
            ),
        ),
    ),
    Scenario(
        "the attributes of a room end with its last member",
        ("ATTR-15",),
        (
            *creates_as_owner(BILL),
            *sets_for_room(BILL, layout="grid"),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, joined(TED)),
        ),
    ),
    Scenario(
        "who has waited for the room until its last member left finds no attributes",
        ("ATTR-15", "CTRL-21"),
        (
            *creates_as_owner(BILL),
            *sets_for_room(BILL, layout="grid"),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            *is_admitted(TED, locked=False),
        ),
    ),
)
