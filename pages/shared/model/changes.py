"""Changes of an experiment that are one click away: each named by its point, with the parameters of a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from pages.shared.model.fields import Complaint, looks
from pages.shared.model.link import from_query, to_query
from pages.shared.model.settings import Settings
from rmsprop_core.surfaces import N_


class Change(NamedTuple):
    """What a click does: its label (a source for gettext, where it is fixed) and the parameters that it sets."""

    label: str
    query: Mapping[str, str]


EXAMPLES = (
    Change(N_("RMSprop's path is the same for every κ"), {"kappa": "1", "fair": "true"}),
    Change(N_("ρ's price: a kick at the cliff, then a crawl"), {"surface": "cliff", "lr": "0.05", "rho": "0.99",
           "bias_correction": "true", "steps": "200", "view": "rmsprop"}),
    Change(N_("ρ near 1: the first step is a kick"), {"rho": "0.999"}),
    Change(N_("Bias correction takes that kick away"), {"rho": "0.999", "bias_correction": "true"}),
    Change(N_("A large ε makes RMSprop SGD"), {"surface": "ravine", "eps": "100", "lr": "4", "sgd_lr": "0.4",
           "fair": "true"}),
    Change(N_("ε outside the root: it swings on"), {"kappa": "1", "lr": "0.1", "eps": "0.01", "steps": "200",
           "eps_inside_sqrt": "false", "view": "rmsprop"}),
    Change(N_("Momentum helps along a curved valley"), {"surface": "rosenbrock", "lr": "0.0018", "momentum": "0.9"}),
    Change(N_("Momentum hurts: out of the view"), {"momentum": "0.9"}),
    Change(N_("Centered: faster where g keeps its sign"), {"surface": "himmelblau", "lr": "0.01", "centered": "true",
           "view": "rmsprop"}),
    Change(N_("A schedule ends the swing"), {"steps": "300", "schedule": "cosine"}),
    Change(N_("SGD wins on a bowl turned by 45°"), {"surface": "booth"}),
)  # fmt: skip


def taken(settings: Settings, query: Mapping[str, str]) -> tuple[Settings, list[Complaint]]:
    """Return the settings with what a change sets, the clock at the end, and what could not be taken."""
    found, complaints = from_query({**to_query(settings), **query})
    stays = {"view", "hide", "lock", *looks(settings)} - {"t", *query}
    return replace(found, **{name: getattr(settings, name) for name in stays}), complaints
