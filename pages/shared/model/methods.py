"""The methods that stand side by side: how each is called and drawn, and the optimizer that it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from pages.shared.model.colours import METHODS as COLOURS
from pages.shared.model.colours import Colour
from rmsprop_core import SGD, AdaGrad, Adam, Decayed, Optimizer, RMSprop, Rprop, SignDescent, Trajectory
from rmsprop_core.decay import Wrapped


@dataclass(frozen=True)
class Method:
    """A method as it is shown. `key` names it in links and columns; dash and mark tell it from others without colour.

    `dash` are the lengths of strokes and gaps, none for an unbroken line; `line` is Plotly's word for the same. The
    settings of its optimizer are called as its arguments are, after `prefix`.
    """

    key: str
    title: str
    colour: Colour
    dash: tuple[int, ...]
    line: str
    mark: str
    optimizer: Optimizer
    prefix: str = ""

    def settings(self) -> tuple[str, ...]:
        """Return the settings of its optimizer, an argument each."""
        return tuple(self.prefix + argument for argument in _arguments(self.optimizer))

    def as_set(self, settings: object) -> Method:
        """Return the method as a page's settings have it; what the page has no setting for stays."""
        given = vars(settings)
        own = {name.removeprefix(self.prefix): given[name] for name in self.settings() if name in given}
        return replace(self, optimizer=_with(self.optimizer, own))


def _arguments(optimizer: Optimizer) -> tuple[str, ...]:
    """Return the names of an optimizer's arguments, and of those of the one that it goes around."""
    inner = _arguments(optimizer.optimizer) if isinstance(optimizer, Wrapped) else ()
    return (*inner, *(name for name in vars(optimizer) if name not in (*inner, "optimizer")))


def _with(optimizer: Optimizer, values: Mapping[str, object]) -> Optimizer:
    """Return an optimizer with other values of its arguments, each where it belongs."""
    own = {name: value for name, value in values.items() if name in vars(optimizer)}
    if isinstance(optimizer, Wrapped):
        own["optimizer"] = _with(optimizer.optimizer, values)
    return replace(optimizer, **own)


class Run(NamedTuple):
    """A method and what it did: one row of what a page shows."""

    method: Method
    traj: Trajectory


RMSPROP = Method("rmsprop", "RMSprop", COLOURS["rmsprop"], (), "solid", "circle", RMSprop())
PLAIN = Method("sgd", "SGD", COLOURS["sgd"], (7, 4), "dash", "square", SGD(lr=0.01), "sgd_")
METHODS: Mapping[str, Method] = {method.key: method for method in (RMSPROP, PLAIN)}  # the two that are always there
THIRD = "third"  # the key of the one that can stand beside them
THIRDS: Mapping[str, Method] = {
    name: Method(THIRD, title, COLOURS[THIRD], (10, 3, 2, 3), "dashdot", "diamond", optimizer, f"{THIRD}_")
    for name, title, optimizer in (
        ("adagrad", "AdaGrad", AdaGrad()),
        ("adam", "Adam", Adam()),
        ("adamw", "AdamW", Decayed(Adam(), 0.01, decoupled=True)),
        ("sign", "signSGD", SignDescent()),
        ("rprop", "Rprop", Rprop()),
    )
}
HYPERPARAMETERS = tuple(
    dict.fromkeys(name for each in (METHODS, THIRDS) for method in each.values() for name in method.settings())
)


def of(method: Method, runs: Iterable[Run]) -> Run | None:
    """Return the first run of a method, whatever its settings."""
    return next((run for run in runs if run.method.key == method.key), None)
