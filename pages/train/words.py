"""Sentences about a training, made from its records. Every claim here is run by tests/pages/test_train_words.py."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pages.shared.model.fields import written
from pages.shared.model.language import _
from pages.shared.model.methods import METHODS, PLAIN, RMSPROP
from pages.shared.model.numbers import number
from pages.shared.model.verdicts import nonfinite
from pages.train import findings
from pages.train.names import short
from pages.train.settings import TITLES, Training
from pages.train.training import Job, Problem
from rmsprop_core.learn.original import Outcome
from rmsprop_core.learn.regression import History, condition
from rmsprop_core.surfaces import N_

AS_THEY_ARE = N_("As they are")  # what the control calls features in their own units


def verdict(job: Job, histories: Mapping[str, History]) -> str:
    """Return how both trainings stand beside the exact answer, and why where it is far."""
    made, of = job.made(), job.of
    if of == 0:
        return _("No epochs yet: both methods stand at the same random start.")
    problem, n = job.problem, len(job.problem.data.y)
    sentences = [_standing(key, each, job) for key, each in histories.items()]
    held = n - len(problem.y)
    if held < round(n * job.settings.test):
        few = _("Held back: {held} of {of} rows, so that {left} are left to train on.")
        sentences.insert(0, few.format(held=held, of=n, left=len(problem.y)))
    if job.stopped and made < of:
        sentences.insert(0, _("Stopped after epoch {made} of {of}.").format(made=made, of=of))
    return " ".join(filter(None, [*sentences, _reason(job, histories[RMSPROP.key])]))


def title(settings: Training, data: str) -> str:
    """Return what the moment is called, for the browser's tab: data, what the run is told by, and view."""
    what = {"data": data or _("Diabetes"), "lr": written(settings.lr), "view": _(TITLES[settings.view])}
    return _("{data} · RMSprop lr {lr} · {view}").format(**what)


def _standing(key: str, seen: History, job: Job) -> str:
    who, problem, loss = METHODS[key].title, job.problem, float(seen.loss[-1])
    if seen.ended:
        return nonfinite(who, seen.ended)
    floor, held_floor = problem.optimum.loss, problem.held_floor
    sentence = _("{who}'s loss is {ratio} times the least possible.")
    if problem.exact:
        sentence = _("{who}: loss {loss}; an exact fit exists.")
    elif held_floor:
        sentence = _(
            "{who}'s loss is {ratio} times that of least squares on the training rows, {held} times on those held back."
        )
    held = _times(float(seen.test_loss[-1]) / held_floor) if held_floor else ""
    ratio = _times(loss / floor) if floor else ""
    sentence = sentence.format(who=who, loss=number(loss), ratio=ratio, held=held)
    if float(job.methods[key].lr) == 0:
        sentence += " " + _("{who} does not move: lr is 0.").format(who=who)
    return sentence


def _times(ratio: float) -> str:
    return f"{ratio:.4f}" if ratio < 10 else number(ratio)


def _reason(job: Job, seen: History) -> str:
    """Return the most telling reason for RMSprop's being far from the exact answer, or nothing."""
    problem = job.problem
    if seen.ended or not findings.far(problem, seen):
        return ""
    part, k, swing = findings.swinging(problem, seen)
    if len(seen.loss) > 20 and part > 0.5:
        said = _("RMSprop goes to and fro: {weight} swings by ±{swing}. A smaller lr comes nearer.")
        return said.format(weight=short(problem.names[k]), swing=number(swing))
    return _walking(job, seen)


