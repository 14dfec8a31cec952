"""One update, beat by beat: the formula of the variant in use, and the same formula with the numbers of a step.

    for beat in walk.beats:                      gradient, square, center, root, divide, velocity, move
        for line in beat.lines:                  sₜ = ρ sₜ₋₁ + (1 − ρ) gₜ²
            line.formula                         a Relation: symbols
            walk.numeric(line, i)                a Relation: the same in coordinate i, with numbers, and the result

The lines follow `optimizers.py` operation by operation, so evaluate(walk.numbers(line, i)) is the Step's own value bit
for bit; only g of a noisy run, ∇f + ξ, can miss by the rounding of ξ. Step has no name for two of the quantities:
`s_hat`, ŝ = s/(1 − ρᵗ), and `noise`, ξ = g − ∇f (Gaussian noise, or a mini-batch's difference from all the data).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rmsprop_core.decay import Decayed
from rmsprop_core.explain.terms import Made, Number, Relation, Slope, Symbol, Term, kept, resized, substitute
from rmsprop_core.family import AdaGrad, Adam, Optimizer, Rprop, SignDescent
from rmsprop_core.optimizers import SGD, Array, RMSprop, Step
from rmsprop_core.runs.trajectory import QUANTITIES, Trajectory
from rmsprop_core.surfaces import Surface

THETA, THETA_ = Symbol("theta"), Symbol("theta", "before")  # _ is the step before
G, NOISE = Symbol("g"), Symbol("noise")
S, S_, S_HAT = Symbol("s"), Symbol("s", "before"), Symbol("s_hat")
M, M_ = Symbol("m"), Symbol("m", "before")
W, W_ = Symbol("w"), Symbol("w", "before")
RMS, U, DELTA = Symbol("rms"), Symbol("u"), Symbol("delta")
V, V_ = Symbol("v"), Symbol("v", "before")
LR, RHO, EPS, MU, T = (Symbol(name) for name in ("lr", "rho", "eps", "momentum", "t"))
BETA1, BETA2, DECAY = Symbol("beta1"), Symbol("beta2"), Symbol("weight_decay")
LR_T = Symbol("lr_t")  # η of step t, where a schedule changes it
Explained = RMSprop | SGD  # the methods whose formulas stand here
HYPERS = ("lr", "rho", "eps", "momentum")


@dataclass(frozen=True)
class Line:
    """An equation that defines `quantity`; `right` is made of symbols."""

    quantity: str
    right: Term

    @property
    def left(self) -> Symbol:
        """The symbol that the line defines."""
        return Symbol(self.quantity)

    @property
    def formula(self) -> Relation:
        """The line in symbols."""
        return Relation("=", (self.left, self.right))


@dataclass(frozen=True)
class Beat:
    """Lines that belong together. `kind`: gradient, square, center, root, divide, velocity or move.

    `because` derives a line that is computed otherwise than it is said to be.
    """

    kind: str
    lines: tuple[Line, ...]
    because: tuple[Relation, ...] = ()


def beats(optimizer: Explained, noisy: bool = False) -> tuple[Beat, ...]:
    """Return the beats of one update, in the order computed; they depend on the variant and not on the step.

    w is written only when centered (otherwise it is s), v only with momentum (otherwise it is ηu, or u).
    """
    found = [Beat("gradient", (Line("g", Slope((THETA_,)) + NOISE if noisy else Slope((THETA_,))),))]
    if isinstance(optimizer, RMSprop):
        found += _division(optimizer)
    return (*found, *_motion(optimizer))


def update(optimizer: Optimizer, *, schedule: bool = False) -> tuple[Line, ...]:
    """Return the update as a textbook has it: s, m, v and θ; what they are made of stands where it is used.

    w is written as the s − m² that it equals. With a `schedule` η has an index. Of optimizers that are none of
    `family.py` and `Decayed`: ValueError.
    """
    lines = [line for beat in beats(optimizer) for line in beat.lines] if isinstance(optimizer, Explained) else None
    right: dict[Symbol, Term] = {line.left: line.right for line in lines or family(optimizer)}
    own = [symbol for symbol in (S, M, V, THETA) if symbol in right]
    right |= {W: S - M**2, **({LR: LR_T} if schedule else {})}

    def inlined(symbol: Symbol) -> Term:
        return substitute(right[symbol], inlined) if symbol in right and symbol not in (*own, G) else symbol

    return tuple(Line(symbol.name, substitute(right[symbol], inlined)) for symbol in own)


def _division(optimizer: RMSprop) -> list[Beat]:
    """Return the beats that turn g into u = g / rms."""
    s, m, w = RHO * S_ + (1 - RHO) * G**2, RHO * M_ + (1 - RHO) * G, RHO * (W_ + (1 - RHO) * (G - M_) ** 2)
    found = [Beat("square", (Line("s", s),))]
    mean: Symbol = S
    root: tuple[Line, ...] = ()
    if optimizer.centered:
        mean = W
        same = RHO * (S_ - M_**2 + (1 - RHO) * (G - M_) ** 2)
        because = Relation("=", (S - M**2, s - m**2)), Relation("=", (S - M**2, same))
        found.append(Beat("center", (Line("m", m), Line("w", w)), because))
    if optimizer.bias_correction:
        mean = S_HAT
        root = (Line("s_hat", S / (1 - RHO**T)),)
    rms = (mean + EPS).sqrt() if optimizer.eps_inside_sqrt else mean.sqrt() + EPS
    return [*found, Beat("root", (*root, Line("rms", rms))), Beat("divide", (Line("u", G / RMS),))]


def _motion(optimizer: Explained) -> list[Beat]:
    """Return the beats that turn u (SGD: g) into Δ and move θ."""
    direction = U if isinstance(optimizer, RMSprop) else G
    push = LR * direction if optimizer.lr_in_velocity else direction
    move = Line("theta", THETA_ - DELTA)
    if not float(optimizer.momentum) > 0:
        return [Beat("move", (Line("delta", LR * direction), move))]
    velocity = Beat("velocity", (Line("v", MU * V_ + push),))
    ahead = MU * V + push if optimizer.nesterov else V
    return [velocity, Beat("move", (Line("delta", ahead if optimizer.lr_in_velocity else LR * ahead), move))]


def family(optimizer: Optimizer) -> tuple[Line, ...]:
    """Return how one of RMSprop's family computes s, m, rms, u, Δ and θ, in the order computed.

    Raises:
        ValueError: it is none of them.
    """
    move = Line("theta", THETA_ - DELTA)
    match optimizer:
        case AdaGrad(eps_inside_sqrt=inside):
            rms = (S + EPS).sqrt() if inside else S.sqrt() + EPS
            return Line("s", S_ + G**2), Line("rms", rms), Line("u", G / RMS), Line("delta", LR * U), move
        case Adam():
            m, s = BETA1 * M_ + (1 - BETA1) * G, BETA2 * S_ + (1 - BETA2) * G**2
            rms = (S / (1 - BETA2**T)).sqrt() + EPS
            u = M / (1 - BETA1**T) / RMS
            return Line("m", m), Line("s", s), Line("rms", rms), Line("u", u), Line("delta", LR * U), move
        case SignDescent():
            return Line("u", Made(np.sign, (G,))), Line("delta", LR * U), move
        case Rprop(grow=grow, shrink=shrink):
            turn = G * M_
            s = S_ * Made(resized, (turn, Number(float(grow)), Number(float(shrink))))
            m = Made(kept, (turn, G))
            return Line("s", s), Line("m", m), Line("u", Made(np.sign, (M,))), Line("delta", S * U), move
        case Decayed(decoupled=True, optimizer=inner):
            own = {line.quantity: line for line in family(inner)}
            return *own.values(), Line("delta", LR * DECAY * THETA_ + own["delta"].right), move
    raise ValueError(f"optimizer must be of RMSprop's family, not {optimizer!r}")


@dataclass(frozen=True)
class Walk:
    """One update with its numbers: the step before, the step after, and the surface where the gradient came from."""

    optimizer: Explained
    before: Step
    after: Step
    surface: Surface
    noisy: bool = False

    @property
    def beats(self) -> tuple[Beat, ...]:
        """The beats of this update."""
        return beats(self.optimizer, self.noisy)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all beats, in the order computed."""
        return tuple(line for beat in self.beats for line in beat.lines)

    def value(self, symbol: Symbol, i: int) -> float:
        """Return the value of a symbol in coordinate i at full precision (t: a whole number)."""
        step = self.before if symbol.when == "before" else self.after
        name = symbol.name
        if name == "t":
            return step.t
        if name in HYPERS:
            return float(getattr(self.optimizer, name))
        if name == "noise":
            return float(self.after.g[i] - self._slope()[i])
        if name == "s_hat" and isinstance(self.optimizer, RMSprop):
            with np.errstate(all="ignore"):
                return float(step.s[i] / (1 - np.power(float(self.optimizer.rho), step.t)))
        return float(getattr(step, name)[i])

    def number(self, symbol: Symbol, i: int) -> Number:
        """Return a symbol's value as a leaf that remembers whose it is."""
        return Number(self.value(symbol, i), symbol, None if symbol.name in HYPERS or symbol == T else i)

    def numbers(self, line: Line, i: int) -> Term:
        """Return the right side of a line with the numbers of coordinate i."""
        numbers = substitute(line.right, lambda symbol: self.number(symbol, i))
        if line.quantity != "g":
            return numbers
        point = tuple(self.number(THETA_, j) for j in (0, 1))
        slope = Slope(point, self.surface.variables[i], float(self._slope()[i]))  # ∂f/∂x (x, y)
        return slope + numbers.parts[1] if isinstance(numbers, Made) else slope

    def result(self, line: Line, i: int) -> Number:
        """Return the value that the optimizer computed for the line's quantity."""
        return self.number(line.left, i)

    def numeric(self, line: Line, i: int) -> Relation:
        """Return symbol ≈ the right side with numbers ≈ the result (≈, since the digits on show are rounded)."""
        return Relation("≈", (line.left, self.numbers(line, i), self.result(line, i)))

    def _slope(self) -> Array:
        with np.errstate(all="ignore"):
            return np.array(self.surface.grad(*self.before.theta))


