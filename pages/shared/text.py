"""Sentences about runs and settings, made from the records that the core returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pages.shared.fields import Complaint
from pages.shared.language import _
from pages.shared.settings import IDLE, Settings
from rmsprop_core import DIALECTS, SGD, Ensemble, Event, Surface, Trajectory
from rmsprop_core.events import crossings, inside_view, steps_to

if TYPE_CHECKING:
    from rmsprop_core.expression import Refused
    from rmsprop_core.sweep import FairLr

VISIBLE = 0.005  # of the view's sides: so long a step is seen in the picture
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, figures: int = 3) -> str:
    """Return the value to read: so many significant digits, a power of ten where it is very small or large.

    Up to 99999 no digit before the point is dropped.
    """
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"
    whole, short = f"{value:.0f}", f"{value:.{figures}g}"
    if abs(value) >= 1e-3 and abs(float(whole)) < 1e5:
        return (whole if "e" in short or abs(value) >= 1000 else short).replace("-", "−")
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}".replace("-", "−")


def name(method: str) -> str:
    """Return a method's name."""
    return {"rmsprop": "RMSprop", "sgd": "SGD"}[method]


def verdict(outcomes: list[tuple[str, Trajectory, list[Event]]], settings: Settings) -> str:
    """Return one line on how the visible runs ended: [(method, run, its events)]."""
    if not outcomes:
        return _("Both methods are hidden.")
    if settings.steps == 0 and len(outcomes) == 1:
        return _("No steps yet: {who} stands at the start.").format(who=name(outcomes[0][0]))
    if settings.steps == 0:
        return _("No steps yet: both methods stand at the start.")
    return " ".join(_outcome(method, traj, events) for method, traj, events in outcomes)


def _outcome(method: str, traj: Trajectory, events: list[Event]) -> str:
    who = name(method)
    kinds = {event.kind: event for event in reversed(events)}
    if "left" in kinds and kinds["left"].cause == "start":
        outside = _("{who} starts outside the view.").format(who=who)
        return outside + " " + _outcome(method, traj, [event for event in events if event.kind != "left"])
    if "left" in kinds:
        end = kinds.get("nonfinite")
        return _left(who, kinds["left"], traj) + " " + (nonfinite(who, end) if end else _end(traj))
    if "nonfinite" in kinds:
        return nonfinite(who, kinds["nonfinite"], stiffness=True)
    if "cycle" in kinds:
        return _cycle(who, [e for e in events if e.kind == "cycle"], traj)
    if "stalled" in kinds:
        return _stalled(who, kinds["stalled"], traj)
    crossed = max(crossings(traj, VISIBLE))
    if crossed >= 0.4 * traj.steps and traj.steps >= 10 and _part_left(traj) > 1e-3:
        return _crossing(who, traj)
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
    return _("f − f* = {above}").format(above=number(max(traj.f[-1] - floor, 0.0)))


def _loss(who: str, traj: Trajectory) -> str:
    return _("{who} is at {height} after {steps} steps.").format(who=who, height=_height(traj), steps=traj.steps)


def _end(traj: Trajectory) -> str:
    """Return where a run that has left the view ended."""
    words = {"height": _height(traj), "steps": traj.steps}
    if inside_view(traj.surface, traj.theta[-1:])[0]:
        return _("It has come back, and is at {height} after {steps} steps.").format(**words)
    return _("It is at {height} after {steps} steps.").format(**words)


def _crossing(who: str, traj: Trajectory) -> str:
    """Return how often a run crossed the valley, and where it stands along it."""
    counts = crossings(traj, VISIBLE)
    words = {"who": who, "n": max(counts), "height": _height(traj)}
    along = _furthest(traj)
    if counts[along] > 0.1 * max(counts):  # not a valley along x or y
        return _("{who} has gone to and fro {n} times and is at {height}.").format(**words)
    return _("{who} has crossed the valley {n} times and stands at {axis} = {x} with {height}.").format(
        **words, axis=traj.surface.variables[along], x=number(traj.theta[-1, along], 2)
    )


