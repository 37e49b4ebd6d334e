"""The checks and tests: `nox` runs the sessions that CI runs, `nox -l` lists all of them."""

import shutil
from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.options.sessions = [
    *("lint", "types", "core", "docs", "web", "browser"),
    *("sanitizers", "oldest", "newest", "tests"),
]
nox.options.error_on_missing_interpreters = True

SHIPPED = "constraints.txt"
"""The file of the versions with which `camus-serve` is shipped and tested."""

TESTS = ["-c", SHIPPED, "-e", ".[fast,test]"]

PARALLEL = ("-n", "6", "--dist", "loadgroup", "--no-loadscope-reorder")
"""More processes than cores, as most tests wait; `tests/conftest.py` has the rest."""

HEAD = """\
# The versions that camus-serve is shipped and tested with. `nox -s lock` writes them anew.
#     python -m pip install -c constraints.txt '.[fast,metrics,tokens]'"""

ON_DEPENDENCIES = (
    "--without-extension",
    *("tests/core/test_codec.py", "tests/core/test_fast_codec.py", "tests/core/test_limits.py"),
    *("tests/store/test_contract.py", "tests/store/test_sqlite.py"),
    *("tests/store/test_postgres.py", "tests/conformance/test_bare_router.py"),
    "tests/conformance/test_websocket.py",
    *("tests/transport/test_tokens.py", "tests/transport/test_token_keys.py"),
    *("tests/transport/test_cli.py", "tests/transport/test_rooms_cli.py"),
    *("tests/transport/test_websocket.py", "tests/transport/test_handshake.py"),
    *("tests/transport/test_session.py", "tests/transport/test_metrics.py"),
)
"""The tests of modules that use a dependency directly; msgspec stands in for the extension."""

QUICK = (
    *("tests/core", "tests/conformance/test_documentation.py"),
    *("tests/conformance/test_bare_router.py", "tests/conformance/test_player.py"),
    *("tests/store/test_contract.py", "tests/store/test_contract_rooms.py"),
    *("tests/transport/test_memory.py", "tests/transport/test_server.py"),
    *("tests/transport/test_handshake.py", "tests/transport/test_requests.py"),
    *("tests/transport/test_session.py", "tests/transport/test_session_resume.py"),
)
"""The suites that find most faults of a change, in half a minute on two cores."""


def requirements() -> list[Requirement]:
    """Return the requirements of `camus-serve` with all of its optional ones."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    extras = project["optional-dependencies"]
    all_of_them = [
        *project["dependencies"],
        *extras["fast"],
        *extras["metrics"],
        *extras["tokens"],
    ]
    return [Requirement(one) for one in all_of_them]


def lower_bounds() -> str:
    """Return constraints that allow only the oldest supported version of each dependency."""
    lines = []
    for one in requirements():
        [oldest] = [bound.version for bound in one.specifier if bound.operator == ">="]
        lines.append(f"{one.name}=={oldest}")
        if "binary" in one.extras:
            lines.append(f"{one.name}-binary=={oldest}")
    return "\n".join(lines) + "\n"


def install(session: nox.Session, which: str) -> None:
    """Install the project with the oldest or the newest supported versions."""
    if which == "newest":
        session.install("--upgrade", "--upgrade-strategy", "eager", "-e", ".[fast,test]")
    else:
        bounds = session.cache_dir / "oldest.txt"  # `create_tmp` would move all temporary files
        bounds.write_text(lower_bounds())
        session.install("-c", str(bounds), "-e", ".[fast,test]")
    session.run("python", "-m", "pip", "freeze")


@nox.session
def lint(session: nox.Session) -> None:
    """Lint, formatting and import contracts."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Strict type checks of all Python code."""
    session.install(*TESTS, "-e", ".[docs,types]")
    session.run("mypy")


