"""Numbers, money, days and moments in the words of the reader's language; what is not known is said, never 0. Pure."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent, get_currency_precision

from models.figures import SIGNS
from models.locale import language, mark, translate
from tasks.reports.measures import Shape
from tasks.reports.period import Period
from tasks.reports.values import Number

NO_DATA = mark("no data")
WEEK = mark("Week {number}")
MINUTES = mark("{number} min")
MINUS, HYPHEN = "−", "-"


def say(value: Number | None, shape: Shape, currency: str = "") -> str:
    """The value as it is read: 12 500 · 97 % · 1 234,50 ₽ · 12 min · no data."""
    if value is None:
        return translate(NO_DATA)
    if shape == "money":
        return say_money(round(value), currency)
    if shape == "share":
        return say_share(value)
    if shape == "seconds":
        return translate(MINUTES, number=format_decimal(round(value / 60), locale=language()))
    return format_decimal(round(value), locale=language()).replace(HYPHEN, MINUS)


def say_share(share: float) -> str:
    """A share in per cent; one digit after the point only where it is small."""
    pattern = "#,##0.#\u00a0%" if language() == "ru" else "#,##0.#%"
    rounded = share if abs(share) < 0.1 else round(share, 2)
    return format_percent(rounded, format=pattern, locale=language()).replace(HYPHEN, MINUS)


def say_money(minor: int, currency: str) -> str:
    """Money without kopecks where there are none, and from a thousand on."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    whole = amount == amount.to_integral_value() or abs(amount) >= 1000
    number = format_decimal(abs(amount), "#,##0" if whole else "#,##0." + "0" * digits, locale=language())
    sign = SIGNS.get(currency, currency)
    before = language() == "en" and sign != currency
    said = f"{sign}{number}" if before else f"{number}\u00a0{sign}"
    return f"{MINUS}{said}" if amount < 0 else said


def say_change(change: float) -> str:
    """+12 % or −3 %; a change beyond a thousand per cent is said by how many times."""
    if change > 10:
        return f"×\u202f{format_decimal(round(change + 1), locale=language())}"
    rounded = round(change, 2)
    return f"+{say_share(rounded)}" if rounded > 0 else say_share(rounded)


def say_day(day: date, year: bool = False) -> str:
    return format_date(day, "d MMMM y" if year else "d MMMM", locale=language())


def say_short_day(day: date) -> str:
    return format_date(day, "EE d", locale=language())


def say_moment(moment: datetime, zone: str) -> str:
    """Day and time in the company's zone."""
    return format_datetime(moment.astimezone(ZoneInfo(zone)), "d MMMM, HH:mm", locale=language())


def say_stretch(first: date, last: date) -> str:
    """Days without their year: 16 ноября · 16–21 ноября · 30 ноября – 2 декабря."""
    if first == last:
        return say_day(last)
    return f"{first.day}–{say_day(last)}" if first.month == last.month else f"{say_day(first)} – {say_day(last)}"


def say_span(first: date, last: date) -> str:
    """16–22 ноября 2026 · 30 ноября – 6 декабря 2026."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{say_day(last, year=True)}"
    return f"{say_day(first, first.year != last.year)} – {say_day(last, year=True)}"


def say_period(period: Period) -> str:
    """Неделя 47 · Ноябрь 2026."""
    if period.kind == "week":
        return translate(WEEK, number=period.first.isocalendar().week)
    name = format_date(period.first, "LLLL y", locale=language())
    return name[:1].upper() + name[1:]
