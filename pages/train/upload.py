"""A reader's own table: from the bytes of a CSV file to numbers, or to a sentence that says what to mend. No Streamlit.

Rows are named as a spreadsheet names them: the first line of the file is row 1.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import numpy as np

from pages.shared.model.language import _, ngettext
from pages.train.cells import SIGNS, Cells, kind
from pages.train.names import unique
from pages.train.sniff import Layout, UnreadableError, layout, longer
from rmsprop_core.learn.tables import LARGEST, Data
from rmsprop_core.optimizers import Array

if TYPE_CHECKING:
    import pandas as pd

MOST_MB = 200  # a million rows of twenty columns with nine characters each are 190 MB
MOST_FEATURES = 500


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
        vary = [name for name, values in self.columns.items() if np.nanmin(values) < np.nanmax(values)]
        first = [name for name in vary if name not in self.aside]
        *others, target = first if len(first) > 1 else vary
        empty = {name: float(np.isnan(self.columns[name]).mean()) for name in others}
        filled = [name for name in others if empty[name] < 0.5] or [min(others, key=empty.__getitem__)]
        return target, filled[:MOST_FEATURES]


def read_table(content: bytes, title: str) -> Table:
    """Read the file.

    Raises:
        UnreadableError: it is empty, not text, not a table, or has no two columns of numbers.
    """
    laid = layout(content)
    file = _File(content, laid)
    names = unique([name or _("column {k}").format(k=k + 1) for k, name in enumerate(laid.names)])
    notes = [*laid.guesses(), *file.notes]
    columns, doubtful = _columns(file, names, notes)
    rows: Array = file.places.astype(np.float64) + laid.first
    if total := _total(columns):
        notes.append(total.format(row=int(rows[-1])))
        columns, rows = {name: values[:-1] for name, values in columns.items()}, rows[:-1]
    if len(rows) < 2:
        few = ngettext("There is {n} row of data; a line needs at least 2.",
                       "There are {n} rows of data; a line needs at least 2.", len(rows))  # fmt: skip
        raise UnreadableError(" ".join([*notes, few.format(n=len(rows))]))
    if len(columns) < 2:
        few = ngettext("There is {n} column of numbers; a target and a feature need 2.",
                       "There are {n} columns of numbers; a target and a feature need 2.", len(columns))  # fmt: skip
        raise UnreadableError(" ".join([*notes, few.format(n=len(columns))]))
    constant = [name for name, values in columns.items() if np.nanmin(values) == np.nanmax(values)]
    notes += [_constant(name, float(np.nanmin(columns[name])), False) for name in constant[:5]]
    if len(columns) - len(constant) < 2:
        raise UnreadableError(" ".join([*notes, _("A target and a feature need 2 columns that vary: add one.")]))
    odd = _("“{column}” has decimal commas, other columns have points: it is no feature to begin with.")
    number = _("“{column}” looks like the number of the row: it is no feature to begin with.")
    aside = {name: odd for name in doubtful if name not in constant} | {
        name: number
        for place, (written, name) in enumerate(zip(laid.names, names, strict=True))
        if name in columns and _is_index(columns[name], written, place)
    }
    if len(columns) - len(constant) - len(aside) < 2:  # one of them has to be a feature
        aside = {}
    notes += [said.format(column=name) for name, said in aside.items()]
    return Table(title, columns, rows, (*constant, *aside), tuple(notes))


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


class _File:
    """The rows of a file: `places` are those that are kept, counted from the first row of data."""

    def __init__(self, content: bytes, laid: Layout) -> None:
        self._content, self.laid, self.missing = content, laid, laid.missing()
        self.notes: list[str] = []
        frame = self._read()
        filled = frame.notna()
        lone = np.array(filled[0] & (filled.sum(axis=1) == 1))
        lone[lone] = [kind(str(cell)) < 1 for cell in frame[0][lone]]
        if lone.any():
            n, place = int(lone.sum()), int(np.argmax(lone))
            said = ngettext(
                "{n} row without a number is left out: row {row}, “{cell}”.",
                "{n} rows without a number are left out; the first is row {row}, “{cell}”.",
                n,
            )
            self.notes.append(said.format(n=n, row=laid.first + place, cell=_cut(str(frame[0][place]))))
        self.places = np.flatnonzero(np.asarray(filled.any(axis=1)) & ~lone)
        self.frame = frame.iloc[self.places]

    def written(self, column: int) -> pd.Series[Any]:
        """Return the cells of a column as they are written."""
        return self._read(usecols=[column], dtype=str)[column].iloc[self.places]

    def _read(self, **more: Any) -> pd.DataFrame:
        import pandas as pd

        laid = self.laid
        text = TextIOWrapper(BytesIO(self._content), laid.encoding, errors="replace", newline=None)
        for _line in range(laid.lines):
            text.readline()
        try:
            frame: pd.DataFrame = pd.read_csv(
                text, sep=r"\s+" if laid.delimiter == " " else laid.delimiter, decimal=laid.decimal(), header=None,
                names=range(laid.fields), index_col=False, skip_blank_lines=False, skipinitialspace=True,
                keep_default_na=False, na_values=["", *self.missing], low_memory=False, **more,
            )  # fmt: skip
        except pd.errors.EmptyDataError:
            frame = pd.DataFrame(columns=range(laid.fields))
        except (ValueError, OverflowError, csv.Error) as error:
            raise UnreadableError(_why(str(error), laid)) from None
        return frame


def _why(message: str, laid: Layout) -> str:
    """Return pandas' reason in words."""
    if found := re.search(r"Expected \d+ fields in line (\d+), saw (\d+)", message):
        return longer(int(found[1]) + laid.first - 1, int(found[2]), len(laid.names))
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return _("A quotation mark is opened in row {row} and never closed.").format(row=int(found[1]) + laid.first)
    return _("This cannot be read as a table: {reason}.").format(reason=message[:200].rstrip("."))


