"""Personal places: `{{ name | default("friends") }}`, read with Jinja's grammar and run by our own few rules. Pure.

A field and filters with constants, and nothing else: so no expression can reach anything but the values it is given.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from models.content import nearest
from models.locale import mark
from models.reason import Reason, because
from tasks.composing import wording
from tasks.composing.held import MISSING, SENSELESS, TOO_LONG, HeldBack, held
from tasks.composing.wording import Argument

BAD_SYNTAX = mark('“{said}” cannot be read: {detail}. Write it as {{{{ name | default("…") }}}}.')
TOO_MUCH = mark(
    '“{said}” does more than a letter may. Only a field and filters are taken: {{{{ name | default("…") }}}}; for '
    "parts that only some see, show a block to them."
)
NO_FILTER = mark("“{said}”: there is no filter “{filter}”. There are: {known}.")
BAD_ARGUMENTS = mark("“{said}”: “{filter}” does not take this. Write it as {example}.")
NO_FIELD = mark("“{said}”: customers have no field “{field}”. Nearest: {nearest}.")
RESERVED = mark("“{said}”: “{field}” is the letter's own and cannot be written. Take it out.")

MARK = "mark"  # the recipient's mark, under which everything of their letter is counted
VALUE_MAX = 500
SMALL = 10**15
EXPRESSION_MAX = 500
EXAMPLES = {
    "default": 'default("друзья")', "upper": "upper", "lower": "lower", "title": "title", "capitalize": "capitalize",
    "trim": "trim", "first": "first", "date": 'date("d MMMM")', "money": 'money("RUB")',
    "plural": 'plural("балл", "балла", "баллов")',
}  # fmt: skip
_PLAIN = {"upper": str.upper, "lower": str.lower, "title": wording.titled, "capitalize": str.capitalize,
          "trim": str.strip, "first": wording.first}  # fmt: skip
_TURNED = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_DROPPED = {ord(sign): None for sign in _TURNED} | dict.fromkeys((*range(32), *range(127, 160)), " ")
_DROPPED |= {0x2028: " ", 0x2029: " "}
_SYNTAX = Environment(autoescape=True)  # it only parses; nothing is ever rendered by it
_SPACES = re.compile(" {2,}")

Turn = Callable[[Any], Any]


class BadExpression(Exception):
    """An expression that cannot be taken; the reason says which and how to write it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True)
class Applied:
    """A filter as it was written, with its constants."""

    name: str
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True)
class Expression:
    """A field of a customer and what is done with it. `language` and `currency` are the letter's."""

    source: str
    path: tuple[str, ...]
    filters: tuple[Applied, ...] = ()
    language: str = "ru"
    currency: str = "RUB"

    @property
    def field(self) -> str:
        return ".".join(self.path)

    @property
    def falls_back(self) -> bool:
        return any(one.name == "default" for one in self.filters)


def expression(source: str, language: str = "ru", currency: str = "RUB") -> Expression:
    """Read what stands between {{ and }}. Raises BadExpression."""
    said = source.strip()
    if len(said) > EXPRESSION_MAX:
        raise BadExpression(because(TOO_MUCH, code="too_much", said=said[:60]))
    try:
        parsed = _SYNTAX.parse("{{" + source + "}}")
    except TemplateSyntaxError as wrong:
        raise BadExpression(because(BAD_SYNTAX, code="syntax", said=said, detail=wrong.message or "")) from wrong
    except RecursionError as wrong:
        raise BadExpression(because(TOO_MUCH, code="too_much", said=said[:60])) from wrong
    node = _only(parsed, said)
    filters: list[Applied] = []
    while isinstance(node, nodes.Filter):
        filters.append(_applied(node, said, language))
        node = node.node
    return Expression(said, _path(node, said), tuple(reversed(filters)), language, currency)


def _only(parsed: nodes.Template, said: str) -> nodes.Node | None:
    body = parsed.body
    if len(body) == 1 and isinstance(body[0], nodes.Output) and len(body[0].nodes) == 1:
        return body[0].nodes[0]
    raise BadExpression(because(TOO_MUCH, code="too_much", said=said))


def _path(node: nodes.Node | None, said: str) -> tuple[str, ...]:
    steps: list[str] = []
    while isinstance(node, nodes.Getattr):
        steps.append(node.attr)
        node = node.node
    if not isinstance(node, nodes.Name) or len(steps) > 3:
        raise BadExpression(because(TOO_MUCH, code="too_much", said=said))
    path = (node.name, *reversed(steps))
    if path[0] in (MARK, "groups") or any(step.startswith("_") for step in path):
        raise BadExpression(because(RESERVED, code="reserved", said=said, field=".".join(path)))
    return path


def _applied(node: nodes.Filter, said: str, language: str) -> Applied:
    if node.name not in EXAMPLES:
        near = nearest(node.name, EXAMPLES) or list(EXAMPLES)
        raise BadExpression(because(NO_FILTER, code="filter", said=said, filter=node.name, known=", ".join(near)))
    constant = all(isinstance(argument, nodes.Const) for argument in node.args)
    arguments = tuple(argument.value for argument in node.args if isinstance(argument, nodes.Const))
    if not constant or node.kwargs or node.dyn_args or node.dyn_kwargs or not _fit(node.name, arguments, language):
        example = EXAMPLES[node.name]
        raise BadExpression(because(BAD_ARGUMENTS, code="arguments", said=said, filter=node.name, example=example))
    return Applied(node.name, arguments)


