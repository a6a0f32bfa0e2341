"""A first draft of a piece from its brief, by a template, with its facts checked (A5). Pure.

A company's own template is run in Jinja2's sandbox: it reads the brief and nothing else, and a name it does not know
is an error, never an empty place.
"""

import re
from dataclasses import dataclass

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from models.brief import Brief
from models.locale import mark
from models.post import Product
from models.reason import Reason, because
from tasks.adaptation.markdown import read
from tasks.writing.brief import headline, say_day
from tasks.writing.facts import check
from tasks.writing.mentions import not_named
from tasks.writing.prices import say_price
from tasks.writing.templates import TEMPLATES, WORDS

BAD_SYNTAX = mark("The template cannot be read (line {line}): {detail}.")
BAD_TEMPLATE = mark("The template cannot be filled: {detail}.")

DESCRIPTION_MAX = 160
_TITLE = re.compile(r"\A\s*#[ \t]+(?P<title>[^\n]*)\n?")
_SPARE = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_ITEM = re.compile(r"(?:•|\d+\.) ")
_SENTENCE = re.compile(r".*?[.!?…](?=\s|\Z)", re.DOTALL)


class BadTemplate(Exception):
    """The template is wrong; the reason says where."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


@dataclass(frozen=True)
class Draft:
    """A piece to begin from. `mismatches` are its facts that are not so by the products of the brief."""

    title: str
    description: str
    text: str
    mismatches: tuple[Reason, ...] = ()


def draft(brief: Brief, variant: int = 0, template: str = "") -> Draft:
    """Write a draft by the purpose's template (there are several: `variant`), or by the company's own.

    Raises BadTemplate.
    """
    known = TEMPLATES[brief.language][brief.purpose]
    return composed(filled(template or known[variant % len(known)], brief), brief)


def composed(markdown: str, brief: Brief) -> Draft:
    """A draft from markdown, whoever wrote it: a template, or a writer that was given the brief."""
    found = _TITLE.match(markdown)
    title = found["title"].strip() if found else headline(brief)
    text = _SPARE.sub("\n\n", markdown[found.end() :] if found else markdown).strip()
    marked = read(text).marked
    wrong = (*check(marked, brief.products), *not_named(f"{title}\n{marked.text}", brief.products))
    return Draft(title, described(marked.text), text, wrong)


def filled(template: str, brief: Brief) -> str:
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    language = brief.language
    environment.filters.update(
        price=lambda product: say_price(product.price, product.currency, language),
        line=lambda product: line(product, language),
        day=lambda day: say_day(day, language),
        sentence=sentence,
        plain=plain,
    )
    try:
        return environment.from_string(template).render(**words_for(brief))
    except TemplateSyntaxError as wrong:
        raise BadTemplate(because(BAD_SYNTAX, code="template", line=wrong.lineno, detail=wrong.message)) from wrong
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as wrong:
        raise BadTemplate(because(BAD_TEMPLATE, code="template", detail=str(wrong))) from wrong


def words_for(brief: Brief) -> dict[str, object]:
    own = {name: getattr(brief, name) for name in type(brief).model_fields}
    return {**own, **WORDS[brief.language], "title": headline(brief)}


def line(product: Product, language: str) -> str:
    """A product as an item of a list, with its price."""
    name, price = plain(product.name), say_price(product.price, product.currency, language)
    absent = "" if product.available else f" ({WORDS[language]['sold_out']})"
    return f"- **{f'[{name}]({product.url})' if product.url else name}** — {price}{absent}"


def sentence(said: str) -> str:
    """With a full stop, where it has no mark of its own."""
    plain_end = said.strip()
    return f"{plain_end}." if plain_end and plain_end[-1] not in ".!?…:;" else plain_end


def plain(said: str) -> str:
    """Letters that markdown would read as markup, marked as letters."""
    return _MARKDOWN.sub(r"\\\1", said)


def described(text: str) -> str:
    """The first sentences of the first paragraph that is no list, as many as a description takes."""
    prose = next((part for part in text.split("\n\n") if not _ITEM.match(part)), "")
    said = ""
    for found in _SENTENCE.finditer(" ".join(prose.split())):
        if len(said) + len(found[0]) > DESCRIPTION_MAX:
            break
        said += found[0]
    return said.strip()
