"""Who is told what today: authors, the approver, the technicians, each with the deputy where one is away. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.people import Role
from tasks.approval.rules import Away, Who, on_duty


@dataclass(frozen=True)
class Duty:
    """The people of the company on one day; `approver` is who approves by the company's policy."""

    day: date
    people: Mapping[str, Who] = field(default_factory=dict)
    absences: Sequence[Away] = ()
    approver: str = ""

    def instead_of(self, person: str) -> str:
        """Who answers for this person today; nobody for one who is not of the company."""
        return on_duty(person, self.day, dict(self.people), self.absences) if person in self.people else ""

    def author(self, key: str) -> str:
        """Who answers for a piece: its author, else the approver."""
        return self.instead_of(key) or self.instead_of(self.approver)

    def technicians(self) -> list[str]:
        keys = [who.key for who in self.people.values() if Role.TECHNICIAN in who.roles]
        return sorted({self.instead_of(key) for key in keys})

    def controllers(self) -> list[str]:
        """Those who decide about what is not as approved: the approver and the technicians."""
        return sorted({self.instead_of(self.approver), *self.technicians()} - {""})
