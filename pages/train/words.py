"""Sentences about a training, made from its records. Every claim here is run by tests/pages/test_train_words.py."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pages.shared.language import _
from pages.shared.text import name, nonfinite, number
from pages.train.training import Job
from rmsprop_core import RMSprop
from rmsprop_core.original import Outcome
from rmsprop_core.regression import History
from rmsprop_core.tables import load_diabetes

DIABETES_TARGET = load_diabetes().target


def verdict(job: Job, histories: Mapping[str, History]) -> str:
    """Return how both trainings stand beside the exact answer, and why where it is far."""
    made, of = job.progress()
    if made == 0 and of == 0:
        return _("No epochs yet: both methods stand at the same random start.")
    sentences = [_standing(key, each, job) for key, each in histories.items()]
    reason = _reason(job, histories)
    held = len(job.problem.test[1]) if job.problem.test else 0
    if held < job.problem.wanted:
        few = _("Held back: {held} of {of} rows, so that {left} are left to train on.")
        sentences.insert(0, few.format(held=held, of=len(job.problem.data.y), left=len(job.problem.y)))
    if job.stopped and made < of:
        sentences.insert(0, _("Stopped after epoch {made} of {of}.").format(made=made, of=of))
    return " ".join([*sentences, *([reason] if reason else [])])


def _standing(key: str, seen: History, job: Job) -> str:
    if seen.ended:
        return nonfinite(name(key), seen.ended)
    floor, loss = job.problem.optimum.loss, float(seen.loss[-1])
    if floor <= 1e-9 * max(float(job.problem.y.var()), 1e-300):
        return _("{who}: loss {loss}; an exact fit exists.").format(who=name(key), loss=number(loss))
    ratio = loss / floor
    shown = f"{ratio:.4f}" if ratio < 10 else number(ratio)
    return _("{who} is at {ratio} times the least-squares loss.").format(who=name(key), ratio=shown)


def _reason(job: Job, histories: Mapping[str, History]) -> str:
    """Return the most telling reason for a training that is far from the exact answer, or nothing."""
    optimizer, seen, best = job.methods["rmsprop"], histories["rmsprop"], job.problem.optimum
    steps, lr = seen.last[-1].t, float(optimizer.lr)
    far = bool(seen.loss[-1] > 1.05 * best.loss) and not seen.ended
    to_go = float(np.abs(best.theta - seen.theta[0]).max())
    widest = job.problem.names[int(np.abs(best.theta - seen.theta[0]).argmax())]
    plain = isinstance(optimizer, RMSprop) and float(optimizer.momentum) == 0
    if far and plain and steps and 1.5 * lr * steps < to_go:
        return _(
            "RMSprop's steps are about lr long: {steps} of them reach {reach} far, and {weight} has {far} to go."
        ).format(steps=steps, reach=number(lr * steps), weight=widest, far=number(to_go))
    late = seen.loss[-max(2, len(seen.loss) // 4) :]
    if (
        far
        and not job.problem.raw
        and len(seen.loss) > 20
        and late[: len(late) // 2].mean() < 1.2 * late[len(late) // 2 :].mean()
    ):
        return _("RMSprop goes to and fro by about lr = {lr}: a smaller lr comes nearer, and takes longer.").format(
            lr=number(lr)
        )
    if job.problem.raw and far:
        return _("Features as they are: dividing by rms evens out their sizes, not what they have in common.")
    return ""


def caption(view: str, job: Job) -> str:
    """Return what a view shows and what to look for."""
    problem = job.problem
    if view == "paths":
        return _("All other weights stand at their least-squares values here. They move too, so a path may climb.")
    if view == "loss":
        floor = _("No line can go below least squares. Mini-batches keep both methods trembling above it.")
        return " ".join([floor, _walking(job)]).strip()
    if view == "steps" and problem.raw:
        return _("A large feature makes large gradients, so its weight gets a small multiplier: right mirrors left.")
    if view == "steps":
        return _("Standardised, all features have size 1. Take them as they are, and the multipliers differ.")
    if view == "weights" and problem.raw:
        return _("In a narrow valley the way down need not lead towards the exact weights: watch the distance.")
    if view == "weights" and problem.data.target == DIABETES_TARGET:
        return _("tc and ldl say nearly the same, so the loss hardly tells their weights apart: they settle last.")
    if view == "weights":
        return _("A weight times the standard deviation of its feature: the same quantity in every unit.")
    if view == "predictions":
        return _("Each point is a row. The exact answer leaves such a spread, too: the features do not say more.")
    return ""


def _walking(job: Job) -> str:
    """Return how far RMSprop has to walk and how long that takes it, where it takes it more than an epoch."""
    optimizer, best = job.methods["rmsprop"], job.problem.optimum
    to_go = np.abs(best.theta - job.epochs["rmsprop"][0].step.theta)
    k, lr = int(np.argmax(to_go)), float(optimizer.lr)
    if float(optimizer.momentum) or lr == 0 or to_go[k] / lr < len(job.problem.y) / job.batch:
        return ""
    return _(
        "RMSprop walks, about lr = {lr} a step: {weight} has {far} to go, some {steps} steps. "
        "SGD's steps are as long as the slope is steep."
    ).format(
        lr=number(lr), weight=job.problem.names[k], far=number(to_go[k]), steps=f"{float(f'{to_go[k] / lr:.1e}'):.0f}"
    )


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
    return f"`{seen.error}: {seen.message}` {text}".strip() if seen.error else text
