"""Two dialects on one experiment: both runs, how far they part, and which switch it is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from pages.shared.model import constructors
from pages.shared.model.colours import METHODS as COLOURS
from pages.shared.model.constructors import label
from pages.shared.model.language import _
from pages.shared.model.methods import RMSPROP, Method, Run
from pages.shared.model.numbers import number
from pages.shared.model.settings import SETTINGS, Settings, in_dialect
from pages.shared.widgets.downloads import File
from pages.shared.wire.bundle import Exhibit
from pages.shared.wire.experiment import surface_key
from pages.shared.wire.programs import TARGETS, program
from rmsprop_core import DIALECTS, Clipped, Decayed, Optimizer, RMSprop
from rmsprop_core.runs.parting import Cause, Parting, Value, Values, apart, causes, parting

MINE = ("lr", "rho", "eps", "momentum", "centered")  # what stays where my numbers do; the rest is the framework's
SEEN = 1 / 300  # of the map's width: so much is seen
ALONE = 0.9  # of the distance: so much a setting makes by itself that is called the cause


def pair(settings: Settings) -> tuple[Method, Method]:
    """Return the two methods: the dialect as it is set, or with its defaults, and the one beside it."""
    ours, theirs = (made(values_of(settings, side)) for side in sides(settings))
    left = replace(RMSPROP, title=DIALECTS[settings.dialect].title, optimizer=ours)
    title = DIALECTS[settings.other].title
    if title == left.title:
        title = _("{dialect}, its own").format(dialect=title)
    right = Method("third", title, COLOURS["third"], (7, 4), "dash", "square", theirs)
    return left, right


def sides(settings: Settings) -> tuple[Settings, Settings]:
    """Return the settings of the one and of the other."""
    ours = settings if settings.numbers == "mine" else in_dialect(replace(settings, fair=False), settings.dialect)
    return ours, set_as(settings, settings.other)


def set_as(settings: Settings, dialect: str) -> Settings:
    """Return the settings in a dialect, with my numbers or with its defaults as it is wanted."""
    theirs = in_dialect(replace(settings, fair=False), dialect)
    if settings.numbers == "mine":
        theirs = replace(theirs, **{name: getattr(settings, name) for name in MINE})
        if theirs.centered and theirs.bias_correction:
            theirs = replace(theirs, bias_correction=False)
    return theirs


def values_of(settings: Settings, side: Settings) -> dict[str, Value]:
    """Return all that a side is made of: RMSprop's arguments, and what is around it in the form of its dialect."""
    found, dialect = RMSPROP.as_set(side).optimizer, DIALECTS[side.dialect]
    clip = {"clip": settings.clip, "clip_by": settings.clip_by} if settings.clip else {}
    norm = {"norm_eps": dialect.norm_eps} if settings.clip and settings.clip_by == "norm" else {}
    decay = {"decay": dialect.decay, "weight_decay": settings.weight_decay} if settings.weight_decay else {}
    return {**vars(found), **decay, **clip, **norm}


def made(values: Values) -> Optimizer:
    """Return the optimizer of values_of."""
    values = dict(values)
    around = {name: values.pop(name, "") for name in ("decay", "weight_decay", "clip", "clip_by", "norm_eps")}
    optimizer: Optimizer = RMSprop(**values)  # type: ignore[arg-type]
    if around["decay"]:
        optimizer = Decayed(optimizer, float(around["weight_decay"]), decoupled=around["decay"] == "decoupled")
    if around["clip"]:
        eps = float(around["norm_eps"] or 0)
        optimizer = Clipped(optimizer, str(around["clip_by"]), float(around["clip"]), eps=eps)
    return optimizer


