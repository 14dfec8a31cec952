"""The core against PyTorch, Keras, optax, TensorFlow, JAX and 50-digit arithmetic, within each case's own tolerance.

tests/core/oracles holds a subset with every pair of options (make_oracles.py says how it and its tolerances were made)
SGD with momentum under schedules (make_sgd_oracles.py), and the rest of the family, weight decay and clipping
(make_family_oracles.py).
Where the full sets lie beside the checkout, in ../shared/oracles, they are run as well.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from rmsprop_core import (
    SGD,
    SURFACES,
    AdaGrad,
    Adam,
    Clipped,
    Decayed,
    Optimizer,
    RMSprop,
    Rprop,
    SignDescent,
    Step,
)
from tests.core.make_oracles import HERE, Case, in_scope, options, pairs, subset

SHARED = Path(__file__).parents[3] / "shared" / "oracles"
MANIFESTS = sorted([*HERE.glob("oracle_*.json"), *SHARED.glob("oracle_*.json")])
SURFACE_OF = {"quad_d2l": "ravine"} | {name: name for name in SURFACES}


def _load(manifest: Path) -> list[tuple[Case, dict[str, np.ndarray]]]:
    with np.load(manifest.with_suffix(".npz")) as arrays:
        cases = [case for case in json.loads(manifest.read_text(encoding="utf-8"))["cases"] if in_scope(case)]
        return [(case, {name: arrays[key] for name, key in case["keys"].items()}) for case in cases]


CASES = [(case, arrays, manifest.stem) for manifest in MANIFESTS for case, arrays in _load(manifest)]


def _overflows_centered(case: Case, arrays: dict[str, np.ndarray]) -> bool:
    return case["conventions"].get("centered", False) and bool(np.isinf(arrays["state"][0]).any())


OPEN = [
    pytest.param(c, a, id=f"{f}-{c['id']}")
    for c, a, f in CASES
    if c["rtol_open"] is not None and not _overflows_centered(c, a)
]
OVERFLOWING = [pytest.param(c, a, id=f"{f}-{c['id']}") for c, a, f in CASES if _overflows_centered(c, a)]
CLOSED = [
    pytest.param(c, a, id=f"{f}-{c['id']}")
    for c, a, f in CASES
    if c["rtol"] is not None and c["problem"]["name"] in SURFACE_OF
]


FAMILY = {"adam": Adam, "sign": SignDescent, "rprop": Rprop}


def _optimizer(case: Case) -> Optimizer:
    """Return our optimizer; what is around it as the frameworks have it: clip first, then decay."""
    how, optimizer = case["conventions"], _bare(case)
    if "decay" in how:
        optimizer = Decayed(optimizer, *how["decay"])
    if "clip" in how:
        clip = {key: tuple(value) if key == "parts" else value for key, value in how["clip"].items()}
        optimizer = Clipped(optimizer, **clip)
    return optimizer


def _bare(case: Case) -> Optimizer:
    how = case["conventions"]
    if how["algo"] == "adagrad":
        return AdaGrad(how["lr"], how["eps"], eps_inside_sqrt=how["eps_inside"], initial_s=how["init_v"])
    if how["algo"] in FAMILY:
        return FAMILY[how["algo"]](**{key: how[key] for key in how if key not in ("algo", "decay", "clip")})
    if how["algo"] == "sgd":
        return SGD(
            how["lr"],
            momentum=how.get("momentum", 0),
            nesterov=how.get("nesterov", False),
            lr_in_velocity=how.get("lr_inside", False),
        )
    return RMSprop(
        how["lr"],
        how["rho"],
        how["eps"],
        how["momentum"],
        how["centered"],
        eps_inside_sqrt=how["eps_inside"],
        lr_in_velocity=how["lr_inside"],
        nesterov=how.get("nesterov", False),
        bias_correction=how.get("bias_correction", False),
        initial_s=how.get("init_v", 0.0),
    )


def _walk(case: Case, start: np.ndarray, gradients: np.ndarray | None) -> list[Step]:
    """Run a case: along the recorded gradients, or on our own surface."""
    opt = _optimizer(case)
    lrs = dict(case["lr_schedule"] or [])
    surface = None if gradients is not None else SURFACES[SURFACE_OF[case["problem"]["name"]]]
    walk = [opt.start(start)]
    with np.errstate(all="ignore"):
        for t in range(case["steps"]):
            opt = replace(opt, lr=lrs.get(t, opt.lr))
            g = surface.grad(*walk[-1].theta) if surface else gradients[t]
            walk.append(opt.step(walk[-1], g))
    return walk


def _accumulator(name: str, step: Step, case: Case) -> np.ndarray:
    """Return our s, m or v as the framework keeps it."""
    if name == "v":
        return step.s
    if name == "m":
        return step.m
    return case["conventions"].get("buffer_sign", 1) * step.v


def _assert_close(got: np.ndarray, expected: np.ndarray, scale: np.ndarray, rtol: float, what: str) -> None:
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(got[~finite], expected[~finite], err_msg=f"{what}: NaN or inf differ")
    error = np.abs(np.where(finite, got, 0) - np.where(finite, expected, 0))
    assert (error <= rtol * scale).all(), f"{what}: off by {np.max(error / np.where(scale, scale, 1)):.2g}, rtol {rtol}"


def _scale(values: np.ndarray) -> np.ndarray:
    """Return the largest finite |value| over time of each coordinate."""
    return np.abs(np.where(np.isfinite(values), values, 0)).max(axis=0)


def _compare(case: Case, arrays: dict[str, np.ndarray], walk: list[Step], rtol: float) -> None:
    rows = range(len(walk)) if case["saved_steps"] == "all" else case["saved_steps"]
    x = np.array([walk[t].theta for t in rows])
    assert x.shape == arrays["x"].shape
    _assert_close(x, arrays["x"], _scale(arrays["x"]), rtol, "theta")
    for i, name in enumerate(case["state_rows"]):
        over_time = np.array([_accumulator(name, step, case) for step in walk])
        scale = np.maximum(_scale(over_time), _scale(arrays["state"][i : i + 1]))
        _assert_close(over_time[-1], arrays["state"][i], scale, rtol, f"accumulator {name}")


@pytest.mark.parametrize(("case", "arrays"), OPEN)
def test_steps_along_recorded_gradients_equal_the_framework(case, arrays):
    _compare(case, arrays, _walk(case, arrays["x"][0], arrays["g"]), case["rtol_open"])


@pytest.mark.parametrize(("case", "arrays"), OVERFLOWING)
def test_centered_freezes_where_g_squared_overflows_as_torch_does_with_fma(case, arrays):
    """Frameworks disagree: inf − inf is NaN in Keras, optax and torch without FMA; with FMA torch freezes, as we do."""
    x, rtol = arrays["x"].copy(), 1e-12
    last = int(np.isfinite(x).all(axis=1).nonzero()[0][-1])
    x[last:] = x[last]
    _compare(case, {**arrays, "x": x}, _walk(case, x[0], arrays["g"]), rtol)


@pytest.mark.parametrize(("case", "arrays"), CLOSED)
def test_runs_on_our_own_surface_equal_the_framework(case, arrays):
    _compare(case, arrays, _walk(case, arrays["x"][0], None), case["rtol"])


@pytest.mark.parametrize(("case", "arrays"), CLOSED)
def test_f_and_gradient_of_our_surface_equal_the_frameworks_at_its_points(case, arrays):
    surface = SURFACES[SURFACE_OF[case["problem"]["name"]]]
    f, g = surface.f(*arrays["x"].T), np.transpose(surface.grad(*arrays["x"][:-1].T))
    _assert_close(f, arrays["f"], _scale(arrays["f"]), 1e-12, "f")
    _assert_close(g, arrays["g"], _scale(arrays["g"]), 1e-12, "g")


@pytest.mark.parametrize("name", ["rho", "eps", "momentum", "lr", "initial_s"])
def test_an_error_of_a_millionth_in_a_hyperparameter_is_caught(name):
    """The comparison has teeth: each number is wrong by 1e-6 in turn, and some case of the subset fails."""
    caught = 0
    for case, arrays, file in CASES:
        if file != "oracle_subset" or case["group"] != "main" or case["conventions"]["algo"] != "rmsprop":
            continue
        wrong = replace(_optimizer(case), **{name: getattr(_optimizer(case), name) * (1 - 1e-6)})
        step = wrong.start(arrays["x"][0])
        for g in arrays["g"]:
            step = wrong.step(step, g)
        scale = _scale(arrays["x"])
        caught += bool((np.abs(step.theta - arrays["x"][-1]) > case["rtol_open"] * scale).any())
    assert caught >= 5


SWITCHES = {
    "centered": {"True", "False"},
    "eps_inside_sqrt": {"True", "False"},
    "lr_in_velocity": {"True", "False"},
    "nesterov": {"True", "False"},
    "bias_correction": {"True", "False"},
    "initial_s": {"0.0", "1.0"},
    "momentum": {"0.0", "0.5", "0.9"},
    "schedule": {"True", "False"},
}
NO_FRAMEWORK = {  # no framework has these switches together, so there is no oracle for them
    frozenset({("centered", "True"), ("bias_correction", "True")}),  # refused by the core
    frozenset({("eps_inside_sqrt", "True"), ("lr_in_velocity", "False")}),
    frozenset({("nesterov", "True"), ("lr_in_velocity", "False")}),
    frozenset({("nesterov", "True"), ("momentum", "0.0")}),
    frozenset({("bias_correction", "True"), ("lr_in_velocity", "False")}),
    frozenset({("initial_s", "1.0"), ("lr_in_velocity", "False")}),
}


def _packaged() -> list[Case]:
    return json.loads((HERE / "oracle_subset.json").read_text(encoding="utf-8"))["cases"]


def test_the_packaged_subset_covers_every_pair_of_switches():
    """Counted from what it contains: each two switches in all their values, but for those that no framework has."""
    present = {frozenset(((a, x), (b, y))) for a, x, b, y in pairs(_packaged())}
    wanted = {
        frozenset(((a, x), (b, y))) for a, b in combinations(SWITCHES, 2) for x, y in product(SWITCHES[a], SWITCHES[b])
    }
    assert wanted - present - NO_FRAMEWORK == set()
    assert present & NO_FRAMEWORK == set()


def test_the_packaged_subset_has_the_pairs_of_the_full_set_and_every_framework():
    recorded = json.loads((HERE / "oracle_subset.json").read_text(encoding="utf-8"))["pairs"]
    assert sorted("|".join(pair) for pair in pairs(_packaged())) == recorded
    assert {options(case)["framework"] for case in _packaged()} == {
        *("torch", "torch-sgd", "keras-jax", "keras-torch", "optax", "tensorflow", "jax.example_libraries", "mpmath")
    }


def test_sgd_has_momentum_nesterov_and_a_changing_lr_in_both_forms_of_the_velocity():
    how = [case["conventions"] for case, _, file in CASES if file == "oracle_sgd" and case["lr_schedule"]]
    present = {(each["momentum"], each["nesterov"], each["lr_inside"]) for each in how}
    assert present == set(product((0.5, 0.875), (False, True), (False, True)))


def test_the_packaged_cases_stay_under_a_megabyte():
    assert 0 < sum(file.stat().st_size for file in HERE.iterdir()) < 1_000_000


@pytest.mark.parametrize(
    "manifest", [HERE / "oracle_subset.json", *SHARED.glob("oracle_shared.json")], ids=lambda manifest: manifest.stem
)
def test_the_script_chooses_the_packaged_cases_bit_by_bit(manifest):
    """From the full set where it is at hand; from the subset itself it chooses a part with the same pairs."""
    what, columns = subset(manifest)
    packaged = json.loads((HERE / "oracle_subset.json").read_text(encoding="utf-8"))
    assert what["pairs"] == packaged["pairs"]
    assert all(case in packaged["cases"] for case in what["cases"])
    with np.load(HERE / "oracle_subset.npz") as arrays:
        for key, values in columns.items():
            np.testing.assert_array_equal(arrays[key], values)
