"""What a file is, before it is read: text or not, its encoding, what stands between its cells. No Streamlit."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np

from pages.shared.language import _

SAMPLE = 1 << 16
DELIMITERS = (",", ";", "\t", "|")
MAGIC = {b"PK\x03\x04": "Excel", b"\xd0\xcf\x11\xe0": "Excel", b"%PDF": "PDF", b"\x1f\x8b": "gzip", b"PAR1": "Parquet",
         b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}  # fmt: skip


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
    if content.lstrip()[:1] in (b"<", b"{"):
        kind = "HTML" if content.lstrip()[:1] == b"<" else "JSON"
        raise UnreadableError(_("This is a file of the kind {kind}, not CSV.").format(kind=kind) + " " + advice)


def decoded(sample: bytes) -> tuple[str, str]:
    """Return the encoding and the text of the beginning of a file."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", sample[: len(sample) // 2 * 2].decode("utf-16", errors="ignore")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return encoding, sample[: sample.rfind(b"\n") + 1 or None].decode(encoding)
        except UnicodeDecodeError:
            continue
    return "latin-1", sample.decode("latin-1")


def delimiter_of(sample: str, row: int) -> str:
    """Return what stands between the cells: what occurs, equally often, in most lines."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    found = {}
    for mark in DELIMITERS:
        counts = Counter(len(next(csv.reader([line], delimiter=mark), [])) - 1 for line in lines)
        often, how_many = counts.most_common(1)[0]
        head = len(next(csv.reader([lines[0]], delimiter=mark))) - 1
        if head and often:
            found[mark] = (how_many, often, mark == ",")
    if found:
        return max(found, key=lambda mark: found[mark])
    if all(len(line.split()) == len(lines[0].split()) > 1 for line in lines) and is_all_numbers(lines[-1], " ", "."):
        return " "
    raise UnreadableError(
        _("Row {row} is one cell, “{text}”: there is no comma, semicolon, tab or | in it. "
          "A target and a feature need two columns, with commas between them.").format(
            row=row, text=lines[0][:60].strip()
        )
    )  # fmt: skip


def check_widths(sample: str, delimiter: str, row: int) -> None:
    """Refuse a row that is longer than the first, which pandas would cut off without a word."""
    if delimiter == " ":
        return
    lines = list(csv.reader(sample.splitlines(), delimiter=delimiter))
    width = len(lines[0])
    for k, cells in enumerate(lines):
        if any(cell.strip() for cell in cells[width:]):
            raise UnreadableError(longer(row + k, len(cells), width))


def longer(row: int, seen: int, wanted: int) -> str:
    """Return what to say of a row with too many cells."""
    return _(
        "Row {row} has {seen} cells, those before it have {wanted}. "
        "Mend the row, or put quotes round a cell that has the delimiter in it."
    ).format(row=row, seen=seen, wanted=wanted)


def is_all_numbers(line: str, delimiter: str, decimal: str) -> bool:
    """Return whether every cell of a line is a number or empty."""
    cells = line.split() if delimiter == " " else next(csv.reader([line], delimiter=delimiter), [])
    try:
        return bool(cells) and all(float(cell.replace(decimal, ".")) is not None for cell in cells if cell.strip())
    except ValueError:
        return False
