"""A letter filled for nobody: every block shown, in every hole the name of its field. Pure."""

from models.letters import Pattern
from tasks.composing.compiled import Made
from tasks.composing.holes import Hole, Place, Shown


def sampled(made: Made) -> tuple[str, str]:
    """Its HTML and its text."""
    return _filled(made.form.html, made), _filled(made.form.text, made)


def sample_values(made: Made) -> tuple[str, ...]:
    """The same as the values of its holes."""
    return tuple(_value(number, made) for number in range(made.form.holes))


def _filled(pattern: Pattern, made: Made) -> str:
    return "".join(_value(part, made) if isinstance(part, int) else part for part in pattern)


def _value(number: int, made: Made) -> str:
    fill = made.fills[number]
    if isinstance(fill, Shown):
        return _filled(fill.inside, made)
    if isinstance(fill, Hole):
        whole = fill.place in (Place.ADDRESS, Place.TEXT_ADDRESS)
        return f"https://example.org/{fill.expression.field}" if whole else fill.expression.field.replace(".", "_")
    return "mark"
