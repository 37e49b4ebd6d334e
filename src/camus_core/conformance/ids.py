"""The ids and secrets of a scenario, and those that the server made instead."""

import re

from attrs import define, field

from ..wire.json_text import to_json
from .scenario import Frame
from .vocabulary import CAST

_CLIENT_ID = re.compile(r"[0-9a-f]{32}")
_SECRET = re.compile(r"[A-Za-z0-9._-]{32,256}")


@define
class Ids:
    """A translation from the ids and secrets of a scenario to the server's, as far as known."""

    _theirs: dict[str, str] = field(factory=dict, init=False)

    def learn(self, ours: str, theirs: object) -> bool:
        """Remember the server's id of a client, unless one is known already.

        Returns:
            False if `theirs` is no id, another client's id, or not the known one.
        """
        if theirs in self._theirs.values():
            return self._theirs.get(ours) == theirs
        return self._learn(ours, theirs, _CLIENT_ID)

    def learn_secret(self, ours: str, theirs: object) -> bool:
        """Remember a secret in the same way, except that two secrets may be equal."""
        return self._learn(ours, theirs, _SECRET)

    def _learn(self, ours: str, theirs: object, form: re.Pattern[str]) -> bool:
        if not isinstance(theirs, str) or not form.fullmatch(theirs):
            return False
        return self._theirs.setdefault(ours, theirs) == theirs

    def frame(self, frame: Frame) -> bytes:
        """Return a frame as it is sent to the server."""
        if isinstance(frame, str):
            frame = frame.encode()
        elif not isinstance(frame, bytes):
            frame = to_json(frame)
        for ours, theirs in self._theirs.items():
            frame = frame.replace(ours.encode(), theirs.encode())
        return frame

    def translate(self, text: str) -> str:
        """Return a text with the server's ids and secrets."""
        return self.frame(text).decode()

    def for_people(self, text: str) -> str:
        """Return a text with the names of the clients instead of ids."""
        for ours, theirs in self._theirs.items():
            text = text.replace(theirs, ours)
        for name, id in CAST.items():
            text = text.replace(id, name)
        return text
