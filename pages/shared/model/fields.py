"""A setting, declared once: what it takes, how it is called and turned. A text becomes one of them or a complaint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from rmsprop_core.expression import Refused


class Range(NamedTuple):
    """The numbers that a setting takes: low <= value < below, or <= high."""

    low: float
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    whole: bool = False

    def holds(self, value: float) -> bool:
        """Return whether the value is finite and in the range."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high or math.isinf(self.high) else value <= self.high
        return math.isfinite(value) and above and below

    def __str__(self) -> str:
        left = "(" if self.open_low or math.isinf(self.low) else "["
        right = ")" if self.open_high or math.isinf(self.high) else "]"
        low, high = (f"{end:.0f}" if self.whole else f"{end:g}" for end in (self.low, self.high))
        return f"{left}{low}, {high}{right}".replace("-", "−").replace("inf", "∞")


ANY = Range(-math.inf)
POSITIVE = Range(0.0)
SHARE = Range(0.0, 1.0, open_high=True)


class Dial(NamedTuple):
    """The track on which a number is turned, and the symbol before it.

    `scale` is linear; log, where a `min` of 0 stands at the very start and `least` is the smallest number above it; or
    tail, for ρ and μ: even steps in the digits of 1 − value.
    """

    symbol: str
    scale: str
    min: float = 0.0
    max: float = 1.0
    least: float | None = None
    whole: bool = False


@dataclass(frozen=True)
class Setting:
    """All that a page knows of one of its settings but the value. Words are sources for gettext.

    It takes the numbers of a range, one of several texts, or on and off (None). `why` says why a range is open above,
    `surface` is the only one on which the setting has a meaning, `feeds` the method and its argument that it sets.
    """

    takes: Range | tuple[str, ...] | None
    label: str = ""
    help: str = ""
    dial: Dial | None = None
    why: str = ""
    surface: str = ""
    feeds: tuple[str, str] = ("", "")

    def field(self, default: Any) -> Any:
        """Return the field of a dataclass of settings."""
        return field(default=default, metadata={"setting": self})


def settings_of(kind: type[DataclassInstance]) -> dict[str, Setting]:
    """Return the settings that a dataclass declares, by name."""
    return {each.name: each.metadata["setting"] for each in fields(kind) if "setting" in each.metadata}


class Complaint(NamedTuple):
    """A value that could not be taken: whose, what stood there, what would do (range, choices, or what clashes), why.

    For a typed f it is `refused` that says what is wrong, and where.
    """

    name: str
    value: str
    wanted: str
    refused: Refused | None = None
    why: str = ""


class UnfitError(ValueError):
    """A value that a setting does not take: what it would take, and why not this one."""

    def __init__(self, wanted: str, why: str = "") -> None:
        super().__init__(wanted)
        self.wanted, self.why = wanted, why


Record = TypeVar("Record", bound="DataclassInstance")


def changed(
    settings: Record, values: Mapping[str, object], known: Mapping[str, Setting]
) -> tuple[Record, list[Complaint]]:
    """Return the settings with each of `values` (numbers or text) that can be taken, and a complaint for the others."""
    taken: dict[str, Any] = {}
    complaints = []
    for name, value in values.items():
        try:
            taken[name] = _read(value, known[name])
        except UnfitError as unfit:
            complaints.append(Complaint(name, written(value), unfit.wanted, why=unfit.why))
    return replace(settings, **taken), complaints


def _read(value: object, setting: Setting) -> Any:
    takes = setting.takes
    if takes is None:
        if str(value).lower() not in ("true", "false", "1", "0"):
            raise UnfitError("true, false")
        return str(value).lower() in ("true", "1")
    if not isinstance(takes, Range):
        if value not in takes:
            raise UnfitError(", ".join(takes))
        return value
    try:
        number = float(str(value).strip().replace("−", "-").replace(",", ".")) + 0.0  # −0 is 0
    except ValueError:
        raise UnfitError(str(takes)) from None
    if not takes.holds(number) or (takes.whole and number != int(number)):
        raise UnfitError(str(takes), setting.why if number == takes.high else "")
    return int(number) if takes.whole else number


def written(value: object) -> str:
    """Return a value as a link spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return str(value)
