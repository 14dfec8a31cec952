"""The experiment: one immutable record that the controls, the URL and every page share."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Condition, Lock
from typing import Any

import numpy as np
from cachetools import LRUCache, cached
from cachetools.keys import hashkey

from pages.shared.model.fields import ANY, POSITIVE, SHARE, Dial, Range, Setting, looks, setting, settings_of, switch
from pages.shared.model.look import Look
from pages.shared.model.methods import HYPERPARAMETERS, METHODS, THIRD, THIRDS, Method
from pages.shared.model.once import once
from rmsprop_core import DIALECTS, SGD, SURFACES, Optimizer, RMSprop, Surface, Trajectory, run, stretched
from rmsprop_core.expression import Expression, parse
from rmsprop_core.runs.ensemble import MOST_SEEDS
from rmsprop_core.runs.trajectory import alike, run_each
from rmsprop_core.schedules import SCHEDULES
from rmsprop_core.surfaces import N_

MAX_STEPS = 10_000
PATIENTS = 442
TYPED = "own"  # the surface that the user typed, as f
FIRST_TYPED = "x^2/2 + 10*y^2 + 6*cos(2*x + 1)"
BOTH, RELIEF = "both", "3d"
VIEWS = (BOTH, *METHODS, RELIEF, *(f"{RELIEF}-{key}" for key in METHODS))
BEATS = ("gradient", "square", "center", "root", "divide", "velocity", "move")
PANELS = ("beat", "whole", "code", "memory", "quiz")
QUESTIONS = tuple(f"{q}.{axis}" for q in ("s", "m", "w", "s_hat", "rms", "u", "v", "delta", "theta") for axis in "xy")

MAPPED = ("lr", "rho", "eps", "momentum")
MEASURES = ("loss", "steps", "fate", "starts")
NUMBERS = ("mine", "defaults")  # that two frameworks are run with
CLIPS = ("norm", "value")

_LR = Dial("η", "log", 0.0, 10.0, least=1e-5, word="lr")
_MU = Dial("μ", "tail", 0.0, 0.999, word=N_("momentum"))
_ENDLESS = N_("With μ = 1 the velocity never slows down.")


@dataclass(frozen=True)
class Settings(Look):
    """Everything that a link restores; the names are those of the URL.

    `pin` is the link of the experiment that is kept to compare with; `beat`, `panel` and `ask` (what to fill in) are
    Step by step's, `other` and `numbers` (a second dialect, with my numbers or its defaults) are
    Frameworks', `across`, `up` and `measure` those of the map on Tune.
    """

    surface: str = setting("stretched", (*SURFACES, TYPED), N_("Surface"))
    kappa: float = setting(
        100.0,
        Range(0.0, 1e6, open_low=True),
        N_("condition number of the bowl"),
        dial=Dial("κ", "log", 1.0, 1e4, word=N_("stretch")),
        surface="stretched",
    )
    angle: float = setting(
        0.0,
        Range(-180.0, 180.0),
        N_("angle of the bowl in degrees"),
        dial=Dial(N_("angle °"), "linear", -90.0, 90.0, whole=True),
        surface="stretched",
    )
    f: str = ""  # of a typed surface, as domain: x₀, x₁, y₀, y₁, empty where it is found
    domain: str = ""
    x: float = setting(-5.0, ANY, N_("start, {axis}"), dial=Dial("{axis}₀", "linear", word=N_("start")))
    y: float = setting(-2.0, ANY, N_("start, {axis}"), dial=Dial("{axis}₀", "linear", word=N_("start")))
    steps: int = setting(
        50,
        Range(0, MAX_STEPS, whole=True),
        N_("number of steps"),
        dial=Dial(N_("steps"), "log", 0.0, MAX_STEPS, least=1, whole=True),
    )
    t: int | None = setting(None, Range(0, MAX_STEPS, whole=True), look=True)
    view: str = setting(BOTH, VIEWS)
    dialect: str = setting(
        "tutorial",
        tuple(DIALECTS),
        N_("RMSprop as in"),
        N_("Brings the framework's switches and defaults; where it has no default, the value stays."),
    )
    fair: bool = switch(
        True,
        N_("Fair lr"),
        N_(
            "Sets each method's lr so that its run ends low even with an lr 15 % larger or smaller. "
            "When something else changes it is set anew, unless it is still good."
        ),
    )
    lr: float = setting(0.2, POSITIVE, N_("learning rate of RMSprop"), dial=_LR)
    rho: float = setting(
        0.9,
        SHARE,
        N_("share of the past in the mean of g²"),
        dial=Dial("ρ", "tail", 0.0, 0.9999, word=N_("memory")),
        why=N_("With ρ = 1 s never changes: every step is g times one constant, which is SGD."),
    )
    eps: float = setting(
        1e-8,
        POSITIVE,
        N_("keeps the divisor from 0"),
        dial=Dial("ε", "log", 0.0, 100.0, least=1e-12, word=N_("offset")),
    )
    momentum: float = setting(0.0, SHARE, N_("momentum of RMSprop"), dial=_MU, why=_ENDLESS)
    centered: bool = switch(
        False,
        N_("Centered"),
        N_("Divide by the running standard deviation √(s − m²). Not together with bias correction."),
    )
    eps_inside_sqrt: bool = switch(True, N_("ε inside the root: √(s + ε)"), N_("Off: √s + ε, as in PyTorch."))
    lr_in_velocity: bool = switch(
        True,
        N_("lr inside the velocity"),
        N_("On: v adds up lr·u. Off: v adds up u, and lr multiplies v, as in PyTorch."),
    )
    nesterov: bool = switch(False, N_("Nesterov momentum"), N_("Look ahead along the velocity, as optax does."))
    bias_correction: bool = switch(
        False, N_("Bias correction: s / (1 − ρᵗ)"), N_("As optax can. Not together with centered.")
    )
    initial_s: float = setting(
        0.0, POSITIVE, N_("s starts at 1"), N_("As in TensorFlow 1: the first steps are shorter. Off: s starts at 0.")
    )
    sgd_lr: float = setting(0.0194, POSITIVE, N_("learning rate of SGD"), dial=_LR)
    sgd_momentum: float = setting(0.0, SHARE, N_("momentum of SGD"), dial=_MU, why=_ENDLESS)
    sgd_nesterov: bool = switch(False, N_("Nesterov"), N_("Look ahead along SGD's velocity; needs momentum."))
    sgd_lr_in_velocity: bool = switch(
        True,
        N_("SGD: lr inside the velocity"),
        N_(
            "On: v adds up lr·g. Off: v adds up g, and lr multiplies v, as in PyTorch. "
            "With a constant lr both are the same."
        ),
    )
    third: str = setting("", ("", *THIRDS), N_("Third method"))
    third_lr: float = setting(0.1, POSITIVE, N_("learning rate of the third method"), dial=_LR)
    third_beta1: float = setting(
        0.9, SHARE, N_("share of the past in the mean of g"), dial=Dial("β₁", "tail", 0.0, 0.9999, word=N_("memory"))
    )
    third_beta2: float = setting(
        0.999,
        SHARE,
        N_("share of the past in the mean of g²: RMSprop's ρ"),
        dial=Dial("β₂", "tail", 0.0, 0.9999, word=N_("memory")),
    )
    third_eps: float = setting(
        1e-8,
        POSITIVE,
        N_("keeps the third method's divisor from 0"),
        dial=Dial("ε", "log", 0.0, 100.0, least=1e-12, word=N_("floor")),
    )
    third_weight_decay: float = setting(
        0.01,
        POSITIVE,
        N_("each step takes lr·λ·θ off θ"),
        dial=Dial("λ", "log", 0.0, 10.0, least=1e-4, word=N_("decay")),
    )
    schedule: str = setting(
        "constant", SCHEDULES, N_("Schedule of lr"), N_("How lr changes with the steps, the same for both methods.")
    )
    noise: float = setting(
        0.0, POSITIVE, N_("Noise σ on each gradient"), N_("Gaussian, the same stream for both methods.")
    )
    batch: int = setting(
        PATIENTS,
        Range(1, PATIENTS, whole=True),
        N_("Patients a step sees"),
        N_("442 is all of them: no mini-batches."),
        surface="bmi",
    )
    seed: int = setting(0, Range(0, 2**32 - 1, whole=True), N_("Seed"), N_("Fixes the noise and the mini-batches."))
    seeds: int = setting(
        1,
        Range(1, MOST_SEEDS, whole=True),
        N_("Seeds at once"),
        N_("Up to 200 runs: faint paths, median and 10–90 % band."),
    )
    other: str = setting("pytorch", tuple(DIALECTS), N_("beside it"))
    numbers: str = setting(NUMBERS[0], NUMBERS, N_("Numbers"))
    weight_decay: float = setting(
        0.0, POSITIVE, N_("Weight decay λ"), N_("Each framework in its own form. Only on Frameworks.")
    )
    clip: float = setting(0.0, POSITIVE, N_("Clip g at"), N_("0: not at all. Only on Frameworks."))
    clip_by: str = setting(CLIPS[0], CLIPS, N_("Clip by"))
    across: str = setting("lr", MAPPED, N_("Across"))
    up: str = setting("rho", MAPPED, N_("Up"))
    measure: str = setting(MEASURES[0], MEASURES, N_("What the colour says"), look=True)
    pin: str = ""
    beat: str = setting(BEATS[0], BEATS, look=True)
    panel: str = setting(PANELS[0], PANELS, look=True)
    ask: str = setting("", ("", *QUESTIONS), look=True)
    curtain: bool = switch(False, look=True)

    def landscape(self) -> Surface:
        """Return the surface with its own parameters."""
        if self.surface == TYPED:
            return typed(self.f, self.domain)
        return stretched(self.kappa, self.angle) if self.surface == "stretched" else SURFACES[self.surface]

    def circumstances(self) -> dict[str, Any]:
        """Return what both methods share beside the surface, as `run` takes it (and `ensemble`, but for the seed)."""
        batch = self.batch if self.surface == "bmi" and self.batch < PATIENTS else None
        return {"noise": self.noise, "schedule": self.schedule, "batch": batch}

    def run(self, optimizer: Optimizer) -> Trajectory:
        """Return the run of an optimizer on the experiment, with the first seed."""
        return _run(optimizer, *(getattr(self, name) for name in (*PLACE, *CHANCE)))

    @property
    def by_chance(self) -> bool:
        """Whether the runs depend on the seed."""
        return self.noise > 0 or self.circumstances()["batch"] is not None

    def methods(self) -> tuple[Method, ...]:
        """Return the methods as set, seen or not: the two, and a third where one is chosen."""
        return _methods(self)

    def seen(self) -> tuple[Method, ...]:
        """Return the methods that are to be seen."""
        return tuple(method for method in self.methods() if self.shows(method))

    def shows(self, method: Method) -> bool:
        """Return whether a method is to be seen; a third always is."""
        return method.key == THIRD or self.methods_seen() in (BOTH, method.key)

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

    def running(self) -> Settings:
        """Return the settings as far as they enter the runs on show: at the first look, flat, with nothing beside."""
        first = Settings()
        plain = {name: getattr(first, name) for name in ("pin", "fair", "hide", "lock", *looks(first))}
        return replace(self.seeing(self.methods_seen()), **plain)

    def clock(self) -> int:
        """Return the step that the clock stands at."""
        return self.steps if self.t is None else min(self.t, self.steps)


SETTINGS: Mapping[str, Setting] = settings_of(Settings)
PLACE = ("surface", "kappa", "angle", "f", "domain", "x", "y", "steps", "schedule")  # what both methods share
CHANCE = ("noise", "batch", "seed", "seeds")
RUN = {*HYPERPARAMETERS, *PLACE, *CHANCE, "dialect", THIRD}  # what a run depends on


@lru_cache(64)  # an answer asks for them five times
def _methods(settings: Settings) -> tuple[Method, ...]:
    third = (THIRDS[settings.third],) if settings.third else ()
    return tuple(method.as_set(settings) for method in (*METHODS.values(), *third))


_runs: LRUCache[Hashable, Trajectory] = LRUCache(32 * 2**20, lambda traj: 12 * traj.theta.nbytes)
_kept = Condition()


@cached(_runs, condition=_kept)
def _run(optimizer: Optimizer, *where: Any) -> Trajectory:
    """Run it in a place, by chance: what the hand does not turn stays, and the page says of it what the browser has."""
    now = replace(Settings(), **dict(zip((*PLACE, *CHANCE), where, strict=True)))
    start, shared = (now.x, now.y), now.circumstances()
    return run(optimizer, now.landscape(), start, now.steps, seed=now.seed, **shared)


Wanted = tuple[Optimizer, Settings]  # a run


def run_together(wanted: Iterable[Wanted]) -> None:
    """Make runs that are asked for at once and keep them: what is alike side by side, which takes less."""
    groups: dict[object, dict[object, Wanted]] = {}
    for optimizer, settings in wanted:
        where = [getattr(settings, name) for name in (*PLACE, *CHANCE)]
        key = hashkey(optimizer, *where)
        if isinstance(optimizer, RMSprop | SGD) and not settings.by_chance and key not in _runs:
            kind = (alike(optimizer), *(getattr(settings, name) for name in PLACE if name not in ("x", "y")))
            groups.setdefault(kind, {})[key] = optimizer, settings
    for group in groups.values():
        if len(group) > 1:
            optimizers, places = zip(*group.values(), strict=True)
            now, starts = places[0], np.array([(each.x, each.y) for each in places]).T
            made = run_each(optimizers, now.landscape(), starts, now.steps, schedule=now.schedule)
            with _kept:
                _runs.update(zip(group, made, strict=True))


_parsing = Lock()  # a formula is surveyed for up to 0.3 s


@once(64)
def typed(f: str, domain: str = "") -> Expression:
    """Return the surface of a typed f(x, y).

    Raises:
        Refused: f is no formula.
        ValueError: the domain is not x₀, x₁, y₀, y₁, finite and rising.
    """
    with _parsing:
        if not domain:
            return parse(f)
        x0, x1, y0, y1 = (float(part) for part in domain.replace("−", "-").split(","))
        return parse(f, ((x0, x1), (y0, y1)))


def on_surface(settings: Settings, key: str, f: str | None = None) -> Settings:
    """Return the settings with another surface and what it brings: start, steps, lr and momentum of the two methods.

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
        t=0 if settings.curtain else None,
        fair=True,
    )
    surface = moved.landscape()
    brought: dict[str, Any] = {"momentum": 0.0, "sgd_momentum": 0.0, **surface.settings}
    x, y = surface.start
    return replace(moved, x=x, y=y, batch=PATIENTS, **brought)