def _columns(file: _File, names: Sequence[str], notes: list[str]) -> tuple[dict[str, Array], list[str]]:
    """Return the columns that are numbers, and those of which it is doubtful; tell `notes` how each was read."""
    laid, rows = file.laid, file.places + file.laid.first
    cells: dict[str, Cells] = {}  # all of a column, or those of the first rows where pandas has read it
    plain: dict[str, Array] = {}
    empty, text, words, doubtful = list[str](), list[str](), list[str](), list[str]()
    for place, name in enumerate(names):
        column = file.frame[place]
        sample = Cells([row[place] for row in laid.rows if place < len(row) and row[place]])
        if column.isna().all():
            empty.append(name)
        elif column.dtype.kind in "if" and sample.sign != "?" and np.nanmax(np.abs(column)) <= LARGEST:
            plain[name], cells[name] = column.to_numpy(dtype=np.float64), sample
        else:
            cells[name] = Cells(column if column.dtype == "str" else file.written(place))
    if laid.row_names:
        cells.pop(names[0], None)
    clear = {found.sign for found in cells.values()} & {*SIGNS}
    columns: dict[str, Array] = {}
    marks = {cell: (row, names[place]) for cell, (row, place) in file.missing.items()}
    guesses: dict[str, list[str]] = {}
    for name, found in cells.items():
        sign, open_to_doubt = found.sign, found.sign == "?" and len(clear) != 1
        if sign not in SIGNS:
            comma = laid.delimiter == ";" and any("," in cell for cell in found.unique)
            sign = next(iter(clear)) if len(clear) == 1 else SIGNS[comma]
        reading = found.read(sign)
        values = plain.get(name, reading.values)
        if name not in plain:
            most = np.isfinite(values).sum() > reading.how_many
            if reading.words:
                cell, place = reading.words[0]
                (words if most else text).append(_word(name, cell, int(rows[place]), reading.how_many, bool(most)))
            elif not most:
                empty.append(name)
            if not most:
                continue
            for cell, place in reading.marks:
                marks.setdefault(cell, (int(rows[place]), name))
        columns[name] = values
        if reading.shown:
            cell, number, other = reading.shown
            guess = _("“{column}”: {cell} is read as {number}")
            if open_to_doubt:
                guess = _("“{column}”: {cell} is read as {number}, but may be meant as {other}")
            said = guess.format(column=name, cell=_cut(cell), number=_exact(number), other=_exact(other))
            guesses.setdefault(re.sub(r"[0-9]+", "0", cell) + str(open_to_doubt), []).append(said)
        if sign == "," == laid.delimiter and "." in clear:
            doubtful.append(name)
    notes += [
        _("“{name}” holds no value and is left out.").format(name=name) for name in empty[: 5 if len(rows) else 0]
    ]
    notes += text[:8]
    if len(text) > 8:
        notes.append(_("{n} more columns of text are left out.").format(n=len(text) - 8))
    if marks:
        row, name = min(marks.values())
        nothing = _("{marks}: read as empty; the first is in row {row}, column “{column}”.")
        notes.append(nothing.format(marks=", ".join(f"“{mark}”" for mark in marks), row=row, column=name))
    notes += words[:8]
    for said, *more in guesses.values():
        likewise = ngettext("; likewise in {n} more column.", "; likewise in {n} more columns.", len(more))
        notes.append(said + (likewise.format(n=len(more)) if more else "."))
    return {name: columns[name] for name in names if name in columns}, doubtful


