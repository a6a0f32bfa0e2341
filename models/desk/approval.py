"""What passes between the house and the pages of approval: questions, versions, decisions, outside reviews. Pure."""

from collections.abc import Mapping
from datetime import date, datetime

from models.approval import Decision
from models.brand import Note
from models.post import Post, Value
from models.reason import NO_REASON, Reason


class Standing(Value):
    """Who answers for somebody who is away, and until when."""

    person: str
    until: date
    deputy: str


class Asked(Value):
    """A question to an approver as a line of the desk. `asked_of` is whoever answers today, the deputy included."""

    id: int
    title: str
    asked_of: str
    asked_of_key: str
    asked_by: str = ""
    asked_at: datetime
    due_at: datetime
    left: int
    total: int
    afterwards: bool = False
    standing: Standing | None = None


class Decided(Value):
    """A decision that stands, with whoever made it."""

    person: str
    by_policy: bool = False
    decision: Decision
    at: datetime
    reason: str = ""
    proven: bool = False


class Urgency(Value):
    """A version that was let out at once, without approval: by whom, why, when."""

    person: str
    reason: str
    at: datetime


class Opinion(Value):
    """What somebody outside the company said about a version; it decides nothing."""

    name: str
    decision: Decision
    at: datetime
    words: str = ""


class Proof(Value):
    """A version for a channel to look at and decide on; `objection` says why this reader may not decide.

    `row` is its row in a request, 0 where it is looked at by itself. `changes` are runs of (kind, text): what is
    different from the version that was approved before, `is_new` where none was. `may_urge`: this reader is among
    those who may let out a correction at once.
    """

    row: int = 0
    rendition_id: int
    piece_id: int = 0
    subject: str
    version: str
    title: str
    number: str = ""
    author: str = ""
    account: str
    channel: str
    provider: str
    post: Post
    notes: tuple[Note, ...] = ()
    due_at: datetime | None = None
    is_current: bool = True
    by_hand: bool = False
    decided: Decided | None = None
    objection: Reason = NO_REASON
    changes: tuple[tuple[str, str], ...] = ()
    is_new: bool = True
    urgency: Urgency | None = None
    may_urge: bool = False
    opinions: tuple[Opinion, ...] = ()


class Version(Value):
    """A version as one row of a question: enough to choose by, its proof is fetched when it is wanted.

    `changed` is None where nothing of the piece was approved for this channel before.
    """

    row: int
    rendition_id: int
    piece_id: int
    subject: str
    version: str
    title: str
    number: str = ""
    author: str = ""
    channel: str
    text: str
    due_at: datetime
    changed: bool | None = None
    is_current: bool = True
    decided: Decided | None = None
    objection: Reason = NO_REASON
    urgency: Urgency | None = None
    opinions: tuple[Opinion, ...] = ()

    @property
    def is_left(self) -> bool:
        """Whether it is still to be decided."""
        return self.is_current and self.decided is None


class ReviewLine(Value):
    """A link for somebody outside, as those inside see it."""

    id: int
    name: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    versions: int
    answered: int = 0
    opened_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str = ""
    is_good: bool = True


class Question(Value):
    """A request for approval with its rows, in the order they were asked in."""

    id: int
    title: str
    asked_of: str
    asked_by: str = ""
    asked_at: datetime
    due_at: datetime
    is_open: bool
    is_due: bool = False
    afterwards: bool = False
    has_run: bool = False
    standing: Standing | None = None
    versions: tuple[Version, ...] = ()
    reviews: tuple[ReviewLine, ...] = ()

    @property
    def left(self) -> tuple[Version, ...]:
        return tuple(version for version in self.versions if version.is_left)

    @property
    def pieces(self) -> Mapping[int, tuple[Version, ...]]:
        """The rows by piece, each piece where its first row stands."""
        found: dict[int, tuple[Version, ...]] = {}
        for version in self.versions:
            found[version.piece_id] = (*found.get(version.piece_id, ()), version)
        return found


class Past(Value):
    """A decision as the list of the latest shows it."""

    rendition_id: int
    title: str
    number: str = ""
    channel: str
    decided: Decided
    is_urgent: bool = False


class Questions(Value):
    """All about approval on one page: what is open, what waits and nobody is asked about, what was decided lately."""

    asked: tuple[Asked, ...] = ()
    unasked: int = 0
    past: tuple[Past, ...] = ()


class Verdict(Value):
    """What a person says about one version."""

    subject: str
    version: str
    decision: Decision
    reason: str = ""


class Outcome(Value):
    """What became of verdicts: counted, lost to somebody who was first, or not this person's to give."""

    approved: int = 0
    returned: int = 0
    lost: tuple[Reason, ...] = ()
    objections: tuple[Reason, ...] = ()


class Review(Value):
    """What somebody outside is shown: the versions, and until when they may say what they think of them."""

    name: str
    asked_by: str
    until: datetime
    proofs: tuple[Proof, ...] = ()
    said: Mapping[int, Opinion] = {}

    @property
    def left(self) -> tuple[Proof, ...]:
        return tuple(proof for proof in self.proofs if proof.is_current and proof.row not in self.said)


class Said(Value):
    """A word from outside about one version: the row of the link, and its print as it was shown."""

    row: int
    version: str
    decision: Decision
    words: str = ""
