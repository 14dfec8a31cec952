"""The verdict: how the visible runs ended and why, in two lines, made from the records that the core returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pages.shared.model.language import _, ngettext
from pages.shared.model.methods import THIRD, Method, Run
from pages.shared.model.numbers import number
from pages.shared.model.settings import Settings
from rmsprop_core import SGD, Ensemble, Event, Optimizer, RMSprop, SignDescent, Trajectory, events
from rmsprop_core.runs.events import CYCLE_STEPS, crossings, inside_view
from rmsprop_core.runs.stability import stability_limit

VISIBLE = 0.005  # of the view's sides: so long a step is seen in the picture
ROOM = 225  # signs that two lines hold beside an offer
NEARLY = 0.1  # so close to 1 is about 1


def verdict(runs: Sequence[Run], settings: Settings, found: Sequence[list[Event]] = ()) -> str:
    """Return how the visible runs ended, and why as far as there is room; `found` are their events, if known."""
    if not runs:
        return _("Both methods are hidden.")
    if settings.steps == 0 and len(runs) == 1:
        return _("No steps yet: {who} stands at the start.").format(who=runs[0].method.title)
    if settings.steps == 0:
        all_three = _("No steps yet: all three methods stand at the start.")
        return all_three if len(runs) > 2 else _("No steps yet: both methods stand at the start.")
    found = found or [events(traj) for _method, traj in runs]
    said = [_outcome(run.method.title, run.traj, own) for run, own in zip(runs, found, strict=True)]
    if sum(len(texts[0]) for texts in said) > ROOM and runs[-1].method.key == THIRD:
        said.pop()  # the two come first
    while sum(len(text) for texts in said for text in texts) > ROOM and any(len(texts) > 1 for texts in said):
        max((texts for texts in said if len(texts) > 1), key=said.index).pop()
    return " ".join(dict.fromkeys(text for texts in said for text in texts))  # where a minimum is, once


def _outcome(who: str, traj: Trajectory, found: list[Event]) -> list[str]:
    """Return how a run ended; what follows the first sentence can be left out."""
    kinds = {event.kind: event for event in reversed(found)}
    if "left" in kinds and kinds["left"].cause == "start":
        outside = _("{who} starts outside the view.").format(who=who)
        first, *more = _outcome(who, traj, [event for event in found if event.kind != "left"])
        return [f"{outside} {first}", *more]
    if "left" in kinds:
        end = kinds.get("nonfinite")
        return [left(who, kinds["left"], traj), nonfinite(who, end) if end else _end(traj)]
    if "nonfinite" in kinds:
        return [nonfinite(who, kinds["nonfinite"], stiffness=True)]
    if "cycle" in kinds:
        cycles = [event for event in found if event.kind == "cycle"]
        return [cycle(who, cycles, traj, height(traj)), *_why_it_swings(cycles, traj)]
    if "stalled" in kinds:
        return stalled(who, kinds["stalled"], traj)
    at_the_end = ngettext(
        "{who} is at {height} after {steps} step.", "{who} is at {height} after {steps} steps.", traj.steps
    )
    at_the_end = at_the_end.format(who=who, height=height(traj), steps=traj.steps)
    if "jump" in kinds:
        return [at_the_end, jump(_("It"), kinds["jump"], traj)]
    crossed = max(crossings(traj, VISIBLE))
    if crossed >= 0.4 * traj.steps and traj.steps >= 10 and _part_left(traj) > 1e-3:
        return [_crossing(who, traj), *_why_it_crosses(traj)]
    return [at_the_end]


def _why_it_swings(cycles: list[Event], traj: Trajectory) -> Iterator[str]:
    """Yield why RMSprop swings by a part of lr, where it does and g² is nearly s."""
    optimizer = traj.optimizer
    if not isinstance(optimizer, RMSprop) or not all(of_lr(event, optimizer) for event in cycles):
        return
    rows, axes = slice(-CYCLE_STEPS, None), np.array([event.coordinate for event in cycles])
    u, share = np.abs(traj.u[rows, axes]), traj.s[rows, axes] / traj.g[rows, axes] ** 2
    if (np.abs(u - 1) > NEARLY).any() or (np.abs(share - 1) > NEARLY).any():
        return
    step = "lr"
    if optimizer.momentum:
        step = "lr(1+2μ)/(1+μ)" if optimizer.nesterov else "lr/(1+μ)"
    yield _("Because g² ≈ s, |u| ≈ 1: each step is {step}, however small g is.").format(step=step)


def _why_it_crosses(traj: Trajectory) -> Iterator[str]:
    """Yield why SGD crosses a valley and hardly moves along it, where the slopes across and the way along say so."""
    counts, along = crossings(traj, VISIBLE), _furthest(traj)
    if not isinstance(traj.optimizer, SGD) or traj.optimizer.momentum or counts[along] or not traj.surface.minima:
        return
    slopes = np.transpose(traj.surface.grad(*traj.theta[-3:-1].T))
    if not np.array_equal(slopes, traj.g[-2:]):  # there is noise
        return
    with np.errstate(all="ignore"):
        left = float((slopes[1] / slopes[0])[1 - along])
        part = float(traj.delta[-1, along] / (traj.theta[-2, along] - _nearest(traj)[along]))
    if not (-1 <= left <= -0.5 and 0 < part < 0.1):
        return
    n = {"left": number(-100 * left, 2), "part": number(100 * part, 2)}
    n["flat"], n["steep"] = (traj.surface.variables[i] for i in (along, 1 - along))
    yield _(
        "Because one lr serves both: in {steep} a step overshoots, keeping {left} % of the slope; "
        "in {flat} it goes {part} % of the way."
    ).format(**n)


def jump(who: str, event: Event, traj: Trajectory) -> str:
    """Return why a run that had converged has jumped."""
    n = {key: number(value) for key, value in event.numbers.items()}
    floor, axis = traj.surface.floor or 0.0, traj.surface.variables[event.coordinate or 0]
    n |= {"who": who, "what": "f − f*" if floor else "f", "axis": axis, "low": number(event.numbers["low"] - floor)}
    return _(
        "{who} was down to {what} = {low} at step {low_step}; then s forgot, lr/rms × curvature in {axis} rose to "
        "{rate}, above its limit of {limit}, and f jumped."
    ).format(**n)


def _part_left(traj: Trajectory) -> float:
    """Return (f − lowest f) at the end as a part of that at the start; 1 where f has no lowest."""
    floor = traj.surface.lowest
    if floor is None or traj.f[0] <= floor:
        return 1.0
    return float((traj.f[-1] - floor) / (traj.f[0] - floor))


def height(traj: Trajectory) -> str:
    """Return how high a run has ended, above the lowest f where that is known and not 0."""
    floor = traj.surface.floor
    if floor is None or floor == 0:
        return _("f = {f}").format(f=number(traj.f[-1]))
    return _("f − f* = {above}").format(above=number(max(traj.f[-1] - floor, 0.0)))


def _end(traj: Trajectory) -> str:
    """Return where a run that has left the view ended."""
    said = ngettext("It is at {height} after {steps} step.", "It is at {height} after {steps} steps.", traj.steps)
    if inside_view(traj.surface, traj.theta[-1:])[0]:
        said = _("It has come back, and is at {height} after {steps} steps.")
    return said.format(height=height(traj), steps=traj.steps)


def _crossing(who: str, traj: Trajectory) -> str:
    """Return how often a run crossed the valley, and where it stands along it."""
    counts = crossings(traj, VISIBLE)
    words = {"who": who, "n": max(counts), "height": height(traj)}
    along = _furthest(traj)
    if counts[along] > 0.1 * max(counts):  # not a valley along x or y
        return _("{who} has gone to and fro {n} times and is at {height}.").format(**words)
    return _("{who} has crossed the valley {n} times and stands at {axis} = {x} with {height}.").format(
        **words, axis=traj.surface.variables[along], x=number(traj.theta[-1, along], 2)
    )


def _furthest(traj: Trajectory) -> int:
    """Return the coordinate in which a run has ended furthest from the nearest known minimum."""
    widths = np.ptp(np.array(traj.surface.domain), axis=1)
    return int(np.argmax(np.abs(traj.theta[-1] - _nearest(traj)) / widths))


def _nearest(traj: Trajectory) -> NDArray[np.float64]:
    """Return the known minimum that a run has ended nearest to, or (0, 0)."""
    widths = np.ptp(np.array(traj.surface.domain), axis=1)
    goal = np.array(traj.surface.minima or ((0.0, 0.0),))
    return np.asarray(goal[np.argmin(np.hypot(*((goal - traj.theta[-1]) / widths).T))])


def left(who: str, event: Event, traj: Trajectory) -> str:
    """Return what threw or carried a run out of the view."""
    n = {key: number(value) for key, value in event.numbers.items()}
    sentences = {
        "unstable": _("{who} left the view at step {step}: lr × curvature = {lr_lambda}, above its limit of {limit}."),
        "downhill": _("{who} left the view at step {step}, going downhill all the way to f = {f}."),
        "centered": _(
            "{who} left the view at step {step}: s − m² = {w} has almost vanished, so the step grew to {delta}."
        ),
        "narrow": _("{who} left the view at step {step} with a step of {delta}: s − m² = {w} is small beside s = {s}."),
        "kick": _("{who} left the view at step {step} with a step of {delta}."),
        "momentum": _("{who} left the view at step {step}, carried by its velocity: a step of {delta}."),
    }
    if event.numbers.get("rises"):
        sentences["downhill"] = _("{who} left the view at step {step}, with a last step downhill to f = {f}.")
    if event.cause == "kick" and "bound" in n and isinstance(traj.optimizer, RMSprop):
        n["formula"] = "lr/((1−μ)√(1−ρ))" if traj.optimizer.momentum else "lr/√(1−ρ)"
        sentences["kick"] = _(
            "{who} left the view at step {step} with a step of {delta}; its longest possible is {formula} = {bound}."
        )
        if event.numbers["lr"] != traj.optimizer.lr:  # warming up
            sentences["kick"] = _(
                "{who} left the view at step {step} with a step of {delta}; "
                "with lr at most {lr} so far its longest possible is {formula} = {bound}."
            )
    if "delta" in event.numbers:
        n["delta"] = number(abs(event.numbers["delta"]))
    return sentences[event.cause].format(who=who, step=event.step, **n)


def nonfinite(who: str, event: Event, *, stiffness: bool = False) -> str:
    """Return why a run could not go on; with the `stiffness` that made it grow, where that has not been said."""
    n = {key: number(value) for key, value in event.numbers.items()}
    sentences = {
        "zero_over_zero": _(
            "{who} stopped at step {step}: g = 0 and rms = 0, and 0/0 is not a number. Give ε a value."
        ),
        "over_zero": _("{who} stopped at step {step}: rms = 0, and g = {g} divided by 0 is infinite. Give ε a value."),
        "overflow": _("{who} stopped at step {step}: the numbers grew beyond what a computer can hold."),
        "undefined": _("{who} stopped at step {step}: f has no value at x = {x}, y = {y}."),
    }
    if event.cause == "undefined" and "g" in n:
        sentences["undefined"] = _("{who} stopped at step {step}: f has no slope at x = {x}, y = {y}.")
    elif event.step == 0:
        sentences["undefined"] = _("{who} makes no step: f has no value at x = {x}, y = {y}.")
        sentences["overflow"] = _("{who} makes no step: f is larger at the start than what a computer can hold.")
    elif stiffness and "limit" in n:
        sentences["overflow"] = _(
            "{who} stopped at step {step}: lr × curvature = {lr_lambda} is above its limit of {limit}, "
            "and the numbers grew beyond what a computer can hold."
        )
    return sentences[event.cause].format(who=who, step=event.step, **n)


def cycle(who: str, cycles: list[Event], traj: Trajectory, at: str = "") -> str:
    """Return how far the run swings in each coordinate, and since when; of two equal swings, since both do."""
    swings: dict[tuple[str, str], list[Event]] = {}
    for event in cycles:
        swings.setdefault((number(event.numbers["amplitude"], 2), of_lr(event, traj.optimizer)), []).append(event)
    parts = [
        _("by ±{amplitude}{of_lr} in {axes} since step {step}").format(
            amplitude=amplitude,
            of_lr=of_lr,
            axes=_(" and ").join(traj.surface.variables[event.coordinate or 0] for event in alike),
            step=max(event.step for event in alike),
        )
        for (amplitude, of_lr), alike in swings.items()
    ]
    sentence = _("{who} has swung {swings}, at {height}.") if at else _("{who} has swung {swings}.")
    return sentence.format(who=who, swings=_(" and ").join(parts), height=at)


def of_lr(event: Event, optimizer: Optimizer) -> str:
    """Return what a swing is of RMSprop's lr, where ε and the centering take less than 2 % of it."""
    lr, limit = float(optimizer.lr), float(stability_limit(optimizer))
    if not isinstance(optimizer, RMSprop) or "predicted" not in event.numbers or event.numbers["lr"] != lr:
        return ""
    if any(abs(event.numbers[key] - lr / limit) > 0.02 * lr / limit for key in ("amplitude", "predicted")):
        return ""
    if not optimizer.momentum:
        return " = ±lr/2"
    return " = ±lr(1+2μ)/(2(1+μ))" if optimizer.nesterov else " = ±lr/(2(1+μ))"


