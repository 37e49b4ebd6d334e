"""Frames with the members `id` and `reply_to`, which the session profile reads."""

from attrs import frozen


@frozen
class Named:
    """A ping whose envelope has these members, the message, and its written form."""

    what: str
    members: bytes
    id: str | None
    reply_to: str | None
    written: bytes

    @property
    def frame(self) -> bytes:
        return b'{%b"receiver":"room","type":"ping","data":5}' % self.members


_LONGEST = b"\xf0\x9f\x9a\x80" * 64
"""64 characters, the longest id that is allowed."""

NAMED = [
    Named("neither", b"", None, None, b""),
    Named("an id", b'"id":"7",', "7", None, b'"id":"7",'),
    Named("what it answers", b'"reply_to":"7",', None, "7", b'"reply_to":"7",'),
    Named("both", b'"reply_to":"b", "id":"a" ,', "a", "b", b'"id":"a","reply_to":"b",'),
    Named("nulls", b'"id":null,"reply_to":null,', None, None, b""),
    Named("empty ones", b'"id":"","reply_to":"",', "", "", b'"id":"","reply_to":"",'),
    Named("of equal names the last", b'"id":5,"id":"a",', "a", None, b'"id":"a",'),
    Named("a name with escapes", rb'"\u0069d":"\u0041\"",', 'A"', None, rb'"id":"A\"",'),
    Named(
        "64 characters",
        b'"id":"%b",' % _LONGEST,
        "\U0001f680" * 64,
        None,
        b'"id":"%b",' % _LONGEST,
    ),
]

MISNAMED: list[tuple[bytes, str]] = [
    (b'"id":5,', "expected a string or null @ $.id"),
    (b'"id":["7"],', "expected a string or null @ $.id"),
    (b'"id":true,', "expected a string or null @ $.id"),
    (b'"reply_to":{},', "expected a string or null @ $.reply_to"),
    (b'"id":"%b",' % (b"7" * 65), "id has more than 64 characters @ $"),
    (b'"reply_to":"%b",' % (b"7" * 65), "reply_to has more than 64 characters @ $"),
]
"""Members that a frame of the session profile may not have, with the error text for each."""


def misnamed(members: bytes) -> bytes:
    """Return a frame whose only defect is these members."""
    return b'{%b"receiver":"room","type":"x-any"}' % members
