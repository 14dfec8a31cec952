"""The marks of known runs stand at the steps where things happen."""

from math import inf, log, sqrt

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, run, stretched
from rmsprop_core.explain.marks import FORGOTTEN, SPIKE, half_life, marks
from rmsprop_core.runs.events import crossed
from rmsprop_core.runs.stability import cycle_amplitude


def of(kind, traj):
    return [mark for mark in marks(traj) if mark.kind == kind]


@pytest.mark.parametrize(
    ("optimizer", "bound"),
    [
        (RMSprop(0.1), 1 / sqrt(0.1)),
        (RMSprop(0.1, rho=0.99), 10),
        (RMSprop(0.1, rho=0.999, momentum=0.9), 1 / sqrt(0.001)),
        (RMSprop(0.1, rho=0.9, centered=True), 1 / sqrt(0.09)),
    ],
)
def test_the_first_step_kicks(optimizer, bound):
    traj = run(optimizer, SURFACES["ravine"], (-5, -2), 3)
    kicks = of("kick", traj)
    assert [(kick.step, kick.coordinate) for kick in kicks] == [(1, 0), (1, 1)]
    assert {kick.cause for kick in kicks} == {"variance" if optimizer.centered else "mean_square"}
    for kick in kicks:
        assert kick.numbers["bound"] == pytest.approx(bound)
        mean = traj.w if optimizer.centered else traj.s
        assert kick.numbers["share"] == pytest.approx(mean[0, kick.coordinate] / traj.g[0, kick.coordinate] ** 2)
        assert abs(kick.numbers["u"]) == pytest.approx(bound, rel=1e-5)  # ε takes 5e-6
        assert abs(kick.numbers["delta"]) == pytest.approx(0.1 * bound, rel=1e-5)


@pytest.mark.parametrize(
    "optimizer",
    [
        RMSprop(0.1, bias_correction=True),
        RMSprop(0.1, rho=0.0),
        RMSprop(0.1, initial_s=1000.0),
        SGD(0.1),
    ],
)
def test_some_first_steps_do_not_kick(optimizer):
    assert of("kick", run(optimizer, SURFACES["ravine"], (-5, -2), 3)) == []


def test_centered_with_rho_0_has_no_bound():
    kicks = of("kick", run(RMSprop(0.001, rho=0.0, centered=True), SURFACES["ravine"], (-5, -2), 1))
    assert [kick.numbers["bound"] for kick in kicks] == [inf, inf]


def test_the_kick_is_that_of_the_lr_of_step_1():
    optimizer, surface = RMSprop(0.2), SURFACES["stretched"]
    traj = run(optimizer, surface, surface.start, 50, schedule="warmup")
    kick = of("kick", traj)[0]
    assert kick.numbers["lr"] == pytest.approx(0.04)
    assert abs(kick.numbers["delta"]) == pytest.approx(0.04 / sqrt(0.1))


@pytest.mark.parametrize("optimizer", [SGD(0.0194), RMSprop(0.2), RMSprop(0.2, momentum=0.9)])
def test_flips_are_where_the_gradient_s_sign_turns(optimizer):
    surface = SURFACES["stretched"]
    traj = run(optimizer, surface, surface.start, 50)
    flips = of("flip", traj)
    for i in (0, 1):
        mine = [flip for flip in flips if flip.coordinate == i]
        assert len(mine) == crossed(traj)[:-1, i].sum(), "the last step has no gradient after it"
        for flip in mine:
            assert flip.numbers["g"] == traj.g[flip.step - 1, i]
            assert flip.numbers["before"] == traj.g[flip.step - 2, i]
            assert flip.numbers["g"] * flip.numbers["before"] < 0


def test_a_sign_that_only_noise_turned_is_no_flip():
    surface = SURFACES["cliff"]
    traj = run(SGD(0.05), surface, surface.start, 100, noise=1.0)
    slopes = np.transpose(surface.grad(*traj.theta[:-1].T))
    flips = of("flip", traj)
    assert 0 < len(flips) < 20
    for flip in flips:
        assert flip.coordinate == 1
        for turned in (slopes, traj.g):
            assert turned[flip.step - 1, 1] * turned[flip.step - 2, 1] < 0


def test_sgd_near_its_limit_flips_at_every_step():
    traj = run(SGD(0.0194), SURFACES["stretched"], (-5, -2), 10)
    assert [(flip.step, flip.coordinate) for flip in of("flip", traj)] == [(t, 1) for t in range(2, 11)]


def test_the_peak_of_s():
    traj = run(RMSprop(0.4), SURFACES["ravine"], (-5, -2), 20)
    peaks = of("peak", traj)
    assert [(peak.step, peak.coordinate) for peak in peaks] == [(2, 1), (4, 0)]
    for peak in peaks:
        column = traj.s[:, peak.coordinate]
        assert peak.numbers["s"] == column.max() == column[peak.step - 1]


def test_no_peak_while_s_still_grows_or_has_only_fallen():
    assert of("peak", run(RMSprop(0.001), SURFACES["ravine"], (-5, -2), 20)) == []
    assert of("peak", run(RMSprop(0.01, initial_s=1e6), SURFACES["ravine"], (-5, -2), 20)) == []