def stalled(who: str, event: Event, traj: Trajectory) -> list[str]:
    """Return where a run has come to rest, and whether it will stay there; then where a minimum is, if not there."""
    n = {key: number(value) for key, value in event.numbers.items()} | {"height": height(traj)}
    sentences = {
        "minimum": _("{who} has settled at the minimum since step {step}."),
        "flat": _("{who} has rested since step {step} where the gradient is {g}, at {height}."),
        "lr": _("{who} does not move: lr is 0."),
        "steps": _("{who} has hardly moved since step {step}: its longest step since then is {longest}."),
    }
    if "limit" in n:
        sentences["minimum"] = _("{who} has stood at the minimum since step {step}, but not stably: {why}.")
        sentences["flat"] = _(
            "{who} has stood since step {step} where the gradient is {g}, at {height}, but not stably: {why}."
        )
        why = _("lr × curvature = {lr_lambda} is above {limit}")
        if isinstance(traj.optimizer, SignDescent):
            why = _("each step is lr, however small g is")
        elif not isinstance(traj.optimizer, SGD):
            n["least"] = "√ε" if getattr(traj.optimizer, "eps_inside_sqrt", False) else "ε"
            why = _("once s is forgotten, lr/{least} × curvature = {lr_lambda} is above {limit}")
        n["why"] = why.format(**n)
    found = [sentences[event.cause].format(who=who, step=event.step, **n)]
    if event.cause == "flat" and traj.surface.minima and _part_left(traj) > 1e-6:
        x, y = traj.surface.minima[0]
        found.append(_("A minimum is at ({x}, {y}).").format(x=number(x), y=number(y)))
    return found


def many_seeds(clouds: Sequence[tuple[Method, Ensemble]], settings: Settings) -> str:
    """Return one line on where many runs ended: the median and the 10-90 % band of their last losses."""
    floor = settings.landscape().floor or 0.0
    sentences = []
    for method, cloud in clouds:
        last = {name: number(float(getattr(cloud, name)[-1]) - floor) for name in ("median", "low", "high")}
        sentence = _("{who} over {seeds} seeds: median {what} = {median}, 8 in 10 from {low} to {high}.").format(
            who=method.title, seeds=len(cloud.seeds), what="f − f*" if floor else "f", **last
        )
        fell = int((cloud.length < settings.steps).sum())
        if fell:
            sentence += " " + _("{n} of them did not reach the end.").format(n=fell)
        sentences.append(sentence)
    if (shown := len(clouds[0][1].seeds)) < settings.seeds:
        few = _("These are the first {n} of {seeds} seeds: more runs of this length are too much work here.")
        sentences.append(few.format(n=shown, seeds=settings.seeds))
    return " ".join(sentences)
