"""What the head of a bundle holds; the JavaScript is checked against these records (tests/js/declare.py)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict


class Run(TypedDict):
    """A method's run: its columns are "key.x", "key.y", …; `colour` is its name in the style sheet.

    `ended`: it stopped before its last step. `pinned`: kept to compare with, in grey. "key.cloud" holds `seeds` paths.
    """

    key: str
    title: str
    colour: str
    dash: Sequence[int]
    mark: str
    ended: bool
    pinned: bool
    seeds: int


class Drawn(TypedDict, total=False):
    """What a line draws: a column, the length of a pair of columns, a number or column over a column, or a constant.

    `band` are the columns of a lower and an upper edge; `end` is the line's name, right of the chart.
    """

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
    mark: str


class Chart(TypedDict):
    """A chart over the steps, its scale logarithmic, or where it has a `unit` linear within ±unit."""

    key: str
    title: str
    unit: NotRequired[float | None]
    lines: list[Line]
    help: NotRequired[str]


class Levels(TypedDict):
    """Level lines, from `start` to `end` by `size`, and the numbers on their scale."""

    start: float
    end: float
    size: float
    ticks: Sequence[float]
    labels: Sequence[str]


class Relief(Levels):
    """How heights are drawn in 3-D: f, or log(f − floor + unit), as a `note` says. `lowest` is f at the minima."""

    floor: float | None
    unit: float
    note: str
    lowest: float | None


class Surface(Levels):
    """A surface as it is drawn; its grids are the columns "surface.z" and "surface.f", y first, n points a side.

    `height` is what the colour bar measures.
    """

    key: str
    x: tuple[float, float]
    y: tuple[float, float]
    n: int
    height: str
    minima: Sequence[tuple[float, float]]
    variables: Sequence[str]
    relief: Relief


class Formulas(TypedDict):
    """A method's update as lines of MathML; its dials are called as its symbols are (lr, rho, …), after `prefix`."""

    title: str
    colour: str
    prefix: str
    lines: Sequence[str]


class Offer(TypedDict):
    """A change that is one click away: its label, and the parameters of a link."""

    label: str
    query: Mapping[str, str]


class Head(TypedDict):
    """The head; `columns` are name, type and length of each, `charts` the loss and those that take turns beside it.

    `run` names what is to be seen: two bundles with the same name paint the same picture. `surface` and `words`, what
    stands in place of the browser's own texts, travel when it does not have them yet. A cue puts the clock to `t` and
    shows the `relief`. `verdict` is said at the end; before it, the numbers of the step and of the `story` the last
    text by then: [(step, text)]. `seed` is that of the path that stands out among many. `brought` are settings that
    followed from what the hand has turned, as a link spells them. Of `walk` and `place` their pages know more.
    """

    steps: int
    surface_key: str
    variables: Sequence[str]
    runs: list[Run]
    charts: list[Chart]
    verdict: str
    story: NotRequired[Sequence[tuple[int, str]]]
    formulas: NotRequired[Sequence[Formulas]]
    columns: list[tuple[str, Literal["f8", "f4", "u1"], int]]
    run: str
    t: int
    surface: Surface | None
    words: NotRequired[dict[str, str]]
    note: NotRequired[str]
    brought: NotRequired[Mapping[str, str]]
    movable: NotRequired[bool]
    seed: NotRequired[int | None]
    relief: NotRequired[bool]
    place: NotRequired[Mapping[str, float]]
    walk: NotRequired[Any]


class Told(TypedDict):
    """What the page tells the player: where the bundle is, and what no link says.

    `ack` is the last turn of a dial that the query knows of; `cue` counts how often the clock was set to `t` from
    outside, and `look` is what a link says of how things look. `fixed`: the start can't be moved. `intro` is for who
    comes for the first time, in its place the `claim` of an example; `offer` is the next click after these runs. `note`
    stands in place of the bundle's; `failed` is said when no bundle comes. `quiz` is Step by step's. `ahead` is
    the query of the lesson's next moment.
    """

    path: str
    query: Mapping[str, str]
    ack: int
    cue: int
    t: int
    look: Mapping[str, Any]
    fixed: bool
    relief: NotRequired[bool]
    note: NotRequired[str]
    intro: NotRequired[str]
    claim: NotRequired[str]
    offer: NotRequired[Offer | None]
    failed: str
    quiz: NotRequired[Any]
    ahead: NotRequired[Mapping[str, str]]
