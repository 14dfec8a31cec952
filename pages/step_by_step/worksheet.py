"""To take away: worksheets to print (steps with blanks, a map to sketch on, questions), their key, a Moodle quiz."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import product
from pathlib import Path

import numpy as np
import streamlit as st

from pages.shared.model.language import _
from pages.shared.widgets import downloads, session
from pages.shared.widgets.downloads import File
from pages.step_by_step import sketch, words
from pages.step_by_step.exercise import VERSIONS, Exercise, exercises
from pages.step_by_step.moodle import moodle
from pages.step_by_step.questions import questions
from pages.step_by_step.slopes import slopes, value
from rmsprop_core import SGD
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.mathml import SIGNS, math, mathml
from rmsprop_core.explain.quiz import ASKED, askable, half_unit
from rmsprop_core.explain.terms import Relation, Symbol, symbols_in
from rmsprop_core.explain.walkthrough import Walk

BLANK = '<span class="blank"></span>'
STYLE = Path(__file__).with_name("worksheet.css").read_text()


def menu() -> None:
    """Offer the files, of the experiment and the step that are then on show."""
    if session.hidden("worksheet"):
        return
    with st.popover(_("Worksheet"), width="stretch", disabled=session.locked("worksheet")):
        downloads.offer(_files)


def _files() -> list[File]:
    now = session.settings()
    versions = {"first": VERSIONS[0], "last": VERSIONS[-1]}

    def file(label: str, name: str, mime: str, make: Callable[[Sequence[Exercise]], str], help: str) -> File:
        return File(label.format(**versions), f"rmsprop-{name}", mime, lambda: make(exercises(now)), help)

    return [
        file(_("Worksheets {first}–{last}"), "worksheets.html", "text/html", worksheet,
             _("To print: three steps of this run from the clock on, with blanks; each version from another start.")),
        file(_("Key {first}–{last}"), "key.html", "text/html", key, _("To print: all numbers of the worksheets.")),
        file(_("Moodle quiz (XML)"), "moodle.xml", "application/xml", moodle,
             _("The same questions for Moodle: question bank, Import, Moodle XML format.")),
    ]  # fmt: skip


def worksheet(versions: Sequence[Exercise]) -> str:
    """Return a page of HTML that needs nothing else: each version's steps with blanks, its map and its questions."""
    return _page(versions, _("{method} by hand"), _sheet)


def key(versions: Sequence[Exercise]) -> str:
    """Return the same with every number, the steps on the map, and the answers."""
    return _page(versions, _("{method} by hand: key"), _solution, "key")


def _page(versions: Sequence[Exercise], title: str, write: Callable[[Exercise], Iterator[str]], kind: str = "") -> str:
    run = versions[0].run
    title = escape(title.format(method=run.method.title))
    return "\n".join([
        "<!doctype html>",
        f'<html><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head><body class="{kind}">',
        f'<button type="button" onclick="print()">{escape(_("Print"))}</button>{sketch.ground(run.traj.surface)}',
        *(f"<section><h1>{title} <b>{each.version}</b></h1>{''.join(write(each))}</section>" for each in versions),
        "</body></html>",
    ])  # fmt: skip


def _sheet(exercise: Exercise) -> Iterator[str]:
    yield f'<p class="name">{escape(_("Name"))} {BLANK} {escape(_("Date"))} {BLANK}</p>'
    yield _intro(exercise, _("Compute with four digits; your last digit may differ."))
    if walks := exercise.walks:
        yield _given(walks[0])
        yield from (_blanks(walk, slope=k > 0) for k, walk in enumerate(walks))
        yield f"<h2>{escape(_('Sketch the steps on the map. The first point is there.'))}</h2>"
        yield sketch.sketch(exercise, solved=False)
        for n, question in enumerate(questions(exercise), 1):
            boxes = "".join(f"<li>{escape(choice.text)}</li>" for choice in question.choices)
            why = f'{escape(_("Because"))} <span class="blank"></span>'
            yield f'<div><h2>{n}. {escape(question.text)}</h2><ul>{boxes}</ul><p class="name">{why}</p></div>'


def _solution(exercise: Exercise) -> Iterator[str]:
    yield _intro(exercise, _("≈: rounded to four digits."))
    if walks := exercise.walks:
        yield from map(_key, walks)
        yield sketch.sketch(exercise, solved=True)
        for n, question in enumerate(questions(exercise), 1):
            right = question.right
            wrong = "".join(f"<li>{escape(' — '.join(choice))}</li>" for choice in question.wrong)
            yield f"<div><h2>{n}. {escape(question.text)}</h2><p><b>{escape(right.text)}</b>: {escape(right.why)}</p>"
            yield f"<ul>{wrong}</ul></div>"


