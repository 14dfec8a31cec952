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
from rmsprop_core.optimizers import SGD, Array, RMSprop
from rmsprop_core.runs.events import inside_view
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
    """

    formula: Node = X
    lowest_at: tuple[Point, ...] = ()


def parse(text: str, domain: View | None = None, start: Point | None = None) -> Expression:
    """Return the surface of f(x, y); `domain` and `start` are chosen where they are not given.

    Raises:
        Refused: the text is no formula: its kind, column and piece (`reader.py` lists the kinds), and besides
            `work` where f and its slopes take more than MOST_OPERATIONS, `nowhere` where f has no value in sight.
        ValueError: domain or start is not finite, or empty.
    """
    domain = None if domain is None else _checked(domain)
    if start is not None and not (np.shape(start) == (2,) and np.isfinite(start).all()):
        raise ValueError(f"start must be two finite numbers, not {start!r}")
    tree = read(text)
    f, grad, operations = functions(tree)
    if operations > MOST_OPERATIONS:
        raise Refused("work", 0, text, MOST_OPERATIONS)
    with np.errstate(all="ignore"):
        view = domain or first_view(f)
        if view is None or not np.isfinite(f(*grid(view))).any():
            raise Refused("nowhere", 0, text)
        low = lowest(f, grad, view)
        at = steep_start(f, grad, view, low) if start is None else (float(start[0]), float(start[1]))
        heights = f(*grid(view)) - low.f
        heights = heights[np.isfinite(heights)]
        steep = bool(np.median(heights) < 0.4 * heights.max())
    surface = Expression(
        title=text.strip(),
        lesson="",
        f=f,
        grad=grad,
        domain=view,
        start=at,
        minima=low.inside,
        floor=None,
        settings={},
        log_levels=steep and not low.pole,
        seen=None if low.pole else low.f,
        formula=tree,
        lowest_at=low.at,
    )

    def walled(x: Array, y: Array) -> Array:
        """Return f, and ∞ outside the view: an lr that throws a run out is none to begin with."""
        return np.where(inside_view(surface, np.stack((x, y), axis=-1)), f(x, y), np.inf)

    inside = replace(surface, f=walled)
    lrs = {name: float(f"{_first_lr(method, inside):.2g}") for name, method in (("lr", RMSprop), ("sgd_lr", SGD))}
    return replace(surface, settings={**lrs, "steps": STEPS})


def _first_lr(method: type[RMSprop] | type[SGD], surface: Surface) -> float:
    """Return the lr that ends lowest, counting the worse of its neighbours; 0.01 where all end alike or nowhere."""
    lrs = largest_lr(method, surface, STEPS, surface.start) * np.geomspace(1e-6, 1, LRS)
    f = sweep(method, surface, steps=STEPS, lr=lrs, asked=()).f
    worst = np.lib.stride_tricks.sliding_window_view(np.where(np.isfinite(f), f, np.inf), 3).max(axis=1)
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
