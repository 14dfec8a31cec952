"""A surface from a typed f(x, y): its slopes by rule; its view, start and lowest points found with numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rmsprop_core.expression.reader import Refused, read
from rmsprop_core.expression.slopes import derivative
from rmsprop_core.expression.survey import View, first_view, grid, lowest, steep_start
from rmsprop_core.expression.tape import Tape
from rmsprop_core.expression.tree import Node, symbol
from rmsprop_core.optimizers import SGD, RMSprop
from rmsprop_core.runs.sweep import largest_lr, sweep
from rmsprop_core.surfaces import Point, Surface

MOST_OPERATIONS = 400  # in f and its slopes
FARTHEST, NARROWEST = 1e100, 1e-100  # of a view, in units of x and y
STEPS, LRS = 100, 64
X, Y = symbol("x"), symbol("y")


@dataclass(frozen=True)
class Expression(Surface):
    """A Surface that was typed; `title` is the text, `floor` None. `minima` are those of the view that is shown.

    `seen` is f at the points `lowest_at` (none where they are many), None where f falls without end towards a pole.
    f and its slopes take so many `operations`.
    """

    formula: Node = X
    operations: int = 0
    lowest_at: tuple[Point, ...] = ()


def parse(text: str, domain: View | None = None) -> Expression:
    """Return the surface of f(x, y); its `domain` is chosen where none is given.

    Raises:
        Refused: the text is no formula: its kind, column and piece (`reader.py` lists the kinds), and besides
            `work` where f and its slopes take more than MOST_OPERATIONS, `nowhere` where f has no value in sight.
        ValueError: domain is not finite, or empty.
    """
    domain = None if domain is None else _checked(domain)
    tree = read(text)
    f, grad, operations = functions(tree)
    if operations > MOST_OPERATIONS:
        raise Refused("work", 0, text, MOST_OPERATIONS)
    with np.errstate(all="ignore"):
        view = domain or first_view(f)
        if view is None or not np.isfinite(f(*grid(view))).any():
            raise Refused("nowhere", 0, text)
        low = lowest(f, grad, view)
        start = steep_start(f, grad, view, low)
        heights = f(*grid(view)) - low.f
        heights = heights[np.isfinite(heights)]
        steep = bool(np.median(heights) < 0.4 * heights.max())
    surface = Expression(
        title=text.strip(),
        lesson="",
        f=f,
        grad=grad,
        domain=view,
        start=start,
        minima=low.inside,
        floor=None,
        settings={},
        log_levels=steep and not low.pole,
        seen=None if low.pole else low.f,
        formula=tree,
        operations=operations,
        lowest_at=low.at,
    )
    lrs = {name: float(f"{_first_lr(method, surface):.2g}") for name, method in (("lr", RMSprop), ("sgd_lr", SGD))}
    return replace(surface, settings={**lrs, "steps": STEPS})


def _first_lr(method: type[RMSprop] | type[SGD], surface: Surface) -> float:
    """Return the lr that ends lowest, counting the worse of its neighbours; 0.01 where all end alike or nowhere.

    An lr that throws a run out of the view is none to begin with.
    """
    lrs = largest_lr(method, surface, STEPS, surface.start) * np.geomspace(1e-6, 1, LRS)
    ends = sweep(method, surface, steps=STEPS, lr=lrs, asked=("fate",))
    f = np.where(np.isin(np.asarray(ends.fate), ("left", "nonfinite")), np.inf, ends.f)
    worst = np.lib.stride_tricks.sliding_window_view(f, 3).max(axis=1)
    return float(lrs[1 + np.argmin(worst)]) if worst.min() < worst.max() else 0.01


def functions(tree: Node) -> tuple[Tape, Tape, int]:
    """Return f, its gradient, and how many operations both take."""
    f, grad = Tape(tree), Tape(derivative(tree, X), derivative(tree, Y))
    return f, grad, len(f) + len(grad)


def _checked(domain: Any) -> View:
    ends = np.asarray(domain, dtype=np.float64)
    if ends.shape != (2, 2) or not (np.abs(ends) < FARTHEST).all() or not (np.diff(ends) > NARROWEST).all():
        raise ValueError(f"domain must be ((x₀, x₁), (y₀, y₁)), finite and rising, not {domain!r}")
    x, y = map(tuple, ends.tolist())
    return x, y
