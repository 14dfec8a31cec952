"""The map of settings: where each pair of two of RMSprop's numbers ends, and SGD over its lr, at the same budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.shared.model import budget
from pages.shared.model.link import from_query
from pages.shared.model.methods import PLAIN, RMSPROP
from pages.shared.model.settings import Settings
from pages.shared.wire import live, work
from pages.shared.wire.bundle import Exhibit, framed
from pages.shared.wire.experiment import exhibit as experiment
from rmsprop_core import SGD, RMSprop, Surface, sweep
from rmsprop_core.optimizers import Array
from rmsprop_core.runs.sweep import FATES
from rmsprop_core.surfaces import hessian

PATH = "/live/map"
SIDE, COARSE = 64, 12  # cells along a side of the map; of the first look at it
FEWEST = 8
SEEDS = 5  # the map of runs by chance is the median over so many; odd, so that it is one of them
DEFINED = 0.01  # of the first loss: the steps to it are counted
REACHED = 0.05  # of the view's diagonal: a run that ends so near a minimum has reached it
NOWHERE = 255  # in place of a minimum's number
TRACKS: Mapping[str, tuple[float, float]] = {  # of an axis: from, to; of ρ and μ the logarithm of 1 − value is even
    "lr": (1e-4, 10.0),
    "eps": (1e-10, 100.0),
    "rho": (0.0, 0.999),
    "momentum": (0.0, 0.99),
}


def track(name: str, n: int) -> Array:
    """Return the n values of an axis."""
    low, high = TRACKS[name]
    if name in ("rho", "momentum"):
        return np.asarray(1 - np.geomspace(1 - low, 1 - high, n))
    return np.geomspace(low, high, n)


def cells(settings: Settings, most: int) -> int:
    """Return how many cells a side has, so that all runs together stay within the budget; 0 where not even a few do."""
    each = settings.steps * (SEEDS if settings.by_chance else 1) * budget.operations(settings)
    if each * budget.ROW > 2 * budget.MAP:
        return 0
    return max(FEWEST, min(most, int(np.sqrt(max(0, budget.MAP / max(each, 1) - budget.ROW)))))


@lru_cache(maxsize=128)
def chart(settings: Settings, most: int) -> bytes:
    """Return the map as a bundle: grids with `up` first and `across` last, and SGD over lr.

    `loss` is f − f* where the floor is known, else f, at the end; NaN where the run was not finite. `steps` are those
    to DEFINED of the first loss, −1 where there are none. `fate` is an index into FATES.

    Raises:
        BusyError: it would be too much work.
    """
    n = cells(settings, most)
    if not n:
        raise work.BusyError(for_good=True)
    across, up = track(settings.across, n), track(settings.up, n)
    rmsprop = {**vars(RMSPROP.as_set(settings).optimizer), settings.up: up, settings.across: across}
    order = [settings.up, settings.across]
    rmsprop = {**{name: rmsprop[name] for name in order}, **rmsprop}
    sgd = {**vars(PLAIN.as_set(settings).optimizer), "lr": track("lr", 2 * n)}
    surface = settings.landscape()
    floor = surface.floor or 0.0
    grid, line = (_ends(settings, method, own) for method, own in ((RMSprop, rmsprop), (SGD, sgd)))
    head = {
        "across": settings.across,
        "up": settings.up,
        "measure": settings.measure,
        "n": n,
        "fates": FATES,
        "logs": surface.floor is not None,
        "edge": _edge(surface, settings),
        "hessian": _hessian_sum(surface),
        "starts": float(surface.f(np.array(settings.x), np.array(settings.y)) - floor),
    }
    columns = {
        "across": across,
        "up": up,
        "loss": (grid["f"] - floor).astype(np.float64),
        "steps": grid["steps_to"].astype(np.float32),
        "fate": grid["fate"],
        "sgd.lr": sgd["lr"],
        "sgd.loss": line["f"] - floor,
        "sgd.fate": line["fate"],
    }
    return framed(head, {name: values.ravel() for name, values in columns.items()})


@lru_cache(maxsize=64)
def basins(settings: Settings, most: int) -> bytes:
    """Return where each start of a grid over the view ends, as a bundle: rows of y, in each the starts along x.

    For both methods `minimum` is the number of the minimum that is reached, or NOWHERE, and `steps` how many it takes
    to come down to `goal` above the floor, −1 where it does not.

    Raises:
        BusyError: it would be too much work.
    """
    n, surface = cells(settings, most), settings.landscape()
    if not n:
        raise work.BusyError(for_good=True)
    (x0, x1), (y0, y1) = surface.domain
    middles = (np.arange(n) + 0.5) / n
    x, y = np.meshgrid(x0 + middles * (x1 - x0), y0 + middles * (y1 - y0))
    near = REACHED * float(np.hypot(x1 - x0, y1 - y0))
    goal = DEFINED * float(surface.f(*np.array(surface.start)) - (surface.floor or 0.0))
    minima = np.array(surface.minima[:NOWHERE]).reshape(-1, 2)
    head = {"n": n, "domain": surface.domain, "minima": minima.tolist(), "near": near, "goal": goal,
            "floor": surface.floor is not None}  # fmt: skip
    columns = {}
    for method in (RMSPROP.as_set(settings), PLAIN.as_set(settings)):
        made = method.optimizer
        found = sweep(type(made), surface, steps=settings.steps, start=np.array([x.ravel(), y.ravel()]), tolerance=goal,
                      seed=settings.seed, asked=("steps_to",), **settings.circumstances(), **vars(made))  # fmt: skip
        assert found.steps_to is not None
        away = np.hypot(*(found.theta[:, None] - minima.T[:, :, None]))  # (minima, starts); NaN where a run was lost
        reached = np.full(n * n, NOWHERE)
        if len(minima):
            known = np.where(np.isnan(away), np.inf, away)
            reached = np.where(known.min(axis=0) <= near, known.argmin(axis=0), NOWHERE)
        columns[f"{method.key}.minimum"] = reached.astype(np.uint8)
        columns[f"{method.key}.steps"] = found.steps_to.astype(np.float32)
    return framed(head, columns)


def _ends(settings: Settings, method: Any, own: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the ends of a sweep; of runs by chance the median of each: loss, steps (never is the most) and fate."""
    surface, shared = settings.landscape(), settings.circumstances()
    start = (settings.x, settings.y)
    goal = DEFINED * max(float(surface.f(np.array(start[0]), np.array(start[1])) - (surface.floor or 0.0)), 0.0)
    found = [
        sweep(method, surface, steps=settings.steps, start=start, tolerance=goal, seed=settings.seed + k,
              asked=("fate", "steps_to"), **shared, **own)
        for k in range(SEEDS if settings.by_chance else 1)
    ]  # fmt: skip
    f = np.median([np.where(np.isfinite(each.f), each.f, np.inf) for each in found], axis=0)
    taken = np.array([each.steps_to for each in found], dtype=np.float64)
    steps_to = np.median(np.where(taken < 0, np.inf, taken), axis=0)
    return {
        "f": np.where(np.isfinite(f), f, np.nan),
        "steps_to": np.where(np.isfinite(steps_to), steps_to, -1),
        "fate": np.median([each.fates for each in found], axis=0).astype(np.uint8),
    }


