"""What the browser runs: the player's and the dials' code, and the components that carry it there.

A component's `js` is sent again with each change, so the code travels once, in a loader; player and dials are shims.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

WEB = Path(__file__).parents[1] / "web"
SCRIPTS = (
    *("base", "chart", "landscape", "handle", "insight", "readings", "player", "preview", "dials"),
    *("figures", "stepview", "steptext", "lens", "timeline", "quiz", "walk"),  # one update, step by step
)
ALWAYS = ("ground", "relief", "picture", "share", "downloads")  # what every player offers


@cache
def scripts() -> str:
    """Return the browser's code, one script without imports or exports: mount, dials and what they need."""
    return "\n".join((WEB / f"{part}.js").read_text() for part in (*SCRIPTS, *ALWAYS))


@cache
def styles() -> str:
    """Return the style sheet of the player, the dials and the pages' own views."""
    return "\n".join((WEB / f"{part}.css").read_text() for part in ("player", "walk"))


@cache
def plotly_url() -> str:
    """Return where this server has Plotly: in the chunk that Streamlit's own charts use."""
    static = Path(st.__file__).parent / "static" / "static" / "js"
    chunk = next(static.glob("PlotlyChart.*.js")).name
    return f"{base_path()}/static/js/{chunk}"


def base_path() -> str:
    """Return what stands before every path on this server: nothing, or a slash and the path that it is served under."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""


_SLOT = "const slot = (window.rmspropSlot ??= {}); slot.ready ??= new Promise((done) => (slot.done = done));\n"


def loader() -> Callable[..., Any]:
    """Return the component that carries the code: it runs once and announces itself to the shims."""
    js = f"""{_SLOT}
{scripts()}
const fetched = () => import(new URL("{plotly_url()}", location.origin).href).then(() => window.Plotly);
let plotly = null;
const load = () => (plotly ??= window.Plotly ? Promise.resolve(window.Plotly) : fetched());
window.rmsprop ??= {{ mount, dials, share, downloads, plotly: load }};
load();
slot.done(window.rmsprop);
export default () => {{}};
"""
    return st.components.v2.component("rmsprop_assets", css=styles(), js=js, html="\n", isolate_styles=False)


def player() -> Callable[..., Any]:
    """Return the component of the player."""
    js = f"""{_SLOT}
export default ({{ data, parentElement, setStateValue }}) => {{
  let leave = () => {{}};
  slot.ready.then((rmsprop) => {{ leave = rmsprop.mount(parentElement, data, setStateValue); }});
  return () => leave();
}};
"""
    return st.components.v2.component("rmsprop_player", js=js, html="\n", isolate_styles=False)


def dials() -> Callable[..., Any]:
    """Return the component of the dials."""
    js = f"""{_SLOT}
export default ({{ data, parentElement, setStateValue }}) => {{
  slot.ready.then((rmsprop) => rmsprop.dials(parentElement, data, setStateValue));
}};
"""
    return st.components.v2.component("rmsprop_dials", js=js, html="\n", isolate_styles=False)


def share() -> Callable[..., Any]:
    """Return the component of the buttons that the browser answers itself: copy the link, save the picture."""
    js = f"""{_SLOT}
export default ({{ data, parentElement }}) => {{
  slot.ready.then((rmsprop) => rmsprop.share(parentElement, data));
}};
"""
    return st.components.v2.component("rmsprop_share", js=js, html="\n", isolate_styles=False)


def downloads() -> Callable[..., Any]:
    """Return the component of the buttons for files that the server makes."""
    js = f"""{_SLOT}
export default ({{ data, parentElement, setStateValue }}) => {{
  slot.ready.then((rmsprop) => rmsprop.downloads(parentElement, data, setStateValue));
}};
"""
    return st.components.v2.component("rmsprop_downloads", js=js, html="\n", isolate_styles=False)
