"""What the pages about mailings show. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.delivery import State
from models.letters import Ground
from models.locale import mark
from models.mailings import Stage
from models.post import Value
from models.reason import NO_REASON, Reason

# What `MailingPage.may` holds: the codes of the orders.
SAVE, SET_UP, TEST, ASK = "save-mailing", "set-up-mailing", "test-mailing", "ask-mailing"
DECIDE, RUN, UNKNOWN, WINNER = "decide-mailing", "run-mailing", "unknown-letters", "choose-winner"
# The code of the sentence with which saving is refused where somebody saved meanwhile.
OVERTAKEN = "overtaken"

STAGE_TITLES = {
    Stage.DRAFT: mark("is being written"),
    Stage.ASKED: mark("waits for a decision"),
    Stage.APPROVED: mark("approved, waits for its hour"),
    Stage.SENDING: mark("is being sent"),
    Stage.PAUSED: mark("paused"),
    Stage.SENT: mark("all is sent"),
    Stage.CANCELLED: mark("called off"),
}
LETTER_TITLES = {
    State.CONFIRMED: mark("delivered"),
    State.SENT: mark("handed over"),
    State.INTENT: mark("in the air"),
    State.PLANNED: mark("still to go"),
    State.HELD: mark("held"),
    State.UNKNOWN: mark("not known whether they arrived"),
    State.REJECTED: mark("not taken"),
    State.MISSED: mark("too late"),
    State.CANCELLED: mark("left out"),
}
NEEDS_SOMEBODY = (Stage.SENDING, Stage.PAUSED, Stage.ASKED)


class HeldLine(Value):
    """So many letters that do not go for this reason."""

    reason: Reason
    number: int


class Waiting(Value):
    """Letters whose moment is still to come: their recipients' hours, or another try. `first` goes next."""

    number: int = 0
    first: datetime | None = None
    last: datetime | None = None


class Progress(Value):
    """How far the letters of a mailing are, by state; `per_minute` lately, `ends_at` at that speed."""

    states: Mapping[str, int] = {}
    per_minute: float = 0
    ends_at: datetime | None = None
    waiting: Waiting = Waiting()
    why: Reason = NO_REASON
    held: tuple[HeldLine, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def gone(self) -> int:
        """Those of which it is known what became of them."""
        return self.total - sum(self.states.get(state, 0) for state in (State.PLANNED, State.INTENT, State.HELD))

    @property
    def shares(self) -> tuple[tuple[State, int, float], ...]:
        """Each state with its number and its percentage, in the order in which a bar shows them."""
        found = [(state, self.states.get(state, 0)) for state in LETTER_TITLES]
        return tuple((state, number, 100 * number / self.total) for state, number in found if number)


class VariantLine(Value):
    """What came of one variant so far; shares as in `MailingLine`. `ahead`: it is better, and not by chance."""

    name: str
    subject: str = ""
    sent: int = 0
    opened: float | None = None
    clicked: float | None = None
    ahead: bool = False


class MailingLine(Value):
    """A mailing in a list. `opened` and `clicked` are people, not machines, as shares of what was delivered."""

    id: int
    title: str
    ground: Ground
    stage: Stage
    subject: str = ""
    at: datetime | None = None
    groups: tuple[str, ...] = ()
    campaign: str = ""
    recipients: int = 0
    progress: Progress = Progress()
    opened: float | None = None
    clicked: float | None = None
    revenue_per_1000: int | None = None
    currency: str = ""
    made_by: str = ""


class MailingsPage(Value):
    """All mailings: those that go or wait for somebody first."""

    lines: tuple[MailingLine, ...] = ()
    is_cut: bool = False


class Choice(Value):
    """Something that can be chosen; `about` is said beside it, as a size; `kinds` the blocks of a starter."""

    key: str
    title: str
    about: str = ""
    kinds: tuple[str, ...] = ()


class Choices(Value):
    """What the forms offer. `known` are the fields that a letter may write; “coupon.” is all under it."""

    starters: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    accounts: tuple[Choice, ...] = ()
    short_accounts: tuple[Choice, ...] = ()
    campaigns: tuple[Choice, ...] = ()
    goals: tuple[Choice, ...] = ()
    offers: tuple[Choice, ...] = ()
    colleagues: tuple[Choice, ...] = ()
    mailings: tuple[Choice, ...] = ()
    known: frozenset[str] = frozenset()

    def knows(self, field: str) -> bool:
        """Whether a letter may write this field now."""
        return field in self.known or any(path.endswith(".") and field.startswith(path) for path in self.known)


class Finding(Value):
    """What the check before sending has found; `stops` where it cannot go out so."""

    severity: str
    variant: str = ""
    block: str = ""
    reason: Reason

    @property
    def stops(self) -> bool:
        return self.severity == "stops"


class VersionLine(Value):
    """A version of a mailing and what was decided about it."""

    n: int
    hash: str
    made_by: str
    made_at: datetime
    decision: str = ""
    decided_by: str = ""
    reason: str = ""


class UnknownLetter(Value):
    """A letter whose outcome is unknown: its number, the customer's number, since when."""

    id: int
    customer: int
    since: datetime | None = None
    why: str = ""


class ShortWay(Value):
    """Whom short messages of a mailing go to, and what one part costs, in major units of the currency."""

    recipients: int = 0
    price: str = ""
    currency: str = ""


class MailingPage(Value):
    """One mailing whole. `document` is the last version's, as data; `may` what the reader may order now, by code.

    `waiting` is how many get the winner; `report` the path of the page about what came of it; `short` is None where
    nobody gets it as a short message.
    """

    line: MailingLine
    document: Mapping[str, object] = {}
    version: int = 0
    version_hash: str = ""
    set_up: Mapping[str, object] = {}
    choices: Choices = Choices()
    reach: Mapping[str, Mapping[str, int]] = {}
    findings: tuple[Finding, ...] = ()
    versions: tuple[VersionLine, ...] = ()
    unknown: tuple[UnknownLetter, ...] = ()
    asked_of: str = ""
    asked_until: datetime | None = None
    may: frozenset[str] = frozenset()
    tests: int = 0
    took: timedelta | None = None
    variants: tuple[VariantLine, ...] = ()
    waiting: int = 0
    report: str = ""
    short: ShortWay | None = None

    @property
    def approved(self) -> VersionLine | None:
        """The last version that was approved, whatever was saved since."""
        said = [one for one in self.versions if one.decision == "approved"]
        return max(said, key=lambda one: one.n, default=None)

    @property
    def last(self) -> VersionLine | None:
        return max(self.versions, key=lambda one: one.n, default=None)


class Preview(Value):
    """A variant as a customer would get it; `held` is why it cannot be written for this one, `sms_held` its `sms`."""

    subject: str = ""
    preheader: str = ""
    html: str = ""
    text: str = ""
    size_kb: float = 0
    held: Reason = NO_REASON
    sms: str = ""
    sms_held: Reason = NO_REASON
