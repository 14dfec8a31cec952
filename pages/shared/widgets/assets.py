"""What the browser runs and wears: the pages' styles, and the components that carry data to the modules of the code.

A component's `js` is sent again with each change, so it imports the module that does the work and hands over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import PurePath
from typing import Any

import streamlit as st

from pages.shared.model import colours
from pages.shared.wire import code


def base_path() -> str:
    """Return what stands before every path on this server: nothing, or a slash and the path that it is served under."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""


_PX = re.compile(r"(?<!\(m[ai][xn]-width: )(?<![\d.-])(-?(?:[2-9]|\d\d+)(?:\.\d+)?)px")  # from 2 on, in no condition


@cache
def styles(page: str = "shared") -> str:
    """Return the style sheet of the player and the dials, and of the page's own views, to the size of the screen."""
    shared = [code.PAGES / "shared/web" / name for name in ("player.css", "stage.css", "lesson.css")]
    own = sorted((code.PAGES / page / "web").glob("*.css")) if page != "shared" else []
    text = "\n".join([colours.css(), *(sheet.read_text() for sheet in [*shared, *own])])
    return _PX.sub(r"calc(\1 * var(--px))", text)


def component(module: str, call: str) -> Callable[..., Any]:
    """Return the component that gives a module's function its place, its data and the way back to the page."""
    name = f"rmsprop_{PurePath(module).stem}_{module.split('/')[0]}".removesuffix("_shared")
    js = f"""const code = {_imported(module)};
export default ({{ data, parentElement, setStateValue }}) => {{
  let leave;
  code.then(
    (code) => {{ leave = code.{call}(parentElement, data, setStateValue); }},
    () => {{ if (data.failed) parentElement.textContent = data.failed; }},
  );
  return () => leave?.();
}};
"""
    return st.components.v2.component(name, js=js, html="\n", isolate_styles=False)


def _imported(module: str) -> str:
    return f'import(location.origin + "{base_path()}{code.address(module)}")'


def loader(page: str, module: str) -> Callable[..., Any]:
    """Return the component that brings the page's styles, and fetches all of its code at once, not import by import.

    It stands outside of fragments: what it sends makes the whole script run.
    """
    beside = ("shared/web/dials.js", "shared/web/lesson.js")
    modules = dict.fromkeys(each for one in (module, *beside) for each in code.needed(one))
    js = f"""const fetched = [{", ".join(map(_imported, modules))}];
Promise.all(fetched).catch(() => {{}});
{_imported("shared/web/plotly.js")}.then((code) => code.plotly());
const server = {_imported("shared/web/server.js")};
export default ({{ setStateValue }}) => {{
  let leave;
  server.then((code) => {{ leave = code.watch(setStateValue); }}, () => {{}});
  return () => leave?.();
}};
"""
    return st.components.v2.component(
        f"rmsprop_assets_{page}", css=styles(page), js=js, html="\n", isolate_styles=False
    )
