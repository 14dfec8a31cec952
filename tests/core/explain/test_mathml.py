"""Formulas are well-formed MathML, and a number reads back to within its four digits."""

import re
import xml.etree.ElementTree as ET
from math import inf, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rmsprop_core import SGD, SURFACES, RMSprop, run
from rmsprop_core.explain.digits import digits, fenced, rounded
from rmsprop_core.explain.mathml import SIGNS, math, mathml
from rmsprop_core.explain.terms import Number, Relation, Symbol
from rmsprop_core.explain.walkthrough import update, walk_at
from tests.support.variants import VARIANTS

FINITE = st.floats(-1.79e308, 1.79e308)  # rounded up, it is still a float
CORE = {"math", "mrow", "mi", "mo", "mn", "mfrac", "msqrt", "msub", "msup", "msubsup"}
ORDINARY = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def read(text):
    """Read a number as a person does."""
    if not set(text) & set("⁰¹²³⁴⁵⁶⁷⁸⁹"):
        return float(text.translate(ORDINARY))
    sign, mantissa, exponent = re.fullmatch(r"(−?)(?:([0-9.]+)×)?10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", text).groups()
    return float(f"{sign}{mantissa or 1}e{exponent}".translate(ORDINARY))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.16227766, "3.162"),
        (0.001, "0.001"),
        (-2.5, "−2.5"),
        (1.23e-8, "1.23×10⁻⁸"),
        (1e-8, "10⁻⁸"),
        (-1e-8, "−10⁻⁸"),
        (0.0001, "0.0001"),
        (0.00012345, "0.0001234"),  # the float is below the half
        (0.00001, "10⁻⁵"),
        (1234.5, "1235"),  # a half goes up
        (-1234.5, "−1235"),
        (1000, "1000"),
        (9999.6, "10000"),
        (99999.6, "10⁵"),
        (12345, "12345"),  # no digit before the point is dropped
        (123456, "1.235×10⁵"),
        (-6.02214e23, "−6.022×10²³"),
        (0.0, "0"),
        (-0.0, "0"),
        (inf, "∞"),
        (-inf, "−∞"),
        (nan, "NaN"),
        (5e-324, "4.941×10⁻³²⁴"),
        (10, "10"),
    ],
)
def test_numbers_for_reading(value, text):
    assert digits(value) == text


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (0.9, "rho", "0.9"),
        (0.99995, "rho", "0.99995"),
        (0.99995, "s", "1"),
        (0.999, "momentum", "0.999"),
        (0.0, "rho", "0"),
        (0.123456, "rho", "0.1235"),
        (0.957342, "rho", "0.95734"),
        (12345, "t", "12345"),
    ],
)
def test_some_quantities_need_more_digits(value, quantity, text):
    assert digits(value, quantity) == text


@given(FINITE)
@example(2.0625)
@example(1e22)
@example(-99995.0)
def test_a_number_reads_back_to_within_half_a_unit_of_its_fourth_digit(value):
    shown = read(digits(value))
    if value == 0:
        assert shown == 0
    else:
        assert abs(shown - value) <= abs(value) * 0.5001e-3 + 5e-324


@given(st.floats(0, 1, exclude_max=True, exclude_min=True))
def test_one_minus_rho_reads_back_too(rho):
    assert 1 - float(rounded(rho, "rho")) == pytest.approx(1 - rho, rel=0.51e-3, abs=2e-16)


@pytest.mark.parametrize(
    ("text", "fence", "expected"),
    [
        ("2.5", "base", "2.5"),
        ("−2.5", "base", "(−2.5)"),
        ("10⁻⁸", "base", "(10⁻⁸)"),
        ("∞", "base", "(∞)"),
        ("10⁻⁸", "sign", "10⁻⁸"),
        ("−2.5", "sign", "(−2.5)"),
        ("−2.5", "", "−2.5"),
    ],
)
def test_fences(text, fence, expected):
    assert fenced(text, fence) == expected


PARTS = {"mfrac": "{} / {}", "msqrt": "√[{}]", "msub": "{}_{}", "msup": "{}^{}", "msubsup": "{}_{}^{}"}


def spoken(term):
    """Return a formula's MathML as a line of text."""

    def read(element):
        parts = [read(child) for child in element]
        inside = element.text or ""
        if element.tag == "msqrt" or element.tag not in PARTS:
            inside += "".join(parts)
            parts = [inside]
        return PARTS.get(element.tag, "{}").format(*parts)

    return read(ET.fromstring(mathml(term))).replace("\u2062", " ")


def test_formulas_are_those_of_the_optimizer():
    traj = run(RMSprop(0.4), SURFACES["ravine"], (-5, -2), 2)
    walk = walk_at(traj, 1)
    assert [spoken(line.formula) for line in walk.lines] == [
        "g_t=∇f(θ_t−1)",
        "s_t=ρ s_t−1+(1−ρ) g_t^2",
        "rms_t=√[s_t+ε]",
        "u_t=g_t / rms_t",
        "Δ_t=η u_t",
        "θ_t=θ_t−1−Δ_t",
    ]
    assert [spoken(walk.numeric(line, 1)) for line in walk.lines] == [
        "g_t≈∂f / ∂y(−5,−2)≈−8",
        "s_t≈0.9⋅0+(1−0.9)⋅(−8)^2≈6.4",
        "rms_t≈√[6.4+10⁻⁸]≈2.53",
        "u_t≈−8 / 2.53≈−3.162",
        "Δ_t≈0.4⋅(−3.162)≈−1.265",
        "θ_t≈−2−(−1.265)≈−0.7351",
    ]


