"""The code that ran: the source of an optimizer's step, and which of its lines compute which quantity.

The lines are found in the syntax tree: an assignment to a name of the glossary computes that quantity; with it belong
the lines of its helping names (`deviation`, `push`, `ahead`), and the lines of the function that it calls. Of an
`if self.switch`, only the branch that this optimizer takes counts.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from rmsprop_core import optimizers
from rmsprop_core.explain.walkthrough import Beat, Explained
from rmsprop_core.runs.trajectory import QUANTITIES


@dataclass(frozen=True)
class Listing:
    """Functions of optimizers.py: `lines`, as (line number in the file, text), and the numbers of each quantity.

    `assigns` is the number of the last that assigns to it, `docstrings` are those of the lines that compute nothing.
    """

    lines: tuple[tuple[int, str], ...]
    computes: Mapping[str, tuple[int, ...]]
    assigns: Mapping[str, int]
    docstrings: Set[int]

    def of(self, beat: Beat) -> tuple[int, ...]:
        """Return the numbers of the lines that compute a beat's quantities (ŝ is computed where rms is)."""
        names = {"rms" if line.quantity == "s_hat" else line.quantity for line in beat.lines}
        return tuple(sorted({number for name in names for number in self.computes.get(name, ())}))


def listing(optimizer: Explained) -> Listing:
    """Return the source of the optimizer's step and of the functions it computes quantities with, in this order."""
    lines: list[tuple[int, str]] = []
    computes: dict[str, set[int]] = {}
    assigns: dict[str, int] = {}
    docstrings: set[int] = set()
    waiting: list[tuple[Callable[..., Any], tuple[str, ...]]] = [(type(optimizer).step, ())]
    for function, returned in waiting:  # which grows by what is called
        source, first = inspect.getsourcelines(function)
        lines += [(first + k, text.rstrip("\n")) for k, text in enumerate(source)]
        definition = ast.parse(inspect.cleandoc("\n" + "".join(source))).body[0]
        assert isinstance(definition, ast.FunctionDef)
        ast.increment_lineno(definition, first - 1)
        if ast.get_docstring(definition) is not None:
            docstrings |= _numbers(definition.body[0])
        helping: dict[str, set[int]] = {}
        own: dict[str, set[int]] = {}
        for statement in _Taken(optimizer).visit(definition).body:
            names, value = _assigned(statement, returned)
            if names and isinstance(value, ast.Call) and (called := _called(value.func, optimizer)):
                waiting.append((called, names))
            values = value.elts if isinstance(value, ast.Tuple) else [value] * len(names)
            for name, part in zip(names, values, strict=False):
                numbers = _numbers(part).union(*(helping.get(getattr(x, "id", ""), ()) for x in ast.walk(part)))
                if getattr(part, "id", None) == name:
                    continue
                if name in QUANTITIES:
                    own[name] = numbers  # the last assignment is the one that counts
                    if isinstance(statement, ast.Assign):
                        assigns[name] = statement.lineno
                elif name != "t" and any(isinstance(x, ast.BinOp) for x in ast.walk(part)):
                    helping[name] = numbers
            if isinstance(statement, ast.Return):
                break
        for name, numbers in own.items():
            computes.setdefault(name, set()).update(numbers)
    numbered = {name: tuple(sorted(found)) for name, found in computes.items()}
    return Listing(tuple(lines), numbered, assigns, docstrings)


class _Taken(ast.NodeTransformer):
    """Leave of `if self.switch` and of `a if self.switch else b` what this optimizer takes."""

    def __init__(self, optimizer: Explained) -> None:
        self.optimizer = optimizer

    def visit_If(self, node: ast.If | ast.IfExp) -> Any:  # the name is ast's
        """Return the branch taken."""
        self.generic_visit(node)
        if not isinstance(node.test, ast.Attribute):
            return node
        return node.body if getattr(self.optimizer, node.test.attr) else node.orelse

    visit_IfExp = visit_If  # noqa: N815


def _numbers(part: ast.stmt | ast.expr) -> set[int]:
    """Return the numbers of the lines that a piece of code stands on."""
    return set(range(part.lineno, (part.end_lineno or part.lineno) + 1))


def _assigned(statement: ast.stmt, returned: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """Return the names that a statement gives a value, and the expression; `return` gives it to `returned`."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets[0]
        return tuple(x.id for x in getattr(targets, "elts", [targets]) if isinstance(x, ast.Name)), statement.value
    return (returned, statement.value) if isinstance(statement, ast.Return) else ((), None)


def _called(function: ast.expr, optimizer: Explained) -> FunctionType | None:
    """Return the function of optimizers.py that is called, if it is one: f(…) or self.f(…)."""
    own = getattr(getattr(function, "value", None), "id", None) == "self"
    found = getattr(type(optimizer) if own else optimizers, getattr(function, "attr" if own else "id", ""), None)
    return found if isinstance(found, FunctionType) else None
