"""What of an experiment stands behind a button and departs from the plain one, so that it is said in sight."""

from __future__ import annotations

from pages.shared.model.language import _
from pages.shared.model.numbers import number
from pages.shared.model.settings import CHANCE, PATIENTS, Settings
from rmsprop_core import DIALECTS

MENUS = {"schedule": "schedule", **dict.fromkeys(CHANCE, "noise")}  # what stands behind which; all else is a variant


def schedules() -> dict[str, str]:
    """Return what the schedules are called."""
    return {
        "constant": _("constant"),
        "step": _("step: ÷10 twice"),
        "inverse_sqrt": "1/√t",
        "cosine": _("cosine"),
        "warmup": _("linear warm-up"),
    }


def departs(settings: Settings) -> set[str]:
    """Return the switches that are not as the dialect has them."""
    dialect = DIALECTS[settings.dialect]
    own = {**dialect.settings, "sgd_lr_in_velocity": dialect.sgd_lr_in_velocity}
    switches = {name: value for name, value in own.items() if isinstance(value, bool) or name == "initial_s"}
    return {name for name, value in switches.items() if getattr(settings, name) != value}


def hidden(settings: Settings) -> dict[str, str]:
    """Return what a button hides and departs from the plain experiment, each with its name in few words."""
    found = {}
    if settings.schedule != "constant":
        found["schedule"] = _("lr: {schedule}").format(schedule=schedules()[settings.schedule])
    if settings.noise:
        found["noise"] = _("noise σ = {sigma}").format(sigma=number(settings.noise))
    if settings.circumstances()["batch"] and settings.batch < PATIENTS:
        found["batch"] = _("batches of {n}").format(n=settings.batch)
    if settings.by_chance and settings.seeds > 1:
        found["seeds"] = _("{n} seeds").format(n=settings.seeds)
    words = {
        "eps_inside_sqrt": (_("ε outside the root"), _("ε inside the root")),
        "lr_in_velocity": (_("lr outside the velocity"), _("lr inside the velocity")),
        "sgd_lr_in_velocity": (_("SGD: lr outside the velocity"), _("SGD: lr inside the velocity")),
        "nesterov": (_("no Nesterov"), _("Nesterov")),
        "bias_correction": (_("no bias correction"), _("bias correction")),
        "initial_s": (_("s starts at 0"), _("s starts at {s}").format(s=number(settings.initial_s))),
    }
    departing = departs(settings)
    return found | {name: pair[getattr(settings, name) > 0] for name, pair in words.items() if name in departing}
