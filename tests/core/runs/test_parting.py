"""How two runs part, by hand on a bowl, and which setting it is."""

from __future__ import annotations

import numpy as np
import pytest

from rmsprop_core import DIALECTS, SURFACES, RMSprop, Trajectory, run
from rmsprop_core.runs.parting import Values, apart, causes, parting


def made(optimizer: RMSprop, **more: str) -> Trajectory:
    return run(optimizer, SURFACES["ravine"], (-5, -2), 60, **more)  # type: ignore[arg-type]


def of(values: Values, **more: str) -> Trajectory:
    return made(RMSprop(**values), **more)  # type: ignore[arg-type]


def test_a_run_and_itself_never_part() -> None:
    traj = made(RMSprop(0.1))
    assert parting(traj, traj) == (0.0, 0, None, False)


def test_the_first_step_and_the_largest_distance_are_those_of_the_paths() -> None:
    a, b = made(RMSprop(0.1)), made(RMSprop(0.2))
    found = parting(a, b)
    gaps = np.hypot(*(a.theta - b.theta).T)
    assert np.array_equal(apart(a, b), gaps)
    assert (found.most, found.step, found.first) == (gaps.max(), gaps.argmax(), 1)
    assert found.most == pytest.approx(gaps.max())


def test_the_place_of_lr_is_nothing_at_constant_lr_and_the_cause_under_a_schedule() -> None:
    keras, torch = (DIALECTS[key].optimizer(lr=0.05, rho=0.9, eps=1e-8, momentum=0.9) for key in ("keras", "pytorch"))
    found = {each.name: each for each in causes(vars(keras), vars(torch), of)}
    assert found.keys() == {"eps_inside_sqrt", "lr_in_velocity"}
    assert found["lr_in_velocity"].alone < 1e-10
    found = {each.name: each for each in causes(vars(keras), vars(torch), lambda each: of(each, schedule="cosine"))}
    whole = parting(*(made(each, schedule="cosine") for each in (keras, torch))).most
    assert next(iter(found)) == "lr_in_velocity"
    assert found["lr_in_velocity"].alone == pytest.approx(whole, rel=1e-3)
    assert found["lr_in_velocity"].without < 1e-3 * whole


def test_two_that_matter_only_together_are_both_small_alone() -> None:
    a, b = RMSprop(0.1), RMSprop(0.1, momentum=0.9, nesterov=True)
    found = {each.name: each for each in causes(vars(a), vars(b), of)}
    assert found["nesterov"].alone == 0
    assert found["nesterov"].without > 0.1


def test_a_run_that_ends_early_is_compared_to_its_end() -> None:
    a, b = made(RMSprop(1e308, momentum=0.9)), made(RMSprop(0.1))
    assert len(a.theta) < len(b.theta)
    assert parting(a, b).ended
    assert len(apart(a, b)) == len(a.theta)
