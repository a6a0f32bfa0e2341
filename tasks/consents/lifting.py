"""Whether a line of the stop-list may be taken out of force. Pure."""

from datetime import datetime

from models.customers import BARRED_TITLES, Barred
from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.consents.law import Standing

# What the customer has said themselves holds until they say otherwise themselves.
THEIR_OWN_WORD = frozenset({Barred.UNSUBSCRIBED, Barred.COMPLAINED, Barred.ERASED})
NEEDS_CONSENT = mark(
    "It stays in the stop-list ({why}): only a consent to advertising given after {at} takes it out. Write that "
    "consent down first."
)


def lifting_objection(why: Barred, since: datetime, of_address: Standing, day: str) -> Reason:
    """Why it may not be lifted; empty where it may. `day` is the day of `since` on the company's clocks."""
    renewed = of_address.in_force and of_address.given is not None and of_address.given > since
    if why not in THEIR_OWN_WORD or renewed:
        return NO_REASON
    return because(NEEDS_CONSENT, code="no_new_consent", why=because(BARRED_TITLES[why]), at=day)
