"""Loss surfaces over (x, y), each with its exact gradient.

Powers are written as products: x**3 rounds differently for a number and for an array, x * x * x does not.
Titles and lessons are English sources for gettext; N_ marks them and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rmsprop_core.learn.tables import load_diabetes

if TYPE_CHECKING:
    from rmsprop_core.expression.tree import Node

Array = NDArray[np.float64]
Interval = tuple[float, float]
Point = tuple[float, float]


def N_(text: str) -> str:
    """Mark a text for translation; the page translates it."""
    return text


@dataclass(frozen=True)
class Surface:
    """A function of two variables and what a page needs to show it.

    `f(x, y)` and `grad(x, y)` = (∂f/∂x, ∂f/∂y) take arrays of any equal shape. `domain` is the view, ((x₀, x₁),
    (y₀, y₁)); `minima` are the known global minima and `floor` is f there (None where f is unbounded below, or nobody
    knows it; then `seen` may be the lowest f found in the view).
    `settings` are good first values for a run: lr and sgd_lr at least. `params` are the surface's own parameters.
    """

    title: str
    lesson: str
    f: Callable[[Array, Array], Array]
    grad: Callable[[Array, Array], tuple[Array, Array]]
    domain: tuple[Interval, Interval]
    start: Point
    minima: tuple[Point, ...]
    floor: float | None
    settings: Mapping[str, float]
    log_levels: bool = True
    variables: tuple[str, str] = ("x", "y")
    params: Mapping[str, float] = field(default_factory=dict)
    seen: float | None = None

    @property
    def lowest(self) -> float | None:
        """The floor, or the lowest f found in the view."""
        return self.seen if self.floor is None else self.floor

    @property
    def formula(self) -> Node:
        """The tree of f: what f makes of symbols in place of numbers."""
        from rmsprop_core.expression.tree import symbol

        return self.f(*map(symbol, self.variables))  # type: ignore

    @property
    def latex(self) -> str:
        """LaTeX of f."""
        from rmsprop_core.expression.writing import LATEX, written

        return written(self.formula, LATEX)

    def curvature(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return the smallest and largest eigenvalue of the Hessian."""
        xx, xy, yy = hessian(self.grad, x, y)
        middle, radius = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
        return middle - radius, middle + radius


