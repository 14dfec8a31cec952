"""Constructor calls: written for each framework, and read again without running them."""

from __future__ import annotations

import pytest

from pages.shared.model.constructors import CALLS, FRAMEWORKS, constructor, lost, read
from rmsprop_core import DIALECTS, RMSprop
from tests.support.pages import link_of, opened, said


def made(query: dict[str, str]) -> RMSprop:
    """The optimizer that a link's parameters set, in its dialect."""
    kinds = {name: type(value) for name, value in vars(RMSprop()).items()}
    values = {
        name: text == "true" if kinds[name] is bool else float(text) for name, text in query.items() if name in kinds
    }
    return RMSprop(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", FRAMEWORKS)
@pytest.mark.parametrize("numbers", [{}, {"lr": 0.03, "rho": 0.5, "eps": 1e-4, "momentum": 0.9, "centered": True}])
def test_a_call_that_is_written_reads_as_the_same_optimizer(key: str, numbers: dict[str, float]) -> None:
    dialect = FRAMEWORKS[key].dialect or key
    optimizer = DIALECTS[dialect].optimizer(**{"lr": 0.01, **numbers})
    line = constructor(key, optimizer)
    query, complaints = read(line)
    assert lost(key, optimizer) == []
    assert complaints == []
    assert query["dialect"] == dialect
    assert made(query) == optimizer


def test_calls_as_people_write_them() -> None:
    cases = {
        "opt = torch.optim.RMSprop(model.parameters(), lr=1e-3, alpha=0.95)": ("pytorch", 1e-3, 0.95, 1e-8),
        "optim.RMSprop(net.parameters(), 2**-5, 0.9)": ("pytorch", 2**-5, 0.9, 1e-8),
        "keras.optimizers.RMSprop(0.01, 0.8)": ("keras", 0.01, 0.8, 1e-7),
        "tf.keras.optimizers.RMSprop(learning_rate=10 ** -3)": ("keras", 1e-3, 0.9, 1e-7),
        "tf.compat.v1.train.RMSPropOptimizer(0.01, decay=0.99, name='r')": ("tf1", 0.01, 0.99, 1e-10),
        "RMSpropTF(net.parameters(), alpha=0.95)": ("tf1", 0.01, 0.95, 1e-10),
        "optax.rmsprop(1e-3, decay=0.95, initial_scale=0.)": ("optax", 1e-3, 0.95, 1e-8),
        "RMSprop(0.1, 0.5)": ("tutorial", 0.1, 0.5, 1e-8),
    }
    for text, (dialect, lr, rho, eps) in cases.items():
        query, complaints = read(text)
        assert complaints == [], text
        assert query["dialect"] == dialect
        assert [float(query[name]) for name in ("lr", "rho", "eps")] == [lr, rho, eps], text


def test_what_cannot_be_taken_is_named_one_by_one() -> None:
    query, complaints = read("torch.optim.RMSprop(p, lr=-1, alpha=rho, weight_decay=0.01, momentum=0.9, foo=3)")
    assert {found.name for found in complaints} == {"lr", "alpha", "foo"}
    assert query["weight_decay"] == "0.01"
    assert query["momentum"] == "0.9"
    assert float(query["lr"]) == 0.01, "what cannot be taken is PyTorch's own"


@pytest.mark.parametrize(
    "text",
    ["", "x", "__import__('os').system('true')", "torch.optim.Adam(p)", "(" * 300, "RMSprop(" * 90, "1 +", "f(x)" * 200,
     "lambda: RMSprop(1)", "RMSprop(lr=9**9**9**9)", "RMSprop(lr=(-8)**0.5)", "RMSprop(lr=1/0)", "RMSprop(*a, **b)",
     "\x00", "RMSprop(lr='<b>')"],
)  # fmt: skip
def test_hostile_texts_are_refused_and_nothing_is_run(text: str) -> None:
    query, complaints = read(text)
    assert complaints
    assert "lr" not in query or float(query["lr"]) == 0.001


def test_what_a_framework_has_no_argument_for_is_said() -> None:
    assert lost("pytorch", RMSprop(0.1, nesterov=True)) == ["eps_inside_sqrt", "lr_in_velocity", "nesterov"]
    assert lost("keras", RMSprop(0.1, initial_s=1.0)) == ["initial_s"]
    assert lost("optax", RMSprop(0.1, initial_s=1.0, eps_inside_sqrt=False)) == []


def test_a_call_pasted_on_the_page_sets_the_experiment() -> None:
    app = opened("frameworks", surface="ravine", v="1")
    app.text_input("pasted").input("torch.optim.RMSprop(p, lr=0.03, alpha=0.95, weight_decay=0.1, maximize=True)").run()
    link = link_of(app)
    assert (link["dialect"], link["lr"], link["rho"], link["surface"]) == ("pytorch", "0.03", "0.95", "ravine")
    assert link["weight_decay"] == "0.1"
    assert any("maximize" in text for text in said(app, "error"))
    assert any("torch.optim.RMSprop(params, lr=0.03, alpha=0.95" in code.value for code in app.code)
    app.text_input("pasted").input("[a](b)").run()
    assert any(call in text for text in said(app, "error") for call in CALLS)
