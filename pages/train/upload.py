"""A reader's own table: from the bytes of a CSV file to numbers, or to a sentence that says what to mend. No Streamlit.

Rows are named as a spreadsheet names them: the header is row 1.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pages.shared.model.language import _, ngettext
from pages.train.names import unique
from pages.train.sniff import (
    SAMPLE,
    UnreadableError,
    are_numbers,
    check_widths,
    decimal_of,
    decoded,
    delimiter_of,
    is_number,
    is_separated,
    longer,
    refuse_binary,
    rows_of,
)
from rmsprop_core.learn.tables import LARGEST, Data
from rmsprop_core.optimizers import Array

if TYPE_CHECKING:
    import pandas as pd

MOST_MB = 200  # a million rows of twenty columns with nine characters each are 190 MB
MOST_FEATURES = 500


@dataclass(frozen=True)
class Table:
    """The numeric columns of a file, NaN where a cell is empty; `rows` are the rows' numbers in the file.

    `constant` are the columns with one value only, `notes` say what was left out and why.
    """

    title: str
    columns: dict[str, Array]
    rows: Array
    constant: tuple[str, ...]
    notes: tuple[str, ...]

    def suggestion(self) -> tuple[str, list[str]]:
        """Return a target and features to begin with: the last column, and the others that vary and are half filled."""
        *others, target = [name for name in self.columns if name not in self.constant]
        empty = {name: float(np.isnan(self.columns[name]).mean()) for name in others}
        filled = [name for name in others if empty[name] < 0.5] or [min(others, key=empty.__getitem__)]
        return target, filled[:MOST_FEATURES]


def read_table(content: bytes, title: str) -> Table:
    """Read the file.

    Raises:
        UnreadableError: it is empty, not text, not a table, or has no two columns of numbers.
    """
    if not content.strip():
        raise UnreadableError(_("The file is empty. Save the table as CSV, its column names in row 1."))
    refuse_binary(content)
    blank = re.match(rb"([ \t]*(\r\n|\r|\n))*", content)
    before = blank.end() if blank else 0
    skipped = len(content[:before].splitlines())
    encoding, sample = decoded(content[before : before + SAMPLE])
    delimiter = delimiter_of(sample, skipped + 1)
    rows = rows_of(sample, delimiter)
    decimal, shown_by = decimal_of(rows, delimiter)
    if delimiter != " ":
        check_widths(rows, skipped + 1)
    headless = are_numbers(rows[0], decimal)
    file = _File(content[before:] if before else content, encoding, delimiter, decimal, headless)
    first = skipped + (1 if headless else 2)
    notes = []
    if encoding not in ("utf-8-sig", "utf-16"):
        old = _("This is not UTF-8: the names are read as {encoding}. Save the file as UTF-8 if they look wrong.")
        notes.append(old.format(encoding={"gb18030": "GB 18030"}.get(encoding, "Latin 1")))
    if delimiter != ",":
        shown = {";": _("semicolons"), "\t": _("tabs"), "|": "|", " ": _("spaces")}[delimiter]
        notes.append(_("Read with {delimiter} between the columns.").format(delimiter=shown))
    if decimal == ",":
        example = _("Commas are read as decimal points: {cell} is {number}.")
        notes.append(example.format(cell=shown_by, number=shown_by.replace(",", ".")))
    if headless:
        notes.append(_("Row 1 has no names, only numbers: the columns are called “column 1”, “column 2” and so on."))
    return _numbers(file, first, title, notes)


def chosen(table: Table, target: str, features: Sequence[str]) -> tuple[Data, list[str]]:
    """Return the data of this choice, without the rows that have an empty cell in it, and what to say of it.

    Raises:
        UnreadableError: there is no feature, the target is among them, fewer than two rows are complete, or a weight
            would be too large.
    """
    if not features:
        raise UnreadableError(_("Choose at least one feature."))
    if target in features:
        raise UnreadableError(_("“{target}” is the target; it cannot be a feature as well.").format(target=target))
    if len(features) > MOST_FEATURES:
        too_many = _("{n} features are too many for this page: choose at most {most}.")
        raise UnreadableError(too_many.format(n=len(features), most=MOST_FEATURES))
    names = (*features, target)
    values = np.column_stack([table.columns[name] for name in names])
    empty = np.isnan(values)
    complete = np.logical_not(empty.any(axis=1))
    notes = []
    left_out = len(table.rows) - int(complete.sum())
    if left_out:
        row, worst = int(np.argmin(complete)), int(np.argmax(empty.sum(axis=0)))
        notes.append(
            ngettext(
                "{n} of {of} rows has an empty cell and is left out: row {row}, column “{column}”.",
                "{n} of {of} rows have an empty cell and are left out; the first is row {row}, column “{column}”.",
                left_out,
            ).format(
                n=left_out,
                of=len(table.rows),
                row=int(table.rows[row]),
                column=names[int(np.argmax(empty[row]))],
            )
        )
        if empty[:, worst].mean() > 0.2:
            notes.append(
                ngettext(
                    "“{column}” is empty in {n} row: without it the row could stay.",
                    "“{column}” is empty in {n} rows: without it they could stay.",
                    int(empty[:, worst].sum()),
                ).format(column=names[worst], n=int(empty[:, worst].sum()))
            )
    found = int(complete.sum())
    if found < 2:
        left = ngettext(
            "{n} complete row is left; a line needs at least 2.",
            "{n} complete rows are left; a line needs at least 2.",
            found,
        )
        raise UnreadableError(" ".join([*notes, left.format(n=found)]))
    values = values[complete]
    for name, column in zip(names, values.T, strict=True):
        if 0 < np.ptp(column) < np.ptp(values[:, -1]) / LARGEST:
            steep = _("“{name}” is so small beside “{target}” that no weight can join them. Take other units.")
            raise UnreadableError(steep.format(name=name, target=target))
        if np.ptp(column) == 0:
            notes.append(_constant(name, column[0], name == target))
    if found <= len(features):
        notes.append(
            _(
                "{d} weights and an intercept for {n} rows: many answers fit perfectly; "
                "the exact one shown is the smallest."
            ).format(d=len(features), n=found)
        )
    return Data(values[:, :-1], values[:, -1], tuple(features), target), notes


def _constant(name: str, value: float, target: bool) -> str:
    if target:
        return _("“{name}” is {value:g} in every row: the intercept alone predicts it.").format(name=name, value=value)
    return _("“{name}” is {value:g} in every row: it tells the rows apart in nothing. Leave it out.").format(
        name=name, value=value
    )


class _File(NamedTuple):
    """A file and how to read it."""

    content: bytes
    encoding: str
    delimiter: str
    decimal: str
    headless: bool

    def frame(self) -> pd.DataFrame:
        """Return the table, its columns under names of their own."""
        import pandas as pd

        try:
            frame = self._read()
        except pd.errors.ParserError as error:
            raise UnreadableError(_why(str(error))) from None
        except (ValueError, OverflowError, csv.Error) as error:
            raise UnreadableError(
                _("This cannot be read as a table: {reason}.").format(reason=str(error)[:200].rstrip("."))
            ) from None
        named = [not self.headless and str(name).strip() and not str(name).startswith("Unnamed:") for name in frame]
        names = [str(name) if named[k] else _("column {k}").format(k=k + 1) for k, name in enumerate(frame)]
        frame.columns = pd.Index(unique(names))
        return frame

    def cell(self, row: int, column: int) -> str:
        """Return a cell as it is written; row 0 is the first below the names."""
        return str(self._read(usecols=[column], nrows=row + 1, dtype=str).iloc[row, 0]).strip()

    def _read(self, **more: Any) -> pd.DataFrame:
        import pandas as pd

        for encoding in (self.encoding, "latin-1"):
            try:
                frame: pd.DataFrame = pd.read_csv(
                    BytesIO(self.content), encoding=encoding, sep=r"\s+" if self.delimiter == " " else self.delimiter,
                    decimal=self.decimal, header=None if self.headless else 0, skip_blank_lines=False,
                    skipinitialspace=True, low_memory=False, index_col=False, **more,
                )  # fmt: skip
                break
            except UnicodeDecodeError:  # further down than the sample
                continue
        return frame


def _why(message: str) -> str:
    """Return pandas' reason in words."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        wanted, row, seen = found.groups()
        return longer(int(row), int(seen), int(wanted))
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return _("A quotation mark is opened in row {row} and never closed.").format(row=int(found[1]) + 1)
    return _("This cannot be read as a table: {reason}.").format(reason=message[:200].rstrip("."))


