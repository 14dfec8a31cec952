"""Sentences about a training, made from its records. Every claim here is run by tests/pages/test_train_words.py."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pages.shared.model.language import _
from pages.shared.model.methods import METHODS, PLAIN, RMSPROP
from pages.shared.model.numbers import number
from pages.shared.model.verdicts import nonfinite
from pages.train import findings
from pages.train.names import short
from pages.train.training import Job, Problem
from rmsprop_core.learn.original import Outcome
from rmsprop_core.learn.regression import History


def verdict(job: Job, histories: Mapping[str, History]) -> str:
    """Return how both trainings stand beside the exact answer, and why where it is far."""
    made, of = job.progress()
    if made == 0 and of == 0:
        return _("No epochs yet: both methods stand at the same random start.")
    sentences = [_standing(key, each, job) for key, each in histories.items()]
    reason = _reason(job, histories[RMSPROP.key])
    held = len(job.problem.test[1]) if job.problem.test else 0
    if held < job.problem.wanted:
        few = _("Held back: {held} of {of} rows, so that {left} are left to train on.")
        sentences.insert(0, few.format(held=held, of=len(job.problem.data.y), left=len(job.problem.y)))
    if job.stopped and made < of:
        sentences.insert(0, _("Stopped after epoch {made} of {of}.").format(made=made, of=of))
    return " ".join([*sentences, *([reason] if reason else [])])


def _standing(key: str, seen: History, job: Job) -> str:
    if seen.ended:
        return nonfinite(METHODS[key].title, seen.ended)
    floor, loss = job.problem.optimum.loss, float(seen.loss[-1])
    ratio = loss / floor if floor else 0.0
    shown = _times(ratio)
    sentence = _("{who} is at {ratio} times the least-squares loss.").format(who=METHODS[key].title, ratio=shown)
    held = job.problem.held_floor
    if held:
        sentence = _(
            "{who} is at {ratio} times the least-squares loss on the training rows, at {held} times on those held back."
        ).format(who=METHODS[key].title, ratio=shown, held=_times(float(seen.test_loss[-1]) / held))
    if job.problem.exact:
        sentence = _("{who}: loss {loss}; an exact fit exists.").format(who=METHODS[key].title, loss=number(loss))
    if float(job.methods[key].lr) == 0:
        sentence += " " + _("{who} does not move: lr is 0.").format(who=METHODS[key].title)
    return sentence


def _times(ratio: float) -> str:
    return f"{ratio:.4f}" if ratio < 10 else number(ratio)


def _reason(job: Job, seen: History) -> str:
    """Return the most telling reason for RMSprop's being far from the exact answer, or nothing."""
    optimizer, problem = job.methods[RMSPROP.key], job.problem
    steps, lr, momentum = seen.last[-1].t, float(optimizer.lr), float(optimizer.momentum)
    far = seen.loss[-1] > 1.05 * problem.optimum.loss + 1e-9 * float(problem.y.var())
    if seen.ended or steps == 0 or lr == 0 or not far:
        return ""
    part, k, swing = findings.swinging(problem, seen)
    if len(seen.loss) > 20 and part > 0.5:
        if momentum:
            return _(
                "Momentum carries RMSprop too far: {weight} swings by ±{swing}. "
                "Less momentum or a smaller lr comes nearer."
            ).format(weight=short(problem.names[k]), swing=number(swing))
        if _about(findings.stride(findings.deltas(seen, late=True)), lr):
            said = _("RMSprop goes to and fro by about lr = {lr}: a smaller lr comes nearer, and takes longer.")
            if problem.raw:
                said = _("RMSprop goes to and fro by about lr = {lr}: a smaller lr comes nearer.")
            return said.format(lr=number(lr))
    k, to_go = findings.farthest(problem, seen)
    if momentum == 0 and 1.5 * lr * steps < to_go and _about(findings.stride(findings.deltas(seen)[:, k]), lr):
        return _(
            "RMSprop's steps are about lr long: {steps} of them reach {reach} far, and {weight} has {far} to go."
        ).format(steps=steps, reach=number(lr * steps), weight=short(problem.names[k]), far=number(to_go))
    if problem.raw and part < 0.5 and problem.narrowness > 100 and findings.mirrors(problem, optimizer, seen):
        return _("Features as they are: dividing by rms evens out their sizes, not what they have in common.")
    return ""


