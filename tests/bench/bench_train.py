"""Training on the Train page's data sizes against PyTorch, in one process: `python tests/bench/bench_train.py`.

Prints seconds and ratios and never fails. Both sides make the same steps from the same start on the same mini-batches
in float64, PyTorch's convention of ε included, and the largest difference of their weights is printed. PyTorch is
measured as its users write it (Linear, mse_loss, backward) and with the gradient written out by hand, on one thread
and on all; the ratio is to the fastest. Without PyTorch (2.13.0 was used) only our times are printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from sys import path

import numpy as np

path.insert(0, str(Path(__file__).parents[2]))

from rmsprop_core.learn.regression import batches, random_start, train
from rmsprop_core.learn.tables import load_diabetes, scaling
from rmsprop_core.optimizers import SGD, RMSprop

try:
    import torch
except ImportError:
    torch = None

LR, RHO, EPS = 0.01, 0.9, 1e-8


def best_of(run: Callable[[], object], times: int = 5) -> float:
    """Return the shortest of several runs, in seconds."""
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def ours(optimizer: RMSprop | SGD, X, y, epochs: int, batch: int) -> np.ndarray:
    """Train as the page does: full loss after each epoch, steps kept where they are few."""
    *_, last = train(optimizer, X, y, epochs=epochs, batch=batch)
    return last.step.theta


def theirs(method: str, by_hand: bool, threads: int, X, y, epochs: int, batch: int) -> np.ndarray:
    """Train the same in PyTorch, the full loss after each epoch included."""
    torch.set_num_threads(threads)
    start = torch.from_numpy(random_start(X.shape[1], 0))
    model = torch.nn.Linear(X.shape[1], 1, dtype=torch.float64)
    w, b = model.weight, model.bias
    with torch.no_grad():
        w[:] = start[:-1]
        b[:] = start[-1:]
    kinds = {
        "rmsprop": lambda: torch.optim.RMSprop(model.parameters(), lr=LR, alpha=RHO, eps=EPS),
        "sgd": lambda: torch.optim.SGD(model.parameters(), lr=LR),
    }
    optimizer = kinds[method]()
    X, y = torch.from_numpy(X), torch.from_numpy(y)[:, None]
    for epoch in range(1, epochs + 1):
        for rows in batches(len(X), batch, 0, epoch):
            rows = torch.from_numpy(rows)
            x, t = X[rows], y[rows]
            if by_hand:
                with torch.no_grad():
                    error = (model(x) - t) * (2 / len(x))
                    w.grad, b.grad = error.T @ x, error.sum(dim=0)
            else:
                optimizer.zero_grad()
                torch.nn.functional.mse_loss(model(x), t).backward()
            optimizer.step()
        with torch.no_grad():
            torch.nn.functional.mse_loss(model(X), y).item()
    return np.append(w.detach().numpy(), b.detach().numpy())


def main() -> None:
    """Print a line for each data set, batch size and method."""
    diabetes = load_diabetes()
    random = np.random.default_rng(0)
    X = random.standard_normal((100_000, 20))
    tall = X, X @ random.standard_normal(20) + random.standard_normal(100_000)
    cases = {
        "diabetes, 442 x 10, 100 epochs": (scaling(diabetes.X).apply(diabetes.X), diabetes.y, 100, (32,)),
        "100,000 x 20, 1 epoch": (*tall, 1, (32, 256)),
    }
    methods = {"rmsprop": RMSprop(LR, RHO, EPS, eps_inside_sqrt=False), "sgd": SGD(LR)}
    threads = torch.get_num_threads() if torch else 1
    for title, (X, y, epochs, sizes) in cases.items():
        for batch in sizes:
            for method, optimizer in methods.items():
                mine = best_of(lambda: ours(optimizer, X, y, epochs, batch))  # noqa: B023
                line = f"{title}, batch {batch:3d}, {method:7s}  ours {mine:.3f} s"
                if torch:
                    ways = {
                        f"{'by hand' if by_hand else 'autograd'}, {n} thread(s)": (method, by_hand, n)
                        for by_hand in (False, True)
                        for n in sorted({1, threads})
                    }
                    taken = {
                        way: best_of(lambda: theirs(*how, X, y, epochs, batch), 3)  # noqa: B023
                        for way, how in ways.items()
                    }
                    way = min(taken, key=lambda name: taken[name])
                    slowest = max(taken.values())
                    gap = np.abs(
                        ours(optimizer, X, y, epochs, batch) - theirs(method, False, 1, X, y, epochs, batch)
                    ).max()
                    line += f"  torch {taken[way]:.3f} s ({way}) to {slowest:.3f} s"
                    line += f"  ratio {mine / taken[way]:.2f}  largest difference of a weight {gap:.0e}"
                print(line, flush=True)


if __name__ == "__main__":
    main()
