"""A setting, declared once: what it takes, how it is called and turned. A text becomes one of them or a complaint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
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
        """Return whether the value is finite, in the range, and whole where it has to be."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high or math.isinf(self.high) else value <= self.high
        return math.isfinite(value) and above and below and (not self.whole or value == int(value))

    def __str__(self) -> str:
        left = "(" if self.open_low or math.isinf(self.low) else "["
        right = ")" if self.open_high or math.isinf(self.high) else "]"
        low, high = (f"{end:.0f}" if self.whole else f"{end:g}" for end in (self.low, self.high))
        return f"{left}{low}, {high}{right}".replace("-", "−").replace("inf", "∞")


ANY = Range(-math.inf)
POSITIVE = Range(0.0)
SHARE = Range(0.0, 1.0, open_high=True)


class Dial(NamedTuple):
    """The track on which a number is turned, and the symbol before it with a `word` for who does not know it.

    `scale` is linear; log, where a `min` of 0 stands at the very start and `least` is the smallest number above it; or
    tail, for ρ and μ: even steps in the digits of 1 − value.
    """

    symbol: str
    scale: str
    min: float = 0.0
    max: float = 1.0
    least: float | None = None
    whole: bool = False
    word: str = ""


Takes = Range | tuple[str, ...] | None  # None: on or off


@dataclass(frozen=True)
class Setting:
    """All that a page knows of one of its settings but the value. Words are sources for gettext.

    It takes the numbers of a range, one of several texts, or on and off (None). `why` says why a range is open above,
    `surface` is the only one on which the setting has a meaning. A `look` changes what is seen of a run, not the run.
    """

    takes: Takes
    label: str = ""
    help: str = ""
    dial: Dial | None = None
    why: str = ""
    surface: str = ""
    look: bool = False

    def field(self, default: Any) -> Any:
        """Return the field of a dataclass of settings that has this one too, with a default of its own."""
        return field(default=default, metadata={"setting": self})

    def refuse(self, name: str, value: object) -> Complaint:
        """Return what is wrong with a value that it does not take."""
        takes = self.takes
        wanted = "true, false" if takes is None else str(takes) if isinstance(takes, Range) else ", ".join(takes)
        why = self.why if isinstance(takes, Range) and number_in(value) == takes.high else ""
        return Complaint(name, written(value), wanted, why=why)


def setting(default: object, takes: Takes, label: str = "", help: str = "", **more: Any) -> Any:
    """Return the field of a dataclass of settings that declares one."""
    return Setting(takes, label, help, **more).field(default)


def switch(default: bool, label: str = "", help: str = "", **more: Any) -> Any:
    """Return the field of a setting that is on or off."""
    return setting(default, None, label, help, **more)


@cache
def settings_of(kind: type[DataclassInstance]) -> dict[str, Setting]:
    """Return the settings that a dataclass declares, by name."""
    return {each.name: each.metadata["setting"] for each in fields(kind) if "setting" in each.metadata}


def looks(settings: DataclassInstance) -> dict[str, Any]:
    """Return what of the settings changes what is seen of a run, not the run."""
    return {name: getattr(settings, name) for name, each in settings_of(type(settings)).items() if each.look}


BUDGET = "budget"  # what a complaint wants where something is too much work


class Complaint(NamedTuple):
    """A value that could not be taken: whose, what stood there, what would do (range, choices, or what clashes), why.

    For a typed f it is `refused` that says what is wrong, and where. `linked`: it stood in a link.
    """

    name: str
    value: str
    wanted: str
    refused: Refused | None = None
    why: str = ""
    linked: bool = False


Record = TypeVar("Record", bound="DataclassInstance")


def changed(
    settings: Record, values: Mapping[str, object], known: Mapping[str, Setting] | None = None
) -> tuple[Record, list[Complaint]]:
    """Return the settings with each of `values` (numbers or text) that can be taken, and a complaint for the others."""
    known = known or settings_of(type(settings))
    read = {name: _read(value, known[name].takes) for name, value in values.items()}
    taken = {name: value for name, value in read.items() if value is not None}
    return replace(settings, **taken), [known[name].refuse(name, values[name]) for name in read if name not in taken]


def _read(value: object, takes: Takes) -> Any:
    """Return the value as a setting takes it, None where it does not."""
    if takes is None:
        return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
    if not isinstance(takes, Range):
        return value if value in takes else None
    number = number_in(value)
    if not takes.holds(number):
        return None
    return int(number) if takes.whole else number


def number_in(value: object) -> float:
    """Return the number that a text says, with a decimal point or comma; NaN where it says none."""
    try:
        return float(str(value).strip().replace("−", "-").replace(",", ".")) + 0.0  # −0 is 0
    except ValueError:
        return math.nan


def written(value: object) -> str:
    """Return a value as a link spells it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return str(value)
