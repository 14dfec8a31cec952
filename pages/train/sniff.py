"""How a file is laid out, by its beginning: its encoding, what stands between its cells, where its names and rows are.

Rows are named as a spreadsheet names them: the first line of the file is row 1. No Streamlit.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from io import BytesIO, StringIO
from itertools import islice
from typing import NamedTuple

import numpy as np

from pages.shared.model.language import _
from pages.train.cells import kind
from pages.train.notes import note, refused

SAMPLE, FIRST = 1 << 17, 200  # the bytes and the rows that a guess looks at
KINDS = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF", rb"\s*<[a-zA-Z!?]": "HTML",
         rb"\s*(\[\s*)?\{\s*[\"}]": "JSON"}  # fmt: skip
ENCODINGS = {"gb18030": "GB 18030", "big5": "Big5", "cp932": "Shift-JIS", "cp949": "EUC-KR", "cp1251": "Windows 1251",
             "cp1252": "Latin 1"}  # fmt: skip
DELIMITERS = ",;\t| "
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SEP = re.compile(r'"?sep=(.)"?\n?', re.IGNORECASE)  # what Excel reads as the delimiter
YEAR = re.compile("(18|19|20)[0-9]{2}")
Rows = list[list[str]]


class Layout(NamedTuple):
    """How a file is written, and where its table stands.

    `head` are its rows above the data, of which row `at` has the `names`; with `row_names` the first column has none.
    Its first `above` are lines of text. `rows` are the first rows of data, of up to `fields` cells.
    """

    encoding: str
    delimiter: str
    head: Rows
    at: int | None
    names: list[str]
    row_names: bool
    rows: Rows
    above: int
    fields: int

    def cells(self) -> list[str]:
        """Return the cells of the first rows that are not empty."""
        return [cell for row in self.rows for cell in row if cell]

    def notes(self) -> list[str]:
        """Return what is to be said of how the file is read."""
        notes, names = [], [f"“{name}”" for name in self.names]
        if self.encoding in ENCODINGS:
            notes.append(note("encoding", encoding=ENCODINGS[self.encoding]))
        if self.delimiter != ",":
            shown = {";": _("semicolons"), "\t": _("tabs"), " ": _("spaces")}.get(self.delimiter, self.delimiter)
            notes.append(note("delimiter", delimiter=shown))
        titles = len(self.head) if self.at is None else self.at
        if any(any(row) and not SEP.fullmatch(row[0]) for row in self.head[:titles]):
            notes.append(note("titles", n=titles))
        if self.at is None:
            return [*notes, note("no names", row=titles + 1)]
        if self.row_names:
            notes.append(note("row names", n=len(names) - 1, row=self.at + 1, m=len(names)))
        elif self.head[self.at][0].startswith("#") or 1 in map(kind, self.names):
            notes.append(note("names", row=self.at + 1, names=", ".join([*names[:5], *["…"] * (len(names) > 5)])))
        units = [(k, row) for k, row in enumerate(self.head, 1) if k > self.at + 1 and any(row)]
        return notes + [note("units", row=k, cell=next(filter(None, row))) for k, row in units]


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
    told = SEP.fullmatch(lines[above]) if lines else None
    above += bool(told)
    if not "".join(lines[above:]).strip(DELIMITERS + "\n"):
        raise refused("empty file")
    delimiter = delimiter_of(lines[above:], above + 1, told[1] if told else DELIMITERS)
    rows = [[line.strip()] for line in lines[:above]] + _records(lines[above:], delimiter)
    for comment in _records([line[1:].lstrip() for line in lines[above - 1 : above] if line[0] == "#"], delimiter):
        if len(comment) == _columns(rows) and 1 not in map(kind, comment):  # the last may hold the names
            rows[above - 1] = ["#" + comment[0], *comment[1:]]
    at, start = _names_and_start(rows, above)
    names = [] if at is None else [re.sub("^#|^Unnamed:.*", "", name) for name in rows[at]]  # pandas' word for none
    columns = _columns(rows[start:])
    short = len(names) == columns - 1
    names = [*[""] * short, *names, *[""] * columns][: max(columns, _filled(names))]
    for k, row in enumerate(rows[start:], start + 1):
        if _filled(row) > len(names):
            raise refused("longer", row=k, seen=len(row), wanted=len(names))
    fields = max([len(names), *map(len, rows[start:])])
    return Layout(encoding, delimiter, rows[:start], at, names, short, rows[start:], min(above, start), fields)


def refuse_binary(content: bytes) -> None:
    """Raise where the file is not text, or text of another kind."""
    for begin, kind_of_file in KINDS.items():
        if re.match(begin, content):
            raise refused("other kind", file=kind_of_file)
    control = re.compile(rb"[\0-\x08\x0e-\x19\x1b-\x1f]").search(content, 0, SAMPLE)  # not \x1a: it may end a file
    if control and not content.startswith(UTF16):
        raise refused("binary", n=control.start() + 1)


def encoding_of(content: bytes) -> str:
    """Return the encoding: UTF-8 where all of the file is, otherwise what its lines with other letters look like."""
    from charset_normalizer import from_bytes

    if content.startswith(UTF16):
        return "utf-16"
    try:
        content.decode()
    except UnicodeDecodeError:
        lines = b"".join(islice((line for line in BytesIO(content) if not line.isascii()), FIRST))[:SAMPLE]
        order = [*ENCODINGS]  # a few Chinese letters may be Korean as well; few tell more when repeated
        found = from_bytes(lines * 8, cp_isolation=order)
        least = min(found, key=lambda match: (match.chaos, -match.coherence, order.index(match.encoding)), default=None)
        return least.encoding if least else "cp1252"
    return "utf-8-sig"


def delimiter_of(lines: Sequence[str], first: int, marks: str) -> str:
    """Return what stands between the cells: with it most rows have the same number of cells, and most are numbers."""
    scores = {}
    for mark in marks:
        wide = [row for row in _records(lines, mark, 50) if len(row) > 1]
        cells = [kind(cell) for row in wide[1:] or wide for cell in row if cell]
        if wide and (mark != " " or 1 in cells):  # a sentence has blanks as well
            agree = max(Counter(map(len, wide)).values()) / len(wide)
            scores[mark] = (agree * cells.count(1) / max(len(cells), 1), agree)
    if not scores:
        raise refused("one cell", row=first, text=lines[0].strip()[:60])
    return max(scores, key=scores.__getitem__)


def _records(lines: Sequence[str], delimiter: str, most: int = FIRST) -> Rows:
    """Return the cells of the first rows; quotes may hold delimiters and line breaks."""
    if delimiter == " ":
        lines = [line.replace("\t", " ").rstrip() + "\n" for line in lines]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    return [[cell.strip() for cell in row] for row in islice(reader, most)]


def _columns(rows: Rows) -> int:
    """Return how many columns most rows have, of those with more than one: the last may be empty throughout."""
    often = Counter(len(row) for row in rows if len(row) > 1).most_common(1)
    return max((_filled(row) for row in rows if often and len(row) == often[0][0]), default=0)


def _filled(row: Sequence[str]) -> int:
    """Return how many cells a row has up to the last that is not empty."""
    return max((k for k, cell in enumerate(row, 1) if cell), default=0)


def _names_and_start(rows: Rows, above: int) -> tuple[int | None, int]:
    """Return which row has the names (None: none has), and with which row the data begin.

    A row with words over numbers is no data; of such rows, one below the other and half full, the first has the names.
    """
    columns = _columns(rows)
    kinds = np.array([[kind(cell) for cell in [*row, *[""] * columns][:columns]] for row in rows])
    width, filled = np.array([(len(row), sum(map(bool, row))) for row in rows]).T
    below = kinds[width > 1][1:] if sum(width > 1) > 1 else kinds
    numeric = np.flatnonzero((below > 0).any(axis=0) & (below.sum(axis=0) >= 0)).tolist()
    numerals = kinds[:, numeric]
    data = np.flatnonzero((width > 1) & (numerals.sum(axis=1) > 0))
    start = int(data[0]) if len(data) else int(np.argmax(width > 1)) + 1
    short = (width == columns - 1) & (filled == width) & (kinds < 1).all(axis=1)  # no name over the names of the rows
    words = (width > 1) & (short | (width >= columns)) & ((numerals < 0).any(axis=1) | (len(data) == 0))
    if words[:start].any():
        last = at = int(np.flatnonzero(words[:start])[-1])
        while at > above and width[at - 1] >= columns and 2 * filled[at - 1] > columns:
            at -= 1
        return at, next((k for k in range(at + 1, last + 1) if 1 in numerals[k]), last + 1)
    first, *others = [[YEAR.fullmatch(row[k]) for k in numeric if k < len(row)] for row in rows[start:]]
    years = len(first) > 1 and all(first) and not any(map(any, others))
    return start if years else None, start + years
