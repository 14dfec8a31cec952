"""The map to sketch on: level lines of the surface in black and white, as SVG."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pages.shared.wire.landscape import landscape, round_step
from pages.step_by_step.exercise import Exercise
from rmsprop_core import Surface
from rmsprop_core.explain.digits import digits

Array = NDArray[np.float64]
WIDTH, HEIGHT = 640.0, 440.0
BOX = f"-46 -10 {WIDTH + 56:g} {HEIGHT + 32:g}"  # with the numbers beside and under the map
TICKS = 8


def ground(surface: Surface) -> str:
    """Return the map of a surface as a symbol, once for all that use it."""
    head, columns = landscape(surface, "")
    n = head["n"]
    x, y = np.meshgrid(np.linspace(0, WIDTH, n), np.linspace(HEIGHT, 0, n))
    half = (slice(None, None, 2), slice(None, None, 2))
    heights = columns["surface.z"].reshape(n, n).astype(np.float64)
    lines = _lines(x[half], y[half], heights[half], np.arange(head["start"], head["end"], head["size"]))
    levels = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in lines.tolist())
    squares, numbers = "", ""
    for i, (low, high) in enumerate(surface.domain):
        step = round_step((high - low) / TICKS)
        for value in step * np.arange(np.ceil(low / step), np.floor(high / step) + 1):
            at, text = _place(surface, value, i), digits(float(value))
            squares += f"M{at:.1f} 0v{HEIGHT:g}" if i == 0 else f"M0 {at:.1f}h{WIDTH:g}"
            where = f'x="{at:.1f}" y="{HEIGHT + 16:g}"' if i == 0 else f'x="-6" y="{at + 4:.1f}" text-anchor="end"'
            numbers += f"<text {where}>{text}</text>"
    x_name, y_name = surface.variables
    return (
        f'<svg width="0" height="0" style="position: absolute"><symbol id="ground" viewBox="{BOX}">'
        f'<g fill="none"><path stroke="#ddd" stroke-width="0.7" d="{squares}"/><path stroke="#777" d="{levels}"/>'
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" stroke="#111"/></g><g text-anchor="middle">{numbers}'
        f'<text x="{WIDTH - 12:g}" y="{HEIGHT - 8:g}">{x_name}</text><text x="12" y="18">{y_name}</text></g>'
        "</symbol></svg>"
    )


def sketch(exercise: Exercise, *, solved: bool) -> str:
    """Return the map with the first point of the steps, and with all of them where it is solved."""
    surface, walks = exercise.run.traj.surface, exercise.walks
    points = [walks[0].before.theta, *(walk.after.theta for walk in walks if solved)]
    at = [(_place(surface, x, 0), _place(surface, y, 1)) for x, y in points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/><text x="{x:.1f}" y="{y - 9:.1f}">{walks[0].before.t + k}</text>'
        for k, (x, y) in enumerate(at)
    )
    x, y, width, height = BOX.split()
    ground = f'<use href="#ground" x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<svg class="sketch" viewBox="{BOX}">{ground}<path fill="none" stroke="#111" d="{path}"/>{marks}</svg>'


def _place(surface: Surface, value: float, i: int) -> float:
    """Return where a coordinate lies on the map, from the left or from above."""
    low, high = surface.domain[i]
    share = (value - low) / (high - low)
    return float(share * WIDTH if i == 0 else (1 - share) * HEIGHT)


def _lines(x: Array, y: Array, z: Array, levels: Array) -> Array:
    """Return the pieces of the level lines, rows of (x, y, x, y): each cell is two triangles, on which z is a plane."""
    index = np.arange(z.size).reshape(z.shape)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    corners = np.hstack([np.reshape((a, b, d), (3, -1)), np.reshape((a, c, d), (3, -1))])
    corners = corners[:, np.isfinite(z.ravel()[corners]).all(axis=0)]
    found = [np.empty((0, 4))]
    for level in levels:
        above = z.ravel()[corners] > level
        cut = corners[:, above.any(axis=0) & ~above.all(axis=0)]
        above = z.ravel()[cut] > level
        lone = np.where(above.sum(axis=0) == 1, above.argmax(axis=0), above.argmin(axis=0))  # alone on its side
        p, q, r = (np.take_along_axis(cut, (lone + k)[None] % 3, axis=0)[0] for k in range(3))
        ends = []
        for other in (q, r):
            share = (level - z.ravel()[p]) / (z.ravel()[other] - z.ravel()[p])
            ends += [axis.ravel()[p] + share * (axis.ravel()[other] - axis.ravel()[p]) for axis in (x, y)]
        found.append(np.stack(ends, axis=1))
    return np.concatenate(found)
