"""What the head of a bundle holds for the walk; the JavaScript is checked against it (tests/js/declare.py)."""

from typing import Any, NotRequired, TypedDict


class FormulaLine(TypedDict):
    """A formula as MathML, in symbols, and in numbers for x and y; the browser puts the numbers in."""

    q: str
    symbols: str
    numbers: list[str]


class Beat(TypedDict):
    """A beat of the step; `because` follows from the definitions, `code` are the lines of the listing that ran."""

    kind: str
    title: str
    caption: str
    because: list[str]
    lines: list[FormulaLine]
    code: tuple[int, ...]


class Mark(TypedDict):
    """A mark on the timeline, at step t of coordinate i."""

    t: int
    kind: str
    i: int
    title: str
    text: str


class CodeLine(TypedDict):
    """A line of the listing, and the quantities that stand beside it; of docstrings it is `folded`."""

    n: int
    text: str
    values: list[str]
    folded: bool


class Beside(TypedDict):
    """Another method's step from the same point, as if it began there: its columns are "here.…"."""

    method: str
    note: str
    lines: list[FormulaLine]
    hypers: dict[str, float]


class Walk(TypedDict):
    """The walk through the steps of one run, `method` its key.

    `slopes`: ∂f/∂x and ∂f/∂y as MathML, where they are short. `start`: every quantity at step 0, x and y. `zoom`: the
    grids "zoom.f" round θ, of steps first + 1 … first + count. `flips`, of x and y: from which step to which the
    gradient changes its sign at every step.
    """

    method: str
    title: str
    steps: int
    beats: list[Beat]
    slopes: tuple[str, ...]
    start: dict[str, list[float]]
    zoom: dict[str, int]
    marks: list[Mark]
    flips: list[list[tuple[int, int]]]
    code: list[CodeLine]
    memory: dict[str, float] | None
    hypers: dict[str, float]
    symbols: dict[str, dict[str, str]]
    beside: NotRequired[Beside]


class Quiz(TypedDict):
    """What the quiz may ask at step t, and the verdict on the last answer."""

    t: int
    askable: list[list[str]]
    verdict: dict[str, Any] | None
