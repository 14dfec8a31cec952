"""The experiment as a Jupyter notebook: rmsprop_core makes the same run again, and Plotly draws it."""

from __future__ import annotations

import json
from typing import Any

from pages.shared.model import colours
from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.wire.experiment import outcomes
from rmsprop_core import SGD, RMSprop


def notebook(settings: Settings, link: str = "") -> str:
    """Return the notebook as JSON (nbformat 4.5). Its numbers are those of the page, to the last bit."""
    both = settings.seeing()
    last = {method.key: float(traj.f[-1]) for method, traj in outcomes(both)}
    title = _(settings.landscape().title)
    look = {method.key: (method.colour.light, method.line, method.mark) for method in both.methods()}
    heights = colours.HEIGHTS.light.split()[:: len(colours.HEIGHTS.light.split()) - 1]
    source = f"\n\n[{_('The same run in RMSprop Explorer')}]({link})" if link else ""
    needs = _("Needs `rmsprop_core` (the folder of RMSprop Explorer, on Python's path), `numpy` and `plotly`.")
    cells = [
        _text(f"# RMSprop Explorer: {title}\n\n{needs}{source}"),
        _code(_setup(both)),
        _text(_("`runs[...]` holds every quantity of every step: theta, f, g, s, m, w, rms, u, v, delta.")),
        _code(_runs(both)),
        _text(_("The last f of each method, here and on the page:")),
        _code(f"on_the_page = {last!r}\nfor method, traj in runs.items():\n"
              "    print(method, float(traj.f[-1]), on_the_page[method], float(traj.f[-1]) == on_the_page[method])"),
        _code(_MAP.replace("{look}", repr(look)).replace("{heights}", repr(heights))),
        _code(_LOSS),
    ]  # fmt: skip
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}, indent=1)


def _setup(settings: Settings) -> str:
    """Return the code that names the surface and the two methods."""
    if settings.surface == "stretched":
        imported, surface = "", f"stretched(kappa={settings.kappa!r}, angle={settings.angle!r})"
    elif settings.f:
        imported, surface = (
            "from rmsprop_core.expression import parse\n",
            f"parse({settings.f!r}{_view(settings.domain)})",
        )
    else:
        imported, surface = "", f"SURFACES[{settings.surface!r}]"
    made = "".join(f'    "{method.key}": {_written(method.optimizer)},\n' for method in settings.methods())
    return (
        "import numpy as np\nimport plotly.graph_objects as go\n\n"
        f"from rmsprop_core import SGD, SURFACES, RMSprop, run, stretched\n{imported}\n"
        f"surface = {surface}\nstart = ({settings.x!r}, {settings.y!r})\n"
        f"methods = {{\n{made}}}"
    )


def _written(optimizer: RMSprop | SGD) -> str:
    """Return the code that makes an optimizer, every argument by its name."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in vars(optimizer).items())
    return f"{type(optimizer).__name__}({arguments})"


def _view(domain: str) -> str:
    """Return the argument for the view of a typed surface, where the user has set one."""
    if not domain:
        return ""
    x0, x1, y0, y1 = (float(part) for part in domain.split(","))
    return f", domain=({(x0, x1)}, {(y0, y1)})"


def _runs(settings: Settings) -> str:
    """Return the code that makes the runs, with whatever differs from run's own defaults."""
    plain: dict[str, Any] = {"noise": 0.0, "schedule": "constant", "batch": None}
    own = {name: value for name, value in settings.circumstances().items() if plain.get(name) != value}
    given = {**own, "seed": settings.seed} if settings.by_chance else own
    more = "".join(f", {name}={value!r}" for name, value in given.items())
    return (
        f"runs = {{key: run(method, surface, start, {settings.steps}{more}) for key, method in methods.items()}}\n"
        "{key: traj.theta[-1] for key, traj in runs.items()}"
    )


_MAP = """\
(x0, x1), (y0, y1) = surface.domain
x, y = np.linspace(x0, x1, 161), np.linspace(y0, y1, 161)
f = surface.f(*np.meshgrid(x, y))
bent = surface.log_levels
z = np.log10(np.maximum(f - surface.lowest, np.ptp(f) * 1e-6)) if bent else f
look = {look}

figure = go.Figure(go.Contour(x=x, y=y, z=z, colorscale={heights}, showscale=False, hoverinfo="skip"))
for method, traj in runs.items():
    colour, dash, symbol = look[method]
    figure.add_scatter(x=traj.theta[:, 0], y=traj.theta[:, 1], name=method, mode="lines+markers",
                       line={"color": colour, "dash": dash}, marker={"color": colour, "symbol": symbol, "size": 5})
figure.update_xaxes(title=surface.variables[0], range=[x0, x1])
figure.update_yaxes(title=surface.variables[1], range=[y0, y1])
figure.update_layout(title=surface.title, template="plotly_white", width=720, height=520)
figure"""
_LOSS = """\
above = surface.floor or 0.0
figure = go.Figure()
for method, traj in runs.items():
    colour, dash, _ = look[method]
    figure.add_scatter(y=traj.f - above, name=method, line={"color": colour, "dash": dash})
figure.update_yaxes(title="f − f*" if above else "f", type="linear" if surface.floor is None else "log")
figure.update_xaxes(title="t")
figure.update_layout(template="plotly_white", width=720, height=360)
figure"""


def _text(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(code: str) -> dict[str, Any]:
    lines = code.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": lines}
