"""docs/protocol.md, compared with the scenarios that show its rules and with the code."""

import json
import re
from pathlib import Path
from typing import get_args

import attrs
import pytest

from camus_core.conformance import SCENARIOS, Scenario, examples
from camus_core.limits import Limits
from camus_core.message_charges import FRAME_BYTES
from camus_core.rate_limits import WRONG_PASSWORD_SECONDS
from camus_core.wire.errors import CLOSE_CODES
from camus_core.wire.json_codec import LONGEST_ID
from camus_core.wire.json_text import MAX_DEPTH, MAX_DIGITS
from camus_core.wire.message import LONGEST_TYPED, MOST_GUESTS
from camus_core.wire.messages import (
    MESSAGES,
    MOST_USES,
    Allowance,
    LeaveReason,
    Lost,
    Reason,
)
from camus_core.wire.profile import ACK_BYTES, ACK_FRAMES, ACK_SECONDS, SESSION
from camus_core.wire.schema import errors_with_codes

ROOT = Path(__file__).parents[2]

VECTORS = ROOT / "src" / "camus_core" / "conformance" / "encryption.json"

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")

FOR_CLIENTS = "CLIENT"
"""The part whose rules bind clients. A scenario plays the clients itself, so it can't show
their duties; these rules name tests of Camus's own clients instead.
"""

PARTS = tuple(
    part for part in re.findall(r"^\*\*([A-Z]+)-1\*\*", PAGE, re.M) if part != FOR_CLIENTS
)
"""The parts of the page whose rules bind servers; each rule has a scenario."""

RULE = rf"(?:{'|'.join(PARTS)})-\d+"
ANY_RULE = rf"(?:{'|'.join((*PARTS, FOR_CLIENTS))})-\d+"

WIRE = {
    rule: bool(mark) for rule, mark in re.findall(rf"^\*\*({RULE})\*\*( \(wire\))?", PAGE, re.M)
}
"""Each rule that binds servers, and whether only a real socket shows it."""

RULES = re.findall(rf"^\*\*({ANY_RULE})\*\*", PAGE, re.M)

PYTHON_TESTS, TYPESCRIPT_TESTS = (
    ROOT / "tests" / "transport",
    ROOT / "examples" / "web" / "tests",
)

EXAMPLES = re.findall(r"^```json\n(.*?)\n```$", PAGE, re.M | re.S)


def table_after(label: str) -> list[list[str]]:
    """Return the cells of the first table after a label, the header first."""
    _, _, rest = PAGE.partition(f"({label})=\n")
    table = re.search(r"(?:^\|.*\n)+", rest, re.M)
    assert table is not None
    head, _, *lines = table[0].splitlines()
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        for line in (head, *lines)
    ]


def rows_after(label: str) -> list[list[str]]:
    return table_after(label)[1:]


def showing(rule: str) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS if rule in scenario.rules]


def numbers(part: str) -> list[int]:
    """Return the numbers of the rules of a part, in the order of the page."""
    return [int(rule.rpartition("-")[2]) for rule in RULES if rule.startswith(f"{part}-")]


@pytest.mark.parametrize("part", (*PARTS, FOR_CLIENTS))
def test_the_rules_of_a_part_are_numbered_without_a_gap(part: str) -> None:
    assert sorted(numbers(part)) == list(range(1, len(numbers(part)) + 1))


def test_each_rule_can_be_linked_to() -> None:
    labels = re.findall(r"^\(([a-z]+-\d+)\)=\n\*\*([A-Z]+-\d+)\*\*", PAGE, re.M)
    assert [rule for _, rule in labels] == RULES
    assert [label for label, _ in labels] == [rule.lower() for rule in RULES]


def test_the_page_has_the_version_of_the_subprotocol() -> None:
    version = re.search(r"version \*\*(\d+)\.\d+\*\*", PAGE)
    assert version is not None
    assert SESSION.name == f"camus.{version[1]}"


def test_every_rule_that_the_page_names_is_one() -> None:
    assert set(re.findall(ANY_RULE, PAGE)) == set(RULES)


