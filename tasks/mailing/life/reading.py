"""What a person writes about a mailing: to whom, when, in which shares; read, or refused with the mend. Pure."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from integrations.documents import Document, accept
from integrations.errors import Refused
from models.content import Problem
from models.locale import mark
from models.mail_document import MailDocument
from models.reason import because
from models.schedule import Unreadable
from models.timetable import read_hours
from models.trial import USUAL, By, known, what_happens
from tasks.content.moments import moment, read_date, read_time
from tasks.mailing.lists.plan import split_of
from tasks.schedule.wall import wall_at

NOT_JSON = mark("The letter cannot be read: it is not JSON from line {line} on. Open it on the desk and save it again.")
WRONG = mark("{place}: {reason}")
NO_CLOCK = mark("“{said}” names a day without a time. Write both, for example 2026-11-25 10:00.")
BAD_SHARES = mark("“{said}” is not a share of a variant. Write shares as A 10, B 10; whoever is left gets the winner.")
BAD_PERCENT = mark("{percent} % is not a share. Write from 0.1 to 100.")
ONE_VARIANT = mark(
    "The mailing has one variant only, so nothing is compared. Clear what is said of it, or add a variant."
)
ALONE = mark(
    "Only variant {variant} has a share, so there is nothing to compare and whoever is left would wait in vain. Give "
    "another variant a share too."
)
NO_OTHERWISE = mark("“{said}” is not a variant of the trial. Write one of {known}, or nothing: then a person is asked.")
NOBODY_WAITS = mark(
    "Variant {variant} is to go if none is better, but nobody waits for it. Give each variant a small share, or clear "
    "the field."
)
TWICE = mark("Variant {variant} has two shares. Leave one of them.")

_NOW = re.compile(r"\s*(?:now|сейчас)\b", re.IGNORECASE)
_SHARE = re.compile(r"\s*([A-Ca-cАВСавс])\s*[:=—–-]?\s*(\d{1,3}(?:[.,]\d+)?)\s*%?\s*")
_LATIN = str.maketrans("АВСавс", "ABCABC")  # the Russian letters that look the same


def document_of(written: str | dict[str, Any]) -> MailDocument:
    """The document as it was written. Raises Refused with the place and the mend of the first thing that is wrong."""
    read, problems = looked_through(written)
    if read is None:
        first = problems[0]
        raise Refused(because(WRONG, code=first.reason.code, place=str(first.place) or "—", reason=first.reason))
    return read


def looked_through(written: str | dict[str, Any]) -> tuple[MailDocument | None, list[Problem]]:
    """The document, or everything that is wrong with it. Raises Refused where it is no document at all."""
    try:
        said = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError) as error:
        raise Refused(because(NOT_JSON, code="json", line=getattr(error, "lineno", 1))) from None
    read, problems, _ = accept(MailDocument, Document("", said))
    return read, problems


def keys_of(said: str) -> tuple[str, ...]:
    """Keys with commas between them, each once."""
    return tuple(dict.fromkeys(key for key in re.split(r"[\s,;]+", said.strip()) if key))


def wall_of(said: str, now: datetime) -> str:
    """“2026-11-25 10:00”, «25.11 10:00», now+30m, as a wall time; `now` on the clocks it is meant by. "" stays "".

    Raises Unreadable.
    """
    text = said.strip()
    if not text:
        return ""
    if _NOW.match(text):
        day, at = moment(now.date(), read_time(text, now), now)
    else:
        day, at = read_date(text, now, now.date())
    if at is None:
        raise Unreadable(because(NO_CLOCK, code="no_clock", said=text))
    return wall_at(day, at.replace(second=0, microsecond=0))


def hours_of(said: str) -> str:
    """Hours as a mailing keeps them, several with a semicolon between. Raises Unreadable."""
    parts = [part.strip() for part in said.split(";") if part.strip()]
    read_hours(parts)
    return "; ".join(parts)


def shares_of(said: str, variants: Collection[str]) -> dict[str, Any]:
    """“A 10, B 10” as a mailing keeps it, in thousandths; nothing said is equal parts. Raises Unreadable."""
    if not said.strip():
        return {}
    shares: dict[str, int] = {}
    for part in re.split(r"[;\n]|,(?!\d)", said):
        if not part.strip():
            continue
        found = _SHARE.fullmatch(part)
        if found is None:
            raise Unreadable(because(BAD_SHARES, code="bad_shares", said=part.strip()))
        variant, percent = found[1].upper().translate(_LATIN), float(found[2].replace(",", "."))
        if variant in shares:
            raise Unreadable(because(TWICE, code="share_twice", variant=variant))
        if not 0.1 <= percent <= 100:
            raise Unreadable(because(BAD_PERCENT, code="bad_percent", percent=percent))
        shares[variant] = round(percent * 10)
    split_of({"shares": shares}, variants)
    return {"shares": shares}


def trial_of(
    split: Mapping[str, Any], variants: Collection[str], by: By, after_hours: int, otherwise: str
) -> dict[str, Any]:  # fmt: skip
    """By what the trial is judged, when, and what goes otherwise, as a mailing keeps it. Raises Unreadable."""
    said = otherwise.strip().upper().translate(_LATIN)
    if len(variants) < 2 and (by != USUAL or after_hours or said):
        raise Unreadable(because(ONE_VARIANT, code="one_variant"))
    tried = split_of(split, variants)
    names = [name for name, _ in tried.shares]
    if tried.waits and len(names) == 1:
        raise Unreadable(because(ALONE, code="alone", variant=names[0]))
    if said and said not in names:
        raise Unreadable(because(NO_OTHERWISE, code="no_otherwise", said=otherwise.strip(), known=", ".join(names)))
    if said and not tried.waits:
        raise Unreadable(because(NOBODY_WAITS, code="nobody_waits", variant=said))
    kept = {"by": by if by != USUAL else "", "after_hours": after_hours, "otherwise": said}
    return {name: value for name, value in kept.items() if value}


def trial_told(split: Mapping[str, Any], variants: Collection[str]) -> str:
    """What becomes of a trial in words; nothing where there is nothing to try."""
    if len(variants) < 2:
        return ""
    waits = split_of(split, variants).waits
    return what_happens(known(split.get("by")), split.get("after_hours", 0), split.get("otherwise", ""), waits)
