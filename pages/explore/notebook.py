"""The experiment as a Jupyter notebook that runs alone: both optimizers and the surface stand in it as their source."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import replace
from typing import Any

from pages.shared.model import colours
from pages.shared.model.language import _
from pages.shared.model.methods import THIRD
from pages.shared.model.settings import TYPED, Settings
from pages.shared.wire import source
from pages.shared.wire.experiment import outcomes
from rmsprop_core import optimizers


def notebook(settings: Settings, link: str = "") -> str:
    """Return the notebook as JSON (nbformat 4.5). Its numbers are those of the page, to the last bit."""
    both = replace(settings.seeing(), third="")
    surface = both.landscape()
    last = {method.key: float(traj.f[-1]) for method, traj in outcomes(both)}
    look = {method.key: (method.colour.light, method.line, method.mark) for method in both.methods()}
    heights = colours.HEIGHTS.light.split()[:: len(colours.HEIGHTS.light.split()) - 1]
    linked = f"\n\n[{_('The same run in RMSprop Explorer')}]({link})" if link else ""
    told = _("`runs[...]` holds every quantity of every step, row 0 being the start: {names}.").format(
        names=", ".join(optimizers.Step._fields)
    )
    told_of = _("The two methods, as they ran; only the checks of what they are given are left out.")
    left = [_("{method} is left out, too: this notebook holds the two.").format(method=each.title)
            for each in settings.methods() if each.key == THIRD]  # fmt: skip
    drawn = _MAP.format(look=look, heights=heights, bent=surface.log_levels, lowest=surface.lowest)
    above, scale = surface.floor or 0.0, "linear" if surface.floor is None else "log"
    name = "f − f*" if above else "f"
    title = f"`{surface.title.replace('`', ' ')}`" if settings.surface == TYPED else _(surface.title)
    cells = [
        _text(f"# RMSprop Explorer: {title}\n\n{_('Needs `numpy` and `plotly`, nothing else.')}{linked}"),
        _text(" ".join([told_of, *left])),
        _code(re.sub(r"(?m)^from rmsprop_core.checks import .*\n", _UNCHECKED, inspect.getsource(optimizers))),
        _text(_("The surface and its gradient:")),
        _code(f"{source.TYPES}\n\n{source.of_surface(surface)}"),
        _text(_("The experiment:")),
        _code(f"{_methods(both)}\n\n{source.circumstances(both)}"),
        _code(_run(both)),
        _text(told),
        _text(_("The last f of each method, here and on the page:")),
        _code(f"on_the_page = {last!r}\nfor method, path in runs.items():\n    last = float(f(*path.theta.T)[-1])\n"
              "    print(method, last, on_the_page[method], last == on_the_page[method])"),
        _code(drawn),
        _code(_LOSS.format(above=above, name=name, scale=scale)),
    ]  # fmt: skip
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}, indent=1)


_UNCHECKED = """

def settle(optimizer):
    pass  # RMSprop Explorer checks the hyperparameters here


def checked_theta(theta, *hypers):
    return np.array(theta, dtype=np.float64)


def checked_gradient(g, theta, *hypers):
    return np.array(g, dtype=np.float64)


"""


def _methods(settings: Settings) -> str:
    """Return the code that makes the optimizers."""
    made = "".join(f'    "{method.key}": {source.written(method.optimizer)},\n' for method in settings.methods())
    return f"methods = {{\n{made}}}"


def _run(settings: Settings) -> str:
    """Return the code that makes the runs."""
    constant = settings.schedule == "constant"
    return _RUNS.format(made="optimizer" if constant else "replace(optimizer, lr=optimizer.lr * float(factors[t - 1]))")


_RUNS = """\
from dataclasses import replace


def run(optimizer):
    made = [optimizer.start(start)]
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            last = made[-1]
            step = {made}.step(last, gradient(t, last.theta))
            if not np.isfinite([*step.s, *step.rms, *step.theta, f(*step.theta)]).all():
                break
            made.append(step)
    return Step(*map(np.array, zip(*made)))


runs = {{key: run(optimizer) for key, optimizer in methods.items()}}
{{key: path.theta[-1] for key, path in runs.items()}}"""
_MAP = """\
import plotly.graph_objects as go

(x0, x1), (y0, y1) = domain
across, up = np.linspace(x0, x1, 161), np.linspace(y0, y1, 161)
heights = f(*np.meshgrid(across, up))
bent, lowest = {bent}, {lowest}
shown = np.log10(np.maximum(heights - lowest, np.ptp(heights) * 1e-6)) if bent else heights
look = {look}

figure = go.Figure(go.Contour(x=across, y=up, z=shown, colorscale={heights}, showscale=False, hoverinfo="skip"))
for method, path in runs.items():
    colour, dash, mark = look[method]
    figure.add_scatter(x=path.theta[:, 0], y=path.theta[:, 1], name=method, mode="lines+markers",
                       line={{"color": colour, "dash": dash}}, marker={{"color": colour, "symbol": mark, "size": 5}})
figure.update_xaxes(title=variables[0], range=[x0, x1])
figure.update_yaxes(title=variables[1], range=[y0, y1])
figure.update_layout(title=title, template="plotly_white", width=720, height=520)
figure"""
_LOSS = """\
figure = go.Figure()
for method, path in runs.items():
    colour, dash, _ = look[method]
    figure.add_scatter(y=f(*path.theta.T) - {above}, name=method, line={{"color": colour, "dash": dash}})
figure.update_yaxes(title="{name}", type="{scale}")
figure.update_xaxes(title="t")
figure.update_layout(template="plotly_white", width=720, height=360)
figure"""


def _text(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(code: str) -> dict[str, Any]:
    lines = code.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": lines}
