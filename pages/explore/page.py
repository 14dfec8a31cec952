"""Explore: RMSprop beside SGD on one surface."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from pages.explore import take_away
from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.widgets import controls, dials, layout, player, session, share
from pages.shared.wire import live, work
from pages.shared.wire.sequel import offer

session.enter("explore")
player.load_assets()
settings = session.settings()


def _told(now: Settings) -> dict[str, Any]:
    """Return what the player says beside the runs."""
    silent = dials.dragging() or session.place() or work.crowded()
    found = None if silent else offer(replace(now.running(), fair=now.fair, pin=now.pin))
    return {
        **({"note": found.why} if found and found.why and not session.noted() else {}),
        "intro": ""
        if now.pin
        else _(
            "RMSprop divides each gradient by its recent size, so steep and flat directions move at the same pace. "
            "Press play, then drag the start elsewhere."
        ),
        "offer": found and {"label": found.label, "query": found.query},
    }


with layout.experiment():
    with st.container(key="choices"):
        controls.complaints()
        controls.surface(settings)
        controls.methods(settings)
    player.live(live.asked, _told, third=True)
    with st.container(key="switches"):
        buttons = st.columns(3, gap="small")
        with buttons[0]:
            controls.variant(settings)
            controls.pin()
        with buttons[1]:
            controls.schedule(settings)
            controls.reset()
        with buttons[2]:
            controls.noise(settings)
            share.menu(
                (*controls.NAMES, "third", "pin"),
                take_away.offer,
                _("Worksheets, their key and a Moodle quiz: on Step by step."),
            )
