"""Two dialects on one run: what is said of them holds, wherever it is run."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from pages.frameworks import compare
from pages.frameworks.surprises import SURPRISES
from pages.shared.model.link import VERSION, from_query
from pages.shared.model.settings import Settings, on_surface
from rmsprop_core import DIALECTS, RMSprop, run
from rmsprop_core.runs.parting import parting
from tests.support.pages import link_of, opened, sent

PAIRS = [*combinations(DIALECTS, 2)]


def of(**values: object) -> Settings:
    return replace(Settings(), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_runs_are_those_of_the_dialects_with_my_numbers_or_their_own(one: str, other: str) -> None:
    for numbers in ("mine", "defaults"):
        settings = of(dialect=one, other=other, numbers=numbers, lr=0.07, rho=0.8, eps=1e-3, momentum=0.5)
        right = compare.pair(settings)[1].optimizer
        mine = {"lr": 0.07, "rho": 0.8, "eps": 1e-3, "momentum": 0.5, "centered": False}
        settled = (
            {**mine, **DIALECTS[other].settings} if numbers == "defaults" else {**DIALECTS[other].settings, **mine}
        )
        assert right == RMSprop(**settled)  # type: ignore[arg-type]
        shown = compare.exhibit(settings)
        traj = run(right, settings.landscape(), (-5, -2), 50)
        assert np.array_equal(shown.runs[1].traj.theta, traj.theta)
        gaps = np.hypot(*(shown.runs[0].traj.theta - traj.theta).T)
        assert np.array_equal(shown.columns["third.apart"], gaps)


@pytest.mark.parametrize(
    ("surface", "schedule", "steps"),
    [*product(("stretched", "rosenbrock", "cliff"), ("constant", "cosine"), (50, 400))],
)
def test_one_setting_that_is_named_alone_makes_the_distance(surface: str, schedule: str, steps: int) -> None:
    for one, other in PAIRS:
        settings = replace(
            on_surface(of(dialect=one), surface), other=other, schedule=schedule, steps=steps, momentum=0.5
        )
        shown = compare.exhibit(settings)
        a, b = (found.traj for found in shown.runs)
        parts, found = parting(a, b), compare.found_causes(settings)
        if "It is " in shown.verdict:
            (named,) = [
                each for each in found if re.search(f"It is {compare.label(each.name)}(:| alone)", shown.verdict)
            ]
            left = replace(
                compare.pair(settings)[0].optimizer,
                **{named.name: getattr(compare.pair(settings)[1].optimizer, named.name)},
            )
            assert parting(a, settings.run(left)).most >= compare.ALONE * parts.most
        if "identical" in shown.verdict:
            assert np.allclose(a.theta, b.theta, rtol=1e-8, atol=1e-8 * np.abs(a.theta).max())


def test_the_table_of_all_counts_each_from_mine() -> None:
    settings = of(dialect="keras", momentum=0.9, schedule="step")
    _head, rows = compare.everyone_table(settings)
    assert {row[0] for row in rows} == {dialect.title for dialect in DIALECTS.values()}
    by = {row[0]: row for row in rows}
    assert by["Keras"][2] == "0"
    assert rows[0][2] != "0"


def test_the_conventions_are_those_of_the_dialects() -> None:
    head, rows = compare.conventions_table()
    assert head[1:] == [dialect.title for dialect in DIALECTS.values()]
    by = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    assert by["ρ"]["PyTorch"] == "0.99 (alpha)"
    assert by["the place of ε"]["PyTorch"] != by["the place of ε"]["Keras"]
    assert by["what s starts at"]["TensorFlow 1"].startswith("1")
    assert all(row["Hinton"] for row in by.values())


@pytest.mark.parametrize("surprise", SURPRISES, ids=range(len(SURPRISES)))
def test_a_surprise_is_seen_in_the_runs(surprise: object) -> None:
    settings, complaints = from_query({"fair": "false", "v": VERSION, **surprise.query})  # type: ignore[attr-defined]
    assert not complaints
    a, b = (found.traj for found in compare.exhibit(settings).runs)
    parts = parting(a, b)
    if not surprise.here:  # type: ignore[attr-defined]
        assert parts.first is None
        assert a.delta[0, 0] == pytest.approx(a.optimizer.lr)
        return
    assert parts.first is not None
    assert parts.most > 1e-3 * np.abs(a.theta).max()


def test_the_page_opens_by_its_link_and_keeps_it() -> None:
    app = opened("frameworks", dialect="keras", other="optax", numbers="defaults", v="1")
    head, columns = sent(app)
    assert [row["title"] for row in head["runs"]] == ["Keras", "optax"]
    assert head["charts"][-1]["key"] == "apart"
    assert "third.x" in columns
    assert link_of(app)["other"] == "optax"
    app.selectbox("w_other").select("tf1").run()
    assert link_of(app)["other"] == "tf1"
    app.button("surprise_4").click().run()
    assert app.session_state["settings"].centered
