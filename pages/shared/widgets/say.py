"""What a page says: plain text, whoever wrote it.

Streamlit's own messages read Markdown, so a link or a table's head could fill them with images and links; lint bans
them everywhere else. Labels, help and options are read so too: they hold no text of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st


def line(text: str, heading: str = "", kind: str = "line") -> None:
    """Say a sentence, after a heading in bold where there is one."""
    role = ' role="alert"' if kind in ("warning", "error") else ""
    head = f"<b>{escape(heading)}</b> " if heading else ""
    st.html(f'<p class="said said-{kind}"{role}>{head}{escape(text)}</p>')


caption = partial(line, kind="caption")  # in small letters
warning = partial(line, kind="warning")  # that something is not as one may think
error = partial(line, kind="error")  # what is wrong with what was put in


def formula(latex: str) -> None:
    """Show a formula that the program has written in LaTeX, never one that a user has typed."""
    st.markdown(f"${latex}$")  # noqa: TID251


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> None:
    """Show a table of texts; its first column names the rows."""

    def row(cells: Sequence[str], kind: str) -> str:
        first, *rest = (escape(cell) for cell in cells)
        return f"<tr><th>{first}</th>{''.join(f'<{kind}>{cell}</{kind}>' for cell in rest)}</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    st.html(f'<table class="said-table">{said}<thead>{row(head, "th")}</thead><tbody>{body}</tbody></table>')


def page(path: Path) -> None:
    """Show a text that the program brings, in Markdown."""
    st.markdown(path.read_text(encoding="utf-8"))  # noqa: TID251