def lesson(job: Job, histories: Mapping[str, History]) -> str:
    """Return which method the features suit, where the run shows it, and what the other features are like."""
    problem, rmsprop, sgd = job.problem, histories[RMSPROP.key], histories[PLAIN.key]
    if problem.X.size > findings.MOST_NUMBERS or problem.exact or not job.done():
        return ""
    if problem.raw:
        leads = not rmsprop.ended and not sgd.ended and rmsprop.loss[-1] < sgd.loss[-1]
        said = _("κ is {kappa} with the features as they are, and RMSprop leads.") if leads else ""
        return said.format(kappa=number(problem.kappa)) if 1e4 < problem.kappa < np.inf else ""
    early, late = findings.near(problem, sgd), findings.near(problem, rmsprop)
    if early is None or late is None or not 0 < early < late or problem.kappa > 1000:
        return ""
    said = _(
        "Standardised, κ is only {kappa}, so SGD is enough: it is within 5 % in epoch {sgd}, RMSprop in {rmsprop}. "
        "Try Features “{choice}”: there κ is {raw}."
    )
    raw = number(condition(problem.data.X))
    return said.format(kappa=f"{problem.kappa:.0f}", sgd=early, rmsprop=late, choice=_(AS_THEY_ARE), raw=raw)


def caption(view: str, job: Job, histories: Mapping[str, History]) -> str:
    """Return what a view shows and what to look for."""
    problem, rmsprop = job.problem, histories[RMSPROP.key]
    walking = "" if findings.far(problem, rmsprop) else _walking(job, rmsprop)  # the verdict says it
    if view == "paths":
        alone = _("There are no other weights: this is the whole loss.")
        more = _("All other weights stand at their least-squares values here. They move too, so a path may climb.")
        return f"{alone if len(problem.names) == 2 else more} {walking}".strip()
    if view == "loss":
        floor = _("No line can go below least squares.")
        if problem.test:
            floor = _("Least squares is the floor for the training rows: on those held back a method may do better.")
        shaken = _("Each mini-batch has a slope of its own, so a line may tremble.")
        return " ".join(filter(None, [floor, shaken * (job.batch < len(problem.y)), walking]))
    if view == "steps":
        if not problem.raw:
            size = np.hypot(problem.scale.mean, problem.scale.sd)
            said = _("Standardised, every feature that varies has size 1. As they are, sizes run from {low} to {high}.")
            return said.format(low=number(size.min()), high=number(size.max()))
        if findings.mirrors(problem, job.methods[RMSPROP.key], rmsprop):
            return _("A large feature has large gradients, so its weight a small multiplier: right mirrors left.")
        return _("Left: how large each feature is. Right: what each method multiplies its gradient by.")
    if view == "weights":
        return _valley(problem)
    return _("Each point is a row. On the training rows no other weights leave less spread than least squares.")


def _walking(job: Job, seen: History) -> str:
    """Return how far RMSprop had to go in steps of about lr, where that takes it more than an epoch."""
    optimizer, problem = job.methods[RMSPROP.key], job.problem
    k, to_go = findings.farthest(problem, seen)
    lr = float(optimizer.lr)
    moving = float(getattr(optimizer, "momentum", 0.0))
    walks = not seen.ended and not moving and 2 / 3 * lr < findings.stride(seen, k) < 1.5 * lr
    if not walks or to_go / lr < len(problem.y) / job.batch:
        return ""
    said = _(
        "RMSprop's steps are about lr = {lr} long, and {weight} had to move by {far}: that takes at least {steps} "
        "steps. It made {made}. SGD takes longer steps where the slope is larger."
    )
    steps = f"{float(f'{to_go / lr:.1e}'):.0f}"
    weight, made = short(problem.names[k]), seen.last[-1].t
    return said.format(lr=number(lr), weight=weight, far=number(to_go), steps=steps, made=made)


def _valley(problem: Problem) -> str:
    """Return how the features make the way to the exact weights long."""
    if problem.raw and problem.narrowness > 100:
        return _("In a narrow valley the way down need not lead towards the exact weights: watch the distance.")
    if len(problem.names) > 2:
        i, j, r = findings.alike(problem)
        if abs(r) > 0.8:
            said = _("{one} and {other} say nearly the same, so the loss hardly tells their weights apart.")
            return said.format(one=short(problem.names[i]), other=short(problem.names[j]))
    return _("A weight times the standard deviation of its feature: the same quantity in every unit.")


