"""Personal places marked by words that every renderer leaves as they are, so that they are found again after it. Pure.

`zq` + the mailing's own letters + a kind + a number + `q`: no letter holds such a word, no renderer knows it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape

from models.content import Effect, Place, Problem
from models.locale import mark
from models.reason import Reason, because
from tasks.composing.expressions import BadExpression, Expression, check_field, expression

UNCLOSED = mark("“{said}” is not closed. A personal place begins with {{{{ and ends with }}}} on the same line.")
STATEMENT = mark(
    "“{said}”: loops and conditions are not taken in a letter. Show a block to a group, or write a fallback."
)

EXPRESSION = re.compile(r"\{\{((?:\"[^\"\n]*+\"|'[^'\n]*+'|&quot;(?:(?!&quot;)[^\n]){0,300}&quot;|[^\"'{}\n])*+)\}\}")
BROKEN = re.compile(r"\{\{[^\n]{0,40}|\{%[^\n]{0,40}")
VALUE, IN_ADDRESS, WHOLE_ADDRESS, MARK, START, END = "v", "u", "w", "m", "s", "e"
_LETTERS = "abcdefghijklmnop"  # a digest's sixteen digits as letters


@dataclass
class Marks:
    """The marks of one letter: what stands for which expression, and what was wrong with those that were written."""

    variant: str
    seed: str
    language: str = "ru"
    currency: str = "RUB"
    fields: Collection[str] | None = None
    own: Mapping[str, str] = field(default_factory=dict)
    expressions: list[Expression] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        digest = sha256(self.seed.encode(errors="replace")).hexdigest()[:6]
        self.letters = "zq" + "".join(_LETTERS[int(digit, 16)] for digit in digest)
        self.pattern = re.compile(rf"{self.letters}([vuwmse])(\d+)q")

    def token(self, kind: str, number: int = 0) -> str:
        return f"{self.letters}{kind}{number}q"

    @property
    def recipient(self) -> str:
        return self.token(MARK)

    def taken(self, text: str, where: str) -> str:
        """The text with a mark for each expression. What cannot be read becomes a problem, and nothing in its place."""
        if "{{" not in text and "{%" not in text:
            return text
        marked = EXPRESSION.sub(lambda found: self._mark(found, where), text)
        for broken in BROKEN.finditer(marked):
            reason = STATEMENT if broken[0].startswith("{%") else UNCLOSED
            self.refuse(because(reason, code="syntax", said=broken[0]), where, line_of(marked, broken.start()))
        return marked

    def _mark(self, found: re.Match[str], where: str) -> str:
        source = unescape(found[1])
        if source.strip() in self.own:
            return self.own[source.strip()]
        try:
            asked = expression(source, self.language, self.currency)
            check_field(asked, self.fields)
        except BadExpression as wrong:
            self.refuse(wrong.reason, where, line_of(found.string, found.start()))
            return ""
        return self.token(VALUE, self._number(asked))

    def _number(self, asked: Expression) -> int:
        if asked not in self.expressions:
            self.expressions.append(asked)
        return self.expressions.index(asked)

    def refuse(self, reason: Reason, where: str = "", line: int = 0, effect: Effect = Effect.STOPS) -> None:
        place = Place(file=self.variant, line=line, field=where)
        self.problems.append(Problem(place=place, reason=reason, effect=effect))

    def shown(self, text: str, instead: str = "…") -> str:
        """The text as a person reads it of a letter that is nobody's yet."""
        return self.pattern.sub(instead, text)

    def unmarked(self, text: str) -> str:
        """The text as its author wrote it."""
        return self.pattern.sub(
            lambda found: "{{ " + self.expressions[int(found[2])].source + " }}" if found[1] in "vuw" else "", text
        )


def line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def stops(problems: Iterable[Problem]) -> bool:
    return any(problem.effect is Effect.STOPS for problem in problems)
