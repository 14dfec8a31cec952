"""What one framework's settings are in another's: the sentence holds for the runs, wherever it is said."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from pages.frameworks import compare
from pages.frameworks.translate import in_words, translated
from pages.shared.model.constructors import FRAMEWORKS, lost, read
from pages.shared.model.settings import Settings, in_dialect, on_surface
from rmsprop_core import DIALECTS

PAIRS = [pair for pair in permutations(DIALECTS, 2) if pair[1] in FRAMEWORKS]
VARIANTS: dict[str, dict[str, object]] = {
    "plain": {},
    "moving": {"momentum": 0.6, "schedule": "cosine", "steps": 120},
    "around": {"weight_decay": 0.1, "clip": 3.0, "rho": 0.99},
}


@pytest.mark.parametrize("surface", ["stretched", "rosenbrock"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_translation_is_as_near_as_it_says(surface: str, variant: str) -> None:
    for one, other in PAIRS:
        settings = on_surface(in_dialect(Settings(), one), surface)
        settings = replace(settings, other=other, **VARIANTS[variant])  # type: ignore[arg-type]
        found, said = translated(settings, other), in_words(translated(settings, other), other)
        mine = settings.run(compare.pair(settings)[0].optimizer).theta
        made = compare.made(found.values)
        theirs = settings.run(made).theta
        assert not {"eps_inside_sqrt", "initial_s", "nesterov"} & {*lost(compare.framework(other), made)}
        gap = np.hypot(*(mine - theirs).T).max()
        assert found.parts.most == gap
        if "to rounding" in said:
            assert gap <= 1e-9 * np.abs(mine).max()
        if found.nearest and not found.missing:
            for eps in (settings.eps, settings.eps**2, np.sqrt(settings.eps)):
                same = settings.run(compare.made({**found.values, "eps": float(eps)})).theta
                assert gap <= np.hypot(*(mine - same).T).max() * 1.05
        query, complaints = read(compare.call(other, made).partition("\n")[0])
        assert complaints == [] or variant == "around"
        assert query == {} or float(query["eps"]) == found.values["eps"]


def test_what_is_the_same_is_said_to_be() -> None:
    settings = replace(Settings(), dialect="d2l", other="keras")
    assert "to rounding" in in_words(translated(settings, "keras"), "keras")
    assert "nearest" in in_words(translated(replace(settings, eps=1e-3), "pytorch"), "pytorch")
    assert "what s starts at" in in_words(translated(settings, "tf1"), "tf1")
    moving = replace(settings, momentum=0.9, schedule="step")
    assert "the place of lr" in in_words(translated(moving, "pytorch"), "pytorch")


@pytest.mark.parametrize("eps", [0.0, 5e-324, 1e-300, 1e300, 1e308, 1.7e308])
@pytest.mark.parametrize("inside", [True, False])
def test_every_eps_there_is_has_a_translation(eps: float, inside: bool) -> None:
    settings = replace(Settings(), fair=False, eps=eps, eps_inside_sqrt=inside, steps=20)
    found = translated(settings, "pytorch")
    assert np.isfinite(found.values["eps"])
    assert found.parts.first is None or found.nearest or found.missing
