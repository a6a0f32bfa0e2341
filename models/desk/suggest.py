"""Names that a form's field may hold: what exists, offered as it is typed, and what was meant. Pure."""

from enum import StrEnum

from models.post import Value
from models.reason import NO_REASON, Reason


class Kind(StrEnum):
    """What a field of a form can name."""

    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    GOAL = "goal"
    GROUP = "group"
    PERSON = "person"
    OUTLET = "outlet"
    FUND = "fund"
    PIECE = "piece"
    PRODUCT = "product"
    PICTURE = "picture"


class Named(Value):
    """Something that exists: `key` is what a form sends, `title` what people call it, `about` tells it from others."""

    key: str
    title: str
    about: str = ""

    @property
    def label(self) -> str:
        return " · ".join(part for part in (self.title, self.about) if part)


class Naming(Value):
    """What the words in a field came to: a key; or nothing, because they were empty; or an objection and the nearest.

    `said` are the words as they were typed, to stand in the form again.
    """

    kind: Kind
    said: str = ""
    key: str = ""
    objection: Reason = NO_REASON
    near: tuple[Named, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.key)
