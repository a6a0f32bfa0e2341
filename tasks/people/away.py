"""Absences as a form names them and as company.yaml keeps them: whose, from when to when, who answers. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from integrations.errors import Refused
from models.day import read_day
from models.locale import mark
from models.reason import because
from models.schedule import Unreadable
from models.staff import AbsenceForm
from tasks.company_file.edits import Add, Edit, Remove
from tasks.content.moments import read_date

NO_DAY = mark("Name the first day away. Nothing was written.")
OVER = mark("{day} has passed already. Nothing was written.")
UPSIDE_DOWN = mark("The last day, {last}, is before the first, {first}. Exchange them. Nothing was written.")
SELF = mark("Nobody answers for themselves while away. Choose another deputy. Nothing was written.")
THERE_ALREADY = mark("{name} is written down as away on these days already, from {first} to {last}.")
NOT_THERE = mark("{name} is not written down as away on {day}. Nothing was written.")


def read_days(form: AbsenceForm, today: date) -> tuple[date, date]:
    """The first and the last day. Raises Refused."""
    if not form.first.strip():
        raise Refused(because(NO_DAY, code="no_day"))
    first = _day(form.first, today)
    last = _day(form.last, today) if form.last.strip() else first
    if last < first:
        raise Refused(because(UPSIDE_DOWN, code="upside_down", first=shown(first), last=shown(last)))
    return first, last


def _day(text: str, today: date) -> date:
    try:
        return read_date(text, datetime.combine(today, time()), today)[0]
    except Unreadable as error:
        raise Refused(error.reason) from None


def shown(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def written(value: Mapping[str, Any], person: str, start: date) -> list[tuple[date, date, dict[str, Any]]]:
    """The absences of this person that can be read, each with how it is written."""
    absences = value.get("absences")
    found = []
    for one in absences if isinstance(absences, list) else []:
        if isinstance(one, dict) and one.get("person") == person:
            try:
                found.append((read_day(one.get("from", ""), start), read_day(one.get("to", ""), start), one))
            except Unreadable:
                continue
    return found


def away(
    value: Mapping[str, Any], person: tuple[str, str], days: tuple[date, date], deputy: str, today: date, start: date
) -> list[Edit]:
    """A new absence of the person (key, name), where there is none on these days yet. Raises Refused."""
    first, last = days
    key, name = person
    if last < today:
        raise Refused(because(OVER, code="over", day=shown(last)))
    if deputy == key:
        raise Refused(because(SELF, code="self"))
    for since, until, _ in written(value, key, start):
        if first <= until and since <= last:
            raise Refused(because(THERE_ALREADY, code="there", name=name, first=shown(since), last=shown(until)))
    return [Add("absences", {"person": key, "from": first, "to": last, "deputy": deputy})]


def back(value: Mapping[str, Any], person: tuple[str, str], first: date, start: date) -> list[Edit]:
    """The absence that begins on this day, or holds on it, struck out. Raises Refused."""
    key, name = person
    found = written(value, key, start)
    exact = [one for since, _, one in found if since == first]
    around = [one for since, until, one in found if since <= first <= until]
    if not exact and not around:
        raise Refused(because(NOT_THERE, code="not_there", name=name, day=shown(first)))
    return [Remove("absences", (exact or around)[0])]
