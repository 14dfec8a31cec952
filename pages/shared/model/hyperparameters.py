"""The hyperparameters of both methods, each declared once: every page that has one has it from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.shared.model.fields import POSITIVE, SHARE, Dial, Setting
from pages.shared.model.methods import METHODS, PLAIN, RMSPROP, Method
from rmsprop_core.surfaces import N_


def _of(method: Method, argument: str, takes: Any, label: str, help: str = "", **more: Any) -> Setting:
    return Setting(takes, label, help, feeds=(method.key, argument), **more)


_LR = Dial("lr η", "log", 0.0, 10.0, least=1e-5)
_RHO, _MU = Dial("ρ", "tail", 0.0, 0.9999), Dial("μ", "tail", 0.0, 0.999)
_CONSTANT = N_("With ρ = 1 s never changes: every step is g times one constant, which is SGD.")
_ENDLESS = N_("With μ = 1 the velocity never slows down.")

HYPERPARAMETERS: Mapping[str, Setting] = {
    "lr": _of(RMSPROP, "lr", POSITIVE, N_("learning rate of RMSprop"), dial=_LR),
    "rho": _of(RMSPROP, "rho", SHARE, N_("share of the past in the mean of g²"), dial=_RHO, why=_CONSTANT),
    "eps": _of(
        RMSPROP, "eps", POSITIVE, N_("keeps the divisor from 0"), dial=Dial("ε", "log", 0.0, 100.0, least=1e-12)
    ),
    "momentum": _of(RMSPROP, "momentum", SHARE, N_("momentum of RMSprop"), dial=_MU, why=_ENDLESS),
    "centered": _of(
        RMSPROP,
        "centered",
        None,
        N_("Centered"),
        N_("Divide by the running standard deviation √(s − m²). Not together with bias correction."),
    ),
    "eps_inside_sqrt": _of(
        RMSPROP, "eps_inside_sqrt", None, N_("ε inside the root: √(s + ε)"), N_("Off: √s + ε, as in PyTorch.")
    ),
    "lr_in_velocity": _of(
        RMSPROP,
        "lr_in_velocity",
        None,
        N_("lr inside the velocity"),
        N_("Off: v sums up u and lr multiplies v, as in PyTorch."),
    ),
    "nesterov": _of(
        RMSPROP, "nesterov", None, N_("Nesterov momentum"), N_("Look ahead along the velocity, as optax does.")
    ),
    "bias_correction": _of(
        RMSPROP,
        "bias_correction",
        None,
        N_("Bias correction: s / (1 − ρᵗ)"),
        N_("As optax can. Not together with centered."),
    ),
    "initial_s": _of(RMSPROP, "initial_s", POSITIVE, N_("s starts at 1"), N_("As in TensorFlow 1. Off: s₀ = 0.")),
    "sgd_lr": _of(PLAIN, "lr", POSITIVE, N_("learning rate of SGD"), dial=_LR),
    "sgd_momentum": _of(PLAIN, "momentum", SHARE, N_("momentum of SGD"), dial=_MU, why=_ENDLESS),
    "sgd_nesterov": _of(
        PLAIN, "nesterov", None, N_("SGD Nesterov"), N_("Look ahead along SGD's velocity; needs momentum.")
    ),
    "sgd_lr_in_velocity": _of(
        PLAIN,
        "lr_in_velocity",
        None,
        N_("SGD: lr inside the velocity"),
        N_("Off: v sums up g and lr multiplies v, as in PyTorch. It matters when a schedule changes lr."),
    ),
}


def methods(settings: object) -> tuple[Method, ...]:
    """Return the methods as a page's settings have them; what the page has no setting for is the method's own."""
    return tuple(
        method.using(
            **{
                setting.feeds[1]: getattr(settings, name)
                for name, setting in HYPERPARAMETERS.items()
                if setting.feeds[0] == method.key and hasattr(settings, name)
            }
        )
        for method in METHODS.values()
    )


def setting_of(method: Method, argument: str) -> str:
    """Return the setting that feeds an argument of a method."""
    return next(name for name, setting in HYPERPARAMETERS.items() if setting.feeds == (method.key, argument))
