"""The frame of a page with the player: controls of 290 px, the rest for the picture."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

CSS = Path(__file__).parents[1] / "web" / "layout.css"


def experiment() -> DeltaGenerator:
    """Return the frame: left the containers `choices`, dials and `switches`, one above the other, right the player.

    Dials and player come from one fragment, so a style sheet, not columns, puts them in their places.
    """
    st.html(CSS)
    return st.container(key="experiment")


def panel_and_picture() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the column of controls and the column of the picture; on a phone the picture comes first."""
    st.html(CSS)
    with st.container(key="panel_and_picture"):
        panel, picture = st.columns([290, 950], gap="medium")
    return panel, picture
