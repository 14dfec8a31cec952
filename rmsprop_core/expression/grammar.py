"""From the text of f(x, y) to Python's syntax tree, and back from a place in the tree to the text.

What is not on the list is refused with its kind, its column and the piece of text; a page makes the sentence.

| kind          | refused is                                                                        |
|---------------|-----------------------------------------------------------------------------------|
| `empty`       | nothing but blanks                                                                |
| `long`        | more than LONGEST characters                                                      |
| `deep`        | more than DEEPEST levels of brackets, signs or calls                              |
| `big`         | more than MOST_PARTS names, numbers and operations                                |
| `character`   | a character that no formula has                                                   |
| `times`       | 2x or 2(x + 1): write 2*x                                                         |
| `syntax`      | what is not a formula                                                             |
| `name`        | a name that is not x, y, pi or e                                                  |
| `call`        | a function that is not in FUNCTIONS                                               |
| `arguments`   | a function with the wrong number of arguments                                     |
| `attribute`, `string`, `subscript`, `comparison`, `lambda`, `operator`, `other` | Python that no formula has      |
| `number`      | a number, or a constant part, beyond LARGEST, or closer to 0 than 1/LARGEST       |
| `exponent`    | a constant exponent beyond ± HIGHEST_POWER, or powers of powers beyond HIGHEST_DEGREE |
| `tower`       | a power with a variable exponent in an exponent                                   |
| `undefined`   | a constant part without a real value: 1/0, sqrt(-1)                               |
"""

from __future__ import annotations

import ast
import re
import warnings

LONGEST, DEEPEST, MOST_PARTS = 300, 16, 100
LARGEST, HIGHEST_POWER, HIGHEST_DEGREE = 1e12, 20, 40

WRITTEN = {"^": "**", "−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "²": "**2", "³": "**3", "π": "pi"}


class Refused(ValueError):  # noqa: N818
    """A text that is no formula: `kind`, the `column` of the `piece` in the text, and the `limit` it broke, if any."""

    def __init__(self, kind: str, column: int, piece: str, limit: float | None = None) -> None:
        super().__init__(f"{kind} at column {column}: {piece!r}")
        self.kind, self.column, self.piece, self.limit = kind, column, piece, limit


class Text:
    """A typed formula with its tree; `columns` lead from a character of the Python source to the one that was typed."""

    def __init__(self, text: str) -> None:
        """Read the text, or raise Refused."""
        if not text.strip():
            raise Refused("empty", 0, "")
        if len(text) > LONGEST:
            raise Refused("long", LONGEST, text[LONGEST : LONGEST + 10], LONGEST)
        _look_over(text)
        self.typed = text
        self.columns, source = _source(text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.tree = ast.parse(source, mode="eval").body
        except SyntaxError as error:
            column = self._column((error.offset or len(source)) - 1)
            raise Refused("syntax", column, text[column : column + 1]) from None
        except (ValueError, MemoryError, RecursionError, OverflowError):
            raise Refused("syntax", 0, text) from None

    def place(self, node: ast.AST) -> tuple[int, str]:
        """Return the column and the piece of a node (the source is ASCII, so bytes are characters)."""
        start = self._column(getattr(node, "col_offset", 0))
        end = self._column(getattr(node, "end_col_offset", 1) - 1)
        return start, self.typed[start : end + 1]

    def refused(self, kind: str, node: ast.AST, limit: float | None = None) -> Refused:
        """Return the refusal of a node."""
        return Refused(kind, *self.place(node), limit)

    def _column(self, offset: int) -> int:
        return self.columns[max(0, min(offset, len(self.columns) - 1))]


def _look_over(text: str) -> None:
    """Refuse what Python's parser would warn of, or stumble over, before it sees it."""
    depth = 0
    for column, sign in enumerate(text):
        if sign in "\"'`":
            raise Refused("string", column, text[column : column + 10])
        if not (sign.isascii() and (sign.isprintable() or sign in " \t\r\n")) and sign not in WRITTEN:
            raise Refused("character", column, sign)
        if sign in "\\#;$?!@%&|~" and text[column : column + 2] != "!=":
            raise Refused("character", column, sign)
        depth += (sign in "([{") - (sign in ")]}")
        if depth > DEEPEST:
            raise Refused("deep", column, sign, DEEPEST)
    found = re.search(r"(?<![\w.])(?>\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?+\s*(?=[A-Za-z_π(])|[²³]\s*(?=[\w.π(])", text)
    if found:
        end = min(found.end() + 1, len(text))
        raise Refused("times", found.start(), text[found.start() : end])


def _source(text: str) -> tuple[list[int], str]:
    """Return the text in Python's signs, and for each of them the column that it was typed in."""
    first = len(text) - len(text.lstrip())  # Python takes leading blanks for an indentation
    written = [(WRITTEN.get(sign, " " if sign.isspace() else sign), column) for column, sign in enumerate(text)]
    columns = [column for signs, column in written[first:] for _ in signs]
    return columns, "".join(signs for signs, _ in written[first:]).rstrip()
