"""RMSprop Explorer: page configuration and navigation, nothing else."""

import streamlit as st

from pages.shared.language import _

st.set_page_config(page_title="RMSprop Explorer", layout="wide", initial_sidebar_state="collapsed")
st.navigation(
    [
        st.Page("pages/explore/page.py", title=_("Explore"), default=True),
        st.Page("pages/step_by_step/page.py", title=_("Step by step"), url_path="step-by-step"),
        st.Page("pages/train/page.py", title=_("Train"), url_path="train"),
    ],
    position="top",
).run()
