"""What the walk shows, as the player's bundle carries it: formulas once, numbers in columns.

The formulas travel as MathML in which each number is left out and says whose it is (`data-q`, `data-when`, `data-i`);
the browser puts the numbers in and changes them with the clock. They are made from step 1, which stands for every step.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from pages.shared.model import budget, language
from pages.shared.model.language import _
from pages.shared.model.methods import PLAIN, RMSPROP, Method, of
from pages.shared.model.once import once
from pages.shared.model.settings import Settings
from pages.shared.wire import experiment, live
from pages.shared.wire.bundle import Exhibit
from pages.step_by_step import words
from pages.step_by_step.head import Beat as BeatHead
from pages.step_by_step.head import Beside, CodeLine, Mark
from pages.step_by_step.head import Walk as WalkHead
from pages.step_by_step.slopes import slopes
from pages.step_by_step.zoom import BLOCK, MARGIN, SIDE, first_of_block, zoom
from rmsprop_core import SGD, Event, Trajectory
from rmsprop_core.explain.listing import listing
from rmsprop_core.explain.marks import half_life, marks
from rmsprop_core.explain.mathml import SIGNS, math
from rmsprop_core.explain.walkthrough import Beat, Explained, Walk, columns, explained, step_at, walk_at
from rmsprop_core.optimizers import Step
from rmsprop_core.schedules import scheduled

LAID = 64  # variants whose formulas are kept
FLIPS = 200  # so many runs of sign flips of a coordinate are marked on the timeline

Columns = dict[str, np.ndarray[Any, Any]]


class Walked(NamedTuple):
    """The run that the page walks through, and whose it is."""

    method: Method
    traj: Trajectory

    def at(self, t: int) -> Walk:
        """Return the walk of step t."""
        return walk_at(self.traj, t)

    def pattern(self) -> Walk:
        """Return the walk of step 1; of a run that has none, one that stands still (for its symbols)."""
        if self.traj.steps:
            return self.at(1)
        start = step_at(self.traj, 0)
        return Walk(explained(self.traj.optimizer), start, start, self.traj.surface)


def walked(settings: Settings) -> Walked:
    """Return RMSprop's run, or SGD's where RMSprop is hidden."""
    runs = _shown(replace(settings.running(), third="")).runs
    return Walked(*(of(RMSPROP, runs) or runs[0]))


@once(32 * live.MEGABYTE, lambda shown: shown.size)
def _shown(settings: Settings) -> Exhibit:
    """Return the player's exhibit: the picture, the quiz and the worksheet of a moment are about the same run."""
    with budget.alone(settings):
        return experiment.exhibit(settings)


def asked(settings: Settings) -> dict[str, str]:
    """Return the query of the bundle: the same for all steps whose surroundings it brings."""
    return live.asked(
        replace(settings, pin="", third=""),
        near=first_of_block(settings.clock()) if settings.steps > BLOCK + 2 * MARGIN else 1,
    )


def exhibit(settings: Settings) -> Exhibit:
    """Return the player's exhibit with the walk."""
    settings = replace(settings, third="")  # the walk is that of the two
    shown = _shown(settings.running())
    run = walked(settings)
    (method, traj), pattern = run, run.pattern()
    computed = [line.quantity for line in pattern.lines if line.quantity not in ("theta", "s_hat")]
    events = marks(traj)
    ground = zoom(traj, settings.clock())
    own: Columns = {"zoom.reach": ground.reach, "zoom.box": ground.box, "zoom.f": ground.heights}
    for key, column in columns(traj).items():
        own |= {f"{method.key}.{key}.{axis}": column[:, i] for i, axis in enumerate("xy")}
    head: WalkHead = {
        "method": method.key,
        "title": method.title,
        "steps": traj.steps,
        "beats": _beats(pattern),
        "slopes": slopes(traj.surface),
        "start": {key: getattr(pattern.before, key).tolist() for key in Step._fields[1:]},
        "zoom": {"side": SIDE, "first": ground.first, "count": len(ground.heights)},
        "marks": _marks(events, traj),
        "flips": _flips(events),
        "code": _code(pattern),
        "memory": _memory(pattern.optimizer),
        "hypers": _hypers(explained(traj.optimizer)),
        "symbols": {key: {"text": sign.text, "class": sign.colour} for key, sign in SIGNS.items()},
    }
    beside = of(PLAIN, shown.runs)
    if beside and beside.traj is not traj:
        head["beside"], columns_here = _from_here(traj, beside.method, settings)
        own |= columns_here
    return replace(
        shown,
        t=settings.clock(),
        quantities=tuple(dict.fromkeys([*shown.quantities, *computed])),
        extra={**shown.extra, "formulas": (), "walk": head},
        columns={**shown.columns, **own},
        exact=True,
    )


_laid: dict[tuple[Any, ...], list[BeatHead]] = {}