def exhibit(settings: Settings) -> Exhibit:
    """Return what the player shows: both runs and the distance between them."""
    make = settings.run
    runs = [Run(method, make(method.optimizer)) for method in pair(settings)]
    gaps = apart(runs[0].traj, runs[1].traj)
    line = {"colour": "ink", "dash": (), "mark": "circle", "column": "third.apart"}
    chart: Any = {
        "key": "apart",
        "title": _("distance"),
        "lines": [line],
        "help": _("|θ − θ′|, how far the two stand apart"),
    }
    return Exhibit(
        settings.landscape(),
        surface_key(settings),
        runs,
        settings.steps,
        settings.clock(),
        sentence(settings, runs, found_causes(settings)),
        extra={"note": "", "movable": True},
        columns={"third.apart": np.concatenate((gaps, np.full(len(runs[1].traj.theta) - len(gaps), np.nan)))},
        charts=[chart],
    )


def found_causes(settings: Settings) -> list[Cause]:
    """Return the settings in which the two differ, and what each makes."""
    left, right = (values_of(settings, side) for side in sides(settings))
    return causes(left, right, lambda values: settings.run(made(values)))


def sentence(settings: Settings, runs: list[Run], found: list[Cause]) -> str:
    """Return how far the two part and which setting it is."""
    (left, a), (right, b) = runs
    names = {"a": left.title, "b": right.title}
    parts = parting(a, b)
    if not found:
        return _("{a} and {b} are the same algorithm with these numbers: every switch agrees.").format(**names)
    if parts.first is None and not parts.ended:
        same = _("{a} and {b} are identical to rounding on this run: at most {gap} apart.")
        return f"{same.format(**names, gap=number(parts.most, 2))} {_idle(found)}"
    text = _("{a} and {b} part at step {first}; they are furthest apart at step {step}, by {gap}.")
    text = text.format(**names, first=parts.first, step=parts.step, gap=number(parts.most))
    if parts.ended:
        text += " " + _("One of them ends before the other.")
    (left_edge, right_edge), _y = settings.landscape().domain
    small = parts.most < SEEN * (right_edge - left_edge)
    unseen = _("On the map that is too little to see: the chart “distance” shows it.") if small else ""
    return " ".join(filter(None, (text, _because(found, parts), unseen)))


def _idle(found: list[Cause]) -> str:
    which = ", ".join(dict.fromkeys(label(cause.name) for cause in found))
    return _("They differ in {which}, which does nothing here.").format(which=which)


def _because(found: list[Cause], parts: Parting) -> str:
    """Return which setting makes the distance: one that makes it alone and without which it is gone, or several."""
    most = parts.most
    alone = [cause for cause in found if cause.alone >= ALONE * most and not cause.without > (1 - ALONE) * most]
    if alone:
        which, gap = label(alone[0].name), number(alone[0].alone)
        if gap == number(most):
            return _("It is {which} alone.").format(which=which)
        return _("It is {which}: changed alone, it moves the path by {gap}.").format(which=which, gap=gap)
    sets = [each for each in found if each.alone > (1 - ALONE) * most or each.without < ALONE * most]
    which = _(" and ").join(dict.fromkeys(label(each.name) for each in sets))
    return _("No setting makes it alone: {which} do it together.").format(which=which) if len(sets) > 1 else ""


def value(name: str, number_: Value) -> str:
    """Return what a setting is, in a cell."""
    if name == "decay":
        return {"coupled": _("λθ added to g"), "decoupled": _("lr·λθ taken off θ")}.get(str(number_), _("none"))
    number_ = float(number_)
    places = {
        "eps_inside_sqrt": (_("outside: √s + ε"), _("inside: √(s + ε)")),
        "lr_in_velocity": (_("outside: lr · v"), _("inside: v of lr·u")),
    }
    if name in places:
        return places[name][bool(number_)]
    if name in SETTINGS and SETTINGS[name].takes is None and name != "initial_s":
        return _("yes") if number_ else _("no")
    return number(number_)


def causes_table(settings: Settings) -> tuple[list[str], list[list[str]]]:
    """Return head and rows: each setting in which the two differ, and what it does by itself."""
    left, right = pair(settings)
    head = [
        _("differs"),
        left.title,
        right.title,
        _("changed alone, it moves the first path by"),
        _("made equal, it leaves them apart by"),
    ]
    rows = [
        [label(each.name), *(value(each.name, one) for one in each.values), number(each.alone), number(each.without)]
        for each in found_causes(settings)
    ]
    return head, rows


