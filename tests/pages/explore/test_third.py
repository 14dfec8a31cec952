"""A third method beside the two: in the link, in the picture, in what is taken away, and on no other page."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pages.explore.files import table
from pages.explore.notebook import notebook
from pages.shared.model.facts import Facts, UnknownError
from pages.shared.model.fairness import fairly
from pages.shared.model.link import from_query, to_link, to_query
from pages.shared.model.methods import METHODS, THIRDS
from pages.shared.model.settings import SETTINGS, Settings
from pages.shared.wire.experiment import exhibit, outcomes
from pages.shared.wire.sequel import offer
from rmsprop_core import SURFACES, AdaGrad, Adam, Decayed, Optimizer, Rprop, SignDescent, fair_lr, run
from tests.support.pages import by_key, dialled, link_of, opened, said, sent, told_of

SET: dict[str, tuple[dict[str, str], Optimizer]] = {
    "adagrad": ({"third_lr": "2", "third_eps": "0.01"}, AdaGrad(2.0, 0.01)),
    "adam": (
        {"third_lr": "0.3", "third_beta1": "0.8", "third_beta2": "0.99", "third_eps": "0.001"},
        Adam(0.3, 0.8, 0.99, 0.001),
    ),
    "adamw": ({"third_lr": "0.3", "third_weight_decay": "0.1"}, Decayed(Adam(0.3), 0.1, decoupled=True)),
    "sign": ({"third_lr": "0.2"}, SignDescent(0.2)),
    "rprop": ({"third_lr": "0.05"}, Rprop(0.05)),
}


def test_each_of_them_is_tried_here() -> None:
    assert set(SET) == set(THIRDS) == set(SETTINGS["third"].takes or ()) - {""}


@pytest.mark.parametrize("third", SET)
def test_a_link_brings_it_with_its_numbers_and_its_run_is_the_core_s_own(third: str) -> None:
    own, optimizer = SET[third]
    query = {"third": third, **own, "fair": "false", "v": "1"}
    settings, complaints = from_query(query)
    assert not complaints
    assert to_link(settings) == query
    assert from_query(to_query(settings))[0] == settings

    head, columns = sent(opened(**query))
    traj = run(optimizer, SURFACES["stretched"], (-5, -2), 50)
    assert [each["key"] for each in head["runs"]] == ["rmsprop", "sgd", "third"]
    for name, values in (("x", traj.theta[:, 0]), ("f", traj.f), ("delta.y", traj.delta[:, 1])):
        assert np.array_equal(columns[f"third.{name}"], values)
    two, _ = sent(opened())
    assert head["runs"][:2] == two["runs"]
    assert head["formulas"][:2] == two["formulas"]
    assert THIRDS[third].title in (head["runs"][2]["title"], *head["verdict"].split())


def test_without_one_nothing_of_it_is_in_link_picture_or_dials() -> None:
    assert not [name for name in (*to_query(Settings()), *to_link(Settings(lr=0.1))) if name.startswith("third")]
    app = opened()
    head, columns = sent(app)
    assert len(head["runs"]) == len(head["formulas"]) == 2
    assert not [name for name in columns if name.startswith("third")]
    assert "third" not in json.dumps(told_of(app, "rmsprop_dials"))


@pytest.mark.parametrize("third", SET)
def test_it_stands_in_legend_charts_and_numbers_with_a_look_of_its_own(third: str) -> None:
    head, columns = sent(opened(third=third))
    rows = head["runs"]
    for look in ("colour", "dash", "mark"):
        assert len({str(row[look]) for row in rows}) == 3
    lines = {chart["key"]: [line for line in chart["lines"] if line["colour"] == "third"] for chart in head["charts"]}
    two = {"adagrad", "adam", "adamw"}
    assert {key: len(found) for key, found in lines.items()} == {
        "loss": 1, "rate": 0 if third == "rprop" else 2, "length": 1, "s": 2 * (third in two),
    }  # fmt: skip
    drawn = {name for found in lines.values() for line in found for name in (line.get("column"), *line.get("norm", ()))}
    assert drawn - {None} <= set(columns)
    assert ("third.s.x" in columns) == (third in two)  # sign descent remembers nothing, and Rprop's s is a step
    sums = next(chart["help"] for chart in head["charts"] if chart["key"] == "s")
    assert ("sum" in sums) == (third == "adagrad")


def test_it_is_chosen_on_the_page_and_its_dials_turn() -> None:
    app = opened()
    app.selectbox(key="w_third").select("adamw").run()
    names = [row["name"] for group in told_of(app, "rmsprop_dials")["groups"] for row in group["rows"]]
    assert [name for name in names if name.startswith("third")] == [
        f"third_{name}" for name in ("lr", "beta1", "beta2", "eps", "weight_decay")
    ]
    dialled(app, third_weight_decay="0.5", third_beta1="0")
    assert link_of(app)["third_weight_decay"] == "0.5"
    app.selectbox(key="w_third").select("sign").run()
    assert {name for name in link_of(app) if name.startswith("third_")} <= {"third_lr"}
    assert app.session_state["settings"].third_beta1 == Settings().third_beta1
    app.selectbox(key="w_third").select("").run()
    assert not [name for name in link_of(app) if name.startswith("third")]
    assert len(sent(app)[0]["runs"]) == 2


def test_it_can_be_hidden_and_locked() -> None:
    keys = [each.key for each in opened(hide="third,third_lr", third="adam").selectbox]
    assert "w_third" not in keys
    app = opened(lock="third,third_lr", third="adam")
    assert app.selectbox(key="w_third").disabled
    rows = [row for group in told_of(app, "rmsprop_dials")["groups"] for row in group["rows"]]
    assert {row["name"] for row in rows if row.get("locked")} == {"third_lr"}


@pytest.mark.parametrize("page", ["step_by_step", "train"])
def test_no_other_page_shows_it(page: str) -> None:
    app = opened(page, **({"third": "adamw", "v": "1"} if page == "step_by_step" else {}))
    head, _ = sent(app) if page == "step_by_step" else ({"runs": []}, {})
    assert not [each for each in head["runs"] if each["key"] not in METHODS]
    told = " ".join([*said(app), json.dumps(head), *(each.key or "" for each in app.selectbox)])
    assert "AdamW" not in told
    assert "third" not in told
    if page == "step_by_step":
        assert "third" not in json.dumps(told_of(app, "rmsprop_dials"))
        assert link_of(app)["third"] == "adamw"  # back on Explore it is there again


def test_a_number_that_the_third_does_not_have_is_said_so() -> None:
    for query in ({"third": "sign", "third_beta1": "0.5"}, {"third_lr": "0.5"}):
        settings, complaints = from_query(query)
        assert [each.name for each in complaints] == [[*query][-1]]
        assert "nothing that a third method has" in " ".join(said(opened(**query)))
        assert not [name for name in to_link(settings) if name == complaints[0].name]


def test_a_fair_lr_is_found_for_it_and_the_two_keep_theirs() -> None:
    found = fairly(Settings(third="adagrad", third_lr=1e-4))
    fair = fair_lr(AdaGrad, SURFACES["stretched"], 50, (-5, -2), eps=1e-8).lr
    assert (found.lr, found.sgd_lr, found.third_lr) == (0.2, 0.0194, float(f"{fair:.3g}"))
    decayed = fairly(Settings(third="adamw", third_lr=1e-4)).third_lr
    ends = [run(Decayed(Adam(lr), 0.01, decoupled=True), SURFACES["stretched"], (-5, -2), 50).f[-1]
            for lr in (1e-4, decayed)]  # fmt: skip
    assert ends[1] < 1e-3 * ends[0]


def test_what_is_said_of_it_is_of_its_own_kind() -> None:
    shown = exhibit(Settings(third="sign", third_lr=0.2))
    assert shown.verdict.endswith("signSGD has swung by ±0.1 in y and x since step 25, at f = 0.02.")
    still = exhibit(Settings(third="sign", third_lr=0.0, steps=20)).verdict
    assert "signSGD does not move: lr is 0." in still
    there = Settings(third="sign", third_lr=0.1, x=0.0, y=0.0, steps=20)
    assert "curvature" not in exhibit(there).verdict.partition("signSGD")[2]
    assert exhibit(Settings(third="adam", steps=0)).verdict == "No steps yet: all three methods stand at the start."


def test_the_next_click_is_of_the_two() -> None:
    for third in ("", "sign", "adagrad"):
        assert offer(Settings(third=third, third_lr=1e-3)) == offer(Settings())


def test_a_pinned_adam_is_not_compared_with_an_adagrad() -> None:
    pin = "third=adam&third_lr=0.2&v=1"
    alike, other = (exhibit(Settings(third=key, third_lr=0.3, pin=pin)).extra["note"] for key in ("adam", "adagrad"))
    assert "Adam: f" in alike
    assert other.startswith("Since the pin: Third method Adam → AdaGrad, AdaGrad's η 0.2 → 0.3.")
    assert (
        exhibit(Settings(third="adam", third_lr=0.1, pin="lr=0.2&v=1"))
        .extra["note"]
        .startswith("Since the pin: Third method none → Adam.")
    )
    assert "Adam: f" not in other


def test_the_table_has_it_and_the_notebook_says_that_it_has_not() -> None:
    settings = Settings(third="sign", third_lr=0.2, steps=5)
    rows = [line.split(",") for line in table(outcomes(settings), settings).splitlines() if not line.startswith("#")]
    head, third = rows[0], [row for row in rows if row[1] == "third"]
    assert len(third) == 6
    assert {row[head.index("s_x")] for row in third} == {""}
    text, plain = notebook(settings), notebook(Settings(steps=5))
    assert "signSGD is left out, too: this notebook holds the two." in text
    assert "left out, too" not in plain
    assert "SignDescent" not in text


def test_facts_know_it_where_one_is_set() -> None:
    facts = Facts(Settings(third="adam", third_lr=0.2))
    made = by_key(outcomes(Settings(third="adam", third_lr=0.2)))["third"]
    assert facts.number("third.f") == made.f[-1]
    assert facts.number("third(third_lr=0.1).x[3]") == run(Adam(0.1), SURFACES["stretched"], (-5, -2), 50).theta[3, 0]
    assert facts.number('third(third="sign").delta.y[1]') == -0.2
    with pytest.raises(UnknownError, match="no third method"):
        Facts(Settings()).number("third.f")
    with pytest.raises(UnknownError, match="third_beta1"):
        facts.number('third(third="sign", third_beta1=0.5).f')
