"""The program that tutorial.py was made from, in our words, and how each piece of it fails: run, not told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from rmsprop_core.learn.regression import least_squares
from rmsprop_core.learn.tables import load_diabetes, scaling
from rmsprop_core.optimizers import Array
from rmsprop_core.tutorial import Parameter, compute_loss_and_grad, init_rmsprop_states, parser, program, rmsprop

TUTORIAL: Mapping[str, float] = {"lr": 0.001, "rho": 0.9, "eps": 1e-8}


class OriginalParameter:
    """Keeps the caller's own array, and offers no way to write p[:]."""

    def __init__(self, data: Array) -> None:
        self.data = data
        self.grad: Array | None = None


class IndexableParameter(OriginalParameter):
    """The least repair that lets the original go on, to the failures behind the first."""

    def __getitem__(self, key: slice) -> Array:
        return self.data[key]

    def __setitem__(self, key: slice, value: Array) -> None:
        self.data[key] = value


def original_rmsprop(params: Sequence[Any], states: Sequence[Array], hyperparams: Mapping[str, float]) -> None:
    """Read three hyperparameters, check nothing."""
    lr, rho, eps = hyperparams["lr"], hyperparams["rho"], hyperparams["eps"]
    for p, s in zip(params, states, strict=False):
        g = p.grad
        s[:] = rho * s + (1 - rho) * g * g
        p[:] -= lr * g / np.sqrt(s + eps)


def original_compute_loss_and_grad(params: Sequence[Any], seed: int) -> None:
    """Fill in random gradients; there is no loss. The seed is ours: each run shows the same."""
    random = np.random.default_rng(seed)
    for p in params:
        p.grad = random.standard_normal(p.data.shape)


def original_program(epochs: int = 100) -> Iterator[str]:
    """Yield epoch, w and b."""
    random = np.random.default_rng(0)
    w, b = params = OriginalParameter(random.standard_normal((10, 1))), OriginalParameter(random.standard_normal(1))
    states = init_rmsprop_states(10)
    for epoch in range(epochs):
        original_compute_loss_and_grad(params, seed=epoch)
        original_rmsprop(params, states, TUTORIAL)
        yield f"{epoch} {w.data} {b.data}"


class Outcome(NamedTuple):
    """What happened: the exception's type and message, or two empty strings, and the numbers behind it."""

    error: str
    message: str
    numbers: Mapping[str, float]


class Fault(NamedTuple):
    """A failure of the original. `kind`: it stops, goes wrong silently, has something missing or leaves it unsaid.

    `original()` runs into it; `working()` does the same with the functions above.
    """

    key: str
    kind: str
    original: Callable[[], Outcome]
    working: Callable[[], Outcome]


class Piece(NamedTuple):
    """A piece of the tutorial's program: the original, the version that works (both to be shown), and the faults."""

    original: Callable[..., Any]
    working: Callable[..., Any]
    faults: tuple[Fault, ...]


Numbers = dict[str, float]
Demo = Callable[[Any, Any, Numbers], None]  # (a Parameter, an rmsprop or a loss, numbers to fill in)


def _one(parameter: Any, g: Array, data: Array | None = None) -> Any:
    p = parameter(np.ones_like(g) if data is None else data)
    p.grad = g
    return p


def _updated(parameter: Any, update: Any, g: Array, data: Array | None = None, s: Array | None = None) -> Any:
    """Return a parameter after its first update."""
    p = _one(parameter, g, data)
    update([p], [np.zeros(p.data.shape) if s is None else s], TUTORIAL)
    return p


def _item_access(parameter: Any, update: Any, numbers: Numbers) -> None:
    p, s = _one(parameter, np.ones(1)), np.zeros(1)
    try:
        update([p], [s], TUTORIAL)
    finally:
        numbers |= {"s": float(s[0]), "step": 1 - float(p.data[0])}  # s has changed, θ has not


def _shared_array(parameter: Any, update: Any, numbers: Numbers) -> None:
    mine = np.ones(1)
    _updated(parameter, update, np.ones(1), mine)
    numbers |= {"before": 1.0, "after": float(mine[0])}


def _unused_hyperparameters(parameter: Any, update: Any, numbers: Numbers) -> None:
    p, q, s_p, s_q = _one(parameter, np.ones(1)), _one(parameter, np.ones(1)), np.zeros(1), np.zeros(1)
    for _ in range(3):
        update([p], [s_p], TUTORIAL)
        update([q], [s_q], {**TUTORIAL, "momentum": 0.9, "centered": True})
    numbers["difference"] = abs(float(p.data[0] - q.data[0]))


