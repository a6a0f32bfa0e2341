"""What is wrong in a table of customers: each fault once, with the rows it is in. Pure."""

from collections.abc import Iterable

from models.content import Effect, Problem
from models.desk.drop import Wrong
from models.reason import Reason

SHOWN = 12  # rows of one fault that are named


class Faults:
    """The faults by column and reason, in the order in which they come first; of each only its first rows are kept."""

    def __init__(self) -> None:
        self.there: dict[tuple[str, Effect, str], tuple[int, list[int]]] = {}

    def take(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            where = (problem.place.field, problem.effect, problem.reason.model_dump_json())
            number, rows = self.there.get(where, (0, []))
            self.there[where] = (number + 1, [*rows, problem.place.row or 0] if number < SHOWN else rows)

    def told(self) -> tuple[Wrong, ...]:
        return tuple(
            Wrong(field=field, reason=Reason.model_validate_json(reason), number=number, rows=tuple(rows),
                  left_out=effect is Effect.LEFT_OUT)
            for (field, effect, reason), (number, rows) in self.there.items()
        )  # fmt: skip
