"""An experiment as Python: its surface, its circumstances, its optimizers, for every program that is taken away."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import numpy as np

from pages.shared.model.settings import Settings
from rmsprop_core import Optimizer, schedules
from rmsprop_core.expression import Expression, slopes, tape
from rmsprop_core.expression.tree import Node, ordered, symbol
from rmsprop_core.runs import gradients
from rmsprop_core.surfaces import Surface, patients

LONG = 100  # signs in a formula, beyond which a part of it gets a name
TYPES = "from __future__ import annotations"  # before all, so that types in the surface's code need no imports
SIGNS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.negative: "-"}


def of_surface(surface: Surface) -> str:
    """Return the code of f and of its gradient."""
    view = f"title, variables, domain = {surface.title!r}, {surface.variables!r}, {surface.domain!r}"
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


def circumstances(settings: Settings) -> str:
    """Return the code of start, steps, gradient(t, theta), and factors of lr where a schedule has them."""
    by = settings.circumstances()
    parts = [f"start, steps = {(settings.x, settings.y)!r}, {settings.steps}"]
    if settings.by_chance:
        parts.append(f"seed = {settings.seed}")
    if by["noise"]:
        parts.append(f"noise = {by['noise']!r} * np.random.default_rng(seed).standard_normal((steps, 2))")
    if by["schedule"] != "constant":
        shape = inspect.getsource(schedules.SHAPES[by["schedule"]]).strip().removesuffix(",").partition(": ")[2]
        parts += ["from math import ceil"] if "ceil" in shape else []
        parts.append(f"shape = {shape}\nfactors = shape(np.arange(1.0, steps + 1), steps)")
    if by["batch"]:
        sources = [inspect.getsource(function) for function in (gradients.rows_seen, gradients._means)]
        bmi, progression = (values.tolist() for values in patients())
        seen = gradients.gradient(settings.landscape(), 1, batch=by["batch"])
        parts += [f"batch = {by['batch']}\nbmi = np.array({bmi})\nprogression = np.array({progression})"]
        parts += ["def patients():\n    return bmi, progression", *sources]
        means = "    x, xx, y, xy = _means(steps, seed, batch)"
        parts += [
            f"def by_batches():\n{means}\n\n{inspect.getsource(seen)}    return batched",
            "batched = by_batches()",
        ]
    exact = "batched(t, theta)" if by["batch"] else "np.array(grad(*theta))"
    parts.append(f"def gradient(t, theta):\n    return {exact}{' + noise[t - 1]' if by['noise'] else ''}")
    return "\n\n".join(parts)


def written(optimizer: Optimizer) -> str:
    """Return the code that makes an optimizer, every argument by its name."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in vars(optimizer).items())
    return f"{type(optimizer).__name__}({arguments})"