def in_dialect(settings: Settings, key: str) -> Settings:
    """Return the settings with a dialect's switches and defaults; where it has no default, or lr is fair, it stays."""
    dialect = DIALECTS[key]
    brought: dict[str, Any] = {**dialect.settings, "sgd_lr_in_velocity": dialect.sgd_lr_in_velocity}
    if settings.fair:
        brought.pop("lr", None)
    return replace(settings, dialect=key, **brought)


def with_third(settings: Settings, key: str) -> Settings:
    """Return the settings with another third method, or none (""), as it is at first; its lr stays."""
    first = Settings()
    own = {name: getattr(first, name) for name in SETTINGS if name in HYPERPARAMETERS and name.startswith(f"{THIRD}_")}
    return replace(settings, **{**own, "third": key, "third_lr": settings.third_lr})


def fresh(settings: Settings) -> Settings:
    """Return the surface's own settings, in the default dialect, within the limits that there are."""
    limits = Settings(lang=settings.lang, hide=settings.hide, lock=settings.lock)
    return on_surface(limits, settings.surface, settings.f)


def seen_in(settings: Settings, domain: str) -> Settings:
    """Return the settings of a typed surface with another view, "x₀, x₁, y₀, y₁", or the one that is found, "".

    A start outside the view is moved to the view's own, with its lrs.

    Raises:
        ValueError: the domain is not four finite numbers, rising.
    """
    moved, surface = replace(settings, domain=domain), typed(settings.f, domain)
    if in_view(surface, settings):
        return moved
    (x, y), own = surface.start, surface.settings
    return replace(moved, x=x, y=y, lr=own["lr"], sgd_lr=own["sgd_lr"])


def in_view(surface: Surface, settings: Settings) -> bool:
    """Return whether the start is in the view of the surface."""
    (x0, x1), (y0, y1) = surface.domain
    return x0 <= settings.x <= x1 and y0 <= settings.y <= y1
