"""Formulas as trees: one tree gives the formula, the same formula with numbers, and its value.

    RHO * s.before + (1 - RHO) * g.now**2          a Term, written as it is computed
    substitute(term, number)                       the same Term, each Symbol replaced by a Number
    evaluate(term)                                 its value at full precision, in the order in which it is written

`mathml.py` writes a Term as MathML.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from math import prod
from typing import Any

import numpy as np


class Term:
    """A node of a formula. + − * / ** build larger ones; a whole number becomes a Number."""

    def __add__(self, other: Term) -> Term:
        return Sum(self, other)

    def __sub__(self, other: Term) -> Term:
        return Difference(self, other)

    def __rsub__(self, other: int) -> Term:
        return Difference(Number(other), self)

    def __mul__(self, other: Term) -> Term:
        return Product((*(self.factors if isinstance(self, Product) else (self,)), other))

    def __truediv__(self, other: Term) -> Term:
        return Fraction(self, other)

    def __pow__(self, other: Term | int) -> Term:
        return Power(self, Number(other) if isinstance(other, int) else other)


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
class Sum(Term):
    """left + right."""

    left: Term
    right: Term


@dataclass(frozen=True)
class Difference(Term):
    """left − right."""

    left: Term
    right: Term


@dataclass(frozen=True)
class Product(Term):
    """Factors, multiplied from left to right; a square among them counts as its base twice: a·g² is (a·g)·g."""

    factors: tuple[Term, ...]


@dataclass(frozen=True)
class Fraction(Term):
    """above / below."""

    above: Term
    below: Term


@dataclass(frozen=True)
class Power(Term):
    """base to the exponent; a whole number as exponent means a product."""

    base: Term
    exponent: Term


@dataclass(frozen=True)
class Root(Term):
    """The square root."""

    of: Term


@dataclass(frozen=True)
class Slope(Term):
    """∇f at a point; with numbers, ∂f/∂`variable` there, whose `value` the surface gave."""

    point: tuple[Term, ...]
    variable: str | None = None
    value: float = np.nan


@dataclass(frozen=True)
class Relation(Term):
    """Terms that are equal, with `sign` between them. Its value is that of the last one."""

    sign: str
    terms: tuple[Term, ...]


def rebuild(term: Term, change: Callable[[Term], Term]) -> Term:
    """Return `term` with `change` applied to each of its children."""
    if isinstance(term, Number):  # its symbol is a name, not a child
        return term
    parts: dict[str, Any] = {}
    for field in fields(term):  # type: ignore[arg-type]  # every Term that is made is a dataclass
        part = getattr(term, field.name)
        if isinstance(part, Term):
            parts[field.name] = change(part)
        elif isinstance(part, tuple):
            parts[field.name] = tuple(change(child) for child in part)
    return replace(term, **parts) if parts else term  # type: ignore[type-var]


def substitute(term: Term, number: Callable[[Symbol], Term]) -> Term:
    """Return `term` with each Symbol replaced by number(symbol)."""
    return number(term) if isinstance(term, Symbol) else rebuild(term, lambda child: substitute(child, number))


def symbols_in(term: Term) -> set[Symbol]:
    """Return the symbols in a formula."""
    found: set[Symbol] = set()

    def note(symbol: Symbol) -> Term:
        found.add(symbol)
        return symbol

    substitute(term, note)
    return found


def at_full_precision(leaf: Number | Slope) -> float:
    """Return a leaf's value in float64 (not Python's, which raises where NumPy gives inf or NaN)."""
    return np.float64(leaf.value)


def evaluate(term: Term, value: Callable[[Number | Slope], Any] = at_full_precision) -> Any:
    """Return the value of a substituted formula, by float64 operations in the order of the optimizer's own.

    `value` gives the leaves; what it returns needs + − * / ** and sqrt() only, so intervals pass as well as numbers.
    """
    with np.errstate(all="ignore"):
        return _evaluate(term, value)


def _evaluate(term: Term, value: Callable[[Number | Slope], Any]) -> Any:
    def at(child: Term) -> Any:
        return _evaluate(child, value)

    match term:
        case Number() | Slope():
            return value(term)
        case Sum(left, right):
            return at(left) + at(right)
        case Difference(left, right):
            return at(left) - at(right)
        case Product(factors):
            first, *others = (x for factor in factors for x in _repeated(factor, at))
            return prod(others, start=first)
        case Fraction(above, below):
            return at(above) / at(below)
        case Power(base, Number(value=count, symbol=None)):
            first, *others = [at(base)] * int(count)
            return prod(others, start=first)
        case Power(base, exponent):
            return np.power(at(base), at(exponent))
        case Root(of):
            return np.sqrt(at(of))
        case Relation(terms=terms):
            return at(terms[-1])
    raise TypeError(f"a formula without numbers has no value: {term!r}")


def _repeated(factor: Term, at: Callable[[Term], Any]) -> list[Any]:
    """Return the values that a factor of a product stands for: a whole power is its base several times."""
    if isinstance(factor, Power) and isinstance(factor.exponent, Number) and factor.exponent.symbol is None:
        return [at(factor.base)] * int(factor.exponent.value)
    return [at(factor)]
