"""The Streamlit floor: a fragment that only writes the value of a slider."""

import streamlit as st


@st.fragment
def floor() -> None:
    """Write the value."""
    value = st.slider("number", 0, 100_000, 500)
    st.html(f"<p id='shown'>{value}</p>")


floor()
