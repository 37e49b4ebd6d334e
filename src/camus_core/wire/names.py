"""Names of people and rooms: each shows something, on one line, and is nobody's address.

A name is judged by Unicode's properties: by what `unicodedata` knows of a character, and by the
few properties that it lacks, each with its source in the Unicode Character Database (UCD).
"""

import unicodedata

DEFAULT_USERNAME = "Major Tom"

_LONGEST_DECOMPOSED = 64 * 4
"""No character is composed of more than four; to normalize costs the square of what is put on
one letter.
"""

_MOST_MARKS = 4
"""Nonspacing marks in a row: more paint over the lines above and below (Unicode Technical
Standard 39, section 5.4). Languages use up to three.
"""

_RESERVED = frozenset({"groundcontrol", "room"})
"""The addresses that aren't clients (rule CORE-11), as `_read_aloud` leaves them."""

_NEVER = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories that no name has: controls, formats (which turn text, or are invisible), halves of
characters, ends of lines and paragraphs. Joiners and tags of a flag are the exceptions.
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
Default_Ignorable_Code_Point: nothing is shown for them.
"""

_BLANK = frozenset("\u2800\U00013441\U00013442\U00016fe4\U0001d159")
"""Characters whose glyph is empty by their description in the code charts, which no property
says: the blank Braille pattern, two Egyptian blanks, the Khitan filler, the null notehead.
"""

_FLAG, _LAST_TAG = "\U0001f3f4", "\U000e007f"
_FLAG_TAGS = frozenset(map(chr, (*range(0xE0030, 0xE003A), *range(0xE0061, 0xE007B))))
_MOST_TAGS = 6
"""The flag of a region is a black flag and tags (emoji_tag_sequence, Unicode Technical Standard
51, ED-14a): two letters for the country, up to three for its part; one more is allowed.
"""


def checked_name(text: str) -> str:
    """Return the name in normal form C (Unicode Annex 15) and trimmed.

    Raises:
        ValueError: it is empty, has more than 64 characters, has one that shows nothing, turns
            the text around it or ends a line, shows nothing but marks, or reads "ground
            control" or "room".
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
    if _read_aloud(name) in _RESERVED:
        raise ValueError("this name is reserved: messages are addressed with it")
    return name


def _check_characters(name: str) -> None:
    if _is_mark(name[0]):
        raise ValueError("a name doesn't begin with a mark that is put on another character")
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
                f"a name has no character that is invisible, or turns or breaks text: "
                f"U+{ord(character):04X}"
            )
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > _MOST_MARKS:
            raise ValueError(f"a name has at most {_MOST_MARKS} marks on one character")


def _is_hidden(character: str) -> bool:
    """Tell whether a character that is neither joiner nor selector is not for names."""
    return (
        unicodedata.category(character) in _NEVER
        or character in _IGNORABLE
        or character in _BLANK
        or _is_noncharacter(ord(character))
    )


def _joins(before: str, after: str) -> bool:
    """Tell whether a joiner does something here: in Persian, in Indic scripts, between emoji.

    Cased letters, digits and spaces are never joined; a virama is also joined with nothing,
    which gives the letter its form at the end of a word (Unicode Annex 31, section 2.3).
    """
    if unicodedata.combining(before) == 9:  # Canonical_Combining_Class=Virama
        return after not in _JOINERS
    return unicodedata.category(before) in ("Lo", "Mn", "Mc", "So", "Sk") and (
        unicodedata.category(after) in ("Lo", "Mn", "Mc", "So", "Sm")
    )


def _selects(before: str) -> bool:
    """Tell whether there is a form of a character to select: there is none of cased letters."""
    return unicodedata.category(before)[0] in "NPS" or unicodedata.category(before) == "Lo"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_noncharacter(point: int) -> bool:
    """Tell whether a code point never is a character (Unicode Standard, section 23.7)."""
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def _without_flag_tags(name: str) -> str:
    """Leave away the tags that make a region's flag of a black one."""
    first, *others = name.split(_FLAG)
    kept = [first]
    for other in others:
        tags, end, rest = other.partition(_LAST_TAG)
        is_sequence = end and 1 <= len(tags) <= _MOST_TAGS and _FLAG_TAGS.issuperset(tags)
        kept.append(rest if is_sequence else other)
    return _FLAG.join(kept)


def _read_aloud(name: str) -> str:
    """Leave what somebody reads aloud: no case, width, spaces or punctuation."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, folded))
