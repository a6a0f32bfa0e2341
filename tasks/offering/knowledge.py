"""What a company has, as offers name it: by key, with titles, zones and what is said of people. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from models.company import Workspace
from models.locale import translate
from models.offers import BOUGHT_AT, MONEY_OFF, AmountOff, Invitation, OfferTerms, PercentOff
from models.redemptions import OfferRow
from tasks.offers.checking import Known
from tasks.offers.windows import anywhere
from tasks.offers.wording import Words


@dataclass(frozen=True)
class Knowledge:
    """Titles by key of everything that an offer may name; products and groups as far as tables know them."""

    workspace: Workspace
    products: Mapping[str, str] = field(default_factory=dict)
    product_groups: frozenset[str] = frozenset()
    customer_groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        company = self.workspace.company
        return Words(
            products=self.products, customer_groups=self.customer_groups, currency=company.currency,
            outlets={one.key: one.name for one in company.outlets},
            channels=bought_through(self.workspace), **self.accounts,
        )  # fmt: skip

    @property
    def accounts(self) -> dict[str, dict[str, str]]:
        company = self.workspace.company
        return {
            "funds": {one.key: one.title for one in company.funds},
            "campaigns": {one.key: one.title for one in company.campaigns},
            "goals": {one.key: one.title for one in company.goals},
        }

    @property
    def named(self) -> dict[str, Mapping[str, str]]:
        """Titles by key, by the field of the form that names them."""
        words = self.words
        return {
            "fund": words.funds, "campaign": words.campaigns, "goal": words.goals, "outlets": words.outlets,
            "channels": words.channels, "customer_groups": words.customer_groups,
        }  # fmt: skip

    @property
    def known(self) -> Known:
        """Goods are asked about only where the company has told us of any."""
        words = self.words
        return Known(
            outlets=set(words.outlets), products=set(self.products) or None, product_groups=self.product_groups or None,
            customer_groups=set(self.customer_groups), channels=set(words.channels), funds=set(words.funds),
            campaigns=set(words.campaigns), goals=set(words.goals), currency=words.currency,
        )  # fmt: skip

    def zones(self, outlets: Iterable[str] = ()) -> list[str]:
        """The zones in which an offer of these outlets holds; of none named, of all."""
        company, only = self.workspace.company, set(outlets)
        own = [one.zone or company.zone for one in company.outlets if not only or one.key in only]
        return list(dict.fromkeys([*own, *([] if only and own else [company.zone])]))


def bought_through(workspace: Workspace) -> dict[str, str]:
    """Where a purchase may come from, with titles; the company's own word for one goes before ours."""
    ours = {key: translate(title) for key, title in BOUGHT_AT.items()}
    return ours | {one.key: one.title for one in workspace.channels}


def costs_at_most(terms: OfferTerms) -> Decimal | None:
    """The most that is ever given off; None where nothing bounds it, so that it is above any threshold."""
    gives, limits = terms.gives, terms.limits
    each = Decimal(0)
    if isinstance(gives, Invitation):
        return Decimal(0)
    if not isinstance(gives, MONEY_OFF):
        return None
    if isinstance(gives, AmountOff):
        each = gives.amount
    elif isinstance(gives, PercentOff):
        each = gives.most
    by_uses = each * limits.total if each and limits.total else None
    bounds = [one for one in (limits.budget or None, by_uses) if one is not None]
    return min(bounds, default=None)


def fit(row: OfferRow, terms: OfferTerms, known: Knowledge) -> None:
    """Let the offer's row be as these terms say."""
    row.title, row.campaign, row.goal, row.fund = terms.title, terms.campaign, terms.goal, terms.fund
    row.rank = terms.stacking.rank
    row.starts_at, row.ends_at = anywhere(terms, known.zones(terms.conditions.outlets))
