"""The bounds of histories (HIST-4, HIST-5, HIST-14, LIM-12)."""

from ...limits import Limits
from ..control_phrases import decides
from ..history_phrases import (
    chats,
    comes,
    hosts,
    kept,
    remove_text,
    text_removed,
)
from ..scenario import Connects, Hears, Says, Scenario, Setting, Waits
from ..vocabulary import BILL, CAMUS_2, RUFUS, TED, join, joined, refused

_ELSEWHERE = "second-room"


SCENARIOS = (
    Scenario(
        "a history has so many texts, and forgets the oldest",
        ("HIST-4",),
        (
            *comes(BILL),
            *(step for number in range(5) for step in chats(BILL, f"number {number}")),
            *comes(TED, BILL, history=[kept(BILL, f"number {number}") for number in (2, 3, 4)]),
        ),
        Setting(Limits(history_texts=3)),
    ),
    Scenario(
        "a history has so many bytes, and no text that is larger",
        ("HIST-4",),
        (
            *comes(BILL),
            *chats(BILL, "a" * 200),
            *chats(BILL, "b" * 200),
            *chats(BILL, "c" * 200),
            *chats(BILL, "d" * 1000),
            *comes(TED, BILL, history=[kept(BILL, "b" * 200), kept(BILL, "c" * 200)]),
        ),
        Setting(Limits(history_texts=10, history_bytes=700)),
    ),
    Scenario(
        "a text is forgotten after a time",
        ("HIST-5",),
        (
            *comes(BILL),
            *chats(BILL, "Bogus!"),
            Waits(0.6),
            *chats(BILL, "Excellent!"),
            Waits(0.6),
            *comes(TED, BILL, history=[kept(BILL, "Excellent!")]),
            Waits(0.6),
            *comes(RUFUS, BILL, TED),
        ),
        Setting(Limits(history_texts=10, history_seconds=1.0)),
    ),
    Scenario(
        "all rooms together have so many bytes, and the oldest text of all is forgotten",
        ("HIST-14",),
        (
            *comes(BILL),
            *chats(BILL, "Bogus!"),
            Connects(TED, None, CAMUS_2),
            Says(TED, join(_ELSEWHERE)),
            Hears(TED, joined(TED, room_id=_ELSEWHERE, history=[])),
            *chats(TED, "Excellent!"),
            *chats(TED, "Triumphant!"),
            *comes(RUFUS, BILL),
        ),
        Setting(Limits(history_texts=10, all_history_bytes=1000)),
    ),
    Scenario(
        "the removal of texts counts as a change that others are told",
        ("LIM-12",),
        (
            *hosts(BILL),
            *chats(BILL, "Bogus!", id="1"),
            *chats(BILL, "Heinous!", id="2"),
            *decides(BILL, remove_text(BILL, id="1"), text_removed(BILL, id="1")),
            Says(BILL, remove_text(BILL, id="2")),
            Hears(BILL, refused(BILL, "rate-limited", retry_after=True)),
        ),
        Setting(Limits(history_texts=10, announcement_burst=1.0, announcements_per_minute=1.0)),
    ),
)
