"""What reading a dropped file came to, whatever its kind. Pure."""

from models.content import Effect, Problem
from models.desk.drop import (
    PROBLEMS_SHOWN,
    CustomersFound,
    PicturesFound,
    PlanFound,
    ProductsFound,
    PurchasesFound,
    TableFound,
)
from models.dropped import DropKind, DropState
from models.post import Value
from models.reason import NO_REASON, Reason

Found = PlanFound | PicturesFound | ProductsFound | TableFound | CustomersFound | PurchasesFound


class Look(Value):
    """`seen` is the print of what applying would do; a `refusal` says why it can do nothing."""

    kind: DropKind
    found: Found | None = None
    seen: str = ""
    problems: tuple[Problem, ...] = ()
    refusal: Reason = NO_REASON
    total: int = 0

    @property
    def state(self) -> DropState:
        return DropState.REFUSED if self.refusal else DropState.READ

    def columns(self) -> dict[str, object]:
        """The look as the row keeps it."""
        problems = [problem.model_dump(mode="json") for problem in self.problems[:PROBLEMS_SHOWN]]
        return {
            "kind": self.kind, "state": self.state, "seen": self.seen, "problems": problems,
            "found": self.found.model_dump(mode="json") if self.found else {},
            "refusal": self.refusal.model_dump() if self.refusal else {}, "total": self.total, "done": self.total,
        }  # fmt: skip


def refused(kind: DropKind, *problems: Problem) -> Look:
    """A file that cannot be used, by the first problem that says so."""
    stops = [problem for problem in problems if problem.effect is Effect.STOPS] or list(problems)
    return Look(kind=kind, refusal=stops[0].reason, problems=problems)
