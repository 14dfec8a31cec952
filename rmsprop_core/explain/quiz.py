"""Fill in the number: is an answer right within the rounding of what is on show, and if not, which slip explains it.

The numbers on show have four digits, so what is behind each is known to half a unit of its last digit. These intervals,
carried through the formula, hold every answer that a student can get from the numbers on show without a slip. A slip is
a change in the formula of one line; the later lines are computed from its result, so a slip in rms is seen in Δ too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, reduce
from operator import add, mul, sub
from typing import NamedTuple

import numpy as np

from rmsprop_core.explain.digits import rounded, significant
from rmsprop_core.explain.interval import Interval
from rmsprop_core.explain.terms import Made, Number, Slope, Symbol, Term, evaluate, symbols_in
from rmsprop_core.explain.walkthrough import Line, Walk

SLIPS = ("root", "eps_side", "previous", "adagrad", "share", "bare", "old", "square", "sign")
PREVIOUS = ("s", "w", "rms", "v")  # where yesterday's value can be taken for today's
LEAST_DIGITS = 3  # significant: to so many an answer may be rounded
ASKED = 0.01  # a question is fair if the numbers on show give the answer to one per cent


class Verdict(NamedTuple):
    """Whether an answer is right, the slip that explains it if just one does, the value, the answers that are right."""

    right: bool
    slip: str | None
    value: float
    accepted: Interval


def check(walk: Walk, quantity: str, i: int, answer: float) -> Verdict:
    """Judge an answer to "what is this quantity of this step in coordinate i?", the other numbers being on show.

    Right is what can be got from them, or the value rounded to three digits.

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
    lines = {line.quantity: line for line in walk.lines}
    if quantity not in lines:
        raise ValueError(f"quantity must be one of {list(lines)}, not {quantity!r}")
    line = lines[quantity]
    value = float(walk.result(line, i).value)
    accepted = _answers(walk.numbers(line, i), {}, value)
    if accepted.holds(answer) or answer == float(f"{value:.{LEAST_DIGITS}g}"):
        return Verdict(True, None, value, accepted)
    told = slips(walk, line, i)
    hits = [(slip, wrong) for slip, wrong in told if wrong.holds(answer)]
    if any(slip == "bare" for slip, _ in hits):
        return Verdict(False, "bare", value, accepted)
    kinds = {slip for slip, wrong in told if any(wrong.meets(hit) for _, hit in hits)}
    return Verdict(False, kinds.pop() if len(kinds) == 1 else None, value, accepted)


def slips(walk: Walk, line: Line, i: int) -> list[tuple[str, Interval]]:
    """Return each slip that can be told from the right answer, with the answers that it leads to; see `check`."""
    accepted = _answers(walk.numbers(line, i), {}, float(walk.result(line, i).value))
    return [(slip, wrong) for slip, wrong in _slips(walk, line, i) if not wrong.meets(accepted)]


def askable(walk: Walk, i: int) -> tuple[str, ...]:
    """Return the quantities whose value the numbers on show give to one per cent (g and 0 are not asked for)."""
    fair = []
    for line in walk.lines:
        value = float(walk.result(line, i).value)
        right = _answers(walk.numbers(line, i), {}, value)
        if line.quantity != "g" and value != 0 and max(right.high - value, value - right.low) <= ASKED * abs(value):
            fair.append(line.quantity)
    return tuple(fair)


@lru_cache(maxsize=1024)  # each slip meets the same numbers again
def half_unit(value: float, quantity: str = "") -> float:
    """Return half a unit of the last digit that is shown of a number; 0 if it is shown without rounding."""
    if not np.isfinite(value) or float(rounded(value, quantity)) == value:
        return 0.0
    digit = rounded(value, quantity).adjusted() - significant(value, quantity) + 1
    return 0.5 * 10.0**digit


