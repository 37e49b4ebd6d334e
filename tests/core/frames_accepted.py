"""Frames that every codec accepts, as data; `frames_of_sessions` has the session profile's."""

from attrs import frozen

from camus_core.wire import messages as m
from camus_core.wire.messages import Json, Message


def frame(type_: str, data: bytes, receiver: str = "room") -> bytes:
    """Return the frame that the server writes when "ann" has sent this message."""
    head = f'{{"sender":"ann","receiver":"{receiver}","type":"{type_}","data":'
    return head.encode() + data + b"}"


@frozen
class Accepted:
    """A frame, the message that it holds, and the frame that is written for this message."""

    what: str
    frame: bytes
    message: Message
    written: bytes


def same(what: str, type_: str, data: bytes, message: Message) -> Accepted:
    """A frame that is written as it was read."""
    return Accepted(what, frame(type_, data), message, frame(type_, data))


def _relayed(what: str, data: bytes, written: bytes | None = None) -> Accepted:
    """A message with a payload of the application, which is relayed unchanged."""
    message = m.Extension("x-any", "room", Json(written or data), "ann")
    return Accepted(what, frame("x-any", data), message, frame("x-any", written or data))


def read_as(what: str, read: bytes, message: Message, written: bytes) -> Accepted:
    """A frame that is written in another form than it was read."""
    return Accepted(what, read, message, written)


_BARE_PING = m.Ping("room")
_WRITTEN_PING = b'{"sender":"","receiver":"room","type":"ping","data":null}'
_OFFER = rb'{"type":"offer","sdp":"v=0\r\no=- 3924465504085920629 2 IN IP4 127.0.0.1"}'
_DEEP = b"[" * 31 + b"]" * 31
_LONG = b"9" * 1000
_CLIENT = m.ClientInfo("b0b", "Bob")

