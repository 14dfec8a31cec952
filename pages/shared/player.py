"""The player's Python half: pack runs into bytes, and mount the two components that show them."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.shared import session
from pages.shared.landscape import GRID, landscape
from pages.shared.language import _
from pages.shared.settings import Settings
from pages.shared.text import name, verdict
from rmsprop_core import SGD, Surface, Trajectory, events, run

WEB = Path(__file__).parent / "web"
LONG = 2_000  # steps from which columns travel as float32 where that keeps every size
DASHES: Mapping[str, list[int]] = {"rmsprop": [], "sgd": [7, 4]}
MARKS: Mapping[str, str] = {"rmsprop": "circle", "sgd": "square"}

Array = NDArray[np.float64]


def outcomes(settings: Settings) -> dict[str, Trajectory]:
    """Run the methods that are to be seen: {"rmsprop": ..., "sgd": ...}."""
    surface, start = settings.landscape(), (settings.x, settings.y)
    methods = {"rmsprop": settings.rmsprop, "sgd": settings.sgd}
    return {key: run(make(), surface, start, settings.steps) for key, make in methods.items() if settings.shows(key)}


def bundle(settings: Settings, runs: Mapping[str, Trajectory], *, with_surface: bool, cue: int) -> bytes:
    """Pack runs, words and (where the browser lacks it) the surface: JSON head, padded to 8, then raw columns."""
    surface = settings.landscape()
    columns = {f"{key}.{name}": values for key, traj in runs.items() for name, values in _columns(traj).items()}
    packed = {name: _narrow(values, settings.steps) for name, values in columns.items()}
    identity = hashlib.sha1(settings.lang.encode(), usedforsecurity=False)
    for column_name, values in packed.items():
        identity.update(column_name.encode() + values.tobytes())
    head: dict[str, Any] = {
        "steps": settings.steps,
        "t": settings.clock(),
        "cue": cue,
        "surface_key": surface_key(settings),
        "surface": None,
        "variables": list(surface.variables),
        "numbers": _numbers(),
        "runs": [_run_head(key, traj) for key, traj in runs.items()],
        "charts": _charts(settings, runs),
        "verdict": verdict([(key, traj, events(traj)) for key, traj in runs.items()], settings),
        "words": _words(),
    }
    identity.update(json.dumps([head["surface_key"], head["charts"], head["verdict"], settings.steps]).encode())
    head["run"] = identity.hexdigest()[:16]
    if with_surface:
        head["surface"], grids = _surface(settings, surface)
        packed |= grids
    head["columns"] = [[name, values.dtype.str[1:], values.size] for name, values in packed.items()]
    text = json.dumps(head, allow_nan=False).encode()
    start = struct.pack("<I", len(text)) + text
    return b"".join([_padded(start), *(_padded(values.tobytes()) for values in packed.values())])


def surface_key(settings: Settings) -> str:
    """Return what tells this surface from every other one."""
    own = f":{settings.kappa:g}:{settings.angle:g}" if settings.surface == "stretched" else ""
    return settings.surface + own


def show(settings: Settings, runs: Mapping[str, Trajectory], on_change: Callable[[], None]) -> None:
    """Mount the player for these runs. The surface travels only when this page has not sent it yet."""
    state, key = st.session_state, surface_key(settings)
    data = bundle(settings, runs, with_surface=state.get("sent_surface") != key, cue=session.cue_number())
    state["sent_surface"] = key
    _player()(key="player", data=data, on_t_change=on_change, on_missing_change=_forget_surface)


def load_assets() -> None:
    """Mount the loader: the player's and the dials' code and style, once a page. The surface is to be sent anew."""
    st.session_state.pop("sent_surface", None)
    _loader()(key="assets")


def _forget_surface() -> None:
    st.session_state.pop("sent_surface", None)


@cache
def scripts() -> str:
    """Return the browser's code, one script without imports or exports: mount, dials and what they need."""
    return "\n".join((WEB / f"{part}.js").read_text() for part in ("base", "chart", "landscape", "player", "dials"))


