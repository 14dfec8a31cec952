"""Tune: the map of settings beside the run of the one that is pressed."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.shared.model.language import _
from pages.shared.model.settings import MAPPED
from pages.shared.widgets import controls, layout, player, session, share
from pages.shared.wire import live
from pages.tune.record import PAGE

session.enter("tune")
player.load_assets(PAGE.code)
settings = session.settings()

names = {"lr": _("η lr"), "rho": _("ρ memory"), "eps": _("ε"), "momentum": _("μ momentum")}
measures = {
    "loss": _("Final loss"),
    "steps": _("Steps to 1 %"),
    "fate": _("How it ends"),
    "starts": _("Where starts end"),
}
with layout.experiment():
    with st.container(key="choices"):
        controls.complaints()
        controls.surface(settings)
        place, what = st.columns(2, gap="small")
        with what:
            controls.choice(settings, "measure", measures, lambda now, key: replace(now, measure=key))
        controls.dialect(settings, place)
        left, right = st.columns(2, gap="small")
        across = {name: _("→ {name}").format(name=names[name]) for name in MAPPED if name != settings.up}
        up = {name: _("↑ {name}").format(name=names[name]) for name in MAPPED if name != settings.across}
        if settings.measure != "starts":
            with left:
                controls.choice(settings, "across", across, lambda now, key: replace(now, across=key))
            with right:
                controls.choice(settings, "up", up, lambda now, key: replace(now, up=key))
    player.live(live.asked, code=PAGE.code)
    with st.container(key="switches"):
        controls.menus(settings)
        left, right = st.columns(2, gap="small")
        with left:
            controls.reset()
        with right:
            share.menu(controls.NAMES)
