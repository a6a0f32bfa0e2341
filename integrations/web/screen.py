"""Pages made of templates, in the reader's language and the company's hours."""

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from integrations.web import flash, markup
from integrations.web.access import DOOR, csrf_of, door_sign, keep, reader_language
from integrations.web.measures import counters
from integrations.web.passkeys import place_of
from integrations.web.premises import premises
from models.delivery import FOR_A_PERSON, OUT, State
from models.desk import ORDER_PERMISSIONS, STATE_TITLES, VERB_TITLES, Face
from models.locale import language, spoken, translate, translate_plural
from models.people import ROLE_TITLES, Permission, Role
from models.reason import Reason

CODE_BEFORE = re.compile(r"^([A-Z]{3})(?=\d)")
DOOR_SECONDS = 12 * 3600
STATIC = files("integrations.web") / "static"


def show(request: Request, template: str, status: int = 200, **words: Any) -> HTMLResponse:
    """A page of staff, in the language of whoever reads it."""
    face = premises(request).verbs.face()
    response = _rendered(request, template, status, reader_language(request, face), face, words)
    if flash.COOKIE in request.cookies:
        response.delete_cookie(flash.COOKIE, path="/")
    return response


def show_public(request: Request, template: str, status: int = 200, **words: Any) -> HTMLResponse:
    """A page of the site, in the language the site is written in."""
    face = premises(request).verbs.face()
    return _rendered(request, template, status, face.locale, face, words)


def show_door(request: Request, template: str, status: int = 200, **words: Any) -> HTMLResponse:
    """A page with a form for somebody who is not signed in: its form is tied to this browser."""
    here, door = premises(request), request.cookies.get(DOOR, "")
    fresh = "" if door else here.chance()
    response = show(request, template, status, csrf=door_sign(here, door or fresh), **words)
    if fresh:
        keep(request, response, DOOR, fresh, DOOR_SECONDS)
    return response


def _rendered(
    request: Request, template: str, status: int, spoken_in: str, face: Face, words: dict[str, Any]
) -> HTMLResponse:
    here = premises(request)
    with spoken(spoken_in):
        given = {
            "face": face, "visitor": getattr(request.state, "visitor", None), "csrf": csrf_of(request),
            "language": language(), "path": request.url.path, "address": address_of(request),
            "told": flash.told(request), "settings": here.settings,
            "place": place_of(here.settings.staff_url, face.name), "once": here.chance,
            "stops_band": here.verbs.stops_band,
            **_sayings(face),
        }  # fmt: skip
        return HTMLResponse(_templates().get_template(template).render(given | words), status)


def address_of(request: Request) -> str:
    """Where this page stands, with its filters; what was answered to a form stands nowhere."""
    query = f"?{request.url.query}" if request.url.query else ""
    return "" if request.method == "POST" else request.url.path + query


def after(request: Request, path: str, *reasons: Reason) -> Response:
    """Go on to a page after an order, and say there what became of it.

    A script is told where: were it redirected, it would take for itself what is said there once.
    """
    response = RedirectResponse(path, 201 if "x-requested-with" in request.headers else 303)
    flash.tell(request, response, reasons)
    return response


def _sayings(face: Face) -> dict[str, Callable[..., str]]:
    """How moments and days are said: by the company's clocks, in the current language."""
    zone = ZoneInfo(face.zone)

    def moment(at: datetime) -> str:
        return format_datetime(at.astimezone(zone), "d MMMM, HH:mm", locale=language())

    def hour(at: datetime) -> str:
        return format_datetime(at.astimezone(zone), "HH:mm", locale=language())

    def whole_day(at: datetime | date) -> str:
        day = at.astimezone(zone).date() if isinstance(at, datetime) else at
        return format_date(day, "d MMMM y", locale=language())

    def day_of(text: str) -> str:
        return whole_day(date.fromisoformat(text))

    return {"moment": moment, "hour": hour, "whole_day": whole_day, "day_of": day_of}


def weekday(day: date) -> str:
    said = format_date(day, "EEEE, d MMMM", locale=language())
    return said[:1].upper() + said[1:]


def short_day(day: date) -> str:
    return format_date(day, "EEE, d MMMM", locale=language())


def weekday_name(day: date) -> str:
    return format_date(day, "EEE", locale=language())


def month_name(day: date) -> str:
    said = format_date(day, "LLLL y", locale=language())
    return said[:1].upper() + said[1:]


def money(minor: int, currency: str) -> str:
    """A price as a reader writes it, without kopecks where there are none."""
    digits = get_currency_precision(currency)
    fraction = "." + "0" * digits if minor % 10**digits else ""
    pattern = f"#,##0{fraction}\u00a0¤" if language() == "ru" else f"¤#,##0{fraction}"
    amount = Decimal(minor).scaleb(-digits)
    said: str = format_currency(amount, currency, pattern, locale=language(), currency_digits=False)
    return CODE_BEFORE.sub("\\1\u00a0", said)


def quantity(thousandths: int) -> str:
    """How many or how much of something, as a reader writes it: 1500 is 1,5."""
    said: str = format_decimal(Decimal(thousandths).scaleb(-3), locale=language())
    return said


def tone(state: State) -> str:
    """How a state looks: well, in need of a person, or neither."""
    return "good" if state in OUT else "bad" if state in FOR_A_PERSON else "plain"


def role_title(role: str) -> str:
    return translate(ROLE_TITLES[Role(role)]) if role in set(Role) else role


def static(name: str) -> str:
    """The address of a file of ours, new whenever the file is."""
    return f"/static/{name}?v={_print(name)}"


@cache
def _print(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


@cache
def _templates() -> Environment:
    loader = PackageLoader("integrations.web", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.update(
        _=translate, plural=translate_plural, weekday=weekday, short_day=short_day, weekday_name=weekday_name,
        month_name=month_name, money=money, quantity=quantity,
        tone=tone, role_title=role_title, static=static, body_of=markup.body_of, marked_up=markup.marked_up,
        heading=markup.heading, summary=markup.summary, is_safe=markup.is_safe, counters=counters,
        Permission=Permission, state_titles=STATE_TITLES, verb_titles=VERB_TITLES, order_permissions=ORDER_PERMISSIONS,
    )  # fmt: skip
    return made
