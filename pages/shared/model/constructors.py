"""The constructor call of an RMSprop in each framework, written and read; what a framework can't express is said.

The arguments are those of PyTorch 2.13, Keras 3.15, TensorFlow 2.21 (tf.compat.v1), timm 1.0.31 and optax 0.2.8.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pages.shared.model.fields import Complaint, Range, written
from pages.shared.model.language import _
from pages.shared.model.settings import SETTINGS
from rmsprop_core import DIALECTS, SGD, Clipped, Decayed, Optimizer, RMSprop
from rmsprop_core.decay import Wrapped, bare

MAX_SIGNS = 400  # of a pasted call


@dataclass(frozen=True)
class Framework:
    """How a framework's RMSprop is called: `before` stands before what is ours, `order` are its positional arguments.

    `names` are its words for ours; what it has none for, it has as its dialect says, the one of its own key unless
    said. `others` are arguments that change no path, `lr` is its default where the dialect has none.
    """

    call: str
    names: Mapping[str, str]
    order: tuple[str, ...]
    before: str = ""
    others: tuple[str, ...] = ()
    dialect: str = ""
    lr: float | None = None


FRAMEWORKS: Mapping[str, Framework] = {
    "pytorch": Framework(
        "torch.optim.RMSprop",
        {"lr": "lr", "rho": "alpha", "eps": "eps", "momentum": "momentum", "centered": "centered",
         "weight_decay": "weight_decay"},
        ("params", "lr", "alpha", "eps", "weight_decay", "momentum", "centered"),
        "params",
        ("params", "foreach", "capturable", "differentiable"),
    ),
    "keras": Framework(
        "keras.optimizers.RMSprop",
        {"lr": "learning_rate", "rho": "rho", "eps": "epsilon", "momentum": "momentum", "centered": "centered",
         "weight_decay": "weight_decay"},
        ("learning_rate", "rho", "momentum", "epsilon", "centered"),
        others=("name",),
    ),
    "tf1": Framework(
        "tf.compat.v1.train.RMSPropOptimizer",
        {"lr": "learning_rate", "rho": "decay", "eps": "epsilon", "momentum": "momentum", "centered": "centered"},
        ("learning_rate", "decay", "momentum", "epsilon", "use_locking", "centered", "name"),
        others=("use_locking", "name"),
    ),
    "timm": Framework(
        "timm.optim.RMSpropTF",
        {"lr": "lr", "rho": "alpha", "eps": "eps", "momentum": "momentum", "centered": "centered",
         "lr_in_velocity": "lr_in_momentum", "weight_decay": "weight_decay"},
        ("params", "lr", "alpha", "eps", "weight_decay", "momentum", "centered", "decoupled_decay", "lr_in_momentum"),
        "params",
        ("params",),
        dialect="tf1",
        lr=0.01,
    ),
    "optax": Framework(
        "optax.rmsprop",
        {"lr": "learning_rate", "rho": "decay", "eps": "eps", "momentum": "momentum", "centered": "centered",
         "initial_s": "initial_scale", "eps_inside_sqrt": "eps_in_sqrt", "nesterov": "nesterov",
         "bias_correction": "bias_correction"},
        ("learning_rate", "decay", "eps", "initial_scale", "eps_in_sqrt", "centered", "momentum", "nesterov",
         "bias_correction"),
    ),
    "tutorial": Framework(
        "rmsprop_core.RMSprop",
        {name: name for name in vars(RMSprop())},
        ("lr", "rho", "eps", "momentum", "centered"),
    ),
}  # fmt: skip
SGDS: Mapping[str, Framework] = {
    "pytorch": Framework("torch.optim.SGD", {"lr": "lr", "momentum": "momentum", "nesterov": "nesterov"}, (), "params"),
    "keras": Framework(
        "keras.optimizers.SGD", {"lr": "learning_rate", "momentum": "momentum", "nesterov": "nesterov"}, ()
    ),
    "optax": Framework("optax.sgd", {"lr": "learning_rate", "momentum": "momentum", "nesterov": "nesterov"}, ()),
    "tutorial": Framework("rmsprop_core.SGD", {name: name for name in vars(SGD(0.0))}, ()),
}
ALWAYS = ("lr", "rho", "eps")  # what is written whether it is the default or not
ALIASES = {
    "RMSprop": "rmsprop_core.RMSprop",
    "RMSpropTF": "timm.optim.RMSpropTF",
    "optim.RMSprop": "torch.optim.RMSprop",
    "tf.keras.optimizers.RMSprop": "keras.optimizers.RMSprop",
    "tf.train.RMSPropOptimizer": "tf.compat.v1.train.RMSPropOptimizer",
}
CALLS = {each.call: key for key, each in FRAMEWORKS.items()}
OPERATORS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def constructor(key: str, optimizer: Optimizer, rate: str = "") -> str:
    """Return the call that makes an optimizer in a framework; `rate` is the code of lr, where it is not a number.

    Weight decay and clipping stand in it as far as the framework has them there: see clipping.
    """
    inner = bare(optimizer)
    framework, own = _of(key, inner)
    words = [framework.before] if framework.before else []
    for name, value in vars(inner).items():
        if name in framework.names and (name in ALWAYS or value != own[name]):
            words.append(f"{framework.names[name]}={rate if rate and name == 'lr' else repr(value)}")
    chain = []
    for each in layers(optimizer):
        if isinstance(each, Clipped) and key == "optax":
            chain.append(f"optax.{'clip' if each.by == 'value' else 'clip_by_global_norm'}({each.most!r})")
        elif isinstance(each, Clipped) and key == "keras":
            words.append(f"{'clipvalue' if each.by == 'value' else 'global_clipnorm'}={each.most!r}")
        elif isinstance(each, Decayed) and key == "optax":
            chain.append(f"optax.add_decayed_weights({each.weight_decay!r})")
        elif isinstance(each, Decayed) and "weight_decay" in framework.names:
            words.append(f"weight_decay={each.weight_decay!r}")
    call = f"{framework.call}({', '.join(words)})"
    return f"optax.chain({', '.join([*chain, call])})" if chain else call


def clipping(key: str, optimizer: Optimizer, params: str = "params") -> str:
    """Return the line that clips the gradients before a step, where that is not the optimizer's business."""
    for each in layers(optimizer):
        if isinstance(each, Clipped) and key == "pytorch":
            return f"torch.nn.utils.clip_grad_{each.by}_({params}, {each.most!r})"
    return ""


