"""A letter filled for nobody: every block shown, in every hole the name of its field. Pure.

`lengths` are those of values by their fields, where they are known.
"""

from collections.abc import Mapping

from models.letters import Pattern
from tasks.composing.compiled import Made
from tasks.composing.holes import Hole, Place, Shown

NO_LENGTHS: Mapping[str, int] = {}


def sampled(made: Made, lengths: Mapping[str, int] = NO_LENGTHS) -> tuple[str, str]:
    """Its HTML and its text."""
    return _filled(made.form.html, made, lengths), _filled(made.form.text, made, lengths)


def sample_values(made: Made) -> tuple[str, ...]:
    """The same as the values of its holes."""
    return tuple(_value(number, made) for number in range(made.form.holes))


def _filled(pattern: Pattern, made: Made, lengths: Mapping[str, int] = NO_LENGTHS) -> str:
    return "".join(_value(part, made, lengths) if isinstance(part, int) else part for part in pattern)


def _value(number: int, made: Made, lengths: Mapping[str, int] = NO_LENGTHS) -> str:
    fill = made.fills[number]
    if isinstance(fill, Shown):
        return _filled(fill.inside, made, lengths)
    if isinstance(fill, Hole):
        if fill.expression.field in lengths:
            return "X" * lengths[fill.expression.field]
        whole = fill.place in (Place.ADDRESS, Place.TEXT_ADDRESS)
        return f"https://example.org/{fill.expression.field}" if whole else fill.expression.field.replace(".", "_")
    return "mark"
