"""What offers ask about a buyer, and who a buyer is. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.offers import OfferTerms
from tasks.redeeming.limits import BY_NUMBER


@dataclass(frozen=True)
class Known:
    """Who buys: numbers of `customers`, and keyed hashes of what was shown."""

    customers: frozenset[int] = frozenset()
    prints: tuple[str, ...] = ()

    def or_owner(self, owner: int | None) -> "Known":
        """No customer is known by what was shown: then it is whose the code is."""
        return self if self.customers or owner is None else Known(frozenset({owner}), self.prints)

    def scopes(self, owner: int | None) -> tuple[str, ...]:
        """What limits count them by: by every name at once, so another one begins no limit anew."""
        customers = self.customers | ({owner} if owner is not None else frozenset())
        return tuple(sorted({*(f"{BY_NUMBER}{one}" for one in customers), *(f"print:{one}" for one in self.prints)}))

    def also(self, prints: Iterable[str]) -> "Known":
        """With more names that they are known by."""
        return Known(self.customers, (*self.prints, *prints))


def groups_named(terms: Iterable[OfferTerms]) -> frozenset[str]:
    """The customer groups that any of them asks about."""
    return frozenset(
        key for one in terms for key in (*one.conditions.customer_groups, *one.conditions.but_customer_groups)
    )


def name_groups_of_goods(terms: Iterable[OfferTerms]) -> bool:
    return any(one.goods.groups or one.goods.but_groups for one in terms)
