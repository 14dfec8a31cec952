"""Loss surfaces over (x, y), each with its exact gradient.

Powers are written as products: x**3 rounds differently for a number and for an array, x * x * x does not.
Titles and lessons are English sources for gettext; N_ marks them and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rmsprop_core.checks import is_real
from rmsprop_core.learn.tables import load_diabetes, mean_square

if TYPE_CHECKING:
    from rmsprop_core.expression.tree import Node

Array = NDArray[np.float64]
F = Callable[[Array, Array], Array]
Grad = Callable[[Array, Array], tuple[Array, Array]]
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
    `settings` are good first values for a run: lr and sgd_lr at least.
    """

    title: str
    lesson: str
    f: F
    grad: Grad
    domain: tuple[Interval, Interval]
    start: Point
    settings: Mapping[str, float]
    minima: tuple[Point, ...] = ((0.0, 0.0),)
    floor: float | None = 0.0
    log_levels: bool = True
    variables: tuple[str, str] = ("x", "y")
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


def hessian(grad: Grad, x: Array, y: Array) -> tuple[Array, Array, Array]:
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
    if not (is_real(kappa) and 0 < kappa <= 1e6):
        raise ValueError(f"kappa must be in (0, 1e6], not {kappa!r}")
    if not (is_real(angle) and -180 <= angle <= 180):
        raise ValueError(f"angle must be in [-180, 180], not {angle!r}")
    c, s = float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle)))

    if angle:

        def f(x: Array, y: Array) -> Array:
            p, q = c * x + s * y, c * y - s * x
            return 0.5 * (p * p + kappa * (q * q))

        def grad(x: Array, y: Array) -> tuple[Array, Array]:
            p, q = c * x + s * y, kappa * (c * y - s * x)
            return c * p - s * q, s * p + c * q

    else:  # the same in a fifth of the operations

        def f(x: Array, y: Array) -> Array:
            return 0.5 * (x * x + kappa * (y * y))

        def grad(x: Array, y: Array) -> tuple[Array, Array]:
            return +x, kappa * y  # + makes it an array of its own

    # The view holds the whole of the first one, as it is and turned with the bowl.
    corners = [(-6.0, -3.0), (-6.0, 3.0), (2.0, -3.0), (2.0, 3.0)]
    corners += [(c * x - s * y, s * x + c * y) for x, y in corners]
    across, up = zip(*corners, strict=True)
    return Surface(
        title=N_("Stretched bowl"),
        lesson=N_("Steep across, flat along: SGD's lr is capped by the steep direction and starves the flat one."),
        f=f,
        grad=grad,
        domain=((min(across), max(across)), (min(up), max(up))),
        start=(-5.0, -2.0),
        settings={"lr": 0.2, "sgd_lr": 1.94 / max(1.0, kappa), "steps": 50},
    )


def squared_error(p: Array, q: Array, r: Array, at: ArrayLike = (0.0, 0.0)) -> tuple[F, Grad, Point, float]:
    """Return the mean of (r − xp − yq)² as f(x, y), its gradient, minimum and floor; p, q, r are columns of a table.

    A quadratic is written about its minimum. Where that is a flat valley, a coordinate of `at` tells the point of it.
    """
    pp, pq, qq = mean_square(p), float(np.mean(p * q)), mean_square(q)
    tilt = pq / qq if qq else 0.0
    across = p - tilt * q  # the part of p that q can't stand in for
    rest = mean_square(across)
    rest = rest if rest > 1e-20 * pp else 0.0
    x_best = float(np.mean(across * r)) / rest if rest else float(np.asarray(at)[0])
    y_best = float(np.mean(q * (r - x_best * p))) / qq if qq else float(np.asarray(at)[1])
    floor = mean_square(r - x_best * p - y_best * q)

    def f(x: Array, y: Array) -> Array:
        dx, dy = x - x_best, y - y_best
        along = tilt * dx + dy
        return floor + qq * (along * along) + rest * (dx * dx)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        dx, dy = x - x_best, y - y_best
        return 2 * (pp * dx + pq * dy), 2 * (pq * dx + qq * dy)

    return f, grad, (x_best, y_best), floor


def _square(a: Array) -> Array:
    return a * a


def _beale_grad(x: Array, y: Array) -> tuple[Array, Array]:
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
    return (
        2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1)),
        2 * x * (a + 2 * b * y + 3 * c * (y * y)),
    )


