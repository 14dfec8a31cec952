"""The run as files, made when they are asked for."""

from __future__ import annotations

from functools import partial

from pages.explore import files
from pages.explore.notebook import notebook
from pages.shared.model.language import _
from pages.shared.widgets import downloads, say, session
from pages.shared.widgets.downloads import File
from pages.shared.widgets.share import link
from pages.shared.wire.experiment import exhibit, outcomes
from pages.shared.wire.programs import TARGETS, program


def offer() -> None:
    """What the share menu has besides the link."""
    say.caption(_("To take away"))
    downloads.offer(_files)


def _files() -> list[File]:
    """Return the files of the experiment as it is now."""
    now = session.settings()
    name, here = f"rmsprop-{now.surface}", link(now)
    return [
        File(
            _("Every number (CSV)"), f"{name}.csv", "text/csv", lambda: files.table(outcomes(now.seeing()), now, here)
        ),
        File(
            _("Offline player (HTML)"), f"{name}.html", "text/html", lambda: files.standalone(exhibit(now), now, here)
        ),
        File(_("Jupyter notebook"), f"{name}.ipynb", "application/x-ipynb+json", lambda: notebook(now, here)),
        *(
            File(
                f"{each.title} (.py)",
                f"{name}-{key}.py",
                "text/x-python",
                partial(program, now, key, here),
                _("This run as a program: {framework}").format(framework=each.title),
            )
            for key, each in TARGETS.items()
        ),
    ]
