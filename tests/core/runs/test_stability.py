"""The 2-cycle is where long runs end, for every variant; and what has settled stays, however far it is run on."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, events, run, stretched
from rmsprop_core.explain.marks import marks
from rmsprop_core.optimizers import Array, Step
from rmsprop_core.runs.events import NEAR
from rmsprop_core.runs.stability import cycle_amplitude, least_rms, stability_limit

LAMBDA, LR = 1.7, 0.1
SHARES = np.array(list(product([0.3, 0.5, 0.9, 0.95], [0.0, 0.05, 0.1, 0.3, 0.5, 0.9]))).T
EPSILONS = {  # (ε, inside the root?): next to nothing, some, more than lets a run swing
    "none": (1e-30, True),
    "inside": (0.3 * (LR * LAMBDA / 2) ** 2, True),
    "outside": (0.3 * LR * LAMBDA / 2, False),
    "much": (1.1 * LR * LAMBDA / 2, False),
}


def _ends(optimizer: RMSprop, steps: int) -> Array:
    """Return the last four θ of runs side by side on ½λθ²: shape (4, runs)."""
    step = optimizer.start(np.full((1, SHARES.shape[1]), 0.3))
    last = []
    with np.errstate(all="ignore"):
        for t in range(steps):
            step = optimizer.step(step, LAMBDA * step.theta)
            if t >= steps - 4:
                last.append(step.theta[0])
    return np.array(last)


@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("nesterov", [False, True])
def test_a_long_run_that_swings_to_and_fro_does_so_by_the_amplitude(
    epsilon: str, centered: bool, nesterov: bool
) -> None:
    rho, mu = SHARES
    eps, inside = EPSILONS[epsilon]
    optimizer = RMSprop(
        LR, rho, eps, mu, centered, eps_inside_sqrt=inside, nesterov=nesterov, bias_correction=not centered,
        lr_in_velocity=centered == nesterov,
    )  # fmt: skip
    theta = _ends(optimizer, 2500)
    size = np.abs(theta).max(axis=0)
    swings = (size > 1e-9) & (np.abs(theta[1:] + theta[:-1]).max(axis=0) < 1e-9 * size)
    predicted = cycle_amplitude(optimizer, LAMBDA)
    assert size[swings] == pytest.approx(predicted[swings], rel=1e-8)
    least = np.sqrt(eps) if inside else eps
    np.testing.assert_array_equal(np.isnan(predicted), LR * LAMBDA / stability_limit(optimizer) <= least)
    calm = mu <= (0.3 if nesterov else 0.05)
    assert swings[calm].mean() > 0.9 or epsilon == "much", "nearly all runs with little momentum end in it"


@pytest.mark.parametrize(
    ("optimizer", "amplitude"),
    [
        (RMSprop(0.4, eps=0.0), 0.2),
        (RMSprop(0.4, eps=0.0, momentum=0.1), 0.4 / 2.2),
        (RMSprop(0.4, eps=0.0, momentum=0.5, nesterov=True), 0.4 * 2 / 3),
        (RMSprop(0.4, eps=0.04), np.sqrt(0.04 - 0.04 / LAMBDA**2)),
        (RMSprop(0.4, eps=0.04, eps_inside_sqrt=False), 0.2 - 0.04 / LAMBDA),
        (RMSprop(0.4, 0.5, eps=0.0, centered=True), 0.2 / np.sqrt(8 / 9)),
        (RMSprop(0.4, 0.0, eps=0.0, centered=True), np.nan),  # s − m² is 0
        (RMSprop(0.4, eps=0.12), np.nan),  # lr·λ = 0.68 < 2√ε
        (RMSprop(0.4, eps=0.35, eps_inside_sqrt=False), np.nan),  # lr·λ = 0.68 < 2ε
    ],
    ids=repr,
)
def test_the_amplitude_by_hand(optimizer: RMSprop, amplitude: float) -> None:
    assert cycle_amplitude(optimizer, LAMBDA) == pytest.approx(amplitude, rel=1e-14, nan_ok=True)


def test_downhill_without_end_there_is_no_cycle() -> None:
    assert np.isnan(cycle_amplitude(RMSprop(0.1), np.array([-1.0, 0.0, np.nan, np.inf]))).all()


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("mu", [0.0, 0.5])
def test_below_the_limit_rmsprop_rests_for_good_and_above_it_moves_on(inside: bool, mu: float) -> None:
    limit = float(stability_limit(RMSprop(momentum=mu)))
    for part, rests in ((0.98, True), (1.02, False)):
        lr = part * limit * 0.01
        optimizer = RMSprop(lr, 0.9, 1e-4 if inside else 1e-2, mu, eps_inside_sqrt=inside)
        assert least_rms(optimizer) == pytest.approx(0.01)
        theta = run(optimizer, stretched(1.0), (1e-6, 0.0), 5000).theta[:, 0]
        assert (np.abs(theta[-200:]).max() < 1e-9) == rests


# What has settled stays


def _runs_that_settle(seed: int) -> list[tuple[RMSprop | SGD, str, Array, int]]:
    rng = np.random.default_rng(seed)
    names = [name for name, surface in SURFACES.items() if surface.minima]
    found: list[tuple[RMSprop | SGD, str, Array, int]] = []
    for _ in range(60):
        name = str(rng.choice(names))
        surface = SURFACES[name]
        low, high = np.array(surface.domain).T
        centered = bool(rng.random() < 0.25)
        optimizer: RMSprop | SGD = RMSprop(
            surface.settings["lr"] * 10 ** rng.uniform(-2.5, 1),
            float(rng.choice([0.9, 0.99, 0.999, 0.9999])),
            float(rng.choice([1e-8, 1e-6, 1e-3, 0.1])),
            float(rng.choice([0, 0, 0.1, 0.5, 0.9])),
            centered,
            eps_inside_sqrt=bool(rng.random() < 0.6),
            nesterov=bool(rng.random() < 0.4),
            lr_in_velocity=bool(rng.random() < 0.5),
            bias_correction=not centered and bool(rng.random() < 0.25),
            initial_s=float(rng.choice([0, 0, 1])),
        )
        if rng.random() < 0.2:
            optimizer = SGD(surface.settings["sgd_lr"] * 10 ** rng.uniform(-1, 0.5), float(rng.choice([0, 0.5, 0.9])))
        goal = np.array(surface.minima[int(rng.integers(len(surface.minima)))])
        start = goal + (high - low) * rng.standard_normal(2) * 10 ** rng.uniform(-9, -1)
        found.append((optimizer, name, start, int(rng.choice([100, 200, 400]))))
    return found


@pytest.mark.parametrize("seed", range(2))
def test_a_run_that_has_settled_does_not_move_on_in_20_times_the_steps(seed: int) -> None:
    """It stays within NEAR, a thousandth of the view's sides, of where it was said to have settled."""
    told = 0
    for optimizer, name, start, steps in _runs_that_settle(seed):
        surface = SURFACES[name]
        traj = run(optimizer, surface, start, steps)
        found = {event.kind: event for event in events(traj)}
        stalled = found.get("stalled")
        if traj.ended or not stalled or stalled.cause != "minimum" or "limit" in stalled.numbers or "cycle" in found:
            continue
        told += 1
        last = {name: getattr(traj, name)[-1] for name in Step._fields[1:]}
        step, farthest, sides = Step(steps, **last), 0.0, np.ptp(np.array(surface.domain), axis=1)
        with np.errstate(all="ignore"):
            for _ in range(19 * steps):
                step = optimizer.step(step, surface.grad(*step.theta))
                farthest = max(farthest, float((np.abs(step.theta - traj.theta[-1]) / sides).max()))
        assert farthest < NEAR, (optimizer, name, start, steps)
    assert told >= 5


