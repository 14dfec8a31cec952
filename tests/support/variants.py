"""Every variant of the update that the core can compute."""

from itertools import product

import pytest

from rmsprop_core import DIALECTS, SGD


def variants():
    """Every dialect × centered × momentum × nesterov × bias correction, minus the refused pair; and SGD."""
    for name, centered, momentum, nesterov, corrected in product(
        DIALECTS, (False, True), (0.0, 0.9), (False, True), (False, True)
    ):
        if centered and corrected:
            continue
        optimizer = DIALECTS[name].optimizer(
            lr=0.05, momentum=momentum, centered=centered, nesterov=nesterov, bias_correction=corrected
        )
        yield pytest.param(optimizer, id=f"{name}-{centered:d}-{momentum}-{nesterov:d}-{corrected:d}")
    for momentum, nesterov, inside in product((0.0, 0.9), (False, True), (False, True)):
        optimizer = SGD(0.004, momentum, nesterov, lr_in_velocity=inside)
        yield pytest.param(optimizer, id=f"sgd-{momentum}-{nesterov:d}-{inside:d}")


VARIANTS = list(variants())
