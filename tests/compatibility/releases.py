"""The earlier release, unpacked from its wheel, and the one of this checkout."""

import zipfile
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from attrs import field, frozen

from transport.serve import CamusServe, camus_serve

[WHEEL] = Path(__file__).parent.glob("*.whl")

OPTIONS = ("--place-seconds=4", "--drain-seconds=0.5", "--no-ui")


@frozen
class Release:
    """A release; `settings` are the variables with which its processes start."""

    name: str
    settings: Mapping[str, str] = field(factory=dict)

    def serve(self, *options: object) -> AbstractAsyncContextManager[CamusServe]:
        """Start a server of this release."""
        return camus_serve(*OPTIONS, *options, settings=self.settings)


NEW = Release("new")


def unpacked(folder: Path) -> Release:
    """Return the earlier release, unpacked into a folder."""
    with zipfile.ZipFile(WHEEL) as wheel:
        wheel.extractall(folder)
    return Release("earlier", {"PYTHONPATH": str(folder)})
