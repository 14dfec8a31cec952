"""RMSprop, SGD and their family in NumPy: every quantity of every step, for every convention in use."""

from rmsprop_core.decay import Clipped, Decayed
from rmsprop_core.dialects import DIALECTS, Dialect
from rmsprop_core.family import AdaGrad, Adam, Optimizer, Rprop, SignDescent
from rmsprop_core.optimizers import SGD, RMSprop, Step
from rmsprop_core.runs.ensemble import Ensemble, ensemble
from rmsprop_core.runs.events import events
from rmsprop_core.runs.loop import Event
from rmsprop_core.runs.sweep import fair_lr, sweep
from rmsprop_core.runs.trajectory import Trajectory, run
from rmsprop_core.surfaces import SURFACES, Surface, stretched

__all__ = [
    "DIALECTS",
    "SGD",
    "SURFACES",
    "AdaGrad",
    "Adam",
    "Clipped",
    "Decayed",
    "Dialect",
    "Ensemble",
    "Event",
    "Optimizer",
    "RMSprop",
    "Rprop",
    "SignDescent",
    "Step",
    "Surface",
    "Trajectory",
    "ensemble",
    "events",
    "fair_lr",
    "run",
    "stretched",
    "sweep",
]
