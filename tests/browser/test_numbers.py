"""A number is written alike by Python and by the browser."""

from __future__ import annotations

import random

from pages.shared.wire import code
from rmsprop_core.explain.digits import digits
from tests.support.player import Open

WRITTEN = "async ([url, cases]) => { const { digits } = await import(url); return cases.map((c) => digits(...c)); }"


def test_python_and_javascript_write_the_same_digits(visit: Open, app: str) -> None:
    pick = random.Random(0)
    values = [0.0, 1e5, 99999.5, 99999.4, 9999.5, 1234.5, 0.2, 2.5, 1.005, 0.00099995, 1e-4, 9.9999e-5, 5e-324, 1.7e308]
    values += [float("inf"), float("-inf"), float("nan"), 12345.678, -0.99995]
    values += [10 ** pick.uniform(-12, 12) * pick.choice([1, -1]) for _ in range(1500)]
    values += [pick.randrange(10**6) / 10 ** pick.randrange(8) for _ in range(500)]  # halves among them
    cases = [(value, "", figures) for value in values for figures in (2, 3, 4)]
    cases += [(1 - 10 ** pick.uniform(-16, 0), "rho", 4) for _ in range(300)]

    found = visit("/?steps=50").evaluate(WRITTEN, [app + code.address("shared/web/numbers.js"), cases])
    assert found == [digits(*case) for case in cases]
