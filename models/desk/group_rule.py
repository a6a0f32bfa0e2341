"""The rule of a group as it is read and filled in on the desk: conditions in boxes, boxes in boxes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.locale import mark
from models.post import Value
from models.reason import Reason

ALL, ANY = "all", "any"
JOINS = {ALL: mark("all of these are true"), ANY: mark("any of these is true")}
SIGN_TITLES = {
    ">=": mark("at least"), "<=": mark("at most"), ">": mark("more than"), "<": mark("less than"),
    "=": mark("exactly"),
}  # fmt: skip
SIDES = {"next": mark("in the coming days"), "last": mark("in the past days")}
ANY_ADDRESS = mark("any address")


@dataclass(frozen=True)
class Kind:
    """A kind of condition: what it is called, in which part of the list it stands, and what is filled in for it.

    `source` is what its values are chosen from; `unit` stands behind its number.
    """

    key: str
    title: str
    part: str
    fields: tuple[str, ...] = ()
    source: str = ""
    unit: str = ""


ABOUT, SALES, SCORES = mark("About the customer"), mark("Purchases"), mark("Recency, frequency, sum")
AGREEMENTS, LETTERS, OTHERS = mark("Consents"), mark("Letters"), mark("Other")
PERIOD = ("days", "from", "to")
SOLD = ("groups", "products", "outlets", *PERIOD)
COUNTED = ("sign", "number", *SOLD)
MONEY, TIMES, PIECES, AGO = mark("in money"), mark("receipts"), mark("pieces or kilograms"), mark("days ago")
KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("bought", mark("bought"), SALES, SOLD),
        Kind("counted.receipts", mark("number of receipts"), SALES, COUNTED, unit=TIMES),
        Kind("counted.sum", mark("sum of purchases"), SALES, COUNTED, unit=MONEY),
        Kind("counted.average", mark("average receipt"), SALES, COUNTED, unit=MONEY),
        Kind("counted.quantity", mark("quantity bought"), SALES, COUNTED, unit=PIECES),
        Kind("counted.last", mark("last purchase"), SALES, COUNTED, unit=AGO),
        Kind("counted.first", mark("first purchase"), SALES, COUNTED, unit=AGO),
        Kind("where.city", mark("lives in the city"), ABOUT, ("values",), "city"),
        Kind("where.outlet", mark("belongs to the outlet"), ABOUT, ("values",), "outlet"),
        Kind("where.zone", mark("lives in the time zone"), ABOUT, ("values",), "zone"),
        Kind("where.source", mark("came from"), ABOUT, ("values",), "source"),
        Kind("birthday", mark("has a birthday"), ABOUT, ("side", "days")),
        Kind("joined", mark("came into the base"), ABOUT, PERIOD),
        Kind("has", mark("has an address"), ABOUT, ("address",)),
        Kind("scored.recency", mark("score of recency"), SCORES, ("sign", "score", "days")),
        Kind("scored.frequency", mark("score of frequency"), SCORES, ("sign", "score", "days")),
        Kind("scored.monetary", mark("score of sum"), SCORES, ("sign", "score", "days")),
        Kind("reachable", mark("may be sent advertising"), AGREEMENTS, ("address",)),
        Kind("agreed.advertising", mark("agreed to advertising"), AGREEMENTS, ("address", "since")),
        Kind("agreed.personal", mark("agreed to the use of personal data"), AGREEMENTS, ("since",)),
        Kind("reacted.received", mark("received letters"), LETTERS, ("mailings", "days")),
        Kind("reacted.opened", mark("opened letters"), LETTERS, ("mailings", "days")),
        Kind("reacted.clicked", mark("clicked in letters"), LETTERS, ("mailings", "days")),
        Kind("reacted.ignored", mark("did not open letters"), LETTERS, ("mailings", "days")),
        Kind("in_group", mark("is in the group"), OTHERS, ("group",)),
        Kind("today", mark("only on these days"), OTHERS, PERIOD),
        Kind("everyone", mark("is a customer at all"), OTHERS),
    )
}
PARTS = tuple(dict.fromkeys(kind.part for kind in KINDS.values()))
# What a field is chosen from; the fields that are not here are written.
SOURCES = {"groups": "product_group", "products": "product", "outlets": "bought_at", "mailings": "mailing"}
MANY = ("values", "groups", "products", "outlets", "mailings")


class Box(Value):
    """A condition as it is filled in, or all or any of the boxes within; `place` is where it stands, as 0-1.

    `kind` is one of `KINDS`, of `JOINS`, or empty while nothing is chosen. `said` is what stands in its fields, `wrong`
    what is to be mended in which of them ("" means the whole), `notes` what one ought to know of it.
    """

    place: str
    kind: str = ""
    negated: bool = False
    said: Mapping[str, tuple[str, ...]] = {}
    parts: tuple["Box", ...] = ()
    wrong: tuple[tuple[str, Reason], ...] = ()
    notes: tuple[Reason, ...] = ()
    is_new: bool = False

    @property
    def is_join(self) -> bool:
        return self.kind in JOINS

    def one(self, field: str) -> str:
        return next(iter(self.said.get(field, ())), "")

    def why(self, field: str) -> Reason | None:
        return next((reason for name, reason in self.wrong if name == field), None)

    @property
    def depth(self) -> int:
        return self.place.count("-")

    @property
    def number(self) -> str:
        """Which condition it is, as people count: 2.1 is the first of the second."""
        return ".".join(str(int(part) + 1) for part in self.place.split("-")[1:])

    @property
    def mistakes(self) -> tuple[tuple["Box", Reason], ...]:
        """All that is to be mended here and within, from the top to the bottom."""
        mine = tuple((self, reason) for _, reason in self.wrong)
        return mine + tuple(one for part in self.parts for one in part.mistakes)


class RuleSaid(Value):
    """A rule in words: one sentence, or all or any of the parts; `negated`: of whom it is not true."""

    words: str = ""
    join: str = ""
    negated: bool = False
    parts: tuple["RuleSaid", ...] = ()


class Choice(Value):
    """Something to choose."""

    key: str
    title: str
