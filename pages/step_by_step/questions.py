"""Three questions of understanding about a run, each with its answer, and why what is often said instead is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from pages.shared.model.language import _
from pages.step_by_step.exercise import Exercise
from rmsprop_core import SGD, RMSprop
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.marks import half_life
from rmsprop_core.explain.walkthrough import Walk

APART = 1.2  # numbers to choose from differ at least by this factor


class Choice(NamedTuple):
    """An answer to choose, and what is to be said to it."""

    text: str
    why: str


class Question(NamedTuple):
    """A question; `right` is its answer."""

    text: str
    right: Choice
    wrong: tuple[Choice, ...]

    @property
    def choices(self) -> list[Choice]:
        """All answers, in an order that tells nothing."""
        return sorted((self.right, *self.wrong))


def questions(exercise: Exercise) -> list[Question]:
    """Return the first three that have an answer in this run."""
    walk = exercise.walks[0]
    optimizer = walk.optimizer
    own = _about_sgd() if isinstance(optimizer, SGD) else _about_rmsprop(optimizer, walk.surface.variables)
    return list(islice((*_ratio(walk), *own), 3))


def _ratio(walk: Walk) -> Iterator[Question]:
    """Yield the question of steep and flat, where there is one."""
    steep = int(np.argmax(np.abs(walk.after.g)))
    (g, delta) = (np.abs(values[[steep, 1 - steep]]) for values in (walk.after.g, walk.after.delta))
    carried = float(walk.optimizer.momentum) > 0 and walk.before.t > 0  # Δ is of older gradients too
    if carried or not (g.all() and delta.all()):
        return
    slope, step = float(g[0] / g[1]), float(delta[0] / delta[1])
    plain = isinstance(walk.optimizer, SGD)
    others = [1.0 if plain else slope, slope**2]
    if not all(max(a / b, b / a) > APART for a, b in ((step, others[0]), (step, others[1]), (others[0], others[1]))):
        return
    names = {"steep": walk.surface.variables[steep], "flat": walk.surface.variables[1 - steep], "t": walk.after.t}
    why = _("SGD multiplies g by the same η in each coordinate.")
    slips = [_("That would be so if each were divided by its own size, as RMSprop does.")]
    if not plain:
        why = _("Each coordinate is divided by its own rms, so steepness that lasts is divided out.")
        slips = [_("That is so with SGD, which has one η for both.")]
    yield Question(
        _("In step {t}, |g| is {slope} times as large in {steep} as in {flat}. How many times as large is |Δ|?").format(
            slope=digits(slope), **names
        ),
        Choice(_times(step), why),
        tuple(map(Choice, map(_times, others), [*slips, _("That is so for g², not for the step.")])),
    )


def _times(factor: float) -> str:
    return f"{digits(factor)}×"


def _about_rmsprop(optimizer: RMSprop, variables: tuple[str, str]) -> Iterator[Question]:
    rho, (x, y) = float(optimizer.rho), variables
    if half_life(rho) > 1:
        yield Question(
            _("From some step on g is 0. After how many steps has s fallen to half?"),
            Choice(
                _("after about {n}").format(n=digits(half_life(rho), figures=2)),
                _("Each step leaves ρ of s; so many factors ρ make ½."),
            ),
            (
                Choice(
                    _("after about {n}").format(n=digits(1 / (1 - rho), figures=2)),
                    _("That is 1/(1 − ρ), about how many steps the mean is over; by then s is well below half."),
                ),
                Choice(_("never"), _("It never falls with AdaGrad, which adds squares up. A mean forgets.")),
            ),
        )
    yield Question(
        _("f is in euros, {x} and {y} are in metres. In which unit is u = g / rms?").format(x=x, y=y),
        Choice(
            _("in none"),
            _("g and rms are both in €/m: rms is the root of a mean of g². So η alone sets how far a step goes."),
        ),
        (
            Choice("€/m", _("That is the unit of g, and of rms.")),
            Choice("m/€", _("That is so if g is divided by s, in €²/m²: the root is missing.")),
        ),
    )
    yield Question(
        _("Does g of {y} enter the rms of {x} in the same step?").format(x=x, y=y),
        Choice(_("no"), _("Each coordinate has its own s, and its own rms.")),
        (
            Choice(
                _("yes, always"), _("One rms for both would shorten every step alike: the flat one would stay slow.")
            ),
            Choice(_("yes, if it is larger"), _("rms is no maximum. Each coordinate has its own.")),
        ),
    )


def _about_sgd() -> Iterator[Question]:
    yield Question(
        _("f is multiplied by 100. How many times as large is Δ in step 1?"),
        Choice(_times(100), _("Δ = ηg, and g is 100 times as large.")),
        (
            Choice(_times(1), _("That is so with RMSprop, which divides g by its own size.")),
            Choice(_times(10), _("There is no root in SGD.")),
        ),
    )
    yield Question(
        _("One coordinate is 100 times as steep as the other. Which of them says how large η can be?"),
        Choice(_("the steep one"), _("There a larger η crosses the valley and climbs. The flat one is then slow.")),
        (
            Choice(_("the flat one"), _("An η that suits it throws the steep one out.")),
            Choice(_("neither"), _("Each step is η times g: an η that is too large makes it grow.")),
        ),
    )
    yield Question(
        _("f is in euros, x and y are in metres. In which unit is η?"),
        Choice("m²/€", _("Δ = ηg is in m and g in €/m.")),
        (
            Choice(_("in none"), _("Then Δ would be in €/m, as g is.")),
            Choice("m", _("That is so with RMSprop, where u has no unit.")),
        ),
    )
