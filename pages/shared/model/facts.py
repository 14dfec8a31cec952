"""Facts: what a lesson says of its runs, written as expressions and worked out by the core whenever they are shown.

    rmsprop.f[50]                    f after step 50; without a step, the last
    rmsprop(rho=0.99).delta.x[1]     the first step along x, in the run with ρ = 0.99 and all else as it is
    first(rmsprop.f < 0.01)          the first step at which it is so
    max(abs(sgd.y[40:50]))           over the steps 40 to 50
    third(third="adam").f            the run of a third method, where the settings or the brackets set one

Beside the methods there are the settings by their names in a link (lr, rho, kappa, …), facts named before, + − * / **,
comparisons and FUNCTIONS. `a == b` holds within 1e-6 of b, `near(a, b)` within 0.5 %.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.shared.model import budget
from pages.shared.model.changes import taken
from pages.shared.model.fairness import followed
from pages.shared.model.methods import METHODS, THIRD
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from rmsprop_core import Trajectory, events

MAX_SIGNS, MAX_RUNS = 200, 16  # of an expression, and that a lesson's moment may make
PAIRS = ("g", "s", "m", "w", "rms", "u", "v", "delta")
RUNS = (*METHODS, THIRD)
ENDS = ("cycle", "left", "stalled", "jump", "nonfinite")  # kinds of event; a fact is the first step of it, or NaN
BLANK = re.compile(r"\{([^{}]+?)(?::([1-9]))?\}")

Values = NDArray[np.float64]


class UnknownError(ValueError):
    """An expression that is no fact: the message says what in it is not known."""


def _near(a: Values, b: Values, within: float = 0.005) -> Any:
    return np.abs(a - b) <= within * np.abs(b)


def _first(condition: Values) -> float:
    return float(np.argmax(condition)) if np.any(condition) else np.nan


def _turns(values: Values) -> float:
    """Return how often the sign changes from one step to the next."""
    signs = np.sign(values[~np.isnan(values)])
    return float(np.sum(signs[1:] * signs[:-1] < 0))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sqrt": np.sqrt, "log": np.log, "log10": np.log10, "exp": np.exp, "abs": np.abs, "hypot": np.hypot,
    "round": np.round, "max": np.nanmax, "min": np.nanmin, "mean": np.nanmean, "sum": np.nansum, "all": np.all,
    "first": _first, "last": lambda condition: float(np.flatnonzero(condition)[-1]) if np.any(condition) else np.nan,
    "turns": _turns, "near": _near,
}  # fmt: skip
OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: np.divide, ast.Pow: np.power,
    ast.USub: operator.neg, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: lambda a, b: _near(a, b, 1e-6),
}  # fmt: skip


def _made(key: str, settings: Settings) -> Trajectory:
    return settings.run(next(each.optimizer for each in settings.methods() if each.key == key))


class _Run:
    """A method's run by its quantities: each is a column with step t in row t (NaN where step 0 has none)."""

    def __init__(self, facts: Facts, key: str, settings: Settings) -> None:
        self.facts, self.key, self.settings = facts, key, settings

    def __call__(self, **query: Any) -> _Run:
        found, complaints = taken(self.settings, {name: _spelt(value) for name, value in query.items()})
        if wrong := [complaint for complaint in complaints if complaint.name in query]:
            raise UnknownError(f"{wrong[0].name}={wrong[0].value}")
        found = replace(found, t=self.settings.t, fair="fair" in query)
        if found.fair:
            self.facts.budget.run(found, found, budget.RUNS)
        return _Run(self.facts, self.key, followed(replace(self.settings, fair=False), found))

    def of(self, name: str) -> Any:
        """Return a quantity by its name; a pair of columns where there is one a coordinate."""
        traj = self.facts.run(self.key, self.settings)
        if name in ("x", "y"):
            return traj.theta[:, "xy".index(name)]
        if name == "f":
            return traj.f
        if name == "loss":  # what is left above the floor
            return traj.f - (traj.surface.floor or 0.0)
        if name == "lr":
            return np.concatenate(([np.nan], traj.lr))
        if name == "length":
            return np.concatenate(([np.nan], np.hypot(traj.delta[:, 0], traj.delta[:, 1])))
        if name == "curvature":
            return float(max(traj.surface.curvature(*traj.theta[-1])))
        if name in ENDS:
            return next((float(event.step) for event in events(traj) if event.kind == name), np.nan)
        if name in PAIRS:
            rows = np.concatenate((np.full((1, 2), np.nan), getattr(traj, name)))
            return {"x": rows[:, 0], "y": rows[:, 1]}
        raise UnknownError(f"{self.key}.{name}")


