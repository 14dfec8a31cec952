"""What the head of a bundle holds. The same names stand in pages/shared/web/head.js; a test compares the two."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict


class Run(TypedDict):
    """A method's run: its columns are "key.x", "key.y", …; `colour` is its name in the style sheet."""

    key: str
    title: str
    colour: str
    dash: Sequence[int]
    mark: str
    ended: bool
    pinned: bool
    seeds: int


class Drawn(TypedDict, total=False):
    """What a line draws: a column, the length of a pair of columns, a number or column over a column, or a constant."""

    column: str
    band: tuple[str, str]
    norm: tuple[str, str]
    over: tuple[str | float, str]
    constant: float
    width: float
    end: str


class Line(Drawn):
    """A line of a chart."""

    colour: str
    dash: Sequence[int]
    mark: str | None


class Chart(TypedDict):
    """A chart over the steps."""

    key: str
    title: str
    scale: str
    unit: NotRequired[float]
    lines: list[Line]
    help: NotRequired[str]


class Relief(TypedDict):
    """How heights are drawn in 3-D: f itself, or log(f − floor + unit), which has a place for the floor too."""

    floor: float | None
    unit: float
    title: str
    lowest: float | None


class Surface(TypedDict):
    """A surface as it is drawn; its grids are the columns "surface.z" and "surface.f", y first, n points a side."""

    key: str
    x: Sequence[float]
    y: Sequence[float]
    n: int
    start: float
    end: float
    size: float
    ticks: Sequence[float]
    labels: Sequence[str]
    height: str
    minima: Sequence[Sequence[float]]
    variables: Sequence[str]
    relief: Relief


class Quantity(TypedDict):
    """What the table of numbers can show: symbol, name, and the columns of x and y."""

    symbol: dict[str, str]
    name: str
    help: str
    columns: list[str]


class Head(TypedDict):
    """The head; `columns` are name, type and length of each; of the last one its page knows more."""

    steps: int
    surface_key: str
    variables: Sequence[str]
    runs: list[Run]
    charts: list[Chart]
    verdict: str
    columns: list[tuple[str, str, int]]
    run: str
    t: int
    surface: Surface | None
    words: NotRequired[dict[str, Any]]
    note: NotRequired[str]
    movable: NotRequired[bool]
    seed: NotRequired[int | None]
    relief: NotRequired[bool]
    walk: NotRequired[Any]


class Told(TypedDict):
    """What the page tells the player: where the bundle is, and what no link says."""

    path: str
    query: Mapping[str, str]
    ack: int
    cue: int
    t: int
    relief: NotRequired[bool]
    note: NotRequired[str]
    failed: str
    quiz: NotRequired[Any]
