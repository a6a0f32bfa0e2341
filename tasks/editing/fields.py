"""The fields of a piece: read from what it says, from what a person orders, and put back into it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from integrations.errors import Refused
from models.content import PictureSource, PlanRow
from models.desk.piece import Fields
from models.editing import CLEARED, LINE_MAX, TEXT_MAX, Correction
from models.locale import mark
from models.manuscript import Manuscript
from models.reason import because
from models.schedule import Unreadable
from tasks.content.moments import moment, read_date, read_time
from tasks.content.references import names, refer, unknown
from tasks.schedule.wall import instant

NO_TITLE = mark("The title is empty. Colleagues call the piece by it: write one. Nothing was saved.")
NO_TEXT = mark("The text is empty, and there is no picture. Say something. Nothing was saved.")
LONG_TEXT = mark("The text has {length} characters of at most {limit}. Shorten it. Nothing was saved.")
LONG_LINE = mark("“{field}” has {length} characters of at most {limit}. Shorten it. Nothing was saved.")
NO_CHANNEL = mark("No channel is left. Choose at least one. Nothing was saved.")
PAST = mark("{when} has passed already. Choose a later time. Nothing was saved.")
OFFER_PAST = mark("The last day of the offer, {day}, has passed already. Choose a later one. Nothing was saved.")
TIME_ALONE = mark("A time needs a date. Choose the date as well. Nothing was saved.")
TIES = str.maketrans("\u00a0\u202f", "  ")
SPACES = re.compile(r"[ \t\n\r\f\v]+")
FIELD_TITLES = {"title": mark("Title"), "description": mark("Description")}

# What a field of the page is called among the fields of a manuscript or of a row of the plan.
SAID = {"title": "title", "text": "body", "description": "description", "pictures": "pictures", "channels": "channels",
        "offer_until": "offer_until"}  # fmt: skip
PLANNED = {"date": "on", "time": "at", "campaign": "campaign", "goal": "goal", "group": "group", "author": "author"}


@dataclass(frozen=True)
class Known:
    """What there is to name, as titles by keys, and when now is; by the clocks of the company, and of the channels."""

    channels: Mapping[str, str]
    campaigns: Mapping[str, str]
    goals: Mapping[str, str]
    groups: Mapping[str, str]
    people: Mapping[str, str]
    now: datetime
    zone: str
    zones: Mapping[str, str]


def fields_of(manuscript: Manuscript, row: PlanRow) -> Fields:
    """What a piece says, as its form shows it."""
    return Fields(
        title=manuscript.title, text=manuscript.body, description=manuscript.description,
        pictures=tuple(PictureSource(file=p.file_name, alt=p.alt) for p in manuscript.pictures),
        channels=manuscript.channels, date=row.on.isoformat() if row.on else "",
        time=f"{row.at:%H:%M}" if row.at else "", campaign=row.campaign, goal=row.goal, group=row.group,
        author=row.author, offer_until=manuscript.offer_until.isoformat() if manuscript.offer_until else "",
    )  # fmt: skip


def ordered(base: Fields, mine: Fields) -> dict[str, str | list[str]]:
    """What of a form is different, as an order says it: a field that was emptied is a hyphen."""
    changed = [name for name in Fields.model_fields if _plain(getattr(base, name)) != _plain(getattr(mine, name))]
    return {name: _pictured(mine) if name == "pictures" else _ordered(getattr(mine, name)) for name in changed}


def _plain(value: Any) -> Any:
    return _untied(value) if isinstance(value, str) else value


def _pictured(fields: Fields) -> list[str]:
    return [f"{one.file} | {one.alt}" for one in fields.pictures] or [CLEARED]


def _ordered(value: str | tuple[str, ...]) -> str:
    return (value if isinstance(value, str) else ", ".join(value)) or CLEARED


def read_order(order: Correction, present: Fields, known: Known, zone: str = "") -> Fields:
    """The fields as the order wants them; `zone` is what the row of the plan names. Raises Refused with the mend."""
    channels = _channels(order.channels, present.channels, known)
    new = present.model_copy(
        update={
            "title": _line("title", order.title, present.title), "text": _text(order.text, present.text),
            "description": _line("description", order.description, present.description),
            "pictures": _pictures(order.pictures, present.pictures),
            "channels": channels, **_when(order, present, known, channels, zone),
            "campaign": _name("campaigns", order.campaign, present.campaign, known.campaigns),
            "goal": _name("goals", order.goal, present.goal, known.goals),
            "group": _name("groups", order.group, present.group, known.groups),
            "author": _name("people", order.author, present.author, known.people),
            "offer_until": _offer(order.offer_until, present.offer_until, known),
        }
    )  # fmt: skip
    _judge(new)
    return new


def clean(text: str) -> str:
    """Line ends as ours, and none of the signs that no database keeps and nobody sees."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in kept if sign in "\n\t" or not _is_unkept(sign)).strip()


def one_line(text: str) -> str:
    return SPACES.sub(" ", clean(text)).strip()


