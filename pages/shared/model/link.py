"""The link: the settings as the parameters of a URL, and what is wrong with those of a given one.

A link names what differs from the defaults of its surface and dialect, and `v`, the version of the defaults that it was
made under. One without it is of a time when links named everything; it is read with the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from pages.shared.model.fairness import LIVE, RATES, fairly
from pages.shared.model.fields import Complaint, Range, changed, looks, written
from pages.shared.model.look import CONTROLS, Look, listed
from pages.shared.model.methods import HYPERPARAMETERS, THIRD
from pages.shared.model.once import once
from pages.shared.model.settings import RUN, SETTINGS, TYPED, Settings, in_dialect, in_view, on_surface, seen_in
from rmsprop_core.expression import Refused, with_plus

DOMAIN = "x₀, x₁, y₀, y₁ (x₀ < x₁, y₀ < y₁)"
IDLE = "idle"  # what a complaint wants of a setting that has no meaning on the surface, or for the third method
CHOSEN = tuple(name for name, each in SETTINGS.items() if each.takes and not isinstance(each.takes, Range))
TYPED_IN = ("f", "domain")  # texts of the typed surface
FOUND = ("x", "y", "steps", "lr", "sgd_lr")  # what is guessed for a typed surface: its links name it
# From today's defaults, of a surface and dialect, to those of each version. Whoever changes a default puts it back here
# for the versions before, and adds one; tests/pages/shared/defaults.json holds what each of them is.
DEFAULTS: Mapping[str, Callable[[Settings], Settings]] = {"1": lambda today: today}
FIRST, VERSION = min(DEFAULTS, key=int), max(DEFAULTS, key=int)
MOST_SIGNS = 16_000  # of a link's names and values: a longer one is not read
TOO_LONG = "long"  # what a complaint wants of such a link
MOST_TOLD = 20  # names that a link has wrong are said
TRACKING = re.compile(r"utm_\w+|\w*clid|[gw]braid|mc_[ce]id|igshi?d|_(ga|gl|hs\w+)")


def ours(query: Mapping[str, str]) -> dict[str, str]:
    """Return a link's parameters without those by which others follow who clicks on what."""
    return {name: value for name, value in query.items() if not TRACKING.fullmatch(name)}


def strange(query: Mapping[str, str], known: Iterable[str]) -> list[Complaint]:
    """Return what is wrong with the names in a link: of settings, of controls and of the version."""
    known = [*known, *CONTROLS]
    wanted = ", ".join(known)
    found = [
        Complaint(name, each, wanted)
        for name in ("hide", "lock")
        for each in listed(query.get(name, ""))
        if each not in known
    ]
    if query.get("v", FIRST) not in DEFAULTS:
        found.append(Complaint("v", query["v"], ", ".join(DEFAULTS)))
    found += [Complaint(name, query[name], "") for name in query if name not in (*known, "v", "hide", "lock")]
    return found[:MOST_TOLD]


def bounded(query: Mapping[str, str]) -> tuple[dict[str, str], list[Complaint]]:
    """Return what is read of a link, `ours`; nothing where it is too long, and a complaint."""
    found = ours(query)
    if sum(len(name) + len(value) for name, value in found.items()) <= MOST_SIGNS:
        return found, []
    return {}, [Complaint("link", "", TOO_LONG)]


def from_query(query: Mapping[str, str], begins: int | None = None) -> tuple[Settings, list[Complaint]]:
    """Return the settings of a link. What it does not name takes the default of its surface, dialect and version.

    `begins` is where a clock that it does not name stands; None is the end of the run. A link without a version that
    names some of what a run depends on but not `fair` is not fair: it may be older than fair lrs.
    """
    query, too_long = bounded(query)
    settings, complaints = _read(tuple(query.items()), begins)
    return settings, [*too_long, *complaints]


