"""Admission in the core profile (CORE-4 to CORE-8, CORE-10)."""

from ...limits import Limits
from .. import examples as example
from ..phrases import is_answered
from ..scenario import (
    Connects,
    ExistingRoom,
    Hears,
    HearsNo,
    IsClosed,
    Joins,
    Says,
    Scenario,
    Setting,
    StandsStill,
    Waits,
)
from ..vocabulary import BILL, DEFAULT_ROOM, RUFUS, SERVER, TED, by, refused, to

SCENARIOS = (
    Scenario(
        "who connects is in the room, and learns its id from the greeting",
        ("CORE-4", "CORE-41", "CORE-83", "CORE-129"),
        (
            Connects(BILL),
            Hears(BILL, example.GREETING),
            Says(BILL, to(BILL, "x-note", "to myself")),
            Hears(BILL, by(BILL, BILL, "x-note", "to myself")),
        ),
    ),
    Scenario(
        "what a client says before it is greeted is answered after",
        ("CORE-4", "CORE-82"),
        (
            Connects(BILL),
            Says(BILL, to(SERVER, "ping", 1)),
            Says(BILL, to(SERVER, "ping", 2)),
            Hears(BILL, example.GREETING),
            Hears(BILL, by(SERVER, BILL, "pong", 1)),
            Hears(BILL, by(SERVER, BILL, "pong", 2)),
        ),
    ),
    Scenario(
        "a room with a password is closed to clients that can't present one",
        ("CORE-5",),
        (
            Connects(BILL),
            Hears(BILL, refused(BILL, "password-required")),
            IsClosed(BILL, 4502),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, password="Wyld Stallyns"),)),
    ),
    Scenario(
        "a full room refuses, and nobody in it hears of it",
        ("CORE-5", "CORE-6", "CORE-84", "CORE-130"),
        (
            Joins(BILL),
            *is_answered(BILL),
            Connects(TED),
            Hears(TED, refused(TED, "room-full")),
            IsClosed(TED, 4504),
            Waits(0.2),
            HearsNo(BILL, "room-info"),
        ),
        Setting(
            Limits(roster_interval=0.05), rooms=(ExistingRoom(DEFAULT_ROOM, guest_limit=1),)
        ),
    ),
    Scenario(
        "a room that says nothing of its limit has the server's",
        ("CORE-6",),
        (
            Joins(BILL),
            Joins(TED),
            Connects(RUFUS),
            Hears(RUFUS, refused(RUFUS, "room-full")),
            IsClosed(RUFUS, 4504),
        ),
        Setting(Limits(guest_limit=2)),
    ),
    Scenario(
        "a room that allows more members than the server has the server's limit",
        ("CORE-6",),
        (
            Joins(BILL),
            Connects(TED),
            Hears(TED, refused(TED, "room-full")),
            IsClosed(TED, 4504),
        ),
        Setting(Limits(guest_limit=1), rooms=(ExistingRoom(DEFAULT_ROOM, guest_limit=2),)),
    ),
    Scenario(
        "a place is free as soon as its holder has left",
        ("CORE-6", "CORE-85"),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Joins(TED),
        ),
        Setting(Limits(guest_limit=1)),
    ),
    Scenario(
        "a room that isn't there is made for who connects to it",
        ("CORE-7",),
        (Joins(BILL, "san-dimas"), Joins(TED, "circle-k")),
    ),
    Scenario(
        "a server that makes no rooms on demand knows only those that it has",
        ("CORE-5", "CORE-7", "CORE-86"),
        (
            Joins(BILL, "san-dimas"),
            Connects(TED, "circle-k"),
            Hears(TED, refused(TED, "room-not-found")),
            IsClosed(TED, 4500),
        ),
        Setting(rooms=(ExistingRoom("san-dimas"),), rooms_on_demand=False),
    ),
    Scenario(
        "a room outlives its last member for a while, and then is gone",
        ("CORE-8",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Joins(TED),
            Waits(0.8),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Waits(0.8),
            Connects(RUFUS),
            Hears(RUFUS, refused(RUFUS, "room-not-found")),
            IsClosed(RUFUS, 4500),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, empty_for=0.5),), rooms_on_demand=False),
    ),
    Scenario(
        "an empty room is there until its time is over",
        ("CORE-8",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.3),
            Joins(TED),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, empty_for=2.0),), rooms_on_demand=False),
    ),
    Scenario(
        "a room that was entered again before its end ends later",
        ("CORE-8",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.2),
            Joins(TED),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Waits(1.0),
            Connects(RUFUS),
            Hears(RUFUS, refused(RUFUS, "room-not-found")),
            IsClosed(RUFUS, 4500),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, empty_for=0.5),), rooms_on_demand=False),
    ),
    Scenario(
        "a room without an end is there however long it was empty",
        ("CORE-8",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.2),
            Joins(TED),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM),), rooms_on_demand=False),
    ),
    Scenario(
        "a pause of the server is added to the time of an empty room",
        ("CORE-8", "CORE-136"),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Waits(0.2),
            StandsStill(3.0),
            Waits(0.2),
            Joins(TED),
        ),
        Setting(rooms=(ExistingRoom(DEFAULT_ROOM, empty_for=2.4),), rooms_on_demand=False),
    ),
    Scenario(
        "a server that can't open one more room says when to come back",
        ("CORE-10", "CORE-87"),
        (
            Joins(BILL, "san-dimas"),
            Connects(TED, "circle-k"),
            Hears(TED, refused(TED, "unavailable", retry_after=True)),
            IsClosed(TED, 4003),
            Joins(RUFUS, "san-dimas"),
        ),
        Setting(Limits(rooms=1)),
    ),
    Scenario(
        "a full server opens no other room, and lets clients into the empty one that it has",
        ("CORE-10",),
        (
            Joins(BILL, "san-dimas"),
            Connects(TED, "circle-k"),
            Hears(TED, refused(TED, "unavailable", retry_after=True)),
            IsClosed(TED, 4003),
            Says(BILL, to(SERVER, "bye")),
            IsClosed(BILL, 1000),
            Joins(RUFUS, "san-dimas"),
        ),
        Setting(
            Limits(rooms=1),
            rooms=(ExistingRoom("san-dimas", empty_for=60.0), ExistingRoom("circle-k")),
            rooms_on_demand=False,
        ),
    ),
)
