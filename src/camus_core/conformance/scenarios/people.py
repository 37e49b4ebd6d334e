"""Rosters on request, and usernames (CORE-34 to CORE-36)."""

from .. import examples as example
from ..patterns import A_TIME
from ..phrases import are_refused, is_answered
from ..scenario import Hears, HearsNo, Joins, Says, Scenario, Step
from ..vocabulary import BILL, MAJOR_TOM, RUFUS, SERVER, TED, by, pushed, roster, to


def _flag_of(region: str) -> str:
    """Return a black flag, the tags that name a region, and the cancel tag."""
    return "\U0001f3f4" + "".join(chr(0xE0000 + ord(one)) for one in region + "\x7f")


_FLAG_OF_SCOTLAND = _flag_of("gbsct")


def _is_called(said: object, called: str) -> tuple[Step, ...]:
    return (
        Says(BILL, to(SERVER, "profile", {"username": said})),
        Says(BILL, to(SERVER, "get-room-info")),
        Hears(BILL, roster(BILL, (BILL, called))),
    )


def _is_no_name(said: object) -> tuple[Step, ...]:
    return are_refused(BILL, "invalid-username", to(SERVER, "profile", {"username": said}))


SCENARIOS = (
    Scenario(
        "Bill asks who is there",
        ("CORE-34", "CORE-35", "CORE-95"),
        (
            Joins(BILL),
            Says(BILL, example.PROFILE),
            Joins(TED),
            Says(TED, to(SERVER, "profile", {"username": "Ted"})),
            *is_answered(TED),
            Says(BILL, example.GET_ROOM_INFO),
            Hears(BILL, example.ROOM_INFO),
        ),
    ),
    Scenario(
        "members are named in order of joining, whatever else happens",
        ("CORE-34", "CORE-94"),
        (
            Joins(RUFUS),
            Joins(BILL),
            Joins(TED),
            Says(RUFUS, to(SERVER, "profile", {"username": "Rufus"})),
            Says(RUFUS, to(SERVER, "get-room-info")),
            Hears(
                RUFUS,
                roster(RUFUS, (RUFUS, "Rufus"), (BILL, MAJOR_TOM), (TED, MAJOR_TOM)),
            ),
        ),
    ),
    Scenario(
        "the room hears of a new name, its bearer too",
        ("CORE-35",),
        (
            Joins(BILL),
            *is_answered(BILL),
            Says(BILL, example.PROFILE),
            Hears(BILL, pushed((BILL, "Bill"))),
        ),
    ),
    Scenario(
        "a profile without a name is refused and changes nothing",
        ("CORE-35",),
        (
            Joins(BILL),
            *are_refused(
                BILL,
                "malformed-message",
                to(SERVER, "profile"),
                to(SERVER, "profile", "Bill"),
                to(SERVER, "profile", {}),
                to(SERVER, "profile", {"username": None}),
                to(SERVER, "profile", {"username": 13}),
            ),
            HearsNo(BILL, "room-info"),
        ),
    ),
    Scenario(
        "a name is put into normal form C and trimmed",
        ("CORE-36",),
        (
            Joins(BILL),
            *_is_called("Be\u0301atrice", "B\u00e9atrice"),
            *_is_called(" \tBill S. Preston,  Esquire\n", "Bill S. Preston,  Esquire"),
        ),
    ),
    Scenario(
        "a name has 1 to 64 characters, counted after that",
        ("CORE-36", "CORE-97"),
        (
            Joins(BILL),
            *_is_called("B", "B"),
            *_is_called("\U0001f3b8" * 64, "\U0001f3b8" * 64),
            *_is_called("e\u0301" * 64, "\u00e9" * 64),
            *_is_no_name(""),
            *_is_no_name(" \n "),
            *_is_no_name("B" * 65),
            *_is_called("Bill", "Bill"),
        ),
    ),
    Scenario(
        "a name has no characters that garble the text around it",
        ("CORE-36", "CORE-98"),
        (
            Joins(BILL),
            *_is_no_name("Bill\nTed"),
            *_is_no_name("Bill\u0000"),
            *_is_no_name("Bill\u0085Ted"),
            *_is_no_name("\u202elliB"),
            *_is_no_name("Bill\u2066Ted"),
            *_is_no_name("Bill\u2028Ted"),
            *_is_no_name("Bill\u200f"),
            *_is_called("\u05d1\u05d9\u05dc", "\u05d1\u05d9\u05dc"),
        ),
    ),
    Scenario(
        "a name is seen: it has nothing invisible or blank, and no marks without a letter",
        ("CORE-36", "CORE-98"),
        (
            Joins(BILL),
            *_is_no_name("\u200b"),
            *_is_no_name("\u3164"),
            *_is_no_name("\u2800"),
            *_is_no_name("Bill\u00ad"),
            *_is_no_name("Bi\u200dll"),
            *_is_no_name("Bill\ufe0f"),
            *_is_no_name("Bill\U000e0041"),
            *_is_no_name("Bill\ufdd0"),
            *_is_no_name("\u0301"),
            *_is_no_name("Bi" + "\u0302" * 6 + "ll"),
            *_is_called("Be" + "\u0325" * 4 + "n", "Be" + "\u0325" * 4 + "n"),
        ),
    ),
    Scenario(
        "what scripts and emoji need inside a name is part of it",
        ("CORE-36", "CORE-99"),
        (
            Joins(BILL),
            *(
                step
                for name in (
                    "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",
                    "\u0915\u094d\u200d\u0937",
                    "\u0930\u094d\u200d",
                    "\U0001f468\u200d\U0001f3a4",
                    "\u2764\ufe0f",
                    _FLAG_OF_SCOTLAND,
                )
                for step in _is_called(name, name)
            ),
        ),
    ),
    Scenario(
        "a joiner is between uncased letters, marks or symbols, and nowhere else",
        ("CORE-99",),
        (
            Joins(BILL),
            *(
                step
                for name in (
                    "\U0001f469\U0001f3fd\u200d\U0001f3a4",
                    "\U0001f642\u200d\u2194\ufe0f",
                    "\U0001f3f3\ufe0f\u200d\U0001f308",
                    "\u0915\u093e\u200d\u0937",
                    "\u0915\u200d\u093e",
                    "\u0627\u200d\u0670",
                )
                for step in _is_called(name, name)
            ),
            *_is_no_name("B\u200d\u0915"),
            *_is_no_name("\u0915\u200dB"),
            *_is_no_name("\u0915\u200c"),
            *_is_no_name("\u200d\u0915"),
            *_is_no_name("1\u200d\u0915"),
        ),
    ),
    Scenario(
        "a variation selector is after an uncased letter, digit, punctuation or symbol",
        ("CORE-98", "CORE-99"),
        (
            Joins(BILL),
            *(
                step
                for name in ("\u845b\U000e0100", "\u1820\u180b", "1\ufe0f", "#\ufe0f")
                for step in _is_called(name, name)
            ),
            *(
                step
                for selector in "\u180b\u180d\u180f\ufe00\ufe0f\U000e0100\U000e01ef"
                for step in _is_no_name("B" + selector)
            ),
            *_is_no_name("\u1820\u180e"),
            *_is_no_name("\u845b\U000e01f0"),
        ),
    ),
    Scenario(
        "the tags of a region's flag are part of a name, and no others",
        ("CORE-98", "CORE-99"),
        (
            Joins(BILL),
            *(
                step
                for region in ("fr90", "czzl", "azabs")
                for step in _is_called("Bill" + _flag_of(region), "Bill" + _flag_of(region))
            ),
            *_is_no_name(_flag_of("")),
            *_is_no_name(_flag_of("gbsctgb")),
            *(step for tag in "/:`{A" for step in _is_no_name(_flag_of("gb" + tag))),
            *_is_no_name(_flag_of("gbsct")[:-1]),
            *_is_no_name("Bi\u200dll" + _FLAG_OF_SCOTLAND),
            *_is_no_name(_FLAG_OF_SCOTLAND + "Bi\u200dll"),
        ),
    ),
    Scenario(
        "characters that nobody sees, or that are none, are in no name",
        ("CORE-98",),
        (
            Joins(BILL),
            *(
                step
                for hidden in (
                    "\u034f\u115f\u1160\u17b4\u17b5\u2065\uffa0\ufff0\ufff8\U000e0000\U000e00ff"
                    "\U000e0fff\ufdef\ufffe\uffff\U0001fffe\U0010ffff"
                )
                for step in _is_no_name("B" + hidden)
            ),
            *_is_called("\ufdf0", "\ufdf0"),
        ),
    ),
    Scenario(
        "a name doesn't begin with a mark, and has four at most in a row",
        ("CORE-98",),
        (
            Joins(BILL),
            *_is_no_name("\u0903"),
            *_is_no_name("Be" + "\u0325" * 5 + "n"),
            *_is_no_name("Be" + "\u20dd" * 5 + "n"),
            *_is_called(("e" + "\u0325" * 4) * 3, ("e" + "\u0325" * 4) * 3),
            *_is_called("\u03b1\u0313\u0300\u0345" * 64, "\u1f82" * 64),
        ),
    ),
    Scenario(
        "nobody is called as an address is",
        ("CORE-36", "CORE-11", "CORE-100"),
        (
            Joins(BILL),
            *_is_no_name("ground control"),
            *_is_no_name("Ground  Control!"),
            *_is_no_name("Room"),
            *_is_no_name("\uff32\uff2f\uff2f\uff2d"),
            *_is_called("Room 69", "Room 69"),
        ),
    ),
    Scenario(
        "two may have the same name, and what they say bears it",
        ("CORE-36", "CORE-101", "CORE-92"),
        (
            Joins(BILL),
            Joins(TED),
            Says(TED, to(SERVER, "profile", {"username": "Bill"})),
            *is_answered(TED),
            Says(BILL, example.PROFILE),
            Says(BILL, to(SERVER, "get-room-info")),
            Hears(BILL, roster(BILL, (BILL, "Bill"), (TED, "Bill"))),
            Says(TED, to(BILL, "text", {"text": "Dude!"})),
            Hears(
                BILL, by(TED, BILL, "text", {"from": "Bill", "time": A_TIME, "text": "Dude!"})
            ),
        ),
    ),
)
