"""What came of an order, row by row, in words: done; too late, and why; no such. Pure."""

from collections.abc import Mapping
from datetime import datetime

from models.delivery import OUT, State
from models.ending import Ending
from models.locale import mark, quoted, translate, translate_plural
from models.orders import Answer
from models.post import Value
from models.reason import Reason, because
from tasks.orders.rows import Publication
from tasks.schedule.wall import local

CANCELLED = mark("cancelled")
HELD = mark("held; it goes out only after somebody has restored it")
RESTORED = mark("planned again for {when}")
MOVED = mark("moved to {when}")
NOW = mark("goes out now")
SETTLED = mark("recorded as published")
AGAIN = mark("goes out again, as a new attempt")
LEFT = mark("left as it is, without another attempt")
REST = mark("recorded as published as far as it was tried; the rest of it goes out now")

GOING_OUT = mark("too late, it is going out just now")
IS_OUT = mark("too late, it is out already: {url}")
IS_UNKNOWN = mark("its outcome is unknown; look at the channel and order “Unknown outcome”")
IS_CANCELLED = mark("it is cancelled; to bring it back, order “Restore” with a new time")
IS_HELD = mark("it is held already: {reason}")
IS_PLANNED = mark("it waits for its time, {when}; there is nothing to do")
IS_MISSED = mark("it did not go out at its time; restore it with a new time or cancel it")
IS_REJECTED = mark("the channel has refused it: {reason}")
KNOWN = mark("its outcome is not in doubt: it is {state}")
NOT_APPROVED = mark("it is not approved; approve it first, else it would go out unread")
TIME_PASSED = mark("its time, {when}, has passed; name a new time or order “Publish now”")
WAITS_FOR_APPROVAL = mark("it is not approved yet, and goes out only when it is")
TWIN = mark("the piece stands in this channel at {when} already; nothing was changed")
STOPPED = mark("a Stop holds it until the Stop is released")
STILL_HELD = mark("it is still held: {reason}")
QUIET = mark("quiet hours until {opens}: it goes out then, unless it is ordered as urgent")
PARTLY_OUT = mark("attention: {number} of its parts are on the channel already, look there")
GONE = mark("There is no publication with the number {id}. Numbers stand in the answers and on the desk.")
NONE_OF_PIECE = mark("№ {number} “{title}” has no publications yet. Load the plan (A3), then order again.")
NONE_IN_CHANNEL = mark("№ {number} “{title}” has no publication in the channel {channel}.")
WHICH_ONE = mark("Name one: the № of a piece, or the number of a publication.")
MORE_REPEATS = (
    mark("One more repeat stands as it was. It is ordered by its own number, or all with “all repeats”."),
    mark("{number} more repeats stand as they were. They are ordered by their own numbers, or all with “all repeats”."),
)
PUBLICATION = mark("publication {id}")
STATES = {
    State.PLANNED: mark("waiting for its time"),
    State.CLAIMED: mark("about to go out"),
    State.INTENT: mark("going out just now"),
    State.SENT: mark("out"),
    State.CONFIRMED: mark("out and checked"),
    State.REJECTED: mark("refused by the channel"),
    State.UNKNOWN: mark("outcome unknown, check it"),
    State.CANCELLED: mark("cancelled"),
    State.MISSED: mark("missed its time"),
    State.HELD: mark("held"),
}
TOO_LATE = {
    State.PLANNED: IS_PLANNED,
    State.CLAIMED: IS_PLANNED,
    State.INTENT: GOING_OUT,
    State.SENT: IS_OUT,
    State.CONFIRMED: IS_OUT,
    State.UNKNOWN: IS_UNKNOWN,
    State.CANCELLED: IS_CANCELLED,
    State.HELD: IS_HELD,
    State.MISSED: IS_MISSED,
    State.REJECTED: IS_REJECTED,
}


class Line(Value):
    """A publication and what came of the order about it; `now`: it was said to go out at once."""

    id: int
    label: str
    said: str
    done: bool
    now: bool = False
    url: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.label} — {'; '.join((self.said, *self.notes)).rstrip('.')}."


class Report(Value):
    """An order's lines, or the one reason why it was about nothing; `notes` are about the whole."""

    title: str
    lines: tuple[Line, ...] = ()
    refusal: Reason = Reason()
    notes: tuple[str, ...] = ()

    @property
    def ending(self) -> Ending:
        if self.refusal:
            return Ending(done=0, total=1, remarks=(str(self.refusal), *self.notes))
        told = tuple(str(line) for line in self.lines if line.notes or not line.done)
        return Ending(
            done=sum(line.done for line in self.lines), total=len(self.lines), remarks=told + self.notes
        )  # fmt: skip

    def markdown(self) -> str:
        """The answers as a list to read."""
        lines = [str(self.refusal)] if self.refusal else [f"- {line}" for line in self.lines]
        return "\n".join([f"## {self.title}", "", *lines, *(f"\n{note}" for note in self.notes)])


def label(row: Publication, channels: Mapping[str, str]) -> str:
    """How a publication is called: № · piece · channel · its number."""
    number = f"№ {row.number} " if row.number else ""
    return " · ".join(
        (number + quoted(row.title), channels.get(row.account, row.account), translate(PUBLICATION, id=row.id))
    )


def moment(row: Publication) -> str:
    """When it is due, on the clocks it was planned by."""
    return shown(row.due_at, row.zone)


def shown(at: datetime, zone: str) -> str:
    return local(at, zone).strftime("%d.%m.%Y %H:%M")


def done(row: Publication, what: str, channels: Mapping[str, str], *notes: str) -> Line:
    """A row that was changed, as it stands now, with what still keeps it from going out."""
    told = (*_hindrances(row), *(translate(note) for note in notes))
    return Line(id=row.id, label=label(row, channels), said=translate(what, when=moment(row)), done=True,
                now=what == NOW, url=row.url, notes=told)  # fmt: skip


def _hindrances(row: Publication) -> list[str]:
    found = [translate(STILL_HELD, reason=row.reason)] if row.state is State.HELD and row.reason.code != "held" else []
    if row.state is State.PLANNED and not row.approved:
        found.append(translate(WAITS_FOR_APPROVAL))
    if row.state is State.PLANNED and row.stopped:
        found.append(translate(STOPPED))
    if row.state not in OUT and row.parts_out:
        found.append(translate(PARTLY_OUT, number=row.parts_out))
    return found


def refused(row: Publication, channels: Mapping[str, str], text: str = "") -> Line:
    """A row that was left as it is: by this text, else by what its state says."""
    said = text or TOO_LATE[row.state]
    words = {
        "when": moment(row),
        "url": row.url or "—",
        "reason": row.reason or "—",
        "state": translate(STATES[row.state]),
    }
    return Line(id=row.id, label=label(row, channels), said=translate(said, **words), done=False, url=row.url)


def answered(
    row: Publication, answer: Answer, what: str, channels: Mapping[str, str], why_not: str = "", *notes: str
) -> Line:
    return done(row, what, channels, *notes) if answer is Answer.DONE else refused(row, channels, why_not)


def repeats_left(number: int) -> tuple[str, ...]:
    return (translate_plural(*MORE_REPEATS, number),) if number else ()


def nothing(number: str, title: str, channel: str) -> Reason:
    """Why a piece that is known has nothing to order about."""
    if channel:
        return because(NONE_IN_CHANNEL, code="absent", number=number, title=title, channel=channel)
    return because(NONE_OF_PIECE, code="absent", number=number, title=title)
