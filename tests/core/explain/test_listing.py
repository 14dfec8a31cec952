"""The marked source lines are those that compute the beat."""

import inspect
from pathlib import Path

import pytest

from rmsprop_core import SGD, RMSprop, optimizers
from rmsprop_core.explain.listing import listing
from rmsprop_core.explain.walkthrough import beats
from tests.support.variants import VARIANTS

FILE = Path(inspect.getfile(optimizers)).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_every_beat_has_lines_that_name_what_they_compute(optimizer):
    shown = listing(optimizer)
    text = dict(shown.lines)
    assert all(FILE[number - 1] == line for number, line in shown.lines)
    for beat in beats(optimizer):
        numbers = shown.of(beat)
        assert numbers
        assert set(numbers) <= set(text)
        for line in beat.lines:
            name = {"s_hat": "rms"}.get(line.quantity, line.quantity)
            assigned = [
                text[n] for n in shown.computes[name] if name in text[n].split("=")[0].replace(",", " ").split()
            ]
            assert len(assigned) >= 1, name


def lines(optimizer, kind):
    shown = listing(optimizer)
    text = dict(shown.lines)
    (beat,) = (beat for beat in beats(optimizer) if beat.kind == kind)
    return [text[number].split("#")[0].strip() for number in shown.of(beat)]


def test_the_lines_of_rmsprop():
    assert lines(RMSprop(), "square") == ["s = rho * before.s + (1 - rho) * g * g"]
    assert lines(RMSprop(), "divide") == ["u = g / rms"]
    assert lines(RMSprop(centered=True), "center") == [
        "deviation = g - before.m",
        "m = rho * before.m + (1 - rho) * g",
        "w = rho * (before.w + (1 - rho) * deviation * deviation)",
    ]


def test_only_the_branch_that_runs_is_marked():
    inside, outside = "return np.sqrt(w + self.eps)", "return np.sqrt(w) + self.eps"
    assert inside in lines(RMSprop(), "root")
    assert outside not in lines(RMSprop(), "root")
    assert outside in lines(RMSprop(eps_inside_sqrt=False), "root")
    assert inside not in lines(RMSprop(eps_inside_sqrt=False), "root")
    corrected = " ".join(lines(RMSprop(bias_correction=True), "root"))
    assert "(1 - " in corrected
    assert "(1 - " not in " ".join(lines(RMSprop(), "root"))


@pytest.mark.parametrize("optimizer", [RMSprop(momentum=0.9), SGD(0.1, 0.9)])
def test_the_velocity_s_lines(optimizer):
    velocity, move = lines(optimizer, "velocity"), lines(optimizer, "move")
    assert any(line.startswith("v = mu * v + push") for line in velocity)
    assert any(line.startswith("push = ") for line in velocity)
    assert "theta = before.theta - delta" in move
    assert any(line.startswith("return v, ") for line in move)
    assert not any(line.startswith("return v, ") for line in velocity)


def test_the_listing_begins_with_the_step():
    shown = listing(SGD(0.1))
    assert shown.lines[0][1].strip().startswith("def step(")
    assert any(text.startswith("def _velocity(") for _, text in shown.lines)
