"""What the player is sent: a JSON head, then raw columns. Free of Streamlit: a notebook or a file can use it."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from pages.shared.model.language import _
from pages.shared.model.methods import Run
from pages.shared.wire.code import texts
from pages.shared.wire.head import Chart, Drawn, Head, Line
from pages.shared.wire.head import Run as Row
from pages.shared.wire.landscape import landscape
from rmsprop_core import SGD, AdaGrad, Rprop, SignDescent, Surface, Trajectory

LONG = 2_000  # steps from which columns travel as float32 where that keeps every size
SHOWN = ("g", "s", "rms", "delta")
UNUSED: Mapping[type, tuple[str, ...]] = {  # what a method does not have, or has otherwise
    SGD: ("s", "m", "w", "rms"), SignDescent: ("s", "m", "w"), Rprop: ("s", "m", "w", "rms"),
}  # fmt: skip

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Exhibit:
    """What a player shows: runs on a surface, up to four, and a clock from 0 to `steps`, now at t.

    `key` tells the surface from every other one, `verdict` is the line under the picture, `quantities` are the columns
    of a Step that travel (besides θ and f). A page's own views get `extra`, in JSON, and `columns`, as they are;
    `exact` keeps float64 in a long run too. `pinned` are runs to compare with, `charts` are the page's own.
    """

    surface: Surface
    key: str
    runs: Sequence[Run]
    steps: int
    t: int
    verdict: str
    quantities: tuple[str, ...] = SHOWN
    extra: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    exact: bool = False
    pinned: Sequence[Run] = ()
    charts: Sequence[Chart] = ()

    @property
    def size(self) -> int:
        """About how many bytes its runs take, each with some twelve pairs of columns."""
        pairs = sum(run.traj.theta.nbytes for run in (*self.runs, *self.pinned))
        return 12 * pairs + sum(values.nbytes for values in self.columns.values())


def pack(exhibit: Exhibit, *, with_surface: bool = True, relief: bool = False) -> bytes:
    """Return the bytes that the player is mounted with: see `framed`.

    `run` in the head names what is to be seen: two bundles with the same name paint the same picture. Words travel
    with the surface.
    """
    rows = [(_row(run, exhibit.columns), run.traj, exhibit.quantities) for run in exhibit.runs]
    rows += [(_pinned(run), run.traj, exhibit.quantities) for run in exhibit.pinned]
    packed: dict[str, NDArray[Any]] = {
        f"{row['key']}.{column}": values if exhibit.exact else _narrow(values, exhibit.steps)
        for row, traj, quantities in rows
        for column, values in _columns(traj, quantities).items()
    }
    packed |= exhibit.columns
    head: Head = {
        "run": "",
        "t": 0,
        "surface": None,
        "columns": [],
        "steps": exhibit.steps,
        "surface_key": exhibit.key,
        "variables": list(exhibit.surface.variables),
        "runs": [row for row, _, _ in rows],
        "charts": [*_charts(exhibit, [row for row, _, _ in rows]), *exhibit.charts],
        "verdict": exhibit.verdict,
    }
    identity = hashlib.sha1(json.dumps([head, exhibit.extra]).encode(), usedforsecurity=False)
    for values in packed.values():
        identity.update(values.tobytes())
    head |= {"run": identity.hexdigest()[:16], "t": exhibit.t, "relief": relief}
    if with_surface:
        head |= {"words": {text: said for text in texts() if (said := _(text)) != text}}
        head["surface"], grids = landscape(exhibit.surface, exhibit.key)
        packed |= grids
    return framed({**head, **exhibit.extra}, packed)


def framed(head: Mapping[str, Any], columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Return uint32 length of the head, the head padded to a multiple of 8, the columns, each padded so."""
    listed = [[column, values.dtype.str[1:], values.size] for column, values in columns.items()]
    text = json.dumps({**head, "columns": listed}, allow_nan=False, separators=(",", ":")).encode()
    start = struct.pack("<I", len(text)) + text
    return b"".join([_padded(start), *(_padded(values.tobytes()) for values in columns.values())])


def _columns(traj: Trajectory, quantities: tuple[str, ...]) -> dict[str, Array]:
    """Return what travels of a run, a column each; x, y, f and loss have T + 1 rows, the others T."""
    columns = {"x": traj.theta[:, 0], "y": traj.theta[:, 1], "f": traj.f}
    if traj.surface.floor:
        columns["loss"] = traj.f - traj.surface.floor
    unused = next((names for kind, names in UNUSED.items() if isinstance(traj.optimizer, kind)), ())
    pairs = {quantity: getattr(traj, quantity) for quantity in quantities if quantity not in unused}
    return columns | {
        f"{quantity}.{axis}": pair[:, i] for quantity, pair in pairs.items() for i, axis in enumerate("xy")
    }


