"""The documented surprises: each an experiment that one click opens, with what the real framework has given.

The recorded numbers are of PyTorch 2.14, Keras 3.15, TensorFlow 2.21 with tf_keras 2.21, and optax 0.2.8, in float64
unless it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from pages.shared.model.fields import written
from pages.shared.model.language import _
from pages.shared.model.link import VERSION, from_query
from pages.shared.model.look import Look
from pages.shared.widgets import say, session
from rmsprop_core.surfaces import N_


class Surprise(NamedTuple):
    """What surprises, what the framework gave, and the link's parameters that show it.

    `here` tells whether the runs of the page part, too: what a kernel rounds away they do not.
    """

    label: str
    recorded: str
    query: Mapping[str, str]
    here: bool = True


SLOPE = {"surface": "own", "f": "0.1*x", "domain": "-10, 10, -10, 10", "x": "9", "y": "0", "fair": "false"}
SURPRISES = (
    Surprise(
        N_("Each one's defaults: PyTorch's first step is ten times lr"),
        N_("ρ is 0.99 in PyTorch and 0.9 in Keras, so lr/√(1 − ρ) is 10 lr in one and 3.16 lr in the other."),
        {"dialect": "keras", "other": "pytorch", "numbers": "defaults"},
    ),
    Surprise(
        N_("lr falls to 0 in mid-run: PyTorch stops, Keras coasts"),
        N_("With lr set to 0 at step 10 and μ = 0.9 PyTorch stayed where it was; Keras went on from −7.98 to −17.2."),
        {"dialect": "keras", "other": "pytorch", "momentum": "0.9", "lr": "0.05", "schedule": "step", "steps": "60"},
    ),
    Surprise(
        N_("ε = 10⁻⁸ inside the root acts like 10⁻⁴ outside"),
        N_("At g = 10⁻⁶ and lr = 0.01 PyTorch's first step was 0.0307, with ε inside the root 0.0001."),
        {
            "dialect": "keras",
            "other": "pytorch",
            "surface": "own",
            "f": "5e-7*(x^2 + y^2)",
            "domain": "-3, 3, -3, 3",
            "x": "1",
            "y": "1",
            "lr": "0.01",
            "eps": "1e-8",
        },
    ),
    Surprise(
        N_("TensorFlow 1 starts s at 1: no kick, a slow start"),
        N_("With s₀ = 1 a first gradient below 1 moves θ by about lr·g; the others move it by lr/√(1 − ρ)."),
        {"dialect": "optax", "other": "tf1", "surface": "ravine", "lr": "0.05"},
    ),
    Surprise(
        N_("Centered on a constant slope runs away"),
        N_(
            "With g = 0.1 and ρ = 0.9 PyTorch's s − m² came out negative by rounding: NaN at step 331, in float32 not "
            "within 5,000. Ours keeps s − m² as a sum of squares, which cannot."
        ),
        {**SLOPE, "dialect": "keras", "other": "pytorch", "centered": "true", "lr": "0.001", "steps": "400"},
    ),
    Surprise(
        N_("tf.keras, before Keras 3, moved ε when momentum was switched on"),
        N_("momentum from 0 to 10⁻³⁰⁰ changed a step from 9.97×10⁻⁵ to 3.16×10⁻⁶: ε outside the root, then inside."),
        {
            "dialect": "keras",
            "other": "keras",
            "eps_inside_sqrt": "false",
            "surface": "own",
            "f": "5e-7*(x^2 + y^2)",
            "domain": "-3, 3, -3, 3",
            "x": "1",
            "y": "1",
            "lr": "0.01",
        },
    ),
    Surprise(
        N_("TensorFlow's kernel loses a tiny g² beside s"),
        N_(
            "It computes s + (1 − ρ)(g² − s). With s = 1, ρ = 0, g = 10⁻¹⁰ and ε = 10⁻³⁰ that is 0: its first step was "
            "1000, where ρs + (1 − ρ)g² gives lr, 0.01. The runs here compute the latter."
        ),
        {
            **SLOPE,
            "f": "1e-10*x",
            "dialect": "tf1",
            "other": "keras",
            "rho": "0",
            "eps": "1e-30",
            "lr": "0.01",
            "steps": "20",
        },
        here=False,
    ),
    Surprise(
        N_("optax starts s where you say: initial_scale"),
        N_(
            "From g = (−1, −8) with lr = 0.05 its first step was 0.158 along both; with initial_scale = 1 it was 0.05 "
            "and 0.148."
        ),
        {"dialect": "optax", "other": "optax", "initial_s": "1", "surface": "ravine", "lr": "0.05", "steps": "20"},
    ),
)


def show() -> None:
    """The surprises as buttons, each with what was recorded."""
    say.line(_("Where they part: eight that cost people days, one click each"))
    columns = st.columns(3, gap="medium")
    for k, surprise in enumerate(SURPRISES):
        with columns[k % len(columns)]:
            st.button(_(surprise.label), key=f"surprise_{k}", type="tertiary", on_click=_open, args=(surprise,))
            say.caption(_(surprise.recorded))


def _open(surprise: Surprise) -> None:
    before = session.settings()
    kept = {name: written(getattr(before, name)) for name in vars(Look()) if name != "t"}
    session.change(from_query({**kept, "fair": "false", "v": VERSION, **surprise.query})[0])
    session.cue()
