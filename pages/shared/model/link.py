"""The link: the settings as the parameters of a URL, and what is wrong with those of a given one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from pages.shared.model.fairness import LIVE, RATES, fairly
from pages.shared.model.fields import Complaint, Range, changed, written
from pages.shared.model.settings import RUN, SETTINGS, TYPED, Settings, in_dialect, in_view, on_surface, seen_in
from rmsprop_core.expression import Refused, with_plus

DOMAIN = "x₀, x₁, y₀, y₁ (x₀ < x₁, y₀ < y₁)"
IDLE = "idle"  # what a complaint wants of a setting that has no meaning on the surface
CHOSEN = tuple(name for name, each in SETTINGS.items() if each.takes and not isinstance(each.takes, Range))


def from_query(query: Mapping[str, str]) -> tuple[Settings, list[Complaint]]:
    """Return the settings of a link. What it does not name takes the default of its surface and dialect.

    A link that names some of what a run depends on but not `fair` is not fair: links are older than fair lrs.
    """
    choices = {name: query[name] for name in CHOSEN if name in query}
    start, complaints = changed(Settings(), choices)
    f = with_plus(query["f"]) if "f" in query else None
    try:
        settings = on_surface(start, start.surface, f)
    except Refused as refused:
        complaints.append(Complaint("f", f or "", "", refused))
        settings = on_surface(start, TYPED)
    settings = replace(settings, fair="fair" in query or query.keys().isdisjoint(RUN))
    if "dialect" in query and not any(c.name == "dialect" for c in complaints):
        settings = in_dialect(settings, start.dialect)
    if settings.surface == TYPED and query.get("domain"):
        try:
            settings = seen_in(settings, query["domain"])
        except ValueError:
            complaints.append(Complaint("domain", query["domain"], DOMAIN))
    known = {name: query[name] for name in query if name in SETTINGS and name not in CHOSEN}
    settings, more = changed(settings, known)
    if settings.surface == TYPED and not settings.domain and not in_view(settings.landscape(), settings):
        half = 1.5 * max(abs(settings.x), abs(settings.y))
        with suppress(ValueError):  # a view so wide is refused: the start stays out of sight
            settings = seen_in(settings, f"{-half:g}, {half:g}, {-half:g}, {half:g}")
    complaints += more
    unnamed = [name for name in RATES if name not in query]
    if settings.fair and unnamed and not query.keys().isdisjoint(RUN):
        settings = replace(settings, fair=settings.steps <= LIVE)
        found = fairly(settings) if settings.fair else settings
        settings = replace(settings, **{name: getattr(found, name) for name in unnamed})
    if settings.centered and settings.bias_correction:
        settings = replace(settings, bias_correction=False)
        complaints.append(Complaint("bias_correction", "true", "centered"))
    complaints += [Complaint(name, query[name], IDLE) for name in _idle(settings) if name in query]
    unknown = [name for name in query if name not in vars(settings)]
    return settings, complaints + [Complaint(name, query[name], "") for name in unknown]


def _idle(settings: Settings) -> list[str]:
    """Return the names of what has no meaning on the surface."""
    needs = {name: setting.surface for name, setting in SETTINGS.items() if setting.surface}
    needs |= {"f": TYPED, "domain": TYPED}
    return [name for name, surface in needs.items() if settings.surface != surface]


def to_query(settings: Settings) -> dict[str, str]:
    """Return the link's parameters: every value that matters, so that a later change of a default breaks no link."""
    idle = _idle(settings)
    values = {name: value for name, value in vars(settings).items() if name not in idle}
    values["t"] = settings.clock()
    return {name: written(value) for name, value in values.items()}
