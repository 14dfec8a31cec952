"""The experiment as a Jupyter notebook that runs alone: both optimizers and the surface stand in it as their source."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from textwrap import dedent
from typing import Any

import numpy as np

from pages.shared.model import colours
from pages.shared.model.language import _
from pages.shared.model.methods import THIRD
from pages.shared.model.settings import Settings
from pages.shared.wire.experiment import outcomes
from rmsprop_core import Optimizer, optimizers, schedules
from rmsprop_core.expression import Expression, slopes, tape
from rmsprop_core.expression.tree import Node, ordered, symbol
from rmsprop_core.runs import gradients
from rmsprop_core.surfaces import Surface, patients


def notebook(settings: Settings, link: str = "") -> str:
    """Return the notebook as JSON (nbformat 4.5). Its numbers are those of the page, to the last bit."""
    both = replace(settings.seeing(), third="")
    surface = both.landscape()
    last = {method.key: float(traj.f[-1]) for method, traj in outcomes(both)}
    look = {method.key: (method.colour.light, method.line, method.mark) for method in both.methods()}
    heights = colours.HEIGHTS.light.split()[:: len(colours.HEIGHTS.light.split()) - 1]
    source = f"\n\n[{_('The same run in RMSprop Explorer')}]({link})" if link else ""
    told = _("`runs[...]` holds every quantity of every step, row 0 being the start: {names}.").format(
        names=", ".join(optimizers.Step._fields)
    )
    told_of = _("The two methods, as they ran; only the checks of what they are given are left out.")
    left = [_("{method} is left out, too: this notebook holds the two.").format(method=each.title)
            for each in settings.methods() if each.key == THIRD]  # fmt: skip
    drawn = _MAP.format(look=look, heights=heights, bent=surface.log_levels, lowest=surface.lowest)
    above, scale = surface.floor or 0.0, "linear" if surface.floor is None else "log"
    name = "f − f*" if above else "f"
    cells = [
        _text(f"# RMSprop Explorer: {_(surface.title)}\n\n{_('Needs `numpy` and `plotly`, nothing else.')}{source}"),
        _text(" ".join([told_of, *left])),
        _code(re.sub(r"(?m)^from rmsprop_core.checks import .*\n", _UNCHECKED, inspect.getsource(optimizers))),
        _text(_("The surface and its gradient:")),
        _code(_surface(surface)),
        _text(_("The experiment:")),
        _code(_experiment(both)),
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


def _surface(surface: Surface) -> str:
    """Return the code of f and of its gradient."""
    view = "from __future__ import annotations\n\n"  # so that types need no imports
    view += f"title, variables, domain = {surface.title!r}, {surface.variables!r}, {surface.domain!r}"
    if isinstance(surface, Expression):
        along = (slopes.derivative(surface.formula, symbol(name)) for name in surface.variables)
        code = "\n\n".join([_typed("f", surface.formula), _typed("grad", *along)])
        helpers = [each for each in (tape.product_of, slopes.unless_zero) if each.__name__ in code]
        return "\n\n".join([view, *map(inspect.getsource, helpers), code])
    return "\n".join(dict.fromkeys([view, *_sources("f", surface.f), *_sources("grad", surface.grad)]))


def _sources(name: str, function: Callable[..., Any]) -> list[str]:
    """Return the code that gives a name to a surface's function, after that of what it uses."""
    scope = inspect.getclosurevars(function)
    found = []
    for key, value in {**scope.globals, **scope.nonlocals}.items():
        if not inspect.ismodule(value):
            found += _sources(key, value) if callable(value) else [f"{key} = {value!r}"]
    source = dedent(inspect.getsource(function)).strip().removesuffix(",")  # an argument's comma
    if not source.startswith("def"):
        return [*found, source.replace(f"{name}=lambda", f"{name} = lambda", 1)]
    alias = [] if function.__name__ == name else [f"\n{name} = {function.__name__}"]
    return [*found, f"\n{source}\n", *alias]


