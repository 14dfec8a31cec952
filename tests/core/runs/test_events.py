"""What happened in a run, with the numbers behind it; every limit named is tried on both of its sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, events, run, stretched
from rmsprop_core.runs.events import crossings, inside_view, steps_to
from rmsprop_core.runs.stability import stability_limit

BOWL = SURFACES["stretched"]
LAMBDA = 100.0  # its largest curvature


def _events(opt, surface, start, steps, kind=None):
    return [e for e in events(run(opt, surface, start, steps)) if kind in (None, e.kind)]


# The stability limit


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_converges_just_below_its_limit_and_diverges_just_above(nesterov):
    mu = np.array([0.0, 0.3, 0.5, 0.9, 0.99])
    limit = np.array([stability_limit(SGD(0.1, float(each), nesterov)) for each in mu])
    np.testing.assert_allclose(limit, 2 * (1 + mu) / (1 + 2 * mu) if nesterov else 2 * (1 + mu), rtol=1e-15)
    start = np.repeat([[0.0], [1e-3]], len(mu), axis=1)
    below, above = (run(SGD(k * limit / LAMBDA, mu, nesterov), BOWL, start, 20_000).theta[:, 1] for k in (0.99, 1.01))
    assert np.abs(below[-100:]).max() < 1e-12
    assert np.nanmax(np.abs(above), axis=0).min() > 1e3


def test_leaving_the_view_above_the_limit_is_unstable_with_both_numbers():
    """The issue's sentence: lr·λmax = 2.4, above its limit of 2."""
    (left,) = _events(SGD(0.024), BOWL, (-5, -0.5), 100)
    assert (left.kind, left.cause, left.coordinate) == ("left", "unstable", 1)
    assert left.numbers["lr_lambda"] == pytest.approx(2.4, rel=1e-9)
    assert left.numbers["limit"] == 2
    traj = run(SGD(0.024), BOWL, (-5, -0.5), 100)
    inside = inside_view(BOWL, traj.theta)
    assert inside[: left.step].all()
    assert not inside[left.step]
    assert (left.numbers["x"], left.numbers["y"]) == tuple(traj.theta[left.step])
    assert left.numbers["delta"] == traj.delta[left.step - 1, 1]


@pytest.mark.parametrize(("mu", "nesterov", "limit"), [(0.5, False, 3.0), (0.9, False, 3.8), (0.5, True, 1.5)])
def test_the_limit_named_is_that_of_the_momentum(mu, nesterov, limit):
    (left,) = _events(SGD(1.02 * limit / LAMBDA, mu, nesterov), BOWL, (0, 0.001), 3000, "left")
    assert left.cause == "unstable"
    assert left.numbers["limit"] == pytest.approx(limit)
    assert left.numbers["lr_lambda"] == pytest.approx(1.02 * limit, rel=1e-6)


# Leaving the view for other reasons


def test_a_start_outside_is_the_cause_at_step_0():
    (left,) = _events(SGD(0.001), BOWL, (100, 1), 5, "left")
    assert (left.step, left.cause) == (0, "start")
    assert (left.numbers["x"], left.numbers["y"]) == (100, 1)


@pytest.mark.parametrize("opt", [RMSprop(0.05), RMSprop(0.05, momentum=0.9), SGD(0.1), SGD(0.1, 0.9)], ids=repr)
def test_sliding_off_a_saddle_is_downhill(opt):
    surface = SURFACES["saddle"]
    (left,) = _events(opt, surface, surface.start, 60, "left")
    assert (left.cause, left.coordinate) == ("downhill", 1)
    assert left.numbers["f"] < left.numbers["f_before"]


def test_a_saddle_left_along_its_free_direction_is_downhill_even_where_lr_lambda_is_above_2():
    (left,) = _events(SGD(1.5), SURFACES["saddle"], (0, 0.001), 60, "left")
    assert left.numbers["lr_lambda"] > left.numbers["limit"]
    assert (left.cause, left.coordinate) == ("downhill", 1)


def test_rmsprops_first_step_out_of_the_view_is_a_kick_at_its_bound():
    (left,) = _events(RMSprop(3.0), BOWL, (-5, -2), 20, "left")
    assert (left.step, left.cause) == (1, "kick")
    assert left.numbers["bound"] == pytest.approx(3 / np.sqrt(0.1))
    assert abs(left.numbers["delta"]) == pytest.approx(left.numbers["bound"])


