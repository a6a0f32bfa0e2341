"""What a brief lacks before anything can be written from it. Pure."""

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date

from models.brand import Note, note, problem
from models.brief import Brief
from models.locale import mark
from models.reason import because

NO_OFFER = mark("The brief of an offer names neither an offer nor a product. Add what is offered.")
NO_DEADLINE = mark("The brief says not until when the offer is valid. Readers will ask.")
OVER = mark("The deadline, {day}, has passed. Give a new one.")
NO_PLACE = mark("The brief of an event says not where it is.")
NO_START = mark("The brief of an event says not when it begins.")
NO_STEPS = mark("The brief of a recipe has no steps.")
NO_FACTS = mark("The brief has no facts: there is nothing to tell.")
NO_CALL = mark("The brief says not what the reader should do.")
NO_TITLE = mark("The brief has no title, and nothing to make one of.")
SOLD_OUT = mark("“{name}” is not available in the feed.")


def gaps(brief: Brief, today: date) -> tuple[Note, ...]:
    """What has to be added (problems) and what had better be (notes)."""
    return (*lacking(brief), *in_time(brief, today), *in_stock(brief))


def lacking(brief: Brief) -> Iterator[Note]:
    needed = {
        NO_OFFER: brief.purpose == "offer" and not (brief.offer or brief.products),
        NO_PLACE: brief.purpose == "event" and not brief.place,
        NO_START: brief.purpose == "event" and not brief.starts,
        NO_STEPS: brief.purpose == "recipe" and not brief.steps,
        NO_FACTS: brief.purpose in ("news", "story") and not brief.facts,
        NO_TITLE: not headline(brief),
    }
    yield from (problem(because(text, code="gap")) for text, is_lacking in needed.items() if is_lacking)
    if brief.purpose == "offer" and not brief.deadline:
        yield note(because(NO_DEADLINE, code="gap"))
    if not brief.call_to_action:
        yield note(because(NO_CALL, code="gap"))


def in_time(brief: Brief, today: date) -> Iterator[Note]:
    if brief.deadline and brief.deadline < today:
        yield problem(because(OVER, code="over", day=brief.deadline.isoformat()))


def in_stock(brief: Brief) -> Iterator[Note]:
    return (note(because(SOLD_OUT, code="sold_out", name=one.name)) for one in brief.products if not one.available)


def headline(brief: Brief) -> str:
    """The title, or what can stand for one."""
    first = (*(product.name for product in brief.products[:1]), *brief.facts[:1])
    return (brief.title or brief.offer or next(iter(first), "")).rstrip(".")


def say_day(day: date, language: str) -> str:
    return format_date(day, "d MMMM" if language == "ru" else "MMMM d", locale=language)
