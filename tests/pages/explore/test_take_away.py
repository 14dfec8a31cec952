"""What a run leaves behind: CSV, a file that plays offline, a notebook, and a link as a QR code."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
import segno

from pages.explore import files
from pages.explore.files import QUANTITIES, standalone, table
from pages.explore.notebook import notebook
from pages.shared.model.link import from_query, to_link
from pages.shared.model.settings import Settings
from pages.shared.widgets.share import qr
from pages.shared.wire.experiment import exhibit, outcomes
from pages.shared.wire.programs import TARGETS
from pages.train.upload import read_table
from rmsprop_core import SGD, SURFACES
from tests.support.pages import by_key, opened, sent, unpacked

ROOT = Path(__file__).parents[3]
LINKS: dict[str, dict[str, str]] = {
    "first": {},
    "turned": {"kappa": "37.5", "angle": "30", "steps": "40", "view": "3d-sgd"},
    "centered": {"surface": "booth", "dialect": "graves", "lr": "0.01", "steps": "60"},
    "pytorch": {"surface": "himmelblau", "dialect": "pytorch", "lr": "0.03", "momentum": "0.5", "nesterov": "true"},
    "optax": {"surface": "rastrigin", "dialect": "optax", "bias_correction": "true", "initial_s": "1"},
    "diverging": {"sgd_lr": "1e9", "steps": "30"},
    "noise": {"noise": "0.7", "seed": "11", "schedule": "cosine", "steps": "50"},
    "torch": {"dialect": "pytorch", "schedule": "step", "sgd_momentum": "0.9", "sgd_lr": "0.01", "steps": "40"},
    "batches": {"surface": "bmi", "batch": "32", "seed": "4", "steps": "50"},
    **{key: {"surface": key, "steps": "20"} for key in SURFACES},
    "roots": {"surface": "own", "f": "sqrt(x^2)^3 + max(x, y)^2 + 2^(x/9) + e^(-y^2) + (x^2 + y^2)^1.5", "steps": "30"},
    "sum": {"surface": "own", "f": "+".join(f"(x-{k})^2" for k in range(30)), "steps": "5"},
    "level": {"surface": "own", "f": "2*x + y^-2", "steps": "5"},
    "comma": {"surface": "own", "f": "max(x,-y)^2 + min(x,+y)^2", "steps": "9"},
    "viewed": {"surface": "own", "f": "x^2 + y^4", "domain": "-1,1,-2,0.5", "x": "0.5", "y": "-1", "steps": "9"},
    "typed": {"surface": "own", "f": "x^2 + 3*y^2 + sin(x*y)", "steps": "30", "sgd_nesterov": "true"},
}


def settings_of(link: dict[str, str]) -> Settings:
    """The settings of a link in which everything can be taken."""
    settings, complaints = from_query(link)
    assert not complaints
    return settings


@pytest.mark.parametrize("name", LINKS)
def test_every_number_of_the_csv_reads_back_bit_for_bit(name: str) -> None:
    settings = settings_of(LINKS[name])
    runs = outcomes(settings.seeing())
    text = table(runs, settings)
    frame = pd.read_csv(io.StringIO(text), comment="#", dtype=str)  # pandas reads; Python turns digits into numbers

    for method, traj in by_key(runs).items():
        rows = frame[frame["method"] == method]
        assert rows["t"].astype(int).tolist() == list(range(traj.steps + 1))
        assert np.array_equal(rows["f"].astype(float).to_numpy(), traj.f)
        for quantity in QUANTITIES:
            names = [f"{quantity}_{axis}" for axis in traj.surface.variables]
            values = rows[names].astype(float).to_numpy()
            if quantity == "theta":
                assert np.array_equal(values, traj.theta)
            elif quantity in ("s", "m", "w") and isinstance(traj.optimizer, SGD):
                assert np.isnan(values).all()
            else:
                assert np.isnan(values[0]).all()
                assert np.array_equal(values[1:], getattr(traj, quantity))


@pytest.mark.parametrize("name", ["first", "viewed", "comma"])
def test_the_csv_tells_its_settings_and_can_be_read_again(name: str) -> None:
    settings = settings_of(LINKS[name])
    text = table(outcomes(settings), settings, "http://host/?f=max(x%2C-y)")
    told = [line for line in text.splitlines() if line.startswith("#")]
    read, complaints = from_query(dict(line[2:].split(": ", 1) for line in told[1:]))
    assert not complaints
    as_typed = {name: getattr(read, name).replace(", ", ",") for name in ("f", "domain")}
    assert replace(read, **as_typed) == replace(settings, t=read.t)
    for cell in (cell for line in told for cell in line.split(",")):
        assert cell[0] not in "=+-@\t\r", "a spreadsheet takes it for a formula"
    own = read_table(text.encode(), "run.csv")
    plain = pd.read_csv(io.StringIO(text), comment="#")
    assert len(own.rows) == len(plain)
    assert np.array_equal(own.columns["f"], plain["f"])
    assert np.array_equal(own.columns["s_y"], plain["s_y"], equal_nan=True)


def test_the_csv_names_the_variables_of_its_surface() -> None:
    settings = settings_of({"surface": "bmi", "steps": "1"})
    (header,) = (line for line in table(outcomes(settings), settings).splitlines() if line.startswith("t,"))

    assert header.startswith("t,method,theta_w,theta_b,g_w,g_b,s_w,")
    assert header.endswith(",delta_w,delta_b,f")


ALONE = """
import json, pathlib, sys, types

