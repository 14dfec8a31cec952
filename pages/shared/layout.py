"""The frame of a page with the player: controls of 290 px, the rest for the picture."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

CSS = Path(__file__).parent / "web" / "layout.css"


def panel_and_picture() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the column of controls and the column of the picture; on a phone the picture comes first."""
    st.html(CSS)
    with st.container(key="experiment"):
        panel, picture = st.columns([290, 950], gap="medium")
    return panel, picture
