"""What s remembers adds up to s."""

from math import log

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, RMSprop, run
from rmsprop_core.explain.memory import half_life, memory


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("initial_s", [0.0, 1.0])
@pytest.mark.parametrize("centered", [False, True])
def test_the_contributions_add_up_to_s(rho, initial_s, centered):
    surface = SURFACES["rosenbrock"]
    traj = run(RMSprop(0.01, rho, centered=centered, initial_s=initial_s), surface, surface.start, 60)
    assert traj.steps >= 2
    for t in range(1, traj.steps + 1):
        lens = memory(traj, t)
        assert lens.terms.shape == (t, 2)
        np.testing.assert_allclose(lens.terms.sum(axis=0) + lens.start, traj.s[t - 1], rtol=4e-16 * (t + 8))
        assert lens.start.tolist() == [rho**t * initial_s] * 2


def test_contributions_by_hand():
    traj = run(RMSprop(0.4, initial_s=2.0), SURFACES["ravine"], (-5, -2), 3)
    g1, g2, g3 = traj.g[:, 1]
    lens = memory(traj, 3)
    assert lens.terms[:, 1] == pytest.approx([0.1 * g3**2, 0.09 * g2**2, 0.081 * g1**2], rel=1e-15)
    assert lens.start == pytest.approx([0.729 * 2] * 2)
    assert lens.window == pytest.approx(10)


@pytest.mark.parametrize(("rho", "steps"), [(0.5, 1.0), (0.9, 6.5788), (0.99, 68.9676)])
def test_after_a_half_life_half_is_left(rho, steps):
    assert half_life(rho) == pytest.approx(steps, abs=1e-4)
    assert rho ** half_life(rho) == pytest.approx(0.5)
    assert half_life(rho) == log(2) / -log(rho)


def test_rho_0_forgets_at_once():
    assert half_life(0.0) == 0


def test_only_rmsprop_s_own_steps_have_a_memory():
    surface = SURFACES["ravine"]
    with pytest.raises(ValueError, match="SGD has no s"):
        memory(run(SGD(0.1), surface, surface.start, 3), 1)
    for t in (0, 4, -1):
        with pytest.raises(ValueError, match="t must be in 1 … 3"):
            memory(run(RMSprop(0.1), surface, surface.start, 3), t)
