"""Encrypted rooms: who comes in, and that what members encrypt is relayed as it is (SESS-134 to
SESS-136, CORE-28).
"""

from ..control_phrases import waiting
from ..names_phrases import finds, found
from ..scenario import (
    Connects,
    Drops,
    Hears,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Starts,
    Step,
    Stops,
)
from ..session_phrases import creates, is_refused, meet
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    MAJOR_TOM,
    RUFUS,
    SERVER,
    TED,
    but,
    by,
    client_joined,
    join,
    joined,
    refused,
    resume,
    resumed,
    roster,
    to,
)


def _creates_encrypted(who: str, **more: bool) -> tuple[Step, ...]:
    return (
        Connects(who, None, CAMUS_2),
        *creates(who, DEFAULT_ROOM, name="Excellent Adventure", encrypted=True, **more),
    )


_TEXT = (
    "camus-encrypted-1.b0U0Jw8GC2yxp6KTanMpfwseTQIF6qXNQt-aCxRBMJwVN0LUJaWhDOhDP_xl4K"
    "I8WnGtUIUUWqWpEBghgg3L7hU2pWj4bt7-YcvozhDmAJPqa8RMepuGnsiWtm-8zw"
)
"""An encrypted text; clients alone know what it says."""


def _is_relayed(type: str, data: object) -> tuple[Step, ...]:
    """Return a message of Bill's, which Ted receives as it was sent."""
    return (
        Says(BILL, {**to(TED, type, data), "id": "6f0c1a2b.1"}),
        Hears(TED, {**by(BILL, TED, type, data), "id": "6f0c1a2b.1"}),
    )


_FOUND = found(DEFAULT_ROOM, "Excellent Adventure")
_FOUND_ENCRYPTED = but(_FOUND, data={**_FOUND["data"], "encrypted": True})

SCENARIOS = (
    Scenario(
        "whoever joins an encrypted room is told that it is one, and so is whoever comes back",
        ("SESS-134", "SESS-135"),
        (
            *_creates_encrypted(BILL),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, encrypted=True)),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, joined(TED, encrypted=True)),
            Hears(BILL, client_joined(TED)),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 0)),
            Hears(TED, resumed(TED, 0, encrypted=True)),
        ),
    ),
    Scenario(
        "who finds an encrypted room, or waits for it, is told that it is one",
        ("SESS-135", "NAME-8"),
        (
            *_creates_encrypted(BILL, public=True, locked=True),
            *finds(
                BILL,
                DEFAULT_ROOM,
                _FOUND_ENCRYPTED,
            ),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, waiting(TED, moderated=False, encrypted=True)),
            Connects(RUFUS, None, CAMUS_2),
            *creates(RUFUS, "circle-k", name="Circle K", encrypted=True, password="69"),
            *finds(RUFUS, "Circle K", found("circle-k")),
        ),
    ),
    Scenario(
        "a room is still encrypted after its server has started again",
        ("SESS-134", "SESS-136"),
        (
            *_creates_encrypted(BILL),
            Stops(),
            IsClosed(BILL, 1012),
            Starts(),
            Connects(RUFUS),
            Hears(RUFUS, refused(RUFUS, "not-allowed")),
            IsClosed(RUFUS, 4501),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, encrypted=True)),
        ),
    ),
    Scenario(
        "a client of the core profile does not come into an encrypted room, empty or not",
        ("SESS-136", "SESS-55"),
        (
            *_creates_encrypted(BILL),
            Connects(RUFUS),
            Hears(RUFUS, refused(RUFUS, "not-allowed")),
            IsClosed(RUFUS, 4501),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, encrypted=True)),
            Connects(TED),
            Hears(TED, refused(TED, "not-allowed")),
            IsClosed(TED, 4501),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, MAJOR_TOM))),
        ),
    ),
    Scenario(
        "a room that nobody has made as encrypted is open to both profiles",
        ("SESS-134",),
        (
            Connects(BILL, None, CAMUS_2),
            *creates(BILL, DEFAULT_ROOM, name="Excellent Adventure", encrypted=False),
            Says(BILL, join()),
            Hears(BILL, joined(BILL)),
            Joins(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            Connects(TED, None, CAMUS_2),
            *creates(TED, "circle-k", name="Circle K", encrypted=None),
            Says(TED, join("circle-k")),
            Hears(TED, joined(TED, room_id="circle-k")),
        ),
    ),
    Scenario(
        "whether a room is encrypted is true or false",
        ("SESS-15", "SESS-134"),
        (
            Connects(BILL, None, CAMUS_2),
            *is_refused(
                BILL,
                "malformed-message",
                to(SERVER, "create-room", {"encrypted": "yes"}),
                to(SERVER, "create-room", {"encrypted": 1}),
            ),
        ),
    ),
    Scenario(
        "descriptions, candidates and tracks are relayed as they were encrypted",
        ("CORE-28", "CORE-39", "CORE-40", "CORE-45"),
        (
            *meet(BILL, TED),
            *_is_relayed("x-encryption", {"challenge": "A" * 22}),
            *_is_relayed("offer", {"type": "offer", "sdp": _TEXT}),
            *_is_relayed("answer", {"type": "answer", "sdp": _TEXT}),
            *_is_relayed("icecandidate", {"candidate": _TEXT}),
            *_is_relayed("x-tracks", _TEXT),
        ),
    ),
)
