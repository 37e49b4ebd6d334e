"""Tests of the contents of wheels and sdists.

They have the browser app where there is npm, and the extension in C where there is a compiler.
"""

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
from attrs import frozen

from transport.plain_http import ask
from transport.serve import camus_serve

ROOT = Path(__file__).parents[2]

SECONDS = 60.0
"""Seconds that a build may take; it takes one."""

NPM = f"""\
#!{sys.executable}
import os, sys
from pathlib import Path

with open("calls.log", "a") as calls:
    print(*sys.argv[1:], file=calls)
if sys.argv[1] == os.environ.get("BREAKS"):
    sys.exit("npm ERR! no network")
if sys.argv[1:] == ["run", "build"]:
    Path("dist", "assets").mkdir(parents=True, exist_ok=True)
    Path("dist", "index.html").write_text("built from " + Path("index.html").read_text())
    Path("dist", "assets", "app-1.js.br").write_bytes(b"shorter")
"""
"""A program that behaves as npm does for the build hook, and records its calls."""

INSTALL = "ci --include=dev --ignore-scripts --no-audit --no-fund"
BUILD = "run build"

NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.so")

APP = {"camus_transport/web/index.html", "camus_transport/web/assets/app-1.js.br"}


@frozen
class Checkout:
    """A copy of the project with a one-file app."""

    folder: Path
    app: Path

    def build(
        self, *options: str, npm: bool = True, compiler: bool = False, breaks: str = ""
    ) -> Path:
        """Build a wheel, unless the options say otherwise; return its path."""
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        (tools / "npm").write_text(NPM)
        (tools / "npm").chmod(0o755 if npm else 0o644)
        path = os.pathsep.join([str(tools), os.environ["PATH"]] if compiler else [str(tools)])
        finished = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", *(options or ("-t", "wheel"))],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "BREAKS": breaks},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        assert finished.returncode == 0, finished.stdout
        (self.folder / "said.log").write_text(finished.stdout)
        return self.folder / finished.stdout.splitlines()[-1]

    @property
    def said(self) -> str:
        """The output of the last build."""
        return (self.folder / "said.log").read_text()

    @property
    def calls(self) -> list[str]:
        """The calls of npm so far."""
        log = self.app / "calls.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout, whose app isn't built."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", folder / "src", ignore=NOT_COPIED)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    app = folder / "examples" / "web"
    app.mkdir(parents=True)
    (app / "index.html").write_text("first")
    return Checkout(folder, app)


def names(wheel: Path) -> set[str]:
    """Return the names of the app's files in a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if "web" in Path(name).parts}


def index(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as opened:
        return opened.read("camus_transport/web/index.html").decode()


def test_a_wheel_has_the_app_which_npm_has_built(checkout: Checkout) -> None:
    wheel = checkout.build()
    assert names(wheel) == APP
    assert index(wheel) == "built from first"
    assert checkout.calls == [INSTALL, BUILD]


def test_an_app_that_is_built_already_is_taken_as_it_is(checkout: Checkout) -> None:
    checkout.build()
    assert names(checkout.build()) == APP
    assert checkout.calls == [INSTALL, BUILD]


def test_an_app_that_has_changed_since_is_built_again(checkout: Checkout) -> None:
    checkout.build()
    built = (checkout.app / "dist" / "index.html").stat().st_mtime
    source = checkout.app / "index.html"
    source.write_text("second")
    os.utime(source, (built + 1, built + 1))
    assert index(checkout.build()) == "built from second"


def test_a_test_or_a_package_that_is_newer_is_no_change_of_the_app(checkout: Checkout) -> None:
    checkout.build()
    built = (checkout.app / "dist" / "index.html").stat().st_mtime
    os.utime(checkout.app / "calls.log", (0, 0))
    for folder in ("tests", "node_modules"):
        (checkout.app / folder).mkdir()
        (checkout.app / folder / "new.js").write_text("")
        os.utime(checkout.app / folder / "new.js", (built + 1, built + 1))
    checkout.build()
    assert checkout.calls == [INSTALL, BUILD]


def test_without_npm_the_wheel_is_built_without_the_app(checkout: Checkout) -> None:
    assert names(checkout.build(npm=False)) == set()
    assert "npm isn't here" in checkout.said


@pytest.mark.parametrize("step", ["ci", "run"])
def test_where_npm_fails_the_wheel_is_built_without_the_app(
    checkout: Checkout, step: str
) -> None:
    assert names(checkout.build(breaks=step)) == set()
    assert "the browser app can't be built" in checkout.said
    assert "no network" in checkout.said


def test_without_npm_an_app_that_was_built_before_is_better_than_none(
    checkout: Checkout,
) -> None:
    checkout.build()
    os.utime(checkout.app / "dist" / "index.html", (0, 0))
    assert index(checkout.build(npm=False)) == "built from first"


def test_an_editable_installation_builds_nothing(checkout: Checkout) -> None:
    assert names(checkout.build("-t", "wheel:editable")) == set()
    assert checkout.calls == []


def test_a_wheel_of_the_sdist_needs_no_npm(checkout: Checkout, tmp_path: Path) -> None:
    sdist = checkout.build("-t", "sdist")
    with tarfile.open(fileobj=io.BytesIO(sdist.read_bytes())) as packed:
        packed.extractall(tmp_path, filter="data")
    unpacked = tmp_path / sdist.name.removesuffix(".tar.gz")
    assert not (unpacked / "examples" / "web" / "node_modules").exists()
    elsewhere = Checkout(unpacked, unpacked / "examples" / "web")
    assert names(elsewhere.build()) == APP
    assert elsewhere.calls == checkout.calls


# The extension in C ------------------------------------------------------------------------


def extensions(wheel: Path) -> list[str]:
    """Return the names of the compiled files in a wheel."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    with zipfile.ZipFile(wheel) as opened:
        return [name for name in opened.namelist() if name.endswith(suffix)]


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_a_wheel_has_the_extension_and_is_for_this_python_alone(checkout: Checkout) -> None:
    wheel = checkout.build(compiler=True)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    assert extensions(wheel) == [f"camus_core/wire/_scanner{suffix}"]
    assert "none-any" not in wheel.name


def test_without_a_compiler_the_wheel_has_no_extension_and_is_for_every_python(
    checkout: Checkout,
) -> None:
    wheel = checkout.build()
    assert extensions(wheel) == []
    assert "py3-none-any" in wheel.name
    assert "the extension in C can't be built" in checkout.said


# Installed -------------------------------------------------------------------------------


def installed(wheel: Path, folder: Path) -> dict[str, str]:
    """Unpack a wheel; return the settings with which `camus-serve` runs from there."""
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder)
    return {"PYTHONPATH": str(folder)}


async def test_an_installed_server_has_the_app_on_its_page(
    checkout: Checkout, tmp_path: Path
) -> None:
    settings = installed(checkout.build(), tmp_path / "site-packages")
    async with camus_serve(settings=settings) as server:
        assert f" Open http://localhost:{server.port}/ (" in server.log[0]
        assert (await ask(server.port, "GET /")).body == b"built from first"


async def test_a_server_that_was_installed_without_npm_says_so(
    checkout: Checkout, tmp_path: Path
) -> None:
    settings = installed(checkout.build(npm=False), tmp_path / "site-packages")
    async with camus_serve(settings=settings) as server:
        assert f" Connect to ws://localhost:{server.port}/room/ROOM/ws (" in server.log[0]
        page = (await ask(server.port, "GET /")).body.decode()
        warning = await server.logged("The browser app is missing")
        assert warning.endswith(page.splitlines()[-1])
