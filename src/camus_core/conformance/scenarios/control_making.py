"""The clients that may make rooms (CTRL-64 to CTRL-66)."""

from collections.abc import Mapping
from typing import Any

from ...admission.identity import Identity
from ...records import RoomId
from ..names_phrases import finds, found
from ..phrases import are_refused
from ..scenario import (
    Connects,
    Drops,
    ExistingRoom,
    Hears,
    IsClosed,
    Says,
    Scenario,
    Setting,
    Starts,
)
from ..session_phrases import creates, enters, is_refused, is_stopped
from ..vocabulary import (
    BILL,
    CAMUS_2,
    DEFAULT_ROOM,
    RUFUS,
    SERVER,
    TED,
    by,
    client_joined,
    join,
    joined,
    refused,
    resume,
    resumed,
    to,
)

_TOKENS = {
    "Ted's": Identity("ted", may_create=False),
    "Bill's": Identity("bill", may_create=True),
    "Rufus's": Identity("rufus"),
    "a moderator's": Identity("the dude", role="moderator", may_create=False),
    "one for a room": Identity(
        "ted", rooms=frozenset({RoomId("circle-k"), RoomId(DEFAULT_ROOM)}), may_create=False
    ),
}

_HERE = (ExistingRoom(DEFAULT_ROOM),)


def _create(name: str, **more: str) -> Mapping[str, Any]:
    return to(SERVER, "create-room", {"name": name, **more})


SCENARIOS = (
    Scenario(
        "a token that lets its bearer make no rooms opens those that are there",
        ("CTRL-64",),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(
                TED,
                "not-allowed",
                _create("Circle K", token="Ted's"),
                _create("Circle K", token="a moderator's"),
                _create("Circle K", token="one for a room"),
                join("circle-k", token="Ted's"),
                join("circle-k", token="a moderator's"),
                join("circle-k", token="one for a room"),
            ),
            *finds(TED, "Circle K", found("circle-k"), token="Ted's"),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED)),
            *are_refused(
                TED,
                "not-allowed",
                _create("Circle K"),
            ),
            Connects(RUFUS, "circle-k", token="Ted's"),
            Hears(RUFUS, refused(RUFUS, "not-allowed")),
            IsClosed(RUFUS, 4501),
        ),
        Setting(rooms=_HERE, tokens=_TOKENS),
    ),
    Scenario(
        "where no rooms are made on demand, nobody hears of tokens that make none",
        ("CTRL-64", "CORE-86"),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(TED, "room-not-found", join("circle-k", token="Ted's")),
        ),
        Setting(tokens=_TOKENS, rooms_on_demand=False),
    ),
    Scenario(
        "a token that says nothing of making rooms, or yes, lets its bearer make them",
        ("CTRL-64", "CTRL-65"),
        (
            *enters(BILL, "circle-k", token="Bill's"),
            *enters(RUFUS, "san-dimas", token="Rufus's"),
            *creates(BILL, "nowhere", name="Nowhere"),
            *creates(RUFUS, "somewhere", name="Somewhere"),
            Connects(TED, None, CAMUS_2),
            *creates(TED, "anywhere", name="Anywhere", token="Rufus's"),
        ),
        Setting(tokens=_TOKENS, guests_create=False),
    ),
    Scenario(
        "where guests make no rooms, they come into those that are there",
        ("CTRL-65",),
        (
            Connects(TED, None, CAMUS_2),
            *is_refused(
                TED,
                "not-allowed",
                _create("Circle K"),
                to(SERVER, "create-room", {}),
                join("circle-k"),
                join("circle-k", name="Circle K"),
            ),
            *creates(TED, "san-dimas", name="San Dimas", token="Bill's"),
            *is_refused(TED, "not-allowed", _create("Circle K")),
            Says(TED, join("san-dimas")),
            Hears(TED, joined(TED, room_id="san-dimas")),
            *finds(TED, "circle-k", found("circle-k"), token="Bill's"),
            *are_refused(TED, "not-allowed", _create("Circle K")),
            Connects(RUFUS, "circle-k"),
            Hears(RUFUS, refused(RUFUS, "not-allowed")),
            IsClosed(RUFUS, 4501),
            Connects(BILL, "san-dimas"),
            Hears(BILL, by(SERVER, BILL, "greeting", "This is Ground Control to Major Tom")),
            Hears(TED, client_joined(BILL)),
        ),
        Setting(tokens=_TOKENS, guests_create=False),
    ),
    Scenario(
        "who comes back without its token makes rooms as the token said",
        ("CTRL-66",),
        (
            *enters(TED, token="Ted's"),
            *enters(BILL, "san-dimas", token="Bill's"),
            Drops(TED),
            Drops(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 0)),
            Hears(TED, resumed(TED, 0)),
            *are_refused(TED, "not-allowed", _create("Circle K")),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 0)),
            Hears(BILL, resumed(BILL, 0, room_id="san-dimas")),
            *creates(BILL, "circle-k", name="Circle K"),
        ),
        Setting(rooms=_HERE, tokens=_TOKENS, guests_create=False),
    ),
    Scenario(
        "where guests make no rooms, a token is shown again to another server to make some",
        ("CTRL-34", "CTRL-65"),
        (
            *enters(BILL, token="Bill's"),
            *is_stopped(BILL),
            Starts(),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 1)),
            Hears(BILL, joined(BILL, nth=2, reason="restarted", received=0)),
            *are_refused(BILL, "not-allowed", _create("Circle K")),
            *creates(BILL, "circle-k", name="Circle K", token="Bill's"),
        ),
        Setting(rooms=_HERE, tokens=_TOKENS, guests_create=False),
    ),
)
