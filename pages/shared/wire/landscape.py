"""What the player draws of a surface: a grid of f, and levels that a reader can use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pages.shared.model.language import _
from pages.shared.model.numbers import number, tick
from pages.shared.wire.head import Levels
from pages.shared.wire.head import Surface as Head
from rmsprop_core import Surface

GRID = 161  # points a side
LEVELS = 18
FLAT = 0.18  # of the grid


def landscape(surface: Surface, key: str) -> tuple[Head, dict[str, NDArray[np.float32]]]:
    """Return the head of a surface, and f on a grid over its domain beside f bent so that even levels suit it.

    Levels are spaced evenly in log(f − lowest f) where the surface asks for it, otherwise in f. Bending changes only
    where level lines lie and what colour is between them; every f on show is f itself.
    """
    x, y = (np.linspace(*side, GRID) for side in surface.domain)
    f = np.asarray(surface.f(*np.meshgrid(x, y)), dtype=np.float64)
    finite = f[np.isfinite(f)]
    lowest, floor, unit, height = surface.lowest, None, 0.0, "f"
    if surface.log_levels and lowest is not None and finite.size:
        floor = lowest if surface.floor is not None else min(lowest, float(finite.min()))
        above = finite - floor
        # The lowest level worth a line: well inside what the grid resolves round the minimum.
        unit = max(float(np.quantile(above, 0.002)), float(above.max()) * 1e-6)
        low, high = float(np.log10(unit)), float(np.log10(above.max()))
        bent, size = np.log10(np.maximum(f - floor, unit / 4)), _log_step(high - low)
        decades = np.arange(np.ceil(low), high)
        ticks = decades[:: max(1, round(len(decades) / 6))] if len(decades) > 1 else np.linspace(low, high, 4)
        labels = [tick(10**v) for v in ticks]
        if floor:
            height = _("f − low") if surface.floor is None else "f − f*"
        start = float(np.ceil(low / size) * size)
        levels: Levels = {"start": start, "end": high, "size": size, "ticks": ticks.tolist(), "labels": labels}
    else:
        bent, levels = f, _even_levels(finite)
    # In 3-D a bowl looks like one: its heights are f, unless most of the floor would be flat.
    bends = floor is not None and float(np.mean(above < 0.01 * above.max())) > FLAT
    note = _("Heights: log({height} + {unit})").format(height=height, unit=number(unit, 2)) if bends else ""
    relief: Levels = levels if bends or floor is None else _even_levels(finite)
    head: Head = {
        "key": key,
        "x": surface.domain[0],
        "y": surface.domain[1],
        "n": GRID,
        **levels,
        "height": height,
        "minima": surface.minima,
        "variables": surface.variables,
        "relief": {**relief, "floor": floor if bends else None, "unit": unit, "note": note, "lowest": lowest},
    }
    return head, {"surface.z": bent.astype(np.float32).ravel(), "surface.f": f.astype(np.float32).ravel()}


def _even_levels(f: NDArray[np.float64]) -> Levels:
    """Return levels spaced evenly in f, and its numbers at every fourth."""
    low, high = (float(f.min()), float(f.max())) if f.size else (0.0, 1.0)
    size = round_step((high - low) / LEVELS)
    ticks = np.arange(np.ceil(low / (4 * size)) * 4 * size, high, 4 * size)
    start = float(np.ceil(low / size) * size)
    return {"start": start, "end": high, "size": size, "ticks": ticks.tolist(), "labels": [tick(v) for v in ticks]}


def round_step(step: float) -> float:
    """Return the 1, 2 or 5 times a power of ten nearest above `step`."""
    if step <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= step * (1 - 1e-12)))


def _log_step(decades: float) -> float:
    """Return a spacing of levels in decades: a simple part of a decade, some LEVELS of them."""
    return next((part for part in (0.1, 0.2, 0.25, 1 / 3, 0.5, 1.0) if decades / part <= LEVELS), 2.0)