def _typed(name: str, *trees: Node) -> str:
    """Return a function of x and y that computes trees in the order of the page's own (expression/tape.py)."""
    nodes = ordered(trees)
    uses = Counter(part for node in nodes if node.apply for part in node.parts)
    text: dict[Node, str] = {}
    lines: list[str] = []
    for node in nodes:
        text[node] = _python(node, text)
        if node.apply and node.value is None and (uses[node] > 1 or len(text[node]) > LONG):
            lines.append(f"    t{len(lines)} = {text[node]}")
            text[node] = f"t{len(lines) - 1}"
    results = [text[t] if t.apply and t.value is None else f"{text[t]} + np.zeros(np.shape(x))" for t in trees]
    return "\n".join([f"def {name}(x, y):", *lines, f"    return {', '.join(results)}"])


def _python(node: Node, text: Mapping[Node, str]) -> str:
    """Return a node in NumPy, its parts being written."""
    if node.value is not None:
        return repr(node.value) if np.isfinite(node.value) else f'float("{node.value}")'
    if node.apply is None:
        return str(node.parts[0])
    parts, n = [text[part] for part in node.parts], node.parts[-1].value
    if node.apply is np.power and node.parts[0].value == np.e:
        return f"np.exp({parts[1]})"
    if node.apply is np.power and n is not None and n.is_integer() and abs(n) <= tape.MOST_PRODUCTS:
        return f"product_of({int(n)}, {parts[0]})"
    if node.apply in SIGNS:
        return f"({f' {SIGNS[node.apply]} '.join(parts)})" if len(parts) > 1 else f"(-{parts[0]})"
    module = "np." if isinstance(node.apply, np.ufunc) else ""
    return f"{module}{node.apply.__name__}({', '.join(parts)})"


def _experiment(settings: Settings) -> str:
    """Return the code that names start, steps and methods, and what else the runs depend on."""
    made = "".join(f'    "{method.key}": {_written(method.optimizer)},\n' for method in settings.methods())
    parts = [f"start, steps = {(settings.x, settings.y)!r}, {settings.steps}\nmethods = {{\n{made}}}"]
    by = settings.circumstances()
    if settings.by_chance:
        parts.append(f"seed = {settings.seed}")
    if by["noise"]:
        parts.append(f"noise = {by['noise']!r} * np.random.default_rng(seed).standard_normal((steps, 2))")
    if by["schedule"] != "constant":
        shape = inspect.getsource(schedules.SHAPES[by["schedule"]]).strip().removesuffix(",").partition(": ")[2]
        parts.append(f"from math import ceil\n\nshape = {shape}\nfactors = shape(np.arange(1.0, steps + 1), steps)")
    if by["batch"]:
        sources = [inspect.getsource(function) for function in (gradients.rows_seen, gradients._means)]
        bmi, progression = (values.tolist() for values in patients())
        seen = gradients.gradient(settings.landscape(), 1, batch=by["batch"])
        parts += [f"batch = {by['batch']}\nbmi = np.array({bmi})\nprogression = np.array({progression})"]
        parts += ["def patients():\n    return bmi, progression", *sources]
        means = "    x, xx, y, xy = _means(steps, seed, batch)"
        parts += [f"def by_batches():\n{means}\n\n{inspect.getsource(seen)}    return batched"]
        parts += ["gradient = by_batches()"]
    return "\n\n".join(parts)


def _written(optimizer: Optimizer) -> str:
    """Return the code that makes an optimizer, every argument by its name."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in vars(optimizer).items())
    return f"{type(optimizer).__name__}({arguments})"


def _run(settings: Settings) -> str:
    """Return the code that makes the runs."""
    by = settings.circumstances()
    return _RUNS.format(
        made="optimizer"
        if by["schedule"] == "constant"
        else "replace(optimizer, lr=optimizer.lr * float(factors[t - 1]))",
        gradient="gradient(t, last.theta)" if by["batch"] else "np.array(grad(*last.theta))",
        noise=" + noise[t - 1]" if by["noise"] else "",
    )


LONG = 100  # signs in a formula, beyond which a part of it gets a name
SIGNS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.negative: "-"}
_RUNS = """\
from dataclasses import replace


def run(optimizer):
    made = [optimizer.start(start)]
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            last = made[-1]
            g = {gradient}{noise}
            step = {made}.step(last, g)
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
