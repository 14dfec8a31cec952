"""A reader's own table: from the bytes of a CSV file to numbers, or to a sentence that says what to mend. No Streamlit.

Rows are named as a spreadsheet names them: the first line of the file is row 1.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.shared.model.language import _
from pages.train.cells import SIGNS, Cells, Column, kind, numbers
from pages.train.names import unique
from pages.train.notes import UnreadableError, note, refused
from pages.train.sniff import Layout, layout
from rmsprop_core.learn.tables import LARGEST, Data
from rmsprop_core.optimizers import Array

if TYPE_CHECKING:
    import pandas as pd

MOST_MB = 200  # a million rows of twenty columns with nine characters each are 190 MB
MOST_CELLS, MOST_COLUMNS, MOST_FEATURES = 21_000_000, 2_000, 500  # a million rows of twenty columns, and some commas


@dataclass(frozen=True)
class Table:
    """The numeric columns of a file, NaN where a cell is empty; `rows` are the rows' numbers in the file.

    `aside` are columns that are no feature to begin with (constant, counting the rows, or doubtful), `notes` say what
    was guessed, and what was left out and why.
    """

    title: str
    columns: dict[str, Array]
    rows: Array
    aside: tuple[str, ...]
    notes: tuple[str, ...]

    def suggestion(self) -> tuple[str, list[str]]:
        """Return a target and features to begin with: the last column, and the others that vary and are half filled."""
        *others, target = (name for name in self.columns if name not in self.aside)
        empty = {name: float(np.isnan(self.columns[name]).mean()) for name in others}
        filled = [name for name in others if empty[name] < 0.5] or [min(others, key=empty.__getitem__)]
        return target, filled[:MOST_FEATURES]


def read_table(content: bytes, title: str) -> Table:
    """Read the file.

    Raises:
        UnreadableError: it is empty, not text, not a table, too large or wide, or has no two columns of numbers.
    """
    size = content.count(b"\n") + max(map(content.count, (b",", b";", b"\t", b"|", b" ")))
    if size > MOST_CELLS:
        raise refused("large", cells=size, most=MOST_CELLS)
    laid = layout(content)
    if laid.fields > MOST_COLUMNS:
        raise refused("wide", most=MOST_COLUMNS)
    names = unique([name or _("column {k}").format(k=k) for k, name in enumerate(laid.names, 1)])
    cells, rows, notes = _cells(content, laid, names)
    clear = {column.sign for column in cells.values()} & {*SIGNS}
    found = {name: column.read(clear, laid.delimiter == ";") for name, column in cells.items()}
    columns = {name: column.values for name, column in found.items() if column.numeric}
    notes = [*laid.notes(), *notes, *(_findings(found) if len(rows) else [])]
    if len(rows) < 2:
        raise refused("few rows", notes, rows=len(rows))
    odd = "," if laid.delimiter == "," and "." in clear else None
    written = dict(zip(names, laid.names, strict=True))
    why_aside = {name: _why_aside(found[name], written[name], name == names[0], odd) for name in columns}
    aside = {name: why for name, why in why_aside.items() if why}
    constant = [name for name, why in aside.items() if why == "constant"]
    if len(columns) - len(aside) < 2:  # one of them has to be a feature
        aside = dict.fromkeys(constant, "constant")
    notes += [note(why, name=name, value=np.nanmin(columns[name])) for name, why in [*aside.items()][:8]]
    if len(columns) - len(constant) < 2:
        raise refused("few columns", notes, n=len(columns) - len(constant))
    return Table(title, columns, rows, tuple(aside), tuple(notes))


def chosen(table: Table, target: str, features: Sequence[str]) -> tuple[Data, list[str]]:
    """Return the data of this choice, without the rows that have an empty cell in it, and what to say of it.

    Raises:
        UnreadableError: there are no features or too many, fewer than two rows are complete, or a weight would be too
            large.
    """
    if not features:
        raise refused("no feature")
    if len(features) > MOST_FEATURES:
        raise refused("too many", n=len(features), most=MOST_FEATURES)
    names = (*features, target)
    values = np.column_stack([table.columns[name] for name in names])
    empty = np.isnan(values)
    gaps, often = empty.any(axis=1), empty.sum(axis=0)
    notes = []
    if gaps.any():
        most, row = names[int(often.argmax())], int(table.rows[gaps.argmax()])
        notes.append(note("gaps", n=gaps.sum(), of=len(values), row=row, name=most, m=often.max()))
    values = values[~gaps]
    if len(values) < 2:
        raise refused("few complete", notes, n=len(values))
    spread = np.ptp(values, axis=0)
    for name, wide, value in zip(names, spread, values[0], strict=True):
        if 0 < wide < spread[-1] / LARGEST:
            raise refused("steep", name=name, target=target)
        if wide == 0:
            notes.append(note("constant target" if name == target else "constant", name=name, value=value))
    if len(values) <= len(features):
        notes.append(note("many answers", n=len(values), d=len(features)))
    return Data(values[:, :-1], values[:, -1], tuple(features), target), notes


def _cells(content: bytes, laid: Layout, names: Sequence[str]) -> tuple[dict[str, Cells], Array, list[str]]:
    """Return the columns, the numbers of the rows that are kept, and what to say of those that are not."""
    import pandas as pd

    marks = [cell for cell in laid.cells() if not kind(cell)]
    frame = _read(content, laid, na_values=["", *marks])
    filled, first = frame.notna(), len(laid.head) + 1
    lone = np.array(filled[0] & (filled.sum(axis=1) == 1))  # a note below the table has no delimiter
    lone[lone] = [kind(str(cell)) < 1 for cell in frame[0][lone]]
    notes = [note("no number", n=lone.sum(), row=first + k, cell=frame[0][k]) for k in np.flatnonzero(lone)[:1]]
    kept = np.asarray(filled.any(axis=1)) & ~lone
    rows = (first + np.arange(len(frame)))[kept].astype(np.float64)
    named = dict([*enumerate(names)][laid.row_names :])
    plain = [k for k in named if frame[k].dtype.kind in "biuf" and not (np.abs(frame[k]) > LARGEST).any()]
    cells = {}
    for k in plain:
        begin = pd.Series([row[k] or None if k < len(row) else None for row in laid.rows], dtype=object)
        cells[k] = Cells(begin, first + np.arange(len(begin)), frame[k][kept].to_numpy(np.float64))
    others = [k for k in named if k not in plain]
    if any(marks or frame[k].dtype != "str" for k in others):  # what pandas has made of a cell hides what is written
        frame = _read(content, laid, usecols=others, dtype=str, na_values=[""])
    cells |= {k: Cells(frame[k][kept], rows) for k in others}
    return {name: cells[k] for k, name in named.items()}, rows, notes


def _read(content: bytes, laid: Layout, **more: Any) -> pd.DataFrame:
    """Return the rows of data: what pandas takes for numbers as such, all else as it is written."""
    import pandas as pd

    text = TextIOWrapper(BytesIO(content), laid.encoding, errors="replace", newline=None)
    next(islice(text, laid.above, laid.above), None)  # past them: their quotation marks are none
    point, comma = np.isnan([(0, 0), *map(numbers, laid.cells())]).T
    try:
        frame: pd.DataFrame = pd.read_csv(
            text, sep=r"\s+" if laid.delimiter == " " else laid.delimiter, header=None, names=range(laid.fields),
            decimal="," if (point & ~comma).sum() > (comma & ~point).sum() else ".", index_col=False,
            skiprows=len(laid.head) - laid.above, skip_blank_lines=False, skipinitialspace=True,
            keep_default_na=False, low_memory=False, **more,
        )  # fmt: skip
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame(columns=range(laid.fields))
    except (ValueError, OverflowError, csv.Error) as error:
        raise _why(str(error), laid) from None
    return frame


def _why(message: str, laid: Layout) -> UnreadableError:
    """Return pandas' reason in words."""
    if found := re.search(r"Expected \d+ fields in line (\d+), saw (\d+)", message):
        return refused("longer", row=int(found[1]) + laid.above, seen=found[2], wanted=len(laid.names))
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return refused("open quote", row=int(found[1]) + laid.above + 1)
    return refused("no table", reason=message[:200].rstrip("."))


