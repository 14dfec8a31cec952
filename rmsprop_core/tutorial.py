"""RMSprop from scratch: a linear model learns from 442 patients how far their diabetes will progress.

Run it with `python -m rmsprop_core.tutorial`; add `--help` for its options, `--lr 0.001` to see it too slow,
`--raw` to see what features in their own units do to it. Read it from top to bottom:

    1  Parameter              what is learnt, and the gradient of the loss with respect to it
    2  init_rmsprop_states    what RMSprop remembers
    3  rmsprop                one update
    4  compute_loss_and_grad  how wrong the model is, and which way is up
    5  program                100 epochs

original.py has the program that this one was made from, and how each piece of it fails.

The idea: divide each gradient g by a running root mean square of itself, so that every weight gets steps of about
the same length, whether its feature is counted in years or in thousands:

    s ← ρ s + (1 − ρ) g²        the mean square of the last gradients, about 1/(1 − ρ) of them
    θ ← θ − η g / √(s + ε)      η is lr, the learning rate; ε keeps the root from 0
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rmsprop_core.checks import check_whole
from rmsprop_core.learn.regression import batches, least_squares
from rmsprop_core.learn.tables import load_diabetes, scaling
from rmsprop_core.optimizers import Array, RMSprop

# 1. Parameters


class Parameter:
    """Numbers to be learnt: `data`, and `grad`, the gradient of the loss with respect to them (None at first).

    `data` is a copy, so that learning never changes the caller's array. Momentum and centered remember something
    of each parameter, too, which starts at 0: the velocity `v`, the mean gradient `m`, and `w`, which is s − m².
    """

    def __init__(self, data: object) -> None:
        self.data: Array = np.array(data)
        _check_numbers("data", self.data)
        self.grad: Array | None = None
        self.v, self.m, self.w = (np.zeros_like(self.data) for _ in range(3))


# 2. What RMSprop remembers


def init_rmsprop_states(feature_dim: int) -> tuple[Array, Array]:
    """Return (s_w, s_b), the mean squares of w's and b's gradients: zeros, of w's and b's shapes."""
    return np.zeros((feature_dim, 1)), np.zeros(1)


# 3. One update


def rmsprop(params: Sequence[Parameter], states: Sequence[Array], hyperparams: Mapping[str, float]) -> None:
    """Update each parameter along its gradient, and its mean square, both in place.

    `hyperparams` has lr, rho and eps, and may have momentum and centered; what is missing takes the tutorial's
    default: lr 0.001, rho 0.9, eps 1e-8, momentum 0, centered False.

    Raises:
        TypeError: an array is not of floating point numbers: integers would cut off what RMSprop adds.
        ValueError: a gradient is missing or a shape is wrong, a hyperparameter is unknown or out of range.
    """
    unknown = set(hyperparams) - {"lr", "rho", "eps", "momentum", "centered"}
    if unknown:
        raise ValueError(f"hyperparams must be lr, rho, eps, momentum or centered, not {', '.join(sorted(unknown))}")
    optimizer = RMSprop(**hyperparams)  # type: ignore[arg-type]
    _check(params, states)  # all of it, before anything changes

    for p, s in zip(params, states, strict=True):
        before = optimizer.start(p.data)._replace(s=s, v=p.v, m=p.m, w=p.w)
        after = optimizer.step(before, p.grad)  # type: ignore[arg-type]  # the formulas above, and all their variants
        s[:] = after.s
        p.data[:] = after.theta
        p.v, p.m, p.w = after.v, after.m, after.w


def _check(params: Sequence[Parameter], states: Sequence[Array]) -> None:
    if len(params) != len(states):
        raise ValueError(f"each parameter needs its state: there are {len(params)} parameters and {len(states)} states")
    for k, (p, s) in enumerate(zip(params, states, strict=True)):
        if p.grad is None:
            raise ValueError(f"params[{k}].grad is None: call compute_loss_and_grad before rmsprop")
        for name, array in ((f"params[{k}].data", p.data), (f"params[{k}].grad", p.grad), (f"states[{k}]", s)):
            _check_numbers(name, array)
            if array.shape != p.data.shape:
                raise ValueError(f"{name} has shape {array.shape}, params[{k}].data has {p.data.shape}: no match")


def _check_numbers(name: str, array: object) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        found = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(f"{name} must be an array of float64, not {found}: write 0.0, not 0")


# 4. The loss and its gradient


def compute_loss_and_grad(params: Sequence[Parameter], X: Array, y: Array) -> float:
    """Return the mean squared error of Xw + b against y, and fill in w.grad and b.grad.

    X has shape (n, d), y (n, 1), w (d, 1) and b (1,).

    Raises:
        ValueError: a shape is wrong. A y of shape (n,) would otherwise make errors of shape (n, n), without a word.
    """
    w, b = params
    n, d = X.shape
    for name, array, shape in (("y", y, (n, 1)), ("w", w.data, (d, 1)), ("b", b.data, (1,))):
        if array.shape != shape:
            raise ValueError(f"{name} must have shape {shape} to go with X of shape {X.shape}, not {array.shape}")

    error = X @ w.data + b.data - y  # (n, 1): how far each prediction is off
    w.grad = 2 * X.T @ error / n  # ∂/∂w of mean error²
    b.grad = 2 * error.sum(axis=0) / n  # ∂/∂b of mean error²
    return float(np.mean(error * error))


# 5. The program


def program(options: argparse.Namespace) -> Iterator[str]:
    """Train, and yield the lines to print: one after each epoch, and how near it came to the least-squares loss."""
    data = load_diabetes()
    X = data.X if options.raw else scaling(data.X).apply(data.X)  # (442, 10), each feature of mean 0 and deviation 1
    y = data.y[:, None]  # (442, 1)

    random = np.random.default_rng(options.seed)
    w, b = params = Parameter(random.standard_normal((10, 1))), Parameter(random.standard_normal(1))
    states = init_rmsprop_states(feature_dim=10)
    hyperparams = {name: getattr(options, name) for name in ("lr", "rho", "eps", "momentum", "centered")}

    loss = compute_loss_and_grad(params, X, y)
    for epoch in range(1, options.epochs + 1):
        for rows in batches(len(X), options.batch, options.seed, epoch):
            compute_loss_and_grad(params, X[rows], y[rows])
            rmsprop(params, states, hyperparams)
        loss = compute_loss_and_grad(params, X, y)
        weights = " ".join(number(value) for value in w.data[:, 0])
        yield f"epoch {epoch:3d}  loss {number(loss)}  w [{weights}]  b {number(b.data[0])}"
        if not np.isfinite(loss):
            yield f"stopped after epoch {epoch}: the loss is {loss}"
            return

    best = least_squares(data.X, data.y).loss
    yield f"final loss {loss:.2f}, {loss / best:.4f} times the least-squares loss {best:.2f}"


def number(value: float) -> str:
    """Return `value` with two decimals, or with its power of ten where it is huge."""
    return f"{value:8.2f}" if abs(value) < 1e6 else f"{value:8.1e}"


def parser() -> argparse.ArgumentParser:
    """Return the options of the program; it learns by default."""
    options = argparse.ArgumentParser("python -m rmsprop_core.tutorial", description="RMSprop from scratch.")
    add = options.add_argument
    add("--lr", type=float, default=0.25, help="learning rate (0.25; the tutorial's own 0.001 is far too small)")
    add("--rho", type=float, default=0.9, help="share of the past in the mean square (0.9)")
    add("--eps", type=float, default=1e-8, help="added under the root (1e-8)")
    add("--momentum", type=float, default=0.0, help="share of the last step in the next (0)")
    add("--centered", action="store_true", help="divide by the standard deviation of the gradient")
    add("--epochs", type=int, default=100, help="how often to go through all patients (100)")
    add("--batch", type=int, default=32, help="patients an update (32)")
    add("--seed", type=int, default=0, help="of the random start and the order of the patients (0)")
    add("--raw", action="store_true", help="leave the features in their own units")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the lines of the program as they come."""
    options = parser().parse_args(arguments)
    try:
        RMSprop(options.lr, options.rho, options.eps, options.momentum)
        for name, least in (("epochs", 0), ("batch", 1), ("seed", 0)):
            check_whole(name, getattr(options, name), least)
    except ValueError as error:
        parser().error(str(error))
    for line in program(options):
        print(line, flush=True)


if __name__ == "__main__":
    main()
