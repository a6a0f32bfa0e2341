"""Whether a mailing brought anything: recipients against those who were left out by lot. Pure.

Both spend anyway; what the mailing did is the difference. Receipts have heavy tails, so a difference is believed only
where Welch's test and the drawn interval agree, as among variants. As there, nothing is said before its moment:
whoever waited for the winner got it later than the control group's time began, and an early look finds differences by
chance.
"""

from collections.abc import Mapping
from datetime import datetime

from tasks.reactions_to_mailings.values import Against, Told
from tasks.returns.owed.rows import CONTROL
from tasks.returns.sums.intervals import welch
from tasks.returns.sums.resampling import Spent, difference_interval
from tasks.returns.sums.trials import ALPHA

NOBODY = Spent((), 0)


def together(spent: Mapping[str, Spent]) -> Spent:
    """All recipients, whichever variant they got."""
    those = [one for variant, one in spent.items() if variant != CONTROL]
    return Spent(tuple(amount for one in those for amount in one.amounts), sum(one.size for one in those))


def against(spent: Mapping[str, Spent], seed: int, told_from: datetime | None = None) -> Against:
    """The recipients beside the control group; `seed` keeps the drawn interval the same.

    `told_from` is when the time of all will be over; None where it is.
    """
    recipients, control = together(spent), spent.get(CONTROL, NOBODY)
    if not control.size:
        return Against(Told.NO_CONTROL, recipients, control)
    apart = recipients.per_thousand - control.per_thousand
    interval = difference_interval(recipients, control, seed)
    if interval is None:
        return Against(Told.TOO_FEW, recipients, control, apart)
    p = welch(recipients.sample, control.sample)
    told = Told.EARLY if told_from else Told.NOT_TOLD
    if not told_from and p < ALPHA and not interval.holds(0):
        told = Told.MORE if apart > 0 else Told.LESS
    return Against(told, recipients, control, apart, interval, p, told_from)