def _intro(exercise: Exercise, more: str) -> str:
    """Return which steps these are, of what, and why others are left out."""
    title, walks = _(exercise.run.traj.surface.title), exercise.walks
    said = _("{surface}: this run has no step to compute.").format(surface=title)
    if walks:
        steps = {"first": walks[0].after.t, "last": walks[-1].after.t}
        said = _("{surface}, steps {first} to {last}.").format(surface=title, **steps)
    return f"<p>{escape(' '.join(filter(None, [said, exercise.left_out, more])))}</p>"


def _given(walk: Walk) -> str:
    """Return what is known before the first of the steps: the hyperparameters and what the step before left."""
    optimizer = walk.optimizer
    hypers = ("lr", "momentum") if isinstance(optimizer, SGD) else ("lr", "rho", "eps", "momentum")
    used = [key for key in hypers if key != "momentum" or float(optimizer.momentum) > 0]
    texts = [f"{SIGNS[key].text} = {digits(float(getattr(optimizer, key)), key)}" for key in used]
    used_in = {symbol for line in walk.lines for symbol in symbols_in(line.right)}
    carried = sorted({symbol.name for symbol in used_in if symbol.when == "before"} - {"theta"})
    cells = [_pair(walk, Symbol(key, "before")) for key in ("theta", *carried)]
    return f"<p>{escape(_('Given:'))} {escape(', '.join(texts))}; {', '.join(cells)}.</p>{_surface(walk)}"


def _surface(walk: Walk) -> str:
    """Return where g comes from: f and its derivatives, as far as they are short."""
    f, along = value(walk.surface), slopes(walk.surface)
    given = _("g is given with each step: noise and all.") if walk.noisy else _("g is given with each step.")
    if along and not walk.noisy:
        given = _("g is given in the first step. From then on compute it at the θ that you have come to:")
    formulas = "".join(f'<span class="formula">{formula}</span>' for formula in ((f,) if f else ()))
    return f"<p>{formulas}{escape(given)} {' '.join(along if not walk.noisy else ())}</p>"


def _pair(walk: Walk, symbol: Symbol) -> str:
    """Return symbol ≈ (x, y) of a step as MathML."""
    x, y = (mathml(walk.number(symbol, i)) for i in (0, 1))
    return f"<math><mrow>{mathml(symbol)}<mo>≈</mo><mo>(</mo>{x}<mo>,</mo>{y}<mo>)</mo></mrow></math>"


def _title(walk: Walk) -> str:
    return f"<h2>{escape(_('Step {t}').format(t=walk.after.t))}</h2>"


def asked_in(walk: Walk, i: int, slope: bool) -> tuple[str, ...]:
    """Return what is asked of a step in coordinate i: what its lines give, and where it is no more the first the slope.

    A slope that is given tells where the step before has led, which is asked there.
    """
    return (*(("g",) if slope and _sloped(walk, i) else ()), *askable(walk, i))


def _sloped(walk: Walk, i: int) -> bool:
    """Return whether the formulas on the sheet give g, at a θ that is rounded as there, to one per cent."""
    if walk.noisy or not slopes(walk.surface):
        return False
    g, theta = float(walk.after.g[i]), walk.before.theta
    halves = [half_unit(float(value), "theta") for value in theta]
    corners = [theta + np.array(signs) * halves for signs in product((-1, 1), repeat=2)]
    found = [float(np.asarray(walk.surface.grad(*corner)[i])) for corner in corners]
    return g != 0 and max(abs(each - g) for each in found) <= ASKED * abs(g)


def _blanks(walk: Walk, slope: bool) -> str:
    """Return a step's lines in symbols, with blanks for x and y; what is not asked the student is given."""
    heads = "".join(f"<th>{escape(variable)}</th>" for variable in walk.surface.variables)
    asked = [asked_in(walk, i, slope) for i in (0, 1)]
    rows = []
    for line in walk.lines:
        numbers = [math(Relation("≈", (line.left, walk.result(line, i)))) for i in (0, 1)]
        cells = [BLANK if line.quantity in asked[i] else numbers[i] for i in (0, 1)]
        rows.append(f"<tr><td>{math(line.formula)}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f"{_title(walk)}<table><tr><th></th>{heads}</tr>{''.join(rows)}</table>"


def _key(walk: Walk) -> str:
    """Return a step's lines with their numbers, y under x: side by side, long lines would overrun the paper."""
    rows = []
    for beat in walk.beats:
        for line in beat.lines:
            for i, variable in enumerate(walk.surface.variables):
                title = f'<td rowspan="2">{escape(words.beat_title(beat.kind))}</td>' if i == 0 else ""
                rows.append(f"<tr>{title}<th>{escape(variable)}</th><td>{math(walk.numeric(line, i))}</td></tr>")
    return f"<div>{_title(walk)}<table>{''.join(rows)}</table></div>"
