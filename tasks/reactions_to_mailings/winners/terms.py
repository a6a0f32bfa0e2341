"""By what, and when, the better variant of a mailing is chosen, as its split says it. Pure.

The split of a mailing is {"shares": …, "by": "clicked", "after_hours": 24, "otherwise": "ask"}; what it does not say is
as usual. `otherwise` is the variant that goes where none is proven better, or "ask": a person chooses then.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.trial import HOURS_MOST, USUAL_HOURS, By, known
from tasks.returns.sums.funnel import Funnel
from tasks.returns.sums.resampling import Spent
from tasks.returns.sums.trials import Rule, Verdict, best_revenue, best_share

ASK = "ask"


@dataclass(frozen=True)
class Terms:
    by: By = "clicked"
    after: timedelta = timedelta(hours=24)
    otherwise: str = ASK


def terms_of(split: Mapping[str, Any], variants: Collection[str]) -> Terms:
    """The terms of a split; what cannot be meant counts as not said."""
    by = known(split.get("by"))
    hours = split.get("after_hours")
    is_hours = isinstance(hours, int | float) and not isinstance(hours, bool) and 0 < hours <= HOURS_MOST
    otherwise = split.get("otherwise")
    return Terms(
        by, timedelta(hours=float(hours) if is_hours and hours is not None else USUAL_HOURS[by]),
        str(otherwise) if otherwise in variants else ASK,
    )  # fmt: skip


def verdict(
    terms: Terms, funnels: Mapping[str, Funnel], spent: Mapping[str, Spent], decides_at: datetime, now: datetime,
    seed: int,
) -> Verdict:  # fmt: skip
    """What the rule of trials says of the variants that were sent out; the control group is none of them."""
    rule = Rule(decides_at)
    if terms.by == "revenue":
        return best_revenue({variant: spent.get(variant, Spent((), 0)) for variant in funnels}, rule, now, seed)
    counted = {variant: (getattr(one, terms.by), max(one.delivered, 0)) for variant, one in funnels.items()}
    known = {variant: (min(number, of), of) for variant, (number, of) in counted.items() if of > 0}
    return best_share(known, rule, now)
