"""A sweep of 64 × 64 settings × 200 steps, and one update of a million parameters, against others in one process.

    python -m tests.bench.bench_sweep

Against a NumPy loop that makes the steps alone, one that also looks whether f and θ are finite, as a run has to,
batched PyTorch, and optax under vmap, scan and jit; what isn't installed is left out. Rosenbrock's valley, float64. The
methods take turns, and the least of ROUNDS turns counts: other work on the machine only adds. Ratios to the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from rmsprop_core import SURFACES, RMSprop, sweep

STEPS, SIDE, ROUNDS, PARAMETERS = 200, 64, 20, 10**6
SURFACE = SURFACES["rosenbrock"]
LR, RHO = np.geomspace(1e-4, 1, SIDE), 1 - np.geomspace(1, 1e-3, SIDE)
GRID = [each.ravel() for each in np.meshgrid(LR, RHO, indexing="ij")]
EPS = 1e-8


def ours(*asked: str) -> Callable[[], np.ndarray]:
    """Return our sweep, with what else is asked for."""
    return lambda: sweep(RMSprop, SURFACE, steps=STEPS, asked=asked, lr=LR, rho=RHO, eps=EPS).f.ravel()


def loop(looking: bool) -> Callable[[], np.ndarray]:
    """Return a plain loop over the steps."""

    def run() -> np.ndarray:
        lr, rho = GRID
        theta = np.repeat(np.array(SURFACE.start, dtype=np.float64)[:, None], lr.size, axis=1)
        s, alive = np.zeros_like(theta), np.ones(lr.size, dtype=bool)
        with np.errstate(all="ignore"):
            for _ in range(STEPS):
                g = np.array(SURFACE.grad(*theta))
                s = rho * s + (1 - rho) * g * g
                theta = theta - lr * g / np.sqrt(s + EPS)
                if looking:
                    alive &= np.isfinite(SURFACE.f(*theta)) & np.isfinite(theta).all(axis=0)
            return np.where(alive, SURFACE.f(*theta), np.nan)

    return run


def torch_batched() -> dict[str, Callable[[], np.ndarray]]:
    """Return the loop in PyTorch, gradients given, or nothing."""
    try:
        import torch
    except ModuleNotFoundError:
        return {}
    lr, rho = map(torch.tensor, GRID)

    def run() -> np.ndarray:
        theta = torch.tensor(SURFACE.start, dtype=torch.float64)[:, None].repeat(1, len(lr))
        s = torch.zeros_like(theta)
        for _ in range(STEPS):
            x, y = theta
            g = torch.stack((2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)))
            s = rho * s + (1 - rho) * g * g
            theta = theta - lr * g / torch.sqrt(s + EPS)
        x, y = theta
        return ((1 - x) ** 2 + 100 * (y - x * x) ** 2).numpy()

    return {"batched torch": run}


def optax_jitted() -> tuple[dict[str, Callable[[], np.ndarray]], float]:
    """Return optax under vmap, scan and jit, and what its first call took; or nothing."""
    try:
        import jax
        import jax.numpy as jnp
        import optax
    except ModuleNotFoundError:
        return {}, 0.0
    jax.config.update("jax_enable_x64", True)
    f = lambda theta: (1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2  # noqa: E731

    def one(lr: jax.Array, rho: jax.Array) -> jax.Array:
        optimizer = optax.rmsprop(lr, decay=rho, eps=EPS)
        theta = jnp.array(SURFACE.start, dtype=jnp.float64)

        def step(carry: tuple, _: None) -> tuple:
            theta, state = carry
            updates, state = optimizer.update(jax.grad(f)(theta), state)
            return (optax.apply_updates(theta, updates), state), None

        return f(jax.lax.scan(step, (theta, optimizer.init(theta)), None, length=STEPS)[0][0])

    made = jax.jit(jax.vmap(one))
    begin = time.perf_counter()
    np.asarray(made(*GRID))
    cold = time.perf_counter() - begin
    return {"optax, vmap + scan + jit, warm": lambda: np.asarray(made(*GRID))}, cold


def updates() -> dict[str, Callable[[], object]]:
    """Return one update of a million parameters, ours and PyTorch's."""
    g = np.random.default_rng(0).standard_normal(PARAMETERS)
    optimizer = RMSprop(0.01)
    before = optimizer.step(optimizer.start(np.zeros(PARAMETERS)), g)
    found: dict[str, Callable[[], object]] = {"ours": lambda: optimizer.step(before, g)}
    try:
        import torch
    except ModuleNotFoundError:
        return found
    theta = torch.zeros(PARAMETERS, dtype=torch.float64)
    theta.grad = torch.tensor(g)
    theirs = torch.optim.RMSprop([theta], lr=0.01)
    return {**found, "torch": theirs.step}


def least(methods: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return each method's least time in milliseconds, the methods taking turns."""
    found = dict.fromkeys(methods, np.inf)
    for _ in range(ROUNDS):
        for name, method in methods.items():
            begin = time.perf_counter()
            method()
            found[name] = min(found[name], 1e3 * (time.perf_counter() - begin))
    return found


def main() -> None:
    jitted, cold = optax_jitted()
    methods: dict[str, Callable[[], object]] = {
        "NumPy, steps alone": loop(looking=False),
        "NumPy, looking": loop(looking=True),
        "ours: f": ours(),
        "ours: f, steps": ours("steps_to"),
        "ours: f, steps, fate": ours("steps_to", "fate"),
        **torch_batched(),
        **jitted,
    }
    took = least(methods)
    for name, value in took.items():
        print(f"{name:32} {value:8.1f} ms  {value / took['NumPy, steps alone']:5.2f}")
    if cold:
        print(f"{'optax, cold':32} {1e3 * cold:8.1f} ms  {1e3 * cold / took['NumPy, steps alone']:5.2f}")
    for name, value in least(updates()).items():
        print(f"{PARAMETERS} parameters, {name:14} {value:8.1f} ms")


if __name__ == "__main__":
    main()
