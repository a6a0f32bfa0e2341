"""What loading a plan again means: every row new, moved, changed, gone, out, the same or waiting to be mended. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time

from models.content import CONTENT_FIELDS, SCHEDULE_FIELDS, Change, ChangeKind, FieldChange, KnownRow, PlanRow
from models.delivery import Lateness
from models.edit import DeskEdit
from models.locale import mark, translate, translate_plural
from models.schedule import Recurrence

SHOWN_MAX = 80
LEAD = 24  # of what is the same, so much stands before what differs

NEW = mark("№ {number} “{label}”: new, {after}.")
MOVED = mark("№ {number} “{label}”: rescheduled from {before} to {after}.")
RESET = mark("№ {number} “{label}”: the schedule is different: {fields}.")
CHANGED = mark("№ {number} “{label}”: changed ({fields}). The new version will be asked to be approved.")
CHANGED_MOVED = mark(
    "№ {number} “{label}”: changed ({fields}) and rescheduled from {before} to {after}. "
    "The new version will be asked to be approved."
)
GONE = mark("№ {number} “{label}”: no longer in the file. Is its publication to be cancelled or kept?")
OUT = mark("№ {number} “{label}”: already out, stays as it is.")
OUT_DIFFERS = mark(
    "№ {number} “{label}”: already out, so what differs in the file is not applied ({fields}). "
    "To publish it again, add a new row."
)
SAME = mark("№ {number} “{label}”: the same.")
BROKEN = mark("№ {number} “{label}”: stays as it was until its row in the file is mended.")
EDIT_STAYS = mark("Edited on the desk by {who} ({fields}): that stays.")
EDIT_LOST = mark(
    "Edited on the desk by {who} ({fields}): the file says it differently now and would take its place; what was "
    "written stays among the versions."
)
PARTLY_OUT = mark("Already out in {channels}: left there as it is.")

DATE = mark("{year}-{month}-{day}")
NEXT_SLOT = mark("{day}, the channel's slot")
AT = mark("{day} {time}")
FIELD_NAMES = {
    "on": mark("date"), "at": mark("time"), "zone": mark("time zone"), "repeat": mark("repeat"),
    "if_late": mark("if late"), "piece": mark("piece"), "title": mark("title"), "text": mark("text"),
    "channels": mark("channels"), "except_channels": mark("except channels"), "pictures": mark("picture"),
    "text_for": mark("text for a channel"), "products": mark("products"), "campaign": mark("campaign"),
    "goal": mark("goal"), "group": mark("group"), "author": mark("author"), "material": mark("the piece's own file"),
}  # fmt: skip
EDITED_NAMES = FIELD_NAMES | {
    "body": mark("text"), "description": mark("description"), "offer_until": mark("last day of the offer"),
}  # fmt: skip
LATENESS = {Lateness.PUBLISH: mark("publish"), Lateness.SKIP: mark("skip"), Lateness.ASK: mark("ask")}
EVERY = {"day": mark("every day"), "week": mark("every week"), "month": mark("every month")}
EVERY_N = {
    "day": (mark("every {number} day"), mark("every {number} days")),
    "week": (mark("every {number} week"), mark("every {number} weeks")),
    "month": (mark("every {number} month"), mark("every {number} months")),
}
ON_DAYS = mark("on {days}")
UNTIL = mark("until {day}")
TIMES = (mark("{number} time"), mark("{number} times"))
WEEKDAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))


def number_rows(
    rows: Sequence[PlanRow], known: Sequence[KnownRow], broken: Collection[str] = (), used: Collection[str] = ()
) -> list[PlanRow]:
    """Give every row a №: rows without one get the next free, never one that was used; `used` are those of rows gone.

    A row without № that is the very same as a known one absent from the file is that one: a plan kept without numbers
    may be loaded twice.
    """
    taken = {row.number for row in rows if row.number} | set(broken)
    absent = [former for former in known if former.row.number not in taken]
    adopted = _adopt([row for row in rows if not row.number], absent)
    ever = taken | {former.row.number for former in known} | set(used)
    free = max((int(number) for number in ever if number.isdecimal()), default=0)
    numbered = []
    for row in rows:
        number = row.number or adopted.get(row.row, "")
        if not number:
            free += 1
            number = str(free)
        numbered.append(row.model_copy(update={"number": number}))
    return numbered


def _adopt(rows: Iterable[PlanRow], absent: Iterable[KnownRow]) -> dict[int, str]:
    """The №s of known rows by the rows of the file that are the same: wholly, or in content where that names one."""
    whole: dict[str, list[str]] = {}
    content: dict[str, list[str]] = {}
    for former in absent:
        whole.setdefault(former.row.row_hash(), []).append(former.row.number)
        if former.open:
            content.setdefault(former.row.content_hash(), []).append(former.row.number)
    found: dict[int, str] = {}
    left = []
    for row in rows:
        numbers = whole.get(row.row_hash(), [])
        if numbers:
            found[row.row] = numbers.pop(0)
        else:
            left.append(row)
    by_content: dict[str, list[PlanRow]] = {}
    for row in left:
        by_content.setdefault(row.content_hash(), []).append(row)
    given = set(found.values())
    for print_, same in by_content.items():
        free = [number for number in content.get(print_, []) if number not in given]
        if len(same) == len(free) == 1:
            found[same[0].row] = free[0]
    return found


def compare(rows: Sequence[PlanRow], known: Sequence[KnownRow], broken: Collection[str] = ()) -> list[Change]:
    """The difference between the file's rows, each with its №, and the known ones: each № exactly once, in order."""
    now = {row.number: row for row in rows}
    before = {former.row.number: former for former in known}
    if "" in now or len(now) != len(rows):
        raise ValueError("every row to be compared has a № of its own")
    changes = [_change(number, row, before.get(number)) for number, row in now.items()]
    absent = [former for number, former in before.items() if number not in now]
    return changes + [_absent(former, former.row.number in broken) for former in absent]