def _narrow(values: Array, steps: int) -> Array:
    """Return the column as float64, or in a long run as float32 where no number is too small or large for it."""
    if steps <= LONG:
        return values
    sizes = np.abs(values[values != 0])
    fits = sizes.size == 0 or (sizes.min() > 1e-37 and sizes.max() < 1e38)
    return values.astype(np.float32) if fits else values


def _row(run: Run, columns: Mapping[str, NDArray[Any]]) -> Row:
    method, ended = run.method, run.traj.ended is not None
    return {"key": method.key, "title": method.title, "colour": method.key, "dash": method.dash, "mark": method.mark,
            "ended": ended, "pinned": False, "seeds": len(columns.get(f"{method.key}.cloud", ()))}  # fmt: skip


def _pinned(run: Run) -> Row:
    row = _row(run, {})
    title = _("{method}, pinned").format(method=row["title"])
    return {**row, "key": f"pinned_{row['key']}", "title": title, "colour": "ghost", "pinned": True}


def _charts(exhibit: Exhibit, rows: list[Row]) -> list[Chart]:
    """Return the charts: the loss, then those that take turns beside it."""
    surface, runs, own = exhibit.surface, [*exhibit.runs, *exhibit.pinned], exhibit.columns
    rows, runs = rows[::-1], runs[::-1]  # the first on top, what is pinned under the others
    loss = "loss" if surface.floor else "f"
    log = surface.floor is not None or all((traj.f >= 0).all() for _method, traj in runs)
    title = _("loss f (log)") if log else _("loss f (log, linear near 0)")
    if surface.floor:
        title = _("loss left, f − f* (log)")
    if any(f"{method.key}.median" in own for method, _traj in runs):
        title = _("{title}: median, 10–90 %").format(title=title)
    losses = [
        _line(row, column=f"{row['key']}.median", band=(f"{row['key']}.low", f"{row['key']}.high"))
        if f"{row['key']}.median" in own
        else _line(row, column=f"{row['key']}.{loss}", width=1.5 if row["pinned"] else 2.0)
        for row in rows
    ]
    lengths = [_line(row, norm=(f"{row['key']}.delta.x", f"{row['key']}.delta.y")) for row in rows]
    rates: list[Line] = []
    squares: list[Line] = []
    for row, (_method, traj) in zip(rows, runs, strict=True):
        key, name = row["key"], "" if row["pinned"] else row["title"]
        lr = f"{key}.lr" if f"{key}.lr" in own else float(traj.optimizer.lr)
        if isinstance(traj.optimizer, SGD):
            rate: Drawn = {"column": lr} if isinstance(lr, str) else {"constant": lr}
            rates.append({**_line(row, **rate), "end": name})
            continue
        if isinstance(traj.optimizer, Rprop):
            continue
        for axis, label, dash in zip("xy", surface.variables, ([], [2, 3]), strict=True):
            part: Row = {**row, "dash": dash}
            end = label if name else ""
            rates.append(_line(part, over=(lr, f"{key}.rms.{axis}"), end=end))
            if not isinstance(traj.optimizer, SignDescent):
                squares.append(_line(part, column=f"{key}.s.{axis}", end=end))
    multiplies = _("what g is multiplied by, before any velocity; for SGD it is lr itself")
    sums = any(isinstance(traj.optimizer, AdaGrad) for _method, traj in runs)
    charts: list[Chart] = [
        {"key": "loss", "title": title, "unit": None if log else _unit(runs), "lines": losses},
        {"key": "rate", "title": "lr/rms", "lines": rates, "help": multiplies},
        {"key": "length", "title": "‖Δ‖", "lines": lengths, "help": _("length of each step")},
        {
            "key": "s",
            "title": "s",
            "lines": squares,
            "help": _("running mean of g²; AdaGrad's is the sum") if sums else _("running mean of g²"),
        },
    ]
    return charts if squares else charts[:3]


def _unit(runs: Sequence[Run]) -> float:
    """Return where a bent scale turns from linear to logarithmic: at the least |f| of the first third of the runs."""
    early = [traj.f[: len(traj.f) // 3 + 1] for _method, traj in runs]
    near, sizes = (np.abs(np.concatenate(parts)) for parts in (early, [traj.f for _method, traj in runs]))
    near, sizes = near[np.isfinite(near)], sizes[np.isfinite(sizes)]
    return float(max(near.min(initial=np.inf) if near.size else 1.0, sizes.max(initial=0.0) * 1e-12, 1e-300))


def _line(row: Row, **drawn: Unpack[Drawn]) -> Line:
    return {"colour": row["colour"], "dash": row["dash"], "mark": row["mark"], **drawn}


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 8)