def _integer_state(parameter: Any, update: Any, numbers: Numbers) -> None:
    s = np.array([0])
    p = _updated(parameter, update, np.array([2.0]), s=s)
    numbers |= {"s": float(s[0]), "s_right": 0.4, "step": 1 - float(p.data[0]), "step_right": 0.001 * 2 / 0.4**0.5}


def _broadcast(parameter: Any, update: Any, numbers: Numbers) -> None:
    p = _updated(parameter, update, np.ones(1), np.ones((10, 1)))
    numbers |= {"gradients": 1, "moved": float((p.data != 1).sum())}


def _first_step(parameter: Any, update: Any, numbers: Numbers) -> None:
    for name, g in (("small", 0.01), ("large", 1000.0)):
        p = _updated(parameter, update, np.array([g]))
        numbers |= {f"g_{name}": g, f"step_{name}": 1 - float(p.data[0])}
    numbers["bound"] = 0.001 / (1 - 0.9) ** 0.5  # lr/√(1−ρ), whatever g is


def _eps_inside(parameter: Any, update: Any, numbers: Numbers) -> None:
    p = _updated(parameter, update, np.array([1e-6]))
    numbers |= {"g": 1e-6, "step": 1 - float(p.data[0]), "bound": 0.001 / (1 - 0.9) ** 0.5, "rms_least": 1e-8**0.5}


def _nothing_learnt(parameter: Any, gradients: Any, numbers: Numbers) -> None:
    data = load_diabetes()
    X, y = scaling(data.X).apply(data.X), data.y[:, None]
    params, states = (parameter(np.zeros((10, 1))), parameter(np.zeros(1))), init_rmsprop_states(10)
    update = original_rmsprop if gradients is original_compute_loss_and_grad else rmsprop
    for epoch in range(1000):
        gradients(params, *((epoch,) if update is original_rmsprop else (X, y)))
        update(params, states, {**TUTORIAL, "lr": 0.25})
    w, b = params
    loss = float(np.mean((X @ w.data + b.data - y) ** 2))
    numbers |= {"before": float(np.mean(y * y)), "after": loss, "floor": least_squares(X, data.y).loss}


def _no_epoch(_: Any, program: Any, numbers: Numbers) -> None:
    numbers["epochs"] = 0
    for _line in program():
        numbers["epochs"] += 1


def _outcome(demo: Demo, parameter: Any, piece: Any) -> Outcome:
    numbers: Numbers = {}
    try:
        demo(parameter, piece, numbers)
    except (TypeError, ValueError) as error:
        return Outcome(type(error).__name__, str(error), numbers)
    return Outcome("", "", numbers)


def _fault(kind: str, demo: Demo, pieces: tuple[Any, Any], first: Any = IndexableParameter) -> Fault:
    original, working = pieces
    run, rerun = partial(_outcome, demo, first, original), partial(_outcome, demo, Parameter, working)
    return Fault(demo.__name__.removeprefix("_"), kind, run, rerun)


def _short_program() -> Iterator[str]:
    return (line for line in program(parser().parse_args(["--epochs", "3"])) if line.startswith("epoch"))


UPDATES = original_rmsprop, rmsprop
GRADIENTS = original_compute_loss_and_grad, compute_loss_and_grad
PROGRAMS = original_program, _short_program
PIECES: Mapping[str, Piece] = {
    "parameter": Piece(
        OriginalParameter,
        Parameter,
        (_fault("stops", _item_access, UPDATES, OriginalParameter), _fault("silent", _shared_array, UPDATES)),
    ),
    "states": Piece(init_rmsprop_states, init_rmsprop_states, ()),
    "rmsprop": Piece(
        *UPDATES,
        (
            _fault("missing", _unused_hyperparameters, UPDATES),
            _fault("silent", _integer_state, UPDATES),
            _fault("silent", _broadcast, UPDATES),
            _fault("unsaid", _first_step, UPDATES),
            _fault("unsaid", _eps_inside, UPDATES),
        ),
    ),
    "loss": Piece(*GRADIENTS, (_fault("missing", _nothing_learnt, GRADIENTS),)),
    "program": Piece(original_program, program, (_fault("stops", _no_epoch, PROGRAMS, OriginalParameter),)),
}
