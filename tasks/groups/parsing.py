"""A rule read from the one-line language; what cannot be read says where, and how to mend it. Pure.

rule      := chain ("or" chain)*              chain := part ("and" part)*
part      := "not" part | "(" rule ")" | condition
condition := everyone | city|outlet|zone|source is NAMES | has KIND | birthday in next|last N days | joined PERIOD
           | bought [[product] NAMES] FILTERS | MEASURE FILTERS SIGN NUMBER [days ago] FILTERS
           | recency|frequency|monetary [in last N days] SIGN 1–5 | in group KEY | today PERIOD
           | received|opened|clicked|ignored [mailing NAMES] in last N days | reachable [by KIND]
           | agreed to advertising [by KIND] [from DATE] | agreed to personal data [from DATE]
FILTERS   := [of [product] NAMES] [at NAMES] [PERIOD], in any order
PERIOD    := in last N days | from DATE [to DATE] | until DATE | before DATE
NAMES     := "Tea" | ("Tea", "Coffee")        KIND := email | phone | telegram
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from models.content import nearest
from models.customers import AddressKind, Purpose
from models.day import read_day
from models.group_rules import (
    DEPTH_MOST,
    TOO_DEEP,
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Counted,
    Everyone,
    Has,
    InGroup,
    Joined,
    Not,
    Period,
    Purchases,
    Reachable,
    Reacted,
    Rule,
    Scored,
    Today,
    Where,
    checked,
)
from models.locale import mark
from models.reason import Reason, because
from models.schedule import Unreadable
from tasks.groups.lexing import Piece, RuleError, pieces, wrong

EMPTY = mark('The rule is empty. Write a condition, for example: bought "Tea" in last 90 days.')
CONDITION = mark('A condition is expected here, for example: bought "Tea" in last 90 days. Found: {found}.')
EXPECTED = mark("Expected here: {expected}. Found: {found}.")
DID_YOU_MEAN = mark("“{word}” is not known here. Did you mean {nearest}?")
NOT_CLOSED = mark("The bracket that opens here is not closed. Put “)” where its part ends.")
BETWEEN = mark("{found} cannot follow here. Join conditions with “and” or “or”.")
TWICE = mark("This is said twice of the same purchases. Leave one of them.")
THE_END, A_NAME, A_NUMBER = mark("the end of the rule"), mark("a name in quotation marks"), mark("a number")
WHOLE, A_DATE, A_KEY = mark("a whole number"), mark("a date like 2026-11-25"), mark("the key of a group")
A_SIGN, A_PERIOD = mark("one of >=, <=, >, <, ="), mark("“in last 30 days”, “from”, “until” or “before”")
NOT_A_RULE = mark("This condition cannot be. Look at the examples of the language and write it anew.")
NOT_FIT = mark("This number does not fit here: {least}–{most}.")
BOUNDS = {"days": (0, 40_000), "score": (1, 5), "birthday": (0, 365)}
FIELDS, KINDS = ("city", "outlet", "zone", "source"), {"e-mail": "email", "mail": "email", "sms": "phone"}
SIGNS, SCORES = (">=", "<=", ">", "<", "="), ("recency", "frequency", "monetary")
MEASURES = {"receipts": "receipts", "sum": "sum", "average": "average", "quantity": "quantity", "last": "last",
            "first": "first"}  # fmt: skip
SECOND = {"average": "receipt", "last": "purchase", "first": "purchase"}
REACTIONS = ("received", "opened", "clicked", "ignored")
BEGINNINGS = ("everyone", *FIELDS, "has", "birthday", "joined", "bought", *MEASURES, *SCORES, *REACTIONS, "in",
              "agreed", "reachable", "today", "not")  # fmt: skip
T = TypeVar("T")


def parsed(text: str) -> Rule:
    """The tree that the text says. Raises RuleError with the line and the character."""
    reader = _Reader(text)
    rule = reader.rule(0)
    if reader.next.kind != "end":
        reader.fail(because(BETWEEN, code="between", found=reader.found()))
    with reader.placed(0):
        return checked(rule)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.pieces, self.place = text, pieces(text), 0

    @property
    def next(self) -> Piece:
        return self.pieces[self.place]

    def fail(self, what: Reason, at: int | None = None) -> NoReturn:
        raise wrong(self.text, self.next.at if at is None else at, what)

    def found(self) -> str:
        return str(because(THE_END)) if self.next.kind == "end" else f"“{self.next.text}”"

    def expected(self, what: str) -> NoReturn:
        self.fail(because(EXPECTED, code="expected", expected=because(what), found=self.found()))

    @contextmanager
    def placed(self, at: int) -> Iterator[None]:
        """What a value refuses is wrong where its condition begins."""
        try:
            yield
        except RuleError:
            raise
        except ValidationError as error:
            inner = error.errors()[0].get("ctx", {}).get("error")
            self.fail(inner.reason if isinstance(inner, Unreadable) else because(NOT_A_RULE, code="rule"), at)
        except Unreadable as error:
            self.fail(error.reason, at)

    def take(self, *words: str) -> str:
        """The next piece where it is one of these words or signs, else nothing."""
        if self.next.kind not in ("word", "sign") or self.next.text not in words:
            return ""
        self.place += 1
        return self.pieces[self.place - 1].text

    def need(self, *words: str) -> str:
        if taken := self.take(*words):
            return taken
        if near := self.near(words):
            self.fail(near)
        return self.expected(" / ".join(f"“{word}”" for word in words))

    def near(self, words: Collection[str]) -> Reason | None:
        close = nearest(self.next.text, words) if self.next.kind == "word" else []
        said = ", ".join(f"“{word}”" for word in close)
        return because(DID_YOU_MEAN, code="unknown", word=self.next.text, nearest=said) if close else None

    def rule(self, depth: int) -> Rule:
        return self._joined("or", AnyOf, lambda: self._joined("and", All, lambda: self.part(depth)))

    def _joined(self, word: str, tree: Callable[..., Rule], inner: Callable[[], Rule]) -> Rule:
        rules = [inner()]
        while self.take(word):
            rules.append(inner())
        return rules[0] if len(rules) == 1 else tree(rules=tuple(rules))

    def part(self, depth: int) -> Rule:
        if depth > DEPTH_MOST:
            self.fail(because(TOO_DEEP, code="deep", most=DEPTH_MOST))
        opens = self.next.at
        if self.take("not"):
            return Not(rule=self.part(depth + 1))
        if not self.take("("):
            return self.condition()
        rule = self.rule(depth + 1)
        if not self.take(")"):
            if self.next.kind == "end":
                self.fail(because(NOT_CLOSED, code="bracket"), opens)
            self.fail(because(BETWEEN, code="between", found=self.found()))
        return rule

    def condition(self) -> Rule:
        at, word = self.next.at, self.take(*BEGINNINGS)
        if not word:
            if len(self.pieces) == 1:
                self.fail(because(EMPTY, code="empty"))
            self.fail(self.near(BEGINNINGS) or because(CONDITION, code="condition", found=self.found()))
        with self.placed(at):
            return _READERS[word](self, word)

    def everyone(self, _: str) -> Rule:
        return Everyone()

    def where(self, field: str) -> Rule:
        self.need("is")
        return Where(field=field, values=self.names())

    def has(self, _: str) -> Rule:
        return Has(address=self.kind())

    def birthday(self, _: str) -> Rule:
        self.need("in")
        return Birthday(side=self.need("next", "last"), days=self.days("birthday"))

    def dated(self, word: str) -> Rule:
        period = self.period()
        if period is None:
            self.expected(A_PERIOD)
        return Joined(period=period) if word == "joined" else Today(period=period)

    def bought(self, _: str) -> Rule:
        goods = self.goods() if self.next.kind == "name" or self.next.text in ("(", "product") else {}
        return Bought(what=Purchases(**self.filters(goods)))

    def counted(self, measure: str) -> Rule:
        if measure in SECOND:
            self.need(SECOND[measure])
        filters = self.filters({})
        sign, value = self.sign(), self.number()
        if measure in ("last", "first"):
            self.need("days", "day")
            self.need("ago")
        return Counted(measure=measure, is_=sign, value=value, what=Purchases(**self.filters(filters)))

    def scored(self, measure: str) -> Rule:
        days = self.last_days() if self.take("in") else 365
        return Scored(measure=measure, days=days, is_=self.sign(), score=self.whole("score"))

    def reacted(self, did: str) -> Rule:
        mailings = self.names() if self.take("mailing") else ()
        self.need("in")
        return Reacted(did=did, mailings=mailings, days=self.last_days())

    def in_group(self, _: str) -> Rule:
        self.need("group")
        if self.next.kind not in ("word", "name", "key"):
            self.expected(A_KEY)
        self.place += 1
        return InGroup(group=self.pieces[self.place - 1].text)

    def agreed(self, _: str) -> Rule:
        self.need("to")
        purpose = Purpose(self.need("advertising", "personal"))
        if purpose is Purpose.PERSONAL:
            self.need("data")
        address = self.kind() if purpose is Purpose.ADVERTISING and self.take("by") else None
        return Agreed(purpose=purpose, address=address, since=self.date() if self.take("from") else None)

    def reachable(self, _: str) -> Rule:
        return Reachable(address=self.kind() if self.take("by") else None)

    def kind(self) -> AddressKind:
        return AddressKind(KINDS.get(word, word) if (word := self.take(*KINDS)) else self.need(*AddressKind))

    def filters(self, said: dict[str, Any]) -> dict[str, Any]:
        """What narrows purchases, in any order, each once."""
        while True:
            at, more = self.next.at, self._filter()
            if not more:
                return said
            if said.keys() & more.keys() or ("groups" in said and "products" in more):
                self.fail(because(TWICE, code="twice"), at)
            said = said | more

    def _filter(self) -> dict[str, Any]:
        if self.take("of"):
            return self.goods()
        if self.take("at"):
            return {"outlets": self.names()}
        period = self.period()
        return {"period": period} if period else {}

    def goods(self) -> dict[str, Any]:
        return {"products": self.names()} if self.take("product") else {"groups": self.names()}

    def period(self) -> Period | None:
        """A period where one begins here; None where something else does."""
        word = self.take("in", "from", "until", "before")
        if word == "in":
            return Period(days=self.last_days())
        if word == "from":
            return Period(starts_on=self.date(), ends_on=self.date() if self.take("to") else None)
        if not word:
            return None
        day = self.date()
        return Period(ends_on=day if word == "until" else day - timedelta(days=1))

    def last_days(self) -> int:
        self.need("last")
        return self.days("days")

    def days(self, what: str) -> int:
        number = self.whole(what)
        self.need("days", "day")
        return number

    def whole(self, what: str) -> int:
        if self.next.kind != "number" or not self.next.text.isdecimal():
            self.expected(WHOLE)
        number, (least, most) = int(self.next.text[:20]), BOUNDS[what]
        if not least <= number <= most:
            self.fail(because(NOT_FIT, code="number", least=least, most=most))
        self.place += 1
        return number

    def number(self) -> Decimal:
        if self.next.kind != "number":
            self.expected(A_NUMBER)
        self.place += 1
        return Decimal(self.pieces[self.place - 1].text.replace(",", "."))

    def date(self) -> Any:
        if self.next.kind != "date":
            self.expected(A_DATE)
        with self.placed(self.next.at):
            day = read_day(self.next.text)
        self.place += 1
        return day

    def sign(self) -> str:
        return self.take(*SIGNS) or self.expected(A_SIGN)

    def names(self) -> tuple[str, ...]:
        """One name, or several in brackets with commas between them."""
        if not self.take("("):
            return (self.name(),)
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        self.need(")", ",")
        return tuple(found)

    def name(self) -> str:
        if self.next.kind != "name":
            self.expected(A_NAME)
        self.place += 1
        return self.pieces[self.place - 1].text


_READERS: dict[str, Callable[[_Reader, str], Rule]] = {
    "everyone": _Reader.everyone, "has": _Reader.has, "birthday": _Reader.birthday, "joined": _Reader.dated,
    "today": _Reader.dated, "bought": _Reader.bought, "in": _Reader.in_group, "agreed": _Reader.agreed,
    "reachable": _Reader.reachable,
    **dict.fromkeys(FIELDS, _Reader.where), **dict.fromkeys(MEASURES, _Reader.counted),
    **dict.fromkeys(SCORES, _Reader.scored), **dict.fromkeys(REACTIONS, _Reader.reacted),
}  # fmt: skip
