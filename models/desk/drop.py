"""What a dropped file means, as it is kept beside it and shown on its page. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time

from models.content import ChangeKind, FieldChange, PlanRow, Problem
from models.dropped import ON_THE_WAY, DropKind, DropState
from models.edit import DeskEdit
from models.locale import mark
from models.post import Value
from models.reason import NO_REASON, Reason
from models.schedule import Recurrence

ROWS_SHOWN = 500
CHANGES = ("new", "changed", "agreed", "withdrawn", "refused")  # what loading customers does to them
PROBLEMS_SHOWN = 200
COUNT_TITLES = {
    "new": mark("new customers"),
    "changed": mark("changed"),
    "same": mark("as before"),
    "agreed": mark("consents"),
    "withdrawn": mark("consents withdrawn"),
    "refused": mark("into the stop-list"),
    "receipts_new": mark("new receipts"),
    "receipts_changed": mark("receipts changed"),
    "receipts_same": mark("receipts as before"),
    "unknown": mark("receipts of people who are not known yet"),
    "taken": mark("rows with an address that is another customer's"),
    "erased": mark("rows left out, of people who have asked to be erased"),
    "unread": mark("rows left out, by which nobody can be known"),
}
REACH_TITLES = {
    "": mark("may be written to"),
    "not_agreed": mark("no consent to advertising"),
    "asked": mark("consent asked for, not confirmed"),
    "withdrawn": mark("consent withdrawn"),
    "personal": mark("no consent to the use of personal data"),
    "barred": mark("in the stop-list"),
}
CHANGE_TITLES = {
    ChangeKind.NEW: mark("new row"),
    ChangeKind.MOVED: mark("other time"),
    ChangeKind.CHANGED: mark("other content"),
    ChangeKind.GONE: mark("not in the file"),
    ChangeKind.OUT: mark("already out"),
    ChangeKind.SAME: mark("the same"),
    ChangeKind.BROKEN: mark("to be mended"),
}


class Timing(Value):
    """When a row wants to go out, as much of it as is shown."""

    on: date | None = None
    at: time | None = None
    repeat: Recurrence | None = None

    def row(self) -> PlanRow:
        return PlanRow(on=self.on, at=self.at, repeat=self.repeat)


class RowShown(Value):
    """One row of the difference; `place` is where it stands in the file, 0 where it does not."""

    number: str
    kind: ChangeKind
    label: str
    place: int = 0
    before: Timing | None = None
    after: Timing | None = None
    fields: tuple[FieldChange, ...] = ()
    channels: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    edited: tuple[DeskEdit, ...] = ()


class PlanFound(Value):
    """What loading a plan means: how many rows of each kind, and the rows that are not as they were."""

    counts: Mapping[str, int] = {}
    rows: tuple[RowShown, ...] = ()
    is_cut: bool = False

    @property
    def applicable(self) -> int:
        return sum(self.counts.get(kind, 0) for kind in (ChangeKind.NEW, ChangeKind.MOVED, ChangeKind.CHANGED))

    @property
    def is_the_same(self) -> bool:
        """Whether applying it would change nothing; so for whatever else is dropped."""
        return not self.rows and not self.applicable


class PictureFound(Value):
    """One picture of those dropped: `stands` where another picture of its name is in the folder."""

    name: str
    kept_as: str
    size: int
    width: int = 0
    height: int = 0
    stands: bool = False
    same: bool = False
    problem: Reason = NO_REASON


class PicturesFound(Value):
    pictures: tuple[PictureFound, ...] = ()

    @property
    def is_the_same(self) -> bool:
        return all(picture.same for picture in self.pictures)


class PriceChange(Value):
    id: str
    name: str
    before: int
    after: int
    currency: str


class Touched(Value):
    """A planned piece that a change of the feed concerns, and which products of it."""

    number: str
    title: str
    products: tuple[str, ...] = ()
    piece_id: int = 0


class ProductsFound(Value):
    """What a product feed changes in the place of the `source`; nothing is known of that until one is chosen."""

    source: str = ""
    path: str = ""
    sources: Mapping[str, str] = {}
    products: int = 0
    fresh: int = 0
    gone: int = 0
    changed: int = 0
    prices: tuple[PriceChange, ...] = ()
    touched: tuple[Touched, ...] = ()

    @property
    def is_the_same(self) -> bool:
        return bool(self.source) and not (self.fresh or self.gone or self.changed)


class TableFound(Value):
    """What a table of expenses or results states anew, in the words of whoever dropped it."""

    path: str = ""
    fresh: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    number: int = 0
    same: int = 0

    @property
    def is_the_same(self) -> bool:
        return not (self.fresh or self.changed or self.gone)


class CustomerChange(Value):
    """A row that changes a customer: which fields and addresses, never what stands in them."""

    row: int
    fields: tuple[str, ...] = ()


class AllAgreed(Value):
    """What whoever loads a table says of all the consents in it: the document that proves them, its day, the words."""

    proof: str = ""
    on: str = ""
    wording: str = ""


class Wrong(Value):
    """What is wrong in a column, how many times, and the first rows where it is."""

    field: str
    reason: Reason
    number: int
    rows: tuple[int, ...] = ()
    left_out: bool = False


class CustomersFound(Value):
    """What loading a table of customers would change, and whom it lets be written to: nobody's data is repeated.

    `reach` counts addresses by kind and by why no advertising may go there; "" are those it may go to. `lost` are those
    it may go to now, and no more once this is loaded.
    """

    columns: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rows: int = 0
    counts: Mapping[str, int] = {}
    changes: tuple[CustomerChange, ...] = ()
    reach: Mapping[str, Mapping[str, int]] = {}
    lost: int = 0
    wrong: tuple[Wrong, ...] = ()
    agreed: AllAgreed = AllAgreed()

    @property
    def is_the_same(self) -> bool:
        """Whether loading it changes nothing."""
        return self.rows > 0 and not any(self.counts.get(what) for what in CHANGES)


class PurchasesFound(Value):
    """What loading a table of purchases would do; the amount in minor units."""

    columns: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    rows: int = 0
    lines: int = 0
    amount: int = 0
    currency: str = ""
    counts: Mapping[str, int] = {}
    wrong: tuple[Wrong, ...] = ()

    @property
    def is_the_same(self) -> bool:
        """Whether loading it changes nothing."""
        return not (self.counts.get("receipts_new") or self.counts.get("receipts_changed"))


class Said(Value):
    """What applying came to; `remarks` are about what was left undone."""

    done: int = 0
    total: int = 0
    told: str = ""
    remarks: tuple[str, ...] = ()


class Choices(Value):
    """What a person chose on the page: №s to leave out and to cancel, names of pictures, the feed, the withdrawal.

    `agreed` is there where the table is to be looked at again, with this document for all its consents.
    """

    left_out: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    source: str = ""
    withdraw: bool = False
    agreed: AllAgreed | None = None


class RunShown(Value):
    """How far the run is that does what follows."""

    is_over: bool = False
    is_wanted: bool = False
    ended_as: str = ""
    remarks: str = ""
    run_id: str = ""


class DropLine(Value):
    """A dropped file in the list of them."""

    id: int
    kind: DropKind
    name: str
    state: DropState
    by: str
    at: datetime
    is_the_same: bool = False


class Dropped(DropLine):
    """A dropped file on its own page, in the reader's words: the times of its rows, before and after, and the edits."""

    size: int
    done: int
    total: int
    seen: str
    found: PlanFound | PicturesFound | ProductsFound | TableFound | CustomersFound | PurchasesFound | None = None
    problems: tuple[Problem, ...] = ()
    refusal: Reason = NO_REASON
    said: Said | None = None
    applied_by: str = ""
    applied_at: datetime | None = None
    whens: Mapping[str, tuple[str, str]] = {}
    edits: Mapping[str, tuple[str, ...]] = {}
    field_titles: Mapping[str, str] = {}
    run: RunShown | None = None
    is_mine_to_apply: bool = True

    @property
    def is_on_the_way(self) -> bool:
        """Whether the page will soon say something else."""
        return self.state in ON_THE_WAY or (self.run is not None and not self.run.is_over)


class PlanLoaded(Value):
    """One loading of the plan: who, when, and what it came to."""

    at: datetime
    by: str
    counts: Mapping[str, int] = {}
    problems: int = 0


class DropPage(Value):
    """The page that takes files: what was dropped lately, what was loaded, what an expense may name."""

    drops: tuple[DropLine, ...] = ()
    loads: tuple[PlanLoaded, ...] = ()
    funds: Mapping[str, str] = {}
    channels: Mapping[str, str] = {}
    campaigns: Mapping[str, str] = {}
    today: date
