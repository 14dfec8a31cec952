"""The experiment as a program for a framework: complete, runnable as pasted, printing each method's path.

The gradients are ours, the optimizer is the framework's own. What it can't express is said, in the program and when it
runs, and not approximated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pages.shared.model import constructors
from pages.shared.model.constructors import clipping
from pages.shared.model.language import _
from pages.shared.model.methods import Method
from pages.shared.model.settings import Settings
from pages.shared.wire import source
from rmsprop_core import SGD, Clipped, Decayed, RMSprop
from rmsprop_core.decay import bare


@dataclass(frozen=True)
class Target:
    """What programs are written for: how they begin, the code of walk(name, optimizer), and how lr follows a schedule.

    `rate` stands before the steps and in each of them, where there is a schedule. Where {clip} stands, gradients are
    clipped by a line of their own.
    """

    title: str
    needs: str
    begin: str
    walk: str
    rate: tuple[str, str] = ("", "")


_EACH = """
        if not np.isfinite([*place, f(*place)]).all():
            break
        print(name, t, *place)"""
_X64 = 'jax.config.update("jax_enable_x64", True)'
TARGETS: Mapping[str, Target] = {
    "pytorch": Target(
        "PyTorch",
        "numpy, torch",
        "import numpy as np\nimport torch",
        """\
def walk(name, make):
    theta = torch.tensor(start, dtype=torch.float64)
    optimizer = make([theta]){first}
    print(name, 0, *start)
    for t in range(1, steps + 1):{rate}
        theta.grad = torch.from_numpy(gradient(t, theta.numpy())){clip}
        optimizer.step()
        place = theta.tolist()""",
        (
            '    (group,) = optimizer.param_groups\n    lr = group["lr"]',
            '        group["lr"] = lr * float(factors[t - 1])',
        ),
    ),
    "keras": Target(
        "Keras 3",
        "numpy, keras, jax",
        'import os\n\nos.environ["KERAS_BACKEND"] = "jax"\nimport jax\nimport keras\nimport numpy as np\n\n'
        f'{_X64}\nkeras.config.set_floatx("float64")',
        """\
def walk(name, optimizer):
    theta = keras.Variable(np.array(start))
    optimizer.build([theta]){first}
    print(name, 0, *start)
    for t in range(1, steps + 1):{rate}
        optimizer.apply([keras.ops.array(gradient(t, keras.ops.convert_to_numpy(theta)))])
        place = keras.ops.convert_to_numpy(theta).tolist()""",
        ("    lr = float(optimizer.learning_rate)", "        optimizer.learning_rate = lr * float(factors[t - 1])"),
    ),
    "optax": Target(
        "optax",
        "numpy, jax, optax",
        f"import jax\nimport jax.numpy as jnp\nimport numpy as np\nimport optax\n\n{_X64}",
        """\
def walk(name, optimizer):
    theta = jnp.array(start)
    state = optimizer.init(theta)
    print(name, 0, *start)
    for t in range(1, steps + 1):
        updates, state = optimizer.update(jnp.array(gradient(t, np.array(theta))), state, theta)
        theta = optax.apply_updates(theta, updates)
        place = theta.tolist()""",
    ),
    "numpy": Target("NumPy", "numpy", "import numpy as np", ""),
    "tutorial": Target(
        "rmsprop_core",
        "numpy, rmsprop_core",
        "from dataclasses import replace\n\nimport numpy as np\n\n"
        "from rmsprop_core import SGD, Clipped, Decayed, RMSprop",
        """\
