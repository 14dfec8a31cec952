"""By hand, `python -m tests.core.expression.many COUNT SEED [whole]`: so many formulas, made by chance and hostile.

Each is read, differentiated and computed, with `whole` also surveyed. What raises is told, and what takes longest.
"""

from __future__ import annotations

import random
import sys
import time
import warnings

import numpy as np

from rmsprop_core.expression import Refused, parse
from rmsprop_core.expression.reader import read
from rmsprop_core.expression.surface import functions
from rmsprop_core.expression.writing import LATEX, MATHML, written
from tests.core.expression.formulas import chance


def main(count: int, seed: int, whole: bool) -> None:
    """Print how many were refused, why, what was raised, and the slowest of both."""
    rng = random.Random(seed)
    x, y = np.random.default_rng(seed).uniform(-3, 3, (2, 50))
    kinds: dict[str, int] = {}
    slowest: dict[bool, tuple[float, str]] = {True: (0.0, ""), False: (0.0, "")}
    warnings.simplefilter("error")
    for _ in range(count):
        text = chance(rng, rng.choice((2, 3, 4, 5, 6, 8, 12)), wild=True)[0].replace(" ", "")
        begin, kind = time.process_time(), "read"
        try:
            if whole:
                parse(text)
            else:
                tree = read(text)
                f, grad, _ = functions(tree)
                f(x, y), grad(x, y), written(tree, LATEX), written(tree, MATHML)
        except Refused as refused:
            kind = refused.kind
        except BaseException as error:
            kind = f"{type(error).__name__}: {error}"[:60]
            print(f"RAISED {kind} by {text}")
        taken = time.process_time() - begin
        slowest[kind == "read"] = max(slowest[kind == "read"], (taken, text))
        kinds[kind] = kinds.get(kind, 0) + 1
    print(kinds)
    for good, (taken, text) in slowest.items():
        print(f"slowest {'read' if good else 'refused'}: {taken:.3f} s of CPU, {text[:200]}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), "whole" in sys.argv)
