"""What a terminal shows of `python -m rmsprop_core.tutorial`, line by line as it comes. No Streamlit."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from pages.shared.model.fields import written
from pages.shared.model.language import _
from pages.train.settings import Training
from rmsprop_core.tutorial import parser, program

HEAD, TAIL = 40, 160  # lines on show of a long printout


def arguments(settings: Training) -> list[str]:
    """Return what to type after the program's name to get these settings; its own defaults are left out."""
    default = vars(parser().parse_args([]))
    words = []
    for name in ("lr", "rho", "eps", "momentum", "epochs", "batch", "seed"):
        if getattr(settings, name) != default[name]:
            words += [f"--{name}", written(getattr(settings, name))]
    return words + [f"--{name}" for name in ("centered", "raw") if getattr(settings, name)]


class Printout:
    """The program, running in portions."""

    def __init__(self, settings: Training) -> None:
        """Begin; no line is there yet."""
        words = arguments(settings)
        self.command = " ".join(["$ python -m rmsprop_core.tutorial", *words])
        self.lines: list[str] = []
        self.stopped = False
        self._rest: Iterator[str] | None = program(parser().parse_args(words))
        self._of = settings.epochs

    def advance(self, seconds: float) -> None:
        """Print for about so long."""
        until = time.perf_counter() + seconds
        while self._rest is not None and time.perf_counter() < until:
            with np.errstate(all="ignore"):  # warnings go to a terminal's other stream; the lines say inf and nan
                line = next(self._rest, None)
            if line is None:
                self._rest = None
            else:
                self.lines.append(line)

    def done(self) -> bool:
        """Return whether the program has ended or has been stopped."""
        return self.stopped or self._rest is None

    def progress(self) -> tuple[int, int]:
        """Return how many epochs of how many are printed."""
        return min(len(self.lines), self._of), self._of

    def text(self) -> str:
        """Return the terminal's content; the middle of a long printout is left out."""
        lines = self.lines
        if len(lines) > HEAD + TAIL:
            gap = _("… {n} lines …").format(n=len(lines) - HEAD - TAIL)
            lines = [*lines[:HEAD], gap, *lines[-TAIL:]]
        if self.stopped and self._rest is not None:
            lines = [*lines, "^C"]
        return "\n".join([self.command, *lines])