def curvature(problem: Problem, seen: History) -> str:
    """Return what κ is, and why one that is hard on Explore is easy here, where it is."""
    said = _("κ: the steepest curvature by the flattest.")
    if problem.raw:
        return said
    easy = _(
        "On Explore κ = 100 is hard in 50 steps. Here there are {steps}, and the flattest, slowest direction "
        "matters little: only {part} % of what is to be gained lies along it, there 6 %."
    )
    part = number(100 * findings.flat_part(problem, seen), 2)
    return f"{said} {easy.format(steps=seen.last[-1].t, part=part)}"


def model(problem: Problem, *, own: bool) -> str:
    """Return what is trained: the model, its data, and what is learnt."""
    data = problem.data
    said = _(
        "The model ŷ = w·x + b predicts how far diabetes has progressed in a year, from {d} features of {n} patients."
    )
    if own:
        said = _("The model ŷ = w·x + b predicts {target} from {d} features of {n} rows.")
    average = _(
        "Learnt are w, a weight for each feature, and b, the prediction for a row that is average in all of them."
    )
    zero = _("Learnt are w, a weight for each feature, and b, the prediction where all of them are 0.")
    told = said.format(d=len(data.names), n=len(data.y), target=short(data.target))
    return f"{told} {zero if problem.raw else average}"


def piece(key: str) -> tuple[str, str]:
    """Return what a piece of the program is called in it, and what it does."""
    return {
        "parameter": ("Parameter", _("Holds the numbers to be learnt and the gradient of the loss.")),
        "states": ("init_rmsprop_states", _("What RMSprop remembers: a mean square for each number, 0 at first.")),
        "rmsprop": ("rmsprop", _("One update: s ← ρs + (1 − ρ)g², then θ ← θ − η g/√(s + ε).")),
        "loss": ("compute_loss_and_grad", _("How wrong the model is, and which way is up.")),
        "program": ("program", _("The loop: gradients, update, print, a hundred times.")),
    }[key]


def fault(key: str, seen: Outcome) -> tuple[str, str]:
    """Return what is wrong with the original, and what happened when it, or its repair, was run just now."""
    heading, sentence = {
        "item_access": (_("It stops at its first update"), _("s is {s:g} and θ has moved by {step:.5f}.")),
        "shared_array": (
            _("It changes the caller's array without a word"),
            _("Our array held {before:g} before and {after:.5f} after."),
        ),
        "unused_hyperparameters": (
            _("momentum and centered do nothing"),
            _("Three updates with them and without differ by {difference:.4f}."),
        ),
        "integer_state": (
            _("A state of integers is cut off"),
            _("s should be {s_right:g} and is {s:g}; the step should be {step_right:.5f} and is {step:g}."),
        ),
        "broadcast": (_("A gradient of the wrong shape passes"), _("{gradients:g} gradient moved {moved:g} weights.")),
        "first_step": (
            _("Unsaid: the first step is lr/√(1 − ρ) long, whatever the slope"),
            _("With g = {g_small:g} it is {step_small:.6f}, with g = {g_large:g} it is {step_large:.6f}."),
        ),
        "eps_inside": (
            _("Unsaid: ε = 1e-8 under the root is like 1e-4 outside it"),
            _("rms stays above {rms_least:g}: with g = {g:g} the step is {step:.1e}, far below {bound:.4f}."),
        ),
        "nothing_learnt": (
            _("Nothing is learnt: the gradients are random numbers"),
            _("1000 updates took the loss from {before:.0f} to {after:.0f}; {floor:.0f} is possible."),
        ),
        "no_epoch": (_("It never finishes an epoch"), _("Epochs finished: {epochs:g}.")),
    }[key]
    happened = [f"“{seen.error}: {seen.message}”"] if seen.error else []
    return heading, " ".join([*happened, *([sentence.format(**seen.numbers)] if seen.numbers else [])])
