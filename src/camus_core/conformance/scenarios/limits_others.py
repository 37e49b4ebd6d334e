"""Limits on the costs that a client or address causes to others (LIM-12, LIM-14)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..address_phrases import HERE, THERE, are_rate_limited, is_refused_from, joins_from
from ..control_phrases import (
    ban,
    creates_as_owner,
    decides,
    enters_waiting_room,
    is_locked,
    is_removed,
    lock,
    locks,
    waits_no_more,
)
from ..patterns import about
from ..scenario import (
    Connects,
    Drops,
    Frame,
    Hears,
    HearsNothing,
    Says,
    Scenario,
    Setting,
    Step,
    Waits,
)
from ..session_phrases import enters, is_refused, meet, note, visits
from ..vocabulary import (
    ANY_CLIENT,
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    but,
    by,
    client_joined,
    done,
    guest_token_of,
    join,
    joined,
    left,
    refused,
    resume,
    resumed,
    to,
    updated,
)

_NEVER_AGAIN = 0.001
"""Announcements per minute: none is allowed again during a scenario."""

_LONG = "x" * 20_000


def _rejoins(who: str, hearer: str, nth: int) -> tuple[Step, ...]:
    return (
        Drops(who),
        Connects(who, None, CAMUS_2),
        Says(who, resume(who, None, nth - 1)),
        Hears(who, joined(who, nth, reason="rejoined", received=0)),
        Hears(hearer, left(who, "rejoined")),
        Hears(hearer, client_joined(who)),
    )


def _too_much(who: str, *frames: Frame) -> tuple[Step, ...]:
    error = refused(who, "rate-limited", retry_after=True)
    return tuple(step for frame in frames for step in (Says(who, frame), Hears(who, error)))


_RENAMED = to(SERVER, "profile", {"username": "Elizabeth"})


def _renames(who: str, *others: str) -> tuple[Step, ...]:
    notice = updated(who, "Elizabeth")
    return (*decides(who, _RENAMED, notice), *(Hears(other, notice) for other in others))


_TWO_RETURNS = Setting(
    Limits(announcements_per_minute=180.0, announcement_burst=6.0, place_seconds=1.0)
)

SCENARIOS = (
    Scenario(
        "a client that has lost its state comes back so often, and goes on without that",
        ("LIM-12", "SESS-39"),
        (
            *meet(BILL, TED),
            *_rejoins(TED, BILL, 2),
            *_rejoins(TED, BILL, 3),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, None, 3)),
            Hears(TED, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
            HearsNothing(BILL),
            Says(TED, resume(TED, 0, 3)),
            Hears(TED, resumed(TED, 0, 3)),
            HearsNothing(BILL),
        ),
        Setting(Limits(announcements_per_minute=_NEVER_AGAIN, announcement_burst=12.0)),
    ),
    Scenario(
        "the place of a client that is to come back later is held until then",
        ("LIM-12", "SESS-44", "LIM-25"),
        (
            *meet(BILL, TED),
            *_rejoins(TED, BILL, 2),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, None, 2)),
            Hears(TED, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
            Waits(1.6),
            HearsNothing(BILL),
            Waits(1.0),
            Says(TED, resume(TED, None, 2)),
            Hears(TED, joined(TED, 3, reason="rejoined", received=0)),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED)),
        ),
        _TWO_RETURNS,
    ),
    Scenario(
        "half-open: the place of a client that is to come back later is held until then",
        ("LIM-25",),
        (
            *meet(BILL, TED),
            *_rejoins(TED, BILL, 2),
            Connects(TED_ANEW, None, CAMUS_2),
            Says(TED_ANEW, resume(TED, None, 2)),
            Hears(TED_ANEW, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
            Drops(TED),
            Waits(1.6),
            HearsNothing(BILL),
        ),
        _TWO_RETURNS,
    ),
    Scenario(
        "the place of a client that is to come back soon is held as long as any",
        ("LIM-25", "SESS-44"),
        (
            *meet(BILL, TED),
            *_rejoins(TED, BILL, 2),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, None, 2)),
            Hears(TED, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
            Waits(1.3),
            HearsNothing(BILL),
        ),
        Setting(
            Limits(
                announcements_per_minute=900.0,
                announcement_burst=6.0,
                place_seconds=2.5,
                reload_seconds=0.2,
            )
        ),
    ),
    Scenario(
        "to come back by an identity is heard by the others as much, and counts so",
        ("LIM-12", "CTRL-10"),
        (
            *visits(BILL),
            *enters(TED, token="Ted's"),
            Hears(BILL, client_joined(TED)),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, 2)),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED)),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, refused(ANY_CLIENT, "rate-limited", retry_after=about(60))),
            HearsNothing(BILL),
        ),
        Setting(
            Limits(announcements_per_minute=1.0, announcement_burst=11.0),
            tokens={"Ted's": Identity("ted")},
        ),
    ),
    Scenario(
        "to come back so is to join, for an address; only to resume is free",
        ("LIM-12", "LIM-2", "LIM-19"),
        (
            *enters(BILL, address=HERE),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, resume(BILL, None)),
            Hears(BILL, refused(ANY_CLIENT, "rate-limited", retry_after=True)),
            Says(BILL, resume(BILL, 0)),
            Hears(BILL, resumed(BILL, 0)),
        ),
        Setting(Limits(joins_per_minute=_NEVER_AGAIN, join_burst=1.0)),
    ),
    Scenario(
        "the place of a client whose address has joined too often is held until it may join",
        ("LIM-25", "LIM-2", "LIM-19"),
        (
            *visits(BILL, address=THERE),
            *visits(TED, BILL, address=HERE),
            Drops(TED),
            Connects(TED, None, CAMUS_2, address=HERE),
            Says(TED, resume(TED, None)),
            Hears(TED, refused(ANY_CLIENT, "rate-limited", retry_after=about(120))),
            Waits(0.8),
            HearsNothing(BILL),
            Says(TED, resume(TED, 0)),
            Hears(TED, resumed(TED, 0)),
        ),
        Setting(
            Limits(joins_per_minute=0.5, join_burst=1.0, place_seconds=0.5, reload_seconds=0.2)
        ),
    ),
    Scenario(
        "a client that comes back without its state too often costs its address no join",
        ("LIM-12", "LIM-2", "LIM-18"),
        (
            *enters(BILL, address=HERE),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2, address=HERE),
            Says(BILL, resume(BILL, None)),
            Hears(BILL, joined(BILL, 2, reason="rejoined", received=0)),
            Drops(BILL),
            Connects(BILL, None, CAMUS_2, address=HERE),
            *are_rate_limited(BILL, resume(BILL, None, 2), resume(BILL, None, 2)),
            *enters(TED, address=HERE),
        ),
        Setting(
            Limits(
                joins_per_minute=_NEVER_AGAIN,
                join_burst=3.0,
                announcements_per_minute=_NEVER_AGAIN,
                announcement_burst=6.0,
            )
        ),
    ),
    Scenario(
        "a client changes its name, a role and the lock so often",
        ("LIM-12",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *decides(BILL, lock(), is_locked()),
            Hears(TED, is_locked()),
            *_too_much(
                BILL,
                lock(False),
                to(SERVER, "set-role", {"id": TED, "role": "moderator"}),
                to(SERVER, "profile", {"username": "Bill"}),
            ),
            HearsNothing(TED),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            Hears(TED, updated(TED, "Ted")),
            Hears(TED, done(TED)),
            Hears(BILL, updated(TED, "Ted")),
        ),
        Setting(Limits(announcements_per_minute=_NEVER_AGAIN, announcement_burst=1.0)),
    ),
    Scenario(
        "the clients of one address have a share of that together, in either profile",
        ("LIM-12", "LIM-1", "LIM-26"),
        (
            Connects(BILL, address=HERE),
            Hears(BILL, by(SERVER, BILL, "greeting", f"This is Ground Control to {MAJOR_TOM}")),
            *enters(TED, address=HERE),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            Hears(TED, updated(TED, "Ted")),
            Hears(TED, done(TED)),
            Says(BILL, to(SERVER, "profile", {"username": "Bill"})),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            *enters(RUFUS, address=THERE),
            Hears(TED, client_joined(RUFUS)),
            Says(RUFUS, to(SERVER, "profile", {"username": "Rufus"})),
            Hears(RUFUS, updated(RUFUS, "Rufus")),
            Hears(RUFUS, done(RUFUS)),
            Hears(TED, updated(RUFUS, "Rufus")),
        ),
        Setting(
            Limits(
                announcements_per_minute=_NEVER_AGAIN,
                announcement_burst=1.0,
                announcement_shares=1.0,
            )
        ),
    ),
    Scenario(
        "the bytes of all clients of one address are counted together, too",
        ("LIM-14", "LIM-1"),
        (
            *joins_from(HERE, BILL),
            *joins_from(HERE, TED),
            *joins_from(THERE, RUFUS),
            Says(BILL, to(TED, "x-note", _LONG)),
            Hears(TED, by(BILL, TED, "x-note", _LONG)),
            Says(TED, to(BILL, "x-note", _LONG)),
            Hears(TED, refused(TED, "rate-limited", retry_after=True)),
            HearsNothing(BILL),
            *note(TED, BILL, "x" * 9_000),
            Says(RUFUS, to(BILL, "x-note", _LONG)),
            Hears(BILL, by(RUFUS, BILL, "x-note", _LONG)),
        ),
        Setting(
            Limits(
                relayed_bytes_per_second=_NEVER_AGAIN,
                relayed_burst_bytes=25_000.0,
                relayed_shares=1.2,
            )
        ),
    ),
    Scenario(
        "an address may send several times what one client may",
        ("LIM-14",),
        (
            *joins_from(HERE, BILL),
            *joins_from(HERE, TED),
            *joins_from(HERE, RUFUS),
            Says(BILL, to(TED, "x-note", _LONG)),
            Hears(TED, by(BILL, TED, "x-note", _LONG)),
            Says(TED, to(BILL, "x-note", _LONG)),
            Hears(BILL, by(TED, BILL, "x-note", _LONG)),
            Says(RUFUS, to(BILL, "x-note", _LONG)),
            Hears(RUFUS, refused(RUFUS, "rate-limited", retry_after=about(52))),
        ),
        Setting(
            Limits(
                relayed_bytes_per_second=100.0,
                relayed_burst_bytes=25_000.0,
                relayed_shares=2.0,
            )
        ),
    ),
    Scenario(
        "the changes of an address are several times those of one member",
        ("LIM-26",),
        (
            *enters(BILL, address=HERE),
            *visits(TED, BILL, address=HERE),
            *visits(RUFUS, BILL, TED, address=HERE),
            *_renames(BILL, TED, RUFUS),
            *_renames(TED, BILL, RUFUS),
            Says(RUFUS, _RENAMED),
            Hears(RUFUS, refused(RUFUS, "rate-limited", retry_after=about(60))),
            Drops(RUFUS),
            Connects(RUFUS, None, CAMUS_2, address=THERE),
            Says(RUFUS, resume(RUFUS, 3)),
            Hears(RUFUS, resumed(RUFUS, 1)),
            *_renames(RUFUS, BILL, TED),
        ),
        Setting(
            Limits(
                announcements_per_minute=0.5,
                announcement_burst=1.0,
                announcement_shares=2.0,
            )
        ),
    ),
    Scenario(
        "a client that waits can be banned",
        ("CTRL-12", "CTRL-13", "CTRL-22", "CTRL-40"),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL, address=HERE),
            *enters_waiting_room(TED_ANEW, BILL, address=HERE),
            *enters_waiting_room(RUFUS, BILL, address=THERE),
            *decides(BILL, ban(TED), waits_no_more(TED)),
            Hears(TED, but(refused(TED, "banned"), reply_to="let me in")),
            *is_refused(TED, "banned", join(guest_token=guest_token_of(TED))),
            HearsNothing(TED_ANEW),
            HearsNothing(RUFUS),
        ),
    ),
    Scenario(
        "a ban follows a client that has come back from another address",
        ("CTRL-13",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL, address=HERE),
            Drops(TED),
            Connects(TED, None, CAMUS_2, address=THERE),
            Says(TED, resume(TED, 0)),
            Hears(TED, resumed(TED, 0)),
            *decides(BILL, ban(TED), left(TED, "banned")),
            *is_removed(TED, "banned"),
            *is_refused_from(THERE, RUFUS, "banned", 4507),
            *visits(TED_ANEW, BILL, address=HERE),
        ),
    ),
)
