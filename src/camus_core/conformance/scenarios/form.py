"""The form of frames (CORE-18 to CORE-24)."""

from ..phrases import are_refused, is_answered
from ..scenario import DEFAULT_ROOM, Connects, Hears, Joins, Says, Scenario, Step
from ..session_phrases import is_refused
from ..vocabulary import BILL, CAMUS_2, SERVER, TED, by, joined, roster, to


def _ping(data: str) -> str:
    return f'{{"receiver":"ground control","type":"ping","data":{data}}}'


def _is_kept(data: str) -> tuple[Step, ...]:
    """Return a ping with this data, and its pong with the same data."""
    pong = f'{{"sender":"{SERVER}","receiver":"{BILL}","type":"pong","data":{data}}}'
    return Says(BILL, _ping(data)), Hears(BILL, pong)


def _are_malformed(*frames: str) -> tuple[Step, ...]:
    """Return the frames, each refused; the connection stays open."""
    return (*are_refused(BILL, "malformed-message", *frames), *is_answered(BILL))


def _arrays(levels: int) -> str:
    return "[" * levels + "]" * levels


SCENARIOS = (
    Scenario(
        "a frame is one JSON object and nothing else",
        ("CORE-18",),
        (
            Joins(BILL),
            *_are_malformed(
                "Party on, dudes!",
                "null",
                '"ping"',
                "[" + _ping("1") + "]",
                _ping("1") + _ping("2"),
                _ping("1") + ";",
                _ping("1")[:-1],
                _ping("1").replace('"', "'"),
                _ping("1,"),
                _ping("01"),
                _ping('"a\tb"'),
            ),
        ),
    ),
    Scenario(
        "an empty frame is refused like any other that is no JSON",
        ("CORE-18",),
        (Joins(BILL), *_are_malformed("")),
    ),
    Scenario(
        "JSON may have space around everything",
        ("CORE-18",),
        (
            Joins(BILL),
            Says(
                BILL, ' {\n\t"receiver" : "ground control",\r\n"type":"ping" , "data" : 1 }\n'
            ),
            Hears(BILL, by(SERVER, BILL, "pong", 1)),
        ),
    ),
    Scenario(
        "type and receiver are strings, and have to be there",
        ("CORE-19",),
        (
            Joins(BILL),
            *_are_malformed(
                "{}",
                '{"type":"ping","data":1}',
                '{"receiver":"ground control","data":1}',
                '{"receiver":null,"type":"ping","data":1}',
                '{"receiver":["ground control"],"type":"ping","data":1}',
                '{"receiver":"ground control","type":13,"data":1}',
            ),
        ),
    ),
    Scenario(
        "other members of a message are ignored and go nowhere",
        ("CORE-19", "CORE-69"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, {**to(TED, "x-note", "hello"), "id": 7, "priority": ["high"]}),
            Hears(TED, by(BILL, TED, "x-note", "hello")),
        ),
    ),
    Scenario(
        "data that is missing is null, and is written as null",
        ("CORE-19", "CORE-20", "CORE-68", "CORE-135"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, {"receiver": TED, "type": "x-note"}),
            Hears(TED, by(BILL, TED, "x-note", None)),
            Says(BILL, {"receiver": TED, "type": "x-note", "data": None}),
            Hears(TED, by(BILL, TED, "x-note", None)),
            Says(BILL, {"receiver": SERVER, "type": "ping"}),
            Hears(BILL, by(SERVER, BILL, "pong", None)),
            Says(BILL, {"receiver": SERVER, "type": "get-room-info", "data": None}),
            Hears(BILL, roster(BILL, (BILL, "Major Tom"), (TED, "Major Tom"))),
        ),
    ),
    Scenario(
        "null is not an object, also where all members of that are optional",
        ("CORE-68",),
        (
            Connects(BILL, DEFAULT_ROOM, CAMUS_2),
            *is_refused(
                BILL, "malformed-message", to(SERVER, "join"), to(SERVER, "create-room")
            ),
            Says(BILL, to(SERVER, "join", {})),
            Hears(BILL, joined(BILL)),
            *are_refused(
                BILL, "malformed-message", to(SERVER, "update-room"), to(SERVER, "end-room")
            ),
        ),
    ),
    Scenario(
        "the server writes JSON without spaces",
        ("CORE-20", "CORE-70"),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(
                BILL,
                roster(BILL, (BILL, "Major Tom")),
                verbatim='"room_id":"excellent-adventure"',
            ),
            Says(BILL, to(SERVER, "ping")),
            Hears(BILL, by(SERVER, BILL, "pong"), verbatim='"type":"pong"'),
        ),
    ),
    Scenario(
        "numbers that JSON or a double can't hold are refused",
        ("CORE-21", "CORE-72"),
        (
            Joins(BILL),
            *_are_malformed(
                *map(
                    _ping,
                    ("NaN", "Infinity", "-Infinity", "1e400", "[-1.5E+999]", "1" * 400 + ".5"),
                )
            ),
            *_is_kept("1.7976931348623157e308"),
            *_is_kept("-0.0"),
        ),
    ),
    Scenario(
        "integers are kept digit for digit, up to a thousand",
        ("CORE-21", "CORE-73", "CORE-128"),
        (
            Joins(BILL),
            *_is_kept("9007199254740993"),
            *_is_kept("-123456789012345678901234567890"),
            *_is_kept("7" * 1000),
            *_is_kept("-" + "7" * 1000),
            *_are_malformed(_ping("7" * 1001), _ping("[-" + "7" * 1001 + "]")),
        ),
    ),
    Scenario(
        "half a surrogate pair is refused, wherever it stands",
        ("CORE-22",),
        (
            Joins(BILL),
            *_are_malformed(
                _ping(r'"\ud83d"'),
                _ping(r'"\uDE00"'),
                _ping(r'"\ude00\ud83d"'),
                _ping(r'{"\ud83d":1}'),
                r'{"receiver":"ground control","type":"ping","note":"\ud83d"}',
            ),
            *_is_kept(r'"\ud83d\ude00"'),
            *_is_kept(r'"\\ud83d"'),
        ),
    ),
    Scenario(
        "a frame has at most 32 levels of arrays and objects",
        ("CORE-23",),
        (
            Joins(BILL),
            *_are_malformed(_ping(_arrays(32)), _ping(_arrays(10_000)), "[" * 10_000),
            *_is_kept(_arrays(31)),
            *_is_kept('"' + "[" * 40 + '"'),
        ),
    ),
    Scenario(
        "of members with one name the last counts",
        ("CORE-24",),
        (
            Joins(BILL),
            Says(
                BILL,
                '{"type":"bye","data":1,"receiver":"ground control","data":2,"type":"ping"}',
            ),
            Hears(BILL, by(SERVER, BILL, "pong", 2)),
            Says(BILL, '{"type":"ping","receiver":"room","receiver":"ground control"}'),
            Hears(BILL, by(SERVER, BILL, "pong", None)),
        ),
    ),
    Scenario(
        "what is wrong with a message is answered in this order",
        ("CORE-76",),
        (
            Joins(BILL),
            *_are_malformed('{"type":"six"}', '{"receiver":7,"type":"six"}'),
            *are_refused(BILL, "unknown-type", to("nobody", "six")),
            *_are_malformed(
                '{"receiver":"nobody","type":"text","data":{}}',
                '{"receiver":"room","type":"offer","data":{}}',
                '{"receiver":"ground control","type":"room-info","data":5}',
                '{"receiver":"ground control","type":"join","data":5}',
            ),
            *are_refused(BILL, "unknown-type", to("nobody", "join", {})),
            *are_refused(BILL, "server-only-type", to("nobody", "ice-servers", [])),
            *are_refused(BILL, "wrong-receiver", to("nobody", "get-room-info")),
            *are_refused(BILL, "unknown-receiver", to("nobody", "text", {"text": "Ted?"})),
        ),
    ),
    Scenario(
        "members of a payload that nobody has described are ignored",
        ("CORE-121",),
        (
            Joins(BILL),
            Says(BILL, to(SERVER, "profile", {"username": "Bill", "band": {"name": None}})),
            Says(BILL, to(SERVER, "get-room-info", ["Ted"])),
            Hears(BILL, roster(BILL, (BILL, "Bill"))),
        ),
    ),
)
