"""How a file is laid out, by its beginning: its encoding, what stands between its cells, where its names and rows are.

Rows are named as a spreadsheet names them: the first line of the file is row 1. No Streamlit.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from itertools import islice
from typing import NamedTuple

import numpy as np

from pages.shared.model.language import _, ngettext
from pages.train.cells import is_missing, kind, numbers

SAMPLE, FIRST = 1 << 17, 200  # the bytes and the rows that a guess looks at
MAGIC = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"PAR1": "Parquet",
         b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}  # fmt: skip
ENCODINGS = {"gb18030": "GB 18030", "big5": "Big5", "cp932": "Shift-JIS", "cp949": "EUC-KR", "cp1251": "Windows 1251",
             "cp1252": "Latin 1"}  # fmt: skip
DELIMITERS = ",;\t| "
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # what Excel reads as the delimiter


class UnreadableError(ValueError):
    """The file cannot be used; the message is a sentence for the reader."""


class Layout(NamedTuple):
    """How a file is written, and where its table stands.

    `head` are its rows above the data, `rows` the first rows of data, which begin after `lines` lines and have up to
    `fields` cells each; `names_at` is where in the head the names are, `numeric` are the columns of numbers.
    """

    encoding: str
    delimiter: str
    names: list[str]
    names_at: int | None
    row_names: bool
    head: list[list[str]]
    rows: list[list[str]]
    lines: int
    fields: int
    numeric: list[int]

    @property
    def first(self) -> int:
        """The number of the first row of data."""
        return len(self.head) + 1

    def decimal(self) -> str:
        """Return the decimal sign of most cells that leave no doubt."""
        said = np.isnan([numbers(row[k]) for row in self.rows for k in self.numeric if k < len(row)] or [(0, 0)])
        return "," if (said[:, 0] & ~said[:, 1]).sum() > (said[:, 1] & ~said[:, 0]).sum() else "."

    def missing(self) -> dict[str, tuple[int, int]]:
        """Return the cells that stand for no value, each with the row and column where it is first."""
        return {
            row[place]: (self.first + k, place)
            for k, row in reversed([*enumerate(self.rows)])
            for place in reversed(self.numeric)
            if place < len(row) and row[place] and is_missing(row[place])
        }

    def guesses(self) -> Iterator[str]:
        """Yield what is to be said of how the file is read."""
        if self.encoding in ENCODINGS:
            old = _("This is not UTF-8: the names are read as {encoding}. Save the file as UTF-8 if they look wrong.")
            yield old.format(encoding=ENCODINGS[self.encoding])
        if self.delimiter != ",":
            shown = {";": _("semicolons"), "\t": _("tabs"), " ": _("spaces")}.get(self.delimiter, self.delimiter)
            yield _("Read with {delimiter} between the columns.").format(delimiter=shown)
        at = self.names_at
        titles = len(self.head) if at is None else at
        if any(any(row) and not SEP.fullmatch(row[0]) for row in self.head[:titles]):
            yield ngettext(
                "Row {n} stands above the table and is left out.",
                "Rows 1 to {n} stand above the table and are left out.",
                titles,
            ).format(n=titles)
        if at is None:
            unnamed = _("Row {row} is read as data: the columns are called “column 1”, “column 2” and so on.")
            yield unnamed.format(row=self.first)
            return
        if self.row_names:
            short = _(
                "Row {row} names {n} columns, the rows below have {m} cells: the first, a name of the row, is left out."
            )
            yield short.format(row=at + 1, n=len(self.names) - 1, m=len(self.names))
        elif self.head[at][0].startswith("#") or any(kind(name) == 1 for name in self.names):
            shown = ", ".join(f"“{name}”" for name in self.names[:5]) + (" …" if len(self.names) > 5 else "")
            yield _("Row {row} is read as the names of the columns: {names}.").format(row=at + 1, names=shown)
        for k in range(at + 1, len(self.head)):
            if any(self.head[k]):
                units = _("Row {row} has no number under the names, but “{cell}”: it is left out.")
                yield units.format(row=k + 1, cell=next(filter(None, self.head[k]))[:30])


def layout(content: bytes) -> Layout:
    """Return how a file is laid out.

    Raises:
        UnreadableError: it is empty, of another kind, or one column only, or a row is longer than the others.
    """
    refuse_binary(content)
    encoding = encoding_of(content)
    lines = StringIO(content[:SAMPLE].decode(encoding, errors="ignore"), newline=None).readlines()
    if len(content) > SAMPLE and len(lines) > 1:
        lines.pop()  # cut off
    above = next((k for k, line in enumerate(lines) if line.strip() and line[0] != "#"), 0)
    told = SEP.fullmatch("".join(lines[above : above + 1]).rstrip("\n"))
    above += bool(told)
    if not "".join(lines[above:]).strip():
        raise UnreadableError(_("The file is empty. Save the table as CSV, its column names in row 1."))
    delimiter = delimiter_of(lines, above, told[1] if told else DELIMITERS)
    records = [([line.rstrip("\n")], k) for k, line in enumerate(lines[:above], 1)]
    records += [(row, above + end) for row, end in islice(_records(lines[above:], delimiter), FIRST)]
    rows = [row for row, _end in records]
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)[0][0]
    columns = max(_filled(row) for row in rows if len(row) == width)  # the last may be empty throughout
    names_at, start, numeric = _names_and_start(rows, columns)
    names = rows[names_at] if names_at is not None else []
    if (
        names_at is None and start and rows[start - 1][:1] and rows[start - 1][0].startswith("#")
    ):  # the names may stand in the last comment
        comment = next(_records([rows[start - 1][0].lstrip("# ")], delimiter), ([], 0))[0]
        if len(comment) == columns and not any(kind(name) == 1 for name in comment):
            names, names_at = comment, start - 1
    row_names = len(names) == columns - 1
    columns = max(columns, _filled(names))
    for k, row in enumerate(rows[start:]):
        if _filled(row) > columns:
            raise UnreadableError(longer(start + k + 1, len(row), columns))
    names = ["" if name.startswith("Unnamed:") else name for name in names]  # pandas' word for none
    names = [*[""] * row_names, *names, *[""] * columns][:columns]
    fields, passed = max([columns, *map(len, rows[start:])]), records[start - 1][1] if start else 0
    return Layout(
        encoding, delimiter, names, names_at, row_names, rows[:start], rows[start:], passed, fields, numeric
    )  # fmt: skip


def refuse_binary(content: bytes) -> None:
    """Raise where the file is not text, or text of another kind."""
    found = next((name for start, name in MAGIC.items() if content.startswith(start)), None)
    if markup := re.match(rb"\s*(<[a-zA-Z!?]|\[?\s*\{\s*[\"}])", content[:SAMPLE]):
        found = "HTML" if markup[1].startswith(b"<") else "JSON"
    codes = np.frombuffer(content[:SAMPLE], dtype=np.uint8)
    control = (codes < 9) | ((codes > 13) & (codes < 32))
    if found:
        said = _("This is a file of the kind {kind}, not CSV.").format(kind=found)
    elif not content.startswith(UTF16) and (control.sum() > 0.01 * len(codes) or not codes.all()):
        said = _("This is not a text file: byte {n} is no letter.").format(n=int(np.argmax(control)) + 1)
    else:
        return
    raise UnreadableError(said + " " + _("Open it where it was made and save it as CSV (UTF-8)."))


def encoding_of(content: bytes) -> str:
    """Return the encoding: UTF-8 where all of the file is, otherwise what its lines with other letters look like."""
    if content.startswith(UTF16):
        return "utf-16"
    try:
        for _text in codecs.iterdecode((content[k : k + SAMPLE] for k in range(0, len(content), SAMPLE)), "utf-8"):
            pass
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        lines = (line for line in BytesIO(content) if not line.isascii())
        found = b"".join(islice(lines, FIRST))[:SAMPLE]
        # Letters of Western Europe stand alone among ASCII; of other scripts several bytes stand together.
        if re.search(rb"[\x80-\xff]{3}", found) or re.fullmatch(rb"([\0-\x7f]|[\xb0-\xd7][\xa1-\xfe])*", found):
            best = from_bytes(found * 8, cp_isolation=[*ENCODINGS][:-1]).best()  # few letters tell more when repeated
            return best.encoding if best else "cp1252"
        return "cp1252"
    return "utf-8-sig"


def delimiter_of(lines: Sequence[str], above: int, marks: str) -> str:
    """Return what stands between the cells: with it most rows have the same number of cells, and most are numbers."""
    found = {}
    for mark in marks:
        wide = [row for row, _end in islice(_records(lines[above:], mark), 50) if len(row) > 1]
        if wide:
            width = Counter(map(len, wide)).most_common(1)[0][0]
            table = [row for row in wide if len(row) == width]
            cells = [kind(cell) for row in table[1:] or table for cell in row if cell]
            agree = len(table) / len(wide)
            found[mark] = (agree * cells.count(1) / max(len(cells), 1), agree)
    best = max(found, key=found.__getitem__, default=" ")
    if best == " " and not found.get(" ", (0, 0))[0]:  # a sentence has blanks as well
        single = _(
            "Row {row} is one cell, “{text}”. A target and a feature need two columns, with commas between them."
        )
        raise UnreadableError(single.format(row=above + 1, text=lines[above].strip()[:60]))
    return best


def longer(row: int, seen: int, wanted: int) -> str:
    """Return what to say of a row with too many cells."""
    return _(
        "Row {row} has {seen} cells, the table has {wanted} columns. "
        "Mend the row, or put quotes round a cell that has the delimiter in it."
    ).format(row=row, seen=seen, wanted=wanted)


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Yield the cells of each row, and how many lines it is to its end; quotes may hold delimiters and line breaks."""
    if delimiter == " ":
        lines = [line.replace("\t", " ").rstrip() + "\n" for line in lines]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    for row in reader:
        yield [cell.strip() for cell in row], reader.line_num


