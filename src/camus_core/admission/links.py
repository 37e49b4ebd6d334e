"""Links to rooms, as people type and paste them (rules NAME-4, NAME-5 and CLIENT-49)."""

import re
from urllib.parse import unquote

_LONGEST_NAME = 64
"""Characters of the name of a room, as `wire.names` has it."""

_URL = re.compile(r"\S*://\S*")
"""A URL, alone or in a sentence: "Join us: https://example.com/#/wyld-stallyns"."""

_BARE_LINK = re.compile(r"\S*(/#|#/|/room/)\S*")
"""A link without its scheme."""

_IN_FRAGMENT = re.compile(r"#/?([^/?#&]+)")
_IN_PATH = re.compile(r"/room/([^/?#&]+)")

_INVITATION = re.compile(r"#.*[?&]invitation=([0-9a-f]{64})(?:&|$)")


def link_to(page: str, room_id: str, invitation: str | None = None) -> str:
    """Return the link to a room on a page.

    Args:
        page: The address of the page, without a fragment: `https://example.com/`.
        invitation: The secret of an invitation, if the link has one.
    """
    link = f"{page}#/{room_id}"
    return link if invitation is None else f"{link}?invitation={invitation}"


def invitation_in(link: str) -> str | None:
    """Return the secret of the invitation in a link to a room, or None."""
    found = _INVITATION.search(link)
    return None if found is None else found[1]


def room_meant_by(text: str) -> str | None:
    """Return the name or id of a room in a text that a person has typed, or None.

    Of a link, that is the part which names the room; any other text is a name itself.
    """
    text = text.strip()
    link = _URL.search(text) or _BARE_LINK.fullmatch(text)
    if link is None:
        meant = text
    else:
        part = _IN_FRAGMENT.search(link[0]) or _IN_PATH.search(link[0])
        meant = "" if part is None else unquote(part[1])
    return meant if 1 <= len(meant) <= _LONGEST_NAME else None
