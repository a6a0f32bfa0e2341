"""Costs beside the discount, as somebody states them: the work of a use, a code, the rest, what others pay. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.locale import mark
from models.reason import Reason, because
from tasks.coupon_analysis.costs import Rates
from tasks.registry.amounts import Unclear, read_money

FIELDS = ("handling", "each_issued", "fixed")
NO_SHARE = mark("“{said}” is no share. Write how many per cent of the discount others pay, from 0 to 100.")
OTHER_MONEY = mark("“{said}” is in another currency. Write it in {currency}.")


@dataclass(frozen=True, slots=True)
class Stated:
    """In minor units; `partner` is a share of the discount, None where nobody stated it."""

    handling: int = 0
    each_issued: int = 0
    fixed: int = 0
    partner: float | None = None

    def over(self, usual: Rates) -> Rates:
        """With what the offer itself says of who pays, where nobody stated it."""
        share = usual.partner if self.partner is None else self.partner
        return Rates(self.handling, self.each_issued, self.fixed, share)


NOTHING_STATED = Stated()


def read_rates(typed: Mapping[str, str], currency: str) -> Stated | Reason:
    """What was typed; or what is wrong with the first field that cannot be read."""
    amounts: dict[str, int] = {}
    for name in FIELDS:
        said = typed.get(name, "").strip()
        try:
            amounts[name], of = read_money(said, currency) if said else (0, currency)
        except Unclear as unclear:
            return unclear.reason
        if of != currency:
            return because(OTHER_MONEY, code="other_money", said=said, currency=currency)
    said = typed.get("partner", "").strip().rstrip("%").strip()
    if not said:
        return Stated(**amounts)
    share = _share(said)
    return because(NO_SHARE, code="share", said=said) if share is None else Stated(**amounts, partner=share)


def _share(said: str) -> float | None:
    try:
        share = float(said.replace(",", ".")) / 100
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None