def _furthest(traj: Trajectory) -> int:
    """Return the coordinate in which a run has ended furthest from the nearest known minimum."""
    widths = np.ptp(np.array(traj.surface.domain), axis=1)
    goal = np.array(traj.surface.minima or ((0.0, 0.0),))
    nearest = goal[np.argmin(np.hypot(*((goal - traj.theta[-1]) / widths).T))]
    return int(np.argmax(np.abs(traj.theta[-1] - nearest) / widths))


def _left(who: str, event: Event, traj: Trajectory) -> str:
    n = {key: number(value) for key, value in event.numbers.items()}
    sentences = {
        "unstable": _("{who} left the view at step {step}: lr·λmax = {lr_lambda}, above its limit of {limit}."),
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
    if event.cause == "kick" and "bound" in n:
        n["formula"] = "lr/((1−μ)√(1−ρ))" if traj.optimizer.momentum else "lr/√(1−ρ)"
        sentences["kick"] = _(
            "{who} left the view at step {step} with a step of {delta}; it can make none above {formula} = {bound}."
        )
        if event.numbers["lr"] != traj.optimizer.lr:  # warming up
            sentences["kick"] = _(
                "{who} left the view at step {step} with a step of {delta}; "
                "with lr at most {lr} so far it can make none above {formula} = {bound}."
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
            "{who} stopped at step {step}: lr·λmax = {lr_lambda}, above its limit of {limit}, "
            "and the numbers grew beyond what a computer can hold."
        )
    return sentences[event.cause].format(who=who, step=event.step, **n)


def _cycle(who: str, cycles: list[Event], traj: Trajectory) -> str:
    """Return how far the run swings in each coordinate, and since when; of two equal swings, since both do."""
    swings: dict[tuple[str, str], list[Event]] = {}
    for event in cycles:
        amplitude, lr = event.numbers["amplitude"], float(traj.optimizer.lr)
        rests_at_half = not isinstance(traj.optimizer, SGD) and abs(amplitude - lr / 2) < 0.02 * lr
        swings.setdefault((number(amplitude, 2), _(" = ±lr/2") if rests_at_half else ""), []).append(event)
    parts = [
        _("by ±{amplitude}{half} in {axes} since step {step}").format(
            amplitude=amplitude,
            half=half,
            axes=_(" and ").join(traj.surface.variables[event.coordinate or 0] for event in alike),
            step=max(event.step for event in alike),
        )
        for (amplitude, half), alike in swings.items()
    ]
    return _("{who} swings {swings}, at {height}.").format(who=who, swings=_(" and ").join(parts), height=_height(traj))


def _stalled(who: str, event: Event, traj: Trajectory) -> str:
    n = {key: number(value) for key, value in event.numbers.items()} | {"height": _height(traj)}
    sentences = {
        "minimum": _("{who} has settled at the minimum since step {step}."),
        "flat": _("{who} rests since step {step} where the gradient is {g}, at {height}."),
        "lr": _("{who} does not move: lr is 0."),
        "steps": _("{who} hardly moves since step {step}: its longest step is {longest}."),
    }
    if _speeds_up(traj):
        sentences["minimum"] = _("{who} stands at the minimum since step {step}, while its lr/rms still grows.")
    found = sentences[event.cause].format(who=who, step=event.step, **n)
    if event.cause == "flat" and traj.surface.minima:
        x, y = traj.surface.minima[0]
        found += " " + _("A minimum is at ({x}, {y}).").format(x=number(x), y=number(y))
    return found


def _speeds_up(traj: Trajectory) -> bool:
    """Return whether the last step had an lr/rms a hundredth above the one before: s forgets, and steps will grow."""
    if isinstance(traj.optimizer, SGD) or traj.steps < 2:
        return False
    with np.errstate(all="ignore"):
        rates = np.broadcast_to(traj.lr, traj.steps)[-2:, None] / traj.rms[-2:]
    return bool((rates[1] > 1.01 * rates[0]).any())


def many_seeds(clouds: dict[str, Ensemble], settings: Settings) -> str:
    """Return one line on where many runs ended: the median and the 10-90 % band of their last losses."""
    floor = settings.landscape().floor or 0.0
    sentences = []
    for method, cloud in clouds.items():
        last = [number(float(column[-1]) - floor) for column in (cloud.median, cloud.low, cloud.high)]
        sentence = _("{who} over {seeds} seeds: median {what} = {median}, 8 in 10 from {low} to {high}.").format(
            who=name(method),
            seeds=len(cloud.seeds),
            what="f − f*" if floor else "f",
            median=last[0],
            low=last[1],
            high=last[2],
        )
        fell = int((cloud.length < settings.steps).sum())
        if fell:
            sentence += " " + _("{n} of them did not reach the end.").format(n=fell)
        sentences.append(sentence)
    return " ".join(sentences)


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
    return _("{name} cannot be “{value}”: it takes {wanted}.").format(
        name=found.name, value=found.value[:40], wanted=found.wanted
    )


def refusal(refused: Refused) -> str:
    """Return why a typed f(x, y) is no formula, and where."""
    sentences = {
        "empty": _("Type a formula in x and y, such as x^2 + 10*y^2."),
        "long": _("The formula is longer than {limit} characters."),
        "deep": _("The brackets go deeper than {limit} levels at “{piece}”."),
        "big": _("The formula has more than {limit} parts; a shorter one will do."),
        "character": _("“{piece}” at character {at} does not belong in a formula."),
        "times": _("A times sign is missing at character {at}: “{piece}”. Write 2*x, not 2x."),
        "syntax": _("This is not a formula: look at character {at}, “{piece}”."),
        "name": _("“{piece}” at character {at} is not known. Use x, y, pi, e and functions such as sin, exp, sqrt."),
        "call": _("“{piece}” at character {at} is not a function that a formula can use."),
        "arguments": _("“{piece}” at character {at} has the wrong number of arguments."),
        "number": _("The number “{piece}” at character {at} is too large or too small."),
        "exponent": _("The exponent in “{piece}” at character {at} is too large."),
        "tower": _("“{piece}” at character {at} is a power of powers; that grows too fast."),
        "undefined": _("“{piece}” at character {at} has no real value."),
        "nowhere": _("This formula has no finite value near the origin."),
    }
    other = _("“{piece}” at character {at} is not allowed: only numbers, x, y, + − * / ^, brackets and functions.")
    limit = f"{refused.limit:g}" if refused.limit is not None else ""
    piece = refused.piece if len(refused.piece) <= 30 else refused.piece[:29] + "…"
    return sentences.get(refused.kind, other).format(piece=piece, at=refused.column + 1, limit=limit)


def kinks(surface: Surface) -> str:
    """Return where a typed surface may have no gradient or no value, or nothing where it is smooth."""
    found = getattr(surface, "kinks", ())
    if not found:
        return ""
    return _("Not smooth everywhere: {pieces} has a kink, an edge or a pole.").format(
        pieces=", ".join(kink.piece for kink in found)
    )


def fair(lrs: dict[str, FairLr], settings: Settings) -> str:
    """Return what the fair lrs are, how wide the good band of each is, and that their units differ."""
    parts = []
    for method, found in lrs.items():
        if found.lr is None:
            parts.append(_("{who}: no lr works.").format(who=name(method)))
            continue
        parts.append(
            _("{who} {lr}, good from {low} to {high}").format(
                who=name(method), lr=number(found.lr), low=number(found.band[0]), high=number(found.band[1])
            )
        )
    return _(
        "Fair lr for {steps} steps, with room of 15 % on either side: {found}. The two have different units: RMSprop's "
        "lr is a length of step, SGD's a length of step per unit of slope."
    ).format(steps=settings.steps, found="; ".join(parts))


def comparison(before: Settings, now: Settings, ends: dict[str, tuple[Trajectory, Trajectory]]) -> str:
    """Return what has changed since the pin, and what it did to the end of each method: {method: (pinned, present)}."""
    names = [field for field, value in vars(now).items() if field not in UNCOMPARED and getattr(before, field) != value]
    if not names:
        return _("Pinned. Change something and read the difference here.")
    changes = _changes(names, before, now)
    effects = []
    for method, (old, new) in ends.items():
        if np.array_equal(old.theta, new.theta, equal_nan=True):
            effects.append(_("{who} is as before").format(who=name(method)))
            continue
        goal = _goal(old)
        reached = [_steps(steps_to(traj, goal)) if goal is not None else "–" for traj in (old, new)]
        lengths = [number(float(np.hypot(*traj.delta.T).sum()), 2) for traj in (old, new)]
        words = {"who": name(method), "f0": number(old.f[-1], 2), "f1": number(new.f[-1], 2)}
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
