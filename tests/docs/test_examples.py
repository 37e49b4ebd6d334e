"""Tests that run the documentation's Python blocks, examples and command lines."""

import asyncio
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from camus_transport.cli.main import main as camus_serve_command
from transport.certificate import make_certificate
from transport.serve import camus_serve, environment, kill

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

SECONDS = 30.0
"""Seconds that a page's program may take; each takes less than two."""

_FENCE = re.compile(r"^(`{3,})(\w*)[^\n]*\n(.*?)^\1$", re.DOTALL | re.MULTILINE)

WITH_TWO_BOTS = "tutorial.md"
"""The page whose bot waits for a second one; it has a test of its own below."""


def blocks(page: Path, *languages: str) -> list[str]:
    """Return the contents of the code fences of these languages."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [fence[3] for fence in found if fence[2] in languages]


def name(path: Path) -> str:
    return path.name


def run(program: Path, directory: Path, *arguments: str) -> str:
    """Run a Python program to its end, and return what it printed."""
    finished = subprocess.run(
        [sys.executable, "-W", "always::ResourceWarning", program, *arguments],
        cwd=directory,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    return finished.stdout


def with_python() -> list[Path]:
    return [page for page in PAGES if blocks(page, "python") and page.name != WITH_TWO_BOTS]


@pytest.mark.parametrize("page", with_python(), ids=name)
def test_the_python_blocks_of_a_page_run_one_after_the_other(
    page: Path, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    certificate.rename(tmp_path / "fullchain.pem")
    key.rename(tmp_path / "privkey.pem")
    program = tmp_path / "page.py"
    program.write_text("\n".join(blocks(page, "python")), encoding="utf-8")
    run(program, tmp_path)


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_an_example_runs_to_its_end(example: Path, tmp_path: Path) -> None:
    assert run(example, tmp_path)


async def test_the_two_bots_of_the_tutorial_say_what_it_says(tmp_path: Path) -> None:
    page = ROOT / "docs" / WITH_TWO_BOTS
    [source] = blocks(page, "python")
    told: dict[str, str] = {}
    for block in blocks(page, "console"):
        command, _, output = block.partition("\n")
        if found := re.fullmatch(r"\$ python bot\.py (\w+)", command):
            told[found[1]] = output  # Ted is announced twice; the second roster is complete
    async with camus_serve() as server:
        program = tmp_path / "bot.py"
        source = source.replace("localhost:5000", f"localhost:{server.port}")
        program.write_text(source, encoding="utf-8")
        ted = await asyncio.create_subprocess_exec(
            sys.executable,
            "-u",
            program,
            "Ted",
            env=environment(),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert ted.stdout is not None
        try:
            async with asyncio.timeout(SECONDS):
                said = await ted.stdout.readline() + await ted.stdout.readline()
                assert told["Ted"].encode().startswith(said)
                await asyncio.sleep(0.3)  # people need longer than the interval between rosters
                assert await asyncio.to_thread(run, program, tmp_path, "Bill") == told["Bill"]
                said += await ted.stdout.read()
                assert said.decode() == told["Ted"]
        finally:
            await kill(ted)


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Yield each `camus-serve` command of a shell session or a unit file, with its page."""
    for page in PAGES:
        for block in blocks(page, "console", "shell", "ini"):
            for line in block.replace("\\\n", " ").splitlines():
                lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;")
                lexer.whitespace_split = True
                words = list(lexer)
                for at, word in enumerate(words):
                    begins = at == 0 or words[at - 1] in ("$", "&&", ";", "|")
                    if begins and re.fullmatch(r"(ExecStart=)?(.*/)?camus-serve", word):
                        yield page.name, _until_the_next_command(words[at + 1 :])


def _until_the_next_command(words: list[str]) -> list[str]:
    ends = [at for at, word in enumerate(words) if set(word) <= set("&|;")]
    return words[: ends[0]] if ends else words


@pytest.mark.parametrize(
    ("page", "arguments"),
    [pytest.param(*one, id=f"{one[0]}: {shlex.join(one[1])}") for one in command_lines()],
)
def test_a_command_line_has_only_options_that_exist(page: str, arguments: list[str]) -> None:
    command: click.Command = camus_serve_command
    context: click.Context | None = None
    while True:
        context = command.make_context(command.name, [*arguments], parent=context)
        _, rest, _ = command.make_parser(context).parse_args([*arguments])
        if not rest or not isinstance(command, click.Group):
            break
        inner = command.get_command(context, rest[0])
        assert inner is not None, f"there is no command {rest[0]}"
        command, arguments = inner, rest[1:]


def test_there_are_command_lines_to_look_at() -> None:
    assert len(list(command_lines())) > 10