@cache
def styles() -> str:
    """Return the player's and the dials' style sheet."""
    return (WEB / "player.css").read_text()


@cache
def plotly_url() -> str:
    """Return where this server has Plotly: in the chunk that Streamlit's own charts use."""
    static = Path(st.__file__).parent / "static" / "static" / "js"
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    chunk = next(static.glob("PlotlyChart.*.js")).name
    return f"{'/' + base if base else ''}/static/js/{chunk}"


_SLOT = "const slot = (window.rmspropSlot ??= {}); slot.ready ??= new Promise((done) => (slot.done = done));\n"


def _loader() -> Callable[..., Any]:
    # The code runs once and announces itself; the shims of player and dials wait for that.
    js = f"""{_SLOT}
{scripts()}
let plotly = null;
const load = () => (plotly ??= (window.Plotly ? Promise.resolve() : import(new URL("{plotly_url()}", location.origin).href)).then(() => window.Plotly));
window.rmsprop ??= {{ mount, dials, plotly: load }};
load();
slot.done(window.rmsprop);
export default () => {{}};
"""
    return st.components.v2.component("rmsprop_assets", css=styles(), js=js, html="\n", isolate_styles=False)


def _player() -> Callable[..., Any]:
    js = f"""{_SLOT}
export default ({{ data, parentElement, setStateValue }}) => {{
  let leave = () => {{}};
  slot.ready.then((rmsprop) => {{ leave = rmsprop.mount(parentElement, data, setStateValue); }});
  return () => leave();
}};
"""
    return st.components.v2.component("rmsprop_player", js=js, html="\n", isolate_styles=False)


def _columns(traj: Trajectory) -> dict[str, Array]:
    """Return what the player shows of a run, a column each; x, y, f and loss have T + 1 rows, the others T."""
    pairs = {"g": traj.g, "delta": traj.delta}
    if not isinstance(traj.optimizer, SGD):
        pairs |= {"s": traj.s, "rms": traj.rms}
    columns = {"x": traj.theta[:, 0], "y": traj.theta[:, 1], "f": traj.f}
    if traj.surface.floor:
        columns["loss"] = traj.f - traj.surface.floor
    return columns | {f"{name}.{axis}": pair[:, i] for name, pair in pairs.items() for i, axis in enumerate("xy")}


def _narrow(values: Array, steps: int) -> Array:
    """Return the column as float64, or in a long run as float32 where no number is too small or large for it."""
    if steps <= LONG:
        return np.ascontiguousarray(values)
    sizes = np.abs(values[values != 0])
    fits = sizes.size == 0 or (sizes.min() > 1e-37 and sizes.max() < 1e38)
    return values.astype(np.float32) if fits else np.ascontiguousarray(values)


def _run_head(key: str, traj: Trajectory) -> dict[str, Any]:
    ended = traj.ended is not None
    return {"key": key, "title": name(key), "mark": MARKS[key], "dash": DASHES[key], "ended": ended}


def _numbers() -> list[dict[str, Any]]:
    """Return the columns of the table of numbers: symbol, name, and the columns of x and y."""
    quantities = [
        ("θ", "theta", _("position"), _("where the method stands after step t"), ["x", "y"]),
        ("g", "g", _("gradient"), _("slope of the loss where step t began"), ["g.x", "g.y"]),
        ("s", "s", _("mean of g²"), _("running mean of the squared gradient"), ["s.x", "s.y"]),
        ("rms", "rms", _("divisor"), _("what the gradient is divided by"), ["rms.x", "rms.y"]),
        ("Δ", "delta", _("step"), _("what is subtracted from θ"), ["delta.x", "delta.y"]),
        ("f", "f", _("loss"), _("height of the surface at θ"), ["f"]),
    ]
    return [
        {"symbol": {"text": text, "class": style}, "name": label, "help": help_text, "columns": columns}
        for text, style, label, help_text, columns in quantities
    ]


