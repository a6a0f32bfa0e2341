"""Who may be sent advertising, and why not: what consents and the stop-list come to at a moment. Pure.

A consent is in force where the last time it was given is later than the last time it was withdrawn: so the order in
which lines are recorded never matters, and of two at the same moment the withdrawal counts.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from models.customers import BARRED_TITLES, Act, Barred
from models.locale import mark
from models.reason import NO_REASON, Reason, because

NOT_AGREED = mark("No consent to advertising is known for this address.")
ASKED_ONLY = mark("Consent to advertising was asked for, {at}, and is not confirmed yet.")
WITHDRAWN = mark("Consent to advertising was withdrawn, {at}.")
NOT_PERSONAL = mark("No consent to the use of personal data is known for this customer.")
PERSONAL_WITHDRAWN = mark("Consent to the use of personal data was withdrawn, {at}.")
IN_STOP_LIST = mark("The address stands in the stop-list: {why}.")


@dataclass(frozen=True, slots=True)
class Standing:
    """When a consent was last given, withdrawn and asked for."""

    given: datetime | None = None
    withdrawn: datetime | None = None
    asked: datetime | None = None

    @property
    def in_force(self) -> bool:
        return self.given is not None and (self.withdrawn is None or self.given > self.withdrawn)

    def after(self, act: Act, at: datetime) -> "Standing":
        """The standing once this is said too; what is older than the last changes nothing."""
        former: datetime | None = getattr(self, act.value)
        return self if former and former >= at else replace(self, **{act.value: at})


UNSAID = Standing()


def objection(of_address: Standing, of_customer: Standing, barred: Barred | None) -> Reason:
    """Why no advertising may go to this address; empty where it may. The first reason is the one hardest to mend."""
    if barred is not None:
        return because(IN_STOP_LIST, code="barred", why=because(BARRED_TITLES[barred]))
    if not of_customer.in_force:
        if at := of_customer.withdrawn:
            return because(PERSONAL_WITHDRAWN, code="personal", at=_day(at))
        return because(NOT_PERSONAL, code="personal")
    if of_address.in_force:
        return NO_REASON
    if at := of_address.withdrawn:
        return because(WITHDRAWN, code="withdrawn", at=_day(at))
    if at := of_address.asked:
        return because(ASKED_ONLY, code="asked", at=_day(at))
    return because(NOT_AGREED, code="not_agreed")


def _day(at: datetime) -> str:
    return f"{at:%d.%m.%Y}"
