"""What is left of an offer's limits, of what is approved now and of what its counters say is taken. Pure."""

from collections.abc import Mapping

from models.offers import OfferTerms
from models.redemptions import Limit
from models.written import minor_units


def left(terms: OfferTerms, taken: Mapping[str, int]) -> int | None:
    """How often it may be used in all; None where that is not limited."""
    return max(terms.limits.total - taken.get(Limit.TOTAL, 0), 0) if terms.limits.total else None


def is_used_up(terms: OfferTerms, taken: Mapping[str, int], currency: str) -> bool:
    """Whether some limit is full, so that no code of it is taken any more, in this outlet or anywhere."""
    limits = terms.limits
    each = {
        Limit.TOTAL: limits.total, Limit.BUDGET: minor_units(limits.budget, currency), Limit.UNITS: limits.units,
        Limit.OUTLET: limits.per_outlet,
    }  # fmt: skip
    return any(most and taken.get(kind, 0) >= most for kind, most in each.items())
