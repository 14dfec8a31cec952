"""RMSprop Explorer: the server with its two routes, page configuration and navigation, nothing else."""

import streamlit as st
from streamlit import runtime
from streamlit.runtime.pages_manager import PagesManager

from pages.shared.model.language import _
from pages.shared.widgets import assets
from pages.shared.wire import code, experiment, live
from pages.step_by_step import walk

if runtime.exists():  # a browser's run of this script
    st.set_page_config(page_title="RMSprop Explorer", layout="wide", initial_sidebar_state="collapsed")
    st.navigation(
        [
            st.Page("pages/explore/page.py", title=_("Explore"), default=True),
            st.Page("pages/step_by_step/page.py", title=_("Step by step"), url_path="step-by-step"),
            st.Page("pages/train/page.py", title=_("Train"), url_path="train"),
        ],
        position="top",
    ).run()
else:  # the server, as it starts
    PagesManager.uses_pages_directory = False  # or the first request would say that a page of the folder is not found
    base = assets.base_path()
    routes = [
        code.route(base),
        live.route("explore", experiment.exhibit, base),
        live.route("step_by_step", lambda settings, _pinned: walk.exhibit(settings), base),
    ]
    app = st.App(__file__, routes=routes)