def _spelt(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else f"{value:.17g}"


class Facts:
    """The facts of one setting; `named` are expressions by their names. Several can share a budget."""

    def __init__(
        self, settings: Settings, named: Mapping[str, str] | None = None, within: budget.Budget | None = None
    ) -> None:
        self.settings, self.named = settings.running(), named or {}
        self.budget = within or budget.Budget()
        self.known: dict[str, Any] = {}
        self.runs: set[tuple[str, Settings]] = set()

    def run(self, key: str, settings: Settings) -> Trajectory:
        """Return a method's run. A moment that asks for more than MAX_RUNS raises UnknownError."""
        if key == THIRD and not settings.third:
            raise UnknownError("no third method is set")
        self.runs.add((key, settings))
        if len(self.runs) > MAX_RUNS:
            raise UnknownError(f"more than {MAX_RUNS} runs")
        self.budget.run((key, settings), settings)
        return _made(key, settings)

    def value(self, text: str) -> Any:
        """Return what an expression is: a number, a column or whether it holds.

        Raises:
            UnknownError: it has something in it that is no fact.
            SpentError: it is too much work.
        """
        self.budget.take(budget.EXPRESSION)
        if len(text) > MAX_SIGNS:
            raise UnknownError(f"an expression of more than {MAX_SIGNS} signs")
        try:
            tree = ast.parse(text.strip(), mode="eval").body
            with np.errstate(all="ignore"):
                return self._of(tree)
        except (UnknownError, budget.SpentError):
            raise
        except (SyntaxError, ValueError, TypeError, AttributeError, IndexError, MemoryError, RecursionError) as wrong:
            raise UnknownError(f"{text}: {wrong}") from wrong

    def number(self, text: str) -> float:
        """Return an expression that is one number; of a column that is its last."""
        found = np.asarray(self.value(text), dtype=np.float64)
        return float(found.flat[-1])

    def filled(self, text: str) -> str:
        """Return a text with each {expression}, or {expression:figures}, worked out."""
        return BLANK.sub(lambda blank: number(self.number(blank[1]), int(blank[2] or 3)), text)

    def _named(self, name: str) -> Any:
        if name not in self.known:
            if name in self.named:
                text = self.named[name]
                self.known[name] = UnknownError(f"{name} needs itself")  # until it is worked out
                self.known[name] = self.value(text)
            elif name in RUNS:
                self.known[name] = _Run(self, name, self.settings)
            elif isinstance(found := getattr(self.settings, name, None), bool | int | float):
                self.known[name] = np.float64(found)
            elif name in ("true", "false", "pi"):
                self.known[name] = np.pi if name == "pi" else name == "true"
            else:
                raise UnknownError(name)
        if isinstance(found := self.known[name], UnknownError):
            raise found
        return found

    def _of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool() | str() as value):
                return value
            case ast.Constant(value=int() | float() as value):
                return np.float64(value)
            case ast.Name(id=name):
                return self._named(name)
            case ast.Attribute(value=inner, attr=name):
                found = self._of(inner)
                if isinstance(found, _Run):
                    return found.of(name)
                if isinstance(found, dict) and name in found:
                    return found[name]
            case ast.Subscript(value=inner, slice=ast.Slice(lower=lower, upper=upper, step=None)):
                begin, end = (None if edge is None else int(self._of(edge)) for edge in (lower, upper))
                return self._of(inner)[begin : None if end is None else end + 1]
            case ast.Subscript(value=inner, slice=place):
                return np.asarray(self._of(inner))[int(self._of(place))]
            case ast.UnaryOp(op=op, operand=inner) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self._of(inner))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self._of(left), self._of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self._of(left), self._of(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return FUNCTIONS[name](*map(self._of, args))
            case ast.Call(func=ast.Name(id=name), args=[], keywords=words) if name in RUNS:
                return self._named(name)(**{str(word.arg): self._of(word.value) for word in words})
        raise UnknownError(ast.unparse(node))