@once(128)  # while a dial is dragged the link stays
def _read(items: tuple[tuple[str, str], ...], begins: int | None) -> tuple[Settings, list[Complaint]]:
    query = dict(items)
    settings, complaints = _defaults(query)
    named = {name: query[name] for name in query if name in SETTINGS and name not in CHOSEN}
    texts: dict[str, Any] = {name: query[name] for name in ("pin", "hide", "lock") if name in query}
    settings, more = changed(replace(settings, t=begins, **texts) if texts or begins is not None else settings, named)
    if "t" not in query or any(found.name == "t" for found in more):
        settings = replace(settings, t=_first(settings, begins))
    if settings.surface == TYPED and not settings.domain and not in_view(settings.landscape(), settings):
        half = 1.5 * max(abs(settings.x), abs(settings.y))
        with suppress(ValueError):  # a view so wide is refused: the start stays out of sight
            settings = seen_in(settings, f"{-half:g}, {half:g}, {-half:g}, {half:g}")
    complaints += more
    unnamed = [name for name in RATES if name not in query and (settings.third or not name.startswith(THIRD))]
    if settings.fair and unnamed and "v" not in query and not query.keys().isdisjoint(RUN):
        settings = replace(settings, fair=settings.steps <= LIVE)
        found = fairly(settings) if settings.fair else settings
        settings = replace(settings, **{name: getattr(found, name) for name in unnamed})
    if begins is None and settings.t is not None and settings.t >= settings.steps:
        settings = replace(settings, t=None)
    if settings.fair and any(settings.locks(name) for name in RATES):
        settings = replace(settings, fair=False)  # or what is locked would change
    if settings.centered and settings.bias_correction:
        settings = replace(settings, bias_correction=False)
        complaints.append(Complaint("bias_correction", "true", "centered"))
    if settings.pin and _of_pin(settings)[1]:
        complaints.append(Complaint("pin", settings.pin, "lr=0.1&v=1"))
        settings = replace(settings, pin="")
    complaints += [Complaint(name, query[name], IDLE) for name in _idle(settings) if name in query]
    return settings, complaints + strange(query, vars(settings))


def _defaults(query: Mapping[str, str]) -> tuple[Settings, list[Complaint]]:
    """Return what a link's choices bring, in its version, and what is wrong with them."""
    choices = {name: query[name] for name in CHOSEN if name in query}
    start, complaints = changed(Settings(), choices)
    f = with_plus(query["f"]) if "f" in query else None
    try:
        settings = on_surface(start, start.surface, f)
    except Refused as refused:
        complaints.append(Complaint("f", f or "", "", refused))
        settings = on_surface(start, TYPED)
    settings = replace(settings, fair=not {"v", "fair"}.isdisjoint(query) or query.keys().isdisjoint(RUN))
    if "dialect" in query and not any(c.name == "dialect" for c in complaints):
        settings = in_dialect(settings, start.dialect)
    if settings.surface == TYPED and query.get("domain"):
        try:
            settings = seen_in(settings, query["domain"])
        except ValueError:
            complaints.append(Complaint("domain", query["domain"], DOMAIN))
    version = query.get("v", FIRST) if query else VERSION
    return DEFAULTS.get(version, DEFAULTS[VERSION])(settings), complaints


def pinned(settings: Settings) -> Settings | None:
    """Return the experiment that is kept to compare with."""
    return _of_pin(settings)[0] if settings.pin else None


def _of_pin(settings: Settings) -> tuple[Settings, list[Complaint]]:
    return from_query({name: value for name, value in parse_qsl(settings.pin) if name != "pin"})


def _idle(settings: Settings) -> list[str]:
    """Return the names of what has no meaning on the surface, or for the third method."""
    needs = {name: setting.surface for name, setting in SETTINGS.items() if setting.surface}
    needs |= {"f": TYPED, "domain": TYPED}
    idle = [name for name, surface in needs.items() if settings.surface != surface]
    own = {name for method in settings.methods() for name in method.settings()}
    return idle + [name for name in HYPERPARAMETERS if name in SETTINGS and name not in own]


def _first(settings: Settings, begins: int | None) -> int | None:
    """Return where a clock stands that no link has set: behind the curtain at the start."""
    return 0 if settings.curtain else begins


def to_query(settings: Settings) -> dict[str, str]:
    """Return every value that enters the picture of a run, whatever the defaults; of a third method if there is one."""
    idle = (*_idle(settings), *looks(settings), "hide", "lock", *((THIRD,) if not settings.third else ()))
    flat = settings.seeing(settings.methods_seen())
    return {name: written(value) for name, value in vars(flat).items() if name not in idle}


def to_link(settings: Settings, begins: int | None = None) -> dict[str, str]:
    """Return the link's parameters; none where all is as at first, its clock too (see `from_query`)."""
    first, idle = Settings(), _idle(settings)
    values = {name: written(value) for name, value in vars(settings).items() if name not in (*idle, "t")}
    chosen = {name for name in (*CHOSEN, *TYPED_IN) if getattr(settings, name) != getattr(first, name)}
    base, _ = _defaults({"v": VERSION, **{name: values[name] for name in chosen}})
    named = chosen | set(FOUND if settings.surface == TYPED else ())
    named |= {name for name, value in vars(base).items() if value != getattr(settings, name)}
    link = {name: values[name] for name in sorted(values, key=vars(Look()).__contains__) if name in named}
    if settings.clock() != replace(settings, t=_first(settings, begins)).clock():
        link["t"] = written(settings.clock())
    return {**link, "v": VERSION} if link else {}