def _numbers(file: _File, first: int, title: str, notes: list[str]) -> Table:
    """Return the columns that are numbers; say of each other one which cell keeps it from being numbers."""
    whole = file.frame()
    filled = np.asarray(~whole.isna().all(axis=1))
    frame, lines = whole[filled], np.flatnonzero(filled)
    rows = lines.astype(np.float64) + first
    columns: dict[str, Array] = {}
    text, empty = [], []
    for place, name in enumerate(frame.columns):
        column = frame[name]
        if column.isna().all():
            empty.append(name)
            continue
        numbers = _converted(column, file.decimal)
        wrong = (np.isnan(numbers) & np.asarray(column.notna())) | (np.abs(numbers) > LARGEST)
        if wrong.any():
            k = int(np.argmax(wrong))
            text.append((name, str(column.iloc[k]) if np.isnan(numbers[k]) else "", k, int(wrong.sum()), place))
        else:
            columns[name] = numbers
    notes += [_("“{name}” is empty and left out.").format(name=name) for name in empty[: 5 if len(rows) else 0]]
    for name, cell, k, n, place in text[:8]:
        cell = cell or file.cell(int(lines[k]), place)
        notes.append(_left_out(name, cell, int(rows[k]), n, file.decimal))
    if len(text) > 8:
        notes.append(_("{n} more columns of text are left out.").format(n=len(text) - 8))
    if len(rows) < 2 or len(columns) < 2:
        if len(rows) < 2:
            too_few, n = (
                ngettext(
                    "There is {n} row below the names; a line needs at least 2.",
                    "There are {n} rows below the names; a line needs at least 2.",
                    len(rows),
                ),
                len(rows),
            )
        else:
            too_few, n = (
                ngettext(
                    "There is {n} column of numbers; a target and a feature need 2.",
                    "There are {n} columns of numbers; a target and a feature need 2.",
                    len(columns),
                ),
                len(columns),
            )
        notes.append(too_few.format(n=n))
        raise UnreadableError(" ".join(notes))
    constant = tuple(name for name, values in columns.items() if np.nanmin(values) == np.nanmax(values))
    notes += [_constant(name, float(np.nanmin(columns[name])), False) for name in constant[:5]]
    if len(columns) - len(constant) < 2:
        raise UnreadableError(" ".join([*notes, _("A target and a feature need 2 columns that vary: add one.")]))
    return Table(title, columns, rows, constant, tuple(notes))


