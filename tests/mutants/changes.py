"""One-line changes of the core's source, each named by the texts before and after it."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from hashlib import sha256
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

_LEFT_OUT = ("conformance/", "wire/schema.py")
"""Scenarios, and the texts of the JSON Schema: these decide nothing."""

_OTHERS = {
    **{"Lt": "GtE LtE", "LtE": "Gt Lt", "Gt": "LtE GtE", "GtE": "Lt Gt", "Eq": "NotEq"},
    **{"NotEq": "Eq", "Is": "IsNot", "IsNot": "Is", "In": "NotIn", "NotIn": "In"},
    **{"Add": "Sub", "Sub": "Add", "Mult": "Div", "Div": "Mult", "FloorDiv": "Mult"},
    **{"And": "Or", "Or": "And", "min": "max", "max": "min", "any": "all", "all": "any"},
}
"""For each operator or function the others that take its place."""

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_NOT_RUN = ("annotation", "returns", "decorator_list", "pattern")


class Mutant(NamedTuple):
    """A change, named by its texts, so that edits of other lines don't matter."""

    module: str
    function: str  # empty for a constant
    before: str  # the statement, or the first line of a compound one
    after: str
    nth: str  # the ordinal among equal changes in the function


def mutants_of(core: Path) -> dict[Mutant, tuple[int, int]]:
    """Return each mutant of the core, with its line and its ordinal in the module."""
    found: dict[Mutant, tuple[int, int]] = {}
    for path in sorted(core.rglob("*.py")):
        module = path.relative_to(core).as_posix()
        same: Counter[tuple[str, ...]] = Counter()
        changed = () if module.startswith(_LEFT_OUT) else _changed(ast.parse(path.read_text()))
        for ordinal, (line, *texts) in enumerate(changed):
            same[*texts] += 1
            found[Mutant._make((module, *texts, str(same[*texts])))] = (line, ordinal)
    return found


def changed_source(source: str, ordinal: int) -> str:
    """Return the text of a module with one change."""
    tree = ast.parse(source)
    next(islice(_changed(tree), ordinal, None))
    return ast.unparse(tree)


def sample(mutants: Iterable[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return so many mutants, spread over the modules by their size.

    A mutant is drawn by its name, so an edit elsewhere changes little of the sample.
    """
    ranked = sorted(mutants, key=lambda one: sha256(repr((seed, tuple(one))).encode()).digest())
    drawn: list[Mutant] = []
    for module, size in Counter(mutant.module for mutant in ranked).items():
        of_module = (mutant for mutant in ranked if mutant.module == module)
        drawn += islice(of_module, ceil(number * size / len(ranked)))
    return sorted(drawn, key=ranked.index)[:number]


def _changed(tree: ast.Module) -> Iterator[tuple[int, str, str, str]]:
    """Change the tree again and again; yield line, function, text before and text after."""
    for function, root in _roots(tree):
        for statement, parent, name, index, node in _places(root, root):
            before = _text(statement)
            for changed in _changes(parent, name, node):
                _put(parent, name, index, changed)
                after = "pass" if isinstance(changed, ast.Pass) else _text(statement)
                yield getattr(node, "lineno", 0), function, before, after
                _put(parent, name, index, node)


def _roots(node: ast.Module | ast.ClassDef, outer: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield each function with its qualified name, and the assignments of a module.

    Lists of names and aliases of types decide nothing.
    """
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _roots(child, f"{outer}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            yield outer + child.name, child
        elif isinstance(child, ast.Assign):
            if not isinstance(child.value, ast.List | ast.Subscript):
                yield outer, child


def _places(
    node: ast.AST, statement: ast.AST
) -> Iterator[tuple[ast.AST, ast.AST, str, int, ast.AST]]:
    """Yield each node below a node, after the statement around it and its place."""
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and name not in _NOT_RUN:
                is_statement = isinstance(child, ast.stmt | ast.match_case | ast.ExceptHandler)
                around = child if is_statement else statement
                yield around, node, name, index, child
                yield from _places(child, around)


def _put(parent: ast.AST, name: str, index: int, node: ast.AST) -> None:
    if isinstance(elements := getattr(parent, name), list):
        elements[index] = node
    else:
        setattr(parent, name, node)


def _text(statement: ast.AST) -> str:
    """Return a statement in one line, without the block below it."""
    header = copy(statement)
    for block in _BLOCKS:
        if hasattr(header, block):
            setattr(header, block, [])
    return " ".join(ast.unparse(header).split())


def _changes(parent: ast.AST, name: str, node: Any) -> Iterator[ast.AST]:
    """Yield what a node can be replaced by."""
    match node:
        case ast.Assert() | ast.Raise(ast.Call(ast.Name("AssertionError"))):
            return
        case ast.Expr(ast.Constant() | ast.Call(ast.Name("assert_never"))):
            return
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]) | ast.AugAssign():
            yield ast.Pass()
        case ast.Expr() | ast.Delete() | ast.Raise() | ast.Continue() | ast.Return(value=None):
            yield ast.Pass()
        case ast.Compare(left, [operator], right):
            for other in _others(operator):
                yield ast.Compare(left, [other], right)
        case ast.BoolOp(operator, values):
            yield from (ast.BoolOp(other, values) for other in _others(operator))
            for rest in _without_one(values):
                yield ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, operator, right):
            for other in _others(operator):
                yield from (ast.BinOp(left, other, right), left)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Name(function) if function in _OTHERS:
            yield ast.Name(_OTHERS[function])
        case ast.List(elements):
            yield from map(ast.List, _without_one(elements))
        case ast.Call(function, arguments, keywords):
            for rest in _without_one(keywords):
                yield ast.Call(function, arguments, rest)
    if isinstance(parent, ast.If | ast.IfExp | ast.comprehension) and name in ("test", "ifs"):
        yield from (ast.Constant(True), ast.Constant(False))


def _others(operator: ast.AST) -> list[Any]:
    """Return the operators that take the place of one."""
    return [getattr(ast, one)() for one in _OTHERS.get(type(operator).__name__, "").split()]


def _without_one(nodes: list[Any]) -> Iterator[list[Any]]:
    """Yield the list without each of its elements."""
    for number in range(len(nodes)):
        yield nodes[:number] + nodes[number + 1 :]