def _fit(name: str, arguments: tuple[Any, ...], language: str) -> bool:
    texts = all(isinstance(argument, str) for argument in arguments)
    match name:
        case "default":
            return len(arguments) in (1, 2) and isinstance(arguments[0], str | int) and str(arguments[0]).strip() != ""
        case "date":
            return not arguments or (texts and len(arguments) == 1 and wording.is_pattern(arguments[0]))
        case "money":
            return not arguments or (texts and len(arguments) == 1 and len(arguments[0]) == 3)
        case "plural":
            return texts and len(arguments) == wording.FORMS[language]
    return not arguments


def check_field(asked: Expression, fields: Collection[str] | None) -> None:
    """Refuse a field that no customer has. `fields` are paths; one that ends in “.” takes whatever is under it."""
    if fields is None or asked.field in fields or any(f.endswith(".") and asked.field.startswith(f) for f in fields):
        return
    near = ", ".join(nearest(asked.field, fields) or sorted(fields)[:5])
    raise BadExpression(because(NO_FIELD, code="field", said=asked.source, field=asked.field, nearest=near))


def looked_up(person: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What stands at the path; None where nothing does. Only mappings are looked into."""
    value: Any = person
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return None if isinstance(value, str) and not value.strip() else value


def turn(one: Applied, asked: Expression) -> Turn:
    """The filter as a function of one value."""
    arguments, language = one.arguments, asked.language
    if one.name == "date":
        pattern = str(arguments[0]) if arguments else ""
        return lambda value: wording.day(value, language, pattern)
    if one.name == "money":
        currency = str(arguments[0]) if arguments else asked.currency
        return lambda value: wording.money(value, language, currency)
    if one.name == "plural":
        forms = [str(form) for form in arguments]
        return lambda value: wording.plural(value, language, forms)
    if one.name == "first":
        return wording.first
    plain = _PLAIN.get(one.name, str)
    return lambda value: plain(written(value, language))


def said(asked: Expression, person: Mapping[str, Any], where: str = "") -> str:
    """What the expression says of this person. Raises HeldBack, in which nothing of theirs stands."""
    return sayer(asked, where)(person)


def sayer(asked: Expression, where: str = "") -> Callable[[Mapping[str, Any]], str]:
    """The expression made ready once for many people: a plain text or whole number that is there is one look-up."""
    path, turned = asked.path, tuple((one, turn(one, asked)) for one in asked.filters)
    first, last, nested = path[0], path[-1], len(path) == 2
    plain = len(path) <= 2 and all(one.name == "default" for one in asked.filters)

    def long_way(person: Mapping[str, Any]) -> str:
        value = looked_up(person, path)
        if isinstance(value, str) and len(value) > VALUE_MAX:
            raise held(TOO_LONG, "too_long", where, asked.field, limit=VALUE_MAX)
        for one, change in turned:
            value = _changed(value, change, one, asked, where)
        if value is None:
            raise held(MISSING, "missing", where, asked.field)
        return _bounded(value, asked, where)

    def short_way(person: Mapping[str, Any]) -> str:
        value: Any = person.get(first)
        if nested:
            value = value.get(last) if value.__class__ is dict else None
        if value.__class__ is str and len(value) <= VALUE_MAX and value.isprintable() and not value.isspace() and value:
            return str(value)
        return str(value) if value.__class__ is int and -SMALL < value < SMALL else long_way(person)

    return short_way if plain else long_way


def _changed(value: Any, change: Turn, one: Applied, asked: Expression, where: str) -> Any:
    if one.name == "default":
        return one.arguments[0] if value is None or value == "" else value
    if value is None:
        return None
    try:
        return change(value)
    except HeldBack:
        raise
    except Exception as wrong:  # whatever stands in one record concerns that one letter
        raise held(SENSELESS, "senseless", where, asked.field, filter=one.name) from wrong


def _bounded(value: Any, asked: Expression, where: str) -> str:
    try:
        text = written(value, asked.language)
    except (ValueError, ArithmeticError) as wrong:
        raise held(SENSELESS, "senseless", where, asked.field, filter="text") from wrong
    text = clean(text)
    if not text:
        raise held(MISSING, "missing", where, asked.field)
    if len(text) > VALUE_MAX:
        raise held(TOO_LONG, "too_long", where, asked.field, limit=VALUE_MAX)
    return text


def written(value: Any, language: str) -> str:
    """A value without a filter, as a person writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | date):
        raise ValueError("neither text nor number nor day")
    if isinstance(value, date):
        return wording.day(value, language)
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise ValueError("no number")
    text = f"{value:.10g}" if isinstance(value, float) else f"{value:f}"
    return text.replace(".", ",") if language == "ru" else text


def clean(text: str) -> str:
    """On one line, without signs that break a header or turn the text around."""
    if text.isprintable():
        return text
    return _SPACES.sub(" ", text.translate(_DROPPED)).encode(errors="replace").decode().strip()
