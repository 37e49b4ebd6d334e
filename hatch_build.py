"""The build hook that puts the browser app into wheels and source distributions."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

APP = Path("examples", "web")
BUILT = APP / "dist"
IN_WHEEL = "camus_transport/web"

_NO_SOURCES = {"dist", "node_modules", "tests"}


class BrowserApp(BuildHookInterface[Any]):
    """The hook that adds `examples/web/dist` to wheels as `camus_transport/web` and to sdists.

    The app is built first if npm is installed. Without npm, or if the build fails, the package
    is built without the app, with a warning: signaling works without it, and `camus-serve` says
    what is missing.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app unless it is up to date, and add its files to the build."""
        if version == "editable":
            return  # `camus-serve` serves the app from the checkout
        root = Path(self.root)
        if not _is_current(root / APP):
            self._build(root / APP)
        if not (root / BUILT / "index.html").is_file():
            return
        if self.target_name == "sdist":
            build_data["artifacts"].append(f"/{BUILT.as_posix()}")
        else:
            build_data["force_include"][str(root / BUILT)] = IN_WHEEL

    def _build(self, app: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning("npm isn't here, so the browser app can't be built")
            return
        # With NODE_ENV=production npm omits the build tools, unless `--include=dev` is given.
        install = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            for command in (install, ["run", "build"]):
                subprocess.run([npm, *command], cwd=app, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"the browser app can't be built: {error}")


def _is_current(app: Path) -> bool:
    """Return True if the app isn't older than any of its sources.

    In an unpacked sdist all of them have the same time.
    """
    sources = (
        file.stat().st_mtime
        for part in app.iterdir()
        if part.name not in _NO_SOURCES
        for file in [part, *part.rglob("*")]
        if file.is_file()
    )
    index = app / "dist" / "index.html"
    return index.is_file() and index.stat().st_mtime >= max(sources)