def overtaken(changes: Sequence[Change], known: Sequence[KnownRow], drafts: Collection[str] = ()) -> set[str]:
    """The №s about which something else is known now than when the changes were found: loaded, edited, gone out."""
    now = {former.row.number: former for former in known}
    late = {change.number for change in changes if not _stands(change, now.get(change.number))}
    return late | ({change.number for change in changes} & set(drafts))


def _stands(change: Change, former: KnownRow | None) -> bool:
    if former is None:
        return change.before is None
    is_over = former.out and not former.open and change.kind is not ChangeKind.OUT
    edited = [(edit.field, edit.by, edit.at) for edit in former.edited]
    same = change.before == former.row and [(edit.field, edit.by, edit.at) for edit in change.edited] == edited
    return same and change.out == former.out and not is_over


def _change(number: str, row: PlanRow, former: KnownRow | None) -> Change:
    if former is None:
        return Change(kind=ChangeKind.NEW, number=number, row=row)
    fields = tuple(_fields(former.row, row))
    kind = _kind(former, fields)
    return Change(kind=kind, number=number, row=row, before=former.row, fields=fields, out=former.out,
                  edited=former.edited)  # fmt: skip


def _kind(former: KnownRow, fields: Sequence[FieldChange]) -> ChangeKind:
    if former.out and not former.open:
        return ChangeKind.OUT
    if any(change.field in CONTENT_FIELDS for change in fields):
        return ChangeKind.CHANGED
    return ChangeKind.MOVED if fields else ChangeKind.SAME


def _absent(former: KnownRow, broken: bool) -> Change:
    gone = ChangeKind.BROKEN if broken else ChangeKind.GONE
    kind = ChangeKind.OUT if former.out and not former.open else gone
    return Change(kind=kind, number=former.row.number, before=former.row, out=former.out, edited=former.edited)


def _fields(before: PlanRow, after: PlanRow) -> Iterable[FieldChange]:
    for name in (*SCHEDULE_FIELDS, *CONTENT_FIELDS):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            before_said, after_said = _beside(said_whole(old), said_whole(new))
            yield FieldChange(field=name, before=before_said, after=after_said)


