"""The record of a page, from which app.py makes the navigation and the routes."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.wire.code import PLAYER
from pages.shared.wire.live import Build, Runs, seen


@dataclass(frozen=True)
class Page:
    """A page: its folder under pages/, what it is called (a source for gettext), and the path at which it answers.

    `shows` makes what its player shows of a link, where it can be asked for by itself, out of the runs of the
    optimizers `runs`; `code` is the player's module.
    """

    folder: str
    title: str
    url: str
    shows: Build | None = None
    code: str = PLAYER
    runs: Runs = seen