def test_every_test_that_a_clients_duty_names_is_there() -> None:
    named = re.findall(r"`([\w.-]+)::([^`]+)`", PAGE)
    assert named
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not _has_test(file, " ".join(test.split()))  # the page may break lines within names
    ]
    assert missing == []


def _has_test(file: str, test: str) -> bool:
    if file.endswith(".py"):
        return f"def {test}(" in (PYTHON_TESTS / file).read_text(encoding="utf-8")
    return f'"{test}"' in (TYPESCRIPT_TESTS / file).read_text(encoding="utf-8")


def test_every_rule_is_shown_and_what_is_shown_is_a_rule() -> None:
    assert {rule for scenario in SCENARIOS for rule in scenario.rules} == set(WIRE)


def test_a_rule_is_marked_when_only_a_real_socket_shows_it() -> None:
    assert {rule: all(one.wire for one in showing(rule)) for rule in WIRE} == WIRE


def test_no_two_scenarios_have_the_same_name() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert sorted(names) == sorted(set(names))


def test_every_reason_is_in_the_table() -> None:
    assert [(heard_in, reason) for heard_in, reason, _, _ in rows_after("reasons")] == [
        *(("`joined`", f"`{reason}`") for reason in get_args(Lost)),
        *(("`client-left`", f"`{reason}`") for reason in get_args(LeaveReason)),
        *(("`undeliverable`", f"`{reason}`") for reason in get_args(Reason)),
    ]


def test_the_fixed_numbers_are_those_of_the_code() -> None:
    values = {name: value for name, value, _, _ in rows_after("fixed-numbers")}
    named = {
        "json_levels": MAX_DEPTH,
        "json_digits": MAX_DIGITS,
        "id_characters": LONGEST_ID,
        "largest_guest_limit": MOST_GUESTS,
        "typed_characters": LONGEST_TYPED,
        "invitation_uses": MOST_USES,
        "charged_bytes": FRAME_BYTES,
        "ack_frames": ACK_FRAMES,
        "ack_bytes": ACK_BYTES,
        "ack_seconds": ACK_SECONDS,
        "wrong_password_seconds": WRONG_PASSWORD_SECONDS,
    }
    assert {name: values[f"`{name}`"] for name in named} == {
        name: f"{value:,.0f}" for name, value in named.items()
    }


def test_every_message_is_in_the_reference() -> None:
    kinds = [kind for cell, *_ in rows_after("message-reference") for kind in _code(cell)]
    assert sorted(kinds) == sorted([*MESSAGES, "x-…"])


def test_every_limit_that_joined_tells_is_in_its_table() -> None:
    told = [name for cell, _ in rows_after("sess-10") for name in _code(cell)]
    assert told == [one.name for one in attrs.fields(Allowance)]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = [(name, default) for name, default, _, _ in rows_after("settings")]
    assert rows == [(f"`{one.name}`", _number(one.default)) for one in attrs.fields(Limits)]


def test_the_encrypted_message_is_one_of_the_vectors() -> None:
    _, _, rest = PAGE.partition("(encrypted-example)=\n\n```text\n")
    shown = dict(line.split(": ", 1) for line in rest.partition("\n```")[0].splitlines())
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    about_room = {name: vectors[name] for name in ("secret", "room_id", "key")}
    about = [about_room | one for one in vectors["sealed"]]
    assert shown in [{name: one[name] for name in shown} for one in about]


def _code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,}".removesuffix(".0")


def test_every_close_code_of_an_error_has_a_meaning() -> None:
    closing = {error.close_code for error in errors_with_codes()} - {None}
    assert closing <= {close.code for close in CLOSE_CODES}


def test_every_message_stands_there_with_its_example() -> None:
    shown = {json.loads(example)["type"] for example in EXAMPLES}
    assert shown == set(MESSAGES) - {"error"}


def test_the_examples_of_the_scenarios_are_those_of_the_page() -> None:
    """If this fails, `python docs/generate.py` writes them."""
    kept = [example for name, example in vars(examples).items() if name.isupper()]
    assert kept == EXAMPLES
