"""What people call themselves and their rooms."""

import unicodedata

DEFAULT_USERNAME = "Major Tom"

_LONGEST_DECOMPOSED = 64 * 4
"""No character is composed of more than four; to normalize costs the square of what is put on
one letter.
"""

_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def checked_name(text: str) -> str:
    """Return the name in normal form C (Unicode Annex 15) and trimmed.

    Raises:
        ValueError: it is empty or has more than 64 characters, control characters, halves of
            characters, or characters that turn the direction of the text around it.
    """
    name = text.strip()
    if len(name) <= _LONGEST_DECOMPOSED:
        name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= 64:
        raise ValueError("a name has 1 to 64 characters")
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _DIRECTION_OVERRIDES for c in name):
        raise ValueError("a name has no control or direction-override characters")
    return name
