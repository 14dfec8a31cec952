"""The updates of RMSprop's family as they are written give the numbers that the core computes."""

from __future__ import annotations

import numpy as np
import pytest

from rmsprop_core import SGD, SURFACES, AdaGrad, Adam, Clipped, Decayed, Optimizer, RMSprop, Rprop, SignDescent, run
from rmsprop_core.decay import bare
from rmsprop_core.explain.mathml import math
from rmsprop_core.explain.terms import Number, Symbol, evaluate, substitute
from rmsprop_core.explain.walkthrough import step_at, update

FAMILY = (
    AdaGrad(1.0, 0.1),
    AdaGrad(1.0, 0.1, eps_inside_sqrt=True),
    Adam(0.3, 0.5, 0.9, 0.01),
    Decayed(Adam(0.3), 0.1, decoupled=True),
    SignDescent(0.4),
    Rprop(0.3),
)


@pytest.mark.parametrize("optimizer", FAMILY)
def test_the_lines_are_the_core_s_own_arithmetic(optimizer: Optimizer) -> None:
    traj = run(optimizer, SURFACES["stretched"], (-5, -2), 20)
    for t in range(1, 21):
        for i in (0, 1):

            def number(symbol: Symbol, t: int = t, i: int = i) -> Number:
                if symbol.name == "t":
                    return Number(t)
                owner = optimizer if hasattr(optimizer, symbol.name) else bare(optimizer)
                if hasattr(owner, symbol.name):
                    return Number(float(getattr(owner, symbol.name)))
                return Number(float(getattr(step_at(traj, t - (symbol.when == "before")), symbol.name)[i]))

            for line in update(optimizer):
                if isinstance(optimizer, Rprop) and line.quantity == "s" and t == 1:
                    continue  # whose first step is lr
                own = float(getattr(step_at(traj, t), line.quantity)[i])
                assert evaluate(substitute(line.right, number)) == pytest.approx(own, rel=1e-14)


@pytest.mark.parametrize("optimizer", FAMILY)
def test_they_are_written_in_a_line_or_two_and_a_schedule_gives_lr_an_index(optimizer: Optimizer) -> None:
    lines = update(optimizer)
    assert 1 <= len(lines) <= 3
    assert lines[-1].quantity == "theta"
    for line in lines:
        assert math(line.formula).startswith("<math")
    if not isinstance(optimizer, Rprop):
        assert Symbol("lr_t").name in str(update(optimizer, schedule=True)[-1])


def test_what_is_no_member_is_refused() -> None:
    for optimizer in (Clipped(RMSprop(), "norm", 1.0), Decayed(SGD(0.1), 0.1, decoupled=False)):
        with pytest.raises(ValueError, match="of RMSprop's family"):
            update(optimizer)


def test_a_turn_shortens_the_step_and_lets_the_coordinate_rest() -> None:
    traj = run(Rprop(0.3), SURFACES["stretched"], (-5, -2), 20)
    rests = np.flatnonzero(traj.delta[:, 1] == 0)
    assert rests.size
    assert (traj.s[rests, 1] == 0.5 * traj.s[rests - 1, 1]).all()
