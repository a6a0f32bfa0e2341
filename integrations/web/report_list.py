"""The reports there are, as their files tell: what each is of, in which formats, in which language. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from babel.dates import format_date

from models.locale import language, mark, translate
from models.post import Value

NAME = re.compile(r"(mailings-)?(week|month)-(\d{4}-\d{2}-\d{2})\.(html|pdf|xlsx)")
LANGUAGE = re.compile(rb'<html lang="([a-z]{2})"')
FORMATS = ("html", "pdf", "xlsx")
WEEK, OF_MAILINGS = mark("Week {number}"), mark("Mailings · {period}")


class Listed(Value):
    """One report: its files by format, and the language it is written in, "" where nobody can say.

    `of` is what it is about where that is not the whole department.
    """

    kind: str
    first: date
    last: date
    files: Mapping[str, str]
    language: str = ""
    of: str = ""

    @property
    def title(self) -> str:
        said = self._span
        return translate(OF_MAILINGS, period=said) if self.of else said

    @property
    def _span(self) -> str:
        if self.kind == "week":
            return translate(WEEK, number=self.first.isocalendar().week)
        said = format_date(self.first, "LLLL y", locale=language())
        return said[:1].upper() + said[1:]


def listed(names: Iterable[str]) -> tuple[list[Listed], list[str]]:
    """Reports, the newest first, and the files that are none."""
    found: dict[tuple[str, str, date], dict[str, str]] = {}
    others = []
    for name in names:
        parts = NAME.fullmatch(name)
        day = _day(parts[3]) if parts else None
        if parts is None or day is None:
            others.append(name)
        else:
            found.setdefault((parts[1] or "", parts[2], day), {})[parts[4]] = name
    reports = [
        Listed(kind=kind, first=first, last=_last(kind, first), files=files, of=of.rstrip("-"))
        for (of, kind, first), files in found.items()
    ]
    return sorted(reports, key=lambda one: (one.last, one.kind, not one.of), reverse=True), sorted(others)


def language_of(head: bytes) -> str:
    """The language that the beginning of a page names."""
    named = LANGUAGE.search(head)
    return named[1].decode() if named else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _last(kind: str, first: date) -> date:
    if kind == "week":
        return first + timedelta(days=6)
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