ACCEPTED = [
    # Every type of the core profile
    same("ping", "ping", b"1615918847680", m.Ping("room", Json(b"1615918847680"), "ann")),
    same("pong", "pong", b'{"t":[1, 2]}', m.Pong("room", Json(b'{"t":[1, 2]}'), "ann")),
    same("greeting", "greeting", b'"Hello"', m.Greeting("room", Json(b'"Hello"'), "ann")),
    same("bye", "bye", b"1615919897795", m.Bye("room", Json(b"1615919897795"), "ann")),
    same("bye with a fraction", "bye", b"1.5", m.Bye("room", Json(b"1.5"), "ann")),
    same("bye without data", "bye", b"null", m.Bye("room", m.NULL, "ann")),
    same("offer", "offer", _OFFER, m.Offer("room", Json(_OFFER), "ann")),
    same(
        "answer with members that nobody knows",
        "answer",
        b'{"sdp": "", "type": "answer", "new": [null, {}]}',
        m.Answer("room", Json(b'{"sdp": "", "type": "answer", "new": [null, {}]}'), "ann"),
    ),
    same(
        "icecandidate with nulls",
        "icecandidate",
        b'{"candidate":"","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null}',
        m.IceCandidate(
            "room",
            Json(
                b'{"candidate":"","sdpMid":null,"sdpMLineIndex":null,"usernameFragment":null}'
            ),
            "ann",
        ),
    ),
    same(
        "icecandidate with an index beyond 64 bits",
        "icecandidate",
        b'{"candidate":"c","sdpMid":"2","sdpMLineIndex":99999999999999999999}',
        m.IceCandidate(
            "room",
            Json(b'{"candidate":"c","sdpMid":"2","sdpMLineIndex":99999999999999999999}'),
            "ann",
        ),
    ),
    same(
        "the last icecandidate", "icecandidate", b"null", m.IceCandidate("room", m.NULL, "ann")
    ),
    same(
        "text",
        "text",
        b'{"from":"Ted","time":1615918847680,"text":"Be excellent"}',
        m.Text(
            "room",
            {
                "from": Json(b'"Ted"'),
                "time": Json(b"1615918847680"),
                "text": Json(b'"Be excellent"'),
            },
            "ann",
        ),
    ),
    read_as(
        "text: each member as it stands, names in order, the last of equal names",
        frame("text", rb' { "te\u0078t" : "a\u0041" ,"q": [1 , 1.0],"from" : 5, "q" : {} } '),
        m.Text(
            "room",
            {"text": Json(rb'"a\u0041"'), "q": Json(b"{}"), "from": Json(b"5")},
            "ann",
        ),
        frame("text", rb'{"text":"a\u0041","q":{},"from":5}'),
    ),
    same("get-room-info", "get-room-info", b"null", m.GetRoomInfo("room", "ann")),
    same("get-ice-servers", "get-ice-servers", b"null", m.GetIceServers("room", "ann")),
    read_as(
        "a request's data is ignored",
        frame("get-room-info", b"[1]"),
        m.GetRoomInfo("room", "ann"),
        frame("get-room-info", b"null"),
    ),
    same(
        "profile",
        "profile",
        '{"username":"Bj\u00f6rn \U0001f680"}'.encode(),
        m.Profile("room", m.ProfileBody("Bj\u00f6rn \U0001f680"), "ann"),
    ),
    same(
        "room-info",
        "room-info",
        b'{"room_id":"lobby","clients":[{"id":"b0b","username":"Bob"}]}',
        m.RoomInfo("room", m.RoomInfoBody("lobby", (_CLIENT,)), "ann"),
    ),
    same(
        "ice-servers",
        "ice-servers",
        b'[{"urls":["stun:a"],"kind":"stun"},'
        b'{"urls":["turn:a"],"kind":"turn","username":"1:b","credential":"c="}]',
        m.IceServers(
            "room",
            (m.IceServer(("stun:a",)), m.IceServer(("turn:a",), "1:b", "c=", "turn")),
            "ann",
        ),
    ),
    same(
        "error",
        "error",
        b'{"code":"rate-limited","message":"slower","retry_after":0.5}',
        m.Error("room", m.ErrorBody("rate-limited", "slower", 0.5), "ann"),
    ),
    read_as(
        "error whose seconds another server wrote without a fraction",
        frame("error", b'{"code":"rate-limited","message":"slower","retry_after":5}'),
        m.Error("room", m.ErrorBody("rate-limited", "slower", 5), "ann"),
        frame("error", b'{"code":"rate-limited","message":"slower","retry_after":5}'),
    ),
    # Payloads that the server doesn't interpret
    _relayed("no data is null", b"null"),
    _relayed("spaces inside", b'{ "a" :\t[ 1 ,\r\n2 ] }'),
    _relayed("spaces around are not part of it", b" \t\r\n[ 1 ]\n ", b"[ 1 ]"),
    _relayed("equal names inside", b'{"a":1,"a":2}'),
    _relayed("a fraction of nothing", b"1.0"),
    _relayed("minus nothing", b"[-0,-0.0,0e5]"),
    _relayed("more precision than a double has", b"0.1234567890123456789012345678901234567890"),
    _relayed("too small for a double", b"1e-999"),
    _relayed("just below the largest double", b"1.7976931348623157e308"),
    _relayed("an integer beyond 64 bits", b"[18446744073709551616,-9223372036854775809]"),
    _relayed("an integer of 1,000 digits", _LONG),
    _relayed("a negative integer of 1,000 digits", b"-" + _LONG),
    _relayed("1,001 digits after a point", b"0." + _LONG + b"9"),
    _relayed("1,001 digits in a string", b'"' + _LONG + b'9"'),
    _relayed("escapes", rb'"\u0041\/\b\f\n\r\t\"\\\u0000\u2028"'),
    _relayed("an escaped surrogate pair", rb'"\ud83d\ude80\uD83D\uDE80"'),
    _relayed("a character beyond 16 bits", '"\U0001f680"'.encode()),
    _relayed("an escaped backslash before ud800", rb'"\\ud800"'),
    _relayed("escaped backslashes before halves", rb'{"\\\\udc00":"\\ud83d\\ude00"}'),
    _relayed("the delete character", b'"\x7f"'),
    _relayed("32 levels", _DEEP),
    _relayed("brackets in strings are not levels", rb'["\"' + b"[{" * 50 + b'"]'),
    _relayed("many brackets, side by side", b"[" + b"[],{}," * 50 + b"0]"),
    # Envelopes
    read_as(
        "no sender and no data", b'{"receiver":"room","type":"ping"}', _BARE_PING, _WRITTEN_PING
    ),
    read_as(
        "null data",
        b'{"receiver":"room","type":"ping","data":null}',
        _BARE_PING,
        _WRITTEN_PING,
    ),
    read_as(
        "a sender that is no string",
        b'{"sender":[5],"receiver":"room","type":"ping"}',
        _BARE_PING,
        _WRITTEN_PING,
    ),
    read_as(
        "a null sender",
        b'{"sender":null,"receiver":"room","type":"ping"}',
        _BARE_PING,
        _WRITTEN_PING,
    ),
    read_as(
        "members that nobody knows, with one called data inside",
        b'{"id":"7","x":{"data":5,"type":"bye"},"receiver":"room","type":"ping"}',
        _BARE_PING,
        _WRITTEN_PING,
    ),
    read_as(
        "of equal names the last",
        b'{"type":"offer","receiver":"a","data":{"b":1},"sender":"x","type":"ping",'
        b'"data":[5],"receiver":"room","sender":"ann"}',
        m.Ping("room", Json(b"[5]"), "ann"),
        frame("ping", b"[5]"),
    ),
    read_as(
        "names with escapes",
        rb'{"re\u0063eiver":"ro\u006fm","ty\u0070e":"p\u0069ng","d\u0061ta":"\u0041"}',
        m.Ping("room", Json(rb'"\u0041"')),
        rb'{"sender":"","receiver":"room","type":"ping","data":"\u0041"}',
    ),
    read_as(
        "space wherever JSON has it",
        b' \t{ "receiver"\n:\r"room" , "type" : "ping" , "data" : 5 }\r\n',
        m.Ping("room", Json(b"5")),
        b'{"sender":"","receiver":"room","type":"ping","data":5}',
    ),
    read_as(
        "an extension with no name of its own",
        b'{"receiver":"room","type":"x-"}',
        m.Extension("x-", "room"),
        b'{"sender":"","receiver":"room","type":"x-","data":null}',
    ),
    read_as(
        "a receiver that has to be escaped",
        rb'{"receiver":"a\"\\\u0001\u00fc\ud83d\ude80","type":"ping"}',
        m.Ping('a"\\\x01\u00fc\U0001f680'),
        '{"sender":"","receiver":"a\\"\\\\\\u0001\u00fc\U0001f680",'
        '"type":"ping","data":null}'.encode(),
    ),
]