def _filled(row: Sequence[str]) -> int:
    """Return how many cells a row has up to the last that is not empty."""
    return max((k + 1 for k, cell in enumerate(row) if cell), default=0)


def _names_and_start(rows: Sequence[Sequence[str]], columns: int) -> tuple[int | None, int, list[int]]:
    """Return which row has the names (None: none has), with which row the data begin, and which columns are numbers."""
    kinds = [[kind(cell) for cell in row] for row in rows]
    wide = [k for k, row in enumerate(rows) if len(row) > 1]
    below = [kinds[k] for k in wide[1:] or wide]
    places = [[row[place] for row in below if place < len(row)] for place in range(columns)]
    numeric = [place for place, found in enumerate(places) if 1 in found and sum(found) >= 0]
    numerals = [[row[place] for place in numeric if place < len(row)] for row in kinds]
    start = next((k for k in wide if sum(numerals[k]) > 0), None)
    if start is None:
        return wide[0], wide[0] + 1, numeric
    head: list[int] = []
    for k in range(start - 1, -1, -1):
        row = rows[k]
        if not any(row):
            if head:
                break
        elif not head and len(row) == columns - 1 > 1 and all(row) and 1 not in kinds[k]:
            return k, start, numeric
        elif len(row) < columns or (head and 2 * sum(map(bool, row)) <= columns):
            break
        elif head or -1 in numerals[k]:
            head.insert(0, k)
        else:
            start = k
    if head:
        return head[0], next((k for k in head[1:] if 1 in numerals[k] or -1 not in numerals[k]), start), numeric
    if _are_names(rows[start:], numeric):
        return start, start + 1, numeric
    return None, start, numeric


def _are_names(rows: Sequence[Sequence[str]], numeric: Sequence[int]) -> bool:
    """Return whether numbers in the first row are names: years, or 1, 2, 3 …, over other numbers."""
    first, *below = [[row[k] for k in numeric if k < len(row)] for row in rows]
    if len(first) < 2 or not all(re.fullmatch("[0-9]{1,4}", cell) for cell in first):
        return False
    said = [int(cell) for cell in first]
    values = [max(numbers(cell)) for row in below for cell in row if kind(cell) == 1]
    if said == [*range(said[0], said[0] + len(said))] and said[0] in (0, 1):
        return len(said) >= (5 if all(value % 1 == 0 for value in values) else 3)
    return all(1800 <= year <= 2100 for year in said) and not any(1800 <= v <= 2100 and v % 1 == 0 for v in values)
