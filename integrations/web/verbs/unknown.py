"""What needs a person, and what they decide about it; orders about placements are in `orders`."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.unknown import Needs, Recipient, What
from models.reason import Reason


class UnknownVerbs(Protocol):
    def needs(self, visitor: Visitor, what: What | None, mine: bool, most: int) -> Needs:
        """What needs a person, at most so many of each kind: all, or of one kind; `mine` only what is this person's."""

    def recipients(self) -> tuple[Sequence[Recipient], Sequence[Recipient]]:
        """To whom a question can be passed on: outlets, and people."""

    def decide_difference(self, id: int, answer: str, visitor: Visitor, once: str) -> Sequence[Reason]: ...

    def answer_question(self, id: int, answer: str, visitor: Visitor, once: str) -> Sequence[Reason]: ...

    def pass_on(self, id: int, to: str, visitor: Visitor, once: str, note: str) -> Sequence[Reason]: ...
