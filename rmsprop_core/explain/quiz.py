"""Fill in the number: is an answer right within the rounding of what is on show, and if not, which slip explains it.

The numbers on show have four digits, so what is behind each is known to half a unit of its last digit. These intervals,
carried through the formula, hold every answer that a student can get from the numbers on show without a slip. A slip is
a change in the formula of one line; the later lines are computed from its result, so a slip in rms is seen in Δ too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from rmsprop_core.explain.digits import rounded, significant
from rmsprop_core.explain.interval import Interval
from rmsprop_core.explain.terms import (
    Difference,
    Number,
    Power,
    Product,
    Root,
    Slope,
    Sum,
    Symbol,
    Term,
    evaluate,
    rebuild,
    symbols_in,
)
from rmsprop_core.explain.walkthrough import Line, Walk

SLIPS = ("root", "eps_side", "previous", "adagrad", "share", "bare", "old", "square", "sign")
PREVIOUS = ("s", "w", "rms", "v")  # where yesterday's value can be taken for today's
ASKED = 0.01  # a question is fair if the numbers on show give the answer to one per cent


class Verdict(NamedTuple):
    """Whether an answer is right, the slip that explains it if just one does, the value, the answers that are right."""

    right: bool
    slip: str | None
    value: float
    accepted: Interval


def check(walk: Walk, quantity: str, i: int, answer: float) -> Verdict:
    """Judge an answer to "what is this quantity of this step in coordinate i?", the other numbers being on show.

    | slip       | what was done                                             |
    |------------|-----------------------------------------------------------|
    | `root`     | the root was forgotten                                    |
    | `eps_side` | ε on the other side of the root                           |
    | `previous` | sₜ₋₁ (wₜ₋₁, rmsₜ₋₁, vₜ₋₁) used for the one of this step   |
    | `adagrad`  | squares summed up: sₜ₋₁ + gₜ²                             |
    | `share`    | the factor 1 − ρ was forgotten                            |
    | `bare`     | gₜ² taken for sₜ                                          |
    | `old`      | what stays of the old value was forgotten: ρ sₜ₋₁, μ vₜ₋₁ |
    | `square`   | g was not squared                                         |
    | `sign`     | a + for a −, a − for a +, or the sign of the whole        |

    None where no slip explains it, or where what explains it cannot be told from the right answer or another slip;
    but `bare` says what the number is, so it is told however the number was reached.

    Raises:
        ValueError: no line of the walk defines the quantity.
    """
    line = _line(walk, quantity)
    value = float(walk.result(line, i).value)
    accepted = _answers(walk, line, i, {}, value)
    if accepted.holds(answer):
        return Verdict(True, None, value, accepted)
    told = [(slip, wrong) for slip, wrong in _slips(walk, line, i) if not wrong.meets(accepted)]
    hits = [(slip, wrong) for slip, wrong in told if wrong.holds(answer)]
    if any(slip == "bare" for slip, _ in hits):
        return Verdict(False, "bare", value, accepted)
    kinds = {slip for slip, wrong in told if any(wrong.meets(hit) for _, hit in hits)}
    return Verdict(False, kinds.pop() if len(kinds) == 1 else None, value, accepted)


def askable(walk: Walk, i: int) -> tuple[str, ...]:
    """Return the quantities whose value the numbers on show give to one per cent (g and 0 are not asked for)."""
    fair = []
    for line in walk.lines:
        value = float(walk.result(line, i).value)
        right = _answers(walk, line, i, {}, value)
        if line.quantity != "g" and value != 0 and max(right.high - value, value - right.low) <= ASKED * abs(value):
            fair.append(line.quantity)
    return tuple(fair)


def half_unit(value: float, quantity: str = "") -> float:
    """Return half a unit of the last digit that is shown of a number; 0 if it is shown without rounding."""
    if not np.isfinite(value) or float(rounded(value, quantity)) == value:
        return 0.0
    digit = rounded(value, quantity).adjusted() - significant(value, quantity) + 1
    return 0.5 * 10.0**digit


def _answers(walk: Walk, line: Line, i: int, known: dict[Symbol, Interval], value: float) -> Interval:
    """Return what the right side gives for the numbers on show, and for `known`, itself rounded to four digits."""
    return _widened(_bounds(walk.numbers(line, i), known), value)


def _bounds(term: Term, known: dict[Symbol, Interval]) -> Interval:
    def leaf(number: Number | Slope) -> Interval:
        if isinstance(number, Number) and number.symbol in known:
            return known[number.symbol]
        name = number.symbol.name if isinstance(number, Number) and number.symbol else ""
        half = half_unit(number.value, name)
        return Interval(float(number.value) - half, float(number.value) + half)

    bounds: Interval = evaluate(term, leaf)
    return bounds


def _widened(bounds: Interval, value: float) -> Interval:
    """Allow for the answer's own rounding to four digits, and for the last bits of float64."""
    if not np.isfinite(value) or value == 0:
        return bounds
    half = 0.5 * 10.0 ** (rounded(value).adjusted() - 3) + 1e-12 * abs(value)
    return Interval(bounds.low - half, bounds.high + half)


