"""What the pages for people outside the company need, and the orders that let them in."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Review, Said, Visitor
from models.reason import Reason


class ReviewVerbs(Protocol):
    def ask_reviewer(
        self, question: int, version: int, name: str, email: str, days: int, visitor: Visitor, once: str
    ) -> tuple[Sequence[Reason], str]:
        """Make a link for somebody outside; with an address it goes there in a letter, else it is given back, once."""

    def revoke_reviewer(self, id: int, visitor: Visitor, once: str) -> Sequence[Reason]: ...

    def review(self, token: str) -> Review | None:
        """What a link shows; None where it is good no longer."""

    def opened(self, token: str) -> None:
        """Somebody has opened the link."""

    def take_review(self, token: str, said: Sequence[Said]) -> int | None:
        """Write down what was said; returns about how many, None where the link is good no longer."""
