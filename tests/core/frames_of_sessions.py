"""Frames of the session profile, as data: accepted ones, and refused ones."""

import json

from camus_core.conformance import examples
from camus_core.wire import messages as m
from camus_core.wire.json_text import to_json

from .frames_accepted import frame, read_as, same
from .frames_of_attributes import ACCEPTED_OF_ATTRIBUTES, REFUSED_OF_ATTRIBUTES
from .frames_of_invitations import ACCEPTED_OF_INVITATIONS, REFUSED_OF_INVITATIONS
from .frames_of_rooms import ACCEPTED_OF_ROOMS, REFUSED_OF_ROOMS
from .frames_refused import payload

_ALLOWANCE = (
    b'{"frame_bytes":65536,"messages_per_second":50.0,"message_burst":1000,'
    b'"unconfirmed_frames":1024,"unconfirmed_bytes":983040,"place_seconds":30.0,'
    b'"silent_for":60}'
)
_ANN = b'{"id":"ann","username":"Ann","role":"owner"}'
_SEEN = m.SessionClient("ann", "Ann", "owner")
_LIMITS = m.Allowance(65536, 50.0, 1000, 1024, 983040, 30.0, 60)

ACCEPTED_OF_SESSIONS = [
    *ACCEPTED_OF_ROOMS,
    same(
        "join",
        "join",
        b'{"room_id":"a","username":"Ann","password":"p","token":"t","owner_token":"o"}',
        m.Join("room", m.JoinBody("a", "Ann", "p", "t", "o"), "ann"),
    ),
    same(
        "a join that names its room",
        "join",
        b'{"room_id":"a","name":"A!"}',
        m.Join("room", m.JoinBody("a", name="A!"), "ann"),
    ),
    same("a join that says nothing", "join", b"{}", m.Join("room", m.JoinBody(), "ann")),
    read_as(
        "a join of nulls, and of what nobody knows",
        frame("join", b'{"room_id":null,"resume":null,"x":[1]}'),
        m.Join("room", m.JoinBody(), "ann"),
        frame("join", b"{}"),
    ),
    same(
        "a join that resumes",
        "join",
        b'{"resume":{"session":"s","received":0}}',
        m.Join("room", m.JoinBody(resume=m.ResumeBody("s", 0)), "ann"),
    ),
    same(
        "a join of who has lost its state",
        "join",
        b'{"resume":{"session":"s"}}',
        m.Join("room", m.JoinBody(resume=m.ResumeBody("s")), "ann"),
    ),
    same(
        "joined, and resumed",
        "joined",
        b'{"id":"ann","room_id":"lobby","role":"guest","session":"s","resumed":true,'
        b'"ice_servers":[],"limits":%b,"capabilities":["resume"],"locked":true,"received":7}'
        % _ALLOWANCE,
        m.Joined(
            "room",
            m.JoinedBody("ann", "lobby", "guest", "s", True, (), _LIMITS, ("resume",), True, 7),
            "ann",
        ),
    ),
    same(
        "joined, and not resumed",
        "joined",
        b'{"id":"ann","room_id":"lobby","role":"owner","session":"s","resumed":false,'
        b'"ice_servers":[{"urls":["stun:a"],"kind":"stun"}],"limits":%b,"capabilities":[],'
        b'"locked":false,"reason":"overflow","clients":[%b],'
        b'"waiting":[{"id":"b0b","username":"Bob"}],"encrypted":true}' % (_ALLOWANCE, _ANN),
        m.Joined(
            "room",
            m.JoinedBody(
                "ann",
                "lobby",
                "owner",
                "s",
                False,
                (m.IceServer(("stun:a",)),),
                _LIMITS,
                (),
                locked=False,
                reason="overflow",
                clients=(_SEEN,),
                waiting=(m.ClientInfo("b0b", "Bob"),),
                encrypted=True,
            ),
            "ann",
        ),
    ),
    same(
        "create-room",
        "create-room",
        b'{"name":"Attic","password":"p","public":true,"guest_limit":2}',
        m.CreateRoom("room", m.CreateRoomBody("Attic", "p", True, 2), "ann"),
    ),
    same(
        "a create-room of somebody who shows a token",
        "create-room",
        b'{"token":"t"}',
        m.CreateRoom("room", m.CreateRoomBody(token="t"), "ann"),
    ),
    same(
        "a create-room for an encrypted room",
        "create-room",
        b'{"encrypted":true}',
        m.CreateRoom("room", m.CreateRoomBody(encrypted=True), "ann"),
    ),
    same(
        "a room without a name",
        "create-room",
        b"{}",
        m.CreateRoom("room", m.CreateRoomBody(), "ann"),
    ),
    same(
        "room-created",
        "room-created",
        b'{"room_id":"attic","owner_token":"o"}',
        m.RoomCreated("room", m.RoomCreatedBody("attic", "o"), "ann"),
    ),
    same("list-rooms", "list-rooms", b"null", m.ListRooms("room", "ann")),
    same(
        "rooms",
        "rooms",
        b'[{"room_id":"attic","name":"Attic","clients":1,"guest_limit":2,"password":false}]',
        m.Rooms("room", (m.ListedRoom("attic", "Attic", 1, 2, False),), "ann"),
    ),
    same(
        "find-room",
        "find-room",
        b'{"name":"https://example.com/#/attic","password":"p","token":"t","owner_token":"o"}',
        m.FindRoom("room", m.FindRoomBody("https://example.com/#/attic", "p", "t", "o"), "ann"),
    ),
    same(
        "room-found, and who is there",
        "room-found",
        b'{"room_id":"attic","name":"Attic","clients":[{"id":"b0b","username":"Bob"}]}',
        m.RoomFound(
            "room", m.RoomFoundBody("attic", "Attic", (m.ClientInfo("b0b", "Bob"),)), "ann"
        ),
    ),
    same(
        "room-found, and nothing else",
        "room-found",
        b'{"room_id":"attic"}',
        m.RoomFound("room", m.RoomFoundBody("attic"), "ann"),
    ),
    same("client-joined", "client-joined", _ANN, m.ClientJoined("room", _SEEN, "ann")),
    same("client-updated", "client-updated", _ANN, m.ClientUpdated("room", _SEEN, "ann")),
    same(
        "client-left",
        "client-left",
        b'{"id":"ann","reason":"gone"}',
        m.ClientLeft("room", m.ClientLeftBody("ann", "gone"), "ann"),
    ),
    same(
        "client-left of somebody who was sent out",
        "client-left",
        b'{"id":"ann","reason":"kicked"}',
        m.ClientLeft("room", m.ClientLeftBody("ann", "kicked"), "ann"),
    ),
    same(
        "room-updated",
        "room-updated",
        b'{"locked":true}',
        m.RoomUpdated("room", m.RoomUpdatedBody(True), "ann"),
    ),
    *(
        same(kind.type, kind.type, b'{"id":"b0b"}', kind("room", m.WhoBody("b0b"), "ann"))
        for kind in (m.Unban, m.RevokeInvitation, m.Admit, m.ClientWaitingLeft)
    ),
    *(
        same(kind.type, kind.type, b'{"id":"b0b"}', kind("room", m.DismissalBody("b0b"), "ann"))
        for kind in (m.Kick, m.Deny)
    ),
    *(
        same(
            f"{kind.type} with a reason",
            kind.type,
            b'{"id":"b0b","reason":"Be excellent."}',
            kind("room", m.DismissalBody("b0b", "Be excellent."), "ann"),
        )
        for kind in (m.Kick, m.Deny)
    ),
    *(
        same(
            f"{kind.type} of one text",
            kind.type,
            b'{"sender":"b0b","id":"1"}',
            kind("room", m.WhichTextBody("b0b", "1"), "ann"),
        )
        for kind in (m.RemoveText, m.TextRemoved)
    ),
    same("ban", "ban", b'{"id":"b0b"}', m.Ban("room", m.BanBody("b0b"), "ann")),
    same(
        "a ban that ends",
        "ban",
        b'{"id":"b0b","reason":"Be excellent.","seconds":3600}',
        m.Ban("room", m.BanBody("b0b", "Be excellent.", 3600), "ann"),
    ),
    same("list-bans", "list-bans", b"null", m.ListBans("room", "ann")),
    *ACCEPTED_OF_INVITATIONS,
    same(
        "bans",
        "bans",
        b'[{"id":"b0b","username":"Bob","by":"Ann","at":1615918847,"until":1615922447},'
        b'{"id":"old"}]',
        m.Bans(
            "room",
            (m.BanInfo("b0b", "Bob", "Ann", 1615918847, 1615922447), m.BanInfo("old")),
            "ann",
        ),
    ),
    same(
        "set-role",
        "set-role",
        b'{"id":"b0b","role":"moderator"}',
        m.SetRole("room", m.SetRoleBody("b0b", "moderator"), "ann"),
    ),
    read_as(
        "a lock with what nobody knows",
        frame("lock", b'{"until":5,"locked":false}'),
        m.Lock("room", m.LockBody(False), "ann"),
        frame("lock", b'{"locked":false}'),
    ),
    same(
        "waiting",
        "waiting",
        b'{"room_id":"lobby","moderated":true,"session":"5e.0"}',
        m.Waiting("room", m.WaitingBody("lobby", True, "5e.0"), "ann"),
    ),
    same(
        "waiting for a room with a name",
        "waiting",
        b'{"room_id":"lobby","name":"Lobby"}',
        m.Waiting("room", m.WaitingBody("lobby", name="Lobby"), "ann"),
    ),
    same(
        "client-waiting",
        "client-waiting",
        b'{"id":"b0b","username":"Bob"}',
        m.ClientWaiting("room", m.ClientInfo("b0b", "Bob"), "ann"),
    ),
    same("done", "done", b"null", m.Done("room", None, "ann")),
    same("ack", "ack", b'{"received":32}', m.Ack("room", m.AckBody(32), "ann")),
    read_as(
        "an ack of more than 64 bits, and of what nobody knows",
        frame("ack", b'{"x":{}, "received": 99999999999999999999}'),
        m.Ack("room", m.AckBody(99999999999999999999), "ann"),
        frame("ack", b'{"received":99999999999999999999}'),
    ),
    same(
        "undeliverable",
        "undeliverable",
        b'{"receiver":"b0b","reason":"expired"}',
        m.Undeliverable("room", m.UndeliverableBody("b0b", "expired"), "ann"),
    ),
    same(
        "going-away",
        "going-away",
        b'{"reconnect_in":0.5}',
        m.GoingAway("room", m.GoingAwayBody(0.5), "ann"),
    ),
    same(
        "the error that a core-profile client hears instead of undeliverable",
        "error",
        b'{"code":"undeliverable","message":"m","receiver":"b0b","reason":"full"}',
        m.Error(
            "room", m.ErrorBody("undeliverable", "m", receiver="b0b", reason="full"), "ann"
        ),
    ),
    *ACCEPTED_OF_ATTRIBUTES,
]