import numpy


class Ours:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("rmsprop_core", "pages"):
            raise ImportError(name)


sys.meta_path.insert(0, Ours())
for path in pathlib.Path(sys.argv[1]).glob("*.ipynb"):
    sys.modules["__main__"] = types.ModuleType("__main__")  # as in Jupyter, where dataclasses look there
    made = vars(sys.modules["__main__"])
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path.name, "exec"), made)
    figure = made["figure"]
    assert len(figure.data) == 2, path
    paths = {f"{m}_{q}": getattr(p, q) for m, p in made["runs"].items() for q in ("theta", "delta", "rms")}
    heights = {f"{m}_f": made["f"](*p.theta.T) for m, p in made["runs"].items()}
    numpy.savez(path.with_suffix(".npz"), on_the_page=list(made["on_the_page"].values()), domain=made["domain"],
                **paths, **heights)
"""


def test_the_notebook_is_valid_and_makes_the_same_numbers_with_nothing_of_ours(tmp_path: Path) -> None:
    for name, link in LINKS.items():
        text = notebook(settings_of(link), "http://host/?a=1")
        book: dict[str, Any] = json.loads(text)
        assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
        ids = [cell["id"] for cell in book["cells"]]
        assert len(set(ids)) == len(ids)
        for cell in book["cells"]:
            assert set(cell) == {"id", "cell_type", "metadata", "source"} | (
                {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
            )
            assert all(isinstance(line, str) for line in cell["source"])
        (tmp_path / f"{name}.ipynb").write_text(text)
    subprocess.run([sys.executable, "-c", ALONE, str(tmp_path)], cwd=tmp_path, check=True)

    for name, link in LINKS.items():
        settings = settings_of(link)
        with np.load(tmp_path / f"{name}.npz") as made:
            assert np.array_equal(made["domain"], settings.landscape().domain)
            runs = by_key(outcomes(settings.seeing()))
            assert np.array_equal(made["on_the_page"], [traj.f[-1] for traj in runs.values()])
            for method, traj in runs.items():
                for quantity, first in {"theta": 0, "f": 0, "delta": 1, "rms": 1}.items():
                    rows = made[f"{method}_{quantity}"][first:]
                    assert np.array_equal(rows, getattr(traj, quantity)), (name, quantity)


def test_the_file_holds_the_bundle_and_refuses_itself_the_network() -> None:
    settings = settings_of({"steps": "20", "t": "7", "view": "3d"})
    html = standalone(exhibit(settings), settings, 'http://host/?a=1&b="><script>alert(1)</script>')
    found = re.search(r'atob\("([A-Za-z0-9+/=]+)"\)', html)
    assert found
    head, columns = unpacked(base64.b64decode(found[1]))

    assert (head["t"], head["steps"], head["relief"]) == (7, 20, True)
    assert np.array_equal(columns["sgd.x"], by_key(outcomes(settings))["sgd"].theta[:, 0])
    assert "default-src 'none'" in html
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert html.count("</script>") == 3


def test_files_are_made_when_they_are_asked_for_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("built without being asked for")

    for name in ("table", "standalone"):
        monkeypatch.setattr(files, name, refuse)
    monkeypatch.setattr("pages.explore.take_away.notebook", refuse)
    app = opened(lr="0.1")
    app.checkbox(key="w_nesterov").check().run()

    assert not app.exception
    head, columns = sent(app, "rmsprop_downloads")
    assert [file["label"] for file in head["files"]] == list(FILES)
    assert "sent" not in head
    assert not columns["file"].size


FILES: dict[str, tuple[str, str]] = {
    "Every number (CSV)": ("rmsprop-booth.csv", "text/csv"),
    "Offline player (HTML)": ("rmsprop-booth.html", "text/html"),
    "Jupyter notebook": ("rmsprop-booth.ipynb", "application/x-ipynb+json"),
    **{f"{target.title} (.py)": (f"rmsprop-booth-{key}.py", "text/x-python") for key, target in TARGETS.items()},
}


@pytest.mark.parametrize("which", range(len(FILES)))
def test_a_file_that_is_asked_for_is_sent_once(which: int) -> None:
    app = opened(surface="booth", steps="20")
    app.session_state["download_asked"] = {"which": which, "seq": 7}
    app.run()

    head, columns = sent(app, "rmsprop_downloads")
    name, mime = list(FILES.values())[which]
    assert head["sent"] == {"seq": 7, "name": name, "mime": mime}
    text = columns["file"].astype(np.uint8).tobytes().decode()
    settings = settings_of({"surface": "booth", "steps": "20"})
    if which == 0:
        assert text.endswith(table(outcomes(settings), settings).partition("t,method")[2])
    assert text.startswith(("# ", "<!doctype html>", "{", *["# "] * len(TARGETS))[which])
    app.run()
    assert "sent" not in sent(app, "rmsprop_downloads")[0]


@pytest.mark.parametrize("asked", [{"which": 99, "seq": 1}, {"which": -1}, {"which": "0"}, {"which": None}, {}])
def test_what_is_not_on_offer_is_not_made(asked: dict[str, Any]) -> None:
    app = opened()
    app.session_state["download_asked"] = asked
    app.run()

    assert "sent" not in sent(app, "rmsprop_downloads")[0]


LONG = "x^2/2 + 10*y^2 + 6*cos(2*x) + exp(-x^2 - y^2)*sin(3*x*y) + sqrt(1 + x^2 + y^2)*cos(x*y)/7"


@pytest.mark.parametrize("settings", [Settings(), replace(Settings(), surface="own", f=3 * f"{LONG} + ")])
def test_the_qr_code_stays_small_enough_to_scan_from_the_back_row(settings: Settings) -> None:
    url = f"https://classroom.example.edu/explore?{urlencode(to_link(settings))}"
    code = segno.make_qr(url, error="l", boost_error=True)
    svg = qr(url)
    side = code.symbol_size(border=4)[0]

    assert isinstance(code.version, int)
    assert code.version <= 20
    assert f'viewBox="0 0 {side * 8} {side * 8}"' in svg or f'viewBox="0 0 {side} {side}"' in svg
    assert "#fff" in svg
    assert "#000" in svg
    assert 560 / side >= 5, "a dot is five pixels or more on a 560-pixel code"
