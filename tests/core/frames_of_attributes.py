"""Frames about attributes and muting, as data: accepted ones, and refused ones."""

from camus_core.wire import messages as m

from .frames_accepted import frame, read_as, same
from .frames_refused import payload

_ANN = b'{"id":"ann","username":"Ann","role":"guest","attributes":{"hand":"1"}}'
_SEEN = m.SessionClient("ann", "Ann", "guest", {"hand": "1"})

ACCEPTED_OF_ATTRIBUTES = [
    same(
        "set-attributes",
        "set-attributes",
        b'{"attributes":{"hand":"1","":"","\xc3\xbc":null}}',
        m.SetAttributes("room", m.SetAttributesBody({"hand": "1", "": "", "ü": None}), "ann"),
    ),
    same(
        "a set-attributes about somebody else",
        "set-attributes",
        b'{"attributes":{"speak":"no"},"id":"b0b"}',
        m.SetAttributes("room", m.SetAttributesBody({"speak": "no"}, "b0b"), "ann"),
    ),
    read_as(
        "a set-attributes of nobody, of two values for one name, and of what nobody knows",
        frame("set-attributes", b'{"id":null,"attributes":{"a":"1","a":"2"},"x":[1]}'),
        m.SetAttributes("room", m.SetAttributesBody({"a": "2"}), "ann"),
        frame("set-attributes", b'{"attributes":{"a":"2"}}'),
    ),
    same(
        "set-room-attributes",
        "set-room-attributes",
        b'{"attributes":{"layout":"grid","recording":null}}',
        m.SetRoomAttributes(
            "room", m.SetRoomAttributesBody({"layout": "grid", "recording": None}), "ann"
        ),
    ),
    *(
        same(
            f"a request-mute of {'everyone' if id is None else 'one'}",
            "request-mute",
            b'{"id":%b,"kind":"audio"}' % (b"null" if id is None else b'"b0b"'),
            m.RequestMute("room", m.RequestMuteBody(id, "audio"), "ann"),
        )
        for id in (None, "b0b")
    ),
    same(
        "mute-requested",
        "mute-requested",
        b'{"by":"b0b","kind":"video"}',
        m.MuteRequested("room", m.MuteRequestedBody("b0b", "video"), "ann"),
    ),
    same(
        "a member with attributes",
        "client-updated",
        _ANN,
        m.ClientUpdated("room", _SEEN, "ann"),
    ),
    read_as(
        "a member with no attributes",
        frame("client-joined", b'{"id":"a","username":"A","role":"guest","attributes":{}}'),
        m.ClientJoined("room", m.SessionClient("a", "A", "guest"), "ann"),
        frame("client-joined", b'{"id":"a","username":"A","role":"guest"}'),
    ),
    *(
        same(
            f"a room with attributes {attributes.decode()}",
            "room-updated",
            b'{"locked":false,"attributes":%b}' % attributes,
            m.RoomUpdated("room", m.RoomUpdatedBody(False, attributes=value), "ann"),
        )
        for attributes, value in ((b"{}", {}), (b'{"layout":"grid"}', {"layout": "grid"}))
    ),
]

_NO_CHANGES = "expected an object, each member: expected a string or null @ $.data.attributes"

REFUSED_OF_ATTRIBUTES = [
    *(
        payload(
            f"{kind} of {attributes.decode()}",
            b'{"attributes":%b}' % attributes,
            _NO_CHANGES,
            kind,
        )
        for kind in ("set-attributes", "set-room-attributes")
        for attributes in (b"null", b"[]", b'"a"', b'{"a":1}', b'{"a":{}}', b'{"a":[null]}')
    ),
    payload(
        "a set-attributes of nothing",
        b"{}",
        "required field missing @ $.data.attributes",
        "set-attributes",
    ),
    payload(
        "a set-attributes about a number",
        b'{"attributes":{},"id":5}',
        "expected a string or null @ $.data.id",
        "set-attributes",
    ),
    payload(
        "a request-mute of nobody in particular",
        b'{"kind":"audio"}',
        "required field missing @ $.data.id",
        "request-mute",
    ),
    payload(
        "a request-mute of what nobody sends",
        b'{"id":null,"kind":"smell"}',
        "expected 'audio' or 'video' @ $.data.kind",
        "request-mute",
    ),
    payload(
        "a member with null for an attribute",
        b'{"id":"a","username":"A","role":"guest","attributes":{"a":null}}',
        "expected an object, each member: expected a string @ $.data.attributes",
        "client-joined",
    ),
]
