"""Make tests/core/oracles/oracle_family: RMSprop's family, weight decay and clipping, by the frameworks themselves.

    python -m tests.core.make_family_oracles

Needs torch, keras, jax and optax beside NumPy (written with 2.14.1, 3.15.1 on jax, 0.10.2 and 0.2.8). As in
make_sgd_oracles.py each makes STEPS float64 steps down a function of two variables along its own automatic gradient,
with another lr at each change in the schedule: it tells decay by ηλ from decay by λ, and Rprop, whose lr is its first
step alone. Clipping bites at 2 to 6 of the 32 steps on quad_d2l, and at all of them on booth. Both functions are
quadratics, and no run comes so near to its end that g is all rounding: ours is off by at most 1e-15 of the largest |θ|
where it was made. Another processor's fused multiplications cost some more such roundings, which don't grow here: the
tolerance is 1e-12, and a form that is slightly wrong is off by thousands of times that (test_family.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import numpy as np

from tests.core.make_oracles import write
from tests.core.make_sgd_oracles import FUNCTIONS, SCHEDULES, Path

STEPS = 32
PLACES = {"quad_d2l": "step", "booth": "saw"}  # function and schedule
Loss = Callable[[Any], Any]
Recipe = dict[str, Any]  # what the framework is asked for: how it is made, and what is done to g before
TORCH_RMSPROP = {
    **{"algo": "rmsprop", "rho": 0.9, "eps": 1e-8, "momentum": 0.0, "centered": False},
    **{"eps_inside": False, "lr_inside": False},
}
KERAS_RMSPROP = {**TORCH_RMSPROP, "eps": 1e-7, "eps_inside": True, "lr_inside": True}
TORCH_SGD = {"algo": "sgd", "momentum": 0.875, "nesterov": False, "lr_inside": False}
KERAS_SGD = {**TORCH_SGD, "lr_inside": True, "buffer_sign": -1}
ADAM = {"algo": "adam", "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
ADAGRAD = {"algo": "adagrad", "eps": 1e-10, "eps_inside": False, "init_v": 0.0}
WHOLE, VALUE = {"by": "norm", "most": 4.0}, {"by": "value", "most": 2.0}
TORCH_WHOLE = {**WHOLE, "eps": 1e-6}
EACH = {"by": "norm", "most": 2.0, "parts": [1, 1]}

# What is called, with its arguments; the names of its accumulators; what it is in our words.
TORCH: list[tuple[str, Recipe, str, Recipe]] = [
    ("Adagrad", {}, "v", ADAGRAD),
    ("Adagrad", {"initial_accumulator_value": 0.5, "eps": 0.25}, "v", {**ADAGRAD, "eps": 0.25, "init_v": 0.5}),
    ("Adam", {}, "mv", ADAM),
    ("Adam", {"betas": (0.0, 0.9)}, "mv", {**ADAM, "beta1": 0.0, "beta2": 0.9}),
    ("Adam", {"weight_decay": 0.5}, "mv", {**ADAM, "decay": [0.5, False]}),
    ("AdamW", {"weight_decay": 0.5}, "mv", {**ADAM, "decay": [0.5, True]}),
    ("Rprop", {}, "vm", {"algo": "rprop", "shrink": 0.5, "grow": 1.2}),
    ("Rprop", {"etas": (0.25, 1.5), "step_sizes": (0.1, 0.5)}, "vm",
     {"algo": "rprop", "shrink": 0.25, "grow": 1.5, "least": 0.1, "most": 0.5}),
    ("RMSprop", {"alpha": 0.9, "weight_decay": 0.5}, "v", {**TORCH_RMSPROP, "decay": [0.5, False]}),
    ("RMSprop", {"alpha": 0.9, "weight_decay": 0.5, "momentum": 0.5, "centered": True}, "vmb",
     {**TORCH_RMSPROP, "momentum": 0.5, "centered": True, "decay": [0.5, False]}),
    ("RMSprop", {"alpha": 0.9, "clip": TORCH_WHOLE}, "v", {**TORCH_RMSPROP, "clip": TORCH_WHOLE}),
    ("RMSprop", {"alpha": 0.9, "weight_decay": 0.5, "clip": VALUE}, "v",
     {**TORCH_RMSPROP, "clip": VALUE, "decay": [0.5, False]}),
    ("SGD", {"momentum": 0.875, "weight_decay": 0.5}, "b", {**TORCH_SGD, "decay": [0.5, False]}),
    ("SGD", {"momentum": 0.875, "nesterov": True, "clip": TORCH_WHOLE}, "b",
     {**TORCH_SGD, "nesterov": True, "clip": TORCH_WHOLE}),
]  # fmt: skip
KERAS: list[tuple[str, Recipe, str, Recipe]] = [
    ("Adagrad", {}, "v", {**ADAGRAD, "eps": 1e-7, "eps_inside": True, "init_v": 0.1}),
    ("AdamW", {"weight_decay": 0.5, "epsilon": 0.0}, "mv", {**ADAM, "eps": 0.0, "decay": [0.5, True]}),
    ("RMSprop", {"weight_decay": 0.5}, "v", {**KERAS_RMSPROP, "decay": [0.5, True]}),
    ("RMSprop", {"clipnorm": 2.0, "parts": 2}, "v", {**KERAS_RMSPROP, "clip": EACH}),
    ("RMSprop", {"global_clipnorm": 4.0, "parts": 2}, "v", {**KERAS_RMSPROP, "clip": WHOLE}),
    ("RMSprop", {"clipvalue": 2.0, "weight_decay": 0.5}, "v", {**KERAS_RMSPROP, "clip": VALUE, "decay": [0.5, True]}),
    ("SGD", {"momentum": 0.875, "weight_decay": 0.5}, "b", {**KERAS_SGD, "decay": [0.5, True]}),
    ("SGD", {"momentum": 0.875, "clipnorm": 4.0}, "b", {**KERAS_SGD, "clip": WHOLE}),
]
OPTAX: list[tuple[str, Recipe, str, Recipe]] = [
    ("adagrad", {}, "", {**ADAGRAD, "eps": 1e-7, "eps_inside": True, "init_v": 0.1}),
    ("adam", {}, "", ADAM),
    ("adamw", {"weight_decay": 0.5}, "", {**ADAM, "decay": [0.5, True]}),
    ("sign_sgd", {}, "", {"algo": "sign"}),
    ("rmsprop", {"clip": VALUE}, "", {**KERAS_RMSPROP, "eps": 1e-8, "clip": VALUE}),
    (
        "rmsprop",
        {"clip": WHOLE, "decay": 0.5},
        "",
        {**KERAS_RMSPROP, "eps": 1e-8, "clip": WHOLE, "decay": [0.5, False]},
    ),
    ("sgd", {"momentum": 0.875, "clip": WHOLE}, "", {**TORCH_SGD, "clip": WHOLE}),
]


def by_torch(name: str, recipe: Recipe, rows: str, f: Loss, start: tuple[float, float], lrs: list[float]) -> Path:
    import torch

    clip, recipe = recipe.get("clip"), {key: value for key, value in recipe.items() if key != "clip"}
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([x], lr=lrs[0], **recipe)
    path, gradients = [x.detach().clone().numpy()], []
    for lr in lrs:
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        f(x).backward()
        gradients.append(x.grad.clone().numpy())
        if clip and clip["by"] == "norm":
            torch.nn.utils.clip_grad_norm_([x], clip["most"])
        elif clip:
            torch.nn.utils.clip_grad_value_([x], clip["most"])
        optimizer.step()
        path.append(x.detach().clone().numpy())
    kept = optimizer.state[x]
    first, second = {"Adagrad": ("", "sum"), "Adam": ("exp_avg", "exp_avg_sq"), "AdamW": ("exp_avg", "exp_avg_sq"),
                     "Rprop": ("prev", "step_size")}.get(name, ("grad_avg", "square_avg"))  # fmt: skip
    names = {"m": first, "v": second, "b": "momentum_buffer"}
    return path, gradients, [kept[names[row]].numpy() for row in rows]


def by_keras(name: str, recipe: Recipe, rows: str, f: Loss, start: tuple[float, float], lrs: list[float]) -> Path:
    os.environ["KERAS_BACKEND"] = "jax"
    import jax
    import keras

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    parts, recipe = recipe.get("parts", 1), {key: value for key, value in recipe.items() if key != "parts"}
    variables = [keras.Variable(part, dtype="float64") for part in np.split(np.array(start), parts)]

    def now() -> np.ndarray:
        return np.concatenate([np.array(variable.value) for variable in variables])

    optimizer = getattr(keras.optimizers, name)(lrs[0], **recipe)
    optimizer.build(variables)
    path, gradients = [now()], []
    for lr in lrs:
        optimizer.learning_rate = lr
        gradients.append(np.array(jax.grad(f)(jax.numpy.array(path[-1]))))
        optimizer.apply(np.split(gradients[-1], parts), variables)
        path.append(now())
    names = {"m": "_momentums", "b": "momentums", "v": {"Adagrad": "_accumulators", "AdamW": "_velocities"}.get(name)}
    kept = [getattr(optimizer, names[row] or "_velocities") for row in rows]
    return path, gradients, [np.concatenate([np.array(part.value) for part in each]) for each in kept]


def by_optax(name: str, recipe: Recipe, rows: str, f: Loss, start: tuple[float, float], lrs: list[float]) -> Path:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    clip, decay = recipe.get("clip"), recipe.get("decay")
    recipe = {key: value for key, value in recipe.items() if key not in ("clip", "decay")}
    each, x = jax.numpy.array(lrs), jax.numpy.array(start)
    chain = [getattr(optax, name)(lambda count: each[count], **recipe)]
    if decay:
        chain.insert(0, optax.add_decayed_weights(decay))
    if clip:
        chain.insert(0, (optax.clip if clip["by"] == "value" else optax.clip_by_global_norm)(clip["most"]))
    optimizer = optax.chain(*chain)
    state, path, gradients = optimizer.init(x), [x], []
    for _ in lrs:
        gradients.append(jax.grad(f)(x))
        updates, state = optimizer.update(gradients[-1], state, x)
        x = optax.apply_updates(x, updates)
        path.append(x)
    return path, gradients, []


def cases() -> Iterator[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """Yield the record and the arrays of each case."""
    every = [("torch", "torch.optim", by_torch, TORCH), ("keras", "keras.optimizers", by_keras, KERAS),
             ("optax", "optax", by_optax, OPTAX)]  # fmt: skip
    asked = [
        (package, where, make, *row, place) for package, where, make, rows in every for row in rows for place in PLACES
    ]
    for number, (package, where, make, name, recipe, rows, ours, place) in enumerate(asked):
        f, start, lr = FUNCTIONS[place]
        lr = lr / 2 if ours["algo"] == "sgd" else 0.25
        changes = {t: part * lr for t, part in SCHEDULES[PLACES[place]].items()}
        lrs = [changes[max(at for at in changes if at <= t)] for t in range(STEPS)]
        x, g, state = make(name, recipe, rows, f, start, lrs)
        arrays = {"x": np.array(x), "g": np.array(g), "f": np.array([f(row) for row in x])}
        arrays["state"] = np.array(state, dtype=np.float64).reshape(len(rows), 2)
        assert all(values.dtype == np.float64 and np.isfinite(values).all() for values in arrays.values())
        case = {
            "id": f"f{number:03}",
            "framework": package,
            "version": version(package),
            "optimizer": f"{where}.{name}",
            "call": {"lr": lrs[0], **recipe},
            "conventions": {"lr": lrs[0], **ours},
            "group": "family",
            "problem": {"kind": "function", "name": place},
            "lr_schedule": list(changes.items()),
            "steps": STEPS,
            "saved_steps": "all",
            "state_rows": list(rows),
            "keys": {key: f"f{number:03}/{key}" for key in arrays},
            "rtol": 1e-12,
            "rtol_open": 1e-12,
        }
        yield case, {case["keys"][key]: values for key, values in arrays.items()}


def main() -> None:
    made = list(cases())
    columns = {key: values for _, arrays in made for key, values in arrays.items()}
    write("oracle_family", {"made_by": "tests/core/make_family_oracles.py: its docstring says how"},
          [case for case, _ in made], columns)  # fmt: skip


if __name__ == "__main__":
    main()
