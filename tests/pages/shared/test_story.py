"""What the player says at each step, what it offers, and what it calls its dials: true of the runs themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest

from pages.shared.model.changes import taken
from pages.shared.model.fairness import followed
from pages.shared.model.link import from_query
from pages.shared.model.settings import SETTINGS, Settings
from pages.shared.model.story import story
from pages.shared.model.verdicts import ROOM, verdict
from pages.shared.wire.experiment import exhibit, outcomes
from pages.shared.wire.sequel import offer
from rmsprop_core import SURFACES, RMSprop, events, run, stretched
from tests.pages.shared.test_verdicts import _random
from tests.support.pages import by_key, opened, told_of


def _settings(query: str) -> Settings:
    settings, complaints = from_query(dict(parse_qsl(query)))
    assert not complaints
    return settings


def _story(query: str) -> dict[int, str]:
    settings = _settings(query)
    return dict(story(outcomes(settings), settings))


def test_each_chapter_begins_when_it_can_be_seen() -> None:
    told = _story("steps=300")
    assert list(told) == [1, 4, 75, 163, 199]
    assert "first step is lr/√(1−ρ) = 3.16 lr in x and y, as s holds only 1 − ρ = 0.1 of g²" in told[1]
    assert told[4] == ""
    assert "at step 62; then s forgot" in told[75]
    assert "±lr/2 in y since step 155." in told[163]
    assert "±lr/2 in y and x since step 191." in told[199]


def test_the_story_tells_of_both_methods() -> None:
    told = _story("sgd_lr=0.024")
    assert "SGD left" not in told[1]
    assert "RMSprop's first step" in told[2]
    assert "SGD left the view at step 2: lr × curvature = 2.4, above its limit of 2." in told[2]
    assert "first step" not in told[4]
    assert "SGD left the view at step 2" in told[4]


@pytest.mark.parametrize("seed", range(3))
def test_no_chapter_tells_of_what_is_yet_to_come(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        settings = _random(rng)
        runs = outcomes(settings)
        for step, text in story(runs, settings):
            named = [int(t) for t in re.findall(r"(?:at|since) step (\d+)", text)]
            assert max(named, default=0) <= step < settings.steps, (text, settings)
            assert len(text) <= ROOM
            if found := re.search(r"first step is lr/√\(1−ρ\) = (\S+) lr in (\w+)", text):
                traj = by_key(runs)["rmsprop"]
                i = traj.surface.variables.index(found[2])
                assert abs(traj.delta[0, i]) / traj.lr[0] == pytest.approx(1 / np.sqrt(1 - settings.rho), rel=0.01)
                assert traj.s[0, i] == pytest.approx((1 - settings.rho) * traj.g[0, i] ** 2, rel=0.03)


def test_a_verdict_fits_into_two_lines() -> None:
    for key in SURFACES:
        for steps in (20, 50, 100, 200, 300, 1000):
            settings = replace(_settings(f"surface={key}"), steps=steps)
            assert len(verdict(outcomes(settings), settings)) <= ROOM + 5, (key, steps)


def test_the_offers_of_known_cases() -> None:
    expected = {
        "": "Run on to 300 steps",
        "steps=300": "Try a schedule",
        "steps=100": "Try a schedule",
        "eps=0&x=0&steps=20": "Set ε to 10⁻⁸",
        "surface=saddle": None,  # downhill is where a saddle without a bottom leads
        "noise=1": None,
        "steps=10000": None,
    }
    for query, label in expected.items():
        found = offer(_settings(query))
        assert (found and found.label) == label, query


def test_what_is_offered_keeps_its_promise() -> None:
    rng = np.random.default_rng(0)
    cases = [_random(rng) for _ in range(20)]
    cases += [replace(_settings(f"surface={key}"), steps=steps) for key in SURFACES for steps in (30, 200)]
    kept = 0
    for settings in cases:
        found = offer(settings)
        if not found:
            continue
        now, complaints = taken(replace(settings, t=3), found.query)
        assert not complaints
        assert (now.t, now.view) == (None, settings.view)
        now = followed(settings, now)
        before, after = by_key(outcomes(settings)), by_key(outcomes(now))
        floor = settings.landscape().lowest or 0.0
        if "schedule" in found.query:
            assert after["rmsprop"].f[-1] - floor < 0.1 * (before["rmsprop"].f[-1] - floor)
        elif "steps" in found.query:
            order = [np.sign(runs["rmsprop"].f[-1] - runs["sgd"].f[-1]) for runs in (before, after)]
            jumps = any(event.kind == "jump" for traj in after.values() for event in events(traj))
            assert order[0] == -order[1] or jumps
        elif "fair" in found.query:
            assert now.fair
            for key, traj in after.items():
                assert traj.ended is None
                assert traj.f[-1] <= before[key].f[-1] or before[key].ended is not None
        elif "pin" in found.query:
            assert exhibit(now).pinned or "path is as before" in exhibit(now).extra["note"]
        elif "eps" in found.query:
            assert after["rmsprop"].steps > before["rmsprop"].steps
        else:
            continue
        kept += 1
    assert kept > 10


def test_steep_and_flat_directions_move_at_the_same_pace() -> None:
    for kappa in (1.0, 10.0, 100.0, 1e4):
        theta = run(RMSprop(0.2), stretched(kappa), (-5, -5), 50).theta
        assert np.abs(theta[:, 0] - theta[:, 1]).max() < 1e-6


def test_a_greek_letter_has_a_word_beside_it() -> None:
    dials = {name: setting.dial for name, setting in SETTINGS.items() if setting.dial}
    greek = {name for name, dial in dials.items() if re.search("[α-ω]", dial.symbol)}
    third = {"third_lr", "third_beta1", "third_beta2", "third_eps", "third_weight_decay"}
    assert greek == {"lr", "rho", "eps", "momentum", "kappa", "sgd_lr", "sgd_momentum"} | third
    rows = [row for group in told_of(opened(third="adamw"), "rmsprop_dials")["groups"] for row in group["rows"]]
    assert {row["name"] for row in rows if row["name"] in greek and row["word"]} == greek
