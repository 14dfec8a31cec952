"""What the player draws of a surface: a grid of f, and levels that a reader can use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.shared.model.numbers import tick
from rmsprop_core import Surface

Array = NDArray[np.float64]
GRID = 161  # points a side
LEVELS = 18


@dataclass(frozen=True)
class Landscape:
    """f on a grid over the domain, (GRID, GRID) with y first, and the same bent so that even levels suit it.

    `labels` name the ticks of the colour bar: f, or f − `above`, the floor or lowest f found, where that is not 0.
    """

    f: Array
    bent: Array
    start: float
    end: float
    size: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    above: float = 0.0


def landscape(surface: Surface) -> Landscape:
    """Return the grid. Levels are spaced evenly in log(f − lowest f) where the surface asks for it, otherwise in f.

    Bending changes only where level lines lie and what colour is between them; every f on show is f itself.
    """
    (x0, x1), (y0, y1) = surface.domain
    x, y = np.meshgrid(np.linspace(x0, x1, GRID), np.linspace(y0, y1, GRID))
    f = np.asarray(surface.f(x, y), dtype=np.float64)
    finite = f[np.isfinite(f)]
    if not surface.log_levels or surface.lowest is None or finite.size == 0:
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        size = _round_step((high - low) / LEVELS)
        start = np.ceil(low / size) * size
        ticks = np.arange(np.ceil(low / (4 * size)) * 4 * size, high, 4 * size)
        return Landscape(f, f, float(start), high, size, tuple(ticks.tolist()), tuple(tick(v) for v in ticks))

    floor = surface.lowest if surface.floor is not None else min(surface.lowest, float(finite.min()))
    high = float(finite.max() - floor)
    # The lowest level worth a line: well inside what the grid resolves round the minimum.
    low = max(float(np.quantile(finite - floor, 0.002)), high * 1e-6)
    bent = np.log10(np.maximum(f - floor, low / 4))
    size = _log_step(np.log10(high / low))
    start = float(np.ceil(np.log10(low) / size) * size)
    decades = np.arange(np.ceil(np.log10(low)), np.log10(high))
    every = max(1, round(len(decades) / 6))
    ticks = decades[::every] if len(decades) > 1 else np.linspace(np.log10(low), np.log10(high), 4)
    labels = tuple(tick(10**v) for v in ticks)
    return Landscape(f, bent, start, float(np.log10(high)), size, tuple(ticks.tolist()), labels, floor)


def _round_step(step: float) -> float:
    """Return the 1, 2 or 5 times a power of ten nearest above `step`."""
    if step <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= step * (1 - 1e-12)))


def _log_step(decades: float) -> float:
    """Return a spacing of levels in decades: a simple part of a decade, some LEVELS of them."""
    return next((part for part in (0.1, 0.2, 0.25, 1 / 3, 0.5, 1.0) if decades / part <= LEVELS), 2.0)