def test_a_velocity_that_climbs_the_far_side_is_momentum():
    opt = RMSprop(0.2, momentum=0.9)
    (left,) = _events(opt, BOWL, (-5, -2), 20, "left")
    traj = run(opt, BOWL, (-5, -2), 20)
    assert (left.cause, left.coordinate) == ("momentum", 0)
    assert traj.delta[left.step - 1, 0] * traj.g[left.step - 1, 0] < 0, "against the slope"
    assert left.numbers["bound"] == pytest.approx(0.2 / np.sqrt(0.1) / 0.1)


def test_centered_steps_grow_beyond_any_bound_where_the_gradient_hardly_changes():
    opt = RMSprop(0.02, 0.9, 1e-12, centered=True)
    surface = replace(BOWL, f=lambda x, y: x + 0 * y, grad=lambda x, y: (1.0 + 0 * x, 0.0 * y), floor=None, minima=())
    (left,) = _events(opt, surface, (1, 1), 200, "left")
    assert left.cause == "centered"
    assert left.numbers["w"] < 0.01 * left.numbers["s"]
    assert abs(left.numbers["delta"]) > 0.02 / np.sqrt(0.1)
    assert "bound" not in left.numbers


def test_a_variance_that_was_never_there_has_not_vanished():
    """ρ = 0, centered: s − m² is 0 from step 1 on, and only ε divides g."""
    for momentum in (0.0, 0.99):
        opt = RMSprop(1.06, 0.0, momentum=momentum, centered=True)
        (left,) = _events(opt, SURFACES["ravine"], (-5, -2), 10, "left")
        assert (left.step, left.cause, left.numbers["w"], left.numbers["s"]) == (1, "narrow", 0, 64)


@pytest.mark.parametrize(("schedule", "step", "lr"), [("warmup", 1, 0.03), ("constant", 1, 0.3)])
def test_the_lr_behind_a_cause_is_that_of_the_step(schedule, step, lr):
    traj = run(SGD(0.3), BOWL, (-5, -2), 100, schedule=schedule)
    left = events(traj)[0]
    assert (left.step, left.cause) == (step, "unstable")
    assert left.numbers["lr_lambda"] == pytest.approx(100 * lr)
    assert traj.lr[0] == pytest.approx(lr)


def test_a_limit_that_no_step_was_above_is_no_cause():
    """lr alone would be above it, 1/√t times lr never is."""
    surface = SURFACES["cliff"]
    traj = run(SGD(0.9562, 0.99), surface, surface.start, 50, schedule="inverse_sqrt")
    (left,) = [e for e in events(traj) if e.kind == "left"]
    assert (left.step, left.cause) == (14, "momentum")
    assert left.numbers["lr_lambda"] < left.numbers["limit"]
    curvature = surface.curvature(*traj.theta[:14].T)[1].max()
    assert 0.9562 * curvature > left.numbers["limit"]


def test_the_bound_of_a_kick_is_made_of_the_largest_lr_so_far():
    traj = run(RMSprop(30.0, momentum=0.5), BOWL, (-5, -2), 100, schedule="warmup")
    left = events(traj)[0]
    assert (left.cause, left.step, left.numbers["lr"]) == ("kick", 1, pytest.approx(3))
    assert left.numbers["bound"] == pytest.approx(3 / np.sqrt(0.1) / 0.5)


def test_downhill_counts_the_steps_that_went_up_before():
    (smooth,) = _events(SGD(0.1), SURFACES["saddle"], SURFACES["saddle"].start, 60, "left")
    assert (smooth.cause, smooth.numbers["rises"]) == ("downhill", 0)
    surface = SURFACES["beale"]
    traj = run(RMSprop(1.6677, eps=0.0), surface, (-2.008, -3.0541), 1000, schedule="warmup")
    left = events(traj)[0]
    assert left.cause == "downhill"
    assert left.numbers["rises"] == (np.diff(traj.f[: left.step + 1]) > 0).sum() > 0


def test_a_run_that_stays_inside_has_not_left():
    assert _events(RMSprop(0.2), BOWL, (-5, -2), 50, "left") == []


# Cycles