def _findings(columns: Mapping[str, Column]) -> list[str]:
    """Return what to say of the columns: those left out, cells that count as empty, and numbers that were guessed."""
    words, marks, guesses = list[str](), dict[str, tuple[int, str]](), dict[str, list[str]]()
    for name, column in columns.items():
        cell, row, n = column.words
        if n:
            known = kind(cell) == 1 or re.fullmatch("[+-]?inf(inity)?", cell, re.IGNORECASE)
            what, more = note("too large" if known else "no numeral"), note("words", n=n) if n > 1 else ""
            words.append(
                note("word" if column.numeric else "text", name=name, cell=cell, row=row, what=what, more=more)
            )
        if not column.numeric:
            words += [note("no value", name=name)] * (not n)
            continue
        marks |= {cell: (row, name) for cell, row in column.marks.items() if cell not in marks}
        if column.shown:
            cell, *values = column.shown
            number, other = (f"{value:.12g}".replace("-", "−") for value in values)
            why = "guess" if other == "nan" else "doubt"
            said = note(why, name=name, cell=cell, number=number, other=other)
            guesses.setdefault(why + re.sub("[0-9]+", "0", cell), []).append(said)
    notes = words[:8] + [note("more words", n=len(words) - 8)] * (len(words) > 8)
    if marks:
        row, name = min(marks.values())
        notes.append(note("missing", marks=", ".join(f"“{mark}”" for mark in marks), row=row, name=name))
    alike = (said + (note("likewise", n=len(more)) if more else ".") for said, *more in guesses.values())
    return [*notes, *alike]


def _why_aside(column: Column, written: str, first: bool, odd: str | None) -> str:
    """Return why a column is no feature to begin with: constant, the odd decimal sign, or like the rows' numbers."""
    values = column.values
    if np.nanmin(values) == np.nanmax(values):
        return "constant"
    if column.sign == odd:
        return "commas"
    if not np.array_equal(values, np.floor(values)) or len(np.unique(values)) < len(values):
        return ""
    named = re.fullmatch(r"index|row_?names?|id|.*[ _-]id|id[ _-].*", written, re.IGNORECASE)
    in_turn = values[0] in (0, 1) and np.all(np.diff(values) == 1)
    return "index" if named or (first and (in_turn or not written)) else ""
