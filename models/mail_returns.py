"""What passes between the house and the pages that letters point to: whose preferences, and what was chosen. Pure."""

from datetime import datetime
from enum import StrEnum

from models.customers import AddressKind
from models.locale import mark
from models.post import Value


class Why(StrEnum):
    """Why somebody leaves; nobody has to say it."""

    TOO_OFTEN = "too_often"
    NOT_INTERESTING = "not_interesting"
    NEVER_ASKED = "never_asked"
    ANOTHER_WAY = "another_way"
    OTHER = "other"


WHY_TITLES = {
    Why.TOO_OFTEN: mark("there are too many letters"),
    Why.NOT_INTERESTING: mark("they are not interesting to me"),
    Why.NEVER_ASKED: mark("I never asked for them"),
    Why.ANOTHER_WAY: mark("I would rather hear from you in another way"),
    Why.OTHER: mark("for another reason"),
}


class WayOfReaching(Value):
    """One kind of address of a recipient. `shown` gives nobody away who does not know it already.

    `open`: advertising goes there. `can_open`: its owner may switch it on here; where a mailbox is gone, or something
    else than their own word stands against it, a page cannot.
    """

    kind: AddressKind
    shown: str
    open: bool
    can_open: bool = True
    is_this: bool = False


class Preferences(Value):
    """What the recipient of a letter may choose. `is_trial`: it was opened from a test, and nothing is changed.

    `left`: they have unsubscribed the address that the letter went to; `why_asked`: they have not said why yet.
    """

    ways: tuple[WayOfReaching, ...] = ()
    left: bool = False
    why_asked: bool = False
    is_trial: bool = False

    @property
    def this(self) -> WayOfReaching | None:
        return next((way for way in self.ways if way.is_this), None)


class Seen(Value):
    """A look at a letter as the web process counts it: an open (`link` is None), or a click."""

    mark: str
    link: int | None
    at: datetime
    robot: bool
