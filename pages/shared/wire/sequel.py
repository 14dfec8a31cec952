"""What to try next: an offer that fits how the runs ended, and that a run has tried where it promises anything."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import numpy as np

from pages.shared.model.changes import Change
from pages.shared.model.fairness import LIVE, unfair
from pages.shared.model.language import _
from pages.shared.model.link import VERSION, to_link
from pages.shared.model.methods import RMSPROP, Run, of
from pages.shared.model.numbers import number
from pages.shared.model.once import once
from pages.shared.model.remarks import rival, without
from pages.shared.model.settings import Settings
from pages.shared.model.verdicts import of_lr
from pages.shared.wire.experiment import outcomes
from rmsprop_core import Event, RMSprop, events
from rmsprop_core.runs.events import inside_view

LONG = 600  # steps; a longer run is not tried
ON = 2, 6  # times as many steps, at least and at most: the sequel
CLEAR = 10.0  # times as high: so much the order of two runs is not by chance


@once(64)
def offer(settings: Settings) -> Change | None:
    """Return the one next click for the two methods, or None where none suits."""
    settings = replace(settings, third="")
    if not settings.steps or settings.steps > LONG or settings.by_chance:
        return None
    runs = outcomes(settings)
    ends = [(run, event) for run in runs for event in events(run.traj)]
    remedies = (_remedy(run, event, settings) for run, event in ends)
    found = next((each for each in remedies if each), None) or _schedule(settings, runs)
    if not found and (far := unfair(settings)):
        why = _(
            "The lrs here are not fair ones: with those {who} would end less than a tenth as far above the minimum."
        )
        return _fair()._replace(why=why.format(who=_(" and ").join(method.title for method in far)))
    return found or _beside(settings) or _run_on(settings, runs)


def _remedy(run: Run, event: Event, settings: Settings) -> Change | None:
    """Return what mends a run that has left the view, has stopped or does not move."""
    if event.cause in ("zero_over_zero", "over_zero"):
        return Change(_("Set ε to 10⁻⁸"), {"eps": "1e-8"})
    if event.kind == "left" and event.cause in ("centered", "narrow"):
        return Change(_("Try it uncentered"), {"centered": "false"})
    back = event.kind == "left" and not run.traj.ended and inside_view(run.traj.surface, run.traj.theta[-1:])[0]
    bounded = run.traj.surface.floor is not None
    if (
        bounded
        and not settings.fair
        and not back
        and event.cause in ("unstable", "kick", "momentum", "overflow", "lr", "steps")
    ):
        return _fair()
    return None


def _beside(settings: Settings) -> Change | None:
    """Offer to pin the run without centered, μ or ε, where the hand has set one and nothing is pinned."""
    link = to_link(settings)
    name = next((name for name in without(settings) if name in link), None)
    if name is None or settings.pin or settings.steps > LIVE or not settings.shows(RMSPROP):
        return None
    labels = {"centered": _("Pin it uncentered beside this"), "momentum": _("Pin μ = 0 beside this"),
              "eps": _("Pin ε = {eps} beside this").format(eps=number(without(settings).get("eps", 0.0)))}  # fmt: skip
    other = rival(settings, name).seeing(RMSPROP.key)
    return Change(labels[name], {"pin": urlencode({**to_link(other.running()), "v": VERSION})})


def _fair() -> Change:
    return Change(_("Try fair lrs"), {"fair": "true"})


def _schedule(settings: Settings, runs: list[Run]) -> Change | None:
    """Offer a schedule where RMSprop swings by a part of lr, or has jumped, and ends lower with it."""
    found = of(RMSPROP, runs)
    if not found or settings.schedule != "constant" or not isinstance(found.traj.optimizer, RMSprop):
        return None
    traj = found.traj
    if not (_jumps(found) or any(e.kind == "cycle" and of_lr(e, traj.optimizer) for e in events(traj))):
        return None
    with_it = of(RMSPROP, outcomes(replace(settings, schedule="cosine", view=RMSPROP.key)))
    floor = traj.surface.lowest
    if not with_it or floor is None or not CLEAR * (with_it.traj.f[-1] - floor) < traj.f[-1] - floor:
        return None
    return Change(_("Try a schedule"), {"schedule": "cosine"})


def _run_on(settings: Settings, runs: list[Run]) -> Change | None:
    """Offer more steps of the same runs where one of them jumps, or where these reverse which of the two is lower."""
    least, most = (times * settings.steps for times in ON)
    steps = min(most, LONG)
    if steps < least or settings.schedule != "constant":
        return None
    further = outcomes(replace(settings, steps=steps))
    if not any(_jumps(run) for run in further) and not _reversed(further, settings.steps):
        return None
    return Change(_("Run on to {steps} steps").format(steps=steps), {"steps": str(steps), "fair": "false"})


def _jumps(run: Run) -> bool:
    return any(event.kind == "jump" for event in events(run.traj))


def _reversed(runs: list[Run], now: int) -> bool:
    """Return whether the one of two runs that is clearly lower now is clearly higher all through the last third."""
    floor = runs[0].traj.surface.lowest
    if floor is None or len(runs) < 2 or any(run.traj.ended for run in runs):
        return False
    low, high = sorted((run.traj.f - floor for run in runs), key=lambda f: float(f[now]))
    late = slice(-(len(low) // 3), None)
    return bool(CLEAR * low[now] < high[now] and np.all(CLEAR * high[late] < low[late]))
