"""The code that ran: the source of an optimizer's step, and which of its lines compute which quantity.

The lines are found in the syntax tree: an assignment to a name of the glossary computes that quantity; with it belong
the lines of its helping names (`deviation`, `push`, `ahead`), and the lines of the function that it calls. Of an
`if self.switch`, only the branch that this optimizer takes counts.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from rmsprop_core import optimizers
from rmsprop_core.explain.walkthrough import Beat
from rmsprop_core.optimizers import SGD, RMSprop
from rmsprop_core.runs.trajectory import QUANTITIES


@dataclass(frozen=True)
class Listing:
    """Functions of optimizers.py: `lines`, as (line number in the file, text), and the numbers of each quantity.

    `docstrings` are the numbers of the lines that compute nothing.
    """

    lines: tuple[tuple[int, str], ...]
    computes: Mapping[str, tuple[int, ...]]
    docstrings: frozenset[int]

    def of(self, beat: Beat) -> tuple[int, ...]:
        """Return the numbers of the lines that compute a beat's quantities (ŝ is computed where rms is)."""
        names = {"rms" if line.quantity == "s_hat" else line.quantity for line in beat.lines}
        return tuple(sorted({number for name in names for number in self.computes.get(name, ())}))


def listing(optimizer: RMSprop | SGD) -> Listing:
    """Return the source of the optimizer's step and of the functions it computes quantities with, in this order."""
    lines: list[tuple[int, str]] = []
    computes: dict[str, set[int]] = {}
    docstrings: set[int] = set()
    _read(type(optimizer).step, optimizer, (), lines, computes, docstrings)
    return Listing(
        tuple(lines), {name: tuple(sorted(numbers)) for name, numbers in computes.items()}, frozenset(docstrings)
    )


def _read(
    function: Callable[..., Any],
    optimizer: RMSprop | SGD,
    returned: tuple[str, ...],
    lines: list[tuple[int, str]],
    computes: dict[str, set[int]],
    docstrings: set[int],
) -> None:
    """Add a function's lines and what they compute; it returns the quantities `returned`."""
    source, first = inspect.getsourcelines(function)
    lines += [(first + k, text.rstrip("\n")) for k, text in enumerate(source)]
    tree = ast.parse(inspect.cleandoc("\n" + "".join(source)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    ast.increment_lineno(tree, first - 1)
    if ast.get_docstring(definition) is not None:
        docstrings.update(range(definition.body[0].lineno, (definition.body[0].end_lineno or 0) + 1))

    helping: dict[str, set[int]] = {}
    own: dict[str, set[int]] = {}
    calls: list[tuple[Callable[..., Any], tuple[str, ...]]] = []
    for statement in map(_Taken(optimizer).visit, _ran(definition.body, optimizer)):
        for name, value in _assigned(statement, returned):
            numbers = set(range(value.lineno, (value.end_lineno or value.lineno) + 1))
            for used in ast.walk(value):
                if isinstance(used, ast.Name):
                    numbers |= helping.get(used.id, set())
            if name in QUANTITIES:
                own[name] = numbers  # the last assignment is the one that counts
            elif name != "t" and any(isinstance(part, ast.BinOp) for part in ast.walk(value)):
                helping[name] = numbers
        calls += _calls(statement, optimizer)
    for name, numbers in own.items():
        computes.setdefault(name, set()).update(numbers)
    for called, targets in calls:
        _read(called, optimizer, targets, lines, computes, docstrings)


def _ran(body: list[ast.stmt], optimizer: RMSprop | SGD) -> Iterator[ast.stmt]:
    """Yield the statements that run, up to the return, with the switches as they are."""
    for statement in body:
        if isinstance(statement, ast.If) and isinstance(statement.test, ast.Attribute):
            taken = statement.body if getattr(optimizer, statement.test.attr) else statement.orelse
            yield from _ran(taken, optimizer)
            if any(isinstance(part, ast.Return) for part in taken):
                return
        else:
            yield statement


class _Taken(ast.NodeTransformer):
    """Leave of `a if self.switch else b` what this optimizer takes."""

    def __init__(self, optimizer: RMSprop | SGD) -> None:
        self.optimizer = optimizer

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:  # the name is ast's
        """Return the branch taken."""
        if not isinstance(node.test, ast.Attribute):
            return node
        return node.body if getattr(self.optimizer, node.test.attr) else node.orelse


def _assigned(statement: ast.stmt, returned: tuple[str, ...]) -> list[tuple[str, ast.expr]]:
    """Return the names that a statement gives a value, each with its expression; `return` gives it to `returned`."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets[0], statement.value
        names = tuple(x.id for x in getattr(targets, "elts", [targets]) if isinstance(x, ast.Name))
    elif isinstance(statement, ast.Return) and statement.value is not None and returned:
        names, value = returned, statement.value
    else:
        return []
    values = value.elts if isinstance(value, ast.Tuple) else [value] * len(names)
    return [(name, part) for name, part in zip(names, values, strict=True) if getattr(part, "id", None) != name]


def _calls(statement: ast.stmt, optimizer: RMSprop | SGD) -> list[tuple[Callable[..., Any], tuple[str, ...]]]:
    """Return the functions of optimizers.py that an assignment to quantities gets all its values from."""
    if not isinstance(statement, ast.Assign) or isinstance(statement.value, ast.Tuple):
        return []
    if not isinstance(statement.value, ast.Call):
        return []
    targets = tuple(name for name, _ in _assigned(statement, ()))
    called = statement.value.func
    if isinstance(called, ast.Attribute) and getattr(called.value, "id", None) == "self":
        return [(getattr(type(optimizer), called.attr), targets)]
    found = getattr(optimizers, getattr(called, "id", ""), None)
    return [(found, targets)] if isinstance(found, FunctionType) else []