def _is_unkept(sign: str) -> bool:
    return ord(sign) < 0x20 or 0x7F <= ord(sign) <= 0x9F or 0xD800 <= ord(sign) <= 0xDFFF


def _text(said: str, present: str) -> str:
    text = present if not said.strip() else "" if said.strip() == CLEARED else clean(said)
    if len(text) > TEXT_MAX:
        raise Refused(because(LONG_TEXT, code="text", length=len(text), limit=TEXT_MAX))
    return present if _untied(text) == _untied(present) else text


def _line(field: str, said: str, present: str) -> str:
    text = present if not said.strip() else "" if said.strip() == CLEARED else one_line(said)
    if len(text) > LINE_MAX:
        words = {"field": FIELD_TITLES[field], "length": len(text), "limit": LINE_MAX}
        raise Refused(because(LONG_LINE, code=field, **words))
    return present if _untied(text) == _untied(present) else text


def _untied(text: str) -> str:
    """With plain spaces: styling ties words together, a browser's form unties them, and neither is an edit."""
    return text.translate(TIES)


def _pictures(said: Sequence[str], present: tuple[PictureSource, ...]) -> tuple[PictureSource, ...]:
    if not any(line.strip() for line in said):
        return present
    lines = [line.partition("|") for line in said if line.strip() not in ("", CLEARED)]
    return tuple(PictureSource(file=file.strip(), alt=one_line(alt)[:LINE_MAX]) for file, _, alt in lines)


def _channels(said: str, present: tuple[str, ...], known: Known) -> tuple[str, ...]:
    if not said.strip():
        return present
    wanted = [] if said.strip() == CLEARED else names(said)
    found = [name if name in present else refer(name, known.channels) for name in wanted]
    for name, key in zip(wanted, found, strict=True):
        if key is None:
            raise Refused(unknown("channels", name, known.channels))
    return tuple(dict.fromkeys(key for key in found if key))


def _name(kind: str, said: str, present: str, among: Mapping[str, str]) -> str:
    if not said.strip() or said.strip() == present:
        return present
    if said.strip() == CLEARED:
        return ""
    key = refer(said, among)
    if key is None:
        raise Refused(unknown(kind, said.strip(), among))
    return key


def _when(
    order: Correction, present: Fields, known: Known, channels: Sequence[str], zone: str
) -> dict[str, str]:  # fmt: skip
    """The day and the time; one that has passed everywhere is refused, unless it stood there before."""
    day, at = _read(order.date, present.date, known), _read_time(order.time, present.time, known)
    if (day, at) == (present.date, present.time):
        return {}
    if at and not day:
        raise Refused(because(TIME_ALONE, code="date"))
    if channels and len(passed_in(day, at, channels, known, zone)) == len(channels):
        raise Refused(because(PAST, code="date", when=f"{day} {at}".strip()))
    return {"date": day, "time": at}


def passed_in(day: str, at: str, channels: Sequence[str], known: Known, zone: str) -> list[str]:
    """The channels whose clocks have gone past this moment: as it is laid out, those of the row where it names any."""
    wall = f"{day}T{at or '23:59'}"
    return [key for key in channels if day and instant(wall, zone or known.zones.get(key, known.zone)) < known.now]


def _read(said: str, present: str, known: Known) -> str:
    if not said.strip() or said.strip() == CLEARED:
        return "" if said.strip() else present
    try:
        day, beside = read_date(said.strip(), known.now, known.now.date())
    except Unreadable as error:
        raise Refused(error.reason) from None
    return moment(day, beside, known.now)[0].isoformat()


def _read_time(said: str, present: str, known: Known) -> str:
    if not said.strip() or said.strip() == CLEARED:
        return "" if said.strip() else present
    try:
        at = read_time(said.strip(), known.now)
    except Unreadable as error:
        raise Refused(error.reason) from None
    _, found = moment(known.now.date(), at, known.now)
    return f"{found:%H:%M}" if found else ""


def _offer(said: str, present: str, known: Known) -> str:
    day = _read(said, present, known)
    if day and day != present and date.fromisoformat(day) < known.now.date():
        raise Refused(because(OFFER_PAST, code="offer_until", day=day))
    return day


def _judge(fields: Fields) -> None:
    if not fields.title:
        raise Refused(because(NO_TITLE, code="title"))
    if not fields.text and not fields.pictures:
        raise Refused(because(NO_TEXT, code="text"))
    if not fields.channels:
        raise Refused(because(NO_CHANNEL, code="channels"))


def into_row(fields: Fields, changed: Sequence[str], row: PlanRow) -> PlanRow:
    """The row of the plan with the fields that were changed; everything else as it is."""
    new: dict[str, object] = {PLANNED[name]: getattr(fields, name) for name in changed if name in PLANNED}
    if "date" in changed:
        new["on"] = date.fromisoformat(fields.date) if fields.date else None
    if "time" in changed:
        new["at"] = time.fromisoformat(fields.time) if fields.time else None
    if "channels" in changed:
        new |= {"channels": fields.channels, "except_channels": ()}
    return row.model_copy(update=new)