def _charts(settings: Settings, runs: Mapping[str, Trajectory]) -> list[dict[str, Any]]:
    """Return the charts: the loss, then those that take turns beside it."""
    surface = settings.landscape()
    loss = "loss" if surface.floor else "f"
    title = (
        _("loss f − f* (log)") if surface.floor else _("loss f (log)") if surface.floor == 0 else _("loss f (bent log)")
    )
    lines = [{"column": f"{key}.{loss}", **_line(key)} for key in runs]
    unit = max((float(np.max(np.abs(traj.f))) for traj in runs.values() if len(traj.f)), default=1.0)
    near = [np.abs(traj.f[: len(traj.f) // 3 + 1]).min() for traj in runs.values()]
    charts: list[dict[str, Any]] = [
        {
            "key": "loss",
            "title": title,
            "scale": "symlog" if surface.floor is None else "log",
            "unit": max(float(min(near, default=1.0)), unit * 1e-12, 1e-300) if surface.floor is None else 1.0,
            "lines": lines,
        }
    ]
    rates: list[dict[str, Any]] = []
    if "rmsprop" in runs:
        x, y = surface.variables
        pair = [("x", x, []), ("y", y, [2, 3])]
        rates = [
            {"over": [settings.lr, f"rmsprop.rms.{c}"], **_line("rmsprop"), "dash": dash, "end": label}
            for c, label, dash in pair
        ]
        squares = [
            {"column": f"rmsprop.s.{c}", **_line("rmsprop"), "dash": dash, "end": label} for c, label, dash in pair
        ]
    if "sgd" in runs:
        rates.append({"constant": settings.sgd_lr, **_line("sgd"), "end": "SGD"})
    charts.append({"key": "rate", "title": "lr/rms", "scale": "log", "lines": rates,
                   "help": _("what each gradient is multiplied by; for SGD it is lr itself")})  # fmt: skip
    lengths = [{"norm": [f"{key}.delta.x", f"{key}.delta.y"], **_line(key)} for key in runs]
    charts.append({"key": "length", "title": "|Δ|", "scale": "log", "lines": lengths, "help": _("length of each step")})
    if "rmsprop" in runs:
        charts.append({"key": "s", "title": "s", "scale": "log", "lines": squares, "help": _("running mean of g²")})
    return charts


def _line(key: str) -> dict[str, Any]:
    return {"colour": key, "dash": DASHES[key], "mark": MARKS[key]}


def _surface(settings: Settings, surface: Surface) -> tuple[dict[str, Any], dict[str, Any]]:
    drawn = landscape(surface)
    head = {
        "key": surface_key(settings),
        "x": list(surface.domain[0]),
        "y": list(surface.domain[1]),
        "n": GRID,
        "start": drawn.start,
        "end": drawn.end,
        "size": drawn.size,
        "ticks": list(drawn.ticks),
        "labels": list(drawn.labels),
        "minima": [list(point) for point in surface.minima],
        "variables": list(surface.variables),
    }
    return head, {"surface.z": drawn.bent.astype(np.float32).ravel(), "surface.f": drawn.f.astype(np.float32).ravel()}


def _words() -> dict[str, str]:
    return {
        "player": _("Player: space plays, arrow keys step, Home and End jump"),
        "contour": _("Contour of the loss with the paths of the methods."),
        "step": _("step"),
        "of": _("of"),
        "t": "t =",
        "play": _("Play"),
        "pause": _("Pause"),
        "first": _("To the start"),
        "back": _("One step back"),
        "forward": _("One step forward"),
        "last": _("To the end"),
        "scrub": _("Step"),
        "pace": _("Speed"),
        "auto": _("5 seconds"),
        "per_second": _("steps/s"),
        "equal": _("Equal axes"),
        "full": _("Full screen"),
    }


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 8)
