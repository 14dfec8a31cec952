"""The methods that stand side by side: how each is called and drawn, and the optimizer that it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from pages.shared.model.colours import METHODS as COLOURS
from pages.shared.model.colours import Colour
from rmsprop_core import SGD, RMSprop, Trajectory


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
    optimizer: RMSprop | SGD
    prefix: str = ""

    def settings(self) -> tuple[str, ...]:
        """Return the settings of its optimizer, an argument each."""
        return tuple(self.prefix + argument for argument in vars(self.optimizer))

    def as_set(self, settings: object) -> Method:
        """Return the method as a page's settings have it; what the page has no setting for stays."""
        given = vars(settings)
        own = {name.removeprefix(self.prefix): given[name] for name in self.settings() if name in given}
        return replace(self, optimizer=replace(self.optimizer, **own))


class Run(NamedTuple):
    """A method and what it did: one row of what a page shows."""

    method: Method
    traj: Trajectory


RMSPROP = Method("rmsprop", "RMSprop", COLOURS["rmsprop"], (), "solid", "circle", RMSprop())
PLAIN = Method("sgd", "SGD", COLOURS["sgd"], (7, 4), "dash", "square", SGD(lr=0.01), "sgd_")
METHODS: Mapping[str, Method] = {method.key: method for method in (RMSPROP, PLAIN)}
HYPERPARAMETERS = tuple(name for method in METHODS.values() for name in method.settings())


def of(method: Method, runs: Iterable[Run]) -> Run | None:
    """Return the first run of a method, whatever its settings."""
    return next((run for run in runs if run.method.key == method.key), None)
