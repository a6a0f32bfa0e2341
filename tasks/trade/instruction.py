"""What an outlet has to know of an offer, heading by heading, in plain words made of its terms. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from models.company import Outlet
from models.figures import counted
from models.locale import mark, quoted, translate
from models.offers import FreeDelivery, Gift, Invitation, OfferTerms, Points
from tasks.offers.summary import summary, unanswered_said
from tasks.offers.summary_of_rules import codes_said, order_said, stacking_said
from tasks.offers.wording import Words

TITLE = mark("Offer {offer}: what to do at the till")
WHAT, TILL, REFUSE = mark("What it gives, to whom and when"), mark("How at the till"), mark("How to refuse")
BACK, CALL = mark("If goods are brought back"), mark("Whom to call")
PAGE = mark("Open the cashier's page on the till or on a telephone: {page}. Scan the code or type it in.")
OBEY = mark("Do exactly what the page says: it is one order, with the sum to enter at the till by hand.")
OWN = mark(
    "A till that is joined to the department checks by itself: enter the code there as a coupon, and not on the page "
    "as well: it would count twice."
)
FILES = mark(
    "A till that works by files knows the codes of this morning: enter the code there as a coupon, and not on the page "
    "as well: it would count twice. Hand the receipts of the day over as usual."
)
FILES_WITHOUT_CODES = mark(
    "A till that works by files knows the offer and no codes: check the code on the page, and leave it out of the "
    "receipt: the page has counted it."
)
NO_NETWORK = mark(
    "Without the network: the page keeps the code and settles it later. If there is no page either, write down the "
    "code, the number of the receipt, the time and the sum taken off, and call."
)
ONCE = mark("One coupon of an offer is taken on a receipt. A code is as good as money: neither photograph nor copy it.")
GIFT = mark("The gift is rung up at the price that the page names, or handed over beside the receipt.")
DELIVERY = mark("Take nothing for the delivery; enter the code before the order is paid.")
POINTS = mark("Points come to the card by themselves once the code is entered; ask for the card or the phone number.")
SEAT = mark("Let the guests in once the page is green: it counts the seats, nobody else does.")
SAY = mark(
    "The page says why a code is not taken. To the customer say only: “I am sorry, this coupon cannot be used for this "
    "purchase.” What else the page says is for you."
)
NO_GUESS = mark("Do not try a code again with other signs, and never enter one that another customer has shown.")
DOUBT = mark("If the customer insists, do not argue: write the code down with a telephone number, and call.")
BRING = (
    mark("Within {count} day: find the receipt on the page and press “Return”; whole or by line."),
    mark("Within {count} days: find the receipt on the page and press “Return”; whole or by line."),
)
NO_BRING = mark("The goods are taken back as usual; the coupon is not given back.")
CONTACT, PHONE = mark("{name}, {where}."), mark("The department: {phone}.")
CONFIRM = mark("Has everybody at the till read this? Confirm it on the page behind this code, once:")
VERSION = mark("Outlet {outlet}. Version {version}. An older sheet of this offer is no longer good: throw it away.")
SHORT = 8


@dataclass(frozen=True)
class Around:
    """What an outlet works with, and whom it calls: (name, mail or another way) of people, the telephone of all."""

    outlet: Outlet
    page: str
    joined: bool = False
    contacts: tuple[tuple[str, str], ...] = ()
    phone: str = ""


@dataclass(frozen=True)
class Told:
    """An instruction, said: the same words on the page and on paper."""

    title: str
    heads: tuple[tuple[str, tuple[str, ...]], ...]
    version: str
    confirm: str


def told(terms: OfferTerms, version: str, around: Around, words: Words) -> Told:
    """The instruction in the language of the moment; of sittings only those of the outlet."""
    terms = _seen_from(terms, around.outlet.key)
    heads = (
        (translate(WHAT), tuple(for_outlets(terms, words))),
        (translate(TILL), tuple(_at_the_till(terms, around))),
        (translate(REFUSE), (translate(SAY), translate(NO_GUESS), translate(DOUBT))),
        (translate(BACK), (_back(terms),)),
        (translate(CALL), tuple(_calls(around))),
    )
    return Told(
        title=translate(TITLE, offer=quoted(terms.title)), heads=tuple(head for head in heads if head[1]),
        version=translate(VERSION, outlet=around.outlet.name, version=version[:SHORT]), confirm=translate(CONFIRM),
    )  # fmt: skip


def _seen_from(terms: OfferTerms, outlet: str) -> OfferTerms:
    if not isinstance(terms.gives, Invitation):
        return terms
    here = tuple(one for one in terms.gives.sittings if one.outlet == outlet)
    return terms.model_copy(update={"gives": terms.gives.model_copy(update={"sittings": here or terms.gives.sittings})})


def for_outlets(terms: OfferTerms, words: Words) -> Iterator[str]:
    """The approved summary without what is the department's own: money, funds, codes, the share kept for comparison."""
    _, *said = summary(_for_outlets(terms), words)
    left_out = {*_own(terms, words)}
    yield from (line for line in said if line not in left_out)


def _for_outlets(terms: OfferTerms) -> OfferTerms:
    limits = terms.limits.model_copy(update={"budget": Decimal(0)})
    return terms.model_copy(update={"paid_by": "", "fund": "", "campaign": "", "goal": "", "limits": limits})


def _own(terms: OfferTerms, words: Words) -> Iterator[str]:
    bare = _for_outlets(terms)
    *_, back, control = summary(bare, words)
    yield from (back, control, *order_said(terms, words), *list(stacking_said(terms.stacking))[1:])
    yield from (*codes_said(terms.codes), *unanswered_said(terms))


def _at_the_till(terms: OfferTerms, around: Around) -> Iterator[str]:
    yield translate(PAGE, page=around.page)
    yield translate(OBEY)
    if around.joined:
        yield translate(OWN)
    if around.outlet.exchange.folder:
        yield translate(FILES if around.outlet.exchange.codes else FILES_WITHOUT_CODES)
    kinds = {Gift: GIFT, FreeDelivery: DELIVERY, Points: POINTS, Invitation: SEAT}
    if type(terms.gives) in kinds:
        yield translate(kinds[type(terms.gives)])
    yield translate(NO_NETWORK)
    yield translate(ONCE)


def _back(terms: OfferTerms) -> str:
    return counted(BRING, terms.return_days) if terms.return_days else translate(NO_BRING)


def _calls(around: Around) -> Iterator[str]:
    for name, where in around.contacts:
        yield translate(CONTACT, name=name, where=where)
    if around.phone:
        yield translate(PHONE, phone=around.phone)
