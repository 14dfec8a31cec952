"""What a terminal shows of `python -m rmsprop_core.tutorial`, line by line as it comes. No Streamlit."""

from __future__ import annotations

from pages.shared.model.fields import written
from pages.shared.model.language import _
from pages.train.settings import Training
from pages.train.training import Work
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


class Printout(Work):
    """The program, running in portions."""

    def __init__(self, settings: Training) -> None:
        """Begin; no line is there yet."""
        words = arguments(settings)
        self.command = " ".join(["$ python -m rmsprop_core.tutorial", *words])
        self.lines: list[str] = []
        super().__init__(map(self.lines.append, program(parser().parse_args(words))), settings.epochs)

    def made(self) -> int:
        """Return how many epochs are printed."""
        return min(len(self.lines), self.of)

    def text(self) -> str:
        """Return the terminal's content; the middle of a long printout is left out."""
        lines = self.lines
        if len(lines) > HEAD + TAIL:
            gap = _("… {n} lines …").format(n=len(lines) - HEAD - TAIL)
            lines = [*lines[:HEAD], gap, *lines[-TAIL:]]
        if self.stopped and not self.ended:
            lines = [*lines, "^C"]
        return "\n".join([self.command, *lines])
