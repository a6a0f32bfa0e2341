"""How an offer's codes look: their signs, what of a code is drawn, what stands, where the check signs are. Pure.

Nobody confuses the signs of a code on paper: there is no I, O, 0 or 1, and no U, which leaves 31, a prime number, so
that one check sign is enough (`check`). Codes of digits have all ten, no letter being there to take them for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from integrations.errors import Refused
from models.locale import mark
from models.offers import CodeKind, CodeRules, Limits
from models.reason import because
from tasks.codes.check import MOD_31_3, MOD_97_10, System
from tasks.codes.folding import SHORTEST, fold, is_separator

LETTERS_AND_DIGITS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
DIGITS = "0123456789"
SIGNS = {"letters_and_digits": LETTERS_AND_DIGITS, "digits": DIGITS}
SYSTEMS = {LETTERS_AND_DIGITS: MOD_31_3, DIGITS: MOD_97_10}
DRAWN = "#"
FEWEST_DRAWN, MOST_SIGNS = 4, 60
ODDS = 10**6  # for one live code there are so many that are none
# What a person may take for a sign that stands in a code as it is.
SAME_ON_PAPER = str.maketrans("01", "OI")

NOTHING_DRAWN = mark("The pattern “{pattern}” has too few signs that are drawn. Put at least {fewest} times # into it.")
STRANGE_PART = mark(
    "“{part}” cannot stand in a code: “{sign}” is no Latin or Russian letter, digit, space or hyphen. Take it out."
)
TOO_LONG = mark("The codes would have {length} signs, the most is {most}. Choose fewer.")
NO_WORD = mark("“{word}” cannot be a code: it needs at least {fewest} letters or digits. Choose another word.")
TOO_GUESSABLE = mark(
    "The codes are too short: one guess of {guesses} would hit one of {live}. At most one of {odds} may. "
    "Draw at least {length} signs instead of {drawn}, or issue fewer codes."
)


@dataclass(frozen=True)
class Shape:
    """Codes as they are shown: # is a drawn sign, the last `checks` of them check signs, the rest stands."""

    written: str
    signs: str
    checks: int

    @cached_property
    def layout(self) -> str:
        """The same without what only separates: as codes are kept."""
        return "".join(sign if sign == DRAWN else fold(sign) for sign in self.written)

    @property
    def system(self) -> System:
        return SYSTEMS[self.signs]

    @property
    def drawn(self) -> int:
        return self.layout.count(DRAWN) - self.checks

    @property
    def space(self) -> int:
        """How many codes of this shape there are."""
        return int(len(self.signs) ** self.drawn)

    def values(self, code: str) -> list[int]:
        """What the check is over: every sign of the alphabet, drawn or standing."""
        return [self.signs.index(sign) for sign in code if sign in self.signs]

    def matched(self, code: str) -> str:
        """The code as it is kept, where it looks like one of these; "" where it does not.

        What stands may be mistaken for what looks the same: a prefix LETO is taken from LET0 too.
        """
        if len(code) != len(self.layout):
            return ""
        kept = [self._sign(stands, sign) for stands, sign in zip(self.layout, code, strict=True)]
        return "".join(kept) if all(kept) else ""

    def _sign(self, stands: str, sign: str) -> str:
        if stands == DRAWN:
            return sign if sign in self.signs else ""
        return stands if stands.translate(SAME_ON_PAPER) == sign.translate(SAME_ON_PAPER) else ""

    def is_right(self, code: str) -> bool:
        """Whether the check signs of a code of this shape are what they must be."""
        return not self.checks or self.system.holds(self.values(code))

    def shown(self, code: str) -> str:
        """The code as people see it, with what separates its parts."""
        drawn = (sign for sign, stands in zip(code, self.layout, strict=True) if stands == DRAWN)
        return "".join(next(drawn) if sign == DRAWN else sign for sign in self.written)


def shape_of(rules: CodeRules) -> Shape:
    """The shape that an offer's rules ask for. Raises Refused where there can be no such codes."""
    signs = SIGNS[rules.charset]
    checks = SYSTEMS[signs].checks if rules.check_sign else 0
    _check_parts(rules.pattern.replace(DRAWN, "") or rules.prefix)
    shape = Shape(_written(rules, checks), signs, checks)
    if shape.drawn < FEWEST_DRAWN:
        raise Refused(because(NOTHING_DRAWN, code="nothing_drawn", pattern=rules.pattern, fewest=FEWEST_DRAWN))
    if len(shape.layout) > MOST_SIGNS:
        raise Refused(because(TOO_LONG, code="too_long", length=len(shape.layout), most=MOST_SIGNS))
    return shape


def _written(rules: CodeRules, checks: int) -> str:
    if rules.pattern:
        return rules.pattern.strip().upper() + DRAWN * checks
    signs, each, prefix = rules.length + checks, rules.groups_of, rules.prefix.strip().upper()
    if not each:
        return prefix + DRAWN * signs
    if prefix and not is_separator(prefix[-1]):
        prefix += "-"
    return prefix + "-".join(DRAWN * min(each, signs - at) for at in range(0, signs, each))


def _check_parts(part: str) -> None:
    for sign in part.strip().upper():
        if not is_separator(sign) and len(fold(sign)) != 1:
            raise Refused(because(STRANGE_PART, code="strange_part", part=part, sign=sign))


def word_of(rules: CodeRules) -> str:
    """The generic code as it is kept. Raises Refused."""
    code = fold(rules.word)
    if len(code) < SHORTEST:
        raise Refused(because(NO_WORD, code="no_word", word=rules.word, fewest=SHORTEST))
    return code


def shown_as(shape: Shape, code: str) -> str:
    """A code as people read it; one of another shape as it is kept."""
    return shape.shown(code) if shape.matched(code) == code else code


def uses_of(rules: CodeRules, limits: Limits) -> int:
    """How often one code may be redeemed; 0 is no limit. A generic one is everybody's: the offer's own limits hold."""
    return 0 if rules.kind is CodeKind.GENERIC else limits.per_code


def check_space(shape: Shape, live: int) -> None:
    """Refuse codes that could be guessed, `live` of them being good at once. Raises Refused, saying what would do."""
    if live * ODDS <= shape.space:
        return
    length = shape.drawn
    while live * ODDS > len(shape.signs) ** length:
        length += 1
    guesses = max(1, shape.space // max(1, live))
    raise Refused(because(TOO_GUESSABLE, code="too_guessable", guesses=guesses, live=live, odds=ODDS, length=length,
                          drawn=shape.drawn))  # fmt: skip


@dataclass(frozen=True)
class Forms:
    """All that a code of the house may look like: shapes, and the lengths of codes that no shape tells about.

    `words` are those for everybody: few, and known to everybody.
    """

    shapes: tuple[Shape, ...] = ()
    free: Collection[int] = frozenset()
    words: Collection[str] = frozenset()
