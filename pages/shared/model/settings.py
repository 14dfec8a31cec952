"""The experiment: one immutable record that the controls, the URL and every page share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import ceil, log2
from typing import Any

from pages.shared.model.fields import ANY, POSITIVE, SHARE, Complaint, Fields, Range, written
from pages.shared.model.fields import changed as changed_fields
from pages.shared.model.language import LANGUAGES
from rmsprop_core import DIALECTS, SGD, SURFACES, RMSprop, Surface, stretched
from rmsprop_core.expression import Expression, Refused, parse, with_plus
from rmsprop_core.runs.ensemble import MOST_SEEDS
from rmsprop_core.schedules import SCHEDULES

MAX_STEPS = 10_000
PATIENTS = 442
TYPED = "own"  # the surface that the user typed, as f
FAR = 1e6  # a view is not made wider than this for a start
FIRST_TYPED = "x^2/2 + 10*y^2 + 6*cos(2*x + 1)"


RANGES: Mapping[str, Range] = {
    "kappa": Range(0.0, 1e6, open_low=True),
    "angle": Range(-180.0, 180.0),
    "x": ANY,
    "y": ANY,
    "steps": Range(0, MAX_STEPS, whole=True),
    "t": Range(0, MAX_STEPS, whole=True),
    "lr": POSITIVE,
    "rho": SHARE,
    "eps": POSITIVE,
    "momentum": SHARE,
    "initial_s": POSITIVE,
    "sgd_lr": POSITIVE,
    "sgd_momentum": SHARE,
    "noise": POSITIVE,
    "batch": Range(1, PATIENTS, whole=True),
    "seed": Range(0, 2**32 - 1, whole=True),
    "seeds": Range(1, MOST_SEEDS, whole=True),
}
DOMAIN = "x₀, x₁, y₀, y₁ (x₀ < x₁, y₀ < y₁)"
IDLE = "idle"  # what a complaint wants of a setting that has no meaning on the surface
SWITCHES = (
    *("centered", "eps_inside_sqrt", "lr_in_velocity", "nesterov", "bias_correction"),
    *("sgd_nesterov", "sgd_lr_in_velocity"),
)
VIEWS = ("both", "rmsprop", "sgd", "3d", "3d-rmsprop", "3d-sgd")  # which methods are seen, flat or in relief
CHOICES: Mapping[str, tuple[str, ...]] = {
    "surface": (*SURFACES, TYPED),
    "dialect": tuple(DIALECTS),
    "view": VIEWS,
    "schedule": SCHEDULES,
    "lang": LANGUAGES,
}


@dataclass(frozen=True)
class Settings:
    """Everything that a link restores. The names are those of the URL; `None` for t means the end of the run."""

    surface: str = "stretched"
    kappa: float = 100.0
    angle: float = 0.0
    f: str = ""
    domain: str = ""  # of a typed surface: x₀, x₁, y₀, y₁; empty where it is found
    x: float = -5.0
    y: float = -2.0
    steps: int = 50
    t: int | None = None
    view: str = "both"
    dialect: str = "tutorial"
    lr: float = 0.2
    rho: float = 0.9
    eps: float = 1e-8
    momentum: float = 0.0
    centered: bool = False
    eps_inside_sqrt: bool = True
    lr_in_velocity: bool = True
    nesterov: bool = False
    bias_correction: bool = False
    initial_s: float = 0.0
    sgd_lr: float = 0.0194
    sgd_momentum: float = 0.0
    sgd_nesterov: bool = False
    sgd_lr_in_velocity: bool = True
    schedule: str = "constant"
    noise: float = 0.0
    batch: int = PATIENTS
    seed: int = 0
    seeds: int = 1
    lang: str = "en"

    def landscape(self) -> Surface:
        """Return the surface with its own parameters."""
        if self.surface == TYPED:
            return typed(self.f, self.domain)
        return _stretched(self.kappa, self.angle) if self.surface == "stretched" else SURFACES[self.surface]

    def circumstances(self) -> dict[str, Any]:
        """Return what both methods share beside the surface, as `run` takes it (and `ensemble`, but for the seed)."""
        batch = self.batch if self.surface == "bmi" and self.batch < PATIENTS else None
        return {"noise": self.noise, "schedule": self.schedule, "batch": batch}

    @property
    def by_chance(self) -> bool:
        """Whether the runs depend on the seed."""
        return self.noise > 0 or self.circumstances()["batch"] is not None

    def rmsprop(self) -> RMSprop:
        """Return RMSprop as set."""
        return RMSprop(
            self.lr,
            self.rho,
            self.eps,
            self.momentum,
            self.centered,
            eps_inside_sqrt=self.eps_inside_sqrt,
            lr_in_velocity=self.lr_in_velocity,
            nesterov=self.nesterov,
            bias_correction=self.bias_correction,
            initial_s=self.initial_s,
        )

    def sgd(self) -> SGD:
        """Return SGD as set."""
        return SGD(self.sgd_lr, self.sgd_momentum, self.sgd_nesterov, lr_in_velocity=self.sgd_lr_in_velocity)

    def shows(self, method: str) -> bool:
        """Return whether "rmsprop" or "sgd" is to be seen."""
        return self.view.removeprefix("3d").removeprefix("-") in ("", "both", method)

    @property
    def in_relief(self) -> bool:
        """Whether the surface is to be seen in 3-D."""
        return self.view.startswith("3d")

    def seeing(self, methods: str, in_relief: bool) -> Settings:
        """Return the settings with another view: "both" or one method, flat or in relief."""
        if not in_relief:
            return replace(self, view=methods)
        return replace(self, view="3d" if methods == "both" else f"3d-{methods}")

    def methods_seen(self) -> str:
        """Return "both", "rmsprop" or "sgd"."""
        return "both" if self.shows("rmsprop") and self.shows("sgd") else self.view.removeprefix("3d-")

    def clock(self) -> int:
        """Return the step that the clock stands at."""
        return self.steps if self.t is None else min(self.t, self.steps)


@cache
def _stretched(kappa: float, angle: float) -> Surface:
    return stretched(kappa, angle)


@lru_cache(maxsize=64)
def typed(f: str, domain: str = "") -> Expression:
    """Return the surface of a typed f(x, y).

    Raises:
        Refused: f is no formula.
        ValueError: the domain is not x₀, x₁, y₀, y₁, finite and rising.
    """
    if not domain:
        return parse(f)
    x0, x1, y0, y1 = (float(part) for part in domain.split(","))
    return parse(f, ((x0, x1), (y0, y1)))


def on_surface(settings: Settings, key: str, f: str | None = None) -> Settings:
    """Return the settings with another surface and what it brings: start, steps, lr and momentum of both methods.

    Raises:
        Refused: the surface is a typed one, and its f is no formula.
    """
    moved = replace(
        settings,
        surface=key,
        f=(FIRST_TYPED if f is None else f) if key == TYPED else "",
        domain="",
        kappa=100.0,
        angle=0.0,
        t=None,
    )
    surface = moved.landscape()
    brought: dict[str, Any] = {"momentum": 0.0, "sgd_momentum": 0.0, **surface.settings}
    x, y = surface.start
    return replace(moved, x=x, y=y, batch=PATIENTS, **brought)


def in_dialect(settings: Settings, key: str) -> Settings:
    """Return the settings with a dialect's switches and defaults; where it has no default the value stays."""
    dialect = DIALECTS[key]
    brought: dict[str, Any] = {**dialect.settings, "sgd_lr_in_velocity": dialect.sgd_lr_in_velocity}
    return replace(settings, dialect=key, **brought)


