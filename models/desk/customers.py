"""What the pages about customers show, and what is given out of them. Pure."""

from collections.abc import Mapping
from datetime import datetime

from models.customers import Act, AddressKind, Barred, Purpose
from models.desk.cards import CardsSeen
from models.desk.membership import InGroups
from models.locale import mark
from models.post import Value
from models.reason import NO_REASON, Reason

WHYS = ("", "not_agreed", "asked", "withdrawn", "personal", "barred")  # in the order they are shown
VIA_TITLES = {
    "import": mark("from a table"),
    "by_hand": mark("written down by hand"),
    "till": mark("at a till"),
    "form": mark("by a form"),
    "letter": mark("by a letter"),
}


class Share(Value):
    """How many addresses of a kind have this reason ("" may be written to), and which part of all of them it is."""

    why: str
    number: int
    share: float

    @property
    def percent(self) -> int:
        return round(self.share)

    @property
    def tone(self) -> str:
        return "good" if not self.why else "plain"

    mark: float | None = None  # no pace is drawn into the bar


class KindReach(Value):
    """The addresses of one kind: how many there are, and how many of them may be sent advertising and why not."""

    kind: AddressKind
    total: int
    shares: tuple[Share, ...]

    @property
    def may(self) -> int:
        return sum(share.number for share in self.shares if not share.why)


def reach_of(counted: Mapping[tuple[str, str], int]) -> tuple[KindReach, ...]:
    """The picture of these numbers, kind by kind; a kind nobody has is left out."""
    found = []
    for kind in AddressKind:
        numbers = {why: counted.get((kind.value, why), 0) for why in WHYS}
        if total := sum(numbers.values()):
            shares = tuple(
                Share(why=why, number=number, share=100 * number / total) for why, number in numbers.items() if number
            )
            found.append(KindReach(kind=kind, total=total, shares=shares))
    return tuple(found)


class LoadLine(Value):
    """A table that was loaded, or is being: who, when, and what became of its rows."""

    file: str
    by: str
    at: datetime
    done: int
    total: int
    counts: Mapping[str, int] = {}
    is_over: bool = True


class AddressLine(Value):
    """One address and whether advertising may go there; `objection` is why not."""

    kind: AddressKind
    written: str
    since: datetime
    objection: Reason = NO_REASON


class FoundCustomer(Value):
    """A customer in a list: enough to tell them from others."""

    id: int
    code: str
    name: str
    city: str
    addresses: tuple[str, ...] = ()
    may: int = 0


class Search(Value):
    """Who was found by what was typed; `is_cut` where there are more than are shown."""

    typed: str
    found: tuple[FoundCustomer, ...] = ()
    is_cut: bool = False


class CustomersPage(Value):
    """All customers in numbers, the last tables that were loaded, and whoever was looked for."""

    total: int
    reach: tuple[KindReach, ...] = ()
    loads: tuple[LoadLine, ...] = ()
    search: Search | None = None


class ConsentLine(Value):
    """A line of the ledger; `is_former`: it is about an address the customer no longer has."""

    id: int
    at: datetime
    purpose: Purpose
    act: Act
    kind: AddressKind | None = None
    is_former: bool = False
    wording: str = ""
    via: str = ""
    source: str = ""
    proof: str = ""
    recorded_at: datetime
    recorded_by: str = ""


class StopLine(Value):
    """A line of the stop-list about one of the customer's addresses; `objection` is why it may not be lifted now."""

    id: int
    kind: AddressKind
    why: Barred
    since: datetime
    source: str = ""
    note: str = ""
    by: str = ""
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_why: str = ""
    objection: Reason = NO_REASON


class LineSeen(Value):
    """A line of a receipt: `quantity` in thousandths, `amount` in minor units for all of it."""

    product: str
    product_group: str = ""
    quantity: int = 1000
    amount: int = 0


class ReceiptSeen(Value):
    """A receipt of the customer, `amount` in minor units; below zero it is a return."""

    id: int
    at: datetime
    outlet: str = ""
    amount: int = 0
    lines: tuple[LineSeen, ...] = ()


class Bought(Value):
    """What a customer bought: all receipts in numbers, and the last of them line by line."""

    number: int = 0
    amount: int = 0
    currency: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    receipts: tuple[ReceiptSeen, ...] = ()

    @property
    def is_cut(self) -> bool:
        return len(self.receipts) < self.number


class CustomerRecord(Value):
    """Everything that is known of a customer. `acts_cut`: the ledger has more lines than are shown."""

    id: int
    code: str
    name: str
    birthday: str
    city: str
    zone: str
    outlet: str
    source: str
    created_at: datetime
    changed_at: datetime
    addresses: tuple[AddressLine, ...] = ()
    acts: tuple[ConsentLine, ...] = ()
    acts_cut: bool = False
    stops: tuple[StopLine, ...] = ()
    bought: Bought = Bought()
    groups: InGroups = InGroups()
    loyalty: CardsSeen = CardsSeen()
    load: LoadLine | None = None

    @property
    def profile(self) -> dict[str, str]:
        """The customer's own fields that say something, by the names of `FIELD_TITLES`."""
        fields = ("code", "name", "birthday", "city", "zone", "outlet")
        return {field: said for field in fields if (said := getattr(self, field))}


class GivenOut(Value):
    """A file with everything known of a customer; its name says nothing of them but the number."""

    name: str
    media_type: str
    content: bytes
