"""How heights are drawn in 3-D."""

from __future__ import annotations

from pages.shared.model.numbers import number
from pages.shared.wire.landscape import landscape
from rmsprop_core import SURFACES, stretched


def test_a_bowl_in_3_d_is_a_bowl_and_log_heights_are_written_out() -> None:
    for kappa, angle in ((1, 0), (100, 0), (1e4, 0)):
        relief = landscape(stretched(kappa, angle), "")[0]["relief"]
        assert (relief["floor"], relief["note"]) == (None, "")
        assert relief["start"] < relief["ticks"][1] < relief["end"]
        assert 5 < (relief["end"] - relief["start"]) / relief["size"] <= 18
    relief = landscape(SURFACES["rosenbrock"], "")[0]["relief"]
    assert relief["floor"] == 0
    assert relief["note"] == f"Heights: log(f + {number(relief['unit'], 2)})"