def lesson(job: Job, histories: Mapping[str, History], as_at_first: bool) -> str:
    """Return which method the features suit, where the run shows it.

    `as_at_first`: on the diabetes data, with the settings of the first visit: it is known what the other features show.
    """
    problem, rmsprop, sgd = job.problem, histories[RMSPROP.key], histories[PLAIN.key]
    if problem.X.size > findings.MOST_NUMBERS or problem.exact or not job.done():
        return ""
    if problem.raw:
        leads = not rmsprop.ended and not sgd.ended and rmsprop.loss[-1] < sgd.loss[-1]
        if leads and 1e4 < problem.kappa < np.inf:
            return _("κ is {kappa} with the features as they are, and RMSprop leads.").format(
                kappa=number(problem.kappa)
            )
        return ""
    early, late = findings.near(problem, sgd), findings.near(problem, rmsprop)
    if early is None or late is None or not 0 < early < late or problem.kappa > 1000:
        return ""
    said = _("Standardised, κ is only {kappa}: SGD is enough, within 5 % in epoch {sgd}, RMSprop in {rmsprop}.")
    said = said.format(kappa=f"{problem.kappa:.0f}", sgd=early, rmsprop=late)
    if as_at_first:
        said += " " + _("Choose Features “{choice}”: RMSprop leads, {rmsprop} against {sgd} times.").format(
            choice=as_they_are(), **{key: f"{ratio:.2f}" for key, ratio in findings.RAW_RATIOS.items()}
        )
    return said


def as_they_are() -> str:
    """Return what the control calls features in their own units."""
    return _("As they are")


def _about(length: float, lr: float) -> bool:
    return 2 / 3 * lr < length < 1.5 * lr


def caption(view: str, job: Job, histories: Mapping[str, History]) -> str:
    """Return what a view shows and what to look for."""
    problem = job.problem
    if view == "paths":
        alone = _("There are no other weights: this is the whole loss.")
        more = _("All other weights stand at their least-squares values here. They move too, so a path may climb.")
        walking = _walking(job, histories)
        return " ".join(part for part in (alone if len(problem.names) == 2 else more, walking) if part)
    if view == "loss":
        return " ".join(
            part for part in (_floor(problem), _trembling(job, histories), _walking(job, histories)) if part
        )
    if view == "steps":
        return _multipliers(job, histories)
    if view == "weights":
        return _settling(problem, histories)
    if view == "predictions":
        return _spread(problem)
    return ""


def _floor(problem: Problem) -> str:
    if problem.exact:
        return _("An exact fit exists: the way down ends at 0.")
    if problem.test:
        return _("Least squares is the floor for the training rows only. On those held back a method may do better.")
    return _("No line can go below least squares.")


def _trembling(job: Job, histories: Mapping[str, History]) -> str:
    """Return that the lines tremble where mini-batches make them."""
    if job.batch >= len(job.problem.y) or job.problem.exact:
        return ""
    shaken = [METHODS[key].title for key, seen in histories.items() if findings.trembles(seen)]
    if len(shaken) == 2:
        return _("Each mini-batch has a slope of its own, so both lines tremble.")
    if shaken:
        return _("Each mini-batch has a slope of its own, so the line of {who} trembles.").format(who=shaken[0])
    return ""


def _walking(job: Job, histories: Mapping[str, History]) -> str:
    """Return how far RMSprop has to walk and how long that takes it, where it takes it more than an epoch."""
    optimizer, problem, seen = job.methods[RMSPROP.key], job.problem, histories[RMSPROP.key]
    k, to_go = findings.farthest(problem, seen)
    lr = float(optimizer.lr)
    if float(optimizer.momentum) or lr == 0 or to_go / lr < len(problem.y) / job.batch:
        return ""
    if not _about(findings.walk(problem, seen), lr):
        return ""
    said = _("RMSprop walks, about lr = {lr} a step: {weight} has {far} to go, some {steps} steps.").format(
        lr=number(lr), weight=short(problem.names[k]), far=number(to_go), steps=f"{float(f'{to_go / lr:.1e}'):.0f}"
    )
    if float(job.methods[PLAIN.key].momentum) == 0:
        said += " " + _("SGD's steps are as long as the slope is steep.")
    return said


def _multipliers(job: Job, histories: Mapping[str, History]) -> str:
    problem = job.problem
    if problem.raw:
        if findings.mirrors(problem, job.methods[RMSPROP.key], histories[RMSPROP.key]):
            return _(
                "A large feature makes large gradients, so its weight gets a small multiplier: right mirrors left."
            )
        return _("Left: how large each feature is. Right: what each method multiplies its gradient by.")
    said = _("Standardised, every feature that varies has size 1.")
    optimizer, seen = job.methods[RMSPROP.key], histories[RMSPROP.key]
    own = np.hypot(problem.scale.mean, problem.scale.sd)[problem.size[:-1] > 0]
    if own.size < 2 or own.max() < 10 * own.min() or not seen.last[-1].t:
        return said
    if _about(findings.stride(findings.deltas(seen)), float(optimizer.lr)):
        said += " " + _("Take them as they are, and the multipliers differ.")
    return said


