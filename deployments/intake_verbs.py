"""The verbs of handing in by programs, done in the house."""

from collections.abc import Sequence
from typing import Any

from integrations.errors import Refused
from models.intake import Answer, Caller, What
from models.reason import Reason
from tasks.house import House
from tasks.intake.engine import Intake
from tasks.outlets import rows as keys
from tasks.people.tokens import till_key_hash


class IntakeVerbs:
    house: House
    secret: str

    def intake_caller(self, key: str) -> Caller | None:
        outlets = [one.key for one in self.house.workspace.company.outlets]
        with self.house.sessions.begin() as session:
            found = keys.authenticate(session, self.house.clock, till_key_hash(self.secret, key), outlets)
            return Caller(id=found.id or 0, outlet=found.outlet, may=found.intake) if found else None

    def take_in(self, caller: Caller, what: What, rows: Sequence[Any], once: str) -> Answer | Reason:
        try:
            return Intake(self.house, caller).take(what, rows, once)
        except Refused as refused:
            return refused.reason