def _beats(walk: Walk) -> list[BeatHead]:
    """Return the beats with their formulas; they depend on the variant only: a turned dial asks for the same."""
    key = (_variant(walk.optimizer), walk.noisy, walk.surface.variables, language.current())
    if (beats := _laid.get(key)) is None:
        if len(_laid) >= LAID:
            _laid.clear()
        beats = _laid[key] = [_beat(beat, walk) for beat in walk.beats]
    return beats


def _beat(beat: Beat, walk: Walk) -> BeatHead:
    return {
        "kind": beat.kind,
        "title": words.beat_title(beat.kind),
        "caption": words.beat_caption(beat.kind, walk.optimizer, noisy=walk.noisy),
        "lines": [
            {
                "q": line.quantity,
                "symbols": math(line.formula),
                "numbers": [_blanked(math(walk.numeric(line, i))) for i in (0, 1)],
            }
            for line in beat.lines
        ],
        "because": [math(relation) for relation in beat.because],
        "code": _listing(_variant(walk.optimizer)).of(beat),
    }


def _blanked(mathml: str) -> str:
    """Return MathML without the numbers that the browser puts in."""
    return re.sub(r"(<mn [^>]*data-q=[^>]*>)[^<]*", r"\1", mathml)


def _from_here(traj: Trajectory, method: Method, settings: Settings) -> tuple[Beside, Columns]:
    """Return SGD's lines for a step that starts at RMSprop's θₜ₋₁ with no velocity, and their columns."""
    optimizer = explained(method.optimizer)
    made = scheduled(optimizer, settings.schedule, settings.steps)
    lr = np.array([float(each.lr) for each in made[: traj.steps]])
    start = optimizer.start(traj.theta[0])
    walk = Walk(optimizer, start, optimizer.step(start, traj.g[0] if traj.steps else start.g), traj.surface)
    with np.errstate(all="ignore"):
        side_by_side = replace(optimizer, lr=lr)  # each step a run of its own
        after = side_by_side.step(side_by_side.start(traj.theta[: traj.steps].T), traj.g.T)
    own = {f"here.{key}.{axis}": getattr(after, key)[i] for key in ("v", "delta") for i, axis in enumerate("xy")}
    if settings.schedule != "constant":
        own["here.lr.x"] = lr
    lines = [line for beat in _beats(walk) for line in beat["lines"] if line["q"] not in ("g", "theta")]
    note = words.sgd_note(moving=float(optimizer.momentum) > 0)
    return {"method": method.key, "lines": lines, "note": note, "hypers": _hypers(optimizer)}, own


def _marks(events: list[Event], traj: Trajectory) -> list[Mark]:
    return [
        {
            "t": event.step,
            "kind": event.kind,
            "i": event.coordinate or 0,
            "title": _(words.MARKS[event.kind]),
            "text": words.mark_text(event, traj),
        }
        for event in events
        if event.kind != "flip"
    ]


def _flips(events: list[Event]) -> list[list[tuple[int, int]]]:
    """Return, for x and y, from which step to which the gradient changes its sign at every step: many, so unworded."""
    found = []
    for i in (0, 1):
        steps = np.array([event.step for event in events if event.kind == "flip" and event.coordinate == i], dtype=int)
        rows = np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1) if steps.size else []
        found.append([(int(row[0]), int(row[-1])) for row in rows[:FLIPS]])
    return found


def _code(walk: Walk) -> list[CodeLine]:
    """Return the source that ran, and beside which of its lines which quantities stand."""
    code = _listing(_variant(walk.optimizer))
    known = {"theta", "g", *(line.quantity for line in walk.lines)}
    values: dict[int, list[str]] = {}
    for quantity, number in code.assigns.items():
        if quantity in known:
            values.setdefault(number, []).append(quantity)
    return [
        {"n": number, "text": text, "values": values.get(number, []), "folded": number in code.docstrings}
        for number, text in code.lines
    ]


def _variant(optimizer: Explained) -> Explained:
    """Return an optimizer with the same switches, whose numbers are ½, or 0: formulas and code depend on no more."""
    numbers = {key: 0.5 * (value > 0) for key, value in vars(optimizer).items() if not isinstance(value, bool)}
    return replace(optimizer, **numbers)


_listing = lru_cache(maxsize=64)(listing)


def _memory(optimizer: Explained) -> dict[str, float] | None:
    if isinstance(optimizer, SGD):
        return None
    rho = float(optimizer.rho)
    return {"rho": rho, "s0": float(optimizer.initial_s), "half_life": half_life(rho), "window": 1 / (1 - rho)}


def _hypers(optimizer: Explained) -> dict[str, float]:
    return {key: float(getattr(optimizer, key)) for key in ("lr", "rho", "eps", "momentum") if hasattr(optimizer, key)}
