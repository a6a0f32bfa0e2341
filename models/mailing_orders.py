"""Forms of orders about mailings: what is filled in on the desk and in Prefect; no customer is ever named in one."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import InWords
from models.locale import mark
from models.orders import Signed
from models.trial import HOURS_MOST, Judged

APPROVE, RETURN = "approve", "return for correction"
PAUSE, RESUME, CANCEL = "pause", "go on", "cancel"
ARRIVED, AGAIN, LEAVE = "they arrived", "they did not arrive: send them again", "leave them as they are"
MAILING_TITLE = mark("Number of the mailing")
COUPONS_OF = mark("Coupons of the offer")
COUPONS_ABOUT = mark("Its key; each recipient gets a code of their own. Empty: the mailing has no coupons.")
MAILING_ABOUT = mark("It stands on the mailing's page on the desk.")


class MakeMailingForm(Signed):
    """A mailing is begun: from a ready set of blocks, from an earlier mailing, or empty."""

    model_config = ConfigDict(title=mark("Begin a mailing"))

    title: str = Field(title=mark("Title"), description=mark("For colleagues; recipients see the subject."))
    kind: Annotated[Literal["advertising", "service message"], InWords()] = Field(
        default="advertising",
        title=mark("What it is"),
        description=mark("Advertising goes only to those who agreed. A service message cannot contain offers."),
    )
    starter: str = Field(
        default="",
        title=mark("Ready set of blocks"),
        description=mark("Its name, for example “news” or “offer”; empty: only a heading and a text."),
    )
    like: int = Field(
        default=0, ge=0, title=mark("Like the mailing number"),
        description=mark("Its last version is copied; 0: not like another."),
    )  # fmt: skip
    campaign: str = Field(default="", title=mark("Campaign"), description=mark("Its key; may stay empty."))
    goal: str = Field(default="", title=mark("Goal"), description=mark("The key of the goal it serves."))
    offer: str = Field(default="", title=COUPONS_OF, description=COUPONS_ABOUT)


class ComposeMailingForm(MakeMailingForm):
    """Content for a mailing: begun with a ready set of blocks, from an earlier mailing, or empty."""

    model_config = ConfigDict(title=mark("Content of a mailing"))


class AboutMailing(Signed):
    mailing: int = Field(ge=1, title=MAILING_TITLE, description=MAILING_ABOUT)


class SaveMailingForm(AboutMailing):
    """What a mailing says is written down as its next version; an approval of the former one does not hold for it."""

    model_config = ConfigDict(title=mark("What a mailing says"))

    document: str = Field(
        title=mark("The letter"), description=mark("All variants with their blocks, as the desk keeps them (JSON).")
    )
    seen: int = Field(
        default=0, ge=0, title=mark("Version it was made from"),
        description=mark("If somebody saved meanwhile, nothing is overwritten; 0: whichever is last."),
    )  # fmt: skip


class SetUpMailingForm(AboutMailing):
    """To whom a mailing goes, by whom, when, and how variants are shared out."""

    model_config = ConfigDict(title=mark("To whom and when"))

    include: str = Field(
        default="", title=mark("Customer groups"), description=mark("Keys with commas; whoever is in any of them.")
    )
    exclude: str = Field(
        default="",
        title=mark("But not these groups"),
        description=mark("Keys with commas; whoever is in any is left out."),
    )
    offer: str = Field(default="", title=COUPONS_OF, description=COUPONS_ABOUT)
    account: str = Field(default="", title=mark("Mailer"), description=mark("Its key in mailers.yaml."))
    cascade: str = Field(
        default="", title=mark("Short messages for those without e-mail"),
        description=mark("The key of a mailer of short messages; empty: they get nothing."),
    )  # fmt: skip
    at: str = Field(
        default="", title=mark("When"), description=mark("For example 2026-11-25 10:00; empty: not yet set.")
    )
    by_recipient: bool = Field(
        default=False, title=mark("In each recipient's own time zone"),
        description=mark("At this hour wherever they are; otherwise at once by the company's clock."),
    )  # fmt: skip
    hours: str = Field(
        default="", title=mark("Only within these hours"),
        description=mark("For example daily 09:00-20:00, in the recipient's zone; empty: those of the mailer."),
    )  # fmt: skip
    shares: str = Field(
        default="", title=mark("Shares of the variants, %"),
        description=mark("For example A 10, B 10: the rest gets the winner. Empty: equal parts."),
    )  # fmt: skip
    judged_by: Annotated[Judged, InWords()] = Field(
        default="the share of those who clicked", title=mark("The better variant is the one with"),
        description=mark("More of this; said once, at its hour, and only where the difference is not chance."),
    )  # fmt: skip
    after_hours: int = Field(
        default=0, ge=0, le=HOURS_MOST, title=mark("Judged after so many hours"),
        description=mark("After the last letter of the trial; 0: after 24, by purchases after 72."),
    )  # fmt: skip
    otherwise: str = Field(
        default="", title=mark("If none is better"),
        description=mark("A, B or C: this one goes to the rest; empty: a person is asked."),
    )  # fmt: skip
    cap_number: int = Field(
        default=0, ge=0, le=100, title=mark("At most so many advertising letters"),
        description=mark("To one customer in so many days, over all mailings; 0: as the company has set."),
    )  # fmt: skip
    cap_days: int = Field(
        default=7, ge=1, le=365, title=mark("In so many days"), description=mark("The days of the cap.")
    )
    resend_unknown: bool = Field(
        default=False, title=mark("Send again where the outcome is unknown"),
        description=mark("Then a few may get it twice; otherwise a person decides."),
    )  # fmt: skip
    public: bool = Field(
        default=False, title=mark("Show it in the letters' archive on the site"),
        description=mark("For everybody to read, once it has gone out; advertising only."),
    )  # fmt: skip


class TestMailingForm(AboutMailing):
    """The mailing is sent to colleagues as one customer would get it: marked as a test, never counted."""

    __test__ = False
    model_config = ConfigDict(title=mark("Send a test"))

    to: str = Field(title=mark("To which colleagues"), description=mark("Their keys with commas."))
    customer: int = Field(
        default=0, ge=0, title=mark("As which customer"), description=mark("A number; 0: somebody made up.")
    )
    variant: str = Field(default="A", title=mark("Variant"), description=mark("A, B or C."))


class AskMailingForm(AboutMailing):
    """The mailing is checked, and whoever approves is asked; it goes out only as it was approved."""

    model_config = ConfigDict(title=mark("Ask for approval of a mailing"))


class CheckMailingForm(AboutMailing):
    """A mailing is made ready and checked, its links are opened; if nothing stops it, its approval may be asked for."""

    model_config = ConfigDict(title=mark("Check a mailing"))

    ask: bool = Field(
        default=False, title=mark("Ask for approval too"), description=mark("Only where nothing stops it.")
    )


class DecideMailingForm(AboutMailing):
    """A mailing is approved, or returned with a reason."""

    model_config = ConfigDict(title=mark("Approve a mailing"))

    decision: Annotated[Literal["approve", "return for correction"], InWords()] = Field(
        title=mark("Decision"), description=mark("Returning needs a reason.")
    )
    version: str = Field(
        default="",
        title=mark("Print of the version"),
        description=mark("Of the one you looked at; it stands beside it."),
    )


class RunMailingForm(AboutMailing):
    """A mailing that is being sent is paused, goes on, or is cancelled for whoever has not got it."""

    model_config = ConfigDict(title=mark("Pause or cancel a mailing"))

    what: Annotated[Literal["pause", "go on", "cancel"], InWords()] = Field(
        title=mark("What happens"), description=mark("Holds within seconds; what is out already stays out.")
    )


class UnknownLettersForm(AboutMailing):
    """Letters whose outcome is unknown: a person says what became of them."""

    model_config = ConfigDict(title=mark("Letters whose outcome is unknown"))

    what: Annotated[
        Literal["they arrived", "they did not arrive: send them again", "leave them as they are"], InWords()
    ] = Field(title=mark("What became of them"), description=mark("Look into the mail server's log first."))
    letter: int = Field(
        default=0, ge=0, title=mark("Number of one letter"), description=mark("0: all of the mailing that are unknown.")
    )


class WinnerForm(AboutMailing):
    """The better variant goes to everybody who waited for it."""

    model_config = ConfigDict(title=mark("Choose the winning variant"))

    variant: str = Field(title=mark("Variant"), description=mark("A, B or C."))
