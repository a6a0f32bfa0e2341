"""The outcome of a plan's row out of the fates of its publications: status, links, reach, reactions, reasons. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from models.content import Outcome, PlanRow
from models.delivery import OUT, State
from models.locale import mark, translate
from models.post import Value
from models.reason import NO_REASON, Reason
from tasks.content.difference import EDITED_NAMES, show

REACH = ("reach", "views")  # the first that is known: a channel that shows reach shows views too
REACTIONS = ("likes", "comments", "reposts")
METRICS = (*REACH, "reactions", *REACTIONS)

SHOWN = ("on", "at", "campaign", "goal", "group", "author")
EDITED = mark("Edited on the desk, not as in this file: {fields}.")
NOT_PLANNED = mark("not planned yet")
OUT_OF = mark("published {out} of {total}")
SEVERAL = mark("{what}: {number}")
TO_APPROVE = mark("waits for approval")
STATES = {
    State.PLANNED: mark("planned"),
    State.CLAIMED: mark("planned"),
    State.INTENT: mark("going out"),
    State.SENT: mark("published"),
    State.CONFIRMED: mark("published"),
    State.REJECTED: mark("refused by the channel"),
    State.UNKNOWN: mark("outcome unknown, check it"),
    State.CANCELLED: mark("cancelled"),
    State.MISSED: mark("missed its time"),
    State.HELD: mark("held"),
}


class Fate(Value):
    """A publication as it is now, and what was seen of it last, by metric."""

    account: str
    state: State
    url: str = ""
    reason: Reason = NO_REASON
    approved: bool = True
    seen: Mapping[str, int] = {}

    @property
    def said(self) -> str:
        waits = self.state in (State.PLANNED, State.HELD) and not self.approved and self.reason.code != "returned"
        return TO_APPROVE if waits else STATES[self.state]

    @property
    def reach(self) -> int | None:
        return next((self.seen[metric] for metric in REACH if metric in self.seen), None)

    @property
    def reactions(self) -> int | None:
        """What the channel calls reactions, else what is known of likes, comments and reposts."""
        return self.seen["reactions"] if "reactions" in self.seen else total([self.seen.get(m) for m in REACTIONS])


def outcome(fates: Sequence[Fate], channels: Mapping[str, str]) -> Outcome:
    """What is written into the row; a number that is nowhere available is left out, never 0."""
    out = [fate for fate in fates if fate.state in OUT]
    told = dict.fromkeys(_why(fate, channels) for fate in fates if fate.reason and fate.state not in OUT)
    return Outcome(
        status=_status(fates, len(out)), link="\n".join(fate.url for fate in out if fate.url),
        reach=total([fate.reach for fate in out]), reactions=total([fate.reactions for fate in out]),
        reason="\n".join(told),
    )  # fmt: skip


def total(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _status(fates: Sequence[Fate], out: int) -> str:
    """One word where all publications share it, else how many of them stand how."""
    if not fates:
        return translate(NOT_PLANNED)
    counted = Counter(fate.said for fate in fates)
    if len(counted) == 1:
        return translate(next(iter(counted)))
    rest = [(said, number) for said, number in counted.items() if said != STATES[State.SENT]]
    told = [translate(OUT_OF, out=out, total=len(fates))] if out else []
    return ", ".join(told + [translate(SEVERAL, what=translate(said), number=number) for said, number in rest])


def with_edits(outcome: Outcome, edited: Collection[str], row: PlanRow, channels: Mapping[str, str]) -> Outcome:
    """The outcome of a row that was edited on the desk: the file does not say what goes out, so the reason does."""
    if not edited:
        return outcome
    said = translate(EDITED, fields=", ".join(_edit(name, row, channels) for name in EDITED_NAMES if name in edited))
    return outcome.model_copy(update={"reason": "\n".join(filter(None, [outcome.reason, said]))})


def _edit(name: str, row: PlanRow, channels: Mapping[str, str]) -> str:
    """The field, with what the desk has made of it where that is short."""
    value = ", ".join(channels.get(key, key) for key in row.channels) if name == "channels" else ""
    value = show(getattr(row, name)) if name in SHOWN else value
    title = translate(EDITED_NAMES[name])
    return f"{title}: {value}" if value else title


def _why(fate: Fate, channels: Mapping[str, str]) -> str:
    return f"{channels.get(fate.account, fate.account)}: {fate.reason}"
