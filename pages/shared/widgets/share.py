"""Share: the page as it is as a link and as a QR code, and a link with fewer controls for a class."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from pages.shared.model.fairness import RATES
from pages.shared.model.fields import settings_of
from pages.shared.model.language import _
from pages.shared.model.look import CONTROLS
from pages.shared.model.methods import HYPERPARAMETERS, THIRD
from pages.shared.model.settings import TYPED
from pages.shared.widgets import assets, lesson, say, session
from pages.shared.wire import doors

MENU = "share_menu"
LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
EVERYWHERE = (None, "", "0.0.0.0", "::")  # what a server listens at that listens at all addresses of its machine
FRAME = '<iframe src="{link}" width="830" height="600" style="border: 0" title="{title}" allow="fullscreen"></iframe>'


def menu(controls: Iterable[str], more: Callable[[], None] | None = None, elsewhere: str = "") -> None:
    """The menu, one click away; what it offers follows the page as it is when a button is pressed.

    `controls` are those of the page that are no dials; `more` stands below, and at last what other pages have to take
    away.
    """
    if session.hidden("share"):
        return
    menu = st.popover(_("Share"), width="stretch", key=MENU, on_change="rerun", disabled=session.locked("share"))
    with menu, st.container(gap="xsmall"):
        say.caption(_("This page as a link"))
        words = {"link": _("Copy link"), "copied": _("Link copied"), "failed": _("Copy it from the address bar")}
        assets.component("shared/web/share.js", "share")(key="share_link", data=words)
        scan = st.button(_("QR code"), width="stretch", key="share_qr", on_click=_close)
        build = st.button(_("Build a link"), width="stretch", key="share_build", on_click=_close)
        many = len(lesson.draft().moments)
        label = _("Add to my lesson ({n} so far)").format(n=many) if many else _("Add to my lesson")
        st.button(label, width="stretch", key="share_add", on_click=lesson.add)
        if more:
            more()
        if elsewhere:
            say.caption(elsewhere)
    if scan:
        st.dialog(_("Scan to open this page"), width="large")(_scan)()
    if build:
        for key in ("share_shown", "share_fixed", *(f"share_{name}" for name in _modes())):
            st.session_state.pop(key, None)
        st.dialog(_("Build a link"), width="large")(_build)([*controls])


def _close() -> None:
    st.session_state[MENU] = False


def link(settings: Any = None) -> str:
    """Return the whole address of the page with its settings as they are, or these, as this browser reaches it."""
    record = session.record()
    url, query = urlsplit(st.context.url or ""), urlencode(record.link(settings or record.settings()))
    return url._replace(path=url.path or "/", query=query).geturl()


def _scan() -> None:
    text, told = _reachable(link())
    with st.container(key="share_code"):
        st.image(qr(text), width="stretch")
    say.line(told, kind="caption")
    st.code(text, language=None, wrap_lines=True)


def _build(controls: list[str]) -> None:
    """Tick what is shown and what is locked; the page itself stays as it is."""
    now: Any = session.shown()
    titles = _titles(now, controls)

    def ticks(label: str, names: list[str], key: str, *default: str) -> list[str]:
        st.session_state[key] = [name for name in st.session_state.get(key, default) if name in names]
        return st.pills(label, names, selection_mode="multi", key=key, format_func=titles.__getitem__)

    choice, found = st.columns([5, 3], gap="medium")
    with choice, st.container(gap="xsmall", key="share_ticks"):
        with st.container(horizontal=True, gap="small"):
            for label, names in ((_("All"), [*titles]), (_("None"), [])):
                st.button(label, key=f"share_{label.lower()}", on_click=_tick, args=(names,))
            modes = {name: _mode(now, name, label) for name, label in _modes().items() if hasattr(now, name)}
        shown = ticks(_("Shown"), [*titles], "share_shown", *(name for name in titles if not now.hides(name)))
        fixed = ticks(_("Shown, but locked"), shown, "share_fixed", *(name for name in shown if now.locks(name)))
        if getattr(now, "fair", False) and not {*RATES}.isdisjoint(fixed):
            say.caption(_("A locked η stays as it is, so the link opens with Fair lr off."))
    hide, lock = (",".join(name for name in titles if name in names) for names in (set(titles) - set(shown), fixed))
    text, told = _reachable(link(replace(now, hide=hide, lock=lock, **modes)))
    with found, st.container(gap="xsmall"):
        st.image(qr(text), width=150)
        say.line(told, kind="caption")
        say.caption(_("The link"))
        st.code(text, language=None)
        say.caption(_("For a page of your own or a learning platform"))
        if doors.FRAMES not in os.environ:
            say.caption(
                _("This server lets no other site show it, until {variable} names that site.").format(
                    variable=doors.FRAMES
                )
            )
        embedded = f"{text}{'&' if '?' in text else '?'}embed=true"
        st.code(FRAME.format(link=escape(embedded), title="RMSprop Explorer"), language="html")


def _tick(names: list[str]) -> None:
    st.session_state["share_shown"] = names


def _modes() -> dict[str, str]:
    return {"curtain": _("Curtain down"), "present": _("For a projector")}


def _mode(now: Any, name: str, label: str) -> bool:
    return st.checkbox(label, value=getattr(now, name), key=f"share_{name}")


def _titles(settings: Any, controls: list[str]) -> dict[str, str]:
    """Return what the controls of the page are called: the dials, then the others that there are on this surface."""
    known, surface = settings_of(settings.__class__), getattr(settings, "surface", "")
    methods = [method for method in settings.methods() if method.key != THIRD or THIRD in controls]
    titles = {}
    for name, each in known.items():
        if each.dial and each.surface in ("", surface):
            owner = [method.title for method in methods if name in method.settings()]
            if name in HYPERPARAMETERS and not owner:  # of a third method that is not here
                continue
            titles[name] = " ".join([*owner, _(each.dial.symbol).format(axis=name)])
    others = [name for name in controls if name != "f" or surface == TYPED]
    return titles | {name: _(known[name].label if name in known else CONTROLS[name]) for name in others}


def qr(text: str) -> str:
    """Return the text as a QR code in SVG, black on white with the quiet border that readers need."""
    import segno

    code = segno.make_qr(text, error="l", boost_error=True)  # the fewest dots; better error correction where it is free
    svg: str = code.svg_inline(scale=8, border=4, dark="#000000", light="#ffffff", omitsize=True)
    return svg


def _reachable(url: str) -> tuple[str, str]:
    """Return the address by which others reach the page too, where there is one, and what to say of it."""
    parts = urlsplit(url)
    if parts.hostname not in LOCAL:
        return url, ""
    own = own_address(parts.port)
    if own is None:
        return url, _("This address works on this computer only: open the app by its network address to share it.")
    told = _("Everyone in the same network as this computer can open this link; its address there is {address}.")
    return parts._replace(netloc=f"{own}:{parts.port}").geturl(), told.format(address=own)


def own_address(port: int | None) -> str | None:
    """Return the address of this server in its network, None where that is not known for certain.

    The server has to be the one that answers at the port (not one behind a tunnel or a proxy), and to listen at all
    addresses of its machine.
    """
    if port != st.get_option("server.port") or st.get_option("server.address") not in EVERYWHERE:
        return None
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:  # nothing is sent: the system says who would send
            way.connect(("192.0.2.1", 9))
            found: str = way.getsockname()[0]
        with socket.create_connection((found, port), timeout=0.5):
            return None if ip_address(found).is_loopback else found
    except OSError:
        return None
