"""What a Stop tells: what it holds, what is out already, with links; what was released. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.delivery import OUT, State
from models.desk.stop import Fate, LateLine
from models.ending import Ending
from models.locale import mark, quoted, translate, translate_plural
from models.post import Value
from models.reason import NO_REASON, Reason
from models.stop import Scope
from tasks.orders.answers import Line, Report
from tasks.schedule.wall import local

PULLED = mark("Stop № {number}: {what}")
HELD = mark("Stop № {number}")
ALREADY = mark("{person} has stopped this already, at {when}.")
HOLDS = (
    mark("It holds back {number} publication that was planned. Nothing more goes out until the Stop is released."),
    mark("It holds back {number} publications that were planned. Nothing more goes out until the Stop is released."),
)
OUT_ALREADY = mark("Already out, or going out just now")
NOTHING_OUT = mark("Nothing of it has gone out.")
COLUMNS = (mark("№"), mark("Piece"), mark("Channel"), mark("When"), mark("Link"))
GOING_OUT = mark("going out just now: look at the channel")
UNKNOWN = mark("outcome unknown: look at the channel")
PARTLY = mark("partly out: look at the channel")
LOOK = {State.INTENT: GOING_OUT, State.UNKNOWN: UNKNOWN}
WENT_ON = mark("Stop № {number} ({what}), pulled by {person} at {when}, is released.")
KEPT_BACK = (
    mark("{number} publication whose time had passed is held instead of going out late. It waits under “To decide”."),
    mark(
        "{number} publications whose time had passed are held instead of going out late. They wait under “To decide”."
    ),
)
IN_FORCE, LET = mark("the Stop is in force"), mark("released")
WHAT = {
    Scope.ALL: mark("everything"),
    Scope.CHANNEL: mark("channel “{name}”"),
    Scope.CAMPAIGN: mark("campaign “{name}”"),
    Scope.PIECE: mark("piece № {name}"),
}


class Out(Value):
    """A publication that a Stop came too late for."""

    number: str = ""
    title: str
    channel: str
    at: datetime
    zone: str
    state: State
    url: str = ""

    @property
    def link(self) -> str:
        if self.state in OUT:
            return self.url or "—"
        return translate(LOOK.get(self.state, PARTLY))


class Stopped(Value):
    """What pulling the switch came to."""

    title: str
    number: int = 0
    held_back: int = 0
    out: tuple[Out, ...] = ()
    already: str = ""
    not_listed: Reason = NO_REASON
    refusal: Reason = NO_REASON

    @property
    def ending(self) -> Ending:
        if self.refusal:
            return Ending(done=0, total=1, remarks=(str(self.refusal),))
        remarks = (self.already, str(self.not_listed) if self.not_listed else "")
        return Ending(done=1, total=1, remarks=tuple(remark for remark in remarks if remark))

    @property
    def report(self) -> Report:
        """The same as the answer to an order."""
        if self.refusal:
            return Report(title=self.title, refusal=self.refusal)
        holds = "" if self.not_listed else translate_plural(*HOLDS, self.held_back)
        notes = tuple(note for note in (self.already, str(self.not_listed) if self.not_listed else "") if note)
        line = Line(id=self.number, label=self.title, said=holds or translate(IN_FORCE), done=True)
        return Report(title=self.title, lines=(line,), notes=notes)

    def markdown(self) -> str:
        """What is held back, then what is out: a table to work off."""
        lines = [f"## {self.title}", ""]
        if self.refusal:
            return "\n".join([*lines, str(self.refusal)])
        if self.not_listed:
            return "\n".join([*lines, str(self.not_listed)])
        lines += [self.already, ""] if self.already else []
        lines += [translate_plural(*HOLDS, self.held_back), "", f"### {translate(OUT_ALREADY)}", ""]
        return "\n".join([*lines, *(_table(self.out) if self.out else [translate(NOTHING_OUT)])])


def _table(out: Sequence[Out]) -> list[str]:
    heading = ["| " + " | ".join(translate(column) for column in COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return heading + ["| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(row)) + " |" for row in out]


def _cells(row: Out) -> tuple[str, ...]:
    link = f"[{row.url}]({row.url})" if row.url.startswith("http") and row.state in OUT else row.link
    return row.number, row.title, row.channel, moment(row.at, row.zone), link


class Let(Value):
    """A Stop that was let go; `kept_back` is how many late publications were held instead of going out."""

    number: int
    said: str
    kept_back: int = 0

    @property
    def line(self) -> Line:
        notes = (translate_plural(*KEPT_BACK, self.kept_back),) if self.kept_back else ()
        return Line(
            id=self.number, label=translate(HELD, number=self.number), said=translate(LET), done=True, notes=notes
        )


class Released(Value):
    """What releasing came to: every Stop that was let go."""

    title: str
    let: tuple[Let, ...] = ()
    refusal: Reason = NO_REASON

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(one.said for one in self.let)

    @property
    def ending(self) -> Ending:
        return self.report.ending

    @property
    def report(self) -> Report:
        """The same as the answer to an order; what was kept back waits for a person, so it is a remark."""
        if self.refusal:
            return Report(title=self.title, refusal=self.refusal)
        return Report(title=self.title, lines=tuple(one.line for one in self.let))

    def markdown(self) -> str:
        said = (
            [str(self.refusal)] if self.refusal else [f"- {' '.join((one.said, *one.line.notes))}" for one in self.let]
        )
        return "\n".join([f"## {self.title}", "", *said])


def late_line(row: Any, channel: str) -> LateLine:
    """A publication whose time has passed, as the desk shows it."""
    return LateLine(
        id=row.id, number=row.number or "", title=row.title, channel=channel, due_at=row.due_at, fate=Fate(row.fate)
    )


def moment(at: datetime, zone: str) -> str:
    return local(at, zone).strftime("%d.%m.%Y %H:%M")


def what(scope: Scope, key: str, names: Mapping[str, str], piece: tuple[str, str]) -> str:
    """What a Stop covers, as people call it; `piece` is the № and the title where it is one."""
    if scope is Scope.PIECE:
        return translate(WHAT[scope], name=f"{piece[0]} {quoted(piece[1])}" if piece[0] else key)
    return translate(WHAT[scope], name=names.get(key, key))
