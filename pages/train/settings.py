"""The settings of a training, as its link spells them. Free of Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any

import numpy as np

from pages.shared.model.fields import (
    Complaint,
    Dial,
    Range,
    Setting,
    changed,
    looks,
    setting,
    settings_of,
    switch,
    written,
)
from pages.shared.model.link import VERSION, bounded, strange
from pages.shared.model.look import Look
from pages.shared.model.methods import METHODS, Method
from pages.shared.model.settings import SETTINGS as EXPERIMENT
from rmsprop_core.learn.original import PIECES
from rmsprop_core.learn.tables import with_ones
from rmsprop_core.optimizers import Array
from rmsprop_core.surfaces import N_

MAX_EPOCHS = 10_000
LONGEST = 50_000  # steps in an epoch, so that a training listens to Stop about once a second
TITLES = {
    "paths": N_("Paths"),
    "loss": N_("Loss"),
    "steps": N_("Step sizes"),
    "weights": N_("Weights"),
    "predictions": N_("Predictions"),
    "printout": N_("Printout"),
    "program": N_("Program"),
    "data": N_("Data"),
}
VIEWS = tuple(TITLES)
DIABETES = ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu", "b")


@dataclass(frozen=True)
class Training(Look):
    """Everything that a link to this page restores.

    `raw` leaves the features in their own units, `test` is the share of rows held back, `across` and `up` are the two
    weights of the slice. The first values are those at which both methods come within 1 % of least squares.
    """

    view: str = setting("paths", VIEWS, N_("View"))
    lr: float = EXPERIMENT["lr"].field(0.25)
    rho: float = EXPERIMENT["rho"].field(0.9)
    eps: float = EXPERIMENT["eps"].field(1e-8)
    momentum: float = EXPERIMENT["momentum"].field(0.0)
    centered: bool = EXPERIMENT["centered"].field(False)
    sgd_lr: float = EXPERIMENT["sgd_lr"].field(0.02)
    sgd_momentum: float = EXPERIMENT["sgd_momentum"].field(0.0)
    epochs: int = setting(
        100,
        Range(0, MAX_EPOCHS, whole=True),
        N_("how often to go through all rows"),
        dial=Dial(N_("epochs"), "log", 0.0, MAX_EPOCHS, least=1, whole=True),
    )
    batch: int = setting(
        32, Range(1, 1_000_000, whole=True), N_("rows in a step"), dial=Dial(N_("batch"), "log", 1.0, whole=True)
    )
    seed: int = setting(
        0,
        Range(0, 2**31 - 1, whole=True),
        N_("of the start, the order of the rows and the split"),
        dial=Dial(N_("seed"), "linear", 0.0, 99.0, whole=True),
    )
    test: float = setting(
        0.0, Range(0.0, 0.9), N_("share of the rows held back to test on"), dial=Dial(N_("test"), "linear", 0.0, 0.9)
    )
    raw: bool = switch(False, N_("Features"))
    across: str = setting("bmi", DIABETES, N_("Across"))
    up: str = setting("bp", DIABETES, N_("Up"))
    piece: str = setting("parameter", tuple(PIECES))
    t: int | None = setting(None, Range(0, 10_000_000, whole=True), look=True)

    def methods(self) -> tuple[Method, ...]:
        """Return the methods as set."""
        return tuple(method.as_set(self) for method in METHODS.values())

    def identity(self) -> tuple[object, ...]:
        """Return what tells this training from every other one on the same data."""
        seen = ("view", "across", "up", "piece", "hide", "lock", "lang", *looks(self))
        return tuple(value for name, value in vars(self).items() if name not in seen)


SETTINGS: Mapping[str, Setting] = settings_of(Training)


def known(names: Sequence[str]) -> Mapping[str, Setting]:
    """Return the settings where the weights have these names."""
    weights = Setting(tuple(names))
    return {**SETTINGS, "across": weights, "up": weights}


def from_query(query: Mapping[str, str], names: Sequence[str], fresh: Training) -> tuple[Training, list[Complaint]]:
    """Return the settings of a link; what it does not name is as in `fresh`."""
    query, too_long = bounded(query)
    named = {name: query[name] for name in query if name in SETTINGS}
    settings, complaints = changed(fresh, named, known(names))
    limits: dict[str, Any] = {name: query[name] for name in ("hide", "lock") if name in query}
    settings = replace(settings, **limits)
    if settings.across == settings.up:
        if "across" in named and "up" in named:
            complaints.append(Complaint("up", settings.up, ", ".join(name for name in names if name != settings.up)))
        free = fresh.across if settings.up == fresh.up else fresh.up
        settings = replace(settings, up=free) if "across" in named else replace(settings, across=free)
    complaints = [each._replace(wanted=shorten(each.wanted, 300, placeholder=" …")) for each in complaints]
    return settings, too_long + complaints + strange(query, SETTINGS)


def to_link(settings: Training, fresh: Training) -> dict[str, str]:
    """Return the link's parameters: what differs from what the data begin with. No t is the end of the training."""
    values = [(name, value) for name, value in vars(settings).items() if value is not None]
    link = {name: written(value) for name, value in values if value != getattr(fresh, name)}
    return {**link, "v": VERSION} if link else {}


def first_rates(raw: bool) -> dict[str, Any]:
    """Return what suits the diabetes data: near each method's best lr over three seeds, 100 epochs of 32."""
    lr, sgd_lr = (0.01, 5e-6) if raw else (Training.lr, Training.sgd_lr)
    return {"lr": lr, "sgd_lr": sgd_lr, "batch": Training.batch}


def suitable(raw: bool, X: Array, y: Array) -> dict[str, Any]:
    """Return learning rates and a batch size that suit other data: guesses to start from.

    RMSprop's step is about lr whatever the data are, so in the steps there are it has to walk from a start of about 1
    as far as b is away; SGD has to stay below 2/λmax, λmax being the largest curvature.
    """
    n, batch = len(y), Training.batch
    while n / batch > 2_000:  # steps an epoch
        batch *= 2
    A = with_ones(X)
    curvature = 2 * float(np.linalg.eigvalsh(A.T @ A / n)[-1])
    far = max(float(y.std()) / 300, 2.3 * (abs(float(y.mean())) + 2) / (Training.epochs * -(-n // batch)))
    size = float(np.sqrt(np.mean(X * X))) or 1.0
    lr, sgd_lr = far / size if raw else far, (0.7 if raw else 0.16) / curvature
    return {"lr": float(f"{lr:.1e}") or 0.001, "sgd_lr": float(f"{sgd_lr:.1e}"), "batch": batch}
