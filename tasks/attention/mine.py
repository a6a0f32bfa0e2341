"""Whose a thing is today: its author's, or of who answers for the author; decisions are of those who decide. Pure."""

from dataclasses import dataclass, field

from tasks.watching.duty import Duty


@dataclass(frozen=True)
class Share:
    """What of everything is one person's: the pieces of these authors, `others` of those who are not of the company.

    `decides`: whatever is unknown or not as approved is theirs too, whoever wrote it.
    """

    authors: frozenset[str] = field(default_factory=frozenset)
    known: frozenset[str] = field(default_factory=frozenset)
    others: bool = False
    decides: bool = False
    person: str = ""


def share_of(person: str, duty: Duty) -> Share:
    """What this person answers for today."""
    authors = frozenset(key for key in duty.people if duty.author(key) == person)
    return Share(
        authors=authors, known=frozenset(duty.people), others=duty.instead_of(duty.approver) == person,
        decides=person in duty.controllers(), person=person,
    )  # fmt: skip