def everyone_table(settings: Settings) -> tuple[list[str], list[list[str]]]:
    """Return head and rows: how far each dialect's run goes from the one that is set, furthest first."""
    base = settings.run(pair(settings)[0].optimizer)
    found = []
    for key, dialect in DIALECTS.items():
        traj = settings.run(made(values_of(settings, set_as(settings, key))))
        parts = parting(base, traj)
        part = "–" if parts.first is None else str(parts.first)
        found.append((parts.most, [dialect.title, number(traj.f[-1]), number(parts.most), part]))
    found.sort(key=lambda row: -np.nan_to_num(row[0], nan=np.inf))
    return [_("framework"), _("f at its end"), _("furthest from mine"), _("parts at step")], [
        row for _most, row in found
    ]


SOURCES = {
    "tutorial": "rmsprop_core/tutorial.py",
    "pytorch": "torch/optim/rmsprop.py, sgd.py (2.13)",
    "keras": "keras/src/optimizers/rmsprop.py, sgd.py (3.15)",
    "tf1": "tensorflow/python/training/rmsprop.py; core/kernels/training_ops.cc (2.21)",
    "optax": "optax/_src/alias.py, transform.py (0.2.8)",
    "d2l": "d2l.ai, chapter_optimization/rmsprop",
    "graves": "arXiv:1308.0850, eq. 38–45",
    "hinton": "Coursera, Neural Networks for Machine Learning, 6e",
}


def conventions_table() -> tuple[list[str], list[list[str]]]:
    """Return head and rows of what each dialect is: a column a dialect, made from DIALECTS itself."""

    def cell(key: str, name: str) -> str:
        settings = DIALECTS[key].settings
        if name not in settings:
            return _("none")
        framework = constructors.FRAMEWORKS.get(key)
        argument = framework.names.get(name, "") if framework and framework.names.get(name) != name else ""
        return value(name, float(settings[name])) + (f" ({argument})" if argument else "")

    rows = [[label(name), *(cell(key, name) for key in DIALECTS)] for name in vars(RMSprop())]
    velocity = [value("lr_in_velocity", float(each.sgd_lr_in_velocity)) for each in DIALECTS.values()]
    rows.append([_("SGD: the place of lr"), *velocity])
    rows += [[label("decay"), *(value("decay", each.decay) for each in DIALECTS.values())]]
    rows += [[label("norm_eps"), *(value("norm_eps", each.norm_eps) for each in DIALECTS.values())]]
    rows.append([_("source"), *(SOURCES[key] for key in DIALECTS)])
    return ["", *(dialect.title for dialect in DIALECTS.values())], rows


def calls(settings: Settings) -> list[tuple[str, str, str]]:
    """Return for both methods the constructor call in the first's and the second's framework, and what it leaves out.

    A dialect without a framework of its own is written in this project's core.
    """
    found = []
    for key, method in zip((settings.dialect, settings.other), pair(settings), strict=True):
        lost = constructors.lost(framework(key), method.optimizer)
        words = constructors.lost_words(lost) if lost else ""
        found.append((method.title, call(key, method.optimizer), words))
    return found


def framework(key: str) -> str:
    """Return what a dialect is written in: its framework, or this project's core."""
    return key if key in constructors.FRAMEWORKS else "tutorial"


def call(key: str, optimizer: Optimizer) -> str:
    """Return the constructor call of an optimizer in a dialect's framework, with the line that clips."""
    clip = constructors.clipping(framework(key), optimizer)
    return constructors.constructor(framework(key), optimizer) + (f"\n{clip}  # before each step" if clip else "")


def programs(settings: Settings) -> list[File]:
    """Return the run of each of the two as a program in its framework, or in NumPy where it has none."""
    found = {}
    for key, method in zip((settings.dialect, settings.other), pair(settings), strict=True):
        target = key if key in TARGETS else "numpy"
        label = _("Program: {framework}").format(framework=TARGETS[target].title)
        make = partial(program, settings, target, methods=[method])
        found[key] = File(label, f"rmsprop-{key}.py", "text/x-python", make)
    return [*found.values()]
