"""A surface from a typed f(x, y); what the user wrote is read by a grammar and never evaluated as code."""

from rmsprop_core.expression.reader import FUNCTIONS, Refused, with_plus
from rmsprop_core.expression.surface import MOST_OPERATIONS, Expression, parse

__all__ = ["FUNCTIONS", "MOST_OPERATIONS", "Expression", "Refused", "parse", "with_plus"]
