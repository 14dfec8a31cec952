"""Changes of an experiment that are one click away: each named by its point, with the parameters of a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

from pages.shared.model.fields import Complaint, looks
from pages.shared.model.link import from_query, to_query
from pages.shared.model.methods import RMSPROP
from pages.shared.model.settings import BOTH, Settings
from rmsprop_core.surfaces import N_


class Change(NamedTuple):
    """What a click does: its label (a source for gettext, where it is fixed), the parameters that it sets, and why."""

    label: str
    query: Mapping[str, str]
    why: str = ""


def _beside(label: str, query: Mapping[str, str], **rival: str) -> Change:
    """Return an example that shows its point beside the RMSprop that lacks it, which is the same but for `rival`."""
    return Change(label, {**query, "pin": urlencode({**query, "view": RMSPROP.key, **rival})})


_CLIFF = {"surface": "cliff", "lr": "0.05", "rho": "0.99", "bias_correction": "true", "steps": "200", "view": "rmsprop"}
_ROUND = {"kappa": "1", "lr": "0.1", "eps": "0.01", "steps": "200", "eps_inside_sqrt": "false", "view": "rmsprop"}
EXAMPLES = (
    _beside(N_("RMSprop's path is the same for every κ: here κ = 1, in grey κ = 100"), {"kappa": "1", "fair": "true"},
            kappa="100"),
    _beside(N_("ρ's price: at the cliff ρ = 0.99 jumps three times as far as ρ = 0.9, then it crawls"), _CLIFF,
            rho="0.9"),
    _beside(N_("ρ near 1: the first step is a kick"), {"rho": "0.999"}, rho="0.9"),
    _beside(N_("Bias correction takes the first kick away"), {"rho": "0.999", "bias_correction": "true"},
            bias_correction="false"),
    _beside(N_("A large ε makes RMSprop SGD: the two paths are nearly one"),
            {"surface": "ravine", "eps": "100", "lr": "4", "sgd_lr": "0.4", "fair": "true"},
            eps="1e-8", lr="0.4"),
    _beside(N_("ε outside the root: it swings on, where with ε inside it comes to rest"), _ROUND,
            eps_inside_sqrt="true"),
    _beside(N_("Momentum helps along a curved valley"),
            {"surface": "rosenbrock", "lr": "0.0018", "momentum": "0.9"}, lr="0.018", momentum="0"),
    _beside(N_("Momentum hurts: out of the view"), {"momentum": "0.9"}, momentum="0"),
    _beside(N_("Centered: faster where g keeps its sign"),
            {"surface": "himmelblau", "lr": "0.01", "centered": "true", "view": "rmsprop"}, centered="false"),
    _beside(N_("A schedule ends the swing"), {"steps": "300", "schedule": "cosine"},
            schedule="constant"),
    Change(N_("SGD wins on a bowl turned by 45°"), {"surface": "booth"}),
)  # fmt: skip


def claim(settings: Settings) -> str:
    """Return the claim of the example that these settings are, as they run; else nothing. A source for gettext."""
    now = _runs(settings)
    return next((label for found, label in _claims() if found == now), "")


@cache
def _claims() -> list[tuple[Settings, str]]:
    return [(_runs(from_query(example.query)[0]), example.label) for example in EXAMPLES]


def _runs(settings: Settings) -> Settings:
    return replace(settings.running(), view=BOTH, pin=settings.pin, lang=Settings.lang)


def taken(settings: Settings, query: Mapping[str, str]) -> tuple[Settings, list[Complaint]]:
    """Return the settings with what a change sets, the clock at the end, and what could not be taken."""
    found, complaints = from_query({**to_query(settings), **query})
    stays = {"view", "hide", "lock", *looks(settings)} - {"t", *query}
    return replace(found, **{name: getattr(settings, name) for name in stays}), complaints