def hessian(grad: Callable[[Array, Array], tuple[Array, Array]], x: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return ∂²f/∂x², ∂²f/∂x∂y and ∂²f/∂y², by central differences of the gradient."""
    hx, hy = 1e-5 * np.maximum(1, np.abs(x)), 1e-5 * np.maximum(1, np.abs(y))
    right, left = grad(x + hx, y), grad(x - hx, y)
    up, down = grad(x, y + hy), grad(x, y - hy)
    xx, yy = (right[0] - left[0]) / (2 * hx), (up[1] - down[1]) / (2 * hy)
    return xx, ((right[1] - left[1]) / (2 * hx) + (up[0] - down[0]) / (2 * hy)) / 2, yy


def stretched(kappa: float = 100.0, angle: float = 0.0) -> Surface:
    """Return the bowl ½(p² + κq²) with (p, q) = (x, y) turned by `angle` degrees; its Hessian has eigenvalues 1 and κ.

    Raises:
        ValueError: kappa is not in (0, 1e6], or angle is not in [-180, 180].
    """
    if not (_is_number(kappa) and 0 < kappa <= 1e6):
        raise ValueError(f"kappa must be in (0, 1e6], not {kappa!r}")
    if not (_is_number(angle) and -180 <= angle <= 180):
        raise ValueError(f"angle must be in [-180, 180], not {angle!r}")
    c, s = float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle)))

    def f(x: Array, y: Array) -> Array:
        p, q = c * x + s * y, c * y - s * x
        return 0.5 * (p * p + kappa * (q * q))

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        p, q = c * x + s * y, kappa * (c * y - s * x)
        return c * p - s * q, s * p + c * q

    start = (-5.0, -2.0)
    return Surface(
        title=N_("Stretched bowl"),
        lesson=N_("Steep across, flat along: SGD's lr is capped by the steep direction and starves the flat one."),
        f=f,
        grad=grad,
        domain=((-6.0, 2.0), (-3.0, 3.0)),
        start=start,
        minima=((0.0, 0.0),),
        floor=0.0,
        settings={"lr": 0.2, "sgd_lr": 1.94 / max(1.0, kappa), "steps": 50},
        params={"kappa": kappa, "angle": angle},
    )


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _ravine() -> Surface:
    return Surface(
        title=N_("Ravine"),
        lesson=N_("D2L's example, so round that SGD with a well-chosen lr is level with RMSprop after 100 steps."),
        f=lambda x, y: 0.1 * x * x + 2 * y * y,
        grad=lambda x, y: (0.2 * x, 4 * y),
        domain=((-6.0, 2.0), (-3.0, 3.0)),
        start=(-5.0, -2.0),
        minima=((0.0, 0.0),),
        floor=0.0,
        settings={"lr": 0.4, "sgd_lr": 0.4, "steps": 20},
    )


def _rosenbrock() -> Surface:
    def f(x: Array, y: Array) -> Array:
        a, b = 1 - x, y - x * x
        return a * a + 100 * (b * b)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        b = y - x * x
        return -2 * (1 - x) - 400 * x * b, 200 * b

    return Surface(
        title=N_("Rosenbrock's banana"),
        lesson=N_("A curved valley: the steep direction turns, so no fixed scaling of x and y stays right."),
        f=f,
        grad=grad,
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0),
        minima=((1.0, 1.0),),
        floor=0.0,
        settings={"lr": 0.018, "sgd_lr": 0.0035, "steps": 300},
    )


def _himmelblau() -> Surface:
    def f(x: Array, y: Array) -> Array:
        a, b = x * x + y - 11, x + y * y - 7
        return a * a + b * b

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        a, b = x * x + y - 11, x + y * y - 7
        return 4 * x * a + 2 * b, 2 * a + 4 * y * b

    return Surface(
        title=N_("Himmelblau"),
        lesson=N_("Four minima of equal depth: which one a run finds depends on the method as well as on the start."),
        f=f,
        grad=grad,
        domain=((-6.0, 6.0), (-6.0, 6.0)),
        start=(0.0, -1.0),
        minima=(
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        floor=0.0,
        settings={"lr": 0.04, "sgd_lr": 0.01, "steps": 100},
    )


def _beale() -> Surface:
    def f(x: Array, y: Array) -> Array:
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
        return a * a + b * b + c * c

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
        return (
            2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1)),
            2 * x * (a + 2 * b * y + 3 * c * (y * y)),
        )

    return Surface(
        title=N_("Beale"),
        lesson=N_(
            "Flat in the middle, walls at the corners: gradients shrink more than a thousandfold along one path."
        ),
        f=f,
        grad=grad,
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1.0, 1.5),
        minima=((3.0, 0.5),),
        floor=0.0,
        settings={"lr": 0.022, "sgd_lr": 0.03, "steps": 200},
    )


def _booth() -> Surface:
    def f(x: Array, y: Array) -> Array:
        a, b = x + 2 * y - 7, 2 * x + y - 5
        return a * a + b * b

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        a, b = x + 2 * y - 7, 2 * x + y - 5
        return 2 * a + 4 * b, 4 * a + 2 * b

    return Surface(
        title=N_("Booth"),
        lesson=N_(
            "A bowl turned by 45°: dividing x and y separately no longer rounds it; after 100 steps SGD is far ahead."
        ),
        f=f,
        grad=grad,
        domain=((-10.0, 10.0), (-10.0, 10.0)),
        start=(-8.0, 3.0),
        minima=((1.0, 3.0),),
        floor=0.0,
        settings={"lr": 0.19, "sgd_lr": 0.088, "steps": 100},
    )


def _camel() -> Surface:
    def f(x: Array, y: Array) -> Array:
        xx, yy = x * x, y * y
        return (4 - 2.1 * xx + xx * xx / 3) * xx + x * y + (4 * yy - 4) * yy

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        xx, yy = x * x, y * y
        return (8 - 8.4 * xx + 2 * xx * xx) * x + y, x + (16 * yy - 8) * y

    return Surface(
        title=N_("Six-hump camel"),
        lesson=N_("Six minima, two of them the deepest: f is negative there, so the loss is shown above its floor."),
        f=f,
        grad=grad,
        domain=((-2.2, 2.2), (-1.3, 1.3)),
        start=(-1.0, 1.2),
        minima=((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
        floor=-1.0316284534898774,
        settings={"lr": 0.05, "sgd_lr": 0.02, "steps": 100},
    )


def _rastrigin() -> Surface:
    def f(x: Array, y: Array) -> Array:
        ripple_x: Array = 10 * np.cos(2 * np.pi * x)
        ripple_y: Array = 10 * np.cos(2 * np.pi * y)
        return 20 + x * x - ripple_x + y * y - ripple_y

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        return (
            2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
            2 * y + 20 * np.pi * np.sin(2 * np.pi * y),
        )

    return Surface(
        title=N_("Rastrigin"),
        lesson=N_("A minimum in every square: no method that only follows the gradient finds the best one from here."),
        f=f,
        grad=grad,
        domain=((-5.12, 5.12), (-5.12, 5.12)),
        start=(-3.6, 2.6),
        minima=((0.0, 0.0),),
        floor=0.0,
        settings={"lr": 0.007, "sgd_lr": 0.001, "steps": 100},
        log_levels=False,
    )


def _ackley() -> Surface:
    def parts(x: Array, y: Array) -> tuple[Array, Array, Array]:
        r = np.sqrt((x * x + y * y) / 2)
        return r, np.exp(-0.2 * r), np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)

    def f(x: Array, y: Array) -> Array:
        _, slope, ripple = parts(x, y)
        return 20 * (1 - slope) + (np.e - ripple)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        r, slope, ripple = parts(x, y)
        pull = 2 * slope / np.where(r > 0, r, 1)  # the tip of the cone has no gradient; 0 is a subgradient there
        return (
            pull * x + np.pi * ripple * np.sin(2 * np.pi * x),
            pull * y + np.pi * ripple * np.sin(2 * np.pi * y),
        )

    return Surface(
        title=N_("Ackley"),
        lesson=N_("A rippled funnel: small steps stop in a ripple, steps of constant length can cross it."),
        f=f,
        grad=grad,
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(-3.5, 2.7),
        minima=((0.0, 0.0),),
        floor=0.0,
        settings={"lr": 0.35, "sgd_lr": 0.12, "steps": 100},
        log_levels=False,
    )


def _saddle() -> Surface:
    return Surface(
        title=N_("Saddle"),
        lesson=N_("Unbounded below: RMSprop turns off the ridge at once because it divides the small slope by itself."),
        f=lambda x, y: x * x - y * y,
        grad=lambda x, y: (2 * x, -2 * y),
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        start=(-2.5, 0.001),
        minima=(),
        floor=None,
        settings={"lr": 0.05, "sgd_lr": 0.1, "steps": 40},
        log_levels=False,
    )


def _bounded_saddle() -> Surface:
    def f(x: Array, y: Array) -> Array:
        a = y * y - 1
        return 0.5 * x * x + 0.25 * (a * a)

    return Surface(
        title=N_("Bounded saddle"),
        lesson=N_("A saddle between two minima: how long does each method hang at the ridge before it falls?"),
        f=f,
        grad=lambda x, y: (x * 1.0, y * (y * y - 1)),
        domain=((-2.5, 2.5), (-2.0, 2.0)),
        start=(-2.0, 0.001),
        minima=((0.0, 1.0), (0.0, -1.0)),
        floor=0.0,
        settings={"lr": 0.05, "sgd_lr": 0.2, "steps": 60},
    )


def _monkey_saddle() -> Surface:
    return Surface(
        title=N_("Monkey saddle"),
        lesson=N_("Three ways down from a flat saddle, and no bottom: gradients vanish as squares near the middle."),
        f=lambda x, y: x * (x * x - 3 * (y * y)),
        grad=lambda x, y: (3 * (x * x - y * y), -6 * (x * y)),
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=(1.5, 0.01),
        minima=(),
        floor=None,
        settings={"lr": 0.05, "sgd_lr": 0.02, "steps": 40},
        log_levels=False,
    )


def _cliff() -> Surface:
    """A slope of 0.02 to 0.2 for ten units, then a drop of 10 within two units, then a shallow valley."""
    steepness, height, edge, bottom = 2.0, 5.0, 2.0, 4.0
    lowest = 4.2483712149163315  # where ∂f/∂x = 0, by bisection

    def f(x: Array, y: Array) -> Array:
        return 0.01 * (x - bottom) * (x - bottom) + 0.5 * (y * y) - height * (np.tanh(steepness * (x - edge)) - 1)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        rise = np.tanh(steepness * (x - edge))
        return 0.02 * (x - bottom) - height * steepness * (1 - rise * rise), y * 1.0

    return Surface(
        title=N_("Plateau and cliff"),
        lesson=N_(
            "On the plateau s forgets; at the cliff the next step is the full kick lr/√(1−ρ) again, and no more."
        ),
        f=f,
        grad=grad,
        domain=((-5.0, 8.0), (-3.0, 3.0)),
        start=(-4.0, 2.0),
        minima=((lowest, 0.0),),
        floor=float(f(np.array(lowest), np.array(0.0))),
        settings={"lr": 0.2, "sgd_lr": 1.0, "steps": 100},
    )


def _bmi() -> Surface:
    """Mean squared error of progression = w·bmi + b on the patients of Efron et al. (2004), unscaled.

    A quadratic in (w, b), so it is written about its minimum: floor + ½ (w−w*, b−b*) H (w−w*, b−b*)ᵀ.
    """
    data = load_diabetes()
    bmi, progression = data.X[:, data.names.index("bmi")], data.y
    means = (bmi, bmi * bmi, progression, bmi * progression, progression * progression)
    x, xx, y, xy, yy = (float(np.mean(values)) for values in means)
    w_best = (xy - x * y) / (xx - x * x)
    b_best = y - w_best * x
    floor = yy - y * y - w_best * (xy - x * y)

    def f(w: Array, b: Array) -> Array:
        dw, db = w - w_best, b - b_best
        tilt = x * dw + db
        return floor + tilt * tilt + (xx - x * x) * (dw * dw)

    def grad(w: Array, b: Array) -> tuple[Array, Array]:
        dw, db = w - w_best, b - b_best
        return 2 * (xx * dw + x * db), 2 * (x * dw + db)

    return Surface(
        title=N_("Real data: diabetes and bmi"),
        lesson=N_("Progression = w·bmi + b on 442 patients, unscaled: a true ravine, condition number 26,000."),
        f=f,
        grad=grad,
        domain=((-4.0, 14.0), (-150.0, 50.0)),
        start=(0.0, 0.0),
        minima=((w_best, b_best),),
        floor=floor,
        settings={"lr": 0.23, "sgd_lr": 0.0014, "momentum": 0.9, "sgd_momentum": 0.9, "steps": 200},
        variables=("w", "b"),
    )


SURFACES: Mapping[str, Surface] = MappingProxyType(
    {
        "stretched": stretched(),
        "ravine": _ravine(),
        "rosenbrock": _rosenbrock(),
        "himmelblau": _himmelblau(),
        "beale": _beale(),
        "booth": _booth(),
        "camel": _camel(),
        "rastrigin": _rastrigin(),
        "ackley": _ackley(),
        "saddle": _saddle(),
        "bounded_saddle": _bounded_saddle(),
        "monkey_saddle": _monkey_saddle(),
        "cliff": _cliff(),
        "bmi": _bmi(),
    }
)
