"""RMSprop Explorer: the server's routes, page configuration and navigation, made from the pages' records."""

import os
from contextlib import suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util, runtime

from pages.explore.record import PAGE as EXPLORE
from pages.frameworks.record import PAGE as FRAMEWORKS
from pages.lessons.record import PAGE as LESSONS
from pages.shared.model.language import _
from pages.shared.widgets import assets, session, uploads
from pages.shared.wire import code, doors, live, prompt
from pages.step_by_step.record import PAGE as STEP_BY_STEP
from pages.train.record import PAGE as TRAIN
from pages.tune import sweeps
from pages.tune.record import PAGE as TUNE

PAGES = (EXPLORE, STEP_BY_STEP, LESSONS, TUNE, TRAIN, FRAMEWORKS)

if runtime.exists():  # a browser's run of this script
    st.set_page_config(page_title="RMSprop Explorer", layout="wide", initial_sidebar_state="collapsed")
    session.speak()
    pages = [
        st.Page(f"pages/{page.folder}/page.py", title=_(page.title), url_path=page.url, default=not page.url)
        for page in PAGES
    ]
    chosen = st.navigation(pages, position="hidden")
    if not st.context.is_embedded:  # a row of links on a phone too, where Streamlit's own is a drawer over the page
        with st.container(key="pages", horizontal=True, gap="xsmall"):
            for page in pages:
                st.page_link(page)
    chosen.run()
else:  # the server, as it starts
    with suppress(ImportError):  # or the first request would say that a page of the folder is not found
        from streamlit.runtime.pages_manager import PagesManager

        PagesManager.uses_pages_directory = False
    net_util.get_external_ip = lambda: None  # it asks a site outside, for 2 s, at each websocket of a foreign origin
    base = assets.base_path()
    shown = [live.route(page.folder, page.shows, base, page.runs) for page in PAGES if page.shows]
    html = Path(st.__file__).with_name("static") / "index.html"
    if os.environ.get("RMSPROP_LOG"):
        doors.write_log()
    policy = doors.policy(os.environ.get(doors.FRAMES, "'self'"), html.read_text())
    app = st.App(
        __file__,
        routes=[code.route(base), live.kept(base), sweeps.route(base), *shown],
        middleware=[Middleware(doors.Doors, policy, base), Middleware(uploads.Uploads, base)],
        lifespan=prompt.promptly,
    )