def layers(optimizer: Optimizer) -> Iterator[Wrapped]:
    """Yield what is around an optimizer, from outside."""
    while isinstance(optimizer, Wrapped):
        yield optimizer
        optimizer = optimizer.optimizer


def lost(key: str, optimizer: Optimizer) -> list[str]:
    """Return the settings that a framework's constructor can't express."""
    inner = bare(optimizer)
    framework, own = _of(key, inner)
    found = [name for name, value in vars(inner).items() if name not in framework.names and value != own[name]]
    if key == "tutorial":
        return found
    dialect = DIALECTS[framework.dialect or key]
    for each in layers(optimizer):
        if isinstance(each, Decayed) and dialect.decay != ("decoupled" if each.decoupled else "coupled"):
            found.append("decay")
        elif isinstance(each, Clipped) and each.by == "norm" and each.eps != dialect.norm_eps:
            found.append("norm_eps")
    return found


def _of(key: str, optimizer: Optimizer) -> tuple[Framework, Mapping[str, Any]]:
    """Return how an optimizer is called in a framework, and what it is where it is called with nothing."""
    if isinstance(optimizer, SGD):
        return SGDS[key], {**vars(SGD(0.0)), "lr_in_velocity": DIALECTS[key].sgd_lr_in_velocity}
    return FRAMEWORKS[key], {**vars(RMSprop()), **DIALECTS[FRAMEWORKS[key].dialect or key].settings}


def read(text: str) -> tuple[dict[str, str], list[Complaint]]:
    """Return the parameters of a link that a pasted call sets, its framework's defaults included, and what it can't.

    Nothing of it is evaluated: its arguments are numbers, or sums, products and powers of them, and True or False.
    """
    call = _call(text)
    name = "" if call is None else ast.unparse(call.func)
    key = CALLS.get(ALIASES.get(name, name), "")
    if call is None or not key:
        return {}, [Complaint("constructor", text.strip()[:60], ", ".join(CALLS))]
    framework = FRAMEWORKS[key]
    ours = {theirs: name for name, theirs in framework.names.items()}
    dialect = framework.dialect or key
    settings: dict[str, Any] = {**DIALECTS[dialect].settings, **({} if framework.lr is None else {"lr": framework.lr})}
    complaints = []
    for theirs, node in _arguments(call, framework):
        value = _value(node)
        if theirs in framework.others or (theirs not in ours and value in (0, None, False)):
            continue
        if theirs not in ours:
            complaints.append(Complaint(theirs, ast.unparse(node), ""))
        elif value is None or not _takes(ours[theirs], value):
            setting = SETTINGS[ours[theirs]]
            complaints.append(setting.refuse(theirs, ast.unparse(node)))
        else:
            settings[ours[theirs]] = value
    return {
        "dialect": dialect,
        "fair": "false",
        **{name: written(value) for name, value in settings.items()},
    }, complaints


def _call(text: str) -> ast.Call | None:
    if len(text) > MAX_SIGNS:
        return None
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    match tree.body:
        case [ast.Expr(value=ast.Call() as call)] | [ast.Assign(value=ast.Call() as call)]:
            return call
    return None


def _arguments(call: ast.Call, framework: Framework) -> Iterator[tuple[str, ast.expr]]:
    yield from zip(framework.order, call.args, strict=False)
    yield from ((str(word.arg), word.value) for word in call.keywords)


def _value(node: ast.expr) -> float | bool | None:
    """Return a literal, or simple arithmetic of literals; None where it is anything else."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return value if isinstance(value, bool) else float(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner) if (found := _value(inner)) is not None:
            return -found
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left), _value(right)
            if a is None or b is None:
                return None
            try:
                if isinstance(op, ast.Pow):
                    found = float(a) ** float(b)
                    return found if isinstance(found, float) else None
                return OPERATORS[type(op)](float(a), float(b))
            except (ArithmeticError, KeyError):
                return None
    return None


def _takes(name: str, value: float | bool) -> bool:
    takes = SETTINGS[name].takes
    if takes is None:
        return isinstance(value, bool)
    return isinstance(takes, Range) and not isinstance(value, bool) and takes.holds(value)


def lost_words(names: list[str]) -> str:
    """Return what a framework can't express, in a sentence."""
    return _("It has no argument for {which}: the path can differ.").format(which=", ".join(map(label, names)))


def label(name: str) -> str:
    """Return what a setting is called in a sentence."""
    words = {
        "lr": _("lr"),
        "rho": "ρ",
        "eps": "ε",
        "momentum": _("momentum"),
        "centered": _("centered"),
        "eps_inside_sqrt": _("the place of ε"),
        "lr_in_velocity": _("the place of lr"),
        "nesterov": _("Nesterov"),
        "bias_correction": _("bias correction"),
        "initial_s": _("what s starts at"),
        "decay": _("weight decay"),
        "norm_eps": _("what clipping adds to |g|"),
    }
    return words[name]
