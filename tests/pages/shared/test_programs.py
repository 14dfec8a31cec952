"""The programs that are taken away, each run: ours bit for bit, a framework's by the framework itself.

The frameworks are in an environment of their own, RMSPROP_FRAMEWORKS its python (README, "Tests"); what of them is not
there is left out, but for CI, where nothing is.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from pages.frameworks.compare import pair
from pages.shared.model.link import from_query
from pages.shared.model.methods import Method
from pages.shared.model.settings import Settings
from pages.shared.wire.programs import TARGETS, program
from rmsprop_core import DIALECTS

ROOT = Path(__file__).parents[3]
NUMBERS = {"lr": "0.05", "sgd_lr": "0.004", "steps": "40"}
VARIANTS = {
    "plain": {},
    "momentum": {"momentum": "0.6", "sgd_momentum": "0.6"},
    "nesterov": {"momentum": "0.6", "sgd_momentum": "0.6", "nesterov": "true", "sgd_nesterov": "true"},
    "centered": {"centered": "true", "eps": "0.001", "steps": "20"},
    "schedule": {"schedule": "cosine", "noise": "0.5", "seed": "3"},
    "moving": {"schedule": "warmup", "momentum": "0.5", "sgd_momentum": "0.5", "rho": "0.7"},
}
LINKS = {f"{dialect}-{name}": {"dialect": dialect, **NUMBERS, **variant}
         for dialect, (name, variant) in product(DIALECTS, VARIANTS.items())}  # fmt: skip
LINKS |= {
    "corrected": {"dialect": "optax", "bias_correction": "true", **NUMBERS},
    "filled": {"dialect": "tf1", "initial_s": "2", **NUMBERS},
    "batches": {"surface": "bmi", "batch": "32", "seed": "4", "steps": "30"},
    "turned": {"kappa": "37.5", "angle": "30", "steps": "30"},
    "typed": {"surface": "own", "f": "max(x,-y)^2 + sqrt(1+x^2)*y^2 + sin(x*y)/3", "dialect": "keras", **NUMBERS},
    "away": {"dialect": "keras", "sgd_lr": "1e9", "steps": "60"},
    "adam": {"third": "adam"},
}
AROUND = {  # weight decay and clipping, in the form of their dialect
    f"{dialect}-around-{by}": {"dialect": dialect, **NUMBERS, "momentum": "0.5", "weight_decay": "0.3", "clip": "2",
                               "clip_by": by, "schedule": "cosine"}
    for dialect, by in product(("pytorch", "keras", "optax", "tf1"), ("norm", "value"))
}  # fmt: skip
LINKS |= AROUND
PARTS = {"centered": 1e-7, "": 1e-11}  # torch and Keras subtract m² from s, which loses digits
PACKAGES = {"pytorch": ["torch"], "keras": ["keras", "jax"], "optax": ["optax", "jax"]}
ALONE = """
import contextlib, io, json, pathlib, sys, warnings
warnings.simplefilter("error", SyntaxWarning)
printed = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(compile(path.read_text(), path.name, "exec"), {"__name__": "__main__"})
    printed[path.stem] = text.getvalue()
