"""What the cells of a column say: numbers, in any of the ways people write them, nothing, or words. No Streamlit."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.learn.tables import LARGEST
from rmsprop_core.optimizers import Array

if TYPE_CHECKING:
    import pandas as pd

SIGNS = (".", ",")
LONGEST_CELL = 10_000  # signs: what is longer is no number, and to search millions of them holds everybody up
_ONE_OF_A_KIND = str.maketrans("−–\u00a0\u2009\u202f’", "--   '")
_MONEY = r"[A-Z]{0,2}[$¢-¥\u20a0-\u20cf元円]|EUR|USD|GBP|CHF|JPY|CNY"
_AROUND = re.compile(rf"(\()?([+-])?(?:{_MONEY})? ?([+-])?([0-9.,].*?) ?(?:(%)|{_MONEY})?(?(1)\))")
_WHOLE = "[1-9][0-9]{{0,2}}(?:[{} '][0-9]{{3}})+|[0-9]+"  # with this, a blank, an apostrophe or nothing at thousands
_FORMS = tuple(  # of each decimal sign: what is written with it, and how that becomes Python's
    (re.compile(rf"(?:(?:{_WHOLE.format(comma)})(?:[{point}][0-9]*)?|[{point}][0-9]+)(?:[eE][+-]?[0-9]+)?"),
     str.maketrans(point, ".", f"{comma} '"))
    for point, comma in (".,", ",.")
)  # fmt: skip
_TRUTH = {"true": 1.0, "false": 0.0}
_MISSING = re.compile(  # no letter and no digit, an error of a spreadsheet, or a word for nothing
    r"[\W_]*|#[a-z/0]+[!?]?|\\n|\W*(n\W?[av]\W?|n\W?d\W?|k\.? ?a\.?|nan|nat|null|none|nil|missing|unknown|缺失|无)\W*",
    re.IGNORECASE,
)


def numbers(cell: str) -> tuple[float, float]:
    """Return the number that a cell says with a decimal point, and the one with a decimal comma; NaN where none."""
    cell = cell.strip()
    if len(cell) > LONGEST_CELL:
        return math.nan, math.nan
    cell = cell.translate(_ONE_OF_A_KIND)
    found = _AROUND.fullmatch(cell)
    if not found or (found[2] and found[3]):
        truth = _TRUTH.get(cell.lower(), math.nan)
        return truth, truth
    bracket, before, after, digits, percent = found.groups()
    factor = (-1 if bracket else 1) * (-1 if "-" in (before, after) else 1)
    point, comma = (
        factor * float(digits.translate(bare)) / (100 if percent else 1) if pattern.fullmatch(digits) else math.nan
        for pattern, bare in _FORMS
    )
    return point, comma


def kind(cell: str) -> int:
    """Return 1 for a number, with one decimal sign or the other, 0 for what stands for no value, −1 for words."""
    cell = cell.strip()
    if len(cell) <= LONGEST_CELL and _MISSING.fullmatch(cell):
        return 0
    return -1 if all(map(math.isnan, numbers(cell))) else 1


class Column(NamedTuple):
    """A column as numbers, NaN where there is none, with this decimal sign; `numeric`: more are numbers than words.

    `words` are the first cell that is no number, its row, and how many there are; `marks` are the cells that stand for
    nothing, each with its first row; `shown` is a number that is not written as Python writes it, what it says, and
    what else it may say (NaN: nothing).
    """

    values: Array
    sign: str
    numeric: bool
    words: tuple[str, int, int]
    marks: dict[str, int]
    shown: tuple[str, float, float] | None


class Cells:
    """A column as it is written, or its beginning where pandas has read its `values`; `rows` are the rows' numbers.

    `sign` is that of its decimals: “.”, “,”, "" where both say the same, or "?" where both can be meant.
    """

    def __init__(self, column: pd.Series[Any], rows: NDArray[Any], values: Array | None = None) -> None:
        import pandas as pd

        self._codes, unique = pd.factorize(column)
        self._unique, self._rows, self._values = [str(cell) for cell in unique], rows, values
        self._said = np.array([*map(numbers, self._unique), (math.nan, math.nan)])  # the last for no cell, code −1
        self._said[~(np.abs(self._said) <= LARGEST)] = math.nan
        self._often = np.bincount(self._codes + 1, minlength=len(unique) + 1)[1:]
        points, commas = self._often @ np.isfinite(self._said[:-1])
        both = (np.abs(np.diff(self._said)) > 0).any()
        self.sign = "." if points > commas else "," if points < commas else "?" if both else ""

    def read(self, clear: set[str], semicolons: bool) -> Column:
        """Return the column, where `clear` are the signs of the columns of this file that leave no doubt."""
        sign, doubtful = self.sign, self.sign == "?" and len(clear) != 1
        if sign not in SIGNS:
            sign = min(clear) if len(clear) == 1 else SIGNS[semicolons and any("," in cell for cell in self._unique)]
        value, other = self._said.T[:: 1 if sign == "." else -1].tolist()
        plain = {*"+-0123456789eE", "." if sign == "." else "e"}
        said = zip(self._unique, value, other if doubtful else [math.nan] * len(value), strict=False)
        shown = ((c, v, w) for c, v, w in said if v == v and (abs(v - w) > 0 if doubtful else not plain.issuperset(c)))
        none = {k: kind(cell) for k, cell in enumerate(self._unique) if math.isnan(value[k])}
        words = [k for k, found in none.items() if found]
        n = int(self._often[words].sum())
        values = np.array(value)[self._codes] if self._values is None else self._values
        marks = {self._unique[k]: self._row(k) for k, found in none.items() if not found}
        first = (self._unique[words[0]], self._row(words[0]), n) if words else ("", 0, 0)
        return Column(values, sign, bool(np.isfinite(values).sum() > n), first, marks, next(shown, None))

    def _row(self, k: int) -> int:
        """Return the row where one of the different cells is first."""
        return int(self._rows[np.argmax(self._codes == k)])
