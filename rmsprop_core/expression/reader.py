"""From the text of f(x, y) to its tree: signs, then words, then a parser by binding strength. Nothing is evaluated.

A reading that leaves no doubt is taken: 2x, x(x + 1), x⁴, √(x), |x|, sin²(x), 0,5. Everything else is refused with its
kind, its column and the piece of text; a page makes the sentence.

`empty`, `long`, `deep`: nothing, more than LONGEST characters, more than DEEPEST parts inside one another. `character`:
one that no formula has. Two readings: `comma` 1,000; `times` x2; `fraction` 1/2x; `power` x^2y; `root` √x²; `inverse`
sin^-1(x); `gap` x y, where a link may have lost a +. `name`: unknown; `call`: a function without brackets; `arguments`:
not `limit` of them. `equation`: an = that does not follow f(x, y); `open`: half a pair of brackets; `syntax`: whatever
else is wrong. `value`: a constant part without a finite value. `surface.py` adds `work`, more than MOST_OPERATIONS, and
`nowhere`, no finite value in sight.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from unicodedata import normalize

import numpy as np

from rmsprop_core.expression.tree import Node, number, symbol

LONGEST, DEEPEST = 300, 60

FUNCTIONS: dict[str, Any] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt")},
    **{"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "log10": np.log10, "log2": np.log2},
    **{"abs": np.absolute, "min": np.minimum, "max": np.maximum},
}
OTHERS = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "minimum": "min", "maximum": "max"}
NAMES = {"x": symbol("x"), "y": symbol("y"), "pi": number(np.pi), "π": number(np.pi), "e": number(np.e)}
WORDS = sorted([*FUNCTIONS, *OTHERS, *NAMES], key=len, reverse=True)

SIGNS = {
    **dict.fromkeys("−–—‐‑﹣", "-"),
    **dict.fromkeys("·×⋅∗∙•\u2062", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\u2061\ufeff\u00ad", ""),  # unseen
}
BINARY = {  # how tightly a sign binds, what it means, and how tightly what follows it must bind
    **{"+": (1, np.add, 1), "-": (1, np.subtract, 1), "*": (2, np.multiply, 2), "/": (2, np.divide, 2)},
    **dict.fromkeys(("^", "**"), (4, np.power, 3)),
}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
CLOSING = {"(": ")", "[": "]", "{": "}"}
TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<module>(?i:np|numpy|math|torch)\.(?=[A-Za-z]))"
    r"|(?P<word>log(?:10|2)|[A-Za-zπ_]+)|(?P<sign>\*\*|\S)|\s+"
)
HEAD = re.compile(r"\s*(?:[fzFhgJL]|loss)\s*(?:\(\s*(?:x\s*,\s*y|x)\s*\))?\s*:?=")


class Refused(ValueError):  # noqa: N818
    """A text that is no formula: `kind`, the `column` of the `piece` in the text, and the `limit` it broke, if any."""

    def __init__(self, kind: str, column: int, piece: str, limit: float | None = None) -> None:
        super().__init__(f"{kind} at column {column}: {piece!r}")
        self.kind, self.column, self.piece, self.limit = kind, column, piece, limit


class Token(NamedTuple):
    """A number, word or sign, from column `start` to `end`; `beside` if no blank stands before it."""

    kind: str
    text: str
    start: int
    end: int
    beside: bool = True


def read(text: str) -> Node:
    """Return the tree of a formula.

    Raises:
        Refused: and nothing else, whatever the text.
    """
    if not text.strip():
        raise Refused("empty", 0, "")
    if len(text) > LONGEST:
        raise Refused("long", LONGEST, text[LONGEST : LONGEST + 10], LONGEST)
    reader = _Reader(text)
    tree = reader.part()
    if reader.token.kind != "end":
        raise reader.unexpected()
    return tree


def with_plus(text: str) -> str:
    """Return the text with a + for each blank that stands between two parts: in a link a bare + is a blank."""
    try:
        read(text)
    except Refused as refused:
        if refused.kind == "gap":
            return with_plus(text[: refused.column].rstrip() + "+" + text[refused.column :])
    return text


def _tokens(text: str) -> list[Token]:
    head = HEAD.match(text)
    plain, columns = "", []
    for column in range(head.end() if head else 0, len(text)):
        sign = text[column]
        if not (sign in SIGNS or sign in RAISED or sign.isascii()):
            other = normalize("NFKC", sign)  # full width, and the letters of formulas
            sign = other if len(other) == 1 else sign
        if sign in RAISED:  # x²³ is x^(23)
            around = text[column - 1 : column] or " ", text[column + 1 : column + 2] or " "
            sign = "^(" * (around[0] not in RAISED) + RAISED[sign] + ")" * (around[1] not in RAISED)
        plain += (sign := SIGNS.get(sign, sign))
        columns += [column] * len(sign)
    found: list[Token] = []
    beside = True
    for match in TOKEN.finditer(plain):
        kind, start, end = match.lastgroup, columns[match.start()], columns[match.end() - 1] + 1
        if kind == "word":
            found += _words(match[0], text, start, end, beside)
        elif kind and kind != "module":
            found.append(Token(kind, match[0], start, end, beside))
        beside = kind is not None
    return [*found, *[Token("end", "", len(text), len(text))] * 2]


def _words(run: str, text: str, start: int, end: int, beside: bool) -> list[Token]:
    """Return the known words that a run of letters is made of: xsin is x and sin."""
    found: list[Token] = []
    rest = run.lower()
    while rest:
        name = next((name for name in WORDS if rest.startswith(name)), "")
        if not name or (name not in NAMES and rest != name):
            called = text[end:].lstrip().startswith((*CLOSING,))
            raise Refused("call" if name and not called else "name", start, text[start:end])
        at = end - len(rest)
        found.append(Token("word", name, at, at + len(name), beside or bool(found)))
        rest = rest[len(name) :]
    return found


class _Reader:
    """Reads one text. `at` is the next token, `depth` the number of open parts.

    `bars` says that a | closes, `listing` that a comma parts the arguments of a function.
    """

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, _tokens(text), 0, 0
        self.bars = self.listing = False

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def refused(self, kind: str, start: int, end: int | None = None, limit: float | None = None) -> Refused:
        """Return the refusal of the piece from column `start` to `end`, or to the end of the next token."""
        return Refused(kind, start, self.text[start : end or self.token.end], limit)

    def unexpected(self) -> Refused:
        """Return the refusal of the next token, which does not belong where it stands."""
        token = self.token
        if token.kind == "end":
            start = len(self.text.rstrip()) - 1
            return self.refused("syntax", start, start + 1)
        kinds = {",": "comma", "=": "equation", **dict.fromkeys("+-*/^|", "syntax"), **dict.fromkeys("()[]{}", "open")}
        kind = kinds.get(token.text, "character") if token.kind == "sign" else "syntax"
        return self.refused(kind, token.start)

    def made(self, start: int, apply: Any, *parts: Node) -> Node:
        """Return the node of what was read from column `start` on; a constant must have a value."""
        node = Node(apply, *parts)
        if node.value is not None and not np.isfinite(node.value):
            raise self.refused("value", start, self.tokens[self.at - 1].end)
        return node

    def part(self, least: int = 0) -> Node:
        """Read as far as signs bind more tightly than `least`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refused("deep", self.token.start, limit=DEEPEST)
        start, node = self.token.start, self.first(least)
        divided = False  # by what came last: another part beside that would be in doubt
        while True:
            sign = self.token
            binds, apply, right = BINARY.get(sign.text, (0, None, 0))
            if binds > least:
                self.next()
                node = self.made(start, apply, node, self.part(right))
                divided, closed = apply is np.divide, self.tokens[self.at - 1].text in (*")]}|",)
                if apply is np.power and self.token.kind == "word" and self.token.beside and not closed:
                    raise self.refused("power", start)
            elif self.begins_part() and least < 2:
                if not sign.beside:
                    raise self.refused("gap", sign.start)
                if divided or sign.kind == "number":
                    raise self.refused("fraction" if divided else "times", start)
                node = self.made(start, np.multiply, node, self.part(2))
            else:
                self.depth -= 1
                return node

    def begins_part(self) -> bool:
        """Return whether a part begins here, so that a times sign has been left out before it."""
        token = self.token
        return token.kind in ("number", "word") or token.text in (*"([{√",) or (token.text == "|" and not self.bars)

    def first(self, least: int) -> Node:
        """Read what can stand first: a number, a name, a call, a part in brackets, a sign."""
        token = self.next()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "word":
            return self.call(token) if token.text not in NAMES else self.name(token)
        if token.text in ("+", "-"):
            operand = self.part(max(least, 1))
            return operand if token.text == "+" else self.made(token.start, np.negative, operand)
        if token.text == "√":
            return self.root(token)
        if token.text == "|":
            return self.made(token.start, np.absolute, *self.inside(token, "|"))
        if token.text in CLOSING:
            return self.inside(token, CLOSING[token.text])[0]
        self.at -= 1
        raise self.unexpected()

    def number(self, token: Token) -> Node:
        """Read a number; a comma between its digits is the decimal sign, but not where arguments are listed."""
        text, (comma, digits) = token.text, self.tokens[self.at : self.at + 2]
        if comma.text == "," and not self.listing:
            if not (text.isdigit() and digits.text.isdigit() and comma.beside and digits.beside):
                raise self.refused("comma", comma.start)
            if len(digits.text) == 3 and text != "0":  # a thousand, or a comma?
                raise self.refused("comma", token.start, digits.end)
            self.at += 2
            text += "." + digits.text
        if not np.isfinite(float(text)):
            raise self.refused("value", token.start, token.end)
        return number(float(text))

    def name(self, token: Token) -> Node:
        if self.token.text == "[":  # x[0]
            raise self.refused("name", token.start, self.text.find("]", token.end) + 1 or self.token.end)
        return NAMES[token.text]

    def call(self, token: Token) -> Node:
        """Read the arguments of a function; a power may stand before them: sin²(x), sin^2(x)."""
        power = None
        if self.token.text in ("^", "**"):
            self.next()
            power = self.part(4)
        if power is not None and (power.value is None or power.value < 0):
            raise self.refused("inverse", token.start, self.tokens[self.at - 1].end)
        if self.token.text not in CLOSING:
            raise self.refused("call", token.start, token.end)
        opened = self.next()
        parts = self.inside(opened, CLOSING[opened.text], listing=True)
        function = FUNCTIONS[OTHERS.get(token.text, token.text)]
        if len(parts) != function.nin:
            raise self.refused("arguments", token.start, self.tokens[self.at - 1].end, function.nin)
        node = self.made(token.start, function, *parts)
        return node if power is None else self.made(token.start, np.power, node, power)

    def root(self, token: Token) -> Node:
        """Read what a √ stands before: one part, in brackets where it is more."""
        alone = self.token.text not in CLOSING
        node = self.made(token.start, np.sqrt, self.part(5))
        if alone and (self.token.text in ("^", "**") or self.begins_part()):
            raise self.refused("root", token.start)
        return node

    def inside(self, opened: Token, closing: str, *, listing: bool = False) -> list[Node]:
        """Read what stands in brackets or bars, and what closes them: one part, or a list of them."""
        outer = self.bars, self.listing
        self.bars, self.listing = closing == "|", listing
        parts = [self.part()]
        while listing and self.token.text == ",":
            self.next()
            parts.append(self.part())
        if self.token.text != closing:
            ends = self.token.kind == "end" or self.token.text in (*")]}|",)
            raise self.refused("open", opened.start, opened.end) if ends else self.unexpected()
        self.next()
        self.bars, self.listing = outer
        return parts
