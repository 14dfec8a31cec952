"""Links, formulas and numbers that nobody would send: no exception, no hang, nothing outside the whitelist.

As many as take seconds; `python -m tests.pages.test_fuzz 100000` tries as many as one likes.
"""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from time import perf_counter
from typing import Any

import numpy as np

from pages.shared.model.complaints import complaint
from pages.shared.model.link import from_query, to_link
from pages.shared.model.settings import SETTINGS, Settings
from rmsprop_core import SGD, SURFACES, RMSprop, run
from rmsprop_core.expression import FUNCTIONS, Refused, parse
from tests.support.hostile import HOSTILE
from tests.support.pages import fetched, unpacked

ODD = [
    *("", "nan", "inf", "-inf", "1e400", "-0", "5e-324", "1e308", "0x10", "1_0"),
    *("٣", "true", "None", "9" * 400, "\0", "é"),
]
PARTS = [
    *FUNCTIONS,
    *"xy+-*/^()[]{}|,. 0123456789eπ",
    *("**", "1e308", "x^", "__class__", "import os", "lambda:", "\n", "²"),
]
LINKS, FORMULAS, NUMBERS = 60, 400, 60


def link(chance: random.Random) -> dict[str, str]:
    """Return a link of some names that are known and values that fit, nearly fit, or don't."""
    usual = {name: str(value) for name, value in vars(Settings()).items()}
    names = chance.sample([*SETTINGS, "f", "domain", "pin", "hide", "lock", "v", "have", "turned", "x<b>"], 6)
    found = {name: chance.choice([usual.get(name, "1"), chance.choice(ODD), chance.choice(HOSTILE)]) for name in names}
    if chance.random() < 0.3:
        found |= {"surface": chance.choice([*SURFACES, "own"]), "f": formula(chance)}
    return {**found, "steps": str(chance.choice([0, 1, 20]))} if chance.random() < 0.7 else found


def formula(chance: random.Random) -> str:
    """Return a text that looks like a formula."""
    return "".join(chance.choice(PARTS) for _ in range(chance.randrange(1, 12)))


def links(count: int, seed: int = 1) -> None:
    """Read links and ask for them: a bundle, or nothing and a reason why."""
    chance = random.Random(seed)
    for _ in range(count):
        query = link(chance)
        own = {name: value for name, value in query.items() if name not in ("have", "turned")}
        settings, complaints = from_query(own)
        assert all(complaint(found) for found in complaints), own
        assert from_query(to_link(settings))[0].steps == settings.steps, own
        answer = fetched("/live/explore", query)
        assert answer.status_code in (200, 204, 413), query
        if answer.body and answer.status_code == 200:
            unpacked(bytes(answer.body))


def formulas(count: int, seed: int = 1) -> int:
    """Parse texts; return how many are formulas. None takes a second."""
    chance, good = random.Random(seed), 0
    for _ in range(count):
        text, begun = formula(chance), perf_counter()
        with suppress(Refused):
            surface = parse(text)
            good += 1
            assert np.shape(surface.f(np.zeros(3), np.ones(3))) == (3,)
        assert perf_counter() - begun < 1, text
    return good


def numbers(count: int, seed: int = 1) -> None:
    """Run with hyperparameters over all of float64: refused by name, or every number finite, or the end is told."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        some: list[float] = np.frombuffer(chance.bytes(48), np.float64).tolist()
        lr, rho, eps, momentum, x, y = (chance.choice([each, 0.5, 5e-324, np.inf, -0.0]) for each in some)
        for method, given in ((RMSprop, {"lr": lr, "rho": rho, "eps": eps, "momentum": momentum}), (SGD, {"lr": lr})):
            why = ""
            try:
                optimizer: Any = method(**given)
                traj = run(optimizer, SURFACES["stretched"], (x, y), 40)
            except ValueError as refused:
                why = str(refused)
            if why:
                assert any(f"{name} must be" in why for name in (*given, "start")), why
                continue
            assert np.isfinite(traj.theta[1:]).all(), given
            assert (traj.ended is None) == (traj.steps == 40), given


def test_no_link_breaks_anything() -> None:
    links(LINKS)


def test_no_text_is_more_than_a_formula() -> None:
    assert formulas(FORMULAS) > FORMULAS // 40


def test_no_number_breaks_a_run() -> None:
    numbers(NUMBERS)


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for seed in range(many // 100):
        links(10, seed)
        print(100 * (seed + 1), formulas(80, seed), flush=True)
        numbers(10, seed)