def explained(optimizer: Optimizer) -> Explained:
    """Return the optimizer, if its formulas stand here.

    Raises:
        ValueError: they don't.
    """
    if not isinstance(optimizer, Explained):
        raise ValueError(f"optimizer must be an RMSprop or SGD, not {optimizer!r}")
    return optimizer


def step_at(traj: Trajectory, t: int) -> Step:
    """Return the Step t of a finished run (not of runs side by side); t = 0 is the start."""
    if not 0 <= t <= traj.steps:
        raise ValueError(f"t must be in 0 … {traj.steps}, not {t!r}")
    if t == 0:
        return traj.optimizer.start(traj.theta[0])
    return Step(t, traj.theta[t], *(getattr(traj, name)[t - 1] for name in QUANTITIES[1:]))


def walk_at(traj: Trajectory, t: int) -> Walk:
    """Return the walk of step t >= 1 of a finished run, noise told apart where the run has any."""
    if not 1 <= t <= traj.steps:
        raise ValueError(f"t must be in 1 … {traj.steps}, not {t!r}")
    optimizer = replace(explained(traj.optimizer), lr=float(traj.lr[t - 1]))
    return Walk(optimizer, step_at(traj, t - 1), step_at(traj, t), traj.surface, is_noisy(traj))


def is_noisy(traj: Trajectory) -> bool:
    """Return whether a run's gradients are not the surface's own."""
    return bool(_noise(traj).any())


def columns(traj: Trajectory) -> Mapping[str, Array]:
    """Return what the run's lines show and the trajectory has no column for: (T, 2), row t − 1 belongs to step t.

    `noise` ξ of a noisy run, `s_hat` ŝ with bias correction, `lr` η where it follows a schedule.
    """
    found: dict[str, Array] = {}
    if is_noisy(traj):
        found["noise"] = _noise(traj)
    if isinstance(traj.optimizer, RMSprop) and traj.optimizer.bias_correction:
        rho = float(traj.optimizer.rho)
        shares = np.array([1 - np.power(rho, t) for t in range(1, traj.steps + 1)])
        found["s_hat"] = traj.s / shares[:, None]
    if np.ndim(traj.factors):
        found["lr"] = np.repeat(traj.lr[:, None], 2, axis=1)
    return found


def _noise(traj: Trajectory) -> Array:
    """Return ξ = g − ∇f of each step, point by point as the run asked for it."""
    with np.errstate(all="ignore"):
        slopes = np.array([traj.surface.grad(*theta) for theta in traj.theta[: traj.steps]], dtype=np.float64)
    return traj.g - slopes.reshape(traj.g.shape)
