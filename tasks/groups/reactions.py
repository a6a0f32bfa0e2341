"""The port of reactions: whoever keeps what recipients did with letters says here how it is asked. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from integrations.errors import Refused
from models.group_rules import Reacted
from models.locale import mark
from models.reason import because
from tasks.groups.windows import AsOf

NOBODY = mark(
    "Conditions about opened and clicked letters cannot be answered yet: nothing records reactions to letters in this "
    "house. Take the condition out of the rule until mailings are set up."
)


@dataclass(frozen=True)
class Reactions:
    """What the ledger of letters can tell, each as a query for ids of customers, in one column.

    `who` did it, at the end of the day; `moved` may have come or gone between two days by time alone. Whoever records
    a reaction also calls `tasks.groups.touching.rows.touch` in the same transaction.
    """

    who: Callable[[Reacted, AsOf], Select[Any]]
    moved: Callable[[Reacted, AsOf, AsOf], Select[Any]]


_registered: list[Reactions] = []


def register(reactions: Reactions | None) -> None:
    """Let conditions about reactions be answered by this; None lets them be refused again."""
    _registered[:] = [reactions] if reactions else []


def reactions() -> Reactions:
    """Whoever answers. Raises Refused while nobody does."""
    if not _registered:
        raise Refused(because(NOBODY, code="no_reactions"))
    return _registered[0]
