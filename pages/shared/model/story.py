"""The story: what has happened in the visible runs by which step, for a clock that is not at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pages.shared.model.language import _
from pages.shared.model.methods import Run
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from pages.shared.model.verdicts import ROOM, cycle, jump, left, nonfinite, stalled
from rmsprop_core import Event, RMSprop, Trajectory, events
from rmsprop_core.runs.events import CYCLE_STEPS, STALL_STEPS

KICK_STEPS = 4  # so long the first step is worth a word
NUMBERS = 60  # signs of the sentence with the numbers of a step


def story(runs: Sequence[Run], settings: Settings, found: Sequence[list[Event]] = ()) -> list[tuple[int, str]]:
    """Return what has happened by which step; each text holds until the next one's step. `found` as in verdict."""
    found = found or [events(traj) for _method, traj in runs]
    told = [dict(sorted(_chapters(run.method.title, run.traj, own))) for run, own in zip(runs, found, strict=True)]
    steps = sorted({step for chapters in told for step in chapters if step < settings.steps})
    composed: list[tuple[int, str]] = []
    for step in steps:
        latest = [max((t for t in chapters if t <= step), default=None) for chapters in told]
        parts = [(t, chapters[t]) for t, chapters in zip(latest, told, strict=True) if t is not None]
        if sum(len(text) for _t, text in parts) > ROOM - NUMBERS:
            parts = [max(parts)]
        composed.append((step, " ".join(text for _t, text in parts if text)))
    return composed


def _chapters(who: str, traj: Trajectory, found: list[Event]) -> Iterator[tuple[int, str]]:
    """Yield what is to be said of a run from which step on: once it can be seen, and not before."""
    if kick := _first_kick(who, traj):
        yield from ((1, kick), (KICK_STEPS, ""))
    cycles = []
    for event in found:
        if event.kind == "left" and event.cause == "start":
            continue
        if event.kind == "left":
            yield event.step, left(who, event, traj)
        elif event.kind == "nonfinite":
            yield event.step, nonfinite(who, event, stiffness=True)
        elif event.kind == "jump":
            yield event.step, jump(who, event, traj)
        elif event.kind == "cycle":
            cycles.append(event)
            yield event.step + CYCLE_STEPS, cycle(who, cycles, traj)
        else:
            yield event.step + STALL_STEPS, stalled(who, event, traj)[0]


def _first_kick(who: str, traj: Trajectory) -> str:
    """Return why RMSprop's first step is so long, where it is as long as it can be."""
    optimizer = traj.optimizer
    if not isinstance(optimizer, RMSprop) or not traj.steps:
        return ""
    share, moved = 1 - float(optimizer.rho), traj.g[0] != 0
    times = np.abs(traj.delta[0, moved]) / traj.lr[0] if traj.lr[0] else np.empty(0)
    if share > 0.8 or not times.size or (np.abs(times * np.sqrt(share) - 1) > 0.01).any():
        return ""
    axes = _(" and ").join(axis for axis, moves in zip(traj.surface.variables, moved, strict=True) if moves)
    return _("{who}'s first step is lr/√(1−ρ) = {times} lr in {axes}, as s holds only 1 − ρ = {share} of g².").format(
        who=who, times=number(times.max()), axes=axes, share=number(share)
    )
