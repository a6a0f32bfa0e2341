"""Groups as a person reads them beside a run: sizes, drift, overlap, who may be sent anything; numbers only. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.customer_groups import GroupBuild
from models.customers import KIND_TITLES, AddressKind
from models.locale import mark, translate
from models.post import Value
from models.reason import because
from tasks.groups.building.rows import ANY
from tasks.groups.figures.rows import Overlap
from tasks.reports.numbers import say, say_share
from tasks.schedule.wall import local

HEADS = (mark("Customer group"), mark("Customers"), mark("Joined"), mark("Left"), mark("In control"),
         mark("May be sent advertising"), mark("Built"))  # fmt: skip
DRIFT_HEADS = (mark("Built"), mark("Customers"), mark("Joined"), mark("Left"), mark("May be sent advertising"))
OVERLAP_HEADS = (mark("Customer group"), mark("Customer group"), mark("In both"), mark("Likeness"))
REACH_HEADS = (mark("Customer group"), mark("Address"), mark("Recipients"), mark("Why not the others"))
GROUPS, DRIFT, OVERLAP = mark("Customer groups"), mark("The last builds"), mark("Groups that share customers")
RECIPIENTS = {"advertising": mark("Recipients of advertising"), "service": mark("Recipients of a service message")}
COVERED = mark("In at least one group: {covered} of {customers} customers, {share}.")
NONE = mark("There is no customer group yet. Make one of the ready groups.")
NEVER = mark("not built yet")
CONTROL = mark("in control: {number}")
WHY_NOT = {
    "barred": mark("in the stop-list: {number}"),
    "personal": mark("no consent to personal data: {number}"),
    "withdrawn": mark("consent withdrawn: {number}"),
    "asked": mark("consent not confirmed: {number}"),
    "not_agreed": mark("no consent to advertising: {number}"),
    "no_address": mark("no such address: {number}"),
}
PAIRS_SHOWN = 15


class GroupLine(Value):
    """A group and its last build; `open` by kind of address and at all."""

    key: str
    title: str
    size: int = 0
    joined: int = 0
    left: int = 0
    control: int = 0
    open: Mapping[str, int] = {}
    built_at: datetime | None = None


class ReachLine(Value):
    """How many addresses of a kind a mailing to a group would go to, and how many not, by why."""

    group: str
    kind: AddressKind
    recipients: int
    why_not: Mapping[str, int] = {}


def line_of(key: str, title: str, build: GroupBuild | None) -> GroupLine:
    """The group with what its last build came to."""
    if build is None:
        return GroupLine(key=key, title=title)
    said = build.model_dump(include={"size", "joined", "left", "control", "open"})
    return GroupLine(key=key, title=title, built_at=build.at, **said)


def groups_table(lines: Sequence[GroupLine], covered: tuple[int, int], zone: str) -> str:
    """All groups, the coverage below."""
    if not lines:
        return f"## {translate(GROUPS)}\n\n{translate(NONE)}"
    rows = [
        (f"{one.title} ({one.key})", one.size, one.joined, one.left, one.control,
         f"{counted(one.open.get(ANY, 0))} · {shared(one.open.get(ANY, 0), one.size)}", _moment(one.built_at, zone))
        for one in lines
    ]  # fmt: skip
    number, customers = covered
    said = translate(COVERED, covered=counted(number), customers=counted(customers), share=shared(number, customers))
    return f"## {translate(GROUPS)}\n\n{table(HEADS, rows)}\n\n{said}"


def drift_table(builds: Sequence[GroupBuild], zone: str) -> str:
    """The last builds of a group, the newest first."""
    rows = [
        (_moment(one.at, zone), one.size, one.joined, one.left,
         f"{counted(one.open.get(ANY, 0))} · {shared(one.open.get(ANY, 0), one.size)}")
        for one in builds
    ]  # fmt: skip
    return f"## {translate(DRIFT)}\n\n{table(DRIFT_HEADS, rows)}" if rows else ""


def overlap_table(pairs: Sequence[Overlap], of: str = "") -> str:
    """The pairs that share the most, of all groups or of one."""
    shown = [one for one in pairs if one.first != one.second and one.shared and of in ("", one.first, one.second)]
    shown.sort(key=lambda one: (-one.jaccard, one.first, one.second))
    rows = [(one.first, one.second, one.shared, say_share(one.jaccard)) for one in shown[:PAIRS_SHOWN]]
    return f"## {translate(OVERLAP)}\n\n{table(OVERLAP_HEADS, rows)}" if rows else ""


def reach_line(
    group: str, size: int, kind: AddressKind, recipients: int, reach: Counter[tuple[str, str]], is_advertising: bool
) -> ReachLine:
    """What a mailing would reach; who is left of those it may go to is in control."""
    mine = {why: number for (of, why), number in reach.items() if of == kind.value}
    against = {why: number for why, number in mine.items() if why and (is_advertising or why == "barred")}
    without, rest = size - sum(mine.values()), sum(mine.values()) - sum(against.values()) - recipients
    why_not = against | ({"no_address": without} if without else {}) | ({"control": rest} if rest else {})
    return ReachLine(group=group, kind=kind, recipients=recipients, why_not=why_not)


def reach_table(lines: Sequence[ReachLine], ground: str) -> str:
    """Who a mailing would go to, and why not to the others, by group and kind of address."""
    rows = [
        (one.group, translate(KIND_TITLES[one.kind]), one.recipients, "; ".join(_why_not(one.why_not))) for one in lines
    ]  # fmt: skip
    return f"## {translate(RECIPIENTS[ground])}\n\n{table(REACH_HEADS, rows)}" if rows else ""


def _why_not(numbers: Mapping[str, int]) -> list[str]:
    said = WHY_NOT | {"control": CONTROL}
    return [str(because(said[why], number=counted(number))) for why, number in numbers.items() if why in said]


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table in markdown; numbers to the right."""
    if not rows:
        return ""
    is_number = [isinstance(cell, int) for cell in rows[0]]
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    head = "| " + " | ".join(translate(one) for one in heads) + " |"
    return "\n".join([head, "|" + "|".join("---:" if number else "---" for number in is_number) + "|", *lines])


def _cell(value: Any) -> str:
    return counted(value) if isinstance(value, int) else str(value).replace("|", "\\|")


def counted(number: int) -> str:
    return say(number, "count")


def shared(part: int, whole: int) -> str:
    return say_share(part / whole) if whole else "—"


def _moment(at: datetime | None, zone: str) -> str:
    return f"{local(at, zone):%d.%m.%Y %H:%M}" if at else translate(NEVER)
