"""Frames that every codec refuses, as data, each with the client's error text."""

from attrs import frozen

from camus_core.wire.errors import MalformedMessage, ProtocolError, UnknownType

from .frames_accepted import frame


@frozen
class Refused:
    """A frame, and the reason for its refusal."""

    what: str
    frame: bytes
    error: type[ProtocolError]
    text: str


def _malformed(what: str, read: bytes, text: str) -> Refused:
    return Refused(what, read, MalformedMessage, text)


def payload(what: str, data: bytes, text: str, type_: str = "x-any") -> Refused:
    """A frame whose only defect is its payload."""
    return _malformed(what, frame(type_, data), text)


def _unknown(what: str, type_: str) -> Refused:
    return Refused(
        what, frame(type_, b"null"), UnknownType, "the type of the message is unknown"
    )


_DEPTH = "more than 32 levels deep"
_TOO_DEEP = b"[" * 32 + b"]" * 32

_DIGITS = "an integer has more than 1000 digits"
_TOO_LONG = b"9" * 1001

_HALF = "a string holds half of a surrogate pair"
_DOUBLE = "a number is too large for a double"
_OBJECT = "not a JSON object"
_NO_VALUE = "not JSON: Expecting value at character"
_START = len(frame("x-any", b"")) - 1
"""The column at which a payload starts."""

