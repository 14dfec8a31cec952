"""Budgets: how much one link may have computed, however it is put together; two hundred students share two cores.

They count operations on a number, not seconds, so that a link shows the same on every machine. On the test machine
300 million take a second.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from threading import RLock

from pages.shared.model.settings import Settings
from rmsprop_core.expression import Expression

STEP = 80  # operations that a step of one run takes beside those of a typed f
ROW = 140  # numbers are done with while an operation on a row of them begins
PATIENT = 16  # a patient more in the mini-batches of one run
CLOUD = 850_000_000  # of the runs with many seeds, all methods together
FEWEST = 5  # seeds are run in any case
MAP = 450_000_000  # of a map of settings, for each of its two methods
QUICK = 1_500  # steps of a plain run: what is longer than so many is made one at a time
SEARCH = 1_000_000  # of the steps of one of the runs in a search for fair lrs
LESSON = 100_000  # steps of all runs in the facts of one lesson; those of a typed f count as more
RUNS = 25  # a search for fair lrs counts as so many
FORMULA, EXPRESSION = 10_000, 50  # to read a typed f, a fact: in steps


class SpentError(ValueError):
    """A lesson's facts take more than its budget."""


class Budget:
    """What the facts of a lesson may still take."""

    def __init__(self) -> None:
        self.left = float(LESSON)
        self.runs: set[object] = set()

    def take(self, steps: float) -> None:
        """Take so many steps from it.

        Raises:
            SpentError: it is spent.
        """
        self.left -= steps
        if self.left < 0:
            raise SpentError(f"all facts of a lesson together take more than {LESSON:,} steps")

    def run(self, run: object, settings: Settings, times: int = 1) -> None:
        """Take the steps of a run, unless it has been taken before."""
        if run not in self.runs:
            self.runs.add(run)
            self.take(times * settings.steps * operations(settings) / STEP)


in_line: ContextVar[bool] = ContextVar("in_line", default=False)  # whether this thread is one that all wait for
_alone = RLock()


def alone(settings: Settings, times: int = 1) -> AbstractContextManager[object]:
    """Keep what takes as long as so many runs from going on beside another that is long; what is quick just goes on."""
    return _alone if times * settings.steps * operations(settings) > QUICK * STEP else nullcontext()


def operations(settings: Settings) -> int:
    """Return about how many operations one step takes."""
    surface = settings.landscape()
    return STEP + (surface.operations if isinstance(surface, Expression) else 0)


def seeds(settings: Settings) -> int:
    """Return how many of the seeds that are wanted are run within the budget."""
    each, batch = operations(settings), settings.circumstances()["batch"] or 0
    room = CLOUD / (max(settings.steps, 1) * len(settings.seen())) - ROW * each
    return min(settings.seeds, max(FEWEST, int(room / (each + PATIENT * batch))))


def searched(settings: Settings) -> bool:
    """Return whether a search for fair lrs is within the budget."""
    return settings.steps * operations(settings) <= SEARCH
