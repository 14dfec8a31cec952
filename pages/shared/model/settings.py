"""The experiment: one immutable record that the controls, the URL and every page share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, log2
from typing import Any

from pages.shared.model.fields import ANY, POSITIVE, Complaint, Dial, Range, Setting, settings_of, written
from pages.shared.model.fields import changed as changed_fields
from pages.shared.model.hyperparameters import HYPERPARAMETERS, methods
from pages.shared.model.language import LANGUAGES
from pages.shared.model.methods import METHODS, Method
from rmsprop_core import DIALECTS, SURFACES, Surface, stretched
from rmsprop_core.expression import Expression, Refused, parse, with_plus
from rmsprop_core.runs.ensemble import MOST_SEEDS
from rmsprop_core.schedules import SCHEDULES
from rmsprop_core.surfaces import N_

MAX_STEPS = 10_000
PATIENTS = 442
TYPED = "own"  # the surface that the user typed, as f
FAR = 1e6  # a view is not made wider than this for a start
FIRST_TYPED = "x^2/2 + 10*y^2 + 6*cos(2*x + 1)"
DOMAIN = "x₀, x₁, y₀, y₁ (x₀ < x₁, y₀ < y₁)"
IDLE = "idle"  # what a complaint wants of a setting that has no meaning on the surface
BOTH, RELIEF = "both", "3d"
VIEWS = tuple(f"{relief}{seen}" for relief in ("", f"{RELIEF}-") for seen in (BOTH, *METHODS))
VIEWS = tuple(view.removesuffix(f"-{BOTH}") for view in VIEWS)  # both, rmsprop, sgd, 3d, 3d-rmsprop, 3d-sgd


@dataclass(frozen=True)
class Settings:
    """Everything that a link restores. The names are those of the URL; `None` for t means the end of the run."""

    surface: str = Setting((*SURFACES, TYPED), N_("Surface")).field("stretched")
    kappa: float = Setting(
        Range(0.0, 1e6, open_low=True),
        N_("condition number of the bowl"),
        dial=Dial("κ", "log", 1.0, 1e4),
        surface="stretched",
    ).field(100.0)
    angle: float = Setting(
        Range(-180.0, 180.0),
        N_("angle of the bowl in degrees"),
        dial=Dial(N_("turn °"), "linear", -90.0, 90.0, whole=True),
        surface="stretched",
    ).field(0.0)
    f: str = ""  # of a typed surface, as domain: x₀, x₁, y₀, y₁, empty where it is found
    domain: str = ""
    x: float = Setting(ANY, N_("start, {axis}"), dial=Dial("{axis}₀", "linear")).field(-5.0)
    y: float = Setting(ANY, N_("start, {axis}"), dial=Dial("{axis}₀", "linear")).field(-2.0)
    steps: int = Setting(
        Range(0, MAX_STEPS, whole=True),
        N_("number of steps"),
        dial=Dial(N_("steps"), "log", 0.0, MAX_STEPS, least=1, whole=True),
    ).field(50)
    t: int | None = Setting(Range(0, MAX_STEPS, whole=True)).field(None)
    view: str = Setting(VIEWS).field(BOTH)
    dialect: str = Setting(
        tuple(DIALECTS),
        N_("RMSprop as in"),
        N_("Brings the framework's switches and defaults; where it has no default, the value stays."),
    ).field("tutorial")
    lr: float = HYPERPARAMETERS["lr"].field(0.2)
    rho: float = HYPERPARAMETERS["rho"].field(0.9)
    eps: float = HYPERPARAMETERS["eps"].field(1e-8)
    momentum: float = HYPERPARAMETERS["momentum"].field(0.0)
    centered: bool = HYPERPARAMETERS["centered"].field(False)
    eps_inside_sqrt: bool = HYPERPARAMETERS["eps_inside_sqrt"].field(True)
    lr_in_velocity: bool = HYPERPARAMETERS["lr_in_velocity"].field(True)
    nesterov: bool = HYPERPARAMETERS["nesterov"].field(False)
    bias_correction: bool = HYPERPARAMETERS["bias_correction"].field(False)
    initial_s: float = HYPERPARAMETERS["initial_s"].field(0.0)
    sgd_lr: float = HYPERPARAMETERS["sgd_lr"].field(0.0194)
    sgd_momentum: float = HYPERPARAMETERS["sgd_momentum"].field(0.0)
    sgd_nesterov: bool = HYPERPARAMETERS["sgd_nesterov"].field(False)
    sgd_lr_in_velocity: bool = HYPERPARAMETERS["sgd_lr_in_velocity"].field(True)
    schedule: str = Setting(SCHEDULES, N_("Schedule of lr"), N_("The same shape for both methods.")).field("constant")
    noise: float = Setting(
        POSITIVE, N_("Noise σ on each gradient"), N_("Gaussian, the same stream for both methods.")
    ).field(0.0)
    batch: int = Setting(
        Range(1, PATIENTS, whole=True),
        N_("Patients a step sees"),
        N_("442 is all of them: no mini-batches."),
        surface="bmi",
    ).field(PATIENTS)
    seed: int = Setting(Range(0, 2**32 - 1, whole=True), N_("Seed"), N_("Fixes the noise and the mini-batches.")).field(
        0
    )
    seeds: int = Setting(
        Range(1, MOST_SEEDS, whole=True),
        N_("Seeds at once"),
        N_("Up to 200 runs: faint paths, median and 10–90 % band."),
    ).field(1)
    lang: str = Setting(LANGUAGES).field("en")

    def landscape(self) -> Surface:
        """Return the surface with its own parameters."""
        if self.surface == TYPED:
            return typed(self.f, self.domain)
        return stretched(self.kappa, self.angle) if self.surface == "stretched" else SURFACES[self.surface]

    def circumstances(self) -> dict[str, Any]:
        """Return what both methods share beside the surface, as `run` takes it (and `ensemble`, but for the seed)."""
        batch = self.batch if self.surface == "bmi" and self.batch < PATIENTS else None
        return {"noise": self.noise, "schedule": self.schedule, "batch": batch}

    @property
    def by_chance(self) -> bool:
        """Whether the runs depend on the seed."""
        return self.noise > 0 or self.circumstances()["batch"] is not None

    def methods(self) -> tuple[Method, ...]:
        """Return the methods as set, seen or not."""
        return methods(self)

    def seen(self) -> tuple[Method, ...]:
        """Return the methods that are to be seen."""
        return tuple(method for method in self.methods() if self.shows(method))

    def shows(self, method: Method) -> bool:
        """Return whether a method is to be seen."""
        return self.methods_seen() in (BOTH, method.key)

    @property
    def in_relief(self) -> bool:
        """Whether the surface is to be seen in 3-D."""
        return self.view.startswith(RELIEF)

    def seeing(self, methods: str = BOTH, in_relief: bool = False) -> Settings:
        """Return the settings with another view: both methods or one, by its key, flat or in relief."""
        return replace(self, view=f"{RELIEF}-{methods}".removesuffix(f"-{BOTH}") if in_relief else methods)

    def methods_seen(self) -> str:
        """Return the key of the method that is to be seen, or BOTH."""
        return self.view.removeprefix(RELIEF).removeprefix("-") or BOTH

    def clock(self) -> int:
        """Return the step that the clock stands at."""
        return self.steps if self.t is None else min(self.t, self.steps)


SETTINGS: Mapping[str, Setting] = settings_of(Settings)
CHOSEN = tuple(name for name, each in SETTINGS.items() if each.takes and not isinstance(each.takes, Range))


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


def changed(settings: Settings, values: Mapping[str, object]) -> tuple[Settings, list[Complaint]]:
    """Return the settings with each of `values` (numbers or text) that can be taken, and a complaint for the others."""
    return changed_fields(settings, values, SETTINGS)


def from_query(query: Mapping[str, str]) -> tuple[Settings, list[Complaint]]:
    """Return the settings of a link. What it does not name takes the default of its surface and dialect."""
    choices = {name: query[name] for name in CHOSEN if name in query}
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
    known = {name: query[name] for name in query if name in SETTINGS and name not in CHOSEN}
    settings, more = changed(settings, known)
    settings = _with_start_in_view(settings)
    complaints += more
    if settings.centered and settings.bias_correction:
        settings = replace(settings, bias_correction=False)
        complaints.append(Complaint("bias_correction", "true", "centered"))
    complaints += [Complaint(name, query[name], IDLE) for name in _idle(settings) if name in query]
    unknown = [name for name in query if name not in vars(settings)]
    return settings, complaints + [Complaint(name, query[name], "") for name in unknown]


def _idle(settings: Settings) -> list[str]:
    """Return the names of what has no meaning on the surface."""
    needs = {name: setting.surface for name, setting in SETTINGS.items() if setting.surface}
    needs |= {"f": TYPED, "domain": TYPED}
    return [name for name, surface in needs.items() if settings.surface != surface]


def to_query(settings: Settings) -> dict[str, str]:
    """Return the link's parameters: every value that matters, so that a later change of a default breaks no link."""
    idle = _idle(settings)
    values = {name: value for name, value in vars(settings).items() if name not in idle}
    values["t"] = settings.clock()
    return {name: written(value) for name, value in values.items()}
