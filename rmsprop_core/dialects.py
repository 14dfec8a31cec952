"""What the frameworks call RMSprop: eight named sets of switches and defaults, and the form of their SGD's velocity.

A default that a framework does not have is left out, and the value in use stays. Read and executed in
PyTorch 2.13, Keras 3.15, TensorFlow 2.21 (tf.compat.v1) and optax 0.2.8; Graves' values are those of his paper,
arXiv:1308.0850, eq. 38-45, Hinton's those of Lecture 6e, which has no ε. SGD with momentum is torch.optim.SGD,
keras.optimizers.SGD, tf.compat.v1.train.MomentumOptimizer, optax.sgd, d2l.ai's chapter_optimization/momentum and
Hinton's Lecture 6c; Graves and the tutorial have none, and get the form of their RMSprop. Weight decay is that of
torch.optim.RMSprop, of Keras' Optimizer and of optax.add_decayed_weights before optax.rmsprop; the norm's ε that of
torch.nn.utils.clip_grad_norm_.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rmsprop_core.optimizers import RMSprop
from rmsprop_core.surfaces import N_


@dataclass(frozen=True)
class Dialect:
    """A framework's RMSprop: `title` as users write it, `settings` for RMSprop(...), and in a line `who` it is.

    `who` is an English source for gettext. `sgd_lr_in_velocity` is the switch of its SGD, which can differ from that of
    its RMSprop. `decay` is the form of its weight decay, "coupled" (λθ is added to g), "decoupled" (lr·λ·θ is taken off
    θ) or "" where it has none, and `norm_eps` what its clipping adds to the norm of g.
    """

    title: str
    who: str
    settings: Mapping[str, float | bool]
    sgd_lr_in_velocity: bool = True
    decay: str = ""
    norm_eps: float = 0.0

    def optimizer(self, **settings: float | bool) -> RMSprop:
        """Return the framework's RMSprop; what it has no default for, and `settings`, come from the caller."""
        return RMSprop(**{**self.settings, **settings})  # type: ignore[arg-type]


NUMBERS = ("lr", "rho", "eps")  # what a framework may have no default for; in all else a dialect is complete


def _dialect(
    title: str, who: str, *, sgd: bool = True, decay: str = "", norm_eps: float = 0.0, **settings: float | bool
) -> Dialect:
    rest = {name: value for name, value in vars(RMSprop()).items() if name not in NUMBERS}
    return Dialect(title, who, MappingProxyType({**rest, **settings}), sgd, decay, norm_eps)


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "tutorial": _dialect(
            "Tutorial", N_("RMSprop as in the tutorial this project grew out of."), lr=0.001, rho=0.9, eps=1e-8
        ),
        "pytorch": _dialect(
            "PyTorch",
            N_("RMSprop as in torch.optim.RMSprop: ε stands outside the root."),
            lr=0.01,
            rho=0.99,
            eps=1e-8,
            eps_inside_sqrt=False,
            lr_in_velocity=False,
            sgd=False,
            decay="coupled",
            norm_eps=1e-6,
        ),
        "keras": _dialect(
            "Keras",
            N_("RMSprop as in keras.optimizers.RMSprop, Keras 3."),
            lr=0.001,
            rho=0.9,
            eps=1e-7,
            decay="decoupled",
        ),
        "tf1": _dialect(
            "TensorFlow 1",
            N_("RMSprop as in tf.compat.v1.train and timm's RMSpropTF: s starts at 1."),
            rho=0.9,
            eps=1e-10,
            initial_s=1.0,
            sgd=False,
        ),
        "optax": _dialect("optax", N_("RMSprop as in optax, for JAX."), rho=0.9, eps=1e-8, sgd=False, decay="coupled"),
        "d2l": _dialect(
            "D2L", N_("RMSprop as in the book Dive into Deep Learning, d2l.ai."), lr=0.4, rho=0.9, eps=1e-6, sgd=False
        ),
        "graves": _dialect(
            "Graves",
            N_("RMSprop as in Graves 2013, on sequences: centered, momentum 0.9."),
            lr=1e-4,
            rho=0.95,
            eps=1e-4,
            momentum=0.9,
            centered=True,
        ),
        "hinton": _dialect(
            "Hinton", N_("RMSprop as in Hinton's Coursera lecture 6e, where it began: no ε."), rho=0.9, eps=0.0
        ),
    }
)
