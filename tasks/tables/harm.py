"""What a table would change so much that a person looks at it first: then it is loaded only on their yes. Pure.

A table of a person's own is looked at before it is loaded; one that loads by itself is not, and one wrong export (a
column moved, an old copy, "no" in every row) would take the base's consents or addresses away overnight.
"""

from collections.abc import Mapping

from models.desk.drop import CustomersFound
from models.locale import mark
from models.reason import NO_REASON, Reason, because

LEAST = 20  # fewer than so many are no reason to stop
LOST_SHARE, CHANGED_SHARE, RECEIPTS_SHARE = 20, 50, 20  # per cent
LOSES = mark("it would close {number} of {all} addresses that may be written to")
CHANGES = mark("it would change {number} of {all} customers")
REWRITES = mark("it would change {number} of the {all} receipts of its own that are known")


def of_customers(found: CustomersFound, reachable: int, customers: int) -> Reason:
    """Why somebody should look first; NO_REASON where loading it changes little, or only adds."""
    if _is_much(found.lost, reachable, LOST_SHARE):
        return because(LOSES, code="loses", number=found.lost, all=reachable)
    changed = found.counts.get("changed", 0)
    if _is_much(changed, customers, CHANGED_SHARE):
        return because(CHANGES, code="changes", number=changed, all=customers)
    return NO_REASON


def of_purchases(counts: Mapping[str, int]) -> Reason:
    """The same of receipts: new ones harm nobody, what was bought and paid seldom changes."""
    changed = counts.get("receipts_changed", 0)
    known = changed + counts.get("receipts_same", 0)
    if _is_much(changed, known, RECEIPTS_SHARE):
        return because(REWRITES, code="rewrites", number=changed, all=known)
    return NO_REASON


def _is_much(number: int, of: int, share: int) -> bool:
    return number >= LEAST and number * 100 >= of * share
