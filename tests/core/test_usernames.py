"""Tests of usernames: which are valid, and the form in which they are kept."""

import pytest

from camus_core.wire.names import checked_name


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
        ("Room 1", "Room 1"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",) * 2,  # Persian
        ("\u0915\u094d\u200d\u0937",) * 2,  # Hindi, half a letter
        ("\u0d05\u0d28\u0d3f\u0d32\u0d4d\u200d",) * 2,  # Malayalam, at the end of a word
        ("\u09b0\u200d\u09cd\u09af\u09be\u09ac",) * 2,  # Bengali, before a virama
        ("\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468",) * 2,
        ("\U0001f642\u200d\u2194\ufe0f",) * 2,
        ("\U0001f3f3\ufe0f\u200d\U0001f308",) * 2,
        ("1\ufe0f\u20e3",) * 2,
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("\u845b\U000e0100\u57ce",) * 2,  # a form of a Japanese name
        ("\u05e9\u05c7\u05c1\u05dc\u05d5\u05b9\u05dd",) * 2,  # Hebrew with its points
        ("\U0001fafe\U00011dff",) * 2,  # newer than this Python, or not assigned yet
    ],
)
def test_a_name_is_kept_trimmed_and_in_normal_form(said: str, kept: str) -> None:
    assert checked_name(said) == kept


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
        *("\u200b", "\u3164", "\u2800", "\u00ad", "\u034f", "\u2060", "\ufeff", "\u115f"),
        *("Ann\u3164", "Ann\u2800", "A\u00adnn", "A\u200bnn", "Ann\uffa0", "\u17b4Ann"),
        *("\u0301", "\u0301Ann", "\ufe0f", "\u20e3", "e" + "\u0302" * 6),  # marks
        *("A\u200dnn", "Ann\u200d", "\u200cAnn", "Ann \u200c", "A\ufe00nn", "A\u180bnn"),
        *("\U0001f469\u200d\u200d\U0001f680", "\u2764\ufe0f\ufe0f"),
        *("A\u200enn", "Ann\u200f", "\u061cAnn", "A\u2028nn", "A\u2029nn"),
        *("Ann\U000e0041", "\U0001f3f4\U000e0067", "\U000e0001Ann", "\ufdd0", "Ann\uffff"),
        *("ground control", "Ground  Control", "GROUND\u00a0CONTROL", "Ground-Control!"),
        "\uff27\uff32\uff2f\uff35\uff2e\uff24\u3000\uff23\uff2f\uff2e\uff34\uff32\uff2f\uff2c",
        *("room", "ROOM", " Room ", "r o o m", "\uff32\uff4f\uff4f\uff4d"),
    ],
)
def test_any_other_name_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="name"):
        checked_name(said)
