"""The views of a training: what stands in the right part of the page."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getsource
from typing import Any

import streamlit as st

from pages.shared.model.language import _
from pages.shared.model.methods import PLAIN
from pages.shared.widgets import player, say
from pages.shared.widgets.session import mirror
from pages.shared.wire import live
from pages.shared.wire.bundle import Exhibit
from pages.train import figures, state, words
from pages.train.settings import Training
from pages.train.training import Job, slice_of
from rmsprop_core.learn.original import PIECES, Fault
from rmsprop_core.learn.regression import History

# Read at once: Streamlit drops an edited module from sys.modules, and inspect then takes its classes for built-ins.
LISTINGS: dict[Any, str] = {
    each: getsource(each).rstrip() for piece in PIECES.values() for each in (piece.original, piece.working)
}


def paths(settings: Training, job: Job, histories: Mapping[str, History], line: str) -> None:
    """The slice of the loss through two weights, with both paths, in the player."""
    part = slice_of(job, settings.across, settings.up)
    key = hash((part.surface.domain, part.surface.minima, part.surface.floor))
    lesson = words.lesson(job, histories)
    line = f"{line} {lesson}".strip()
    verdict = line if part.single else line + " " + _("Each step of this clock is an epoch.")
    steps = max(traj.steps for _method, traj in part.runs)
    t = steps if settings.t is None else min(settings.t, steps)
    shown = Exhibit(part.surface, f"train:{key:x}", part.runs, steps, t, verdict)
    player.show(state.RECORD, steps, live.KEPT, live.put_up(shown))
    note = words.caption("paths", job, histories)
    if lesson:
        note += " " + words.curvature(job.problem, histories[PLAIN.key])
    say.caption(note)


def still(view: str, job: Job, histories: Mapping[str, History], line: str) -> None:
    """One of the still pictures, its verdict above and a caption below."""
    problem = job.problem
    palette = figures.DARK if st.context.theme.type == "dark" else figures.LIGHT
    draw = {
        "loss": figures.losses,
        "steps": figures.step_lengths,
        "weights": figures.weights,
        "predictions": figures.predictions,
    }[view]
    with st.container(key="verdict"):
        say.line(line)
    for k, (place, figure) in enumerate(zip(st.columns(2, gap="small"), draw(job, histories, palette), strict=True)):
        alt = f"{figure.layout.title.text}. {line}"
        config = {"displaylogo": False, "modeBarButtonsToRemove": ["sendChartToCloud"]}
        place.plotly_chart(figure, key=f"train_{view}_{k}", alt=alt, config=config)
    note = words.caption(view, job, histories)
    if view == "predictions":
        shares = figures.told_shares(problem, problem.optimum.theta)
        note = f"{_('Least squares: R² {shares}.').format(shares=shares)} {note}"
    if view in ("steps", "weights") and len(problem.data.names) > figures.SHOWN:
        note += " " + _("The {n} weights with the largest effects of {of}.").format(
            n=figures.SHOWN, of=len(problem.data.names)
        )
    if view == "predictions" and len(problem.y) > figures.POINTS:
        note += " " + _("{n} of {of} rows are drawn.").format(n=figures.POINTS, of=len(problem.y))
    say.caption(note)


def printout(settings: Training) -> None:
    """The terminal of a reader who runs the tutorial's program with the same settings."""
    shown, found = state.printout(settings), state.own()
    if found:
        note = _("This is of the diabetes data and their first settings, not of {title}: it is all the program reads.")
        say.warning(note.format(title=found.table.title))
    with st.container(key="verdict"):
        say.line(shown.lines[-1] if shown.done() and shown.lines else _("It is running."))
    if not found:
        say.caption(_("The tutorial's program with RMSprop as set on the left, as a terminal shows it."))
    with st.container(key="terminal"):
        st.code(shown.text(), language=None, height=540)


def program(settings: Training) -> None:
    """The program piece by piece: the original, what fails when it runs, and the version that works."""
    say.caption(
        _(
            "The program of the tutorial that this project grew out of, 从零开始实现RMSprop优化器 "
            "(RMSprop from scratch): each piece as printed there, what fails when it runs, and what mends it."
        )
    )
    keys = list(PIECES)
    st.segmented_control(
        _("Piece"), keys, key=mirror("train_piece", settings.piece), required=True, label_visibility="collapsed",
        on_change=lambda: state.put(piece=st.session_state["train_piece"]),
        format_func=lambda key: f"{keys.index(key) + 1} {words.piece(key)[0]}",
    )  # fmt: skip
    piece = PIECES[settings.piece]
    say.line(words.piece(settings.piece)[1])
    if piece.original is piece.working:
        say.line(_("The original is right here: nothing to mend."))
        _source(piece.working)
        return
    for each in piece.faults:
        _fault(each)
    say.line("", _("The original"))
    _source(piece.original)
    say.line("", _("The version that works"))
    _source(piece.working)


def _source(piece: Any) -> None:
    """A listing, each line of which can be read without scrolling sideways."""
    with st.container(key=f"source_{piece.__name__}"):
        st.code(LISTINGS[piece], wrap_lines=True)


def _fault(fault: Fault) -> None:
    """Run a failure of the original and its repair, now, and say what happened."""
    left, right = st.columns(2, gap="small")
    heading, original = words.fault(fault.key, fault.original())
    mended = _("The same now, and no fault.") if fault.kind == "unsaid" else _("Mended.")
    with left:
        say.line(original, f"{heading}.")
    with right:
        say.line(words.fault(fault.key, fault.working())[1], mended)