def _converted(column: pd.Series[Any], decimal: str) -> Array:
    """Return the cells as numbers, NaN where they are none."""
    import pandas as pd

    if decimal == ",":  # pandas has put points into a column of numbers, but not into one with text in it

        def pointed(cell: object) -> object:
            return cell.translate({ord(","): ".", ord("."): " "}) if isinstance(cell, str) else cell

        column = column.map(pointed) if not pd.api.types.is_any_real_numeric_dtype(column) else column
    try:
        values = pd.to_numeric(column, errors="coerce")
    except OverflowError:  # a whole number of hundreds of digits
        values = pd.to_numeric(column.astype(str), errors="coerce")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _left_out(name: str, cell: str, row: int, n: int, decimal: str) -> str:
    """Return why a column of n cells that are no numbers cannot be used, by the first of them."""
    sentence, advice = _("“{name}” is left out: “{cell}” in row {row} is not a number."), ""
    if is_number(cell, decimal):
        sentence = _("“{name}” is left out: “{cell}” in row {row} is not a finite number within ±10¹⁵⁰.")
    elif n > 1:
        sentence = _("“{name}” is left out: “{cell}” in row {row} is not a number, nor are {more} more of its cells.")
    if is_separated(cell) and not is_number(cell, decimal):
        advice = " " + _("Write numbers like {example}, with nothing between the thousands.")
    seen = cell if len(cell) <= 30 else cell[:29] + "…"
    return (sentence + advice).format(name=name, cell=seen, row=row, more=n - 1, example=f"1234{decimal}5")
