"""A reader's own table: from the bytes of a CSV file to numbers, or to a sentence that says what to mend. No Streamlit.

Rows are named as a spreadsheet names them: the header is row 1.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.shared.language import _, ngettext
from pages.train.sniff import (
    SAMPLE,
    UnreadableError,
    check_widths,
    decoded,
    delimiter_of,
    is_all_numbers,
    longer,
    refuse_binary,
)
from rmsprop_core.optimizers import Array
from rmsprop_core.tables import LARGEST, Data

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
        *others, target = [name for name in self.columns if name not in self.constant] or list(self.columns)
        filled = [name for name in others if np.isnan(self.columns[name]).mean() < 0.5]
        return target, filled[:MOST_FEATURES]


def read_table(content: bytes, title: str) -> Table:
    """Read the file.

    Raises:
        UnreadableError: it is empty, not text, not a table, or has no two columns of numbers.
    """
    if not content.strip():
        raise UnreadableError(_("The file is empty. Save the table as CSV, its column names in row 1."))
    refuse_binary(content)
    before = len(content) - len(content.lstrip(b"\r\n"))
    skipped = content[:before].count(b"\n")
    encoding, sample = decoded(content[before : before + SAMPLE])
    delimiter = delimiter_of(sample, skipped + 1)
    decimal = "," if delimiter == ";" and re.search(r"(^|;)\s*-?\d+,\d+\s*(;|$)", sample, re.M) else "."
    check_widths(sample, delimiter, skipped + 1)
    headless = is_all_numbers(sample.splitlines()[0], delimiter, decimal)
    frame = _parsed(content[before:] if before else content, encoding, delimiter, decimal, headless)
    first = skipped + (1 if headless else 2)
    notes = []
    if delimiter != ",":
        shown = {";": _("semicolons"), "\t": _("tabs"), "|": "|", " ": _("spaces")}[delimiter]
        notes.append(_("Read with {delimiter} between the columns.").format(delimiter=shown))
    if headless:
        notes.append(_("Row 1 has no names, only numbers: the columns are called “column 1”, “column 2” and so on."))
    return _numbers(frame, first, title, notes)


def chosen(table: Table, target: str, features: Sequence[str]) -> tuple[Data, list[str]]:
    """Return the data of this choice, without the rows that have an empty cell in it, and what to say of it.

    Raises:
        UnreadableError: there is no feature, the target is among them, or fewer than two rows are complete.
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
        if np.ptp(column) == 0:
            notes.append(_constant(name, column[0], name == target))
    if found <= len(features):
        notes.append(
            _(
                "{d} weights and b for {n} rows: many answers fit perfectly; the exact one shown is the smallest."
            ).format(d=len(features), n=found)
        )
    return Data(values[:, :-1], values[:, -1], tuple(features), target), notes


def _constant(name: str, value: float, target: bool) -> str:
    if target:
        return _("“{name}” is {value:g} in every row: b alone predicts it.").format(name=name, value=value)
    return _("“{name}” is {value:g} in every row: it tells the rows apart in nothing. Leave it out.").format(
        name=name, value=value
    )


def _parsed(content: bytes, encoding: str, delimiter: str, decimal: str, headless: bool) -> pd.DataFrame:
    import pandas as pd

    options: dict[str, Any] = {
        "sep": r"\s+" if delimiter == " " else delimiter,
        "decimal": decimal,
        "header": None if headless else 0,
    }
    try:
        try:
            frame = _frame(content, encoding, options)
        except UnicodeDecodeError:
            frame = _frame(content, "latin-1", options)
    except pd.errors.ParserError as error:
        raise UnreadableError(_why(str(error))) from None
    except (ValueError, OverflowError, csv.Error) as error:
        raise UnreadableError(
            _("This cannot be read as a table: {reason}.").format(reason=str(error)[:200].rstrip("."))
        ) from None
    names = [
        _("column {k}").format(k=k) if headless or str(name).startswith("Unnamed:") else str(name).strip()
        for k, name in enumerate(frame.columns, start=1)
    ]
    frame.columns = pd.Index([name if names.index(name) == k else f"{name} ({k + 1})" for k, name in enumerate(names)])
    return frame


def _frame(content: bytes, encoding: str, options: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    frame: pd.DataFrame = pd.read_csv(
        BytesIO(content), encoding=encoding, skip_blank_lines=False, skipinitialspace=True, low_memory=False,
        index_col=False, **options,
    )  # fmt: skip
    return frame


def _why(message: str) -> str:
    """Return pandas' reason in words."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        wanted, row, seen = found.groups()
        return longer(int(row), int(seen), int(wanted))
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return _("A quotation mark is opened in row {row} and never closed.").format(row=int(found[1]) + 1)
    return _("This cannot be read as a table: {reason}.").format(reason=message[:200].rstrip("."))


def _numbers(frame: pd.DataFrame, first: int, title: str, notes: list[str]) -> Table:
    """Return the columns that are numbers; say of each other one which cell keeps it from being numbers."""
    import pandas as pd

    frame = frame[~frame.isna().all(axis=1)]
    rows = np.asarray(frame.index, dtype=np.float64) + first
    columns: dict[str, Array] = {}
    text, empty = [], []
    for name in frame.columns:
        column = frame[name]
        if column.isna().all():
            empty.append(name)
            continue
        values = pd.to_numeric(column, errors="coerce")
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        wrong = np.asarray(values.isna() & column.notna()) | (np.abs(numbers) > LARGEST)  # NaN, an empty cell, is not
        if wrong.any():
            k = int(np.argmax(wrong))
            text.append((name, str(column.iloc[k])[:30], int(rows[k]), int(wrong.sum())))
        else:
            columns[name] = numbers
    notes += [_("“{name}” is empty and left out.").format(name=name) for name in empty[: 5 if len(rows) else 0]]
    for name, cell, row, n in text[:8]:
        sentence = _("“{name}” is left out: “{cell}” in row {row} is not a number.")
        if is_all_numbers(cell, " ", "."):
            sentence = _("“{name}” is left out: “{cell}” in row {row} is not a finite number below 10¹⁵⁰.")
        elif n > 1:
            sentence = _(
                "“{name}” is left out: “{cell}” in row {row} is not a number, nor are {more} more of its cells."
            )
        notes.append(sentence.format(name=name, cell=cell, row=row, more=n - 1))
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
    return Table(title, columns, rows, constant, tuple(notes))