print(json.dumps(printed))
"""


@cache
def python() -> str:
    """The interpreter that has the frameworks; this one where there is none for them."""
    there = os.environ.get("RMSPROP_FRAMEWORKS") or str(ROOT / ".venv-frameworks" / "bin" / "python")
    return there if Path(there).exists() else sys.executable


def missing(key: str) -> list[str]:
    """Which packages of a framework are not there."""
    ask = "import sys, importlib.util as u; print(*[n for n in sys.argv[1:] if not u.find_spec(n)])"
    found = subprocess.run([python(), "-c", ask, *PACKAGES[key]], check=True, capture_output=True, text=True)
    return found.stdout.split()


def settings_of(name: str) -> Settings:
    """The settings of a link in which everything can be taken."""
    settings, complaints = from_query(LINKS[name])
    assert not complaints
    return settings


def methods_of(name: str) -> tuple[Method, ...]:
    """The methods of a link, with what is around them."""
    settings = settings_of(name)
    return (replace(pair(settings)[0], title="RMSprop"),) if name in AROUND else settings.seen()


def printed(key: str, folder: Path) -> dict[str, list[str]]:
    """The lines that the programs for a target print, all run by one process that has nothing of ours but by name."""
    for name in LINKS:
        (folder / f"{name}.py").write_text(program(settings_of(name), key, "http://host/?a=1", methods_of(name)))
    run_by = python() if key in PACKAGES else sys.executable
    path = {"PYTHONPATH": str(ROOT)} if key == "tutorial" else {}
    made = subprocess.run([run_by, "-c", ALONE, str(folder)], cwd=folder, env={**os.environ, **path}, check=False,
                          capture_output=True, text=True)  # fmt: skip
    assert made.returncode == 0, made.stderr[-2000:]
    return {name: text.splitlines() for name, text in json.loads(made.stdout.splitlines()[-1]).items()}


def paths(lines: list[str]) -> dict[str, np.ndarray]:
    """The places by method, each with its step before it."""
    rows = [line.split() for line in lines if ":" not in line]
    return {key: np.array([[float(v) for v in row[1:]] for row in rows if row[0] == title])
            for key, title in (("rmsprop", "RMSprop"), ("sgd", "SGD"))}  # fmt: skip


@pytest.mark.parametrize("key", TARGETS)
def test_every_program_prints_the_path_of_the_page(key: str, tmp_path: Path) -> None:
    if key in PACKAGES and (gone := missing(key)):
        reason = f"{TARGETS[key].title} is left out: {', '.join(gone)} not installed"
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    left_out = set()
    for name, lines in printed(key, tmp_path).items():
        theirs = {each.key: path for each in methods_of(name) if (path := paths(lines).get(each.key)) is not None}
        ours = {each.key: settings_of(name).run(each.optimizer) for each in methods_of(name)}
        left_out |= {name for line in lines if line.startswith("RMSprop:")}
        for method, path in theirs.items():
            if not len(path):
                assert any(line.startswith(f"{'SGD' if method == 'sgd' else 'RMSprop'}: ") for line in lines)
                continue
            known = ours[method].theta
            steps = min(len(known), len(path))
            assert abs(len(known) - len(path)) <= 1  # one that runs away is found out a step sooner or later
            assert np.array_equal(path[:, 0], np.arange(len(path)))
            if key in PACKAGES:
                size = np.maximum(1, np.abs(known[:steps]))
                part = np.max(np.abs(path[:steps, 1:] - known[:steps]) / size)
                assert part < PARTS["centered" if settings_of(name).centered else ""], (name, method, part)
            else:
                assert np.array_equal(path[:, 1:], known), (name, method)
    own = {name for name in LINKS if name.split("-")[0] == key}
    assert not own & left_out - {name for name in own if "nesterov" in name and key != "optax"}
    assert bool(left_out) == (key in PACKAGES)


def test_what_a_framework_cannot_express_is_said_and_not_run() -> None:
    cases = {("keras", "pytorch-plain"): "the place of ε", ("pytorch", "keras-moving"): "the place of lr",
             ("keras", "filled"): "what s starts at", ("pytorch", "corrected"): "bias correction"}  # fmt: skip
    for (key, name), which in cases.items():
        text = program(settings_of(name), key)
        (said,) = (line for line in text.splitlines() if line.startswith("print('RMSprop: "))
        assert which in said
        assert "walk('RMSprop'" not in text
    assert "walk('SGD'" in program(settings_of("filled"), "keras")
    assert "Adam: " in program(settings_of("adam"), "pytorch")


@pytest.mark.parametrize("key", TARGETS)
@pytest.mark.parametrize("break_", ["\n", "\r", "\x0c", "\u2028", "\x85"])
def test_what_a_link_says_is_no_line_of_a_program(key: str, break_: str) -> None:
    settings = replace(settings_of("typed"), f=f"x^2{break_}+ y^2")
    made = ast.parse(program(settings, key, f"http://host/?f=x^2{break_}+ y^2"))
    plain = ast.parse(program(replace(settings, f="x^2 + y^2"), key))
    assert [type(node) for node in made.body] == [type(node) for node in plain.body]
