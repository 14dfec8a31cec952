"""Fair lrs: a good one stays, another is found, an lr that is touched is the user's own; and what stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pages.shared.model.fairness import fairly, followed, same_path, turned, unfair
from pages.shared.model.link import from_query, to_link, to_query
from pages.shared.model.settings import RUN, Settings, in_dialect, on_surface
from pages.shared.wire.experiment import outcomes
from pages.shared.wire.live import asked
from rmsprop_core import SGD, SURFACES, fair_lr, stretched
from tests.support.pages import by_key, fetched, opened, told_of, unpacked

FIRST = Settings()


def after(settings: Settings, **values: str) -> Settings:
    now, complaints = turned(settings, values)
    assert not complaints
    return now


def test_the_path_of_rmsprop_is_the_same_for_every_kappa_while_the_lr_of_sgd_follows() -> None:
    first = by_key(outcomes(FIRST))["rmsprop"]
    lrs = []
    for kappa in (1, 3, 10, 100, 1000, 10_000):
        now = after(FIRST, kappa=str(kappa))
        runs = by_key(outcomes(now))
        found = fair_lr(SGD, stretched(kappa), 50, (-5, -2))
        lrs.append(now.sgd_lr)
        assert np.abs(runs["rmsprop"].theta - first.theta).max() < 1e-6
        assert runs["sgd"].f[-1] <= found.good
        assert kappa == 100 or "and it cancels" in same_path(FIRST, now)
    assert lrs[3] == 0.0194
    assert lrs == sorted(lrs, reverse=True)
    assert lrs[0] / lrs[-1] > 1000


@pytest.mark.parametrize("values", [{"eps": "1000", "kappa": "1"}, {"angle": "30", "kappa": "1"}, {"rho": "0.5"}])
def test_no_path_is_called_the_same_that_is_not(values: dict[str, str]) -> None:
    before = after(FIRST, **{name: value for name, value in values.items() if name != "kappa"})
    now = after(before, **values)

    assert not same_path(before, now)


def test_a_touched_lr_is_the_users_own_and_everything_else_brings_a_good_one() -> None:
    own = after(FIRST, sgd_lr="0.001")
    assert (own.fair, own.sgd_lr) == (False, 0.001)
    assert after(own, kappa="1").sgd_lr == 0.001
    assert after(FIRST, lr="0.2").fair, "a key press that changes nothing touches nothing"
    assert after(own, fair="true").sgd_lr == pytest.approx(0.0168)
    for values in ({"steps": "300"}, {"rho": "0.99"}, {"centered": "true"}, {"momentum": "0.9"}):
        now = after(FIRST, **values)
        assert now.fair
        assert fairly(now) == now
        assert fairly(replace(now, lr=0.01 * now.lr)).lr != 0.01 * now.lr


def test_a_start_brings_no_other_lr_and_noise_neither() -> None:
    for values in ({"x": "1.9", "y": "0.1"}, {"noise": "50"}, {"seed": "3"}):
        now = after(FIRST, **values)
        assert (now.fair, now.lr, now.sgd_lr) == (True, FIRST.lr, FIRST.sgd_lr)


@pytest.mark.parametrize("key", list(SURFACES))
def test_a_surface_and_a_dialect_bring_good_lrs(key: str) -> None:
    now = followed(FIRST, on_surface(FIRST, key))
    assert now == fairly(now)
    keras = followed(now, in_dialect(now, "keras"))
    assert keras.lr == now.lr or keras == fairly(keras)


def test_the_bowl_turns_with_its_start_and_both_stay_in_the_view() -> None:
    height = {}
    for angle in (-90, -30, 0, 45, 90):
        now = after(FIRST, angle=str(angle))
        runs = by_key(outcomes(now))
        height[angle] = runs["sgd"].f
        (x0, x1), (y0, y1) = now.landscape().domain
        x, y = runs["sgd"].theta.T
        assert x0 < x.min() < x.max() < x1
        assert y0 < y.min() < y.max() < y1
        assert now.sgd_lr == FIRST.sgd_lr
        assert after(now, angle="0") == replace(FIRST, x=pytest.approx(-5, abs=1e-4), y=pytest.approx(-2, abs=1e-4))
    assert all(np.allclose(f, height[0], rtol=1e-3) for f in height.values())


def test_a_link_is_fair_where_it_says_so_or_says_nothing_of_a_run() -> None:
    assert from_query({})[0].fair
    assert from_query({"t": "3", "view": "3d"})[0].fair
    for name in RUN & to_query(FIRST).keys():
        assert not from_query({name: to_query(FIRST)[name]})[0].fair, name
    for link in ({"kappa": "1"}, {"dialect": "graves"}, {"surface": "booth"}):
        settings = from_query(link | {"fair": "true"})[0]
        assert settings.fair
        assert settings == fairly(settings)
        assert from_query(to_link(settings))[0] == settings
    assert not from_query({"steps": "10000", "fair": "true"})[0].fair, "a link alone starts no long search"
    assert from_query({"fair": "true", "lr": "3", "sgd_lr": "0.5"})[0].lr == 3


def test_an_old_link_says_whose_lr_is_far_from_good() -> None:
    assert [method.key for method in unfair(from_query({"kappa": "1"})[0])] == ["sgd"]
    assert [method.key for method in unfair(from_query({"kappa": "1", "view": "rmsprop"})[0])] == []
    assert unfair(from_query({"kappa": "1", "fair": "true"})[0]) == []
    for key in SURFACES:
        assert unfair(from_query({"surface": key})[0]) == [], key
    assert [method.key for method in unfair(from_query({"surface": "beale", "lr": "1e-4"})[0])] == ["rmsprop"]


def test_a_dial_under_the_hand_brings_its_lrs_in_the_head() -> None:
    query = asked(FIRST)
    head, columns = unpacked(bytes(fetched("/live/explore", query | {"turned": "kappa=1"}).body))
    assert head["brought"] == {"sgd_lr": "0.591"}
    assert "SGD's lr has to follow κ: 0.0194 → 0.591" in head["note"]
    assert columns["sgd.f"][-1] < 1e-20
    head, _ = unpacked(bytes(fetched("/live/explore", query | {"turned": "sgd_lr=0.001"}).body))
    assert head["brought"] == {"fair": "false"}
    head, _ = unpacked(bytes(fetched("/live/explore", query | {"turned": "angle=90"}).body))
    assert head["brought"] == {"x": "2", "y": "-5"}
    head, _ = unpacked(bytes(fetched("/live/explore", query | {"turned": "steps=5000"}).body))
    assert head["brought"] == {}, "a long search waits until the hand lets go"
    for bad in ("lr=x", "colour=red", "f=x"):
        assert fetched("/live/explore", query | {"turned": bad}).status_code == 204


def test_the_switch_stands_beside_the_lrs_on_both_pages() -> None:
    for page in ("explore", "step_by_step"):
        groups = told_of(opened(page), "rmsprop_dials")["groups"]
        assert [[switch["name"] for switch in group["switches"]] for group in groups] == [
            ["centered", "fair"],
            ["sgd_nesterov", "fair"],
            [],
        ]
        assert groups[0]["switches"][1]["value"]