def _beside(old: str, new: str) -> tuple[str, str]:
    """Both shortened, so that what differs is still seen."""
    if max(len(old), len(new)) <= SHOWN_MAX:
        return old, new
    same = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = old.rfind(" ", 0, max(same - LEAD, 0)) + 1 if same > LEAD else 0
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int = 0) -> str:
    rest = ("…" if start else "") + text[start:]
    return rest if len(rest) <= SHOWN_MAX else rest[: SHOWN_MAX - 1] + "…"


def sentence(change: Change, titles: Mapping[str, str] | None = None) -> str:
    """The change as the specialist reads it, in the language spoken now.

    `titles` are those of channels by their keys and of pieces by their files.
    """
    row = change.row or change.before or PlanRow()
    said = translate(
        _text(change),
        number=change.number,
        label=(titles or {}).get(row.label) or row.label,
        before=when(change.before or row),
        after=when(row),
        fields=", ".join(translate(FIELD_NAMES[field.field]) for field in change.fields),
    )
    if change.kind not in (ChangeKind.MOVED, ChangeKind.CHANGED, ChangeKind.GONE):
        return said
    channels = ", ".join((titles or {}).get(key) or key for key in change.out)
    partly = [translate(PARTLY_OUT, channels=channels)] if change.out else []
    return " ".join([said, *partly, *edits(change.edited)])


def edits(edited: Collection[DeskEdit]) -> list[str]:
    """What was edited on the desk since: what of it stays, and what loading the row would put away."""
    said = []
    for text, is_lost in ((EDIT_STAYS, False), (EDIT_LOST, True)):
        found = [edit for edit in edited if edit.is_lost is is_lost]
        if found:
            last = max(found, key=lambda edit: edit.at)
            fields = ", ".join(translate(EDITED_NAMES[edit.field]) for edit in found)
            said.append(translate(text, fields=fields, who=last.said or last.by))
    return said


def _text(change: Change) -> str:
    moved = any(field.field in ("on", "at") for field in change.fields)
    texts = {
        ChangeKind.NEW: NEW,
        ChangeKind.MOVED: MOVED if moved else RESET,
        ChangeKind.CHANGED: CHANGED_MOVED if moved else CHANGED,
        ChangeKind.GONE: GONE,
        ChangeKind.OUT: OUT_DIFFERS if change.fields else OUT,
        ChangeKind.SAME: SAME,
        ChangeKind.BROKEN: BROKEN,
    }
    return texts[change.kind]


def when(row: PlanRow) -> str:
    """Day and time of a row, and its repetition."""
    day = spoken_day(row.on) if row.on else "—"
    said = translate(AT, day=day, time=f"{row.at:%H:%M}") if row.at else translate(NEXT_SLOT, day=day)
    return f"{said}, {spoken_repeat(row.repeat)}" if row.repeat else said


def spoken_day(day: date) -> str:
    return translate(DATE, year=f"{day:%Y}", month=f"{day:%m}", day=f"{day:%d}")


def spoken_repeat(repeat: Recurrence) -> str:
    """A repetition in words, as it may be written into the plan."""
    several = repeat.interval > 1
    said = [translate_plural(*EVERY_N[repeat.rule], repeat.interval) if several else translate(EVERY[repeat.rule])]
    if repeat.weekdays:
        said.append(translate(ON_DAYS, days=", ".join(translate(WEEKDAYS[day]) for day in repeat.weekdays)))
    said += [translate(UNTIL, day=spoken_day(repeat.until))] if repeat.until else []
    said += [translate_plural(*TIMES, repeat.times)] if repeat.times else []
    return " ".join(said)


def show(value: object) -> str:
    """A field's value in words, shortened to be seen in a table."""
    return _cut(said_whole(value))


def said_whole(value: object) -> str:
    """A field's value in words."""
    if value is None:
        return ""
    if isinstance(value, Lateness):
        return translate(LATENESS[value])
    if isinstance(value, Recurrence):
        return spoken_repeat(value)
    if isinstance(value, date | time):
        return spoken_day(value) if isinstance(value, date) else f"{value:%H:%M}"
    if isinstance(value, Mapping):
        value = "; ".join(f"{key}: {text}" for key, text in value.items())
    return ", ".join(value) if isinstance(value, tuple) else " ".join(str(value).split())