REFUSED = [
    # Not a JSON object
    _malformed("an empty frame", b"", f"{_NO_VALUE} 0"),
    _malformed("nothing but spaces", b"  ", f"{_NO_VALUE} 2"),
    _malformed("an array", b"[]", _OBJECT),
    _malformed("a number", b"5", _OBJECT),
    _malformed("a byte order mark", b"\xef\xbb\xbf{}", f"{_NO_VALUE} 0"),
    _malformed(
        "something after the object",
        frame("ping", b"1") + b" {}",
        f"not JSON: Extra data at character {len(frame('ping', b'1')) + 1}",
    ),
    # Bytes
    _malformed("no UTF-8", b'{"a":"\xff"}', "not UTF-8 at byte 6"),
    _malformed("UTF-8 that is too long", b'{"a":"\xc0\x80"}', "not UTF-8 at byte 6"),
    _malformed("UTF-8 that is cut off", b'{"a":"\xf0\x9f\x9a', "not UTF-8 at byte 6"),
    _malformed("half a pair as UTF-8", b'{"a":"\xed\xa0\x80"}', "not UTF-8 at byte 6"),
    payload("no UTF-8 in a payload", b'"\xff"', f"not UTF-8 at byte {_START + 1}"),
    _malformed(
        "no UTF-8 in a member that is ignored",
        b'{"receiver":"room","type":"ping","x":"\xff"}',
        "not UTF-8 at byte 38",
    ),
    # Numbers
    payload("NaN", b"NaN", "not JSON: NaN"),
    payload("infinity", b"[Infinity]", "not JSON: Infinity"),
    payload("minus infinity", b'{"a":-Infinity}', "not JSON: -Infinity"),
    payload("an exponent beyond a double", b"1e999", _DOUBLE),
    payload("a negative one", b'{"a":[-1E999]}', _DOUBLE),
    payload("a fraction beyond a double", b"9" * 400 + b".0", _DOUBLE),
    payload("1,001 digits", _TOO_LONG, _DIGITS),
    payload("1,001 digits, negative", b"[-" + _TOO_LONG + b"]", _DIGITS),
    payload(
        "1,001 digits in a member that a later one replaces",
        b'{"a":%b,"a":1}' % _TOO_LONG,
        _DIGITS,
    ),
    _malformed(
        "1,001 digits in data that a later one replaces",
        b'{"receiver":"room","type":"ping","data":%b,"data":1}' % _TOO_LONG,
        _DIGITS,
    ),
    _malformed(
        "1,001 digits in a member that is ignored",
        b'{"receiver":"room","type":"ping","x":%b}' % _TOO_LONG,
        _DIGITS,
    ),
    payload(
        "a leading zero", b"01", f"not JSON: Expecting ',' delimiter at character {_START + 1}"
    ),
    # Strings
    payload("half a surrogate pair", rb'"\ud800"', _HALF),
    payload("its other half", rb'"\uDFFF"', _HALF),
    payload("two first halves", rb'"\ud83d\ud83d\ude80"', _HALF),
    payload("two second halves", rb'"\ud83d\ude80\ude80"', _HALF),
    payload("halves in the wrong order", rb'"\ude80\ud83d"', _HALF),
    payload("halves in two strings", rb'["\ud83d","\ude80"]', _HALF),
    payload("half a pair in a name", rb'{"\udbff":1}', _HALF),
    payload("a backslash, then half a pair", rb'"\\\ud800"', _HALF),
    payload("half a pair after what only looks like one", rb'"\\ud83d\ude80"', _HALF),
    payload("half a pair before what only looks like one", rb'"\ud83d\\ude80"', _HALF),
    _malformed("half a pair in the receiver", rb'{"receiver":"\ud800","type":"ping"}', _HALF),
    _malformed(
        "half a pair in a member that is ignored",
        rb'{"receiver":"room","type":"ping","\ud800":1}',
        _HALF,
    ),
    payload(
        "a bare control character",
        b'"\t"',
        f"not JSON: Invalid control character at at character {_START + 1}",
    ),
    # Depth
    payload("33 levels", _TOO_DEEP, _DEPTH),
    payload("33 levels of objects", b'{"a":' * 32 + b"1" + b"}" * 32, _DEPTH),
    _malformed("depth without end", b"[" * 60_000, _DEPTH),
    _malformed(
        "33 levels in a member that is ignored",
        b'{"receiver":"room","type":"ping","x":%b}' % _TOO_DEEP,
        _DEPTH,
    ),
    _malformed(
        "33 levels in data that a later one replaces",
        b'{"receiver":"room","type":"ping","data":%b,"data":1}' % _TOO_DEEP,
        _DEPTH,
    ),
    payload(
        "33 levels in a member that a later one replaces",
        b'{"type":"offer","sdp":%b,"sdp":""}' % _TOO_DEEP,
        _DEPTH,
        "offer",
    ),
    # Envelopes
    _malformed(
        "no members",
        b"{}",
        "required field missing @ $.receiver; required field missing @ $.type",
    ),
    _malformed("no receiver", b'{"type":"ping"}', "required field missing @ $.receiver"),
    _malformed("no type", b'{"receiver":"room"}', "required field missing @ $.type"),
    _malformed(
        "a number as receiver",
        b'{"receiver":5,"type":"ping"}',
        "expected a string @ $.receiver",
    ),
    _malformed(
        "null as receiver",
        b'{"receiver":null,"type":"ping"}',
        "expected a string @ $.receiver",
    ),
    _malformed(
        "of equal names the last, which is wrong",
        b'{"receiver":"room","type":"ping","type":5}',
        "expected a string @ $.type",
    ),
    _unknown("a type that no message has", "offers"),
    _unknown("a type in capitals", "PING"),
    _unknown("an extension in capitals", "X-any"),
    _unknown("an empty type", ""),
    # Payloads: no value is coerced
    payload("no sdp", b'{"type":"offer"}', "required field missing @ $.data.sdp", "offer"),
    payload(
        "a number as sdp",
        b'{"type":"offer","sdp":5}',
        "expected a string @ $.data.sdp",
        "offer",
    ),
    payload(
        "an answer in an offer",
        b'{"type":"answer","sdp":""}',
        "expected 'offer' @ $.data.type",
        "offer",
    ),
    payload(
        "an offer in an answer",
        b'{"type":"offer","sdp":""}',
        "expected 'answer' @ $.data.type",
        "answer",
    ),
    payload(
        "two wrongs",
        b'{"sdp":null}',
        "required field missing @ $.data.type; expected a string @ $.data.sdp",
        "answer",
    ),
    payload("an offer of null", b"null", "expected an object @ $.data", "offer"),
    _malformed(
        "an offer without data",
        b'{"receiver":"room","type":"offer"}',
        "expected an object @ $.data",
    ),
    payload("an array as offer", b"[]", "expected an object @ $.data", "offer"),
    payload("no candidate", b"{}", "required field missing @ $.data.candidate", "icecandidate"),
    payload(
        "a number as candidate", b"5", "expected an object or null @ $.data", "icecandidate"
    ),
    *(
        payload(
            f"{number.decode()} as an index",
            b'{"candidate":"","sdpMLineIndex":%b}' % number,
            "expected an integer or null @ $.data.sdpMLineIndex",
            "icecandidate",
        )
        for number in (b"1.0", b"1e0", b"-0.0", b"true", b'"1"', b"[]")
    ),
    payload(
        "a number as sdpMid",
        b'{"candidate":"","sdpMid":0}',
        "expected a string or null @ $.data.sdpMid",
        "icecandidate",
    ),
    payload("a number as greeting", b"5", "expected a string @ $.data", "greeting"),
    payload("true as time of a bye", b"true", "expected a number or null @ $.data", "bye"),
    payload("a string as time", b'"1"', "expected a number or null @ $.data", "bye"),
    payload("no text", b'{"from":"Ted"}', "required field missing @ $.data.text", "text"),
    payload("a number as text", b'{"text":5}', "expected a string @ $.data.text", "text"),
    payload("a text that is no object", b'"Hi"', "expected an object @ $.data", "text"),
    payload(
        "true as time of a text",
        b'{"text":"","time":true}',
        "expected a number or null @ $.data.time",
        "text",
    ),
    payload("no username", b"{}", "required field missing @ $.data.username", "profile"),
    payload(
        "null as username",
        b'{"username":null}',
        "expected a string @ $.data.username",
        "profile",
    ),
    payload(
        "an object as clients",
        b'{"room_id":"a","clients":{}}',
        "expected an array @ $.data.clients",
        "room-info",
    ),
    payload(
        "true as seconds",
        b'{"code":"a","message":"b","retry_after":true}',
        "expected a number or null @ $.data.retry_after",
        "error",
    ),
]
