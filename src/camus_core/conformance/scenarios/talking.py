"""Relayed messages and their payloads (CORE-28, CORE-29, CORE-33, CORE-45)."""

from .. import examples as example
from ..patterns import A_TIME, SOME_TEXT
from ..phrases import are_malformed, are_relayed, is_answered
from ..scenario import Hears, HearsNothing, Joins, Says, Scenario, Step
from ..vocabulary import BILL, ROOM, SERVER, TED, by, to

_ODD_OFFER = (
    r'{ "sdp":"v=0\r\n\u00e9\/é" ,"type" : "offer","unknown":[1, 2.50,-0, 1E2,null ],'
    r'"seed":123456789012345678901234567890,"a":1,"a":2}'
)


def _text(data: str) -> str:
    return f'{{"receiver":"room","type":"text","data":{data}}}'


def _comes_as(said: str, **heard: object) -> tuple[Step, ...]:
    return Says(BILL, _text(said)), Hears(BILL, by(BILL, ROOM, "text", heard))


SCENARIOS = (
    Scenario(
        "a payload is passed on with all that nobody has described",
        ("CORE-28", "CORE-39"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, f'{{"receiver":"{TED}","type":"offer","data":{_ODD_OFFER}}}'),
            Hears(
                TED,
                f'{{"sender":"{BILL}","receiver":"{TED}","type":"offer","data":{_ODD_OFFER}}}',
            ),
        ),
    ),
    Scenario(
        "an error has a code and a text, and the connection stays open",
        ("CORE-29", "CORE-71", "CORE-81"),
        (
            Joins(BILL),
            Says(BILL, "Bogus!"),
            Hears(
                BILL,
                by(
                    SERVER,
                    BILL,
                    "error",
                    {"code": "malformed-message", "message": SOME_TEXT},
                ),
            ),
            *is_answered(BILL),
        ),
    ),
    Scenario(
        "Ted tells Bill what all we are",
        ("CORE-33", "CORE-35"),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            Says(TED, example.TEXT),
            Hears(BILL, example.TEXT),
        ),
    ),
    Scenario(
        "a text is from whoever the room knows its sender as",
        ("CORE-33", "CORE-92"),
        (
            Joins(BILL),
            *_comes_as(
                '{"from":"Ted","time":1,"text":"Excellent!"}',
                **{"from": "Major Tom"},
                time=1,
                text="Excellent!",
            ),
            *_comes_as(
                '{"from":["Ted"],"time":1.5,"text":""}',
                **{"from": "Major Tom"},
                time=1.5,
                text="",
            ),
        ),
    ),
    Scenario(
        "a text that doesn't say when gets the server's time",
        ("CORE-33", "CORE-93"),
        (
            Joins(BILL),
            *_comes_as(
                '{"text":"Excellent!"}',
                **{"from": "Major Tom"},
                time=A_TIME,
                text="Excellent!",
            ),
            *_comes_as(
                '{"time":null,"text":"Excellent!"}',
                **{"from": "Major Tom"},
                time=A_TIME,
                text="Excellent!",
            ),
        ),
    ),
    Scenario(
        "other members of a text are passed on",
        ("CORE-28", "CORE-33", "CORE-93"),
        (
            Joins(BILL),
            Says(BILL, _text('{"text":"Whoa","time":1,"mood":[ 1.50, null ]}')),
            Hears(
                BILL,
                by(
                    BILL,
                    ROOM,
                    "text",
                    {"from": "Major Tom", "time": 1, "text": "Whoa", "mood": [1.5, None]},
                ),
            ),
        ),
    ),
    Scenario(
        "a text without a text is refused",
        ("CORE-33",),
        (
            Joins(BILL),
            Joins(TED),
            *are_malformed(
                "text",
                None,
                "Excellent!",
                {},
                {"text": None},
                {"text": 13},
                {"text": "Excellent!", "time": "now"},
                {"text": "Excellent!", "time": True},
            ),
        ),
    ),
    Scenario(
        "clients may greet each other, and the server hears it with pleasure",
        ("CORE-41", "CORE-103"),
        (
            Joins(BILL),
            Joins(TED),
            Says(BILL, to(SERVER, "greeting", "Greetings, my excellent friend!")),
            Says(BILL, to(TED, "greeting", "Dude!")),
            Hears(TED, by(BILL, TED, "greeting", "Dude!")),
            HearsNothing(BILL),
            *are_malformed("greeting", None, 13, {"text": "Dude!"}),
        ),
    ),
    Scenario(
        "a type that starts with x- is an application's own, and its data any JSON",
        ("CORE-45",),
        (
            Joins(BILL),
            Joins(TED),
            *are_relayed("x-air-guitar", None, True, 0, "", [], {}, [{"chord": "E"}, None]),
            *are_relayed("x-", "no name"),
        ),
    ),
    Scenario(
        "data of an application's own type may look like that of another",
        ("CORE-45",),
        (
            Joins(BILL),
            Joins(TED),
            *are_relayed(
                "x-note",
                {"text": "Party on!"},
                {"username": "Bill"},
                {"received": 1},
                {"type": "offer", "sdp": "v=0"},
            ),
        ),
    ),
    Scenario(
        "of the members of a text the last of each name is passed on",
        ("CORE-80",),
        (
            Joins(BILL),
            Says(BILL, _text(r'{ "mood" : 1, "t\u0065xt":"Whoa" , "mood":[ 2 ],"time":1E3 }')),
            Hears(
                BILL,
                by(
                    BILL,
                    ROOM,
                    "text",
                    {"from": "Major Tom", "time": 1000.0, "mood": [2], "text": "Whoa"},
                ),
            ),
        ),
    ),
)
