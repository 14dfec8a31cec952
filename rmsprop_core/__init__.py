"""RMSprop beside SGD in NumPy: every quantity of every step, for every convention in use."""

from rmsprop_core.dialects import DIALECTS, Dialect
from rmsprop_core.events import events
from rmsprop_core.optimizers import SGD, RMSprop, Step
from rmsprop_core.surfaces import SURFACES, Surface, stretched
from rmsprop_core.trajectory import Event, Trajectory, run

__all__ = [
    "DIALECTS",
    "SGD",
    "SURFACES",
    "Dialect",
    "Event",
    "RMSprop",
    "Step",
    "Surface",
    "Trajectory",
    "events",
    "run",
    "stretched",
]
