"""What staff see of the answers, sitting by sitting. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from models.desk.offers import SittingLine
from models.figures import moment
from models.offers import Invitation, OfferTerms
from models.redemptions import Limit, OfferCounter
from tasks.offers.wording import Words
from tasks.redeeming.limits import scope_of


@dataclass(frozen=True)
class Counted:
    """Guests of one sitting who are expected still, who came of those that had answered, and who did not come."""

    expected: int = 0
    came: int = 0
    not_come: int = 0

    @property
    def answered(self) -> int:
        return self.expected + self.came + self.not_come

    def with_came(self, came: int, missed: int) -> "Counted":
        """Of those who answered together some came, and others did not."""
        return replace(self, came=came, not_come=self.not_come + missed)


def sittings_of(
    terms: OfferTerms, counted: Mapping[str, Counted], counters: Iterable[OfferCounter], words: Words
) -> tuple[SittingLine, ...]:
    """All sittings in the order of the offer, those that nobody has answered too."""
    attended = {one.scope: one.used for one in counters if one.kind == Limit.SEATS}
    lines = []
    for one in terms.gives.sittings if isinstance(terms.gives, Invitation) else ():
        found = counted.get(scope_of(one), Counted())
        title = f"{words.outlets.get(one.outlet, one.outlet)}, {moment(one.at)}"
        lines.append(SittingLine(title=title, seats=one.seats, answered=found.answered, not_come=found.not_come,
                                 attended=attended.get(scope_of(one), 0)))  # fmt: skip
    return tuple(lines)
