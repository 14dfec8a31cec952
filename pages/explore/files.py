"""What a user takes away of an experiment: every number as CSV, and a player that needs nothing but a browser."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Sequence
from html import escape

from pages.shared.model import colours
from pages.shared.model.language import _
from pages.shared.model.link import to_query
from pages.shared.model.methods import Run
from pages.shared.model.settings import Settings
from pages.shared.widgets import assets
from pages.shared.wire import code
from pages.shared.wire.bundle import Exhibit, pack
from rmsprop_core import SGD, SignDescent, Trajectory

QUANTITIES = ("theta", "g", "s", "m", "w", "rms", "u", "v", "delta")


def table(runs: Sequence[Run], settings: Settings, link: str = "") -> str:
    """Return every quantity of every step as CSV, one row a method and step; each number reads back bit for bit.

    Above it stand the settings, as comments of one line. A blank after their commas and semicolons keeps a spreadsheet,
    for which these begin a cell, from taking what follows for a formula. What a method does not have is left empty: the
    gradient of step 0, and the running means of SGD and of sign descent.
    """
    text = io.StringIO()
    told = {"RMSprop Explorer": link, **to_query(settings)}
    lines = {name: " ".join(re.sub("[,;]", r"\g<0> ", value).split()) for name, value in told.items() if value}
    text.writelines(f"# {name}: {value}\n" for name, value in lines.items())
    rows = csv.writer(text, lineterminator="\n")
    variables = runs[0].traj.surface.variables
    rows.writerow(["t", "method", *(f"{name}_{axis}" for name in QUANTITIES for axis in variables), "f"])
    for method, traj in runs:
        columns = _columns(traj)
        for t in range(traj.steps + 1):
            rows.writerow([t, method.key, *(column[t] for column in columns)])
    return text.getvalue()


def _columns(traj: Trajectory) -> list[list[float | str]]:
    """Return the run's columns, T + 1 rows each; csv writes of a float the shortest text that reads back to it."""
    unused = ("s", "m", "w") if isinstance(traj.optimizer, SGD | SignDescent) else ()
    columns = []
    for name in QUANTITIES:
        for values in getattr(traj, name).T:
            cells = [""] * len(values) if name in unused else values.tolist()
            columns.append(cells if name == "theta" else ["", *cells])
    return [*columns, traj.f.tolist()]


def standalone(exhibit: Exhibit, settings: Settings, link: str = "") -> str:
    """Return one HTML file that plays the run: the player's own code, Plotly and the bundle, and nothing to fetch."""
    title = f"RMSprop Explorer: {_(exhibit.surface.title)}"
    bundle = base64.b64encode(pack(exhibit, relief=settings.in_relief)).decode()
    values = "".join(f"<span>{escape(name)} = {escape(value)}</span> " for name, value in to_query(settings).items())
    source = f'<p><a href="{escape(link)}">{escape(_("Open it in RMSprop Explorer"))}</a></p>' if link else ""
    return f"""<!doctype html>
<html lang="{escape(settings.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title>
<style>{colours.theme()}{PAGE}{assets.styles()}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<div id="player"></div>
<details><summary>{escape(_("Settings of this run"))}</summary><p class="settings">{values}</p>{source}</details>
<script>{code.plotly()}</script>
{code.inlined(code.PLAYER, {"shared/web/plotly.js": "export const plotly = () => Promise.resolve(window.Plotly);"})}
<script type="module">
import {{ mount }} from "{code.PLAYER}";
const bundle = Uint8Array.from(atob("{bundle}"), (c) => c.charCodeAt(0));
const show = () => mount(document.getElementById("player"), bundle, () => {{}});
show();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
</script>
</body>
</html>
"""


# The file may run its own code and nothing else; the browser itself keeps it from asking anyone for anything.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; worker-src blob:"
)
PAGE = """
:root { --st-font: system-ui, sans-serif; }
body { margin: 0 auto; padding: 12px 20px; max-width: 1180px; background: var(--st-background-color);
  color: var(--st-text-color); font: 15px/1.4 var(--st-font); }
h1 { font-size: 20px; margin: 4px 0 10px; }
@media (max-width: 700px) { body { padding: 8px 10px; } h1 { font-size: 17px; } }
details { margin-top: 14px; } .settings span { display: inline-block; margin-right: 1.2em; }
a { color: var(--st-primary-color); }
"""
