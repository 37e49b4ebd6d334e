"""The histories of rooms: the last texts to each, for clients that join later.

A text is kept until there are `history_texts` newer ones in its room, until those of its room
take more than `history_bytes`, or those of all rooms more than `all_history_bytes`, and no
longer than `history_seconds`. All are kept equally long, so the oldest text is the first that
is over its time, in its room and in all rooms: one deadline, that of the oldest, is enough.
"""

from collections import OrderedDict

from attrs import define, field

from ..deadlines import Deadline, Deadlines, ForgetTexts
from ..events import Timestamp
from ..limits import Limits
from ..wire import messages as m
from ..wire.json_codec import history_text
from ..wire.json_text import split_members
from ..wire.relayed_text import RelayedText

_OVERHEAD_BYTES = 300
"""Bytes of the objects that hold one text in memory, apart from the text itself."""


@define(eq=False)
class _KeptText:
    """A text of one room, with its bytes and the time at which it is forgotten."""

    number: int
    history: "History"
    text: m.HistoryText
    size: int
    until: Timestamp


@define(eq=False)
class Histories:
    """The texts that are kept for all rooms.

    Attributes:
        limits: The limits of the server.
        used: The bytes of all texts, with `_OVERHEAD_BYTES` for each.
        _texts: All texts by number, the oldest first.
    """

    limits: Limits
    _deadlines: Deadlines[Deadline]
    used: int = field(default=0, init=False)
    _texts: OrderedDict[int, _KeptText] = field(factory=OrderedDict, init=False)
    _last_number: int = field(default=0, init=False)

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, history: "History", text: m.HistoryText, size: int, now: Timestamp) -> None:
        """Keep a text of one room, and forget the oldest of all while they take too much."""
        self._last_number += 1
        until = Timestamp(now + self.limits.history_seconds)
        kept = _KeptText(self._last_number, history, text, size, until)
        self._texts[kept.number] = history.texts[kept.number] = kept
        self.used += size + _OVERHEAD_BYTES
        while self.used > self.limits.all_history_bytes:
            self._oldest().history.forget_oldest()
        self._arm()

    def remove(self, number: int) -> None:
        """Forget a text that its room has forgotten."""
        self.used -= self._texts.pop(number).size + _OVERHEAD_BYTES

    def forget_overdue(self, now: Timestamp) -> None:
        """Forget the texts that were kept for `history_seconds`."""
        while self._texts and self._oldest().until <= now:
            self._oldest().history.forget_oldest()
        self._arm()

    def _oldest(self) -> _KeptText:
        return next(iter(self._texts.values()))

    def _arm(self) -> None:
        if self._texts:
            self._deadlines.arm(ForgetTexts(), self._oldest().until)


@define(eq=False)
class History:
    """The last texts to one room (rules HIST-1 to HIST-14), empty while the server keeps none.

    Attributes:
        all: The histories of all rooms.
        texts: The texts of this room by number, the oldest first.
        size: Their bytes, as `joined` has them.
    """

    all: Histories
    texts: dict[int, _KeptText] = field(factory=dict, init=False)
    size: int = field(default=0, init=False)

    def keep(self, said: RelayedText, now: Timestamp) -> None:
        """Keep a text if it is to the room, the server keeps any, and it isn't too large."""
        limits = self.all.limits
        if not limits.history_texts or said.receiver != m.ROOM:
            return
        text = m.HistoryText(said.sender, split_members(said.data.decode()), said.id)
        size = len(history_text(text))
        if size > limits.history_bytes:
            return
        while (
            len(self.texts) >= limits.history_texts or self.size + size > limits.history_bytes
        ):
            self.forget_oldest()
        self.size += size
        self.all.add(self, text, size, now)

    def told(self, now: Timestamp) -> tuple[m.HistoryText, ...] | None:
        """Return the texts, the oldest first, or None if the server keeps none."""
        if not self.all.limits.history_texts:
            return None
        self.all.forget_overdue(now)
        return tuple(kept.text for kept in self.texts.values())

    def remove(self, sender: str, id: str | None = None) -> bool:
        """Remove a sender's texts that have this id, or all; return whether there are any."""
        numbers = [
            number
            for number, kept in self.texts.items()
            if kept.text.sender == sender and id in (None, kept.text.id)
        ]
        for number in numbers:
            self._forget(number)
        return bool(numbers)

    def forget_oldest(self) -> None:
        """Forget the oldest text; there has to be one."""
        self._forget(next(iter(self.texts)))

    def clear(self) -> None:
        """Forget all texts, because nobody is left in the room, or it is another room."""
        for number in list(self.texts):
            self._forget(number)

    def _forget(self, number: int) -> None:
        self.size -= self.texts.pop(number).size
        self.all.remove(number)
