"""The operator's own words, and the reasons of moderators (SAY-1 to SAY-8)."""

from ...limits import Limits
from ..control_phrases import (
    admit,
    ban,
    creates_as_owner,
    decides,
    deny,
    enters_waiting_room,
    is_admitted,
    is_removed,
    kick,
    locks,
    refused_because,
    waits_no_more,
)
from ..patterns import A_TIME
from ..phrases import is_answered
from ..scenario import (
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    OperatorSays,
    Says,
    Scenario,
    Setting,
    Starts,
)
from ..session_phrases import enters, goes_on, is_back, is_stopped, meet, visits
from ..vocabulary import (
    BILL,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    ack,
    but,
    by,
    client_joined,
    done,
    guest_token_of,
    left,
    refused,
    to,
)

_PARTY_ON = to(ROOM, "text", {"text": "Party on, dudes!"})
_PARTY_IS_ON = by(
    SERVER, ROOM, "text", {"from": SERVER, "time": A_TIME, "text": "Party on, dudes!"}
)
_HELLO = {"text": "Hello!", "time": 5}
_REASON = "Be excellent to each other."


SCENARIOS = (
    Scenario(
        "what the operator says to the room, all members hear from the server",
        ("SAY-1", "SAY-2"),
        (
            *enters(BILL),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            OperatorSays(_PARTY_ON),
            *(Hears(one, _PARTY_IS_ON) for one in (BILL, TED)),
            OperatorSays(to(ROOM, "x-quiz", {"question": 1})),
            *(Hears(one, by(SERVER, ROOM, "x-quiz", {"question": 1})) for one in (BILL, TED)),
        ),
    ),
    Scenario(
        "what the operator says to one member, no other hears",
        ("SAY-1", "SAY-2"),
        (
            *meet(BILL, TED),
            Joins(RUFUS),
            *(Hears(one, client_joined(RUFUS)) for one in (BILL, TED)),
            *(
                step
                for who in (TED, RUFUS)
                for step in (
                    OperatorSays(
                        to(who, "text", {"text": "Hello!", "time": 5, "from": "Bill"})
                    ),
                    Hears(
                        who,
                        by(SERVER, who, "text", {"from": SERVER, "time": 5, "text": "Hello!"}),
                    ),
                )
            ),
            HearsNothing(BILL),
        ),
    ),
    Scenario(
        "what the operator says is counted, and kept for who is away",
        ("SAY-3",),
        (
            *meet(BILL, TED),
            OperatorSays(_PARTY_ON),
            *(Hears(one, _PARTY_IS_ON) for one in (BILL, TED)),
            Says(BILL, ack(2)),
            *is_answered(BILL),
            Drops(TED),
            OperatorSays(but(to(TED, "x-quiz", 2), id="2")),
            OperatorSays(to(ROOM, "x-quiz", 3)),
            Hears(BILL, by(SERVER, ROOM, "x-quiz", 3)),
            *goes_on(TED, 1, 0),
            Hears(TED, but(by(SERVER, TED, "x-quiz", 2), id="2")),
            Hears(TED, by(SERVER, ROOM, "x-quiz", 3)),
        ),
    ),
    Scenario(
        "what the operator says and nobody confirms is reported to nobody",
        ("SAY-4",),
        (
            *meet(BILL, TED),
            Drops(TED),
            OperatorSays(to(TED, "x-quiz", 1)),
            Hears(BILL, left(TED, "gone")),
            *is_answered(BILL),
            HearsNothing(BILL),
        ),
        Setting(Limits(place_seconds=0.2)),
    ),
    Scenario(
        "what the operator says is reported to nobody when the server stops",
        ("SAY-4",),
        (
            *enters(BILL),
            OperatorSays(_PARTY_ON),
            Hears(BILL, _PARTY_IS_ON),
            *is_stopped(BILL),
            Starts(),
            *is_back(BILL, 2, BILL, handled=0),
        ),
    ),
    Scenario(
        "a waiting client hears nothing of what the operator says to the room",
        ("SAY-1",),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            OperatorSays(_PARTY_ON),
            Hears(BILL, _PARTY_IS_ON),
            HearsNothing(TED),
            *decides(BILL, admit(TED), waits_no_more(TED), client_joined(TED)),
            *is_admitted(TED),
        ),
    ),
    Scenario(
        "who is kicked or banned with a reason hears it first, and nobody else does",
        ("SAY-5", "SAY-6"),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *visits(RUFUS, BILL, TED),
            *decides(BILL, kick(TED, reason="?"), left(TED, "kicked")),
            Hears(TED, refused_because(TED, "kicked", "?")),
            *is_removed(TED, "kicked", RUFUS),
            *decides(BILL, ban(RUFUS, reason="\U0001f6b7" * 200), left(RUFUS, "banned")),
            Hears(RUFUS, refused_because(RUFUS, "banned", "\U0001f6b7" * 200)),
            *is_removed(RUFUS, "banned"),
        ),
    ),
    Scenario(
        "without a reason, and in the core profile, who is sent out is closed at once",
        ("SAY-7",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            Joins(RUFUS),
            *(Hears(one, client_joined(RUFUS)) for one in (BILL, TED)),
            *decides(BILL, kick(TED, reason=None), left(TED, "kicked")),
            IsClosed(TED, 4506),
            Hears(RUFUS, by(TED, ROOM, "bye", A_TIME)),
            *is_answered(RUFUS),
            *decides(BILL, ban(RUFUS, reason=_REASON), left(RUFUS, "banned")),
            IsClosed(RUFUS, 4507),
        ),
    ),
    Scenario(
        "a reason has 1 to 200 characters",
        ("SAY-5",),
        (
            *creates_as_owner(BILL),
            *visits(TED, BILL),
            *(
                step
                for order in (kick, ban, deny)
                for reason in ("", "\U0001f6b7" * 201, 5)
                for step in (
                    Says(BILL, order(TED, reason=reason)),
                    Hears(BILL, refused(BILL, "malformed-message")),
                )
            ),
        ),
    ),
    Scenario(
        "a waiting client that is turned away hears the reason, and others that are don't",
        ("SAY-8",),
        (
            *creates_as_owner(BILL),
            *locks(BILL),
            *enters_waiting_room(TED, BILL, address="127.0.0.2"),
            *decides(BILL, deny(TED, reason=_REASON), waits_no_more(TED)),
            Hears(TED, but(refused_because(TED, "denied", _REASON), reply_to="let me in")),
            *enters_waiting_room(RUFUS, BILL, address="127.0.0.2"),
            *enters_waiting_room("1a" * 16, BILL, guest_token=guest_token_of(RUFUS)),
            Says(BILL, ban(RUFUS, reason=_REASON)),
            Hears(BILL, waits_no_more(RUFUS)),
            Hears(BILL, waits_no_more("1a" * 16)),
            Hears(BILL, done(BILL)),
            Hears(RUFUS, but(refused_because(RUFUS, "banned", _REASON), reply_to="let me in")),
            Hears("1a" * 16, but(refused("1a" * 16, "banned"), reply_to="let me in")),
        ),
    ),
)
