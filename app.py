"""RMSprop Explorer: page configuration and navigation, nothing else."""

import streamlit as st

from pages.shared.language import _

st.set_page_config(page_title="RMSprop Explorer", layout="wide", initial_sidebar_state="collapsed")
st.navigation(
    [st.Page("pages/explore/page.py", title=_("Explore"), default=True)],
    position="top",
).run()
