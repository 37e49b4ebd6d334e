"""What is checked, and how: `nox` runs all of it, as CI does; `nox -l` lists it."""

import shutil

import nox

nox.options.sessions = ["lint", "types", "core", "docs", "web", "browser", "tests"]
nox.options.error_on_missing_interpreters = True

TESTS = ["-e", ".[fast,test]"]


@nox.session
def lint(session: nox.Session) -> None:
    """Lint, format, and which package may import which."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Types of everything, strictly."""
    session.install(*TESTS, "-e", ".[docs,types]")
    session.run("mypy")


@nox.session
def core(session: nox.Session) -> None:
    """The core with nothing but attrs and cattrs beside it."""
    session.install("attrs", "cattrs", "pytest", "hypothesis")
    unknown_option = "ignore::pytest.PytestConfigWarning"  # those of pytest-asyncio
    session.run("python", "-m", "pytest", "-W", unknown_option, "tests/core", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation; a warning is an error, and what is generated is current."""
    session.install("-e", ".[docs,tokens]")
    session.run("python", "docs/generate.py", "--check")
    session.run("sphinx-build", "-qW", "--keep-going", "docs", "docs/_build")


@nox.session
def web(session: nox.Session) -> None:
    """The TypeScript client: types, lint, format, and tests against the real server."""
    if shutil.which("npm") is None:
        session.skip("npm isn't here; it comes with Node 20")
    session.install("-e", ".[fast]")
    session.chdir("examples/web")
    session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npm", "run", "check", external=True)
    session.run("npm", "test", external=True)


@nox.session
def browser(session: nox.Session) -> None:
    """The app in a browser, served by a `camus-serve` that is installed as users do it."""
    for program in ("npm", "chromium"):
        if shutil.which(program) is None:
            session.skip(f"{program} isn't here")
    session.install(".[fast,test]")
    session.chdir("examples/web")
    session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npm", "run", "test:browser", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Every suite; what needs a part that isn't here is skipped with its reason."""
    session.install(*TESTS)
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session(default=False)
def benchmark(session: nox.Session) -> None:
    """CPU time per message and per call set-up, against bare relays and PeerServer."""
    session.install("-e", ".[fast]")
    session.run("python", "tests/benchmarks/run.py", *session.posargs)