def _line(walk: Walk, quantity: str) -> Line:
    for line in walk.lines:
        if line.quantity == quantity:
            return line
    raise ValueError(f"quantity must be one of {[line.quantity for line in walk.lines]}, not {quantity!r}")


def _slips(walk: Walk, asked: Line, i: int) -> Iterator[tuple[str, Interval]]:
    """Yield each slip in the asked line or one before it, with the answers that it leads to."""
    before = walk.lines[: walk.lines.index(asked) + 1]
    for k, line in enumerate(before):
        for slip in SLIPS:
            for wrong in _wrong(slip, line):
                known: dict[Symbol, Interval] = {}
                for now in (Line(line.quantity, wrong), *before[k + 1 :]):
                    bounds = _bounds(walk.numbers(now, i), known)
                    middle = (bounds.low + bounds.high) / 2
                    known[now.left] = _widened(bounds, middle)
                answers = known[asked.left]
                if np.isfinite((answers.low, answers.high)).all():
                    yield slip, answers


def _wrong(slip: str, line: Line) -> Iterator[Term]:
    """Yield the right sides that a slip makes of a line's."""
    right = line.right
    if line.quantity == "g":
        return
    match slip:
        case "root":
            yield from _changed(right, lambda term: term.of if isinstance(term, Root) else term)
        case "eps_side":
            if isinstance(right, Root) and isinstance(right.of, Sum):
                yield Sum(Root(right.of.left), right.of.right)
            elif isinstance(right, Sum) and isinstance(right.left, Root):
                yield Root(Sum(right.left.of, right.right))
        case "previous":
            if line.quantity in PREVIOUS:
                yield Symbol(line.quantity, "before")
            yield from _changed(right, _yesterday)
        case "adagrad":
            if line.quantity == "s":
                yield Sum(Symbol("s", "before"), Power(Symbol("g"), Number(2)))
        case "share":
            yield from _changed(right, _without_share)
        case "bare":
            if line.quantity == "s":
                yield Power(Symbol("g"), Number(2))
        case "old":
            yield from _changed(right, _without_old)
        case "square":
            yield from _changed(right, _unsquared)
        case "sign":
            yield Difference(Number(0), right)
            if isinstance(right, Sum):
                yield Difference(right.left, right.right)
            elif isinstance(right, Difference):
                yield Sum(right.left, right.right)


def _changed(term: Term, change: Callable[[Term], Term]) -> Iterator[Term]:
    """Yield the term with `change` made wherever it applies, if it applies anywhere."""

    def everywhere(part: Term) -> Term:
        return change(rebuild(part, everywhere))

    changed = everywhere(term)
    if changed != term:
        yield changed


def _yesterday(term: Term) -> Term:
    return Symbol(term.name, "before") if isinstance(term, Symbol) and term.name in PREVIOUS else term


def _unsquared(term: Term) -> Term:
    return term.base if isinstance(term, Power) and term.exponent == Number(2) else term


def _without_old(term: Term) -> Term:
    """Leave out what stays of the old value: the left side of a sum that holds a symbol of the step before."""
    if isinstance(term, Sum) and any(symbol.when == "before" for symbol in symbols_in(term.left)):
        return term.right
    return term


def _without_share(term: Term) -> Term:
    """Leave out the factor 1 − ρ of a product."""
    share = Difference(Number(1), Symbol("rho"))
    if not (isinstance(term, Product) and share in term.factors):
        return term
    rest = tuple(factor for factor in term.factors if factor != share)
    return rest[0] if len(rest) == 1 else Product(rest)
