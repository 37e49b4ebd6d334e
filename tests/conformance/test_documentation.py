"""docs/protocol.md against the scenarios that show its rules, and the codes that it tables."""

import re
from collections.abc import Iterator
from pathlib import Path

from camus_core.conformance import SCENARIOS, Scenario
from camus_core.conformance.examples import EXAMPLES
from camus_core.errors import CLOSE_CODES, ProtocolError
from camus_core.messages import MESSAGES

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")

WIRE = {
    rule: bool(mark)
    for rule, mark in re.findall(r"^\*\*(CORE-\d+)\*\*( \(wire\))?", PAGE, re.M)
}
"""Each rule, and whether only a real socket shows it."""


def rows_after(label: str) -> list[list[str]]:
    """Return the cells of the first table after a label."""
    _, _, rest = PAGE.partition(f"({label})=\n")
    table = re.search(r"(?:^\|.*\n)+", rest, re.M)
    assert table is not None
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def showing(rule: str) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS if rule in scenario.rules]


def errors(kind: type[ProtocolError] = ProtocolError) -> Iterator[type[ProtocolError]]:
    for error in kind.__subclasses__():
        if "code" in vars(error):
            yield error
        yield from errors(error)


def test_rules_are_numbered_in_their_order_and_each_can_be_linked_to() -> None:
    assert list(WIRE) == [f"CORE-{number}" for number in range(1, len(WIRE) + 1)]
    assert re.findall(r"^\((core-\d+)\)=$", PAGE, re.M) == [rule.lower() for rule in WIRE]


def test_every_rule_is_shown_and_what_is_shown_is_a_rule() -> None:
    assert {rule for scenario in SCENARIOS for rule in scenario.rules} == set(WIRE)


def test_a_rule_is_marked_when_only_a_real_socket_shows_it() -> None:
    assert {rule: all(one.wire for one in showing(rule)) for rule in WIRE} == WIRE


def test_no_two_scenarios_have_the_same_name() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert sorted(names) == sorted(set(names))


def test_every_error_code_is_in_the_table() -> None:
    tabled = [(code, meaning, closes) for code, meaning, closes, _ in rows_after("error-codes")]
    assert sorted(tabled) == sorted(
        (f"`{error.code}`", error.meaning, str(error.close_code or "-")) for error in errors()
    )


def test_every_close_code_is_in_the_table() -> None:
    assert rows_after("close-codes") == [
        [str(close.code), close.meaning, close.reconnect.value] for close in CLOSE_CODES
    ]


def test_every_close_code_of_an_error_has_a_meaning() -> None:
    closing = {error.close_code for error in errors()} - {None}
    assert closing <= {close.code for close in CLOSE_CODES}


def test_every_described_message_stands_there_with_its_example() -> None:
    assert set(EXAMPLES) == set(MESSAGES) - {"error"}
    assert re.findall(r"^```json\n(.*?)\n```$", PAGE, re.M | re.S) == list(EXAMPLES.values())