def _answers(term: Term, known: Mapping[Symbol, Interval], value: float | None = None) -> Interval:
    """Return what a formula gives for the numbers on show, and for `known`, itself rounded to four digits.

    `value` is what it gives at full precision; if that is not known, the middle is as good.
    """

    def leaf(number: Number | Slope) -> Interval:
        symbol = number.symbol if isinstance(number, Number) else None
        if symbol is not None and symbol in known:
            return known[symbol]
        half = half_unit(number.value, symbol.name if symbol else "")
        return Interval(float(number.value) - half, float(number.value) + half)

    bounds: Interval = evaluate(term, leaf)
    value = (bounds.low + bounds.high) / 2 if value is None else value
    if not np.isfinite(value) or value == 0:
        return bounds
    half = 0.5 * 10.0 ** (rounded(value).adjusted() - 3) + 1e-12 * abs(value)  # and the last bits of float64
    return Interval(bounds.low - half, bounds.high + half)


def _slips(walk: Walk, asked: Line, i: int) -> Iterator[tuple[str, Interval]]:
    """Yield each slip in the asked line or one before it, with the answers that it leads to."""
    before = walk.lines[: walk.lines.index(asked) + 1]
    for k, line in enumerate(before):
        for slip in SLIPS:
            for wrong in _wrong(slip, line):
                known: dict[Symbol, Interval] = {}
                for now in (Line(line.quantity, wrong), *before[k + 1 :]):
                    known[now.left] = _answers(walk.numbers(now, i), known)
                answers = known[asked.left]
                if np.isfinite((answers.low, answers.high)).all():
                    yield slip, answers


def _wrong(slip: str, line: Line) -> Iterator[Term]:
    """Yield the right sides that a slip makes of a line's."""
    right = line.right
    if line.quantity == "g":
        return
    if slip in EVERYWHERE:
        changed = _everywhere(right, EVERYWHERE[slip])
        if changed != right:
            yield changed
    match slip, line.quantity:
        case "eps_side", "rms":
            inner = right.parts[0]
            if right.apply is np.sqrt:
                yield inner.parts[0].sqrt() + inner.parts[1]
            else:
                yield (inner.parts[0] + right.parts[1]).sqrt()
        case "previous", quantity if quantity in PREVIOUS:
            yield Symbol(quantity, "before")
        case "adagrad", "s":
            yield Symbol("s", "before") + Symbol("g") ** 2
        case "bare", "s":
            yield Symbol("g") ** 2
        case "sign", _:
            yield 0 - right
            if right.apply in OPPOSITE:
                yield Made(OPPOSITE[right.apply], right.parts)


def _everywhere(term: Term, change: Callable[[Term], Term]) -> Term:
    """Return the term with `change` made wherever it applies."""
    return change(term.rebuilt(lambda part: _everywhere(part, change)))


def _without_old(term: Term) -> Term:
    """Leave out what stays of the old value: the left side of a sum that holds a symbol of the step before."""
    old = term.apply is add and any(symbol.when == "before" for symbol in symbols_in(term.parts[0]))
    return term.parts[1] if old else term


def _without_share(term: Term) -> Term:
    """Leave out the factor 1 − ρ of a product."""
    share = 1 - Symbol("rho")
    if not (term.apply is mul and share in term.parts):
        return term
    first, *rest = (factor for factor in term.parts if factor != share)
    return reduce(mul, rest, first)


EVERYWHERE: Mapping[str, Callable[[Term], Term]] = {  # slips that are made wherever they can be
    "root": lambda term: term.parts[0] if term.apply is np.sqrt else term,
    "previous": lambda term: (
        Symbol(term.name, "before") if isinstance(term, Symbol) and term.name in PREVIOUS else term
    ),
    "share": _without_share,
    "old": _without_old,
    "square": lambda term: term.parts[0] if term.apply is np.power and term.parts[1] == Number(2) else term,
}
OPPOSITE = {add: sub, sub: add}
