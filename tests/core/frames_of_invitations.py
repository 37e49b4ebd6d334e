"""Frames about invitations, as data: accepted ones, and refused ones."""

from camus_core.wire import messages as m

from .frames_accepted import frame, read_as, same
from .frames_refused import payload

ACCEPTED_OF_INVITATIONS = [
    same(
        "a join with an invitation",
        "join",
        b'{"room_id":"a","invitation":"5ec"}',
        m.Join("room", m.JoinBody("a", invitation="5ec"), "ann"),
    ),
    same(
        "a search with an invitation",
        "find-room",
        b'{"name":"a","invitation":"5ec"}',
        m.FindRoom("room", m.FindRoomBody("a", invitation="5ec"), "ann"),
    ),
    same(
        "an invitation without anything",
        "create-invitation",
        b"{}",
        m.CreateInvitation("room", m.CreateInvitationBody(), "ann"),
    ),
    same(
        "an invitation with everything",
        "create-invitation",
        b'{"name":"Bob","role":"moderator","not_before":0,"expires":253402300799,"uses":1}',
        m.CreateInvitation(
            "room", m.CreateInvitationBody("Bob", "moderator", 0, 253402300799, 1), "ann"
        ),
    ),
    read_as(
        "an invitation of nulls",
        frame("create-invitation", b'{"name":null,"role":null,"expires":null,"uses":null}'),
        m.CreateInvitation("room", m.CreateInvitationBody(), "ann"),
        frame("create-invitation", b"{}"),
    ),
    same(
        "invitation-created",
        "invitation-created",
        b'{"id":"1d","secret":"5ec"}',
        m.InvitationCreated("room", m.InvitationCreatedBody("1d", "5ec"), "ann"),
    ),
    same("list-invitations", "list-invitations", b"null", m.ListInvitations("room", "ann")),
    same(
        "invitations",
        "invitations",
        b'[{"id":"1d","role":"guest","by":"Ann","created_at":1615918847,"used":0},'
        b'{"id":"2d","role":"moderator","by":"Ann","created_at":1615918847,"used":1,'
        b'"name":"Bob","not_before":0.5,"expires":1615922447,"uses":2}]',
        m.Invitations(
            "room",
            (
                m.InvitationInfo("1d", "guest", "Ann", 1615918847, 0),
                m.InvitationInfo(
                    "2d", "moderator", "Ann", 1615918847, 1, "Bob", 0.5, 1615922447, 2
                ),
            ),
            "ann",
        ),
    ),
]

_NO_USES = "uses is not from 1 to 1000000 @ $.data"
_NO_TIME = "is not from 0 to 253402300799 @ $.data"

REFUSED_OF_INVITATIONS = [
    payload(
        "an invitation of null",
        b"null",
        "expected an object @ $.data",
        "create-invitation",
    ),
    *(
        payload(f"{number!r} uses", b'{"uses":%b}' % number, _NO_USES, "create-invitation")
        for number in (b"0", b"-1", b"1000001")
    ),
    *(
        payload(
            f"{name} at {time!r}",
            b'{"%b":%b}' % (name.encode(), time),
            f"{name} {_NO_TIME}",
            "create-invitation",
        )
        for name in ("not_before", "expires")
        for time in (b"-1", b"253402300800", b"1" * 400, b"1e300")
    ),
]
