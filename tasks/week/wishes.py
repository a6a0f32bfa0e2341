"""What an address asks of the week's page, read so that nothing in it can break the page. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from models.desk import Choice
from models.desk.week import STATE_WORDS, STATES, Chip, Choices, View, Wish, monday
from models.locale import language, mark, translate

YEARS = (date(2000, 1, 3), date(2200, 1, 1))
PAGE_MOST = 10_000
ID_MOST = 2**31 - 1

CHANNEL, CAMPAIGN, PERSON = mark("channel: {name}"), mark("campaign: {name}"), mark("author: {name}")
STATE, DAY, ZONE = mark("state: {name}"), mark("only {name}"), mark("clocks: {name}")


def read_wish(given: Mapping[str, str], today: date, choices: Choices) -> Wish:
    """Read an address; what is unknown or unreadable is as if it were not there."""
    day = _day(given.get("day", ""))
    return Wish(
        first=monday(min(max(day or _day(given.get("first", "")) or today, YEARS[0]), YEARS[1])),
        view=View.LIST if given.get("view") == View.LIST or day else View.CALENDAR,
        day=day,
        channel=_one_of(given.get("channel", ""), choices.channels),
        campaign=_one_of(given.get("campaign", ""), choices.campaigns),
        person=_one_of(given.get("person", ""), choices.people),
        zone=_one_of(given.get("zone", ""), choices.zones),
        state=given.get("state", "") if given.get("state") in STATES else "",
        page=_number(given.get("page", ""), PAGE_MOST) or 1,
        moved=_number(given.get("moved", ""), ID_MOST),
        was=_wall(given.get("was", "")),
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] <= day <= YEARS[1] else None


def _wall(text: str) -> str:
    try:
        wall = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return ""
    return wall.isoformat(timespec="minutes") if YEARS[0] <= wall.date() <= YEARS[1] else ""


def _number(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _one_of(key: str, choices: Sequence[Choice]) -> str:
    return key if any(choice.key == key for choice in choices) else ""


def chips(wish: Wish, choices: Choices) -> tuple[Chip, ...]:
    """The filters that are on, each with the address of the page without it."""
    on = {
        "day": (DAY, _said(wish.day)),
        "channel": (CHANNEL, _title(wish.channel, choices.channels)),
        "campaign": (CAMPAIGN, _title(wish.campaign, choices.campaigns)),
        "person": (PERSON, _title(wish.person, choices.people)),
        "state": (STATE, translate(STATE_WORDS.get(wish.state, ""))),
        "zone": (ZONE, _title(wish.zone, choices.zones)),
    }
    return tuple(
        Chip(field=field, title=translate(text, name=name), address=wish.address(**_without(field)))
        for field, (text, name) in on.items() if name
    )  # fmt: skip


def _without(field: str) -> dict[str, Any]:
    return {field: None if field == "day" else ""}


def _said(day: date | None) -> str:
    return format_date(day, "EEEE, d MMMM", locale=language()) if day else ""


def _title(key: str, choices: Sequence[Choice]) -> str:
    return next((choice.title for choice in choices if key and choice.key == key), "")
