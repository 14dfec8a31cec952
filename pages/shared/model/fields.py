"""What a page's settings take, and how a text, of a link or of a hand, becomes one of them or a complaint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
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


class Complaint(NamedTuple):
    """A value that could not be taken: whose, what stood there, and what would do (range, choices, or what clashes).

    For a typed f it is `refused` that says what is wrong, and where.
    """

    name: str
    value: str
    wanted: str
    refused: Refused | None = None


class Fields(NamedTuple):
    """What a page's settings take: numbers by their range, one of several texts, on or off."""

    ranges: Mapping[str, Range]
    choices: Mapping[str, tuple[str, ...]]
    switches: tuple[str, ...]


Record = TypeVar("Record", bound="DataclassInstance")


def changed(settings: Record, values: Mapping[str, object], fields: Fields) -> tuple[Record, list[Complaint]]:
    """Return the settings with each of `values` (numbers or text) that can be taken, and a complaint for the others."""
    taken: dict[str, Any] = {}
    complaints = []
    for name, value in values.items():
        try:
            taken[name] = _read(name, value, fields)
        except ValueError as error:
            complaints.append(Complaint(name, written(value), str(error)))
    return replace(settings, **taken), complaints


def _read(name: str, value: object, fields: Fields) -> Any:
    if name in fields.choices:
        if value not in fields.choices[name]:
            raise ValueError(", ".join(fields.choices[name]))
        return value
    if name in fields.switches:
        if str(value).lower() not in ("true", "false", "1", "0"):
            raise ValueError("true, false")
        return str(value).lower() in ("true", "1")
    wanted = fields.ranges[name]
    try:
        number = float(str(value).strip().replace("−", "-").replace(",", ".")) + 0.0  # −0 is 0
    except ValueError:
        raise ValueError(str(wanted)) from None
    if not wanted.holds(number) or (wanted.whole and number != int(number)):
        raise ValueError(str(wanted))
    return int(number) if wanted.whole else number


def written(value: object) -> str:
    """Return a value as a link spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return str(value)
