"""Make tests/core/oracles: the oracle cases that travel with the project, chosen from a full set of 799.

    python tests/core/make_oracles.py ../shared/oracles/oracle_shared.json

**How the full set was made.** Runs of 3 to 60 float64 steps by torch 2.13.0+cpu (torch.optim.RMSprop and SGD), Keras
3.15.1 (its jax and torch backends), optax 0.2.8 on jax 0.10.2, jax.example_libraries, TensorFlow 2.21.0 with tf_keras
2.21.0, and by mpmath 1.3.0 with 50 digits. Each ran either on a function of two variables, with the framework's own
automatic gradient, or along a given sequence of gradients (normal, sparse, huge, tiny, mixed scales, spikes, zeros,
edge cases). Stored are the parameters `x` before the first step and after each (or at `saved_steps`), the gradients
`g`, `f` at x, and the final accumulators `state`: v is the mean square (our s), m the mean gradient, b the momentum
buffer as the framework keeps it. Every case was computed again in float64, in float64 in another order of operations
and in 80 bits; the largest deviation times 30, at least 1e-12, is its tolerance: `rtol` when the gradients are one's
own (null: the run amplifies rounding, so compare with recorded gradients only), `rtol_open` when the recorded
gradients are fed in (null: the framework's answer depends on the CPU). An error is |x − x_ref| / max over time of
|x_ref|, for each coordinate.

**How the subset is chosen.** What is out of the core's scope goes first (`in_scope`). Then greedily: the case that adds
most pairs of options (`options`) not seen yet, the smaller one on a tie, until every pair of the full set is there.
The edge cases (0/0, overflow, underflow, NaN) are small and are all kept. Numbers are copied bit by bit.
"""

from __future__ import annotations

import json
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

Case = dict[str, Any]
Pair = tuple[str, str, str, str]

HERE = Path(__file__).parent / "oracles"
COPIED = (
    *("id", "framework", "version", "optimizer", "call", "conventions", "group", "problem", "lr_schedule", "steps"),
    *("saved_steps", "state_rows", "keys", "rtol", "rtol_open", "note"),
)


def in_scope(case: Case) -> bool:
    """Whether the core computes it: no weight decay, ascent, dampening, ρ or μ >= 1, centered with bias correction."""
    how = case["conventions"]
    return not (
        how.get("weight_decay", 0)
        or how.get("maximize", False)
        or how.get("dampening", 0)
        or how.get("rho", 0) >= 1
        or how.get("momentum", 0) >= 1
        or how["lr"] < 0
        or (how.get("centered", False) and how.get("bias_correction", False))
    )


def options(case: Case) -> dict[str, str]:
    """Return what is varied over the cases, by name; an option that the method does not have is left out."""
    how = case["conventions"]
    problem = case["problem"]
    varied = {
        "framework": case["framework"],
        "group": case["group"],
        "problem": problem["name"] if problem["kind"] == "function" else "sequence",
        "schedule": case["lr_schedule"] is not None,
        "momentum": float(how.get("momentum", 0)),
        "nesterov": how.get("nesterov", False),
    }
    if how["algo"] == "rmsprop":
        varied |= {
            "rho": float(how["rho"]),
            "centered": how["centered"],
            "eps_inside_sqrt": how["eps_inside"],
            "lr_in_velocity": how["lr_inside"],
            "bias_correction": how.get("bias_correction", False),
            "initial_s": float(how.get("init_v", 0)),
        }
    return {name: str(value) for name, value in varied.items()}


def pairs(cases: list[Case]) -> set[Pair]:
    """Return every pair of options that occurs together in a case: (name, value, other name, its value)."""
    return {(a, x, b, y) for case in cases for (a, x), (b, y) in combinations(sorted(options(case).items()), 2)}


def chosen(cases: list[Case], sizes: dict[str, int]) -> list[Case]:
    """Return a small part of `cases` with all their pairs of options, in the order of `cases`."""
    kept = [case for case in cases if case["group"] == "edge"]
    missing = pairs(cases) - pairs(kept)
    while missing:
        best = max(cases, key=lambda case: (len(pairs([case]) & missing), -sizes[case["id"]]))
        kept.append(best)
        missing -= pairs([best])
    return [case for case in cases if case in kept]


def subset(manifest: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the manifest and the arrays of the subset of a full set."""
    cases = [case for case in json.loads(manifest.read_text(encoding="utf-8"))["cases"] if in_scope(case)]
    with np.load(manifest.with_suffix(".npz")) as arrays:
        sizes = {case["id"]: sum(arrays[key].nbytes for key in case["keys"].values()) for case in cases}
        kept = chosen(cases, sizes)
        columns = {key: arrays[key] for case in kept for key in case["keys"].values()}
    what = {
        "made_by": "tests/core/make_oracles.py: its docstring says how",
        "pairs": sorted("|".join(pair) for pair in pairs(cases)),
        "cases": [{key: case[key] for key in COPIED if key in case} for case in kept],
    }
    return what, columns


def write(name: str, head: dict[str, Any], cases: list[Case], columns: dict[str, np.ndarray]) -> None:
    """Write a manifest, one case a line, and the arrays it names, beside each other."""
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    top = json.dumps(head, ensure_ascii=False, indent=0)[:-2]
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.json").write_text(f'{top},\n"cases": [\n{lines}\n]\n}}\n', encoding="utf-8")
    np.savez_compressed(HERE / f"{name}.npz", **columns)


def main() -> None:
    what, columns = subset(Path(sys.argv[1]))
    write("oracle_subset", {key: what[key] for key in ("made_by", "pairs")}, what["cases"], columns)


if __name__ == "__main__":
    main()
