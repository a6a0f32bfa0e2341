"""How much a letter weighs as it arrives: Gmail cuts it off at about 102 KB, with the link to unsubscribe. Pure."""

from collections.abc import Iterator, Mapping

from models.letters import Pattern
from models.locale import mark
from models.reason import because
from tasks.composing.checks.finding import Finding, Letter, Severity
from tasks.composing.compiled import Made
from tasks.composing.holes import Hole, Place, Shown

CLIPPED = 102_000
NEAR = 95_000
USUAL = 60  # characters of a value of which nobody said how long it gets
MARK_BYTES = 40
_BYTES = {Place.ADDRESS_PART: 6, Place.ADDRESS: 6}  # of a letter that is not Latin, percent-encoded

TOO_BIG = mark(
    "The letter weighs {size} KB, and Gmail cuts off at {limit}. Most of it: {blocks}. Shorten or part these."
)
NEARLY = mark("The letter weighs {size} KB; Gmail cuts off at {limit}. Most of it: {blocks}.")


def check(letter: Letter) -> Iterator[Finding]:
    size = bytes_of(letter.made.counted, letter.looked.longest)
    heaviest = sorted(((weight, name) for name, weight in letter.made.weights.items() if name), reverse=True)[:3]
    blocks = ", ".join(f"{name} ({-(-weight // 1000)} KB)" for weight, name in heaviest) or "—"
    words = {"size": -(-size // 1000), "limit": CLIPPED // 1000, "blocks": blocks}
    if size > CLIPPED:
        yield letter.finding(Severity.STOPS, because(TOO_BIG, code="too_big", **words))
    elif size > NEAR:
        yield letter.finding(Severity.WARNS, because(NEARLY, code="nearly_too_big", **words))


def bytes_of(made: Made, longest: Mapping[str, int]) -> int:
    """The HTML with every block shown and the longest value in every hole."""
    return _pattern(made.form.html, made, longest)


def _pattern(pattern: Pattern, made: Made, longest: Mapping[str, int]) -> int:
    return sum(_hole(part, made, longest) if isinstance(part, int) else len(part.encode()) for part in pattern)


def _hole(number: int, made: Made, longest: Mapping[str, int]) -> int:
    fill = made.fills[number]
    if isinstance(fill, Shown):
        return _pattern(fill.inside, made, longest)
    if not isinstance(fill, Hole):
        return MARK_BYTES
    return longest.get(fill.expression.field, USUAL) * _BYTES.get(fill.place, 2)
