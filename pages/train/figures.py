"""The page's still pictures: pure functions from what was trained to Plotly figures, usable in a notebook too.

A method looks as in the player; the exact answer has the text's colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.model import colours
from pages.shared.model.language import _
from pages.shared.model.methods import METHODS, PLAIN, RMSPROP
from pages.shared.model.numbers import number, tick
from pages.train import findings
from pages.train.names import label
from pages.train.training import Job, Problem
from rmsprop_core.learn.regression import History, predict
from rmsprop_core.optimizers import Array

HEIGHT = 520
SHOWN = 20  # weights in a picture
POINTS = 1_500  # rows in a picture
MARKERS = 12  # on a curve


class Palette:
    """The colours of a theme, `of` those of the methods."""

    def __init__(self, dark: bool = False) -> None:
        self.text, self.grid, self.quiet = (each[dark] for each in (colours.INK, colours.GRID, colours.QUIET))
        self.of = {key: method.colour[dark] for key, method in METHODS.items()}


LIGHT, DARK = Palette(), Palette(dark=True)
Pair = tuple[go.Figure, go.Figure]


def losses(job: Job, histories: Mapping[str, History], palette: Palette) -> Pair:
    """Return the loss after each epoch over its floor, and how far above the floor it is."""
    floor, held = 0.0 if job.problem.exact else job.problem.optimum.loss, job.problem.held_floor
    whole = _curves({key: each.loss for key, each in histories.items()}, palette, min(floor, held or floor))
    above = _curves({key: each.loss - floor for key, each in histories.items()}, palette)
    title, floors = _("Loss above least squares"), [(_("least squares"), floor, "solid")]
    if held is not None:
        title = _("Loss above least squares, training rows")
        floors.append((_("least squares, held-back rows"), held, "dot"))
        for key, each in histories.items():
            whole.add_scatter(
                y=each.test_loss, mode="lines", hovertemplate="%{y:.5g}", showlegend=False,
                line={"color": palette.of[key], "dash": "dot", "width": 1.5},
                name=_("{method}, held-back rows").format(method=METHODS[key].title),
            )  # fmt: skip
    epochs = [0, max(len(each.loss) for each in histories.values())]
    for name, loss, dash in floors:
        if loss > 0:
            line = {"color": palette.text, "dash": dash, "width": 1.5}
            whole.add_scatter(x=epochs, y=[loss, loss], mode="lines", line=line, name=f"{name}: {number(loss, 5)}")
    return _finished(whole, _("Loss: mean squared error"), palette), _finished(above, title, palette)


def step_lengths(job: Job, histories: Mapping[str, History], palette: Palette) -> Pair:
    """Return the size of each feature, and what each weight's gradient is multiplied by: lr/rms, or SGD's lr."""
    problem, methods = job.problem, job.methods
    rows = _most(problem)
    labels, sizes, places = [problem.names[k] for k in rows], problem.size[rows], [*range(len(rows))]
    left = go.Figure()
    left.add_bar(
        x=sizes, y=places, orientation="h", marker_color=palette.quiet, width=0.5, showlegend=False,
        text=[number(value) for value in sizes], textposition="outside", hovertemplate="%{x:.4g}<extra></extra>",
    )  # fmt: skip
    rates, lr = findings.multipliers(methods[RMSPROP.key], histories[RMSPROP.key])[rows], float(methods[PLAIN.key].lr)
    right = go.Figure()
    right.add_scatter(
        x=rates, y=places, mode="markers", name=RMSPROP.title, hovertemplate="%{x:.4g}",
        marker=_mark(RMSPROP.key, palette, size=12),
    )  # fmt: skip
    right.add_scatter(
        x=np.full(len(rows), lr), y=places, mode="lines+markers", name=_("SGD: lr for all"),
        line=_line(PLAIN.key, palette), marker=_mark(PLAIN.key, palette), hovertemplate="%{x:.4g}",
    )  # fmt: skip
    for figure, values in ((left, sizes), (right, np.append(rates, lr))):
        figure.update_xaxes(**_log_axis(values, 0.25))
        _rows(figure, labels)
    right.update_yaxes(showgrid=False)
    titles = _("Size of the feature: √mean x²"), _("Multiplier of the gradient: lr/rms")
    return _finished(left, titles[0], palette), _finished(right, titles[1], palette)


def weights(job: Job, histories: Mapping[str, History], palette: Palette) -> Pair:
    """Return where each weight has come to beside its exact value, and how far all are from the exact ones."""
    problem = job.problem
    exact = problem.effects(problem.optimum.theta)
    rows = [k for k in _most(problem) if k != len(exact) - 1]
    labels, places = [problem.names[k] for k in rows], list(range(len(rows)))
    dots = go.Figure()
    dots.add_scatter(
        x=exact[rows], y=places, mode="markers", name=_("least squares"), hovertemplate="%{x:.5g}",
        marker={"color": palette.text, "symbol": "line-ns", "size": 22, "line": {"width": 3, "color": palette.text}},
    )  # fmt: skip
    widest = 3.3 * float(np.abs(exact[rows]).max(initial=0)) or 1.0
    for key, each in histories.items():
        with np.errstate(all="ignore"):
            end = problem.effects(each.theta[-1])[rows]
        if not np.abs(end).max(initial=0) <= widest:  # what has diverged leaves the picture
            dots.update_xaxes(range=[-widest, widest])
        dots.add_scatter(
            x=end, y=places, mode="markers", name=METHODS[key].title, hovertemplate="%{x:.5g}",
            marker=_mark(key, palette, size=10, opacity=0.85),
        )  # fmt: skip
    dots.update_xaxes(title=_("change of {target}").format(target=label(problem.data.target)))
    _rows(dots, labels)
    far = _curves({key: findings.distances(problem, each) for key, each in histories.items()}, palette)
    return (
        _finished(dots, _("Weights at the end, per standard deviation"), palette),
        _finished(far, _("Distance from the exact weights"), palette),
    )


def predictions(job: Job, histories: Mapping[str, History], palette: Palette) -> Pair:
    """Return predicted against actual for each method; rows held back are hollow. The diagonal is a perfect answer."""
    problem = job.problem
    sets: list[tuple[Array, Array, str, bool]] = [(problem.X, problem.y, _("training rows"), False)]
    if problem.test:
        sets.append((*problem.test, _("held-back rows"), True))
    low, high = float(problem.y.min()), float(problem.y.max())
    pad = 0.06 * (high - low) or 1.0
    left, right = (go.Figure() for _key in histories)
    for figure, (key, each) in zip((left, right), histories.items(), strict=True):
        figure.add_scatter(
            x=[low, high], y=[low, high], mode="lines", line={"color": palette.text, "width": 1.5}, hoverinfo="skip",
            name=_("predicted = actual"),
        )  # fmt: skip
        for X, y, rows, hollow in sets:
            some = np.linspace(0, len(y) - 1, min(len(y), POINTS)).astype(int)
            with np.errstate(all="ignore"):
                guess = predict(X[some], each.theta[-1])
            figure.add_scatter(
                x=y[some], y=guess, mode="markers", name=rows, hovertemplate="%{x:.5g} → %{y:.5g}",
                marker=_mark(key, palette, "-open" if hollow else "", size=7, opacity=0.6),
            )  # fmt: skip
        figure.update_xaxes(
            title=_("actual {target}").format(target=label(problem.data.target)), range=[low - pad, high + pad]
        )
        figure.update_yaxes(title=_("predicted"), range=[low - pad, high + pad])
        shares = told_shares(problem, each.theta[-1])
        _finished(figure, _("{method}: R² {shares}").format(method=METHODS[key].title, shares=shares), palette)
    return left, right


def told_shares(problem: Problem, theta: Array) -> str:
    """Return R² in words: of the training rows, and of those held back where there are any."""
    share = number(explained(problem.X, problem.y, theta))
    if problem.test is None:
        return f"= {share}"
    held = number(explained(*problem.test, theta))
    return _("{share} training, {held} held-back rows").format(share=share, held=held)


def explained(X: Array, y: Array, theta: Array) -> float:
    """Return R² on these rows: 1 − mean squared error / variance; NaN where the target has no variance."""
    variance = float(y.var())
    with np.errstate(all="ignore"):
        error = float(np.mean((predict(X, theta) - y) ** 2))
    return 1 - error / variance if variance > 0 else float("nan")


def _curves(values: Mapping[str, Array], palette: Palette, least: float = 0.0) -> go.Figure:
    """Return a curve a method over the epochs, on a log axis that reaches down to `least`."""
    figure = go.Figure()
    for key, each in values.items():
        figure.add_scatter(
            y=each, mode="lines+markers", name=METHODS[key].title, hovertemplate="%{y:.5g}",
            line=_line(key, palette), marker=_mark(key, palette, maxdisplayed=MARKERS),
        )  # fmt: skip
    every = np.concatenate(list(values.values()))
    begin = next(iter(values.values()))[0]
    inside = np.append(every[every <= 100 * begin], least)  # a run that diverges leaves the picture
    figure.update_yaxes(**_log_axis(inside, 0.05))
    longest = max(len(each) for each in values.values())
    figure.update_xaxes(title=_("epoch"), range=[-0.02 * longest, 1.02 * longest])
    return figure


def _line(key: str, palette: Palette) -> dict[str, Any]:
    return {"color": palette.of[key], "dash": METHODS[key].line, "width": 2.5}


def _mark(key: str, palette: Palette, form: str = "", size: int = 8, **more: float) -> dict[str, Any]:
    return {"color": palette.of[key], "symbol": METHODS[key].mark + form, "size": size, **more}


def _rows(figure: go.Figure, names: list[str]) -> None:
    """Give a row from the top to each weight: rows are numbered, since two long names may be shortened to one."""
    labels = [label(name) + " " for name in names]
    figure.update_yaxes(range=[len(labels) - 0.5, -0.5], tickvals=list(range(len(labels))), ticktext=labels)


def _most(problem: Problem) -> list[int]:
    """Return which weights are shown: all, or those with the largest exact effects, in their own order, b last."""
    effects = np.abs(problem.effects(problem.optimum.theta)[:-1])
    return [*sorted(np.argsort(-effects, kind="stable")[:SHOWN].tolist()), len(effects)]


def _log_axis(values: Array, room: float) -> dict[str, Any]:
    """Return a log axis with room around the positive finite values; its ticks are 1, 2, 3, 5 or powers of ten."""
    values = values[(values > 0) & np.isfinite(values)]
    low, high = np.log10([values.min(), values.max()]).tolist() if values.size else (-1.0, 1.0)
    pad = room * (high - low + 1)
    low, high = low - pad, high + pad
    every = max(1, round((high - low) / 6))
    parts = (1, 2, 3, 5) if high - low < 1.2 else (1, 3) if high - low < 2 else (1,)
    exponents = [k for k in range(int(np.floor(low)), int(np.ceil(high)) + 1) if k % every == 0]
    ticks = [m * 10.0**k for k in exponents for m in parts if -300 < k < 300]
    ticks = [v for v in ticks if low <= np.log10(v) <= high]
    if len(ticks) < 2:
        ticks = [float(f"{10**v:.2g}") for v in np.linspace(low, high, 5)[1:4] if abs(v) < 300]
    write = tick if parts == (1,) else number  # 10⁴ would stand ill between 5000 and 20000
    return {"type": "log", "range": [low, high], "tickvals": ticks, "ticktext": [write(v) for v in ticks]}


def _finished(figure: go.Figure, title: str, palette: Palette) -> go.Figure:
    """Return the figure with what all share: title, size, fonts, grid, legend on top."""
    font = {"size": 14, "color": palette.text}
    entries = sum(trace.showlegend is not False for trace in figure.data)
    figure.update_layout(
        title={"text": title, "font": font | {"size": 16}, "x": 0, "xanchor": "left", "y": 0.985},
        height=HEIGHT, margin={"l": 10, "r": 14, "t": 36 + 22 * max(entries, 2), "b": 10}, font=font,
        legend={"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0, "font": font},
        hovermode="closest", paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(gridcolor=palette.grid, zeroline=False, automargin=True, tickfont=font | {"size": 13}, title_font=font)
    return figure