def _settling(problem: Problem, histories: Mapping[str, History]) -> str:
    if problem.raw and problem.narrowness > 100:
        if any(findings.leads_away(problem, seen) for seen in histories.values()):
            return _("In a narrow valley the way down need not lead towards the exact weights: watch the distance.")
    elif len(problem.names) > 2:
        i, j, r = findings.alike(problem)
        if abs(r) > 0.8 and all({i, j} == findings.last_to_settle(problem, seen) for seen in histories.values()):
            return _(
                "{one} and {other} say nearly the same, so the loss hardly tells their weights apart: they settle last."
            ).format(one=short(problem.names[i]), other=short(problem.names[j]))
    return _("A weight times the standard deviation of its feature: the same quantity in every unit.")


def _spread(problem: Problem) -> str:
    if problem.exact:
        return _("Each point is a row. Least squares meets every row that is trained on.")
    if problem.optimum.loss > 5e-4 * float(problem.y.var()):
        return _("Each point is a row. The exact answer leaves a spread, too: no other weights leave less.")
    return _("Each point is a row.")


def piece(key: str) -> tuple[str, str]:
    """Return what a piece of the program is called in it, and what it does."""
    return {
        "parameter": ("Parameter", _("Holds the numbers to be learnt and the gradient of the loss.")),
        "states": ("init_rmsprop_states", _("What RMSprop remembers: a mean square for each number, 0 at first.")),
        "rmsprop": ("rmsprop", _("One update: s ← ρs + (1 − ρ)g², then θ ← θ − η g/√(s + ε).")),
        "loss": ("compute_loss_and_grad", _("How wrong the model is, and which way is up.")),
        "program": ("program", _("The loop: gradients, update, print, a hundred times.")),
    }[key]


def fault(key: str, seen: Outcome, mended: Outcome) -> tuple[str, str, str]:
    """Return what is wrong, what the original did when it was run just now, and what the working version did."""
    heading, original, working = {
        "item_access": (
            _("It stops at its first update"),
            _("By then s had changed to {s:g}, and θ had moved by {step:g}."),
            _("s is {s:g} and θ has moved by {step:.5f}."),
        ),
        "shared_array": (
            _("It changes the caller's array"),
            _("Our array held {before:g} before and {after:.5f} after, without a word."),
            _("Our array held {before:g} before and {after:g} after: Parameter has copied it."),
        ),
        "unused_hyperparameters": (
            _("momentum and centered do nothing"),
            _("Three updates with them and without differ by {difference:g}."),
            _("Three updates with them and without differ by {difference:.4f}."),
        ),
        "integer_state": (
            _("A state of integers is cut off"),
            _("s should be {s_right:g} and is {s:g}; the step should be {step_right:.5f} and is {step:g}."),
            _("It refuses before anything changes."),
        ),
        "broadcast": (
            _("A gradient of the wrong shape passes"),
            _("{gradients:g} gradient moved {moved:g} weights."),
            _("It refuses before anything changes."),
        ),
        "first_step": (
            _("Unsaid: how long the first step is"),
            _(
                "With g = {g_small:g} it is {step_small:.6f}, with g = {g_large:g} it is {step_large:.6f}: "
                "lr/√(1 − ρ) = {bound:.6f}, whatever the slope."
            ),
            _("The same: it is not a fault but RMSprop."),
        ),
        "eps_inside": (
            _("Unsaid: what ε inside the root means"),
            _(
                "ε = 1e-8 under the root keeps rms above {rms_least:g}: "
                "with g = {g:g} the step is {step:.1e}, far below {bound:.4f}."
            ),
            _("The same. Outside the root, as in PyTorch, ε would have to be 1e-4 for that."),
        ),
        "nothing_learnt": (
            _("Nothing is learnt"),
            _(
                "1000 updates along random numbers took the loss from {before:.0f} to {after:.0f}; "
                "{floor:.0f} is possible."
            ),
            _("1000 updates took the loss from {before:.0f} to {after:.0f}; {floor:.0f} is possible."),
        ),
        "no_epoch": (
            _("It never finishes an epoch"),
            _("Epochs finished: {epochs:g}."),
            _("Epochs finished: {epochs:g}, as many as were asked for."),
        ),
    }[key]
    return heading, _happened(original, seen), _happened(working, mended)


def _happened(sentence: str, seen: Outcome) -> str:
    text = sentence.format(**seen.numbers) if not (seen.error and not seen.numbers) or "{" not in sentence else ""
    return f"“{seen.error}: {seen.message}” {text}".strip() if seen.error else text
