"""A surface from a typed f(x, y); what the user wrote is read by a whitelist and never evaluated as code."""

from rmsprop_core.expression.surface import MOST_OPERATIONS, Expression, Kink, Refused, parse

__all__ = ["MOST_OPERATIONS", "Expression", "Kink", "Refused", "parse"]
