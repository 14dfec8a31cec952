"""Fill in the number: what may be asked at this step, and the answer to an answer."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from pages.shared.model.language import _
from pages.shared.model.settings import Settings
from pages.shared.widgets import dials, session
from pages.step_by_step import words
from pages.step_by_step.walk import walked
from rmsprop_core.explain.digits import digits
from rmsprop_core.explain.quiz import askable, check
from rmsprop_core.explain.walkthrough import Walk

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")

_NUMBER = re.compile(
    r"([+-]?)(\d+\.?\d*|\.\d+)?(?:[×x*·]?10(?:\^|\*\*)?\(?([+-]?\d+)\)?|e([+-]?\d+))?", re.IGNORECASE | re.ASCII
)


def tell(settings: Settings) -> dict[str, Any]:
    """Return what the browser is told each time: what may be asked at the clock's step, and the last verdict."""
    if dials.dragging():  # nobody answers while a dial turns
        return {}
    run = walked(settings)
    t = min(settings.clock(), run.traj.steps)
    asked = [list(askable(run.at(t), i)) for i in (0, 1)] if t else [[], []]
    return {"quiz": {"t": t, "askable": asked, "verdict": st.session_state.get("verdict")}}


def heard() -> None:
    """Judge the answer that the browser has sent: {seq, t, q, i, text}."""
    sent = dict(st.session_state["player"].answer or {})
    run = walked(session.settings())
    t, i, quantity = int(sent.get("t", 0)), int(sent.get("i", 0)), str(sent.get("q", ""))
    verdict = {"seq": sent.get("seq", 0), "t": t, "i": i, "q": quantity, "right": False}
    if 1 <= t <= run.traj.steps and i in (0, 1):
        verdict |= judged(run.at(t), quantity, i, str(sent.get("text", "")))
    st.session_state["verdict"] = verdict


def judged(walk: Walk, quantity: str, i: int, text: str) -> dict[str, Any]:
    """Return whether an answer is right, and a sentence on it."""
    answer = number(text)
    if answer is None:
        return {"right": False, "text": _("“{text}” is not a number.").format(text=text[:40])}
    try:
        found = check(walk, quantity, i, answer)
    except ValueError:
        return {"right": False, "text": _("Nothing of that name is computed in this variant.")}
    if found.right:
        return {"right": True, "text": _("Right: ≈ {value}.").format(value=digits(found.value, quantity))}
    return {"right": False, "text": words.slip(found.slip), "slip": found.slip}


def number(text: str) -> float | None:
    """Read a number as people write it: 2.5, 2,5, −1e-8, 2.5×10⁻³, 10^-8; None where it is none."""
    plain = text.strip().translate(_SUPERSCRIPT).replace("−", "-").replace(",", ".").replace(" ", "")
    found = _NUMBER.fullmatch(plain)
    if not found or not (found[2] or found[3]):
        return None
    sign, mantissa, power, exponent = found.groups()
    return float(f"{sign}{mantissa or 1}e{power or exponent or 0}")
