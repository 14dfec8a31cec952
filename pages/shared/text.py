"""Sentences about runs and settings, made from the records that the core returns."""

from __future__ import annotations

import numpy as np

from pages.shared.language import _
from pages.shared.settings import Complaint, Settings
from rmsprop_core import SGD, Event, Trajectory
from rmsprop_core.events import crossings

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, figures: int = 3) -> str:
    """Return the value to read: three significant digits, a power of ten where it is very small or large."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.{figures}g}".replace("-", "−") if abs(value) < 1000 else f"{value:.0f}".replace("-", "−")
    mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}".replace("-", "−")


def name(method: str) -> str:
    """Return a method's name."""
    return {"rmsprop": "RMSprop", "sgd": "SGD"}[method]


def verdict(outcomes: list[tuple[str, Trajectory, list[Event]]], settings: Settings) -> str:
    """Return one line on how the visible runs ended: [(method, run, its events)]."""
    if not outcomes:
        return _("Both methods are hidden.")
    if settings.steps == 0:
        return _("No steps yet: both methods stand at the start.")
    return " ".join(_outcome(method, traj, events) for method, traj, events in outcomes)


def _outcome(method: str, traj: Trajectory, events: list[Event]) -> str:
    who = name(method)
    kinds = {event.kind: event for event in reversed(events)}
    if "left" in kinds and kinds["left"].cause == "start":
        return _("{who} starts outside the view. ").format(who=who) + _loss(who, traj)
    if "nonfinite" in kinds:
        before = _left(who, kinds["left"]) + " " if "left" in kinds else ""
        return before + nonfinite(who, kinds["nonfinite"])
    if "left" in kinds:
        return _left(who, kinds["left"]) + " " + _loss(who, traj)
    if "cycle" in kinds:
        return _cycle(who, [e for e in events if e.kind == "cycle"], traj)
    if "stalled" in kinds:
        return _stalled(who, kinds["stalled"])
    crossed = max(crossings(traj))
    if crossed >= 0.4 * traj.steps and traj.steps >= 10 and _part_left(traj) > 1e-3:
        return _crossing(who, crossed, traj)
    return _loss(who, traj)


def _part_left(traj: Trajectory) -> float:
    """Return (f − floor) at the end as a part of that at the start; 1 where f has no floor."""
    floor = traj.surface.floor
    if floor is None or traj.f[0] <= floor:
        return 1.0
    return float((traj.f[-1] - floor) / (traj.f[0] - floor))


def _height(traj: Trajectory) -> str:
    floor = traj.surface.floor
    if floor is None or floor == 0:
        return _("f = {f}").format(f=number(traj.f[-1]))
    return _("f = {above} above its minimum").format(above=number(max(traj.f[-1] - floor, 0.0)))


def _loss(who: str, traj: Trajectory) -> str:
    return _("{who} is at {height} after {steps} steps.").format(who=who, height=_height(traj), steps=traj.steps)


def _crossing(who: str, crossed: int, traj: Trajectory) -> str:
    widths = np.ptp(np.array(traj.surface.domain), axis=1)
    goal = np.array(traj.surface.minima or ((0.0, 0.0),))
    nearest = goal[np.argmin(np.hypot(*((goal - traj.theta[-1]) / widths).T))]
    i = int(np.argmax(np.abs(traj.theta[-1] - nearest) / widths))
    return _("{who} has crossed the valley {n} times and stands at {axis} = {x} with {height}.").format(
        who=who, n=crossed, axis=traj.surface.variables[i], x=number(traj.theta[-1, i], 2), height=_height(traj)
    )


def _left(who: str, event: Event) -> str:
    n = {key: number(value) for key, value in event.numbers.items()}
    sentences = {
        "unstable": _("{who} left the view at step {step}: lr·λmax = {lr_lambda}, above its limit of {limit}."),
        "downhill": _("{who} left the view at step {step}, going downhill all the way to f = {f}."),
        "centered": _(
            "{who} left the view at step {step}: s − m² = {w} has almost vanished, so the step grew to {delta}."
        ),
        "kick": _("{who} left the view at step {step} with a step of {delta}."),
        "momentum": _("{who} left the view at step {step}, carried by its velocity: a step of {delta}."),
    }
    if event.cause == "kick" and "bound" in n:
        sentences["kick"] = _(
            "{who} left the view at step {step} with a step of {delta}; it can make none above lr/√(1−ρ) = {bound}."
        )
    if "delta" in event.numbers:
        n["delta"] = number(abs(event.numbers["delta"]))
    return sentences[event.cause].format(who=who, step=event.step, **n)


def nonfinite(who: str, event: Event) -> str:
    """Return why a run could not go on."""
    n = {"g": number(event.numbers.get("g", 0.0)), "rms": number(event.numbers.get("rms", 0.0))}
    sentences = {
        "zero_over_zero": _(
            "{who} stopped at step {step}: g = 0 and rms = 0, and 0/0 is not a number. Give ε a value."
        ),
        "over_zero": _("{who} stopped at step {step}: rms = 0, and g = {g} divided by 0 is infinite. Give ε a value."),
        "overflow": _("{who} stopped at step {step}: the numbers grew beyond what a computer can hold."),
    }
    return sentences[event.cause].format(who=who, step=event.step, **n)


def _cycle(who: str, cycles: list[Event], traj: Trajectory) -> str:
    axes = _(" and ").join(traj.surface.variables[event.coordinate or 0] for event in cycles)
    amplitude = cycles[0].numbers["amplitude"]
    lr = cycles[0].numbers["lr"]
    half = _(" = ±lr/2") if not isinstance(traj.optimizer, SGD) and abs(amplitude - lr / 2) < 0.02 * lr else ""
    return _("{who} swings by ±{amplitude}{half} in {axes} since step {step}, at {height}.").format(
        who=who, amplitude=number(amplitude, 2), half=half, axes=axes, step=cycles[0].step, height=_height(traj)
    )


def _stalled(who: str, event: Event) -> str:
    n = {key: number(value) for key, value in event.numbers.items()}
    sentences = {
        "minimum": _("{who} has settled at the minimum since step {step}."),
        "flat": _("{who} rests since step {step} where the gradient is {g}, with f = {f}."),
        "lr": _("{who} does not move: lr is 0."),
        "steps": _("{who} hardly moves since step {step}: its longest step is {longest}."),
    }
    return sentences[event.cause].format(who=who, step=event.step, **n)


def complaint(found: Complaint) -> str:
    """Return what is wrong with a value, whose it is and what would do."""
    if not found.wanted:
        return _("{name} is not a setting of this page; it is left out.").format(name=found.name)
    if found.wanted == "centered":
        return _("bias_correction cannot be on together with centered: s − m² would be 0 at step 1. It is off.")
    return _("{name} cannot be “{value}”: it takes {wanted}.").format(
        name=found.name, value=found.value[:40], wanted=found.wanted
    )
