"""The history of a room (HIST-1 to HIST-7, HIST-13)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..control_phrases import (
    admit,
    decides,
    enters_waiting_room,
    locks,
    waits_no_more,
)
from ..history_phrases import (
    chat,
    chats,
    chatted,
    comes,
    hosts,
    kept,
    remove_text,
    text_removed,
)
from ..patterns import Wildcard
from ..phrases import is_answered
from ..scenario import (
    Closes,
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    Joins,
    OperatorSays,
    Says,
    Scenario,
    Setting,
    Starts,
)
from ..session_phrases import goes_on, is_stopped
from ..vocabulary import (
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    ROOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    ack,
    but,
    by,
    client_joined,
    done,
    join,
    joined,
    left,
    refused,
    resume,
    to,
    undeliverable,
)

_ON = Setting(Limits(history_texts=10))
_TED_HAS_A_TOKEN = Setting(Limits(history_texts=10), tokens={"Ted's": Identity("ted")})

_NAMED = Wildcard(r'\[.*"history".*\]')
_NOT_NAMED = Wildcard(r'\[((?!"history").)*\]')

_SAID_BY_TED = r'{"text":"\u00fc","time":1.00,"x":[ 1 ]}'
_HEARD_OF_TED = {"from": MAJOR_TOM, "time": 1.0, "text": "ü", "x": [1]}


SCENARIOS = (
    Scenario(
        "who joins late is told the last texts to the room, and nothing else",
        ("HIST-1", "HIST-2"),
        (
            *comes(BILL),
            *chats(BILL, "Bogus!", id="1"),
            Joins(TED),
            Hears(BILL, client_joined(TED)),
            Says(TED, f'{{"receiver":"room","type":"text","data":{_SAID_BY_TED}}}'),
            *(Hears(one, by(TED, ROOM, "text", _HEARD_OF_TED)) for one in (BILL, TED)),
            Says(BILL, chat("for Ted alone", receiver=TED)),
            Hears(TED, chatted(BILL, "for Ted alone", receiver=TED)),
            Says(BILL, to(ROOM, "x-note", "no text")),
            *(Hears(one, by(BILL, ROOM, "x-note", "no text")) for one in (BILL, TED)),
            OperatorSays(but(chat("Party on, dudes!"), id="s")),
            *(
                Hears(one, chatted(SERVER, "Party on, dudes!", "s", name=SERVER))
                for one in (BILL, TED)
            ),
            Connects(RUFUS, None, CAMUS_2),
            Says(RUFUS, join()),
            Hears(
                RUFUS,
                joined(
                    RUFUS,
                    history=[
                        kept(BILL, "Bogus!", "1"),
                        {
                            "sender": TED,
                            "data": {"from": MAJOR_TOM, "time": 1.0, "text": "ü", "x": [1]},
                        },
                        kept(SERVER, "Party on, dudes!", "s", name=SERVER),
                    ],
                ),
                verbatim='"data":{"from":"Major Tom","time":1.00,"text":"\\u00fc","x":[ 1 ]}',
            ),
            Hears(BILL, client_joined(RUFUS)),
        ),
        _ON,
    ),
    Scenario(
        "a client that has texts of the room is told none again, and one that has none is",
        ("HIST-3",),
        (
            *comes(BILL),
            *comes(TED, BILL),
            *chats(BILL, "Bogus!", TED),
            Drops(TED),
            *chats(BILL, "Excellent!"),
            *goes_on(TED, 1, 0),
            Hears(TED, chatted(BILL, "Excellent!")),
            Says(TED, ack(2)),
            *is_answered(TED),
            Closes(TED, 1001),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, None)),
            Hears(
                TED,
                joined(
                    TED,
                    nth=2,
                    reason="rejoined",
                    received=0,
                    history=[kept(BILL, "Bogus!"), kept(BILL, "Excellent!")],
                ),
            ),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED)),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, left(TED, "left")),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 0, nth=2)),
            Hears(
                TED,
                joined(
                    TED_ANEW,
                    reason="unknown",
                    history=[kept(BILL, "Bogus!"), kept(BILL, "Excellent!")],
                ),
            ),
            Hears(BILL, client_joined(TED_ANEW)),
        ),
        _ON,
    ),
    Scenario(
        "who takes over the place of its identity is told the texts",
        ("HIST-3",),
        (
            *comes(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, history=[])),
            Hears(BILL, client_joined(TED)),
            *chats(BILL, "Bogus!", TED),
            Says(TED, ack(1)),
            *is_answered(TED),
            Drops(TED),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, nth=2, history=[kept(BILL, "Bogus!")])),
            Hears(BILL, left(TED, "rejoined")),
            Hears(BILL, client_joined(TED)),
        ),
        _TED_HAS_A_TOKEN,
    ),
    Scenario(
        "a client whose session broke keeps its texts, and is told what was removed since",
        ("HIST-3", "HIST-12", "SAY-4"),
        (
            *hosts(BILL),
            *comes(TED, BILL),
            Drops(TED),
            *chats(BILL, "Bogus!", id="1"),
            *chats(BILL, "Heinous!", id="2"),
            Says(BILL, ack(3)),
            *(
                step
                for number in range(4)
                for step in (
                    OperatorSays(to(ROOM, "x-quiz", number)),
                    Hears(BILL, by(SERVER, ROOM, "x-quiz", number)),
                )
            ),
            Says(BILL, ack(7)),
            Says(BILL, remove_text(BILL, id="2")),
            Hears(BILL, text_removed(BILL, id="2")),
            Hears(BILL, but(undeliverable(BILL, TED, "full"), reply_to="1")),
            Hears(BILL, but(undeliverable(BILL, TED, "full"), reply_to="2")),
            Hears(BILL, done(BILL)),
            Connects(TED, None, CAMUS_2),
            Says(TED, resume(TED, 0)),
            Hears(TED, joined(TED, nth=2, reason="overflow", received=0)),
            Hears(TED, text_removed(BILL, id="2")),
        ),
        Setting(Limits(history_texts=10, unconfirmed_frames=6)),
    ),
    Scenario(
        "the next server has no history",
        ("HIST-6", "HIST-3"),
        (
            *comes(BILL),
            *chats(BILL, "Bogus!"),
            Says(BILL, ack(1)),
            *is_answered(BILL),
            *is_stopped(BILL),
            Starts(),
            *comes(TED),
            *chats(TED, "Excellent!"),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 2)),
            Hears(BILL, joined(BILL, nth=2, reason="restarted", received=1)),
            Hears(BILL, chatted(TED, "Excellent!")),
        ),
        _ON,
    ),
    Scenario(
        "the history ends with the last member, also with one that is away",
        ("HIST-6",),
        (
            *comes(BILL),
            *chats(BILL, "Bogus!"),
            Drops(BILL),
            *comes(TED, history=[kept(BILL, "Bogus!")]),
            Hears(TED, left(BILL, "gone"), within=3.0),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            *comes(RUFUS),
        ),
        Setting(Limits(history_texts=10, place_seconds=1.0)),
    ),
    Scenario(
        "a waiting client hears of no text before it is let in, and the core profile never",
        ("HIST-7",),
        (
            *hosts(BILL),
            *chats(BILL, "Bogus!"),
            Joins(RUFUS),
            Hears(BILL, client_joined(RUFUS)),
            *locks(BILL),
            *enters_waiting_room(TED, BILL),
            *chats(BILL, "Excellent!", RUFUS),
            HearsNothing(TED),
            *decides(BILL, admit(TED), waits_no_more(TED), client_joined(TED)),
            Hears(
                TED,
                but(
                    joined(
                        TED,
                        locked=True,
                        history=[kept(BILL, "Bogus!"), kept(BILL, "Excellent!")],
                    ),
                    reply_to="let me in",
                ),
            ),
            *decides(BILL, remove_text(BILL), text_removed(BILL)),
            Hears(TED, text_removed(BILL)),
            HearsNothing(RUFUS),
        ),
        _ON,
    ),
    Scenario(
        "a server names the capability where it keeps texts",
        ("HIST-1",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, capabilities=_NAMED, history=[])),
        ),
        _ON,
    ),
    Scenario(
        "a server that keeps no texts knows no request to remove one",
        ("HIST-13",),
        (
            Connects(BILL, None, CAMUS_2),
            Says(BILL, join()),
            Hears(BILL, joined(BILL, capabilities=_NOT_NAMED)),
            Says(BILL, chat("Bogus!", "1")),
            Hears(BILL, chatted(BILL, "Bogus!", "1")),
            Says(BILL, remove_text(BILL, id="1")),
            Hears(BILL, refused(BILL, "unknown-type")),
            Connects(TED, None, CAMUS_2),
            Says(TED, join()),
            Hears(TED, joined(TED)),
            Hears(BILL, client_joined(TED)),
        ),
    ),
)
