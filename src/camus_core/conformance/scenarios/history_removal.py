"""Texts that are removed from a history (HIST-8 to HIST-12)."""

from ...admission.identity import Identity
from ...limits import Limits
from ..control_phrases import (
    ban,
    decides,
    kick,
    set_role,
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
from ..phrases import is_answered
from ..scenario import (
    Connects,
    Drops,
    Hears,
    HearsNothing,
    IsClosed,
    OperatorSays,
    Says,
    Scenario,
    Setting,
)
from ..session_phrases import goes_on
from ..vocabulary import (
    BILL,
    CAMUS_2,
    MAJOR_TOM,
    RUFUS,
    SERVER,
    TED,
    TED_ANEW,
    ack,
    but,
    client_joined,
    join,
    joined,
    left,
    refused,
    to,
    updated,
)

_ON = Setting(Limits(history_texts=10))
_TED_HAS_A_TOKEN = Setting(Limits(history_texts=10), tokens={"Ted's": Identity("ted")})


SCENARIOS = (
    Scenario(
        "a moderator removes a text, or all of a sender, and nobody who joins is told them",
        ("HIST-8",),
        (
            *hosts(BILL),
            *comes(TED, BILL),
            *chats(TED, "Bogus!", BILL, id="1"),
            *chats(TED, "Heinous!", BILL, id="2"),
            *chats(TED, "Excellent!", BILL),
            *chats(BILL, "Be excellent.", TED, id="1"),
            *decides(BILL, remove_text(TED, id="1"), text_removed(TED, id="1")),
            Hears(TED, text_removed(TED, id="1")),
            Says(TED, to(SERVER, "bye")),
            IsClosed(TED, 1000),
            Hears(BILL, left(TED, "left")),
            *comes(
                RUFUS,
                BILL,
                history=[
                    kept(TED, "Heinous!", "2"),
                    kept(TED, "Excellent!"),
                    kept(BILL, "Be excellent.", "1"),
                ],
            ),
            *decides(
                BILL, set_role(RUFUS, "moderator"), updated(RUFUS, MAJOR_TOM, "moderator")
            ),
            Hears(RUFUS, updated(RUFUS, MAJOR_TOM, "moderator")),
            *decides(RUFUS, remove_text(TED), text_removed(TED)),
            Hears(BILL, text_removed(TED)),
            *decides(RUFUS, remove_text(BILL, id="1"), text_removed(BILL, id="1")),
            Hears(BILL, text_removed(BILL, id="1")),
            *comes(TED_ANEW, BILL, RUFUS),
        ),
        _ON,
    ),
    Scenario(
        "an empty id is one, and null is none",
        ("HIST-8",),
        (
            *hosts(BILL),
            *chats(BILL, "Bogus!", id=""),
            *chats(BILL, "Excellent!"),
            *decides(BILL, remove_text(BILL, id=""), text_removed(BILL, id="")),
            *comes(TED, BILL, history=[kept(BILL, "Excellent!")]),
            *decides(BILL, remove_text(BILL, id=None), text_removed(BILL)),
            Hears(TED, text_removed(BILL)),
            *comes(RUFUS, BILL, TED),
        ),
        _ON,
    ),
    Scenario(
        "what isn't kept can't be removed, and nobody is told",
        ("HIST-9",),
        (
            *hosts(BILL),
            *comes(TED, BILL),
            *chats(TED, "Bogus!", BILL, id="1"),
            *(
                step
                for which in (
                    remove_text(TED, id="2"),
                    remove_text(BILL),
                    remove_text(RUFUS, id="1"),
                )
                for step in (Says(BILL, which), Hears(BILL, refused(BILL, "not-found")))
            ),
            *decides(BILL, remove_text(TED, id="1"), text_removed(TED, id="1")),
            Hears(TED, text_removed(TED, id="1")),
            Says(BILL, remove_text(TED, id="1")),
            Hears(BILL, refused(BILL, "not-found")),
            *is_answered(TED),
            HearsNothing(TED),
        ),
        _ON,
    ),
    Scenario(
        "a guest removes no text, and a moderator none of the server",
        ("HIST-10", "CTRL-1"),
        (
            *hosts(BILL),
            *comes(TED, BILL),
            *chats(TED, "Bogus!", BILL, id="1"),
            OperatorSays(but(chat("Party on, dudes!"), id="s")),
            *(
                Hears(one, chatted(SERVER, "Party on, dudes!", "s", name=SERVER))
                for one in (BILL, TED)
            ),
            Says(TED, remove_text(TED, id="1")),
            Hears(TED, refused(TED, "not-allowed")),
            Says(BILL, remove_text(SERVER, id="s")),
            Hears(BILL, refused(BILL, "not-allowed")),
            *comes(
                RUFUS,
                BILL,
                TED,
                history=[
                    kept(TED, "Bogus!", "1"),
                    kept(SERVER, "Party on, dudes!", "s", name=SERVER),
                ],
            ),
        ),
        _ON,
    ),
    Scenario(
        "a ban removes the texts of who is banned, and a kick doesn't",
        ("HIST-11",),
        (
            *hosts(BILL),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(token="Ted's")),
            Hears(TED, joined(TED, history=[])),
            Hears(BILL, client_joined(TED)),
            *comes(RUFUS, BILL, TED),
            *chats(TED, "Bogus!", BILL, RUFUS),
            *chats(RUFUS, "Excellent!", BILL, TED),
            Says(TED, ack(3)),
            *is_answered(TED),
            Says(RUFUS, ack(2)),
            *is_answered(RUFUS),
            *decides(BILL, kick(RUFUS), left(RUFUS, "kicked")),
            IsClosed(RUFUS, 4506),
            Hears(TED, left(RUFUS, "kicked")),
            *decides(BILL, ban(TED), left(TED, "banned"), text_removed(TED)),
            IsClosed(TED, 4507),
            *comes(TED_ANEW, BILL, history=[kept(RUFUS, "Excellent!")]),
        ),
        _TED_HAS_A_TOKEN,
    ),
    Scenario(
        "a removal is counted, and kept for who is away after the text",
        ("HIST-12",),
        (
            *hosts(BILL),
            *comes(TED, BILL),
            *chats(BILL, "Excellent!", TED),
            *decides(BILL, remove_text(BILL), text_removed(BILL)),
            Hears(TED, text_removed(BILL)),
            Drops(TED),
            *chats(BILL, "Bogus!", id="1"),
            *decides(BILL, remove_text(BILL, id="1"), text_removed(BILL, id="1")),
            *goes_on(TED, 2, 0),
            Hears(TED, chatted(BILL, "Bogus!", "1")),
            Hears(TED, text_removed(BILL, id="1")),
        ),
        _ON,
    ),
    Scenario(
        "a removal that is one change too many is refused for that, but a guest's for its role",
        ("CORE-76", "LIM-12"),
        (
            *hosts(BILL),
            *comes(TED, BILL),
            Says(BILL, remove_text(SERVER)),
            Hears(BILL, refused(BILL, "not-allowed")),
            Says(BILL, remove_text(SERVER)),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
            Says(TED, remove_text(SERVER)),
            Hears(TED, refused(TED, "not-allowed")),
            Says(TED, to(SERVER, "profile", {"username": "room"})),
            Hears(TED, refused(TED, "invalid-username")),
        ),
        Setting(
            Limits(history_texts=10, announcements_per_minute=0.001, announcement_burst=1.0)
        ),
    ),
)
