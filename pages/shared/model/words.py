"""What a change has done: against the pin, or by a dialect."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.shared.model.fairness import SAME
from pages.shared.model.fields import written
from pages.shared.model.language import _
from pages.shared.model.methods import RMSPROP, THIRDS, Run
from pages.shared.model.numbers import number
from pages.shared.model.settings import SETTINGS, Settings
from rmsprop_core import DIALECTS, Trajectory
from rmsprop_core.runs.events import steps_to


def comparison(before: Settings, now: Settings, ends: Sequence[tuple[Run, Run]]) -> str:
    """Return what has changed since the pin, and what it did to the end of each method: [(pinned, present)]."""
    changes = _changes(before, now, but=("view", "lang"))
    if not changes:
        return _("Pinned. Change something and read the difference here.")
    effects = []
    for (method, old), (_method, new) in ends:
        if old.theta.shape == new.theta.shape and np.allclose(old.theta, new.theta, rtol=0, atol=SAME, equal_nan=True):
            effects.append(_("{who}'s path is as before").format(who=method.title))
            continue
        words = {"who": method.title}
        for k, traj in enumerate((old, new)):
            words |= {f"f{k}": number(traj.f[-1], 2), f"n{k}": _steps_down(traj, old)}
            words[f"l{k}"] = number(float(np.hypot(*traj.delta.T).sum()), 2)
        sentence = _("{who}: f {f0} → {f1}, steps to 1 % of the first loss {n0} → {n1}, length of the path {l0} → {l1}")
        effects.append(sentence.format(**words))
    return _("Since the pin: {changes}. {effects}.").format(changes=changes, effects="; ".join(effects))


def brought(before: Settings, now: Settings) -> str:
    """Return what a chosen dialect has changed, or nothing."""
    changes, dialect = _changes(before, now, but=("dialect",)), DIALECTS[now.dialect].title
    return changes and _("{dialect} brings its own settings: {changes}.").format(dialect=dialect, changes=changes)


def title(settings: Settings) -> str:
    """Return what the moment is called, for the browser's tab: surface, what the run is told by, and step."""
    method = settings.seen()[0]
    return _("{surface} · {method} lr {lr} · step {t}").format(
        surface=_(settings.landscape().title),
        method=method.title,
        lr=written(float(method.optimizer.lr)),
        t=settings.clock(),
    )


def _changes(before: Settings, now: Settings, but: tuple[str, ...]) -> str:
    before, now = before.running(), now.running()
    pairs = [(name, getattr(before, name), value) for name, value in vars(now).items() if name not in but]
    found = [f"{_called(name, now)} {_value(old)} → {_value(new)}" for name, old, new in pairs if old != new]
    more = _(" and {n} more").format(n=len(found) - 4) if len(found) > 4 else ""
    return ", ".join(found[:4]) + more


def _called(name: str, now: Settings) -> str:
    """Return what a setting is called on its dial or switch."""
    setting = SETTINGS.get(name)
    if setting and setting.dial:
        others = [method.title for method in now.methods() if method.key != RMSPROP.key and name in method.settings()]
        owner = "".join(_("{who}'s").format(who=title) + " " for title in others)
        return owner + _(setting.dial.symbol).format(axis=name)
    return _(setting.label).split(":")[0] if setting and setting.label else name


def _steps_down(traj: Trajectory, first: Trajectory) -> str:
    """Return how many steps a run takes to 1 % of the loss that the first run begins with."""
    floor = first.surface.floor
    if floor is None:
        return "–"
    found = steps_to(traj, 0.01 * float(first.f[0] - floor))
    return _("never") if found is None else str(found)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if value in ("", *THIRDS):  # of the third method
        return THIRDS[value].title if value else _("none")
    return number(value) if isinstance(value, float) else str(value)