def _hessian_sum(surface: Surface) -> float | None:
    """Return Σ|Hᵢⱼ| where f is a quadratic, in all its view; None elsewhere. RMSprop's cycle has f = lr²/8 of it."""
    (x0, x1), (y0, y1) = surface.domain
    x, y = np.array([x0, x1, x0, (x0 + x1) / 2]), np.array([y0, y1, y1, y0])
    with np.errstate(all="ignore"):
        xx, xy, yy = (np.asarray(each, dtype=np.float64) for each in hessian(surface.grad, x, y))
    flat = [np.ptp(each) <= 1e-5 * (np.abs(each).max() + 1e-12) + 1e-6 for each in (xx, xy, yy)]
    return float(abs(xx[0]) + 2 * abs(xy[0]) + abs(yy[0])) if all(flat) else None


def _edge(surface: Surface, settings: Settings) -> float | None:
    """Return the lr from which SGD leaves a bowl, 2(1 + μ)/λmax; None where f is no quadratic, or Nesterov's."""
    if _hessian_sum(surface) is None or settings.sgd_nesterov or settings.schedule != "constant":
        return None
    high = float(np.max(surface.curvature(*np.array(surface.minima[0] if surface.minima else surface.start))[1]))
    return 2 * (1 + settings.sgd_momentum) / high if high > 0 else None


def exhibit(settings: Settings) -> Exhibit:
    """Return what the player shows, with the place of the present setting on the map."""
    shown = experiment(settings)
    place = {name: float(getattr(settings, name)) for name in TRACKS}
    return replace(shown, extra={**shown.extra, "place": place})


def plain(settings: Settings) -> Settings:
    """Return the settings as far as they enter the map: not where on it one stands."""
    first = Settings()
    own = {settings.across, settings.up, "sgd_lr", "third"}
    fixed = {name: getattr(first, name) for name in own if hasattr(first, name)}
    return replace(settings.running(), **fixed, across=settings.across, up=settings.up, measure="loss")


def everywhere(settings: Settings) -> Settings:
    """Return the settings as far as they enter the basins: not where one starts."""
    first = Settings()
    return replace(
        settings.running(), x=first.x, y=first.y, across=first.across, up=first.up, measure="starts", third=""
    )


def route(base: str = "") -> Route:
    """Return the route of the map: a link, and `cells`, how many there may be along a side."""
    desk = work.Desk(8 * live.MEGABYTE)

    def made(query: dict[str, str], most: int) -> bytes:
        settings, complaints = from_query(query)
        if complaints or settings.across == settings.up:
            return b""
        return basins(everywhere(settings), most) if settings.measure == "starts" else chart(plain(settings), most)

    async def answer(request: Request) -> Response:
        query = live.read(request.url.query)
        most = COARSE if query.pop("cells", "") == str(COARSE) else SIDE
        weight = work.weight(query) * (1 if most == COARSE else 10)
        map_made = desk.get(request, request.url.query, lambda: made(query, most), weight)
        return await live.answered(map_made, query.get("lang", ""))

    return Route(base + PATH, answer)
