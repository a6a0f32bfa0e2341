"""How much of an offer's limits is taken, as bars. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from babel.numbers import format_decimal, format_percent, get_currency_precision

from models.desk.offers import LimitBar
from models.figures import moment
from models.locale import language, mark, translate
from models.offers import Invitation, OfferTerms
from models.redemptions import Limit, OfferCounter
from models.written import minor_units
from tasks.offering.rows import Figures
from tasks.offers.wording import Words, money

USES, MONEY, UNITS = mark("Uses"), mark("Given off"), mark("Units of goods")
OUTLET, SEAT = mark("Uses: {name}"), mark("Seats: {name}")
LEFT, NO_LIMIT, FULL, HELD = (
    mark("{number} left"),
    mark("without a limit"),
    mark("nothing left"),
    mark("{number} held now"),
)
NEARLY = 90


def bar(
    title: str, fact: float, most: float | None, held: float = 0, words: tuple[str, str, str] = ("", "", "")
) -> LimitBar:
    """`words` are the fact, the limit and what is left as they are said."""
    said, target, left = words
    note = translate(HELD, number=_number(held)) if held else ""
    if most is None:
        return LimitBar(title=title, standing=translate(NO_LIMIT), fact=said, note=note)
    share = 100 * (fact + held) / most if most else 100
    tone = "bad" if share >= 100 else "warn" if share >= NEARLY else "good"
    standing = translate(FULL) if share >= 100 else translate(LEFT, number=left)
    percent = str(format_percent(fact / most if most else 1, locale=language()))
    return LimitBar(title=title, standing=standing, fact=said, target=target, percent=percent, note=note, tone=tone,
                    share=min(share, 100))  # fmt: skip


def counted(title: str, fact: int, most: int | None, held: int = 0) -> LimitBar:
    words = (_number(fact), _number(most or 0), _number(max((most or 0) - fact - held, 0)))
    return bar(title, fact, most, held, words)


def uses_bar(terms: OfferTerms, figures: Figures) -> LimitBar | None:
    """None where uses have no limit: then their number says enough."""
    if not terms.limits.total:
        return None
    return counted(translate(USES), figures.used, terms.limits.total, figures.held)


def money_bar(terms: OfferTerms, figures: Figures, currency: str) -> LimitBar | None:
    if not terms.limits.budget:
        return None
    most, coin = minor_units(terms.limits.budget, currency), -get_currency_precision(currency)
    given, left = (Decimal(one).scaleb(coin) for one in (figures.amount, max(most - figures.amount, 0)))
    words = (money(given, currency), money(terms.limits.budget, currency), money(left, currency))
    return bar(translate(MONEY), figures.amount, most, 0, words)


def bars_of(
    terms: OfferTerms, figures: Figures, counters: Iterable[OfferCounter], words: Words
) -> tuple[LimitBar, ...]:
    """Every limit there is, and what outlets and seats have taken."""
    limits, found = terms.limits, [uses_bar(terms, figures), money_bar(terms, figures, words.currency)]
    taken: dict[str, OfferCounter] = {}
    for one in counters:
        if one.kind == Limit.UNITS and limits.units:
            found.append(counted(translate(UNITS), one.used, limits.units, one.held))
        elif one.kind == Limit.OUTLET:
            name = words.outlets.get(one.scope, one.scope)
            found.append(counted(translate(OUTLET, name=name), one.used, limits.per_outlet or None, one.held))
        elif one.kind == Limit.SEATS:
            taken[one.scope] = one
    return (*(one for one in found if one), *_seats(terms, taken, words))


def _seats(terms: OfferTerms, taken: Mapping[str, OfferCounter], words: Words) -> Iterator[LimitBar]:
    """All sittings in the order of the offer, those that nobody has answered yet too."""
    for one in terms.gives.sittings if isinstance(terms.gives, Invitation) else ():
        name = f"{words.outlets.get(one.outlet, one.outlet)}, {moment(one.at)}"
        counter = taken.get(f"{one.outlet} {one.at.isoformat()}")
        used, held = (counter.used, counter.held) if counter else (0, 0)
        yield counted(translate(SEAT, name=name), used, one.seats, held)


def _number(number: float) -> str:
    return str(format_decimal(number, locale=language()))
