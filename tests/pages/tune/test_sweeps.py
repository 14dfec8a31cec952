"""The map of settings: each of its cells is a run of its own, and theory's edges are where the map has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pages.shared.model.settings import Settings, on_surface
from pages.tune import sweeps
from rmsprop_core import SGD, RMSprop, events, run
from rmsprop_core.runs.events import steps_to
from rmsprop_core.runs.sweep import FATES
from tests.support.pages import fetched, link_of, opened, sent, unpacked


def chart(settings: Settings, most: int = 16) -> tuple[dict[str, Any], dict[str, Any]]:
    return unpacked(sweeps.chart(sweeps.plain(settings), most))


@pytest.mark.parametrize(("across", "up"), [("lr", "rho"), ("eps", "momentum"), ("rho", "lr")])
def test_a_cell_is_the_run_of_its_numbers(across: str, up: str) -> None:
    settings = replace(Settings(), across=across, up=up, steps=60, schedule="cosine", eps_inside_sqrt=False)
    head, columns = chart(settings)
    n = head["n"]
    for j, i in [(0, 0), (3, 12), (9, 8), (15, 15), (7, 5)]:
        own = {across: columns["across"][i], up: columns["up"][j]}
        optimizer = replace(RMSprop(settings.lr, eps_inside_sqrt=False), **own)
        traj = run(optimizer, settings.landscape(), (-5, -2), 60, schedule="cosine")
        ends = traj.f[-1] if traj.ended is None else np.nan
        assert columns["loss"][j * n + i] == pytest.approx(ends, rel=1e-9, nan_ok=True)
    lr = columns["sgd.lr"][20]
    traj = run(SGD(lr), settings.landscape(), (-5, -2), 60, schedule="cosine")
    assert columns["sgd.loss"][20] == pytest.approx(traj.f[-1], rel=1e-9)


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("key", ["stretched", "ravine", "booth"])
def test_beyond_the_edge_of_theory_sgd_grows_and_before_it_it_falls(key: str, mu: float) -> None:
    settings = replace(on_surface(Settings(), key), sgd_momentum=mu, steps=2000)
    edge = chart(settings)[0]["edge"]
    surface = settings.landscape()
    before, after = (run(SGD(k * edge, mu), surface, surface.start, 2000).f for k in (0.98, 1.02))
    assert before[-1] - (surface.floor or 0) < before[0]
    assert not after[-1] < 1e3


def test_a_surface_that_is_no_bowl_has_no_edge() -> None:
    for key in ("rosenbrock", "himmelblau", "ackley"):
        head, _columns = chart(on_surface(Settings(), key))
        assert head["edge"] is None
        assert head["hessian"] is None


def test_where_the_map_says_that_it_swings_the_loss_is_lr_squared_over_eight_times_the_hessian() -> None:
    settings = replace(on_surface(Settings(), "ravine"), steps=800, eps=1e-12)
    head, columns = chart(settings, 32)
    n, swings = head["n"], FATES.index("cycle")
    assert head["hessian"] == pytest.approx(4.2)
    found = 0
    for j in range(n):
        for i in range(n):
            lr, k = columns["across"][i], j * n + i
            if columns["fate"][k] == swings and 0.01 < lr < 0.2 and 0.5 < columns["up"][j] < 0.95:
                found += 1
                assert columns["loss"][k] <= 1.05 * lr * lr / 8 * head["hessian"]
    assert found > 20


def test_a_map_stays_within_its_budget_and_the_first_look_is_coarse() -> None:
    assert sweeps.cells(Settings(steps=300), 64) == 64
    assert 10 < sweeps.cells(Settings(steps=10_000), 64) < 30
    assert chart(Settings(), sweeps.COARSE)[0]["n"] == sweeps.COARSE


def test_moving_on_the_map_asks_for_no_other_one() -> None:
    there = replace(Settings(), lr=0.01, rho=0.5, sgd_lr=0.3, t=7, fair=False)
    assert sweeps.plain(there) == sweeps.plain(Settings())
    assert sweeps.plain(replace(there, eps=1.0)) != sweeps.plain(Settings())


@pytest.mark.parametrize("more", [{"noise": 30.0, "steps": 30}, {"surface": "bmi", "batch": 4, "steps": 60}])
def test_of_runs_by_chance_the_map_is_a_median_of_the_same_seeds_everywhere(more: dict[str, Any]) -> None:
    settings = replace(on_surface(Settings(), more.get("surface", "stretched")), **more)
    head, columns = chart(settings, 8)
    n, surface, start = head["n"], settings.landscape(), (settings.x, settings.y)
    floor, goal = surface.floor or 0.0, sweeps.DEFINED * head["starts"]
    of_first_seed = True
    for j, i in np.ndindex(n, n):
        optimizer = replace(settings.methods()[0].optimizer, lr=columns["across"][i], rho=columns["up"][j])
        trajs = [
            run(optimizer, surface, start, settings.steps, seed=seed, **settings.circumstances())
            for seed in range(sweeps.SEEDS)
        ]
        steps = [np.inf if (t := steps_to(traj, goal)) is None else t for traj in trajs]
        kinds = [{event.kind for event in events(traj)} & {*FATES} for traj in trajs]
        fates = [max(map(FATES.index, kind), default=0) for kind in kinds]
        middle, k = np.median(steps), j * n + i
        assert columns["loss"][k] == pytest.approx(np.median([traj.f[-1] for traj in trajs]) - floor, rel=1e-9)
        assert columns["steps"][k] == (middle if middle < np.inf else -1)
        assert columns["fate"][k] == np.median(fates)
        of_first_seed &= middle == steps[0] and np.median(fates) == fates[0]
    assert not of_first_seed  # what one seed says is not what most say


def test_the_page_tells_its_place_and_the_route_answers_its_link() -> None:
    app = opened("tune", across="lr", up="momentum", v="1")
    head, _columns = sent(app)
    assert head["place"] == {"lr": 0.2, "eps": 1e-8, "rho": 0.9, "momentum": 0.0}
    answer = fetched(sweeps.PATH, {**link_of(app), "cells": "12"})
    assert answer.status_code == 200
    assert unpacked(bytes(answer.body))[0]["up"] == "momentum"
    assert fetched(sweeps.PATH, {"across": "lr", "up": "lr", "v": "1"}).status_code == 204
    assert fetched(sweeps.PATH, {"lr": "nan"}).status_code == 204


def valleys(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    settings = replace(
        Settings(), surface="own", f="(x^2-1)^2+y^2", domain="-2,2,-2,2", fair=False, lr=0.05, sgd_lr=0.05, **more
    )
    return unpacked(sweeps.basins(sweeps.everywhere(settings), 16))


def test_a_double_well_has_two_basins_that_mirror_each_other() -> None:
    head, columns = valleys(steps=200)
    n = head["n"]
    assert sorted(np.round(head["minima"], 6).tolist()) == [[-1, 0], [1, 0]]
    right = head["minima"].index(max(head["minima"]))
    for key in ("rmsprop", "sgd"):
        minimum = columns[f"{key}.minimum"].reshape(n, n)
        assert (minimum[:, : n // 2] == 1 - right).all()
        assert (minimum[:, n // 2 :] == right).all()


@pytest.mark.parametrize(("key", "steps"), [("himmelblau", 120), ("camel", 40), ("rosenbrock", 300), ("rastrigin", 60)])
def test_a_cell_of_the_basins_is_the_run_from_its_middle(key: str, steps: int) -> None:
    settings = replace(on_surface(Settings(), key), steps=steps, x=1.0, y=1.0, momentum=0.3)
    head, columns = unpacked(sweeps.basins(sweeps.everywhere(settings), 12))
    surface, n = settings.landscape(), head["n"]
    (x0, x1), (y0, y1) = surface.domain
    for j, i in [(0, 0), (3, 8), (11, 11), (6, 2), (9, 5)]:
        start = (x0 + (i + 0.5) / n * (x1 - x0), y0 + (j + 0.5) / n * (y1 - y0))
        for method in settings.methods():
            traj = run(method.optimizer, surface, start, steps)
            k = j * n + i
            away = [np.hypot(*(traj.theta[-1] - place)) for place in head["minima"]]
            known = int(np.argmin(away)) if traj.ended is None and min(away) <= head["near"] else sweeps.NOWHERE
            assert columns[f"{method.key}.minimum"][k] == known
            down = np.flatnonzero(traj.f - surface.floor <= head["goal"])
            assert columns[f"{method.key}.steps"][k] == (down[0] if down.size else -1)


def test_where_one_starts_is_not_asked_for_again() -> None:
    assert sweeps.everywhere(replace(Settings(), x=1.0, y=2.0, t=3)) == sweeps.everywhere(Settings())


def test_the_basins_come_over_the_route_and_by_the_link() -> None:
    app = opened("tune", measure="starts", surface="himmelblau")
    assert "measure=starts" in str(link_of(app)) or link_of(app)["measure"] == "starts"
    assert not [each for each in app.selectbox if each.key in ("w_across", "w_up")]
