"""What a file is, before it is read: text or not, its encoding, what stands between its cells. No Streamlit."""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO

import numpy as np

from pages.shared.model.language import _

SAMPLE = 1 << 16
DELIMITERS = (",", ";", "\t", "|")
MAGIC = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"PAR1": "Parquet",
         b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}  # fmt: skip

COMMA, POINT = (re.compile(rf"[+-]?\d*{mark}\d+([eE][+-]?\d+)?") for mark in (",", r"\."))
GROUPS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
SEPARATED = re.compile(r"[+-]?(\d*[.,]\d+|\d{1,3}([.,_'’\u2009\u202f\xa0 ]\d{3})+([.,]\d+)?)([eE][+-]?\d+)?")


class UnreadableError(ValueError):
    """The file cannot be used; the message is a sentence for the reader."""


def refuse_binary(content: bytes) -> None:
    """Raise where the file is not text, or text of another kind."""
    advice = _("Open it where it was made and save it as CSV (UTF-8).")
    for start, kind in MAGIC.items():
        if content.startswith(start):
            raise UnreadableError(_("This is a file of the kind {kind}, not CSV.").format(kind=kind) + " " + advice)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return  # UTF-16, which is full of zero bytes
    if b"\0" in content[:SAMPLE]:
        raise UnreadableError(
            _("This is not a text file: byte {n} is 0.").format(n=content.index(b"\0") + 1) + " " + advice
        )
    codes = np.frombuffer(content[:SAMPLE], dtype=np.uint8)
    control = (codes < 9) | ((codes > 13) & (codes < 32))
    if control.mean() > 0.01:
        raise UnreadableError(
            _("This is not a text file: byte {n} is no letter.").format(n=int(np.argmax(control)) + 1) + " " + advice
        )
    if found := re.match(rb"\s*(<[a-zA-Z!?]|\[?\s*\{\s*[\"}])", content[:SAMPLE]):
        kind = "HTML" if found[1].startswith(b"<") else "JSON"
        raise UnreadableError(_("This is a file of the kind {kind}, not CSV.").format(kind=kind) + " " + advice)


def decoded(sample: bytes) -> tuple[str, str]:
    """Return the encoding and the text of the beginning of a file."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", sample[: len(sample) // 2 * 2].decode("utf-16", errors="ignore")
    for encoding in ("utf-8-sig", "gb18030", "cp1252"):
        try:
            text = sample[: sample.rfind(b"\n") + 1 or None].decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _is_chinese(text):
            return encoding, text
    return "latin-1", sample.decode("latin-1")


def _is_chinese(text: str) -> bool:
    """Return whether what GB 18030 makes of a file are mostly frequent characters: of Latin letters it makes rare ones.

    The frequent ones are those of GB 2312 up to its first level, ordered by sound.
    """
    wide = [character for character in text if ord(character) > 127]
    codes = [character.encode("gb2312", errors="ignore") for character in wide]
    return 2 * sum(b"\xa1" <= code[:1] <= b"\xd7" for code in codes) >= len(wide)


def rows_of(sample: str, delimiter: str) -> list[list[str]]:
    """Return the cells of each row; a cell in quotes may hold the delimiter, and line breaks."""
    text = StringIO(sample, newline=None)
    if delimiter == " ":
        return [line.split() for line in text]
    return list(csv.reader(text, delimiter=delimiter, skipinitialspace=True))


def delimiter_of(sample: str, row: int) -> str:
    """Return what stands between the cells: what occurs, equally often, in most rows, with numbers between."""
    found = {}
    for mark in DELIMITERS:
        rows = [cells for cells in rows_of(sample, mark) if any(cell.strip() for cell in cells)][:50]
        often, how_many = Counter(len(cells) - 1 for cells in rows).most_common(1)[0]
        cells = [cell for cells in rows for cell in cells]
        numbers = sum(is_number(cell, ".") or is_number(cell, ",") for cell in cells) / len(cells)
        if len(rows[0]) > 1 and often:
            found[mark] = (how_many / len(rows), numbers, often, mark == ",")
    if found:
        return max(found, key=lambda mark: found[mark])
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    last = lines[-1].split()
    if all(len(line.split()) == len(last) > 1 for line in lines) and (are_numbers(last, ".") or are_numbers(last, ",")):
        return " "
    raise UnreadableError(
        _("Row {row} is one cell, “{text}”: there is no comma, semicolon, tab or | in it. "
          "A target and a feature need two columns, with commas between them.").format(
            row=row, text=lines[0][:60].strip()
        )
    )  # fmt: skip


def decimal_of(rows: list[list[str]], delimiter: str) -> tuple[str, str]:
    """Return what stands before the decimals, and a cell that shows it where it is a comma.

    Without semicolons 1,500 may well be a thousand and a half: then it takes another cell, like 1,5, to tell.
    """
    cells = [cell.strip() for row in rows for cell in row]
    commas = [cell for cell in cells if COMMA.fullmatch(cell)]
    points = sum(bool(POINT.fullmatch(cell)) for cell in cells)
    clear = commas if delimiter == ";" else [cell for cell in commas if not GROUPS.fullmatch(cell)]
    return (",", clear[0]) if clear and len(commas) > points else (".", "")


def check_widths(rows: list[list[str]], row: int) -> None:
    """Refuse a row that is longer than the first, which pandas would cut off without a word."""
    width = len(rows[0])
    for k, cells in enumerate(rows):
        if any(cell.strip() for cell in cells[width:]):
            raise UnreadableError(longer(row + k, len(cells), width))


def longer(row: int, seen: int, wanted: int) -> str:
    """Return what to say of a row with too many cells."""
    return _(
        "Row {row} has {seen} cells, those before it have {wanted}. "
        "Mend the row, or put quotes round a cell that has the delimiter in it."
    ).format(row=row, seen=seen, wanted=wanted)


def is_number(cell: str, decimal: str) -> bool:
    """Return whether a cell is written as pandas reads numbers."""
    try:
        float(cell.replace(decimal, "."))
    except ValueError:
        return False
    return cell.isascii() and "_" not in cell and (decimal == "." or "." not in cell)


def are_numbers(cells: list[str], decimal: str) -> bool:
    """Return whether every cell of a row is a number or empty, and not all are empty."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(is_number(cell, decimal) for cell in filled)


def is_separated(cell: str) -> bool:
    """Return whether a cell is a number for people: with other decimals, or with something between the thousands."""
    return bool(SEPARATED.fullmatch(cell.strip()))
