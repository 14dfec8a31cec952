"""Share and export: the link, as text and as a QR code, and the run as files, made when they are asked for."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from pages.explore import files
from pages.explore.notebook import notebook
from pages.shared.model.language import _
from pages.shared.model.link import to_query
from pages.shared.model.settings import Settings
from pages.shared.widgets import assets, downloads, say, session
from pages.shared.widgets.downloads import File
from pages.shared.wire import experiment

MENU = "share_menu"
LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def menu() -> None:
    """The menu, one click away; what it offers follows the experiment as it is when a button is pressed."""
    with st.popover(_("Share"), width="stretch", key=MENU, on_change="rerun"), st.container(gap="xsmall"):
        say.caption(_("This experiment as a link"))
        words = {"link": _("Copy link"), "copied": _("Link copied"), "failed": _("Copy it from the address bar")}
        assets.component("shared/web/share.js", "share")(key="share_link", data=words)
        wanted = st.button(_("QR code"), width="stretch", key="share_qr", on_click=_close)
        say.caption(_("To take away"))
        downloads.offer(_files)
    if wanted:
        st.dialog(_("Scan to open this experiment"), width="large")(_qr_code)(link(session.settings()))


def _close() -> None:
    st.session_state[MENU] = False


def _files() -> list[File]:
    """Return the files of the experiment as it is now."""
    now = session.settings()
    name = f"rmsprop-{now.surface}"
    return [
        File(_("Every number (CSV)"), f"{name}.csv", "text/csv", lambda: _csv(now)),
        File(_("Offline player (HTML)"), f"{name}.html", "text/html", lambda: _html(now)),
        File(_("Jupyter notebook"), f"{name}.ipynb", "application/x-ipynb+json", lambda: notebook(now, link(now))),
    ]


def _csv(settings: Settings) -> str:
    return files.table(experiment.outcomes(settings.seeing()), settings, link(settings))


def _html(settings: Settings) -> str:
    return files.standalone(experiment.exhibit(settings), settings, link(settings))


def link(settings: Settings) -> str:
    """Return the whole address of the experiment, as this browser reaches it."""
    return _address(st.context.url or "", settings)


def _address(url: str, settings: Settings) -> str:
    return f"{url}?{urlencode(to_query(settings))}" if url else ""


def qr(text: str) -> str:
    """Return the text as a QR code in SVG, black on white with the quiet border that readers need."""
    import segno

    code = segno.make_qr(text, error="l", boost_error=True)  # the fewest dots; better error correction where it is free
    svg: str = code.svg_inline(scale=8, border=4, dark="#000000", light="#ffffff", omitsize=True)
    return svg


def _qr_code(text: str) -> None:
    code, words = st.columns([5, 4], gap="medium")
    code.image(qr(text), width="stretch")
    with words:
        if urlsplit(text).hostname in LOCAL:
            say.warning(_("This address works on this computer only: open the app by its network address to share it."))
        st.code(text, language=None, wrap_lines=True)
