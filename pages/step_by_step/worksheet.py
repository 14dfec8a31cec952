"""A worksheet to print: steps of the present run with blanks, and their key on a page of its own."""

from __future__ import annotations

from html import escape
from pathlib import Path

from pages.shared.model.language import _
from pages.shared.widgets import downloads, session
from pages.shared.widgets.downloads import File
from pages.step_by_step import words
from pages.step_by_step.slopes import slopes, value
from pages.step_by_step.walk import Walked, walked
from rmsprop_core import SGD
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.mathml import SIGNS, math, mathml
from rmsprop_core.explain.terms import Relation, Symbol, symbols_in
from rmsprop_core.explain.walkthrough import Line, Walk

STEPS = 3
BLANK = '<span class="blank"></span>'
STYLE = Path(__file__).with_name("worksheet.css").read_text()


def button() -> None:
    """Offer the worksheet, of the experiment and the step that are then on show."""
    downloads.offer(_files)


def _files() -> list[File]:
    now = session.settings()
    return [
        File(
            _("Worksheet"), "rmsprop-worksheet.html", "text/html", lambda: worksheet(walked(now), now.clock()),
            help=_("To print: three steps of this run from the clock on, with blanks, and its key."),
        )
    ]  # fmt: skip


def worksheet(run: Walked, t: int) -> str:
    """Return a page of HTML that needs nothing else: up to STEPS steps from t on with blanks, then their key."""
    traj = run.traj
    first = max(1, min(t, traj.steps - STEPS + 1))
    walks = [run.at(step) for step in range(first, min(first + STEPS, traj.steps + 1))]
    method = run.method.title
    title = _("{method} by hand").format(method=method)
    intro = _("{surface}, steps {first} to {last}. Compute with four digits; your last digit may differ.").format(
        surface=_(traj.surface.title), first=first, last=first + len(walks) - 1
    )
    if not walks:
        intro = _("{surface}: this run has no step to compute.").format(surface=_(traj.surface.title))
    parts = [
        "<!doctype html>",
        f'<html><head><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style></head><body>',
        f'<button type="button" onclick="print()">{escape(_("Print"))}</button>',
        f"<h1>{escape(title)}</h1><p>{escape(intro)}</p>",
        *([_given(walks[0])] if walks else []),
        *(_blanks(walk) for walk in walks),
        f'<section class="key"><h1>{escape(_("Key"))}</h1><p>{escape(_("≈: rounded to four digits."))}</p>',
        *(_key(walk) for walk in walks),
        "</section></body></html>",
    ]
    return "\n".join(parts)


def _given(walk: Walk) -> str:
    """Return what is known before the first of the steps: the hyperparameters and what the step before left."""
    optimizer = walk.optimizer
    hypers = ("lr", "momentum") if isinstance(optimizer, SGD) else ("lr", "rho", "eps", "momentum")
    used = [key for key in hypers if key != "momentum" or float(optimizer.momentum) > 0]
    texts = [f"{SIGNS[key].text} = {digits(float(getattr(optimizer, key)), key)}" for key in used]
    carried = sorted({symbol.name for line in walk.lines for symbol in _before(line)} - {"theta"})
    cells = [_pair(walk, Symbol(key, "before")) for key in ("theta", *carried)]
    return f"<p>{escape(_('Given:'))} {escape(', '.join(texts))}; {', '.join(cells)}.</p>{_surface(walk)}"


def _surface(walk: Walk) -> str:
    """Return where g comes from: f and its derivatives, as far as they are short."""
    f, along = value(walk.surface), slopes(walk.surface)
    given = _("g is given with each step: noise and all.") if walk.noisy else _("g is given with each step.")
    if along and not walk.noisy:
        given = _("g is given with each step; at a θ of your own it is:")
    formulas = "".join(f'<span class="formula">{formula}</span>' for formula in ((f,) if f else ()))
    return f"<p>{formulas}{escape(given)} {' '.join(along if not walk.noisy else ())}</p>"


def _pair(walk: Walk, symbol: Symbol) -> str:
    """Return symbol ≈ (x, y) of a step as MathML."""
    x, y = (mathml(walk.number(symbol, i)) for i in (0, 1))
    return f"<math><mrow>{mathml(symbol)}<mo>≈</mo><mo>(</mo>{x}<mo>,</mo>{y}<mo>)</mo></mrow></math>"


def _before(line: Line) -> set[Symbol]:
    return {symbol for symbol in symbols_in(line.right) if symbol.when == "before"}


def _title(walk: Walk) -> str:
    return f"<h2>{escape(_('Step {t}').format(t=walk.after.t))}</h2>"


def _blanks(walk: Walk) -> str:
    """Return a step's lines in symbols, with blanks for x and y; g takes the surface, so the student is given it."""
    heads = "".join(f"<th>{escape(variable)}</th>" for variable in walk.surface.variables)
    rows = []
    for line in walk.lines:
        given = line.quantity == "g"
        cells = [math(Relation("≈", (line.left, walk.result(line, i)))) if given else BLANK for i in (0, 1)]
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
