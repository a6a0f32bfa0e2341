"""What needs a person, as the desk lists it: each with all that is known and what may be done about it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from models.desk import Line
from models.locale import mark
from models.post import Value
from models.reason import Reason


class What(StrEnum):
    """Why something needs a person; in this order it is shown."""

    UNKNOWN = "unknown"
    QUESTION = "question"
    DIFFERENCE = "difference"
    MAILING = "mailing"
    OFFER = "offer"
    INSTRUCTION = "instruction"
    CONFLICT = "conflict"
    REFUSED = "refused"
    HELD = "held"
    LATE = "late"
    MISSED = "missed"
    PRICE = "price"
    BY_HAND = "by_hand"
    GUESSES = "guesses"


TITLES = {
    What.UNKNOWN: mark("Outcome unknown"),
    What.QUESTION: mark("Questions to answer"),
    What.DIFFERENCE: mark("Not as approved"),
    What.MAILING: mark("Mailings that wait"),
    What.OFFER: mark("Offers that wait"),
    What.INSTRUCTION: mark("Outlets that have not confirmed"),
    What.CONFLICT: mark("Coupons redeemed in an outage, against the rules"),
    What.REFUSED: mark("Refused by the channel"),
    What.HELD: mark("Held back"),
    What.LATE: mark("Late"),
    What.MISSED: mark("Missed their time"),
    What.PRICE: mark("Prices have changed"),
    What.BY_HAND: mark("Written by hand, the text has changed"),
    What.GUESSES: mark("Codes of coupons are tried out"),
}
MEANING = {
    What.UNKNOWN: mark(
        "The channel did not say whether they are out. Nothing is repeated by itself: that could publish twice. Open "
        "the channel, look, and say what you see."
    ),
    What.QUESTION: mark(
        "People asked or complained under our publications. Answer on the channel: an answer of ours is noticed by "
        "itself. Who does not know the answer passes the question on."
    ),
    What.DIFFERENCE: mark(
        "What stands on the channel is not what was approved. Nothing is changed without you: somebody may have had a "
        "reason."
    ),
    What.MAILING: mark(
        "Somebody has to look before they go on: to approve them, to say why they stand, or to say what became of "
        "letters that nobody knows of."
    ),
    What.OFFER: mark("Somebody has to approve them: nothing is redeemed by what is not approved. Look, then decide."),
    What.INSTRUCTION: mark(
        "An offer starts within two days, and these outlets have not said that their tills know of it. Call them; "
        "write down who confirmed."
    ),
    What.CONFLICT: mark(
        "They have happened, so they are counted, above any limit. Ask the outlet whether the discount was given, and "
        "write down what was done."
    ),
    What.REFUSED: mark("The channel took none of it and said why. Mend what it says, then publish again or cancel."),
    What.HELD: mark("They wait for a decision and do not go out by themselves."),
    What.LATE: mark("Their time has passed, and they are still on their way. Nothing is lost."),
    What.MISSED: mark("By their rule they were skipped: it was too late. Give them a new time, or leave them."),
    What.PRICE: mark(
        "They are to come, and name a product as the feed no longer has it. They will be held unless they are mended."
    ),
    What.BY_HAND: mark("A version was written by hand, and the piece has changed since. Look which of them is right."),
    What.GUESSES: mark(
        "A till sent more wrong codes than anybody mistypes, and is made to wait. Ask in the outlet what happens; if "
        "nobody knows, revoke the key of the till. It leaves this list with the key, or after a day."
    ),
}


class Passed(Value):
    """A question that was handed on: to whom, by whom, when; without a letter they are to be called."""

    to: str
    phone: str = ""
    by: str
    at: datetime
    note: str = ""
    written: bool = True


class Need(Value):
    """One thing that needs a person. `id` is that of the placement, the difference or the question it is about.

    `known` is what is known beside `line`; `text` is what was sent, or asked; `until` is when an answer is due;
    `page` is where it is decided.
    """

    what: What
    id: int
    title: str
    number: str = ""
    author: str = ""
    account: str = ""
    channel: str = ""
    since: datetime
    until: datetime | None = None
    is_overdue: bool = False
    tried_at: datetime | None = None
    url: str = ""
    channel_url: str = ""
    text: str = ""
    known: tuple[Reason, ...] = ()
    line: Line | None = None
    answers: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()
    piece_id: int = 0
    page: str = ""

    @property
    def key(self) -> str:
        return f"{self.what}-{self.id}"


class Recipient(Value):
    """Somebody a question can be passed on to; without an address they are to be called."""

    key: str
    title: str
    about: str = ""


class Needs(Value):
    """The list as it was asked for; `counts` are of all kinds, whether they are shown or not."""

    shown: tuple[Need, ...] = ()
    counts: Mapping[What, int] = {}
    what: What | None = None
    mine: bool = False

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    def of(self, what: What) -> list[Need]:
        return [need for need in self.shown if need.what is what]