@pytest.mark.parametrize("kappa", [1.0, 4.0])
@pytest.mark.parametrize(
    "optimizer",
    [
        RMSprop(0.1),
        RMSprop(0.1, eps=1e-3),
        RMSprop(0.1, eps=1e-3, rho=0.5),
        RMSprop(0.1, eps=1e-3, eps_inside_sqrt=False),
        RMSprop(0.1, eps=1e-3, centered=True),
        RMSprop(0.1, eps=1e-3, centered=True, eps_inside_sqrt=False),
        RMSprop(0.1, eps=1e-8, momentum=0.9, nesterov=True),
        RMSprop(0.1, eps=1e-3, momentum=0.1),
        RMSprop(0.1, momentum=0.1, centered=True),
        RMSprop(0.1, rho=0.5, momentum=0.3, lr_in_velocity=False, eps_inside_sqrt=False),
        RMSprop(0.1, momentum=0.1, bias_correction=True, initial_s=1.0),
    ],
)
def test_the_cycle_has_the_amplitude_that_theory_gives(optimizer, kappa):
    """On ½(x² + κy²), seen from the run and from the formula."""
    traj = run(optimizer, stretched(kappa), (-1, -0.7), 3000)
    cycles = sorted(of("cycle", traj), key=lambda cycle: cycle.coordinate)
    assert [cycle.coordinate for cycle in cycles] == [0, 1]
    for cycle, curvature in zip(cycles, (1, kappa), strict=True):
        assert cycle.numbers["curvature"] == pytest.approx(curvature, rel=1e-6)
        assert cycle.numbers["predicted"] == pytest.approx(cycle_amplitude(optimizer, curvature), rel=1e-6)
        assert cycle.numbers["amplitude"] == pytest.approx(cycle.numbers["predicted"], rel=1e-5)
        # as computed to the last step, it alternates from the mark on
        assert (np.diff(np.sign(traj.delta[cycle.step - 1 :, cycle.coordinate])) != 0).all()


def test_the_amplitude_is_half_of_lr_where_eps_is_small():
    assert cycle_amplitude(RMSprop(0.4), 4.0) == pytest.approx(0.2)
    assert cycle_amplitude(RMSprop(0.1, eps=1e-3), 1.0) == pytest.approx(sqrt(0.0025 - 0.001))


@pytest.mark.parametrize(
    "optimizer",
    [
        RMSprop(0.05, eps=1e-3),  # lr·λ = 0.05 < 2√ε = 0.063
        RMSprop(0.1, eps=0.06, eps_inside_sqrt=False),  # lr·λ = 0.1 < 2ε = 0.12
        RMSprop(0.1, momentum=0.5),
        RMSprop(0.1, momentum=0.9),
    ],
)
def test_where_there_is_no_cycle_there_is_no_mark(optimizer):
    traj = run(optimizer, stretched(1.0), (-1, -0.7), 3000)
    assert of("cycle", traj) == []
    if not optimizer.momentum:
        assert abs(traj.theta[-1]).max() < 1e-9  # it converges


def test_sgd_s_cycle_has_no_prediction():
    traj = run(SGD(2.0), stretched(1.0), (-1, -0.7), 30)
    cycle = of("cycle", traj)[0]
    assert cycle.cause == "limit"
    assert cycle.numbers["curvature"] == pytest.approx(1)
    assert "predicted" not in cycle.numbers


def test_the_cliff_is_forgotten():
    surface = SURFACES["cliff"]
    traj = run(RMSprop(surface.settings["lr"]), surface, (-4, 2), 60)
    (mark,) = (mark for mark in of("forgotten", traj) if mark.coordinate == 0)
    top = mark.numbers["spike_step"]
    s = traj.s[:, 0]
    assert top == s.argmax() + 1
    assert 0.3 < traj.theta[top - 1, 0] < 3.5  # at the cliff, whose middle is at x = 2
    assert mark.numbers["spike"] == s.max() >= SPIKE * mark.numbers["low"]
    assert s[mark.step - 1] <= FORGOTTEN * s.max() < s[mark.step - 2]
    assert mark.step - top == pytest.approx(mark.numbers["half_life"], abs=2)


@pytest.mark.parametrize(("rho", "steps"), [(0.5, 1.0), (0.9, 6.5788), (0.99, 68.9676)])
def test_after_a_half_life_half_is_left(rho, steps):
    assert half_life(rho) == pytest.approx(steps, abs=1e-4)
    assert rho ** half_life(rho) == pytest.approx(0.5)
    assert half_life(rho) == log(2) / -log(rho)


def test_rho_0_forgets_at_once():
    assert half_life(0.0) == 0


def test_the_start_is_no_spike():
    assert of("forgotten", run(RMSprop(0.4), SURFACES["ravine"], (-5, -2), 50)) == []


def test_marks_are_in_the_order_of_their_steps():
    surface = SURFACES["ravine"]
    steps = [mark.step for mark in marks(run(RMSprop(0.4), surface, surface.start, 200))]
    assert steps == sorted(steps)
    assert len(set(steps)) > 5


def test_a_run_without_steps_has_no_marks():
    surface = SURFACES["ravine"]
    assert marks(run(RMSprop(0.4), surface, surface.start, 0)) == []
