"""What is said of a value that could not be taken, and of a typed f(x, y) that is no formula."""

from __future__ import annotations

from pages.shared.model.fields import BUDGET, Complaint
from pages.shared.model.language import _
from pages.shared.model.link import IDLE, TOO_LONG
from pages.shared.model.methods import HYPERPARAMETERS
from rmsprop_core.expression import FUNCTIONS, Refused


def complaint(found: Complaint) -> str:
    """Return what is wrong with a value, whose it is and what would do."""
    if found.refused:
        return _refusal(found.refused)
    if not found.wanted:
        return _("{name} is not a setting of this page; it is left out.").format(name=found.name)
    if found.wanted == IDLE and found.name in HYPERPARAMETERS:
        return _("{name} is nothing that a third method has here; it is left out.").format(name=found.name)
    if found.wanted == IDLE:
        return _("{name} does nothing on this surface; it is left out.").format(name=found.name)
    if found.wanted == TOO_LONG:
        return _("This link is too long to be read; all is as at first.")
    if found.wanted == BUDGET:
        return _("The lrs stay as they are: to search for fair ones, runs so long of this formula are too much work.")
    if found.wanted == "centered":
        return _("bias_correction cannot be on together with centered: s − m² would be 0 at step 1. It is off.")
    said = _("{name} cannot be “{value}”: it takes {wanted}.").format(
        name=found.name, value=found.value[:40], wanted=found.wanted
    )
    return f"{said} {_(found.why)}" if found.why else said


def _refusal(refused: Refused) -> str:
    """Return why a typed f(x, y) is no formula, where, and what to write."""
    kind, one = refused.kind, refused.limit == 1
    sentences = {
        "empty": _("Type a formula in x and y, such as x^2 + 10*y^2."),
        "long": _("The formula is longer than {limit} characters."),
        "deep": _("Too much stands inside one another at “{piece}”."),
        "work": _("f and its slopes take more than {limit} operations; a shorter formula will do."),
        "character": _("“{piece}” at character {at} does not belong in a formula. {known}"),
        "comma": _(
            "“{piece}” at character {at}: write decimals with a point, 0.5. A comma parts x and y in min(x, y)."
        ),
        "equation": _("An equals sign at character {at}: write only what f(x, y) is, such as x^2 + y^2."),
        "times": _("“{piece}” at character {at}: a number after a part. Write x*2 or x^2."),
        "fraction": _("“{piece}” at character {at} can be read in two ways. Write 1/2*x or 1/(2*x)."),
        "power": _("“{piece}” at character {at} can be read in two ways. Write x^2*y or x^(2*y)."),
        "root": _("“{piece}” at character {at} can be read in two ways. Write √(x^2) or √(x)^2."),
        "inverse": _("“{piece}” at character {at} can be read in two ways. Write asin(x) or 1/sin(x)."),
        "gap": _("A sign is missing before “{piece}” at character {at}: + or *? (A link writes + as %2B.)"),
        "name": _("“{piece}” at character {at} is not known. {known}"),
        "call": _("“{piece}” at character {at}: a function needs brackets, such as sin(x)."),
        "arguments": _("“{piece}” at character {at}: {name} takes one argument: {name}(x). Decimals have a point.")
        if one
        else _("“{piece}” at character {at}: {name} takes two arguments, {name}(x, y)."),
        "open": _("“{piece}” at character {at} has no other half: each bracket is opened and closed."),
        "syntax": _("This is not a formula: look at character {at}, “{piece}”."),
        "value": _("“{piece}” at character {at} has no finite real value."),
        "nowhere": _("This formula has no finite value near the origin."),
    }
    known = _("Use numbers, x, y, pi, e, + − * / ^, brackets, and {functions}.").format(functions=", ".join(FUNCTIONS))
    return sentences[kind].format(
        piece=refused.piece if len(refused.piece) <= 30 else refused.piece[:29] + "…",
        at=refused.column + 1,
        limit=f"{refused.limit or 0:g}",
        name=refused.piece.partition("(")[0].strip().lower(),
        known=known,
    )