def fresh(settings: Settings) -> Settings:
    """Return the surface's own settings, in the default dialect."""
    return on_surface(Settings(lang=settings.lang), settings.surface, settings.f)


def seen_in(settings: Settings, domain: str) -> Settings:
    """Return the settings of a typed surface with another view, "x₀, x₁, y₀, y₁", or the one that is found, "".

    A start outside the view is moved to the view's own, with its lrs.

    Raises:
        ValueError: the domain is not four finite numbers, rising.
    """
    moved, surface = replace(settings, domain=domain), typed(settings.f, domain)
    if _holds(surface, settings):
        return moved
    (x, y), own = surface.start, surface.settings
    return replace(moved, x=x, y=y, lr=own["lr"], sgd_lr=own["sgd_lr"])


def _holds(surface: Surface, settings: Settings) -> bool:
    (x0, x1), (y0, y1) = surface.domain
    return x0 <= settings.x <= x1 and y0 <= settings.y <= y1


def _with_start_in_view(settings: Settings) -> Settings:
    """Return a typed surface's settings, the view that is found made wide enough for a link's start."""
    far = max(3.0, abs(settings.x), abs(settings.y))
    if settings.surface != TYPED or settings.domain or far > FAR or _holds(settings.landscape(), settings):
        return settings
    half = 3.0 * 2 ** ceil(log2(far / 3))
    domain = f"{-half:g}, {half:g}, {-half:g}, {half:g}"
    try:
        typed(settings.f, domain)
    except Refused:
        return settings
    return replace(settings, domain=domain)


