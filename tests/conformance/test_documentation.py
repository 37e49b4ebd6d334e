"""docs/protocol.md against the scenarios that show its rules, and against what it tables."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from camus_core.conformance import SCENARIOS, Scenario
from camus_core.conformance.examples import EXAMPLES, SESSION_EXAMPLES
from camus_core.conformance.examples_of_control import CONTROL_EXAMPLES
from camus_core.wire.errors import CLOSE_CODES, ProtocolError
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import MESSAGES, Extension, LeaveReason, Lost, Reason
from camus_core.wire.states import CLIENT, EVERYONE, SERVER, TABLE, Cell, State

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")

PARTS = ("CORE", "SESS", "CTRL", "LIM")
"""What the rules of each part of the page are called."""

RULE = rf"(?:{'|'.join(PARTS)})-\d+"

WIRE = {
    rule: bool(mark) for rule, mark in re.findall(rf"^\*\*({RULE})\*\*( \(wire\))?", PAGE, re.M)
}
"""Each rule, and whether only a real socket shows it."""

OUR_EXAMPLES = {**SESSION_EXAMPLES, **CONTROL_EXAMPLES}


def table_after(label: str) -> list[list[str]]:
    """Return the cells of the first table after a label, its head first."""
    _, _, rest = PAGE.partition(f"({label})=\n")
    table = re.search(r"(?:^\|.*\n)+", rest, re.M)
    assert table is not None
    head, _, *lines = table[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, *lines)]


def rows_after(label: str) -> list[list[str]]:
    return table_after(label)[1:]


def showing(rule: str) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS if rule in scenario.rules]


def errors(kind: type[ProtocolError] = ProtocolError) -> Iterator[type[ProtocolError]]:
    for error in kind.__subclasses__():
        if "code" in vars(error):
            yield error
        yield from errors(error)


def words(cell: Cell) -> str:
    """Return what the table of the states says of a message in a state."""
    if isinstance(cell, frozenset):
        return ", ".join(place for place in (SERVER, CLIENT, EVERYONE) if place in cell)
    return f"`{cell.code}`"


@pytest.mark.parametrize("part", PARTS)
def test_rules_are_numbered_in_their_order_and_each_can_be_linked_to(part: str) -> None:
    rules = [rule for rule in WIRE if rule.startswith(part)]
    assert rules == [f"{part}-{number}" for number in range(1, len(rules) + 1)]
    labels = re.findall(rf"^\(({part.lower()}-\d+)\)=\n\*\*{part}-\d+\*\*", PAGE, re.M)
    assert labels == [rule.lower() for rule in rules]


def test_the_page_says_how_many_rules_each_part_has() -> None:
    assert re.findall(r"\(rules\s(\S+)\sto\s(\S+)\)", PAGE) == [
        (f"{part}-1", [rule for rule in WIRE if rule.startswith(part)][-1]) for part in PARTS
    ]


def test_every_rule_that_the_page_names_is_one() -> None:
    assert set(re.findall(RULE, PAGE)) == set(WIRE)


def test_every_rule_is_shown_and_what_is_shown_is_a_rule() -> None:
    assert {rule for scenario in SCENARIOS for rule in scenario.rules} == set(WIRE)


def test_a_rule_is_marked_when_only_a_real_socket_shows_it() -> None:
    assert {rule: all(one.wire for one in showing(rule)) for rule in WIRE} == WIRE


def test_no_two_scenarios_have_the_same_name() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert sorted(names) == sorted(set(names))


def test_who_may_say_what_is_in_the_table() -> None:
    head, *rows = table_after("who-may-say-what")
    assert head == ["type", *(state.value for state in State)]
    assert rows == [
        [f"`{'x-…' if kind is Extension else kind.type}`", *map(words, cells)]
        for kind, cells in TABLE.items()
    ]


def test_every_reason_is_in_the_table() -> None:
    assert [(heard_in, reason) for heard_in, reason, _, _ in rows_after("reasons")] == [
        *(("`joined`", f"`{reason}`") for reason in get_args(Lost)),
        *(("`client-left`", f"`{reason}`") for reason in get_args(LeaveReason)),
        *(("`undeliverable`", f"`{reason}`") for reason in get_args(Reason)),
    ]


def test_every_error_code_is_in_the_table() -> None:
    assert rows_after("error-codes") == [
        [f"`{error.code}`", error.meaning, str(error.close_code or "-"), error.advice]
        for error in errors()
    ]


def test_every_close_code_is_in_the_table() -> None:
    assert rows_after("close-codes") == [
        [str(close.code), close.meaning, close.reconnect.value] for close in CLOSE_CODES
    ]


def test_every_close_code_of_an_error_has_a_meaning() -> None:
    closing = {error.close_code for error in errors()} - {None}
    assert closing <= {close.code for close in CLOSE_CODES}


def test_every_message_stands_there_with_its_example() -> None:
    examples = [*EXAMPLES.values(), *OUR_EXAMPLES.values()]
    assert re.findall(r"^```json\n(.*?)\n```$", PAGE, re.M | re.S) == examples
    shown = {json.loads(example)["type"] for example in examples}
    assert shown == set(MESSAGES) - {"error"}


@pytest.mark.parametrize("example", OUR_EXAMPLES.values(), ids=OUR_EXAMPLES)
def test_an_example_of_ours_is_of_the_form_that_the_codec_reads_and_writes(
    example: str,
) -> None:
    codec = JsonCodec()
    written = json.loads(codec.encode(codec.decode(example.encode(), ids=True)))
    assert written == {"sender": "", "data": None, **json.loads(example)}
