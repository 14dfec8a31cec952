"""Files to take away: made when they are asked for, and sent over the page's own connection.

Streamlit's download button keeps a file on the server until the browser fetches it, and the end of any session's run
may clear it away first: in a class some downloads fail, and so does a click while the page reruns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from pages.shared.widgets import assets
from pages.shared.wire.bundle import framed

KEY, _ASKED = "downloads", "download_asked"


@dataclass(frozen=True)
class File:
    """A file on offer: what its button says, its name, its media type, and how it is made."""

    label: str
    name: str
    mime: str
    make: Callable[[], str]
    help: str = ""


@st.fragment
def offer(files: Callable[[], Sequence[File]]) -> None:
    """Show a button for each file. `files` is asked anew each time, so they are of the experiment as it then is."""
    offered, asked = files(), st.session_state.pop(_ASKED, {})
    head: dict[str, Any] = {"files": [{"label": file.label, "help": file.help} for file in offered]}
    content = b""
    if asked.get("which") in range(len(offered)):
        file = offered[asked["which"]]
        content = file.make().encode()
        head["sent"] = {"seq": asked.get("seq"), "name": file.name, "mime": file.mime}
    assets.component("shared/web/downloads.js", "downloads")(
        key=KEY, data=framed(head, {"file": np.frombuffer(content, np.uint8)}), on_asked_change=_asked
    )


def _asked() -> None:
    st.session_state[_ASKED] = dict(st.session_state[KEY].asked or {})
