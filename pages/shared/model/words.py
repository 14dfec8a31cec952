"""Words for readers: complaints, comparisons, what a choice has brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pages.shared.model.fields import Complaint
from pages.shared.model.formulas import refusal
from pages.shared.model.language import _
from pages.shared.model.link import IDLE
from pages.shared.model.methods import Method, Run
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from rmsprop_core import DIALECTS, Trajectory
from rmsprop_core.runs.events import steps_to

if TYPE_CHECKING:
    from rmsprop_core.runs.sweep import FairLr


def complaint(found: Complaint) -> str:
    """Return what is wrong with a value, whose it is and what would do."""
    if found.refused:
        return refusal(found.refused)
    if not found.wanted:
        return _("{name} is not a setting of this page; it is left out.").format(name=found.name)
    if found.wanted == IDLE:
        return _("{name} does nothing on this surface; it is left out.").format(name=found.name)
    if found.wanted == "centered":
        return _("bias_correction cannot be on together with centered: s − m² would be 0 at step 1. It is off.")
    said = _("{name} cannot be “{value}”: it takes {wanted}.").format(
        name=found.name, value=found.value[:40], wanted=found.wanted
    )
    return f"{said} {_(found.why)}" if found.why else said


def fair(lrs: Sequence[tuple[Method, FairLr]], settings: Settings) -> str:
    """Return what the fair lrs are, how wide the good band of each is, and that their units differ."""
    parts = []
    for method, found in lrs:
        if found.lr is None:
            parts.append(_("{who}: no lr works.").format(who=method.title))
            continue
        parts.append(
            _("{who} {lr}, good from {low} to {high}").format(
                who=method.title, lr=number(found.lr), low=number(found.band[0]), high=number(found.band[1])
            )
        )
    return _(
        "Fair lr for {steps} steps, with room of 15 % on either side: {found}. The two have different units: RMSprop's "
        "lr is a length of step, SGD's a length of step per unit of slope."
    ).format(steps=settings.steps, found="; ".join(parts))


def comparison(before: Settings, now: Settings, ends: Sequence[tuple[Run, Run]]) -> str:
    """Return what has changed since the pin, and what it did to the end of each method: [(pinned, present)]."""
    names = [field for field, value in vars(now).items() if field not in UNCOMPARED and getattr(before, field) != value]
    if not names:
        return _("Pinned. Change something and read the difference here.")
    changes = _changes(names, before, now)
    effects = []
    for (method, old), (_method, new) in ends:
        if np.array_equal(old.theta, new.theta, equal_nan=True):
            effects.append(_("{who} is as before").format(who=method.title))
            continue
        goal = _goal(old)
        reached = [_steps(steps_to(traj, goal)) if goal is not None else "–" for traj in (old, new)]
        lengths = [number(float(np.hypot(*traj.delta.T).sum()), 2) for traj in (old, new)]
        words = {"who": method.title, "f0": number(old.f[-1], 2), "f1": number(new.f[-1], 2)}
        words |= {"n0": reached[0], "n1": reached[1], "l0": lengths[0], "l1": lengths[1]}
        sentence = _("{who}: f {f0} → {f1}, steps to 1 % of the first loss {n0} → {n1}, length {l0} → {l1}")
        effects.append(sentence.format(**words))
    return _("Since the pin: {changes}. {effects}.").format(changes=changes, effects="; ".join(effects))


def brought(before: Settings, now: Settings) -> str:
    """Return what a chosen dialect has changed, or nothing."""
    names = [field for field, value in vars(now).items() if field != "dialect" and getattr(before, field) != value]
    if not names:
        return ""
    dialect = DIALECTS[now.dialect].title
    return _("{dialect} brings its own settings: {changes}.").format(
        dialect=dialect, changes=_changes(names, before, now)
    )


def _changes(names: list[str], before: Settings, now: Settings) -> str:
    shown = [f"{field} {_value(getattr(before, field))} → {_value(getattr(now, field))}" for field in names[:4]]
    more = _(" and {n} more").format(n=len(names) - 4) if len(names) > 4 else ""
    return ", ".join(shown) + more


UNCOMPARED = ("t", "view", "lang")


def _goal(traj: Trajectory) -> float | None:
    floor = traj.surface.floor
    return None if floor is None else 0.01 * float(traj.f[0] - floor)


def _steps(found: int | None) -> str:
    return _("never") if found is None else str(found)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return number(value) if isinstance(value, float) else str(value)
