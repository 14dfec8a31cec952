"""A surface from a typed f(x, y): exact gradient by SymPy, evaluated by NumPy, view and minima found numerically."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rmsprop_core.expression.functions import symbols
from rmsprop_core.expression.grammar import Refused
from rmsprop_core.expression.reader import Kink, read
from rmsprop_core.expression.survey import View, survey, vanishes
from rmsprop_core.expression.tape import Tape
from rmsprop_core.optimizers import SGD, Array, RMSprop
from rmsprop_core.runs.sweep import fair_lr
from rmsprop_core.surfaces import Point, Surface

__all__ = ["Expression", "Kink", "Refused", "parse"]

MOST_OPERATIONS = 400  # in f and its gradient: 100 steps of 800 runs stay within a quarter of a second
STEPS = 100


@dataclass(frozen=True)
class Expression(Surface):
    """A Surface that was typed. `title` is the text; `minima` (the lowest in the view) and `floor` are numeric guesses.

    `uses` are the variables in the formula, none for a constant; `kinks` where f may have no gradient or no value
    inside the view, as written; `latex_grad` the formulas of ∂f/∂x and ∂f/∂y.
    """

    uses: tuple[str, ...] = ()
    kinks: tuple[Kink, ...] = ()
    latex_grad: tuple[str, str] = ("", "")
    numeric: bool = True


def parse(text: str, domain: View | None = None, start: Point | None = None) -> Expression:
    """Return the surface of f(x, y); `domain` and `start` are chosen where they are not given.

    Raises:
        Refused: the text is no formula: its kind, column and piece (`grammar.py` lists the kinds), and besides
            `nowhere` where f is finite nowhere in sight.
        ValueError: domain or start is not finite, or empty.
    """
    if domain is not None:
        domain = _checked(domain)
    if start is not None and not (np.shape(start) == (2,) and np.isfinite(start).all()):
        raise ValueError(f"start must be two finite numbers, not {start!r}")
    expr, kinks = read(text)
    sympy, x, y = symbols().sympy, symbols().x, symbols().y
    slopes = sympy.diff(expr, x), sympy.diff(expr, y)
    value_tape, slope_tape = Tape(expr), Tape(*slopes)
    if len(value_tape) + len(slope_tape) > MOST_OPERATIONS:
        raise Refused("big", 0, text, MOST_OPERATIONS)

    f = _only(value_tape)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        along_x, along_y = slope_tape(x, y)
        return along_x, along_y

    uses = tuple(name for name, symbol in (("x", x), ("y", y)) if symbol in expr.free_symbols)
    seen = survey(f, grad, uses, domain)
    if seen is None:
        raise Refused("nowhere", 0, text)
    point = seen.start if start is None else (float(start[0]), float(start[1]))
    surface = Expression(
        title=text.strip(),
        latex=sympy.latex(expr),
        lesson="",
        f=f,
        grad=grad,
        domain=seen.domain,
        start=point,
        minima=seen.minima,
        floor=seen.floor,
        settings={},
        log_levels=seen.log_levels,
        uses=uses,
        kinks=tuple(kink for kink in kinks if vanishes(_only(Tape(kink.argument)), seen.domain)),
        latex_grad=(sympy.latex(slopes[0]), sympy.latex(slopes[1])),
    )
    lrs = [fair_lr(method, surface, STEPS).lr if uses else None for method in (RMSprop, SGD)]
    settings = {name: float(f"{lr or 0.01:.2g}") for name, lr in zip(("lr", "sgd_lr"), lrs, strict=True)}
    object.__setattr__(surface, "settings", {**settings, "steps": STEPS})
    return surface


def _only(tape: Tape) -> Callable[[Array, Array], Array]:
    def f(x: Array, y: Array) -> Array:
        return tape(x, y)[0]

    return f


def _checked(domain: Any) -> View:
    ends = np.asarray(domain, dtype=np.float64)
    if ends.shape != (2, 2) or not np.isfinite(ends).all() or (ends[:, 0] >= ends[:, 1]).any():
        raise ValueError(f"domain must be ((x₀, x₁), (y₀, y₁)), finite and rising, not {domain!r}")
    (x0, x1), (y0, y1) = ends.tolist()
    return (x0, x1), (y0, y1)
