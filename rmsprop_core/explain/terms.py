"""Formulas as trees: one tree gives the formula, the same formula with numbers, and its value.

    RHO * s.before + (1 - RHO) * g.now**2          a Term, written as it is computed
    substitute(term, number)                       the same Term, each Symbol replaced by a Number
    evaluate(term)                                 its value at full precision, in the order in which it is written

`mathml.py` writes a Term as MathML.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, mul, sub, truediv
from typing import Any

import numpy as np


class Term:
    """A node of a formula. + − * / ** and sqrt() build larger ones; a whole number becomes a Number."""

    apply: Callable[..., Any] | None = None
    parts: tuple[Term, ...] = ()

    def __add__(self, other: Term) -> Term:
        return Made(add, (self, other))

    def __sub__(self, other: Term) -> Term:
        return Made(sub, (self, other))

    def __rsub__(self, other: int) -> Term:
        return Number(other) - self

    def __mul__(self, other: Term) -> Term:
        return Made(mul, (*(self.parts if self.apply is mul else (self,)), other))

    def __truediv__(self, other: Term) -> Term:
        return Made(truediv, (self, other))

    def __pow__(self, other: Term | int) -> Term:
        return Made(np.power, (self, Number(other) if isinstance(other, int) else other))

    def sqrt(self) -> Term:
        """Return the root."""
        return Made(np.sqrt, (self,))

    def rebuilt(self, change: Callable[[Term], Term]) -> Term:
        """Return the term with `change` applied to each of its parts."""
        return replace(self, parts=tuple(map(change, self.parts))) if self.parts else self  # type: ignore[type-var]


@dataclass(frozen=True)
class Symbol(Term):
    """A quantity of this step (`when` = "now"), of the step before ("before"), or a hyperparameter or t ("now")."""

    name: str
    when: str = "now"


@dataclass(frozen=True)
class Number(Term):
    """A value; with `symbol`, it stands for that symbol in coordinate `i` (None: the same in all coordinates)."""

    value: float
    symbol: Symbol | None = None
    i: int | None = None


@dataclass(frozen=True)
class Made(Term):
    """`apply` of its parts: add, sub, mul, truediv, np.power or np.sqrt; of the family np.sign, resized, kept.

    A product has any number of parts, multiplied from left to right; a whole power is a product too, and a square
    among factors counts as its base twice: a·g² is (a·g)·g.
    """

    apply: Callable[..., Any]
    parts: tuple[Term, ...]


def resized(product: Any, longer: Any, shorter: Any) -> Any:
    """Return `longer` where the product is above 0, `shorter` where it is below, and 1 where it is 0."""
    return np.where(product > 0, longer, np.where(product < 0, shorter, 1.0))


def kept(product: Any, value: Any) -> Any:
    """Return the value, and 0 where the product is below 0."""
    return np.where(product < 0, 0.0, value)


@dataclass(frozen=True)
class Slope(Term):
    """∇f at a point, its `parts`; with numbers, ∂f/∂`variable` there, whose `value` the surface gave."""

    parts: tuple[Term, ...]
    variable: str | None = None
    value: float = np.nan


@dataclass(frozen=True)
class Relation(Term):
    """Parts that are equal, with `sign` between them. Its value is that of the last one."""

    sign: str
    parts: tuple[Term, ...]


def substitute(term: Term, number: Callable[[Symbol], Term]) -> Term:
    """Return `term` with each Symbol replaced by number(symbol)."""
    return number(term) if isinstance(term, Symbol) else term.rebuilt(lambda part: substitute(part, number))


def symbols_in(term: Term) -> set[Symbol]:
    """Return the symbols in a formula."""
    return {term} if isinstance(term, Symbol) else set().union(*map(symbols_in, term.parts))


def evaluate(term: Term, value: Callable[[Number | Slope], Any] = lambda leaf: np.float64(leaf.value)) -> Any:
    """Return the value of a substituted formula, by float64 operations in the order of the optimizer's own.

    `value` gives the leaves: float64, since Python's float raises where NumPy gives inf or NaN. What it returns needs
    + − * / ** and sqrt() only, so intervals pass as well as numbers.
    """
    with np.errstate(all="ignore"):
        return _evaluate(term, value)


def _evaluate(term: Term, value: Callable[[Number | Slope], Any]) -> Any:
    if isinstance(term, Number | Slope):
        return value(term)
    if isinstance(term, Relation):
        return _evaluate(term.parts[-1], value)
    if term.apply is None:
        raise TypeError(f"a formula without numbers has no value: {term!r}")
    factors = [x for part in (term.parts if term.apply is mul else (term,)) for x in _repeated(part)]
    if len(factors) > 1:
        return reduce(mul, (_evaluate(factor, value) for factor in factors))
    return term.apply(*(_evaluate(part, value) for part in term.parts))


def _repeated(factor: Term) -> tuple[Term, ...]:
    """Return a whole power as its base several times."""
    if factor.apply is np.power and isinstance(count := factor.parts[1], Number) and count.symbol is None:
        return (factor.parts[0],) * int(count.value)
    return (factor,)
