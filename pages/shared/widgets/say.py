"""What a page says: plain text, whoever wrote it.

Streamlit's own messages read Markdown, so a link or a table's head could fill them with images and links; lint bans
them everywhere else. Labels, help and options are read so too: they hold no text of others.
"""

from __future__ import annotations

from html import escape

import streamlit as st


def line(text: str, heading: str = "") -> None:
    """Say a sentence, after a heading in bold where there is one."""
    _say("line", text, heading)


def caption(text: str) -> None:
    """Say something in small letters."""
    _say("caption", text)


def warning(text: str) -> None:
    """Say that something is not as one may think."""
    _say("warning", text)


def error(text: str) -> None:
    """Say what is wrong with what was put in."""
    _say("error", text)


def formula(latex: str) -> None:
    """Show a formula that the program has written in LaTeX, never one that a user has typed."""
    st.markdown(f"${latex}$")  # noqa: TID251


def _say(kind: str, text: str, heading: str = "") -> None:
    role = ' role="alert"' if kind in ("warning", "error") else ""
    head = f"<b>{escape(heading)}</b> " if heading else ""
    st.html(f'<p class="said said-{kind}"{role}>{head}{escape(text)}</p>')
