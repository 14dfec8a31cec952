"""Sentences of this page: what each beat does, what a mark on the timeline means, what went wrong in an answer."""

from __future__ import annotations

from pages.shared.model.language import _
from rmsprop_core import SGD, Event, RMSprop, Trajectory
from rmsprop_core.explain.digits import digits
from rmsprop_core.surfaces import N_


def beat_title(kind: str) -> str:
    """Return a beat's name."""
    return {
        "gradient": _("Gradient"),
        "square": _("Square"),
        "center": _("Center"),
        "root": _("Root"),
        "divide": _("Divide"),
        "velocity": _("Velocity"),
        "move": _("Move"),
    }[kind]


def beat_caption(kind: str, optimizer: RMSprop | SGD, *, noisy: bool = False) -> str:
    """Return what a beat does, for the variant in use."""
    if kind == "gradient" and noisy:
        return _("The slope of f where the step begins, and ξ, by which this step's gradient misses it: noise.")
    if kind == "root" and isinstance(optimizer, RMSprop):
        return _root_caption(optimizer)
    if kind == "divide" and isinstance(optimizer, RMSprop):
        return _divide_caption(optimizer)
    if kind == "move" and float(optimizer.momentum) > 0:
        if optimizer.nesterov:
            return _("Nesterov: look one step further along the velocity, and subtract that from θ.")
        return _("The velocity gives the step Δ. Subtract it from θ.")
    return {
        "gradient": _("The slope of f where the step begins: g points uphill, one number for each coordinate."),
        "square": _("Mix g² into the running mean s: ρ of the old mean stays, 1 − ρ of the new square comes in."),
        "center": _("Keep the mean m of g too. In w = s − m² a steady push fades. So written, w cannot round below 0:"),
        "velocity": _("The velocity v keeps μ of what it was and adds this step's push."),
        "move": _("Multiply by the learning rate η: that is the step Δ. Subtract it from θ."),
    }[kind]


def _root_caption(optimizer: RMSprop) -> str:
    corrected = _("s began at 0, so early means are too small: dividing by 1 − ρᵗ makes up for it.")
    if float(optimizer.initial_s) > 0:
        corrected = _("Dividing by 1 − ρᵗ is meant for s₀ = 0. Here s₀ is above 0, so early means come out too large.")
    guard = _("ε, here added after the root, keeps the divisor from 0.")
    if optimizer.eps_inside_sqrt:
        guard = _("ε, here inside the root, keeps the divisor from 0.")
    if float(optimizer.eps) == 0:
        guard = _("ε is 0 here: nothing keeps the divisor from 0.")
    unit = _("The root has the unit of g again.")
    return " ".join([*([corrected] if optimizer.bias_correction else []), unit, guard])


def _divide_caption(optimizer: RMSprop) -> str:
    if optimizer.centered:
        return _("Divide g by rms, each coordinate by its own: for the same g, the smaller w is, the larger is u.")
    said = _("Divide g by rms, each coordinate by its own: u is how large g is beside what s remembers of it.")
    if float(optimizer.initial_s) > 0:
        return said + " " + _("It remembers s₀ too, less with each step.")
    alike = _("Where ε is small beside s, steep and flat coordinates count alike, on average over what s remembers.")
    return f"{said} {alike}"


MARKS = {
    "kick": N_("first-step kick"),
    "peak": N_("peak of s"),
    "cycle": N_("cycle begins"),
    "forgotten": N_("spike half forgotten"),
}


def mark_text(event: Event, traj: Trajectory) -> str:
    """Return one sentence on a mark of the timeline."""
    n = {key: digits(value) for key, value in event.numbers.items()}
    n["axis"] = traj.surface.variables[event.coordinate or 0]
    if event.kind == "kick":
        n["size"], n["mean"] = digits(abs(event.numbers["u"])), "w" if event.cause == "variance" else "s"
        return _("Kick in {axis}: {mean} holds only {share} of this g², so |u| is {size}.").format(**n)
    if event.kind == "peak":
        return _("s in {axis} is at its largest of this run, {s}; at the end it is {last}.").format(**n)
    if event.kind == "cycle":
        center, amplitude = event.numbers["center"], event.numbers["amplitude"]
        n["center"] = digits(center if abs(center) > 1e-4 * amplitude else 0.0)  # as far as ± has digits
        swing = _("From here to the end {axis} swings by ±{amplitude} about {center}.").format(**n)
        if "predicted" in n:
            swing += " " + _("For this curvature theory says ±{predicted}.").format(**n)
        return swing
    return _(
        "Half of the spike in {axis} is forgotten: s was {spike} at step {spike_step}, here it is {s}"
        " (half-life {half_life} steps)."
    ).format(**n)


def sgd_note(*, moving: bool) -> str:
    """Return what SGD's line beside the walk is: its step from RMSprop's point, where both see the same gradient."""
    if moving:
        return _("SGD from this same point, as if it began here: the same g, its own η and μ, and no velocity yet")
    return _("SGD from this same point: the same g, only times its own η")


def slip(kind: str | None) -> str:
    """Return what went wrong in an answer, as far as it can be told."""
    return {
        "root": _("The root was left out."),
        "eps_side": _("ε is on the other side of the root in this variant."),
        "previous": _("That uses the value of the step before, not of this one."),
        "adagrad": _(
            "The squares were added up, as AdaGrad does. RMSprop keeps a mean: ρ of the old, 1 − ρ of the new."
        ),
        "share": _("The factor 1 − ρ is missing."),
        "bare": _("That takes g² itself for s. The mean takes 1 − ρ of it, and keeps ρ of the old s."),
        "old": _("What stays of the old value is missing."),
        "square": _("g was not squared."),
        "sign": _("A sign is wrong: a + for a −, or a − for a +."),
    }.get(kind or "", _("Not this number. Go through the line from the inside out."))