def _word(name: str, cell: str, row: int, n: int, most: bool) -> str:
    """Return what to say of n cells of a column that are no numbers, by the first of them."""
    if most:
        said = ngettext(
            "“{name}”: “{cell}” in row {row} is {none}; it counts as an empty cell.",
            "“{name}”: “{cell}” in row {row} is {none}, nor are {more} more; they count as empty cells.",
            n,
        )
    else:
        said = ngettext(
            "“{name}” is left out: “{cell}” in row {row} is {none}.",
            "“{name}” is left out: “{cell}” in row {row} is {none}, nor are {more} more of its cells.",
            n,
        )
    known = kind(cell) == 1 or re.fullmatch("[+-]?inf(inity)?", cell, re.IGNORECASE)
    none = _("not a finite number within ±10¹⁵⁰") if known else _("not a number")
    return said.format(name=name, cell=_cut(cell), row=row, none=none, more=n - 1)


def _exact(value: float) -> str:
    return f"{value:.12g}".replace("-", "−")


def _cut(cell: str) -> str:
    return cell if len(cell) <= 30 else cell[:29] + "…"


def _total(columns: Mapping[str, Array]) -> str:
    """Return what to say where the last row sums up those above it, in every column that it fills and two at least."""
    last = [(values[-1], values[:-1]) for values in columns.values() if len(values) > 5 and np.isfinite(values[-1])]
    for summed, said in (
        (np.nansum, _("Row {row} has the sums of the rows above it and is left out.")),
        (np.nanmean, _("Row {row} has the means of the rows above it and is left out.")),
    ):
        if len(last) > 1 and all(value and np.isclose(value, summed(above), rtol=1e-6) for value, above in last):
            return said
    return ""


def _is_index(values: Array, written: str, place: int) -> bool:
    """Return whether a column seems to number the rows: whole numbers, all different, in turn or with a name for it."""
    if not np.array_equal(values, np.floor(values)) or len(np.unique(values)) < len(values):
        return False
    named = re.fullmatch(r"|index|row_?names?|id|.*[ _-]id|id[ _-].*", written, re.IGNORECASE)
    in_turn = place == 0 and values[0] in (0, 1) and bool(np.all(np.diff(values) == 1))
    return in_turn or (bool(named) and (bool(written) or place == 0))
