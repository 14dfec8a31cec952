"""What is said of a reader's own table: a sentence for each kind of finding. No Streamlit."""

from __future__ import annotations

from collections.abc import Iterable

from pages.shared.model.language import _


class UnreadableError(ValueError):
    """The file cannot be used; the message is a sentence for the reader."""


def refused(kind: str, before: Iterable[str] = (), **known: object) -> UnreadableError:
    """Return the error that says this, after the notes made before it."""
    return UnreadableError(" ".join([*before, note(kind, **known)]))


def note(kind: str, **known: object) -> str:
    """Return the sentence of a kind with what is known put in; a long cell is cut."""
    cell = str(known.get("cell", ""))
    return {
        "empty file": _("The file is empty. Save the table as CSV, its column names in row 1."),
        "other kind": _("This is a file of the kind {file}, not CSV. Open it where it was made and save it as CSV."),
        "binary": _("This is not a text file: byte {n} is no letter. Open it where it was made and save it as CSV."),
        "one cell": _("Row {row} is one cell, “{text}”. A target and a feature need two columns: put commas between."),
        "longer": _("Row {row} has {seen} cells, the table has {wanted} columns. Mend it, or put its cells in quotes."),
        "open quote": _("A quotation mark is opened in row {row} and never closed."),
        "no table": _("This cannot be read as a table: {reason}."),
        "encoding": _("This is not UTF-8: names are read as {encoding}. If they look wrong, save the file as UTF-8."),
        "delimiter": _("Read with {delimiter} between the columns."),
        "titles": _("All up to row {n} stands above the table and is left out."),
        "no names": _("Row {row} is read as data: the columns are called “column 1”, “column 2” and so on."),
        "row names": _("Row {row} names {n} columns, below there are {m}: the first, a name of the row, is left out."),
        "names": _("Row {row} is read as the names of the columns: {names}."),
        "units": _("Row {row} has no number under the names, but “{cell}”: it is left out."),
        "no number": _("Rows without a number are left out: {n}, the first is row {row}, “{cell}”."),
        "large": _("The table has about {cells:,} cells, more than the {most:,} that this page reads."),
        "wide": _("The table has more than {most} columns, the most that this page reads."),
        "few rows": _("Rows of data: {rows}. A line needs at least 2."),
        "few columns": _("Columns of numbers that vary: {n}. A target and a feature need 2."),
        "no value": _("“{name}” holds no value and is left out."),
        "text": _("“{name}” is left out: “{cell}” in row {row} is {what}{more}."),
        "word": _("“{name}”: “{cell}” in row {row} is {what}{more}; it counts as an empty cell."),
        "words": _(", the first of {n}"),
        "no numeral": _("not a number"),
        "too large": _("not a finite number within ±10¹⁵⁰"),
        "more words": _("More columns with words in them: {n}."),
        "missing": _("{marks}: read as empty; the first is in row {row}, column “{name}”."),
        "guess": _("“{name}”: {cell} is read as {number}"),
        "doubt": _("“{name}”: {cell} is read as {number}, but may be meant as {other}"),
        "likewise": _("; likewise in {n} more."),
        "index": _("“{name}” looks like the number of the row: it is no feature to begin with."),
        "commas": _("“{name}” has decimal commas, other columns have points: it is no feature to begin with."),
        "constant": _("“{name}” is {value:g} in every row: it tells the rows apart in nothing. Leave it out."),
        "constant target": _("“{name}” is {value:g} in every row: the intercept alone predicts it."),
        "no feature": _("Choose at least one feature."),
        "too many": _("{n} features are too many for this page: choose at most {most}."),
        "gaps": _("Left out for an empty cell: {n} of {of} rows, the first is row {row}; “{name}” is empty in {m}."),
        "few complete": _("Complete rows: {n}. A line needs at least 2."),
        "steep": _("“{name}” is so small beside “{target}” that no weight can join them. Take other units."),
        "many answers": _("{d} weights and b for {n} rows: many answers fit perfectly; the exact one is the smallest."),
    }[kind].format(**known | {"cell": cell if len(cell) <= 30 else cell[:29] + "…"})