def _camel(x: Array, y: Array) -> Array:
    xx, yy = x * x, y * y
    return (4 - 2.1 * xx + xx * xx / 3) * xx + x * y + (4 * yy - 4) * yy


def _camel_grad(x: Array, y: Array) -> tuple[Array, Array]:
    xx, yy = x * x, y * y
    return (8 - 8.4 * xx + 2 * xx * xx) * x + y, x + (16 * yy - 8) * y


def _ackley(x: Array, y: Array) -> Array:
    _, slope, ripple = _ackley_parts(x, y)
    return 20 * (1 - slope) + (np.e - ripple)


def _ackley_grad(x: Array, y: Array) -> tuple[Array, Array]:
    r, slope, ripple = _ackley_parts(x, y)
    pull = 2 * slope / np.where(r > 0, r, 1)  # the tip of the cone has no gradient; 0 is a subgradient there
    dx, dy = (pull * z + np.pi * ripple * np.sin(2 * np.pi * z) for z in (x, y))
    return dx, dy


def _ackley_parts(x: Array, y: Array) -> tuple[Array, Array, Array]:
    r = np.sqrt((x * x + y * y) / 2)
    return r, np.exp(-0.2 * r), np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)


def _cliff(x: Array, y: Array) -> Any:
    """A slope of 0.02 to 0.2 for ten units, then a drop of 10 within two units, then a shallow valley."""
    return 0.01 * (x - 4) * (x - 4) + 0.5 * (y * y) - 5 * (np.tanh(2 * (x - 2)) - 1)


def _cliff_grad(x: Array, y: Array) -> tuple[Array, Array]:
    rise = np.tanh(2 * (x - 2))
    return 0.02 * (x - 4) - 10 * (1 - rise * rise), y * 1.0


@cache
def patients() -> tuple[Array, Array]:
    """Return bmi and progression of the 442 patients of Efron et al. (2004)."""
    data = load_diabetes()
    return data.X[:, data.names.index("bmi")], data.y


def _bmi() -> Surface:
    """Mean squared error of progression = w·bmi + b on the patients, unscaled."""
    bmi, progression = patients()
    f, grad, best, floor = squared_error(bmi, np.ones(len(bmi)), progression)
    return Surface(
        title=N_("Real data: diabetes and bmi"),
        lesson=N_("Progression = w·bmi + b on 442 patients, unscaled: a true ravine, condition number 26,000."),
        f=f,
        grad=grad,
        domain=((-4.0, 14.0), (-150.0, 50.0)),
        start=(0.0, 0.0),
        minima=(best,),
        floor=floor,
        settings={"lr": 0.23, "sgd_lr": 0.0014, "momentum": 0.9, "sgd_momentum": 0.9, "steps": 200},
        variables=("w", "b"),
    )


