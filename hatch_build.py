"""Takes the browser app into what is built here, and builds it first where Node is."""

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
    """Adds `examples/web/dist` to a wheel, as `camus_transport/web`, and to an sdist.

    An installation without the app is whole but for that, and `camus-serve` says so: a
    machine without Node, or a build that fails, is no reason not to install.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app unless that is done, and name its files."""
        if version == "editable":
            return  # `camus-serve` looks into the checkout itself
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
        # Without `--include=dev` NODE_ENV=production would leave out what builds.
        install = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            for command in (install, ["run", "build"]):
                subprocess.run([npm, *command], cwd=app, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"the browser app can't be built: {error}")


def _is_current(app: Path) -> bool:
    """Whether the app was built after the last change of a source.

    In an unpacked sdist every file has the same time.
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
