"""What columns and weights are called, and how a name that anyone may have typed is shown. No Streamlit."""

from __future__ import annotations

from collections.abc import Iterable

from pages.shared.model.language import _
from rmsprop_core.learn.tables import Data

LONGEST_NAME = 80


def weight_names(data: Data) -> tuple[str, ...]:
    """Return the names of the weights, the intercept last: b, or b₀ where a column has that name."""
    intercept = "b"
    while intercept in (*data.names, data.target):
        intercept += "₀"
    return (*data.names, intercept)


def unique(names: Iterable[str]) -> list[str]:
    """Return the names in one line each, cut to a length, and numbered where one occurs again."""
    found: dict[str, None] = {}
    last: dict[str, int] = {}  # the number of a name: the next goes on from it, or thousands would take minutes
    for wanted in names:
        name = wanted = " ".join(wanted.split())[:LONGEST_NAME]
        while name in found:
            last[wanted] = last.get(wanted, 1) + 1
            name = f"{wanted} ({last[wanted]})"
        found[name] = None
    return list(found)


def short(name: str, room: int = 24) -> str:
    """Return a name for a place with little room: its beginning and its end."""
    end = room // 3
    return name if len(name) <= room else f"{name[: room - end - 1]}…{name[-end:]}"


def axis_names(names: tuple[str, ...]) -> list[str]:
    """Return what the weights with these names, b last, are called on axes: no longer than a chart has room for."""
    wide = [sum(c in "mw" or c.isupper() or c > "\u2e80" for c in name) > 2 for name in names]
    weights = [_("w {name}").format(name=short(name, 5 if wide[k] else 7)) for k, name in enumerate(names[:-1])]
    return [*weights, _("intercept {b}").format(b=names[-1])]


def label(name: str) -> str:
    """Return a name for Plotly, which reads a few tags of HTML."""
    return short(name, 15).replace("&", "&amp;").replace("<", "&lt;")
