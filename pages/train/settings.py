"""The settings of a training, as its link spells them. Free of Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pages.shared.model.fields import POSITIVE, SHARE, Complaint, Fields, Range, changed, written
from pages.shared.model.language import LANGUAGES
from rmsprop_core import SGD, RMSprop
from rmsprop_core.optimizers import Array

MAX_EPOCHS = 10_000
LONGEST = 50_000  # steps in an epoch, so that a training listens to Stop about once a second
VIEWS = ("paths", "loss", "steps", "weights", "predictions", "printout", "program", "data")
PIECES = ("parameter", "states", "rmsprop", "loss", "program")
DIABETES = ("age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu", "b")

RANGES: Mapping[str, Range] = {
    "lr": POSITIVE,
    "rho": SHARE,
    "eps": POSITIVE,
    "momentum": SHARE,
    "sgd_lr": POSITIVE,
    "sgd_momentum": SHARE,
    "epochs": Range(0, MAX_EPOCHS, whole=True),
    "batch": Range(1, 1_000_000, whole=True),
    "seed": Range(0, 2**31 - 1, whole=True),
    "test": Range(0.0, 0.9),
    "t": Range(0, 10_000_000, whole=True),
}
SWITCHES = ("centered", "raw")


@dataclass(frozen=True)
class Training:
    """Everything that a link to this page restores; `None` for t means the end of the training.

    `raw` leaves the features in their own units, `test` is the share of rows held back, `across` and `up` are the two
    weights of the slice. The first values are those at which both methods come within 1 % of least squares.
    """

    view: str = "paths"
    lr: float = 0.25
    rho: float = 0.9
    eps: float = 1e-8
    momentum: float = 0.0
    centered: bool = False
    sgd_lr: float = 0.02
    sgd_momentum: float = 0.0
    epochs: int = 100
    batch: int = 32
    seed: int = 0
    test: float = 0.0
    raw: bool = False
    across: str = "bmi"
    up: str = "bp"
    piece: str = "parameter"
    t: int | None = None
    lang: str = "en"

    def methods(self) -> dict[str, RMSprop | SGD]:
        """Return both optimizers as set."""
        return {
            "rmsprop": RMSprop(self.lr, self.rho, self.eps, self.momentum, self.centered),
            "sgd": SGD(self.sgd_lr, self.sgd_momentum),
        }

    def identity(self) -> tuple[object, ...]:
        """Return what tells this training from every other one on the same data."""
        seen = ("view", "across", "up", "piece", "t", "lang")
        return tuple(value for name, value in vars(self).items() if name not in seen)


def as_at_first(settings: Training) -> bool:
    """Return whether all but what a change of the features sets anew is as on the first visit."""
    first = Training()
    same = {name: getattr(first, name) for name in ("lr", "sgd_lr", "raw")}
    return replace(settings, **same).identity() == first.identity()


def fields(names: Sequence[str] = DIABETES) -> Fields:
    """Return what the settings take where the weights have these names."""
    choices = {"view": VIEWS, "piece": PIECES, "across": tuple(names), "up": tuple(names), "lang": LANGUAGES}
    return Fields(RANGES, choices, SWITCHES)


def from_query(query: Mapping[str, str], names: Sequence[str], fresh: Training) -> tuple[Training, list[Complaint]]:
    """Return the settings of a link; what it does not name is as in `fresh`."""
    wanted = fields(names)
    known = {name: query[name] for name in query if name in vars(fresh)}
    settings, complaints = changed(fresh, known, wanted)
    if settings.across == settings.up:
        if "across" in known and "up" in known:
            complaints.append(Complaint("up", settings.up, ", ".join(name for name in names if name != settings.up)))
            settings = replace(settings, across=fresh.across, up=fresh.up)
        elif "up" in known:
            settings = replace(settings, across=fresh.up)
        else:
            settings = replace(settings, up=fresh.across)
    complaints = [each._replace(wanted=_cut(each.wanted)) for each in complaints]
    return settings, complaints + [Complaint(name, query[name], "") for name in query if name not in known]


def _cut(choices: str) -> str:
    """Return a long list of choices with its end left out: a table may have hundreds of columns."""
    return choices if len(choices) <= 300 else choices[:300].rpartition(", ")[0] + ", …"


def to_query(settings: Training) -> dict[str, str]:
    """Return the link's parameters: every value that matters. No t is the end of the training."""
    return {name: written(value) for name, value in vars(settings).items() if value is not None}


def first_rates(raw: bool) -> dict[str, Any]:
    """Return good learning rates on the diabetes data: near each method's best over three seeds, 100 epochs of 32."""
    return {"lr": 0.01, "sgd_lr": 5e-6} if raw else {"lr": 0.25, "sgd_lr": 0.02}


def suitable(settings: Training, X: Array, y: Array) -> Training:
    """Return the settings with learning rates and a batch size that suit other data: guesses to start from.

    RMSprop's step is about lr whatever the data are, so in the steps there are it has to walk from a start of about 1
    as far as b is away; SGD has to stay below 2/λmax, λmax being the largest curvature.
    """
    n = len(y)
    batch = settings.batch
    while n / batch > 2_000:  # steps an epoch
        batch *= 2
    steps = max(1, settings.epochs * -(-n // batch))
    A = np.column_stack([X, np.ones(n)])
    curvature = 2 * float(np.linalg.eigvalsh(A.T @ A / n)[-1])
    far = max(float(y.std()) / 300, 2.3 * (abs(float(y.mean())) + 2) / steps)
    size = float(np.sqrt(np.mean(X * X))) or 1.0
    return replace(
        settings,
        batch=batch,
        lr=_rounded(far / size if settings.raw else far) or 0.001,
        sgd_lr=_rounded((0.7 if settings.raw else 0.16) / curvature),
        t=None,
    )


def _rounded(value: float) -> float:
    return float(f"{value:.1e}")
