"""The build hook for the browser app and the extension in C."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

APP = Path("examples", "web")
BUILT = APP / "dist"
IN_WHEEL = "camus_transport/web"

SCANNER = "camus_core.wire._scanner"
SCANNER_SOURCE = "src/camus_core/wire/scanner.c"

_NO_SOURCES = {"dist", "node_modules", "tests"}


class Build(BuildHookInterface[Any]):
    """The hook that adds `examples/web/dist` to wheels as `camus_transport/web` and to sdists,
    and the compiled `scanner.c` to wheels.

    Without npm, without a compiler, or if either build fails, the package is built without that
    part, with a warning: signaling works without both. `camus-serve` says that the app is
    missing; without the extension the server takes more time for each message.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build both parts, and add their files to the build."""
        if self.target_name == "wheel":
            self._add_scanner(build_data)
        if version != "editable":  # then `camus-serve` serves the app from the checkout
            self._add_app(build_data)

    def _add_scanner(self, build_data: dict[str, Any]) -> None:
        scanner = Extension(SCANNER, [SCANNER_SOURCE])
        command = build_ext(
            Distribution({"ext_modules": [scanner], "package_dir": {"": "src"}})
        )
        command.inplace = True
        try:
            with TemporaryDirectory() as command.build_temp:
                command.build_lib = command.build_temp
                command.ensure_finalized()
                command.run()
        except Exception as error:  # of setuptools: it has no class for all of them
            self.app.display_warning(f"the extension in C can't be built: {error}")
            return
        built = Path(command.get_ext_fullpath(SCANNER)).relative_to(self.root)
        build_data["artifacts"].append(f"/{built.as_posix()}")
        build_data["pure_python"], build_data["infer_tag"] = False, True

    def _add_app(self, build_data: dict[str, Any]) -> None:
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
