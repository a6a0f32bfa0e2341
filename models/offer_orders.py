"""Forms of orders about offers and their codes: filled in on the desk and in Prefect; no code or customer is named."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import Form, InWords
from models.locale import mark
from models.offer_form import OfferFields
from models.orders import Signed

APPROVE_IT, RETURN_IT = "approve", "return for correction"
STOP_BY, OPEN_BY = "stop", "open"
AS_TABLE, AS_SHEETS = "a table", "sheets with cards"
AS_QR, AS_CODE_128, AS_EAN_13 = SYMBOLS = ("QR code", "bars: Code 128", "bars: EAN-13")
A_NUMBER, TO_GROUPS = "so many codes", "one for each customer of groups"
CODES_MOST = 5_000_000  # at once
OFFER_TITLE = mark("Key of the offer")
OFFER_ABOUT = mark("It stands on the offer's page on the desk, for example tea-january.")
COUPON_TITLE = mark("Number of the coupon")
COUPON_ABOUT = mark("It stands on the coupon's page; 0: the whole offer. Never type a code here.")


class MakeOfferForm(OfferFields):
    """An offer is written; with the key of one that exists it is written again, and the difference is shown."""

    model_config = ConfigDict(title=mark("Write an offer"))


class CouponsForm(OfferFields):
    """An offer with its codes (C8): written, checked, and its approval asked for."""

    model_config = ConfigDict(title=mark("Coupons: an offer and its approval"))


class AboutOffer(Signed):
    offer: str = Field(title=OFFER_TITLE, description=OFFER_ABOUT)


class ChangeOfferForm(AboutOffer):
    """Some of an offer is changed; where codes are out, only what harms no holder, and it is approved again."""

    model_config = ConfigDict(title=mark("Change an offer"))

    changes: str = Field(
        title=mark("What becomes different"),
        description=mark("As text, for example “limits: {total: 500}”; what is not named stays as it is."),
    )
    seen: int = Field(
        default=0, ge=0, title=mark("Version it was made from"),
        description=mark("If somebody saved meanwhile, nothing is overwritten; 0: whichever is last."),
    )  # fmt: skip


class AskOfferForm(AboutOffer):
    """Whoever approves is asked about the last version of an offer; nothing is redeemed before."""

    model_config = ConfigDict(title=mark("Ask for approval of an offer"))


class DecideOfferForm(AboutOffer):
    """An offer is approved, or returned with a reason."""

    model_config = ConfigDict(title=mark("Approve an offer"))

    decision: Annotated[Literal["approve", "return for correction"], InWords()] = Field(
        title=mark("Decision"), description=mark("Returning needs a reason.")
    )
    version: str = Field(
        default="", title=mark("Print of the version"),
        description=mark("Of the one you looked at; it stands beside it."),
    )  # fmt: skip


class OneOrAll(AboutOffer):
    coupon: int = Field(default=0, ge=0, title=COUPON_TITLE, description=COUPON_ABOUT)
    batch: int = Field(
        default=0, ge=0, title=mark("Number of the batch"),
        description=mark("All codes that were issued together; 0: not only one batch."),
    )  # fmt: skip


class StopOfferForm(OneOrAll):
    """An offer, a batch or one coupon is stopped: the next redemption sees it."""

    model_config = ConfigDict(title=mark("Stop coupons"))


class OpenOfferForm(OneOrAll):
    """What was stopped may be redeemed again."""

    model_config = ConfigDict(title=mark("Let stopped coupons be redeemed again"))


class ExtendOfferForm(OneOrAll):
    """An offer, a batch or one coupon holds longer. A whole offer needs approval for it."""

    model_config = ConfigDict(title=mark("Let coupons hold longer"))

    last_day: str = Field(
        title=mark("New last day"), description=mark("For example 31.12.2026; it is included.")
    )  # fmt: skip


class IssueCodesForm(AboutOffer):
    """Codes are issued: so many of them, or one for each customer of groups."""

    model_config = ConfigDict(title=mark("Issue codes"))

    what: Annotated[Literal["so many codes", "one for each customer of groups"], InWords()] = Field(
        default="so many codes", title=mark("For whom"),
        description=mark("For groups, those to compare with are drawn first; they get none."),
    )  # fmt: skip
    number: int = Field(
        default=0, ge=0, le=CODES_MOST, title=mark("How many codes"),
        description=mark("Where so many are issued. A code for everybody is issued once; leave 0."),
    )  # fmt: skip
    include: str = Field(
        default="", title=mark("For these customer groups"), description=mark("Keys with commas; whoever is in any.")
    )
    exclude: str = Field(
        default="",
        title=mark("But not these groups"),
        description=mark("Keys with commas; whoever is in any is left out."),
    )
    title: str = Field(
        default="", max_length=100, title=mark("What the batch is called"),
        description=mark("For colleagues, for example “leaflets, Tverskaya”."),
    )  # fmt: skip


class ImportCodesForm(AboutOffer):
    """Somebody else's codes are taken in from a table; the same file again adds nothing."""

    model_config = ConfigDict(title=mark("Take codes in from a file"))

    file: str = Field(
        title=mark("File with codes"),
        description=mark("Inside the company's folder, .csv or .xlsx with one column of codes."),
    )
    title: str = Field(
        default="", max_length=100, title=mark("What the batch is called"),
        description=mark("For colleagues, for example “leaflets, Tverskaya”."),
    )  # fmt: skip


class ReplaceCodeForm(AboutOffer):
    """A client whose code does not work gets another one, with what is left of its uses."""

    model_config = ConfigDict(title=mark("Give another code for one that does not work"))

    coupon: int = Field(
        ge=1, title=COUPON_TITLE, description=mark("It stands on the coupon's page. Never type a code here.")
    )


class TakeCodesForm(AboutOffer):
    """A file with the codes of a batch is made for whoever prints them; who took it stays written down."""

    model_config = ConfigDict(title=mark("A file with codes"))

    batch: int = Field(
        default=0, ge=0, title=mark("Number of the batch"),
        description=mark("It stands on the offer's page. One batch at a time."),
    )  # fmt: skip
    coupon: int = Field(
        default=0, ge=0, title=COUPON_TITLE,
        description=mark("For one client; it stands on the coupon's page. 0: a whole batch."),
    )  # fmt: skip
    what: Annotated[Literal["a table", "sheets with cards"], InWords()] = Field(
        default="a table", title=mark("What kind of file"),
        description=mark("A table for a printing house, or cards on A4 to print and cut."),
    )  # fmt: skip
    symbol: Annotated[Literal["QR code", "bars: Code 128", "bars: EAN-13"], InWords()] = Field(
        default="QR code", title=mark("What stands on cards for tills"),
        description=mark(
            "Scanners of bars only read Code 128 (Latin letters and digits) or EAN-13 (codes of 10 drawn digits)."
        ),
    )  # fmt: skip


class OfferUpkeepForm(Form):
    """Offers begin and end on their days; nothing needs to be filled in."""