SURFACES: Mapping[str, Surface] = {
    "stretched": stretched(),
    "ravine": Surface(
        title=N_("Ravine"),
        lesson=N_(
            "From Dive into Deep Learning. It is not very stretched: "
            "with a good lr SGD is level with RMSprop after 100 steps."
        ),
        f=lambda x, y: 0.1 * x * x + 2 * y * y,
        grad=lambda x, y: (0.2 * x, 4 * y),
        domain=((-6.0, 2.0), (-3.0, 3.0)),
        start=(-5.0, -2.0),
        settings={"lr": 0.4, "sgd_lr": 0.4, "steps": 20},
    ),
    "rosenbrock": Surface(
        title=N_("Rosenbrock's banana"),
        lesson=N_("A curved valley: the steep direction turns, so no fixed scaling of x and y stays right."),
        f=lambda x, y: _square(1 - x) + 100 * _square(y - x * x),
        grad=lambda x, y: (-2 * (1 - x) - 400 * x * (b := y - x * x), 200 * b),
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=(-1.2, 1.0),
        minima=((1.0, 1.0),),
        settings={"lr": 0.018, "sgd_lr": 0.0035, "steps": 300},
    ),
    "himmelblau": Surface(
        title=N_("Himmelblau"),
        lesson=N_("Four minima of equal depth: which one a run finds depends on the method as well as on the start."),
        f=lambda x, y: _square(x * x + y - 11) + _square(x + y * y - 7),
        grad=lambda x, y: (4 * x * (a := x * x + y - 11) + 2 * (b := x + y * y - 7), 2 * a + 4 * y * b),
        domain=((-6.0, 6.0), (-6.0, 6.0)),
        start=(0.0, -1.0),
        minima=(
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        settings={"lr": 0.04, "sgd_lr": 0.01, "steps": 100},
    ),
    "beale": Surface(
        title=N_("Beale"),
        lesson=N_(
            "Flat in the middle, walls at the corners: gradients shrink more than a thousandfold along one path."
        ),
        f=lambda x, y: _square(1.5 - x + x * y) + _square(2.25 - x + x * y * y) + _square(2.625 - x + x * y * y * y),
        grad=_beale_grad,
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1.0, 1.5),
        minima=((3.0, 0.5),),
        settings={"lr": 0.022, "sgd_lr": 0.03, "steps": 200},
    ),
    "booth": Surface(
        title=N_("Booth"),
        lesson=N_(
            "A bowl turned by 45°: dividing x and y separately cannot make it round. After 100 steps SGD is far ahead."
        ),
        f=lambda x, y: _square(x + 2 * y - 7) + _square(2 * x + y - 5),
        grad=lambda x, y: (2 * (a := x + 2 * y - 7) + 4 * (b := 2 * x + y - 5), 4 * a + 2 * b),
        domain=((-10.0, 10.0), (-10.0, 10.0)),
        start=(-8.0, 3.0),
        minima=((1.0, 3.0),),
        settings={"lr": 0.19, "sgd_lr": 0.088, "steps": 100},
    ),
    "camel": Surface(
        title=N_("Six-hump camel"),
        lesson=N_("Six minima, two of them the deepest: f is negative there, so the loss is shown above its floor."),
        f=_camel,
        grad=_camel_grad,
        domain=((-2.2, 2.2), (-1.3, 1.3)),
        start=(-1.0, 1.2),
        minima=((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
        floor=-1.0316284534898774,
        settings={"lr": 0.05, "sgd_lr": 0.02, "steps": 100},
    ),
    "rastrigin": Surface(
        title=N_("Rastrigin"),
        lesson=N_("A minimum in every square: no method that only follows the gradient finds the best one from here."),
        f=lambda x, y: 20 + x * x - 10 * np.cos(2 * np.pi * x) + y * y - 10 * np.cos(2 * np.pi * y),
        grad=lambda x, y: (2 * x + 20 * np.pi * np.sin(2 * np.pi * x), 2 * y + 20 * np.pi * np.sin(2 * np.pi * y)),
        domain=((-5.12, 5.12), (-5.12, 5.12)),
        start=(-3.6, 2.6),
        settings={"lr": 0.007, "sgd_lr": 0.001, "steps": 100},
        log_levels=False,
    ),
    "ackley": Surface(
        title=N_("Ackley"),
        lesson=N_("A rippled funnel: small steps stop in a ripple, steps of constant length can cross it."),
        f=_ackley,
        grad=_ackley_grad,
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=(-3.5, 2.7),
        settings={"lr": 0.35, "sgd_lr": 0.12, "steps": 100},
        log_levels=False,
    ),
    "saddle": Surface(
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
    ),
    "bounded_saddle": Surface(
        title=N_("Bounded saddle"),
        lesson=N_("A saddle between two minima: how long does each method hang at the ridge before it falls?"),
        f=lambda x, y: 0.5 * x * x + 0.25 * _square(y * y - 1),
        grad=lambda x, y: (x * 1.0, y * (y * y - 1)),
        domain=((-2.5, 2.5), (-2.0, 2.0)),
        start=(-2.0, 0.001),
        minima=((0.0, 1.0), (0.0, -1.0)),
        settings={"lr": 0.05, "sgd_lr": 0.2, "steps": 60},
    ),
    "monkey_saddle": Surface(
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
    ),
    "cliff": Surface(
        title=N_("Plateau and cliff"),
        lesson=N_(
            "On the plateau s forgets; at the cliff the next step is the full kick lr/√(1−ρ) again, and no more."
        ),
        f=_cliff,
        grad=_cliff_grad,
        domain=((-5.0, 8.0), (-3.0, 3.0)),
        start=(-4.0, 2.0),
        minima=((4.2483712149163315, 0.0),),
        floor=float(_cliff(np.array(4.2483712149163315), np.array(0.0))),
        settings={"lr": 0.2, "sgd_lr": 1.0, "steps": 100},
    ),
    "bmi": _bmi(),
}
