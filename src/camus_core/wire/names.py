"""Names of people and rooms: visible, on one line, and none of the reserved recipients.

A name is checked by the Unicode properties of its characters: those that `unicodedata` has, and
the few that it lacks, each with its source in the Unicode Character Database (UCD).
"""

import unicodedata

DEFAULT_USERNAME = "Major Tom"

_LONGEST_DECOMPOSED = 64 * 4
"""Length up to which a name is normalized: a composed character decomposes to four at most.

Normalizing takes time that grows with the square of the marks on one letter.
"""

_MOST_MARKS = 4
"""Nonspacing marks in a row: more would cover the lines above and below (Unicode Technical
Standard 39, section 5.4). Languages use up to three.
"""

_RESERVED = frozenset({"groundcontrol", "room"})
"""The recipients that aren't clients (rule CORE-11), in the form that `_letters_of` returns."""

_NEVER = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories that names may not contain: controls, format characters (invisible, or changing
the direction of the text), surrogates, separators of lines and paragraphs. Joiners and the tags
of a flag are excepted.
"""

_JOINERS = frozenset("\u200c\u200d")
"""Join_Control (UCD, PropList)."""

_SELECTORS = frozenset(
    map(chr, (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""Variation_Selector (UCD, PropList)."""

_IGNORABLE = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
            *range(0xFFF0, 0xFFF9),
            *range(0xE0000, 0xE0100),
            *range(0xE01F0, 0xE1000),
        ),
    )
)
"""Other_Default_Ignorable_Code_Point (UCD, PropList), and the rest of the tags' plane that is
Default_Ignorable_Code_Point: they are invisible.
"""

_BLANK = frozenset("\u2800\U00013441\U00013442\U00016fe4\U0001d159")
"""Characters with an empty glyph according to the code charts, for which there is no property:
the blank Braille pattern, two Egyptian blanks, the Khitan filler, the null notehead.
"""

_FLAG, _LAST_TAG = "\U0001f3f4", "\U000e007f"
_FLAG_TAGS = frozenset(map(chr, (*range(0xE0030, 0xE003A), *range(0xE0061, 0xE007B))))
_MOST_TAGS = 6
"""The flag of a region is a black flag and tags (emoji_tag_sequence, Unicode Technical Standard
51, ED-14a): two letters for the country, up to three for its part. One more is allowed.
"""


def checked_name(text: str) -> str:
    """Return a name trimmed and in normal form C (Unicode Standard Annex 15).

    Raises:
        ValueError: the name has not 1 to 64 characters, begins with a combining mark or has too
            many in a row, has a character that is invisible, ends a line or changes the
            direction of text, or reads "ground control" or "room".
    """
    name = text.strip()
    if len(name) <= _LONGEST_DECOMPOSED:
        name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= 64:
        raise ValueError("a name has 1 to 64 characters")
    if not name.isascii():
        _check_characters(_without_flag_tags(name))
    elif not name.isprintable():
        raise ValueError("a name has no control characters")
    if _letters_of(name) in _RESERVED:
        raise ValueError("this name is reserved for a recipient of messages")
    return name


def _check_characters(name: str) -> None:
    if _is_mark(name[0]):
        raise ValueError("a name can't begin with a combining mark")
    marks = 0
    for before, character, after in zip(" " + name, name, name[1:] + " ", strict=False):
        if character in _JOINERS:
            is_fine = _joins(before, after)
        elif character in _SELECTORS:
            is_fine = _selects(before)
        else:
            is_fine = not _is_hidden(character)
        if not is_fine:
            raise ValueError(
                "a name can't have a character that is invisible, ends a line or changes the "
                f"direction of text: U+{ord(character):04X}"
            )
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > _MOST_MARKS:
            raise ValueError(f"a name has at most {_MOST_MARKS} marks on one character")


def _is_hidden(character: str) -> bool:
    """Tell whether names may not have a character, which is no joiner and no selector."""
    return (
        unicodedata.category(character) in _NEVER
        or character in _IGNORABLE
        or character in _BLANK
        or _is_noncharacter(ord(character))
    )


def _joins(before: str, after: str) -> bool:
    """Tell whether a joiner has an effect here: in Persian, in Indic scripts, between emoji.

    Cased letters, digits and spaces are never joined. A joiner after a virama has an effect
    even at the end of a word (Unicode Standard Annex 31, section 2.3).
    """
    if unicodedata.combining(before) == 9:  # Canonical_Combining_Class=Virama
        return after not in _JOINERS
    return unicodedata.category(before) in ("Lo", "Mn", "Mc", "So", "Sk") and (
        unicodedata.category(after) in ("Lo", "Mn", "Mc", "So", "Sm")
    )


def _selects(before: str) -> bool:
    """Tell whether a character may have variants to select: cased letters have none."""
    return unicodedata.category(before)[0] in "NPS" or unicodedata.category(before) == "Lo"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_noncharacter(point: int) -> bool:
    """Tell whether a code point is a noncharacter (Unicode Standard, section 23.7)."""
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def _without_flag_tags(name: str) -> str:
    """Remove the tags that make the flag of a region out of a black flag."""
    first, *others = name.split(_FLAG)
    kept = [first]
    for other in others:
        tags, end, rest = other.partition(_LAST_TAG)
        is_sequence = end and 1 <= len(tags) <= _MOST_TAGS and _FLAG_TAGS.issuperset(tags)
        kept.append(rest if is_sequence else other)
    return _FLAG.join(kept)


def _letters_of(name: str) -> str:
    """Return a name without case, width, spaces and punctuation, as people read it aloud."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, folded))
