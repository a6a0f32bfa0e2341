"""The operations of the department: stable codes, and their names in the reader's language."""

from dataclasses import dataclass
from enum import StrEnum

from models.locale import mark, translate


class Direction(StrEnum):
    PLACEMENT = "A"
    PROGRAMS = "B"
    MAILINGS = "C"
    MANAGEMENT = "M"


DIRECTIONS = {
    Direction.PLACEMENT: mark("Placement on channels"),
    Direction.PROGRAMS: mark("Client programs"),
    Direction.MAILINGS: mark("Mailings and addressed activities"),
    Direction.MANAGEMENT: mark("Management"),
}


@dataclass(frozen=True)
class Operation:
    """`code` is the tag of its flow, the `operation` of its facts and its row in the README."""

    code: str
    title: str
    measure: str

    @property
    def direction(self) -> Direction:
        return Direction(self.code[0])

    def __str__(self) -> str:
        return f"{self.code} · {translate(self.title)}"


OPERATIONS = {
    operation.code: operation
    for operation in (
        Operation("A1", mark("Channel analysis"), mark("engagement rate and cost per reach by channel")),
        Operation("A2", mark("Market event analysis"), mark("events used in content / events found")),
        Operation("A3", mark("Content search"), mark("candidates accepted / found")),
        Operation("A4", mark("Grouping by customer group"), mark("share overruled")),
        Operation("A5", mark("Editing and creation"), mark("drafts approved first time")),
        Operation("A6", mark("Brand styling"), mark("corrections per piece")),
        Operation("A7", mark("Channel adaptation"), mark("renditions rejected by the channel")),
        Operation("A8", mark("Scheduled posting"), mark("on time within 60 s, %")),
        Operation("A9", mark("Placement control"), mark("live and correct, %")),
        Operation("A10", mark("Reaction control"), mark("reactions, answer time")),
        Operation("A11", mark("Unified registry"), mark("completeness")),
        Operation("A12", mark("Reports"), mark("delivered on time")),
        Operation("B1", mark("Forming and correcting customer groups"), mark("customers in at least one group, %")),
        Operation("C2", mark("Content search for mailings"), mark("candidates accepted / found")),
        Operation("C3", mark("Content of mailings"), mark("approved first time, %")),
        Operation("C4", mark("Styling of mailings and requirements of mailers"), mark("checks passed, %")),
        Operation("C1", mark("Customer groups for mailings"), mark("may be sent advertising, % of the group")),
        Operation("C5", mark("Analysis of reaction to mailings"), mark("revenue per 1,000 letters, against control")),
        Operation("C8", mark("Coupons, special offers, reasons to visit"), mark("ready on date, %")),
        Operation("C9", mark("Coupons in trade"), mark("limits exceeded (target 0)")),
        Operation("C10", mark("Analysis of coupons"), mark("what coupons brought against control, with its interval")),
        Operation("C11", mark("Reports of mailings"), mark("delivered on time")),
    )
}
