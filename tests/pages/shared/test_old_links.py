"""Links work for ever: what they opened at commit 4df319a, setting by setting, they open today.

old_links.json was written by that commit's own from_query and run. Since then SGD's velocity is that of its dialect,
which none of these links shows: the path is the same while lr is constant.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pages.shared.model.link import from_query, to_link
from pages.shared.model.settings import Settings
from pages.shared.wire.experiment import outcomes
from pages.train import settings as train

OLD: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("old_links.json").read_text())
# The contract's names, for ever.
NAMES = (
    *("surface", "kappa", "angle", "f", "x", "y", "steps", "t", "view", "dialect", "lr", "rho", "eps", "momentum"),
    *("centered", "eps_inside_sqrt", "lr_in_velocity", "nesterov", "bias_correction", "initial_s", "sgd_lr"),
    *("sgd_momentum", "sgd_nesterov", "schedule", "noise", "batch", "seed", "seeds", "lang"),
)


def test_every_name_of_the_contract_is_a_setting() -> None:
    assert set(NAMES) <= set(vars(Settings()))


@pytest.mark.parametrize("old", OLD["experiment"], ids=lambda old: old["link"] or "nothing")
def test_an_old_link_opens_the_same_experiment(old: dict[str, Any]) -> None:
    settings, complaints = from_query(dict(parse_qsl(old["link"])))

    assert {name: getattr(settings, name) for name in old["settings"]} == old["settings"]
    assert [each.name for each in complaints] == old["complaints"]
    assert {method.key: traj.f[-1] for method, traj in outcomes(settings)} == pytest.approx(old["f"], rel=1e-6)
    assert from_query(to_link(settings)) == (settings, [])


@pytest.mark.parametrize("old", OLD["train"], ids=lambda old: old["link"] or "nothing")
def test_an_old_link_opens_the_same_training(old: dict[str, Any]) -> None:
    query = dict(parse_qsl(old["link"]))
    raw = query.get("raw") == "true"
    fresh = replace(train.Training(), raw=raw, **train.first_rates(raw))
    settings, complaints = train.from_query(query, train.DIABETES, fresh)

    assert {name: getattr(settings, name) for name in old["settings"]} == old["settings"]
    assert [each.name for each in complaints] == old["complaints"]
