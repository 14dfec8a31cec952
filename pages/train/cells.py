"""What the cells of a column say: numbers, in any of the ways people write them, nothing, or words. No Streamlit."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rmsprop_core.learn.tables import LARGEST
from rmsprop_core.optimizers import Array

if TYPE_CHECKING:
    import pandas as pd

SIGNS = (".", ",")
_BLANK = " \u00a0\u2009\u202f"
_MONEY = r"[A-Z]{0,2}[$¢-¥\u20a0-\u20cf元円]|EUR|USD|GBP|CHF|JPY|CNY"
_AROUND = re.compile(rf"(\()?([+-])?(?:{_MONEY})?[{_BLANK}]?([+-])?([0-9.,].*?)[{_BLANK}]?(?:(%)|{_MONEY})?(?(1)\))")
_MINUS = str.maketrans("−–", "--")
_TRUTH = {"true": 1.0, "false": 0.0}
_MISSING = re.compile(  # no letter and no digit, an error of a spreadsheet, or a word for nothing
    r"[\W_]*|#[a-z/0]+[!?]?|\\n|\W*(n\W?[av]\W?|n\W?d\W?|k\.? ?a\.?|nan|nat|null|none|nil|missing|unknown|缺失|无)\W*",
    re.IGNORECASE,
)


def _written(decimal: str, between: str) -> re.Pattern[str]:
    """Return the numbers with this decimal sign, and this or a blank between their thousands, or nothing."""
    thousands = rf"[1-9][0-9]{{0,2}}(?:[{between}{_BLANK}'’][0-9]{{3}})+"
    return re.compile(rf"(?:(?:{thousands}|[0-9]+)(?:[{decimal}][0-9]*)?|[{decimal}][0-9]+)(?:[eE][+-]?[0-9]+)?")


_WRITTEN = tuple(zip((_written(".", ","), _written(",", ".")), (
    str.maketrans("", "", f",'’{_BLANK}"), str.maketrans(",", ".", f".'’{_BLANK}")), strict=True))  # fmt: skip


def numbers(cell: str) -> tuple[float, float]:
    """Return the number that a cell says with a decimal point, and the one with a decimal comma; NaN where none."""
    cell = cell.strip().translate(_MINUS)
    if cell.isascii() and cell.isdigit():
        return float(cell), float(cell)
    truth = _TRUTH.get(cell.lower(), math.nan)
    found = _AROUND.fullmatch(cell)
    if not found or (found[2] and found[3]):
        return truth, truth
    bracket, before, after, digits, percent = found.groups()
    factor = (-1 if bracket else 1) * (-1 if "-" in (before, after) else 1)
    point, comma = (
        factor * float(digits.translate(bare)) / (100 if percent else 1) if pattern.fullmatch(digits) else math.nan
        for pattern, bare in _WRITTEN
    )
    return point, comma


def kind(cell: str) -> int:
    """Return 1 for a number, with one decimal sign or the other, 0 for what stands for no value, −1 for words."""
    if is_missing(cell):
        return 0
    return -1 if all(map(math.isnan, numbers(cell))) else 1


def is_missing(cell: str) -> bool:
    """Return whether a cell stands for no value."""
    return bool(_MISSING.fullmatch(cell.strip()))


class Cells:
    """A column as it is written: its different cells, what each says (n, 2) with either sign, how often, where first.

    The sign is “.”, “,”, "" where both say the same, or "?" where both can be meant.
    """

    def __init__(self, column: pd.Series[Any] | list[str]) -> None:
        import pandas as pd

        self.codes, unique = pd.factorize(pd.Series(column))
        self.unique = [str(cell) for cell in unique]
        self.said = np.array([*map(numbers, self.unique), (math.nan, math.nan)])  # the last for an empty cell, code −1
        self.often = np.bincount(self.codes[self.codes >= 0], minlength=len(unique))
        self.first = np.empty(len(unique) + 1, dtype=np.intp)
        self.first[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        point, comma = self.said[:-1].T
        often = [self.often[~np.isnan(value)].sum() for value in (point, comma)]
        both = ((point < comma) | (point > comma)).any()
        self.sign = "." if often[0] > often[1] else "," if often[0] < often[1] else "?" if both else ""

    def read(self, sign: str) -> Reading:
        """Return the column with this decimal sign."""
        said = self.said.copy()
        said[~(np.abs(said) <= LARGEST)] = np.nan
        value, other = said[:-1, SIGNS.index(sign)], said[:-1, 1 - SIGNS.index(sign)]
        marks = np.array([math.isnan(v) and is_missing(cell) for v, cell in zip(value, self.unique, strict=True)], bool)
        words = np.isnan(value) & ~marks
        if self.sign == "?":
            shown = int(np.nanargmax(value != other))
        else:
            shown = next((k for k, cell in enumerate(self.unique) if _is_unlike(cell, value[k])), -1)
        return Reading(
            said[self.codes, SIGNS.index(sign)],
            [(self.unique[k], int(self.first[k])) for k in np.flatnonzero(words)],
            int(self.often[words].sum()),
            [(self.unique[k], int(self.first[k])) for k in np.flatnonzero(marks)],
            (self.unique[shown], float(value[shown]), float(other[shown])) if shown >= 0 else None,
        )


class Reading(NamedTuple):
    """A column as numbers, NaN where there is none.

    `words` are the different cells that are no number, with the place of the first, `how_many` all of them; `marks`
    those that stand for nothing; `shown` a number written otherwise than Python's, and what it says with either sign.
    """

    values: Array
    words: list[tuple[str, int]]
    how_many: int
    marks: list[tuple[str, int]]
    shown: tuple[str, float, float] | None


def _is_unlike(cell: str, value: float) -> bool:
    """Return whether a number is not what Python reads there."""
    try:
        return not math.isnan(value) and float(cell) != value
    except ValueError:
        return True
