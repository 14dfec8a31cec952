"""What is said after a turn is true of the runs: the lrs that followed, and what centered, μ or ε does to the end."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from pages.shared.model.fairness import followed, turned
from pages.shared.model.link import from_query, pinned
from pages.shared.model.numbers import number
from pages.shared.model.remarks import beside, remark, rival, without
from pages.shared.model.settings import Settings
from pages.shared.wire.experiment import exhibit, outcomes
from pages.shared.wire.live import asked
from pages.shared.wire.sequel import offer
from tests.pages.shared.test_verdicts import _random, _read
from tests.support.pages import by_key, fetched, opened, told_of, unpacked

FIRST = Settings()
TURNS = ({"centered": "true"}, {"momentum": "0.9"}, {"eps": "1"}, {"eps": "100"}, {"eps": "1e-6"})


def after(settings: Settings, **values: str) -> Settings:
    now, complaints = turned(settings, values)
    assert not complaints
    return now


def test_an_lr_that_followed_is_announced() -> None:
    now = after(FIRST, rho="0.5")
    assert now.lr == 0.113
    assert remark(FIRST, now) == "Fair lr took RMSprop's η from 0.2 to 0.113."
    assert remark(FIRST, after(FIRST, rho="0.99")) == ""
    assert remark(FIRST, after(FIRST, lr="0.1")) == "", "the hand has turned it"
    head, _ = unpacked(bytes(fetched("/live/explore", asked(FIRST) | {"turned": "rho=0.5"}).body))
    assert head["note"] == "Fair lr took RMSprop's η from 0.2 to 0.113."
    assert "η 0.2 → 0.113" in exhibit(replace(now, pin="v=1")).extra["note"]
    assert remark(replace(FIRST, pin="v=1"), replace(now, pin="v=1")) == "", "the comparison says it"


@pytest.mark.parametrize("turn", TURNS)
def test_a_turn_of_centered_momentum_or_eps_is_said_and_offers_the_run_without_it(turn: dict[str, str]) -> None:
    now = after(FIRST, **turn)
    assert "RMSprop" in remark(FIRST, now)
    found = offer(now)
    assert found is not None
    assert found.label.startswith("Pin ")
    shown = exhibit(replace(now, pin=found.query["pin"]))
    (grey,) = shown.pinned
    (name,) = turn
    assert getattr(pinned(replace(now, pin=found.query["pin"])), name) == getattr(FIRST, name)
    assert not np.array_equal(grey.traj.theta, by_key(shown.runs)["rmsprop"].theta)
    assert offer(replace(now, pin=found.query["pin"])) != found


def test_what_a_surface_brings_is_offered_no_rival() -> None:
    assert from_query({"surface": "bmi"})[0].momentum > 0
    found = offer(from_query({"surface": "bmi"})[0])
    assert found is None or "pin" not in found.query


def _false(text: str, now: Settings, name: str) -> list[str]:
    """Return what is false in the sentence about centered, μ or ε, told from the two runs alone."""
    plain = replace(now, **{name: without(now)[name]})
    other = followed(now, plain)
    one, rest = (by_key(outcomes(each.seeing("rmsprop")))["rmsprop"] for each in (now, other))
    false = []
    if "goes the same way" in text:
        off = np.abs(one.theta - rest.theta) / np.ptp(np.array(one.surface.domain), axis=1)
        return [] if off.max() < 2e-3 else ["the same way"]
    ends = re.search(r"ends at f(?: − f\*)? = (\S+), .* at f(?: − f\*)? = (\S+), because", text)
    for shown, traj in zip(ends.groups(), (one, rest), strict=True):
        if _read(shown) != pytest.approx(traj.f[-1] - (traj.surface.floor or 0), rel=0.006, abs=1e-300):
            false.append("an end")
    if found := re.search(r"and η = ([^)]+)\)", text):
        false += [] if _read(found[1]) == pytest.approx(other.lr, rel=0.006) else ["the other lr"]
    elif other.lr != now.lr:
        false.append("another lr unsaid")
    if found := re.search(r"longest (?:step )?is (only )?(\S+), the other's (\S+)\.$", text):
        long, short = (np.hypot(*traj.delta.T).max() for traj in (one, rest))
        right = [_read(found[2]), _read(found[3])] == pytest.approx([long, short], rel=0.006)
        false += [] if right and bool(found[1]) == (long <= short) else ["the longest step"]
    if found := re.search(r"up to (\S+) % off s", text):
        part = max(1 - w / s for w, s in zip(one.w.flat, one.s.flat, strict=True) if s > 0)
        false += (
            []
            if _read(found[1]) == pytest.approx(100 * part, rel=0.06) and (one.w <= one.s * (1 + 1e-9)).all()
            else ["m²"]
        )
    if found := re.search(r"never falls below (\S+), the other's falls to (\S+)\.$", text):
        right = [_read(found[1]), _read(found[2])] == pytest.approx([one.rms.min(), rest.rms.min()], rel=0.006)
        false += [] if right else ["the least divisor"]
    if found := re.search(r"rms stays near (\S+): RMSprop steps as SGD would with lr = (\S+)\.$", text):
        near = np.abs(one.rms / _read(found[1]) - 1).max() < 0.11
        false += [] if near and _read(found[2]) == pytest.approx(now.lr / _read(found[1]), rel=0.012) else ["SGD"]
    return false


def test_a_large_eps_is_said_to_be_sgd_and_is() -> None:
    now = from_query({"surface": "ravine", "eps": "1e4", "lr": "40", "sgd_lr": "0.4"})[0]
    assert beside(now, "eps").endswith(
        "ε is so large that rms stays near 100: RMSprop steps as SGD would with lr = 0.4."
    )
    runs = by_key(outcomes(now))
    assert np.abs(runs["rmsprop"].theta - runs["sgd"].theta).max() < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_no_sentence_on_a_random_turn_is_false(seed: int) -> None:
    rng = np.random.default_rng(seed)
    told = 0
    for _ in range(40):
        now = replace(_random(rng), noise=0.0, fair=bool(rng.random() < 0.3))
        for name in without(now):
            if text := beside(now, name):
                assert _false(text, now, name) == [], (text, now)
                told += 1
    assert told > 15


def test_nothing_is_said_beside_what_is_hidden_by_chance_or_ends() -> None:
    now = after(FIRST, eps="1")
    assert beside(now, "eps")
    assert beside(replace(now, view="sgd"), "eps") == ""
    assert beside(replace(now, noise=1.0), "eps") == ""
    assert beside(replace(now, eps=0.0, x=0.0), "eps") == "", "0/0: the verdict says it"


def test_an_old_link_with_an_lr_far_from_good_says_so_beside_the_offer() -> None:
    now = from_query({"kappa": "1"})[0]
    told = told_of(opened(kappa="1"))
    assert told["offer"]["query"] == {"fair": "true"}
    assert told["note"] == (
        "The lrs here are not fair ones: with those SGD would end less than a tenth as far above the minimum."
    )
    fair = followed(now, replace(now, fair=True))
    sgd = [by_key(outcomes(each))["sgd"] for each in (now, fair)]
    assert sgd[1].f[-1] < 0.1 * sgd[0].f[-1]
    assert number(sgd[1].f[-1]) != number(sgd[0].f[-1])
    assert rival(after(FIRST, eps="1"), "eps").eps == FIRST.eps