@nox.session
def core(session: nox.Session) -> None:
    """The tests of the core, with nothing but attrs and cattrs, and without the extension."""
    needs = [str(one) for one in requirements() if one.name in ("attrs", "cattrs")]
    session.install("-c", SHIPPED, *needs, "pytest", "pytest-xdist", "hypothesis")
    unknown_option = (
        "ignore::pytest.PytestConfigWarning"  # pyproject.toml has options of pytest-asyncio
    )
    arguments = session.posargs or ["-n", "auto", "--dist", "worksteal"]
    session.run(
        *("python", "-m", "pytest", "-W", unknown_option, "--without-extension"),
        *("tests/core", *arguments),
    )


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, with warnings as errors, and a check of the generated schema."""
    session.install("-c", SHIPPED, "-e", ".[docs,tokens]")
    session.run("python", "docs/generate.py", "--check")
    session.run("sphinx-build", "-qW", "--keep-going", "docs", "docs/_build")


@nox.session
def web(session: nox.Session) -> None:
    """The TypeScript client: types, lint, formatting, and tests against a real server."""
    if shutil.which("npm") is None:
        session.skip("npm isn't installed; it comes with Node 20")
    session.install("-c", SHIPPED, "-e", ".[encryption,fast]")
    session.chdir("examples/web")
    session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npm", "run", "check", external=True)
    session.run("npm", "test", external=True)


@nox.session
def browser(session: nox.Session) -> None:
    """The app in a browser, served by a `camus-serve` installed as users install it."""
    for program in ("npm", "chromium"):
        if shutil.which(program) is None:
            session.skip(f"{program} isn't installed")
    session.install("-c", SHIPPED, ".[fast,test]")
    session.chdir("examples/web")
    session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npm", "run", "test:browser", external=True)


@nox.session
def oldest(session: nox.Session) -> None:
    """The tests of modules on dependencies, with the oldest supported versions."""
    install(session, "oldest")
    session.run("python", "-m", "pytest", *(session.posargs or (*PARALLEL, *ON_DEPENDENCIES)))


@nox.session
def newest(session: nox.Session) -> None:
    """The tests of modules on dependencies, with the newest supported versions."""
    install(session, "newest")
    session.run("python", "-m", "pytest", *(session.posargs or (*PARALLEL, *ON_DEPENDENCIES)))


@nox.session(default=False, reuse_venv=True)
def quick(session: nox.Session) -> None:
    """Lint, types, and the suites that find most faults of a change, in under a minute.

    Runs ruff, the import contracts and mypy; then the tests of the core that aren't marked
    slow, every scenario of the conformance suite against the router alone, `docs/protocol.md`
    against the code, the contract of the stores in memory and in SQLite, and a few tests of
    the transports. It needs no browser, no Node and no database server. Arguments after `--`
    replace the suites. `nox -R -s quick` skips the installation, which is right as long as
    the dependencies are the same.
    """
    session.install(*TESTS, "-e", ".[docs,lint,types]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("mypy")
    suites = session.posargs or ["-m", "not slow", "-k", "not postgres", *QUICK]
    session.run("python", "-m", "pytest", "-q", *suites)


@nox.session(default=False)
@nox.parametrize("versions", ["oldest", "newest"])
def full(session: nox.Session, versions: str) -> None:
    """Every suite, with the oldest and with the newest supported versions."""
    install(session, versions)
    session.run("python", "-m", "pytest", *(session.posargs or PARALLEL))


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Write the newest supported versions to `constraints.txt`; run the tests afterwards."""
    session.install(".[fast,metrics,tokens]")
    frozen = session.run("python", "-m", "pip", "freeze", silent=True)
    pins = [line for line in str(frozen).splitlines() if "==" in line]
    Path(SHIPPED).write_text("\n".join([HEAD, *sorted(pins, key=str.lower)]) + "\n")


@nox.session
def tests(session: nox.Session) -> None:
    """Every suite; tests that need a program that isn't installed are skipped."""
    session.install(*TESTS)
    session.run("python", "-m", "pytest", *(session.posargs or PARALLEL))


@nox.session
def sanitizers(session: nox.Session) -> None:
    """The extension in C under sanitizers, on 100,000 changed frames or as many as you say."""
    if shutil.which("cc") is None:
        session.skip("there is no C compiler")
    session.install(*TESTS)
    arguments = session.posargs or ["--frames", "100000"]
    session.run("python", "-m", "sanitizers", *arguments, env={"PYTHONPATH": "tests"})


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """The scenarios on a sample of changed lines of the core; it takes a quarter of an hour."""
    session.install(*TESTS)
    session.run("python", "-m", "tests.mutants", *session.posargs)


@nox.session(default=False)
def benchmark(session: nox.Session) -> None:
    """CPU time per message and per call set-up, compared with bare relays and PeerServer."""
    session.install("-e", ".[fast]")
    session.run("python", "tests/benchmarks/run.py", *session.posargs)
