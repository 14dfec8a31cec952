"""Every colour of the pages, for a light theme and a dark one: style sheets, figures and notebooks take theirs here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Colour(NamedTuple):
    """A colour as CSS writes it, on a light ground and on a dark one."""

    light: str
    dark: str


METHODS: Mapping[str, Colour] = {  # apart for the colour-blind, too
    "rmsprop": Colour("#0b5fb0", "#5cb3ff"),
    "sgd": Colour("#c2410c", "#ff9f45"),
    "third": Colour("#00736b", "#5fe0c0"),
}
SYMBOLS: Mapping[str, Colour] = {
    "theta": Colour("#1c2530", "#e8edf2"),
    "g": Colour("#12703d", "#62d391"),
    "s": Colour("#7a2f9e", "#d29bf0"),
    "m": Colour("#0a7a75", "#5fd0ca"),
    "w": Colour("#7a2f9e", "#d29bf0"),
    "rms": Colour("#8a6100", "#e8bd55"),
    "u": Colour("#34399b", "#a9aef5"),
    "v": Colour("#7a4a21", "#dcae84"),
    "delta": Colour("#b3005e", "#ff86bd"),
    "f": Colour("#4a5563", "#aab4c0"),
}
INK = Colour("#1c2530", "#e8edf2")
GROUND = Colour("#ffffff", "#0e1318")
PANEL = Colour("#f0f2f6", "#1b232c")
ACCENT = Colour("#3d5573", "#9db4d0")
GRID = Colour("#d5dae0", "#3a434f")
QUIET = Colour("#7b8794", "#8b96a3")
HEIGHTS = Colour("#fbfcfd #eef2f6 #dfe6ee #cdd7e2 #b8c5d4", "#0f151c #17202a #202c39 #2b3948 #384859")
VARIABLES: Mapping[str, Colour] = {
    **METHODS,
    **{f"sym-{name}": colour for name, colour in SYMBOLS.items()},
    "ink": INK,
    "grid": GRID,
    "ghost": Colour("#6b7683", "#8d99a8"),
    "cursor": INK,
    "level": Colour("rgba(60, 75, 95, 0.38)", "rgba(190, 205, 225, 0.28)"),
    "surface": HEIGHTS,
    "map": Colour("#ffe36e #7fc96b #2d9a8c #37618d #46327e", "#ffe36e #7fc96b #2d9a8c #37618d #46327e"),  # low to high
    "basins": Colour(
        "#0072b2 #e69f00 #009e73 #cc79a7 #56b4e9 #d55e00", "#0072b2 #e69f00 #009e73 #cc79a7 #56b4e9 #d55e00"
    ),
    "right": Colour("#12703d", "#62d391"),
    "wrong": Colour("#b3261e", "#ff8a80"),
    "warning": Colour("#e8a800", "#e8a800"),
}


def css() -> str:
    """Return a style sheet of them: --name, otherwise where something is marked dark, and a class sym-… a symbol."""
    places = ":root", '[data-theme="dark"]'
    sheets = [
        f"{place} {{ " + " ".join(f"--{name}: {colour[k]};" for name, colour in VARIABLES.items()) + " }"
        for k, place in enumerate(places)
    ]
    return "\n".join([*sheets, *(f".sym-{name} {{ color: var(--sym-{name}); }}" for name in SYMBOLS)])


def theme() -> str:
    """Return what Streamlit's theme gives a page, for one that stands alone."""
    own = {"background": GROUND, "text": INK, "secondary-background": PANEL, "primary": ACCENT}
    light, dark = ("".join(f"--st-{name}-color: {colour[k]}; " for name, colour in own.items()) for k in (0, 1))
    return f":root {{ color-scheme: light dark; {light}}}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}"
