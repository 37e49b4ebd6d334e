"""Frames that change and end rooms, as data: accepted ones, and refused ones."""

from camus_core.wire import messages as m

from .frames_accepted import frame, read_as, same
from .frames_refused import payload

_NO_TIME = "expected a number or null"


def _update(
    name: str | m.Unchanged = m.UNCHANGED,
    password: str | m.Unchanged | None = m.UNCHANGED,
    guest_limit: int | m.Unchanged | None = m.UNCHANGED,
    locked: bool | m.Unchanged = m.UNCHANGED,
    public: bool | m.Unchanged = m.UNCHANGED,
) -> m.UpdateRoom:
    body = m.UpdateRoomBody(name, password, guest_limit, locked, public)
    return m.UpdateRoom("room", body, "ann")


ACCEPTED_OF_ROOMS = [
    same("a change of nothing", "update-room", b"{}", _update()),
    same(
        "a change of everything",
        "update-room",
        b'{"name":"Attic","password":"p","guest_limit":2,"locked":true,"public":false}',
        _update("Attic", "p", 2, True, False),
    ),
    same(
        "a change to no password and no limit",
        "update-room",
        b'{"password":null,"guest_limit":null}',
        _update(password=None, guest_limit=None),
    ),
    read_as(
        "a change of an attribute that nobody knows",
        frame("update-room", b'{"colour":"red","public":true}'),
        _update(public=True),
        frame("update-room", b'{"public":true}'),
    ),
    same(
        "room-updated with all that has changed",
        "room-updated",
        b'{"locked":false,"name":"Attic","password":false,"guest_limit":2,"public":true}',
        m.RoomUpdated("room", m.RoomUpdatedBody(False, "Attic", False, 2, True), "ann"),
    ),
    same("end-room", "end-room", b"{}", m.EndRoom("room", m.EndRoomBody(), "ann")),
    same(
        "an end for a long reason",
        "end-room",
        b'{"reason":"%b"}' % (b"x" * 200),
        m.EndRoom("room", m.EndRoomBody("x" * 200), "ann"),
    ),
    same(
        "a create-room with times",
        "create-room",
        b'{"not_before":1700000000,"expires":1700000000.5}',
        m.CreateRoom(
            "room", m.CreateRoomBody(not_before=1_700_000_000, expires=1_700_000_000.5), "ann"
        ),
    ),
]

REFUSED_OF_ROOMS = [
    payload("a change of null", b"null", "expected an object @ $.data", "update-room"),
    payload(
        "a room without a name",
        b'{"name":null}',
        "expected a string @ $.data.name",
        "update-room",
    ),
    payload(
        "null as lock, and a number as public",
        b'{"locked":null,"public":0}',
        "expected true or false @ $.data.locked; expected true or false @ $.data.public",
        "update-room",
    ),
    payload(
        "a room that is changed to hold nobody",
        b'{"guest_limit":0}',
        "guest_limit is not from 1 to 2147483647 @ $.data",
        "update-room",
    ),
    payload(
        "a limit that is no integer",
        b'{"guest_limit":4.0}',
        "expected an integer or null @ $.data.guest_limit",
        "update-room",
    ),
    *(
        payload(
            f"an end for a reason of {len(reason)} characters",
            b'{"reason":"%b"}' % reason,
            "reason has not 1 to 200 characters @ $.data",
            "end-room",
        )
        for reason in (b"", b"x" * 201)
    ),
    payload(
        "a number as reason",
        b'{"reason":5}',
        "expected a string or null @ $.data.reason",
        "end-room",
    ),
    *(
        payload(
            f"{what.decode()} as a time of a room",
            b'{"expires":%b}' % what,
            f"{_NO_TIME} @ $.data.expires",
            "create-room",
        )
        for what in (b"true", b'"2100-01-01"', b"[]")
    ),
]