@pytest.mark.parametrize(("rho", "initial_s"), [(0.9, 0.2), (0.99, 0.02), (0.999, 0.02)])
def test_what_is_not_stable_is_told_with_its_numbers_and_moves_on(rho: float, initial_s: float) -> None:
    optimizer, surface = RMSprop(0.2, rho, initial_s=initial_s), stretched(1.0)
    traj = run(optimizer, surface, (1e-9, -1e-9), 20)
    (stalled,) = [event for event in events(traj) if event.kind == "stalled"]
    assert (stalled.cause, stalled.numbers["limit"]) == ("minimum", 2)
    assert stalled.numbers["lr_lambda"] == pytest.approx(0.2 / 1e-4, rel=1e-6)
    further = run(optimizer, surface, (1e-9, -1e-9), 5000).theta
    assert np.abs(further).max() > 0.05


# The last bits


@pytest.mark.parametrize("name", ["booth", "camel", "himmelblau"])
@pytest.mark.parametrize("optimizer", [SGD(1.0), SGD(1.0, 0.5), SGD(1.0, 0.9, nesterov=True), RMSprop(0.0, eps=10.0)])
def test_what_happens_in_the_last_bits_is_no_swing_and_no_flip(name: str, optimizer: RMSprop | SGD) -> None:
    surface = SURFACES[name]
    moving = float(optimizer.momentum) > 0
    if isinstance(optimizer, SGD):
        optimizer = replace(optimizer, lr=surface.settings["sgd_lr"] * (0.2 if moving else 0.5))
    else:
        optimizer = replace(optimizer, lr=surface.settings["lr"])
    goal = np.array(surface.minima[0])
    for start in (goal + 0.01, goal - 0.02, goal + np.array([0.013, -0.007])):
        traj = run(optimizer, surface, start, 1500)
        found = {event.kind: event for event in events(traj)}
        assert list(found) == ["stalled"]
        assert found["stalled"].cause == "minimum"
        flips = [mark for mark in marks(traj) if mark.kind == "flip"]
        assert all(np.abs(traj.delta[mark.step - 2, mark.coordinate]) > 1e-15 for mark in flips)