_NO_INTEGER = "expected an integer @ $.data.received"

_TEXT_OF_NOBODY = {"sender": "b0b", "data": {"text": "Party on!", "time": 1}}

REFUSED_OF_SESSIONS = [
    payload(
        "a history with a text of nobody",
        to_json(json.loads(examples.JOINED)["data"] | {"history": [_TEXT_OF_NOBODY]}),
        "required field missing @ $.data.history.data",
        "joined",
    ),
    *REFUSED_OF_INVITATIONS,
    *REFUSED_OF_ROOMS,
    payload("a join of null", b"null", "expected an object @ $.data", "join"),
    payload(
        "a number as password",
        b'{"password":5}',
        "expected a string or null @ $.data.password",
        "join",
    ),
    payload(
        "a session that is no object",
        b'{"resume":"s"}',
        "expected an object or null @ $.data.resume",
        "join",
    ),
    payload(
        "a resume without a session",
        b'{"resume":{"received":1}}',
        "required field missing @ $.data.resume.session",
        "join",
    ),
    payload(
        "fewer frames than none",
        b'{"resume":{"session":"s","received":-1}}',
        "received is negative @ $.data.resume",
        "join",
    ),
    payload(
        "true as a number of frames",
        b'{"resume":{"session":"s","received":true}}',
        "expected an integer or null @ $.data.resume.received",
        "join",
    ),
    payload(
        "a guest limit of nobody",
        b'{"guest_limit":0}',
        "guest_limit is not from 1 to 2147483647 @ $.data",
        "create-room",
    ),
    payload(
        "a guest limit that no database holds",
        b'{"guest_limit":2147483648}',
        "guest_limit is not from 1 to 2147483647 @ $.data",
        "create-room",
    ),
    payload(
        "yes as public",
        b'{"public":"yes"}',
        "expected true or false or null @ $.data.public",
        "create-room",
    ),
    payload(
        "yes as encrypted",
        b'{"encrypted":"yes"}',
        "expected true or false or null @ $.data.encrypted",
        "create-room",
    ),
    payload(
        "a search for nothing",
        b"{}",
        "required field missing @ $.data.name",
        "find-room",
    ),
    payload(
        "a search for too much",
        b'{"name":"%b"}' % (b"x" * 2049),
        "name has more than 2048 characters @ $.data",
        "find-room",
    ),
    payload(
        "a number as name of a room",
        b'{"name":5}',
        "expected a string or null @ $.data.name",
        "join",
    ),
    payload("an ack of null", b"null", "expected an object @ $.data", "ack"),
    payload("an ack of nothing", b"{}", "required field missing @ $.data.received", "ack"),
    payload("an ack of less", b'{"received":-1}', "received is negative @ $.data", "ack"),
    *(
        payload(f"an ack of {number.decode()}", b'{"received":%b}' % number, _NO_INTEGER, "ack")
        for number in (b"1.0", b"1e0", b"true", b"null", b'"1"', b"[1]")
    ),
    payload(
        "a role that nobody has",
        b'{"id":"ann","username":"Ann","role":"king"}',
        "expected 'owner' or 'moderator' or 'guest' @ $.data.role",
        "client-joined",
    ),
    payload(
        "a reason that nobody gives",
        b'{"id":"ann","reason":"bored"}',
        "expected 'left' or 'gone' or 'rejoined' or 'kicked' or 'banned' @ $.data.reason",
        "client-left",
    ),
    payload(
        "a number as token",
        b'{"token":5}',
        "expected a string or null @ $.data.token",
        "create-room",
    ),
    payload("a kick of nobody", b"{}", "required field missing @ $.data.id", "kick"),
    payload("a ban of a number", b'{"id":5}', "expected a string @ $.data.id", "ban"),
    payload("an admit of null", b"null", "expected an object @ $.data", "admit"),
    payload("a deny of null", b'{"id":null}', "expected a string @ $.data.id", "deny"),
    payload(
        "a role that nobody grants",
        b'{"id":"b0b","role":"owner"}',
        "expected 'moderator' or 'guest' @ $.data.role",
        "set-role",
    ),
    payload(
        "no role",
        b'{"id":"b0b"}',
        "required field missing @ $.data.role",
        "set-role",
    ),
    *(
        payload(
            f"a lock of {what.decode()}",
            b'{"locked":%b}' % what,
            "expected true or false @ $.data.locked",
            "lock",
        )
        for what in (b"null", b"1", b'"true"')
    ),
    payload(
        "a lock that says nothing", b"{}", "required field missing @ $.data.locked", "lock"
    ),
    payload("done with something", b"1", "expected null @ $.data", "done"),
    *REFUSED_OF_ATTRIBUTES,
]
