"""Customer groups as the desk shows them: all of them, one of them, one that is being made. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.customer_groups import Corrected
from models.desk.customers import KindReach
from models.desk.group_rule import Box, Choice, RuleSaid
from models.post import Value
from models.reason import NO_REASON, Reason

ANY_ADDRESS = "any"
TONES = 5
WIDE, HIGH, EDGE = 120, 32, 3  # what a drift is drawn into


def line_of(sizes: Sequence[int]) -> tuple[tuple[float, float], ...]:
    """The sizes, the oldest first, as points of a picture of `WIDE` by `HIGH`; few and many changes fill it alike."""
    if len(sizes) < 2:
        return ()
    least, spread = min(sizes), max(sizes) - min(sizes)
    step = (WIDE - 2 * EDGE) / (len(sizes) - 1)
    rise = (HIGH - 2 * EDGE) / spread if spread else 0
    flat = HIGH / 2
    return tuple(
        (round(EDGE + place * step, 1), round(HIGH - EDGE - (size - least) * rise if spread else flat, 1))
        for place, size in enumerate(sizes)
    )


class Drift(Value):
    """How the size of a group went, build by build, the oldest first."""

    sizes: tuple[int, ...] = ()

    @property
    def points(self) -> str:
        return " ".join(f"{x:g},{y:g}" for x, y in line_of(self.sizes))

    @property
    def last(self) -> tuple[float, float]:
        return line_of(self.sizes)[-1]


class GroupLine(Value):
    """A group in a list: `change` is what came of the last build, `share` its control group in thousandths.

    `open` is how many may be sent advertising by kind of address, "any" by at least one.
    """

    key: str
    title: str
    is_list: bool = False
    is_put_away: bool = False
    size: int = 0
    joined: int = 0
    left: int = 0
    control: int = 0
    share: int = 0
    open: Mapping[str, int] = {}
    built_at: datetime | None = None
    drift: Drift = Drift()
    words: str = ""

    def may(self, kind: str) -> int:
        return self.open.get(kind, 0)

    def share_of(self, kind: str) -> int:
        return round(100 * self.may(kind) / self.size) if self.size else 0


class ReadyOffer(Value):
    """A ready group that may be made: one button. `what` is what is to be chosen for it, from `choices`."""

    key: str
    title: str
    words: str
    what: str = ""
    choices: tuple[Choice, ...] = ()


class Shared(Value):
    """How many of one group are in another too: `part` of a hundred of the first."""

    key: str
    shared: int
    part: int

    @property
    def tone(self) -> int:
        return 0 if not self.shared else min(TONES, 1 + self.part * TONES // 101)


class OverlapRow(Value):
    """A group beside the others that were chosen, itself among them."""

    key: str
    title: str
    size: int
    cells: tuple[Shared, ...]


class GroupsPage(Value):
    """All groups: in use, put away; how many customers are in one at all; what could be made at once."""

    lines: tuple[GroupLine, ...] = ()
    put_away: tuple[GroupLine, ...] = ()
    covered: int = 0
    customers: int = 0
    ready: tuple[ReadyOffer, ...] = ()
    overlap: tuple[OverlapRow, ...] = ()
    compared: tuple[str, ...] = ()

    @property
    def coverage(self) -> int:
        return round(100 * self.covered / self.customers) if self.customers else 0


class Advised(Value):
    """How large a control group ought to be, in customers and thousandths; 0 where no size would show anything.

    `detectable` is the smallest difference, in tenths of a per cent, that the group as it is can show.
    """

    size: int
    share: int
    detectable: int


class BuildLine(Value):
    """A build of a group."""

    at: datetime
    version: int
    size: int
    joined: int
    left: int
    whole: bool
    open: int


class Lately(Value):
    """Who came and went within so many days."""

    days: int
    joined: int
    left: int


class Sampled(Value):
    """A customer as an example of a group; `control`: in the control group."""

    id: int
    name: str = ""
    city: str = ""
    control: bool = False


class CorrectionLine(Value):
    """A correction by hand; in force until it is lifted."""

    customer: int
    what: Corrected
    why: str
    by: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str = ""


class VersionLine(Value):
    """What a group was at one of its versions; `is_rule`: the rule is another than before."""

    number: int
    title: str
    words: str
    text: str
    share: int
    no_control_why: str
    why: str
    by: str
    at: datetime
    is_rule: bool = False


class Reach(Value):
    """How many may be sent advertising, by kind and why not the others; `without` have no address of a kind."""

    size: int = 0
    any: int = 0
    kinds: tuple[KindReach, ...] = ()
    without: Mapping[str, int] = {}

    @property
    def percent(self) -> int:
        return round(100 * self.any / self.size) if self.size else 0


class GroupPage(Value):
    """One group with all that is known of it. `hindrance` is why it cannot be built, `needed_by` what is made of it."""

    line: GroupLine
    version: int
    rule: RuleSaid | None = None
    text: str = ""
    no_control_why: str = ""
    made_by: str = ""
    made_at: datetime
    listed: int = 0
    is_stale: bool = False
    hindrance: Reason = NO_REASON
    advised: Advised
    reach: Reach = Reach()
    lately: tuple[Lately, ...] = ()
    builds: tuple[BuildLine, ...] = ()
    sample: tuple[Sampled, ...] = ()
    corrections: tuple[CorrectionLine, ...] = ()
    corrections_cut: bool = False
    versions: tuple[VersionLine, ...] = ()
    needed_by: tuple[Choice, ...] = ()


class RulePreview(Value):
    """What a rule would come to, before it is kept."""

    words: RuleSaid
    reach: Reach
    advised: Advised
    sample: tuple[Sampled, ...] = ()


class GroupForm(Value):
    """A group as it is filled in: by boxes or, where `mode` is text, in one line of the language of rules.

    `objections` are what is wrong with the whole, `excerpt` the line of the text before and behind the place;
    `offered` is what conditions may name, by source. `seen` is the version that was changed, 0 of a new group.
    """

    key: str = ""
    title: str = ""
    mode: str = "boxes"
    box: Box
    text: str = ""
    control: str = ""
    advised: str = ""
    no_control: str = ""
    why: str = ""
    seen: int = 0
    is_list: bool = False
    is_new: bool = True
    objections: tuple[Reason, ...] = ()
    excerpt: tuple[str, str] = ("", "")
    offered: Mapping[str, tuple[Choice, ...]] = {}
    preview: RulePreview | None = None
    currency: str = ""


class ListLook(Value):
    """What a list names: how many are known, how many of them are new to the group, and the rows of nobody known."""

    text: str = ""
    named: int = 0
    known: int = 0
    new: int = 0
    gone: int = 0
    unknown: tuple[int, ...] = ()
    unknown_text: str = ""
    replaces: bool = False
    is_loaded: bool = False
    is_long: bool = False