def walk(name, optimizer):
    step = optimizer.start(start){first}
    print(name, 0, *start)
    for t in range(1, steps + 1):{rate}
        step = optimizer.step(step, gradient(t, step.theta))
        place = step.theta.tolist()""",
        ("    lr = optimizer.lr", "        optimizer = replace(optimizer, lr=lr * float(factors[t - 1]))"),
    ),
}


def program(settings: Settings, key: str, link: str = "", methods: Sequence[Method] = ()) -> str:
    """Return the program for one of TARGETS; each method, those that are seen unless said, prints a line a step.

    A line is its name, t and θ.
    """
    methods = methods or settings.seen()
    target, scheduled = TARGETS[key], settings.schedule != "constant"
    parts = [_head(settings, target, link), source.TYPES, target.begin]
    parts += [source.of_surface(settings.landscape()), source.circumstances(settings)]
    if target.walk:
        first, each = (f"\n{line}" if scheduled and line else "" for line in target.rate)
        clips = [f"\n        {line}" for method in methods if (line := clipping(key, method.optimizer, "[theta]"))]
        parts.append(target.walk.format(first=first, rate=each, clip="".join(clips)) + _EACH)
    for method in methods:
        lost = lost_of(method, key, settings.schedule)
        if lost:
            parts.append(f"print({f'{method.title}: {lost}'!r})")
        elif key == "numpy":
            parts.append(_plain(method, scheduled))
        else:
            parts.append(f"walk({method.title!r}, {_made(method, key, scheduled)})")
    return "\n\n".join(parts) + "\n"


def lost_of(method: Method, key: str, schedule: str) -> str:
    """Return why a method's path can't be had from a framework, in a sentence; nothing where it can."""
    if not isinstance(bare(method.optimizer), RMSprop | SGD):
        return _("left out: this program holds the two.")
    if key == "numpy":
        return ""
    lost = [name for name in constructors.lost(key, method.optimizer) if _tells(name, method, schedule)]
    return _("left out, for want of {which}.").format(which=", ".join(map(constructors.label, lost))) if lost else ""


def _tells(name: str, method: Method, schedule: str) -> bool:
    """Return whether a switch makes a difference to the path beyond rounding."""
    optimizer = bare(method.optimizer)
    if name == "lr_in_velocity":
        return getattr(optimizer, "momentum", 0) > 0 and schedule != "constant"
    if name == "nesterov":
        return getattr(optimizer, "momentum", 0) > 0
    return name != "eps_inside_sqrt" or getattr(optimizer, "eps", 0) > 0


def _head(settings: Settings, target: Target, link: str) -> str:
    lines = [
        _("{surface}: the run of RMSprop Explorer, in {framework}.").format(
            surface=_(settings.landscape().title), framework=target.title
        ),
        "",
        _("Prints method, step and place, from the start on. Needs {packages}.").format(packages=target.needs),
        *([link] if link else []),
    ]
    return "\n".join(f"# {' '.join(line.split())}".rstrip() for line in lines)  # what a link says stays in its comment


def _made(method: Method, key: str, scheduled: bool) -> str:
    """Return the code that makes a method's optimizer."""
    if key == "tutorial":
        return source.written(method.optimizer)
    rate = f"lambda count: {method.optimizer.lr!r} * jnp.array(factors)[count]" if scheduled and key == "optax" else ""
    call = constructors.constructor(key, method.optimizer, rate)
    return f"lambda params: {call}" if key == "pytorch" else call


def _plain(method: Method, scheduled: bool) -> str:
    """Return a method in NumPy: only the lines that its variant has, in the order of rmsprop_core/optimizers.py."""
    made = bare(method.optimizer)
    assert isinstance(made, RMSprop | SGD)
    lr = "lr * float(factors[t - 1])" if scheduled else "lr"
    state, lines = [], []
    numbers = {"lr": made.lr}
    if isinstance(made, RMSprop):
        numbers |= {"rho": made.rho, "eps": made.eps}
        square = "s / (1 - np.power(rho, t))" if made.bias_correction else "w" if made.centered else "s"
        if made.centered:
            state += [f"m, w = np.zeros(2), np.full(2, {made.initial_s!r})"]
            lines += ["w = rho * (w + (1 - rho) * (g - m) * (g - m))", "m = rho * m + (1 - rho) * g"]
        else:
            state += [f"s = np.full(2, {made.initial_s!r})"]
            lines += ["s = rho * s + (1 - rho) * g * g"]
        lines += [f"rms = np.sqrt({square} + eps)" if made.eps_inside_sqrt else f"rms = np.sqrt({square}) + eps"]
        lines += ["u = g / rms"]
    u = "u" if isinstance(made, RMSprop) else "g"
    push, times = (f"{lr} * {u}", "") if made.lr_in_velocity else (u, f"{lr} * ")
    if made.momentum:
        numbers |= {"mu": made.momentum}
        state += ["v = np.zeros(2)"]
        lines += [f"v = mu * v + {push}"]
        ahead = f"mu * v + {push}" if made.nesterov else "v"
    else:
        ahead, times = f"{lr} * {u}", ""
    before, taken = [], ""
    for each in constructors.layers(method.optimizer):
        if isinstance(each, Clipped) and each.by == "value":
            before += [f"g = np.clip(g, {-each.most!r}, {each.most!r})"]
        elif isinstance(each, Clipped):
            before += [f"g = g * ({each.most!r} / np.maximum(np.sqrt((g * g).sum()) + {each.eps!r}, {each.most!r}))"]
        elif isinstance(each, Decayed) and each.decoupled:
            taken = f"{lr} * ({each.weight_decay!r} * theta)"
        elif isinstance(each, Decayed):
            before += [f"g = g + {each.weight_decay!r} * theta"]
    delta = times + (f"({ahead})" if " + " in ahead else ahead)
    lines += [f"theta = theta - ({taken} + {delta})" if taken else f"theta = theta - {delta}"]
    body = [
        f"{', '.join(numbers)} = {', '.join(map(repr, numbers.values()))}",
        "theta = np.array(start)",
        *state,
        f'print("{method.title}", 0, *start)',
        "for t in range(1, steps + 1):",
        "    g = gradient(t, theta)",
        *(f"    {line}" for line in (*before, *lines)),
        "    if not np.isfinite([*theta, f(*theta)]).all():",
        "        break",
        f'    print("{method.title}", t, *theta.tolist())',
    ]
    return f"def {method.key}():\n" + "\n".join(f"    {line}" for line in body) + f"\n\n\n{method.key}()"