@pytest.mark.parametrize(
    ("optimizer", "quantity", "formula"),
    [
        (RMSprop(eps_inside_sqrt=False), "rms", "rms_t=√[s_t]+ε"),
        (RMSprop(bias_correction=True), "s_hat", "ŝ_t=s_t / 1−ρ^t"),
        (RMSprop(bias_correction=True), "rms", "rms_t=√[ŝ_t+ε]"),
        (RMSprop(centered=True, eps_inside_sqrt=False), "rms", "rms_t=√[w_t]+ε"),
        (RMSprop(momentum=0.9), "v", "v_t=μ v_t−1+η u_t"),
        (RMSprop(momentum=0.9, lr_in_velocity=False), "v", "v_t=μ v_t−1+u_t"),
        (RMSprop(momentum=0.9, lr_in_velocity=False), "delta", "Δ_t=η v_t"),
        (RMSprop(momentum=0.9, nesterov=True), "delta", "Δ_t=μ v_t+η u_t"),
    ],
)
def test_formulas_of_the_switches(optimizer, quantity, formula):
    walk = walk_at(run(optimizer, SURFACES["ravine"], (-5, -2), 1), 1)
    assert [spoken(line.formula) for line in walk.lines if line.quantity == quantity] == [formula]


@pytest.mark.parametrize(
    ("optimizer", "schedule", "lines"),
    [
        (RMSprop(), False, ["s_t=ρ s_t−1+(1−ρ) g_t^2", "θ_t=θ_t−1−η g_t / √[s_t+ε]"]),
        (RMSprop(eps_inside_sqrt=False), True, ["s_t=ρ s_t−1+(1−ρ) g_t^2", "θ_t=θ_t−1−η_t g_t / √[s_t]+ε"]),
        (SGD(0.1, 0.9, nesterov=True), False, ["v_t=μ v_t−1+η g_t", "θ_t=θ_t−1−(μ v_t+η g_t)"]),
        (SGD(0.1), True, ["θ_t=θ_t−1−η_t g_t"]),
    ],
)
def test_the_update_in_one_line(optimizer, schedule, lines):
    assert [spoken(line.formula) for line in update(optimizer, schedule=schedule)] == lines


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_every_line_is_well_formed(optimizer):
    surface = SURFACES["rosenbrock"]
    traj = run(optimizer, surface, surface.start, 4, noise=0.5)
    walk = walk_at(traj, 3)
    for line in walk.lines:
        for relation in (line.formula, walk.numeric(line, 0), walk.numeric(line, 1)):
            root = ET.fromstring(math(relation))
            names = {element.tag for element in root.iter()}
            assert root.tag == "math"
            assert names <= CORE, names
            for element in root.iter():
                assert len(element) == {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "msqrt": 1}.get(
                    element.tag, len(element)
                )
            text = spoken(relation)
            assert text.count("(") == text.count(")")


@pytest.mark.parametrize("optimizer", VARIANTS)
def test_a_player_can_put_other_numbers_in_place(optimizer):
    """The MathML of step 2 with the texts of step 7 is the MathML of step 7."""
    traj = run(optimizer, SURFACES["himmelblau"], (1.0, 2.5), 8)
    early, late = walk_at(traj, 2), walk_at(traj, 7)
    for line in late.lines:
        root = ET.fromstring(math(early.numeric(line, 1)))
        leaves = [element for element in root.iter("mn") if "data-q" in element.attrib]
        assert leaves
        for leaf in leaves:
            q, when, i = (leaf.get(f"data-{key}") for key in ("q", "when", "i"))
            value = late.value(Symbol(q, when), int(i or 0))
            leaf.text = fenced(digits(value, q), leaf.get("data-fence", ""))
            assert leaf.get("class") == f"sym-{SIGNS[q].colour}"
        assert ET.tostring(root) == ET.tostring(ET.fromstring(math(late.numeric(line, 1))))


def test_the_element_that_a_player_looks_for():
    number = Number(-0.25, Symbol("s", "before"), 1)
    assert mathml(number) == '<mn class="sym-s" data-q="s" data-when="before" data-i="1">−0.25</mn>'
    squared = ET.fromstring(mathml(number**2))
    assert squared[0][0].text == "(−0.25)"
    assert squared[0][0].get("data-fence") == "base"


def test_what_needs_parentheses_has_them():
    a, b = Number(-1.0, Symbol("g"), 0), Number(2.0, Symbol("s"), 0)
    assert spoken(b - (a + b)) == "2−(−1+2)"
    assert spoken((a + b) ** 2) == "(−1+2)^2"
    assert spoken((b * a) ** 2) == "(2⋅(−1))^2"
    assert spoken((a + b) * b) == "(−1+2)⋅2"
    assert spoken(Relation("≈", (b.sqrt(), (b + b).sqrt()))) == "√[2]≈√[2+2]"
