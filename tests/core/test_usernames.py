"""Conversations about names: which are taken, how they are kept, and who hears of them."""

import pytest

from camus_core import messages as m
from camus_core.errors import InvalidUsername

from .talk import Talk
from .words import id_of, refusal, roster


def calls_itself(username: str) -> m.Profile:
    return m.Profile("ground control", m.ProfileBody(username))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ann", "Ann"),
        ("  Ann\u00a0", "Ann"),
        ("Ann B. Cee", "Ann B. Cee"),
        ("x", "x"),
        ("Bjo\u0308rn", "Bj\u00f6rn"),
        ("n" * 64, "n" * 64),
        (" " + "n" * 64 + " ", "n" * 64),
        ("e\u0301" * 64, "\u00e9" * 64),
        ("\u05d0\u05d1", "\u05d0\u05d1"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ('<b>"\\&', '<b>"\\&'),
    ],
)
def test_a_name_is_kept_in_normal_form_and_trimmed_and_the_room_hears_it(
    said: str, kept: str
) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", calls_itself(said))
    for name in ("ann", "bob"):
        talk.hears(name, roster("room", "lobby", "ann", "bob", ann=kept))
    talk.hears_nothing("ann", "bob")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "\u2003",
        "n" * 65,
        "e\u0301" * 65,
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\x7fb",
        "a\x85b",
        *(f"a{chr(point)}b" for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        "\u202eAnn",
    ],
)
def test_another_name_is_refused_and_nothing_changes(said: str) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", calls_itself(said))
    talk.hears("ann", refusal("ann", InvalidUsername()))
    talk.waits(1)
    talk.hears_nothing("ann", "bob")
    assert talk.changes == []
    talk.says("bob", m.GetRoomInfo())
    talk.hears("bob", roster("bob", "lobby", "ann", "bob"))


def test_two_may_have_one_name() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", calls_itself("Sam"))
    talk.waits(1)
    talk.forget()
    talk.says("bob", calls_itself("Sam"))
    talk.hears("ann", roster("room", "lobby", "ann", "bob", ann="Sam", bob="Sam"))


def test_a_chat_message_bears_the_new_name_from_then_on() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", calls_itself('A"nn'))
    talk.forget()
    talk.says("ann", m.Text(id_of("bob"), {"text": m.Json(b'"Hi"')}))
    (heard,) = talk.has_heard("bob")
    assert isinstance(heard, m.Text)
    assert heard.data["from"] == rb'"A\"nn"'