@pytest.mark.parametrize("rho", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("lr", [0.01, 0.1])
def test_rmsprop_ends_in_a_cycle_of_half_its_lr(lr, rho):
    cycles = _events(RMSprop(lr, rho, eps=0.0), SURFACES["ravine"], (0.3, 0.2), 3000, "cycle")
    assert {cycle.coordinate for cycle in cycles} == {0, 1}
    for cycle in cycles:
        assert cycle.cause == "adapted"
        assert cycle.numbers["amplitude"] == pytest.approx(lr / 2, rel=1e-3)
        assert cycle.numbers["center"] == pytest.approx(0, abs=1e-3 * lr)


@pytest.mark.parametrize("inside", [True, False])
def test_eps_makes_the_cycle_smaller(inside):
    """√(lr²/4 − ε/λ²) with ε inside the root, lr/2 − ε/λ with ε outside, in y where λ = 4."""
    lr, eps, curvature = 0.1, 1e-2, 4.0
    opt = RMSprop(lr, 0.5, eps, eps_inside_sqrt=inside)
    cycle = next(e for e in _events(opt, SURFACES["ravine"], (0.3, 0.2), 3000, "cycle") if e.coordinate == 1)
    expected = np.sqrt(lr**2 / 4 - eps / curvature**2) if inside else lr / 2 - eps / curvature
    assert cycle.numbers["amplitude"] == pytest.approx(expected, rel=1e-4)
    assert expected < 0.96 * lr / 2


def test_with_eps_above_the_threshold_there_is_no_cycle_but_convergence():
    """In x, λ = 0.2: lr²/4 < ε/λ², so the bowl's floor is reached."""
    traj = run(RMSprop(0.1, 0.5, 1e-3), SURFACES["ravine"], (0.3, 0.2), 3000)
    assert [e.coordinate for e in events(traj) if e.kind == "cycle"] == [1]
    assert abs(traj.theta[-1, 0]) < 1e-9


def test_a_cycle_starts_where_it_says_and_lasts_to_the_end():
    traj = run(RMSprop(0.2), BOWL, (-5, -2), 400)
    cycles = [e for e in events(traj) if e.kind == "cycle"]
    assert len(cycles) == 2
    for cycle in cycles:
        steps = traj.delta[cycle.step - 1 :, cycle.coordinate]
        assert (steps[1:] * steps[:-1] < 0).all()
        assert np.abs(steps[1:] + steps[:-1]).max() <= 2e-2 * np.abs(steps).max()


@pytest.mark.parametrize("lr_lambda", [1.9, 1.99, 1.999])
def test_sgd_below_its_limit_is_not_called_a_cycle(lr_lambda):
    for steps in (10, 50, 200):
        assert _events(SGD(lr_lambda / LAMBDA), BOWL, (-5, -2), steps, "cycle") == []


@pytest.mark.parametrize("lr_lambda", [2.0005, 2.005, 2.05])
def test_sgd_above_its_limit_is_not_called_a_cycle(lr_lambda):
    assert _events(SGD(lr_lambda / LAMBDA), BOWL, (0, 0.001), 100, "cycle") == []


def test_sgd_at_its_limit_is_a_cycle():
    (cycle,) = _events(SGD(2 / LAMBDA), BOWL, (0, -2), 100, "cycle")
    assert (cycle.cause, cycle.step, cycle.coordinate, cycle.numbers["amplitude"]) == ("limit", 1, 1, 2.0)


@pytest.mark.parametrize("schedule", ["inverse_sqrt", "cosine"])
def test_swings_that_shrink_with_lr_are_no_cycle(schedule):
    traj = run(RMSprop(0.2), BOWL, (-5, -2), 1000, schedule=schedule)
    assert [e for e in events(traj) if e.kind == "cycle"] == []


@pytest.mark.parametrize(("schedule", "lr"), [("warmup", 0.2), ("step", 0.002)])
def test_where_lr_no_longer_changes_there_is_a_cycle_of_half_of_it(schedule, lr):
    traj = run(RMSprop(0.2), BOWL, (-5, -2), 1000, schedule=schedule)
    cycles = [e for e in events(traj) if e.kind == "cycle"]
    assert {e.coordinate for e in cycles} == {0, 1}
    for cycle in cycles:
        assert cycle.numbers["lr"] == pytest.approx(lr)
        assert cycle.numbers["amplitude"] == pytest.approx(lr / 2, rel=0.02)
        assert (traj.lr[cycle.step - 1 :] == traj.lr[-1]).all()


def test_a_cycle_s_steps_are_as_long_as_its_last_one():
    traj = run(RMSprop(0.0735, 0.999), SURFACES["camel"], (-1.0, 1.2), 1000)
    cycles = [e for e in events(traj) if e.kind == "cycle"]
    assert cycles
    for cycle in cycles:
        length = np.abs(traj.delta[cycle.step - 1 :, cycle.coordinate])
        assert length == pytest.approx(length[-1], rel=0.1)


# Stalled


@pytest.mark.parametrize(
    ("opt", "name", "start", "cause"),
    [
        (SGD(0.0), "stretched", (-5, -2), "lr"),
        (RMSprop(0.0, momentum=0.9), "stretched", (-5, -2), "lr"),
        (SGD(0.01), "himmelblau", (1, 1), "minimum"),
        (RMSprop(), "stretched", (0, 0), "minimum"),
        (SGD(0.001), "rastrigin", (-3.6, 2.6), "flat"),
        (RMSprop(), "bounded_saddle", (0, 0), "flat"),
        (RMSprop(1e-8), "stretched", (-5, -2), "steps"),
        (SGD(1e-10), "stretched", (-5, -2), "steps"),
    ],
    ids=str,
)
def test_a_run_that_hardly_moves_any_more_has_stalled_with_its_cause(opt, name, start, cause):
    traj = run(opt, SURFACES[name], start, 300)
    (stalled,) = [e for e in events(traj) if e.kind == "stalled"]
    assert stalled.cause == cause
    assert stalled.numbers["lr"] == opt.lr
    length = np.hypot(*traj.delta.T)
    assert stalled.numbers["longest"] == length[stalled.step - 1 :].max()
    assert stalled.step == 1 or length[stalled.step - 2] > stalled.numbers["longest"]


def test_stalled_means_less_than_a_millionth_of_the_views_diagonal_in_ten_steps():
    slope = replace(BOWL, grad=lambda x, y: (1.0 + 0 * x, 0.0 * y))  # each step is lr long; the diagonal is 10
    assert [e.cause for e in _events(SGD(0.99e-6), slope, (0, 0), 20)] == ["steps"]
    assert _events(SGD(1.01e-6), slope, (0, 0), 20) == []
    assert _events(SGD(0.99e-6), slope, (0, 0), 9) == [], "too short to tell"


def test_far_from_the_minimum_no_run_has_settled_there_however_low_it_is():
    """With κ = 10⁶ a millionth of the first f is left at x = −1, and there lr = 10⁻⁷ moves x no more."""
    traj = run(SGD(1e-7), stretched(1e6), (-1, -2), 300)
    (stalled,) = [e for e in events(traj) if e.kind == "stalled"]
    assert traj.f[-1] < 1e-6 * traj.f[0]
    assert traj.theta[-1, 0] == pytest.approx(-1, abs=1e-4)
    assert (stalled.cause, stalled.numbers["g"]) == ("steps", pytest.approx(1, abs=1e-3))


def test_a_run_that_moves_has_not_stalled():
    assert _events(SGD(0.0194), BOWL, (-5, -2), 50) == []
    assert _events(SGD(0.01), SURFACES["himmelblau"], (1, 1), 9, "stalled") == []


# The end, the order, and what is refused


def test_the_end_is_an_event_and_comes_last():
    found = _events(SGD(1e9), BOWL, (-5, -2), 100)
    assert [(e.kind, e.cause) for e in found] == [("left", "unstable"), ("nonfinite", "overflow")]
    assert found[0].step == 1 < found[1].step


def test_the_end_of_a_run_that_began_outside_names_what_made_it_grow():
    left, end = _events(SGD(0.025), BOWL, (-6.5, -2), 1000)
    assert (left.step, left.cause) == (0, "start")
    assert (end.step, end.cause, end.numbers["limit"]) == (868, "overflow", 2)
    assert end.numbers["lr_lambda"] == pytest.approx(2.5)


def test_a_start_where_f_overflows_is_both_outside_and_ended():
    assert [(e.kind, e.step) for e in _events(RMSprop(), BOWL, (1e200, 1), 10)] == [("left", 0), ("nonfinite", 0)]


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("steps", [0, 1, 2, 11])
def test_short_runs_have_events_too(name, steps):
    surface = SURFACES[name]
    for opt in (RMSprop(0.01), SGD(1e-4)):
        assert [e.kind for e in _events(opt, surface, surface.start, steps) if e.kind == "nonfinite"] == []


def test_runs_side_by_side_are_refused():
    with pytest.raises(ValueError, match="events are those of one run, and this trajectory has 3"):
        events(run(RMSprop(), BOWL, np.ones((2, 3)), 5))


# Small questions about a run


def test_inside_view_counts_the_border_in():
    assert inside_view(BOWL, np.array([[-6, -3], [2, 3], [0, 3.001], [-6.001, 0]])).tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_noise_crosses_no_valley():
    traj = run(SGD(0.05), SURFACES["cliff"], SURFACES["cliff"].start, 100, noise=1.0)
    assert (np.sign(traj.g[1:]) * np.sign(traj.g[:-1]) < 0).sum(axis=0).min() > 30, "the noise turns g often"
    slopes = np.transpose(SURFACES["cliff"].grad(*traj.theta.T))
    x, y = crossings(traj)
    assert x == 0
    assert 0 < y <= (slopes[1:, 1] * slopes[:-1, 1] < 0).sum() < 20


def test_a_ridge_that_is_crossed_is_no_valley():
    """Velocity carries SGD over the ridge of the bounded saddle at y = 0; the valleys are at ±1."""
    surface = SURFACES["bounded_saddle"]
    traj = run(SGD(0.2, 0.95), surface, (0, 1.9), 60)
    y = traj.theta[:, 1]
    over = (y[1:] * y[:-1] < 0).sum()
    turns = (np.diff(np.sign(surface.grad(*traj.theta.T)[1])) != 0).sum()
    assert over > 0
    assert crossings(traj) == (0, turns - over)


def test_crossings_counts_changes_of_sign_of_the_gradient():
    traj = run(SGD(0.0194), BOWL, (-5, -2), 50)
    assert crossings(traj) == (0, 50)
    assert crossings(run(SGD(0.005), BOWL, (-5, -2), 50)) == (0, 0)


def test_steps_to_is_the_first_step_within_the_tolerance():
    traj = run(RMSprop(0.2), BOWL, (-5, -2), 50)
    t = steps_to(traj, 1.0)
    assert traj.f[t] <= 1.0 < traj.f[t - 1]
    assert steps_to(traj, 1e3) == 0
    assert steps_to(traj, 0.0) is None
    assert steps_to(run(SGD(0.1), SURFACES["saddle"], (1, 1), 5), 1.0) is None


def test_the_bowl_of_kappa_sets_the_limit():
    for kappa in (10.0, 1000.0):
        (left,) = _events(SGD(2.2 / kappa), stretched(kappa, 30), (-0.1, -0.1), 400, "left")
        assert left.numbers["lr_lambda"] == pytest.approx(2.2, rel=1e-6)


# Jumps


def test_what_s_has_forgotten_makes_a_converged_run_jump():
    (jump,) = _events(RMSprop(0.2), BOWL, (-5, -2), 100, "jump")
    traj = run(RMSprop(0.2), BOWL, (-5, -2), 100)
    n = jump.numbers
    assert (jump.step, jump.coordinate, n["low_step"]) == (75, 1, int(np.argmin(traj.f)))
    assert n["low"] == traj.f.min() < 1e-20 < 1e-2 < traj.f[75]
    assert n["rate"] == pytest.approx((0.2 * LAMBDA / traj.rms[62:75, 1]).max(), rel=0.3)
    assert n["rate"] > n["limit"] == 2
    assert n["s"] < 0.1 * n["largest"]


def test_no_jump_is_told_of_what_s_has_not_done():
    assert _events(RMSprop(0.2), BOWL, (-5, -2), 70, "jump") == [], "not yet"
    assert _events(SGD(0.0201), BOWL, (-5, 1e-9), 4000, "jump") == []
    assert _events(RMSprop(0.2, eps=100.0), BOWL, (-5, -2), 1000, "jump") == []
    noisy = run(RMSprop(0.02), BOWL, (1e-3, 1e-6), 300, noise=1.0)
    assert [event for event in events(noisy) if event.kind == "jump"] == []
