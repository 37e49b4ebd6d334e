"""What the server has done since it started, in numbers that only grow."""

from collections import Counter

from attrs import define, field

from camus_core.messages import Error, Joined, Message

COUNTED = frozenset({Error, Joined})
"""What is counted when it is said."""


@define
class Counts:
    """`received` counts messages by class, `refused` refusals by code, `resumes` by result."""

    received: Counter[type[Message]] = field(factory=Counter)
    refused: Counter[str] = field(factory=Counter)
    resumes: Counter[str] = field(factory=Counter)

    def said(self, message: Message) -> None:
        """Note what a client was told."""
        match message:
            case Error(data=error):
                self.refused[error.code] += 1
            case Joined(data=joined) if joined.resumed:
                self.resumes["resumed"] += 1
            case Joined(data=joined) if joined.reason is not None:
                self.resumes[joined.reason] += 1
            case _:
                pass
