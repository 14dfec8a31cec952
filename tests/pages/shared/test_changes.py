"""Each example holds the point that it is named by, and is one click away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest

from pages.shared.model.changes import EXAMPLES
from pages.shared.model.departures import hidden
from pages.shared.model.link import from_query
from pages.shared.wire.experiment import exhibit, outcomes
from rmsprop_core import Trajectory, events
from rmsprop_core.runs.events import inside_view
from tests.support.pages import by_key, dialled, opened, told_of

Query = Mapping[str, str]


def runs(query: Query, **other: str) -> dict[str, Trajectory]:
    settings, complaints = from_query({**query, **other, "view": "both"})
    assert not complaints
    return by_key(outcomes(settings))


def first_step(query: Query, **other: str) -> float:
    return float(np.abs(runs(query, **other)["rmsprop"].delta[0]).max() / from_query(query)[0].lr)


def path_is_kept(query: Query) -> None:
    round_bowl, stretched = runs(query)["rmsprop"], runs(query, kappa="10000")["rmsprop"]
    assert np.abs(round_bowl.theta - stretched.theta).max() < 1e-6


def rho_has_a_price(query: Query) -> None:
    kick, crawl = {}, {}
    for rho in ("0.5", "0.9", "0.99"):
        traj = runs(query, rho=rho)["rmsprop"]
        at_cliff = int(np.argmax(traj.theta[:, 0] > 2))
        kick[rho] = np.abs(traj.delta[at_cliff - 10 : at_cliff + 10, 0]).max()
        down = int(np.argmax(traj.theta[:, 0] > 2.5))
        crawl[rho] = np.abs(traj.delta[down + 10 : down + 40, 0]).mean()
    assert kick["0.99"] > 4 * kick["0.5"]
    assert crawl["0.99"] < crawl["0.5"] / 2
    assert kick["0.99"] == pytest.approx(3 * kick["0.9"], rel=0.05)
    assert crawl["0.99"] < 0.75 * crawl["0.9"]


def first_step_is_a_kick(query: Query) -> None:
    assert first_step(query) == pytest.approx(1 / np.sqrt(1 - 0.999), rel=1e-3)
    (left, *_more) = events(runs(query)["rmsprop"])
    assert (left.kind, left.cause, left.step) == ("left", "kick", 1)


def kick_is_taken_away(query: Query) -> None:
    assert first_step(query) == pytest.approx(1, rel=1e-6)
    assert first_step(query, bias_correction="false") > 30


def large_eps_is_sgd(query: Query) -> None:
    apart = {}
    for eps, lr in (("100", "4"), ("1e-8", "0.4")):
        found = runs(query, eps=eps, lr=lr)
        apart[eps] = np.abs(found["rmsprop"].theta - found["sgd"].theta).max()
    assert apart["100"] < 0.15
    assert apart["1e-8"] > 1.5


def eps_outside_swings_on(query: Query) -> None:
    assert np.abs(runs(query)["rmsprop"].theta[-1]).min() > 0.03
    assert np.abs(runs(query, eps_inside_sqrt="true")["rmsprop"].theta[-1]).max() < 1e-12


def momentum_helps(query: Query) -> None:
    assert runs(query)["rmsprop"].f[-1] < runs(query, momentum="0", lr="0.018")["rmsprop"].f[-1] / 100


def momentum_hurts(query: Query) -> None:
    assert ("left", "momentum") in [(event.kind, event.cause) for event in events(runs(query)["rmsprop"])]
    assert runs(query)["rmsprop"].f[-1] > 1e4 * runs(query, momentum="0")["rmsprop"].f[-1]


def centered_is_faster(query: Query) -> None:
    assert runs(query)["rmsprop"].f[-1] < runs(query, centered="false")["rmsprop"].f[-1] / 1000


def schedule_ends_the_swing(query: Query) -> None:
    assert runs(query)["rmsprop"].f[-1] < 1e-4 * runs(query, schedule="constant")["rmsprop"].f[-1]


def sgd_wins(query: Query) -> None:
    found = runs(query)
    assert found["sgd"].f[-1] < 1e-4 * found["rmsprop"].f[-1]


POINTS: tuple[Callable[[Query], None], ...] = (
    path_is_kept, rho_has_a_price, first_step_is_a_kick, kick_is_taken_away, large_eps_is_sgd, eps_outside_swings_on,
    momentum_helps, momentum_hurts, centered_is_faster, schedule_ends_the_swing, sgd_wins,
)  # fmt: skip


@pytest.mark.parametrize(("example", "holds"), list(zip(EXAMPLES, POINTS, strict=True)))
def test_an_example_holds_the_point_that_it_is_named_by(example: Any, holds: Callable[[Query], None]) -> None:
    holds(example.query)


def rival(query: Query) -> Trajectory:
    """Return what an example has pinned."""
    (found,) = exhibit(from_query(query)[0]).pinned
    assert found.method.key == "rmsprop"
    return found.traj


def test_what_an_example_has_pinned_is_the_run_without_its_point() -> None:
    one, price, kick, kickless, sgd, outside, helps, hurts, centered, schedule, last = (each.query for each in EXAMPLES)
    assert np.abs(rival(one).theta - runs(one)["rmsprop"].theta).max() < 1e-6, "the two paths lie on each other"
    assert from_query(dict(parse_qsl(one["pin"])))[0].kappa == 100
    assert (float(rival(price).optimizer.rho), float(rival(kick).optimizer.rho)) == (0.9, 0.9)
    assert np.abs(rival(kickless).delta[0]).max() > 30 * np.abs(runs(kickless)["rmsprop"].delta[0]).max()
    assert np.abs(rival(sgd).theta - runs(sgd)["sgd"].theta).max() > 1.5
    assert np.abs(rival(outside).theta[-1]).max() < 1e-12
    assert rival(helps).f[-1] > 100 * runs(helps)["rmsprop"].f[-1]
    assert rival(hurts).f[-1] < 1e-4 * runs(hurts)["rmsprop"].f[-1]
    assert inside_view(rival(hurts).surface, rival(hurts).theta).all()
    assert rival(centered).f[-1] > 1000 * runs(centered)["rmsprop"].f[-1]
    assert np.abs(rival(schedule).theta[-20:]).min() > 0.05, "it swings to the end"
    assert "pin" not in last, "both methods are on show"


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_claim_of_an_example_is_the_headline_until_something_runs_otherwise(example: Any) -> None:
    app = opened(**example.query)
    assert told_of(app)["claim"] == example.label
    assert told_of(opened(**example.query, t="3", chart="s", equal="true"))["claim"] == example.label
    assert "claim" not in told_of(dialled(app, rho="0.7"))


@pytest.mark.parametrize("page", ["explore", "step_by_step"])
def test_every_example_is_one_click_away(page: str) -> None:
    app = opened(page)
    for k, example in enumerate(EXAMPLES):
        app.session_state["examples_menu"] = True
        app.run()
        app.button(key=f"w_example_{k}").click().run()
        assert replace(app.session_state["settings"], t=None) == from_query(example.query)[0]
        assert not app.session_state["examples_menu"]
    assert told_of(app)["claim"] == EXAMPLES[-1].label


def test_what_a_button_hides_and_departs_is_a_chip_that_opens_it() -> None:
    app = opened(noise="3", seeds="20", schedule="cosine", eps_inside_sqrt="false")

    assert [chip.label for chip in app.button if chip.key.startswith("w_chip")] == [
        "lr: cosine", "noise σ = 3", "20 seeds", "ε outside the root",
    ]  # fmt: skip
    assert app.selectbox(key="w_dialect").options[0] == "Tutorial, changed"
    app.button(key="w_chip_seeds").click().run()
    assert app.session_state["noise_menu"]
    app.button(key="w_chip_eps_inside_sqrt").click().run()
    assert app.session_state["variant_menu"]
    app.checkbox(key="w_eps_inside_sqrt").check().run()
    assert "w_chip_eps_inside_sqrt" not in [chip.key for chip in app.button]
    assert app.selectbox(key="w_dialect").options[0] == "Tutorial"


@pytest.mark.parametrize(
    ("query", "chips"),
    [
        ({}, []),
        ({"dialect": "pytorch"}, []),
        ({"dialect": "tf1"}, []),
        ({"dialect": "tf1", "initial_s": "0", "bias_correction": "true"}, ["bias correction", "s starts at 0"]),
        ({"dialect": "graves", "momentum": "0", "centered": "false", "nesterov": "true"}, ["Nesterov"]),
        ({"surface": "bmi", "batch": "32"}, ["batches of 32"]),
        ({"seeds": "20"}, []),
        ({"dialect": "pytorch", "sgd_lr_in_velocity": "true"}, ["SGD: lr inside the velocity"]),
    ],
)
def test_only_what_departs_is_said(query: dict[str, str], chips: list[str]) -> None:
    assert sorted(hidden(from_query(query)[0]).values()) == chips


def test_who_a_dialect_is_and_what_a_surface_shows_stand_under_their_names() -> None:
    app = opened(dialect="d2l", surface="cliff")
    texts = "".join(html.proto.body for html in app.get("html"))
    assert "Dive into Deep Learning" in texts
    assert "at the cliff the next step is the full kick" in texts