FIELDS = Fields(RANGES, CHOICES, SWITCHES)


def changed(settings: Settings, values: Mapping[str, object]) -> tuple[Settings, list[Complaint]]:
    """Return the settings with each of `values` (numbers or text) that can be taken, and a complaint for the others."""
    return changed_fields(settings, values, FIELDS)


def from_query(query: Mapping[str, str]) -> tuple[Settings, list[Complaint]]:
    """Return the settings of a link. What it does not name takes the default of its surface and dialect."""
    choices = {name: query[name] for name in CHOICES if name in query}
    start, complaints = changed(Settings(), choices)
    f = with_plus(query["f"]) if "f" in query else None
    try:
        settings = on_surface(start, start.surface, f)
    except Refused as refused:
        complaints.append(Complaint("f", f or "", "", refused))
        settings = on_surface(start, TYPED)
    if "dialect" in query and not any(c.name == "dialect" for c in complaints):
        settings = in_dialect(settings, start.dialect)
    if settings.surface == TYPED and query.get("domain"):
        try:
            settings = seen_in(settings, query["domain"])
        except ValueError:
            complaints.append(Complaint("domain", query["domain"], DOMAIN))
    known = {name: query[name] for name in query if name in RANGES or name in SWITCHES}
    settings, more = changed(settings, known)
    settings = _with_start_in_view(settings)
    complaints += more
    if settings.centered and settings.bias_correction:
        settings = replace(settings, bias_correction=False)
        complaints.append(Complaint("bias_correction", "true", "centered"))
    complaints += [Complaint(name, query[name], IDLE) for name in _idle(settings) if name in query]
    unknown = [name for name in query if name not in CHOICES and name not in known and name not in ("f", "domain")]
    return settings, complaints + [Complaint(name, query[name], "") for name in unknown]


def _idle(settings: Settings) -> tuple[str, ...]:
    """Return the names of what has no meaning on the surface."""
    needs = {"kappa": "stretched", "angle": "stretched", "f": TYPED, "domain": TYPED, "batch": "bmi"}
    return tuple(name for name, surface in needs.items() if settings.surface != surface)


def to_query(settings: Settings) -> dict[str, str]:
    """Return the link's parameters: every value that matters, so that a later change of a default breaks no link."""
    idle = _idle(settings)
    values = {name: value for name, value in vars(settings).items() if name not in idle}
    values["t"] = settings.clock()
    return {name: written(value) for name, value in values.items()}
