"""Make tests/core/oracles/oracle_sgd: SGD with momentum under a schedule, by the frameworks themselves.

    python -m tests.core.make_sgd_oracles

Needs torch, keras, jax, optax and tensorflow beside NumPy (written with 2.13.0+cpu, 3.15.1 on jax, 0.10.2, 0.2.8 and
2.21.0). Each makes STEPS float64 steps down a function of two variables along its own automatic gradient, with another
lr at each change in the schedule: only so can one tell whether lr stands inside the velocity. The cases are written as
in make_oracles.py. All hyperparameters are short sums of powers of two, since TensorFlow rounds them to float32. Both
functions are quadratics and lr is far below its limit, so rounding does not grow: the tolerance is 1e-12 throughout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import product
from typing import Any

import numpy as np

from tests.core.make_oracles import write

STEPS = 40
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], tuple[float, float], float]] = {  # f, start, lr
    "quad_d2l": (lambda x: 0.1 * x[0] * x[0] + 2 * x[1] * x[1], (-5.0, -2.0), 2**-5),
    "booth": (lambda x: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2, (-8.0, 6.0), 2**-8),
}
SCHEDULES = {"step": {0: 1.0, 13: 0.125, 26: 0.015625}, "saw": {0: 0.25, 8: 1.0, 20: 0.0, 30: 0.5}}  # factors of lr
Path = tuple[list[Any], list[Any], Any]  # x before the first step and after each, g of each, the buffer at the end
Made = Callable[[Callable[[Any], Any], Sequence[float], list[float], float, bool], Path]


def by_torch(f: Callable[[Any], Any], start: Sequence[float], lrs: list[float], mu: float, nesterov: bool) -> Path:
    import torch

    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=lrs[0], momentum=mu, nesterov=nesterov)
    path, gradients = [x.detach().clone().numpy()], []
    for lr in lrs:
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        f(x).backward()
        optimizer.step()
        path.append(x.detach().clone().numpy())
        gradients.append(x.grad.clone().numpy())
    return path, gradients, optimizer.state[x]["momentum_buffer"].numpy()


def by_keras(f: Callable[[Any], Any], start: Sequence[float], lrs: list[float], mu: float, nesterov: bool) -> Path:
    os.environ["KERAS_BACKEND"] = "jax"
    import jax
    import keras

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    x = keras.Variable(start, dtype="float64")
    optimizer = keras.optimizers.SGD(lrs[0], momentum=mu, nesterov=nesterov)
    optimizer.build([x])
    path, gradients = [np.array(x.value)], []
    for lr in lrs:
        optimizer.learning_rate = lr
        gradients.append(jax.grad(f)(x.value))
        optimizer.apply([gradients[-1]], [x])
        path.append(np.array(x.value))
    return path, gradients, optimizer.momentums[0].value


def by_optax(f: Callable[[Any], Any], start: Sequence[float], lrs: list[float], mu: float, nesterov: bool) -> Path:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    x, each = jax.numpy.array(start), jax.numpy.array(lrs)
    optimizer = optax.sgd(lambda count: each[count], momentum=mu, nesterov=nesterov)
    state = optimizer.init(x)
    path, gradients = [x], []
    for _ in lrs:
        gradients.append(jax.grad(f)(x))
        updates, state = optimizer.update(gradients[-1], state, x)
        x = optax.apply_updates(x, updates)
        path.append(x)
    return path, gradients, state[0].trace


def by_tensorflow(f: Callable[[Any], Any], start: Sequence[float], lrs: list[float], mu: float, nesterov: bool) -> Path:
    import tensorflow as tf

    x = tf.Variable(start, dtype=tf.float64)
    path, gradients, lr = [x.numpy()], [], [lrs[0]]
    optimizer = tf.compat.v1.train.MomentumOptimizer(lambda: lr[0], mu, use_nesterov=nesterov)
    for lr[0] in lrs:
        with tf.GradientTape() as tape:
            height = f(x)
        gradients.append(tape.gradient(height, x))
        optimizer.apply_gradients([(gradients[-1], x)])
        path.append(x.numpy())
    return path, gradients, optimizer.get_slot(x, "momentum")


FRAMEWORKS: dict[str, tuple[Made, str, bool, int]] = {  # optimizer, package, lr inside, the sign of its buffer
    "torch.optim.SGD": (by_torch, "torch", False, 1),
    "keras.optimizers.SGD": (by_keras, "keras", True, -1),
    "optax.sgd": (by_optax, "optax", False, 1),
    "tf.compat.v1.train.MomentumOptimizer": (by_tensorflow, "tensorflow-cpu", False, 1),
}


def cases() -> Iterator[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """Yield the record and the arrays of each case."""
    every = product(FRAMEWORKS, FUNCTIONS, SCHEDULES, (0.5, 0.875), (False, True))
    for number, (optimizer, name, schedule, mu, nesterov) in enumerate(every):
        make, package, inside, sign = FRAMEWORKS[optimizer]
        f, start, lr = FUNCTIONS[name]
        changes = {t: factor * lr for t, factor in SCHEDULES[schedule].items()}
        lrs = [changes[max(at for at in changes if at <= t)] for t in range(STEPS)]
        x, g, buffer = make(f, start, lrs, mu, nesterov)
        arrays = {"x": np.array(x), "g": np.array(g), "f": np.array([f(row) for row in x]), "state": np.array([buffer])}
        assert all(values.dtype == np.float64 for values in arrays.values())
        case = {
            "id": f"g{number:03}",
            "framework": package,
            "version": version(package),
            "optimizer": optimizer,
            "call": {"lr": lrs[0], "momentum": mu, "nesterov": nesterov},
            "conventions": {
                **{"algo": "sgd", "lr": lrs[0], "momentum": mu, "nesterov": nesterov},
                **{"lr_inside": inside, "buffer_sign": sign},
            },
            "group": "lr_schedule",
            "problem": {"kind": "function", "name": name},
            "lr_schedule": list(changes.items()),
            "steps": STEPS,
            "saved_steps": "all",
            "state_rows": ["b"],
            "keys": {key: f"g{number:03}/{key}" for key in arrays},
            "rtol": 1e-12,
            "rtol_open": 1e-12,
        }
        yield case, {case["keys"][key]: values for key, values in arrays.items()}


def main() -> None:
    made = list(cases())
    columns = {key: values for _, arrays in made for key, values in arrays.items()}
    write("oracle_sgd", {"made_by": "tests/core/make_sgd_oracles.py: its docstring says how"},
          [case for case, _ in made], columns)  # fmt: skip


if __name__ == "__main__":
    main()
