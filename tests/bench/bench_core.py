"""One RMSprop run of 300 steps against torch.optim.RMSprop, in one process, as ratios.

    python -m tests.bench.bench_core

Needs NumPy, and PyTorch where the comparison is wanted (the project itself doesn't need it). The methods take turns,
so that whatever else the machine does hits all of them; medians of ROUNDS turns. Nothing here fails for being slow.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rmsprop_core import DIALECTS, SURFACES, run
from rmsprop_core.runs.trajectory import run_each

STEPS, ROUNDS = 300, 40
SURFACE = SURFACES["stretched"]
OPTIMIZER = DIALECTS["pytorch"].optimizer()
GRADIENTS = run(OPTIMIZER, SURFACE, SURFACE.start, STEPS).g


def given_gradients() -> np.ndarray:
    """Make the steps along gradients that are given, every quantity being kept."""
    walk = [OPTIMIZER.start(SURFACE.start)]
    for g in GRADIENTS:
        walk.append(OPTIMIZER.step(walk[-1], g))
    return walk[-1].theta


def whole_run() -> np.ndarray:
    """Make the run as the app does: gradients, f, every quantity of every step, the end looked for."""
    return run(OPTIMIZER, SURFACE, SURFACE.start, STEPS).theta[-1]


def sixteen() -> np.ndarray:
    """Make that run and fifteen with other lrs as the app does where sixteen wait: side by side."""
    optimizers = [replace(OPTIMIZER, lr=OPTIMIZER.lr * (1 + k)) for k in range(16)]
    return run_each(optimizers, SURFACE, np.repeat([SURFACE.start], 16, axis=0).T, STEPS)[0].theta[-1]


def torch_methods() -> dict[str, Callable[[], np.ndarray]]:
    """Return the same two with PyTorch, or nothing where it isn't installed."""
    try:
        import torch
    except ModuleNotFoundError:
        return {}
    gradients = [torch.tensor(g) for g in GRADIENTS]

    def start() -> tuple[torch.Tensor, torch.optim.Optimizer]:
        theta = torch.tensor(SURFACE.start, dtype=torch.float64, requires_grad=True)
        return theta, torch.optim.RMSprop([theta], lr=OPTIMIZER.lr, alpha=OPTIMIZER.rho, eps=OPTIMIZER.eps)

    def torch_given_gradients() -> np.ndarray:
        theta, optimizer = start()
        for g in gradients:
            theta.grad = g
            optimizer.step()
        return theta.detach().numpy()

    def torch_autograd() -> np.ndarray:
        """Keep the path and the losses, as people do to draw them."""
        theta, optimizer = start()
        path, losses = [theta.detach().clone()], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = 0.5 * (theta[0] ** 2 + 100 * theta[1] ** 2)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            path.append(theta.detach().clone())
        return path[-1].numpy()

    return {"torch, given gradients": torch_given_gradients, "torch, autograd": torch_autograd}


def medians(methods: dict[str, Callable[[], np.ndarray]]) -> dict[str, float]:
    """Return each method's median time in milliseconds, the methods taking turns."""
    times: dict[str, list[float]] = {name: [] for name in methods}
    for method in methods.values():
        method()
    for _ in range(ROUNDS):
        for name, method in methods.items():
            begin = time.perf_counter()
            method()
            times[name].append(1e3 * (time.perf_counter() - begin))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    ours = {"ours, given gradients": given_gradients, "ours, whole run": whole_run, "ours, sixteen runs": sixteen}
    theirs = torch_methods()
    ends = {name: method() for name, method in {**ours, **theirs}.items()}
    took = medians({**ours, **theirs})
    for name, value in took.items():
        print(f"{name:24} {value:8.2f} ms   ends {np.abs(ends[name] - ends['ours, whole run']).max():.0e} from ours")
    if not theirs:
        print("PyTorch is not installed here: nothing to compare with.")
        return
    for mine, other in (
        ("ours, given gradients", "torch, given gradients"),
        ("ours, whole run", "torch, given gradients"),
        ("ours, whole run", "torch, autograd"),
    ):
        print(f"{other} / {mine}: {took[other] / took[mine]:.1f}")


if __name__ == "__main__":
    main()
