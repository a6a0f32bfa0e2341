"""A piece as its page on the desk shows it: its fields, its looks by channel, its versions, and what happened. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from models.content import PictureSource
from models.desk import Choice, Line, Proof
from models.post import Picture, Value
from models.reason import NO_REASON, Reason


class Fields(Value):
    """What a person may edit in a piece. Days and times are ISO or empty; channels and names are keys."""

    title: str = ""
    text: str = ""
    description: str = ""
    pictures: tuple[PictureSource, ...] = ()
    channels: tuple[str, ...] = ()
    date: str = ""
    time: str = ""
    campaign: str = ""
    goal: str = ""
    group: str = ""
    author: str = ""
    offer_until: str = ""


class Run(Value):
    """A run of words in a difference."""

    kind: Literal["same", "ins", "del", "gap"]
    text: str


class FieldDifference(Value):
    """What differs in one field; `title` is an English msgid, `of` the channel whose text it is."""

    title: str
    of: str = ""
    runs: tuple[Run, ...]


class VersionLine(Value):
    """A version in the list: who made it, when and why; `said` is why in words, `corrections` how many there were."""

    ordinal: int
    by: str
    at: datetime
    said: Reason = NO_REASON
    note: str = ""
    corrections: int = 0
    is_present: bool = False


class CorrectionLine(Value):
    """A correction that styling made; `rule` is an English msgid."""

    before: str
    after: str
    rule: str


class Difference(Value):
    """Two versions and what is different between them."""

    before: VersionLine
    after: VersionLine
    fields: tuple[FieldDifference, ...] = ()
    corrections: tuple[CorrectionLine, ...] = ()


class HandLine(Value):
    """A text by hand for one channel; `is_behind` where the common text has changed since, by whom and when."""

    account: str
    channel: str
    text: str
    by: str
    at: datetime
    is_behind: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None


class Said(Value):
    """A comment of a colleague."""

    id: int
    person: str
    text: str
    at: datetime
    channel: str = ""


class Sort(StrEnum):
    """What an event of a piece's life is about; the page marks each with a word of its own."""

    CONTENT = "content"
    ORDER = "order"
    APPROVAL = "approval"
    CHANNEL = "channel"
    CONTROL = "control"
    RESULT = "result"


class Event(Value):
    """One thing that happened to a piece; `cost` is in minor units."""

    at: datetime
    sort: Sort
    said: Reason
    by: str = ""
    url: str = ""
    details: tuple[str, ...] = ()
    cost: int | None = None
    currency: str = ""


class Measure(Value):
    """A number that was measured of a publication last; `title` is an English msgid."""

    title: str
    number: int


class Seen(Value):
    """What came back from one publication."""

    channel: str
    url: str = ""
    measures: tuple[Measure, ...] = ()
    at: datetime | None = None


class Look(Value):
    """A piece in one channel: its version as it will look, or why there is none; the text by hand, if there is one."""

    account: str
    channel: str
    proof: Proof | None = None
    problems: tuple[Reason, ...] = ()
    hand: HandLine | None = None


class PiecePage(Value):
    """A piece with everything its page shows; `edited` are the titles of what the desk has changed since the plan."""

    id: int
    number: str
    title: str
    ordinal: int
    fields: Fields
    names: Mapping[str, str] = {}
    group_found: str = ""
    is_of_plan: bool = False
    is_archived: bool = False
    pictures: tuple[Picture, ...] = ()
    looks: tuple[Look, ...] = ()
    lines: tuple[Line, ...] = ()
    comments: tuple[Said, ...] = ()
    versions: tuple[VersionLine, ...] = ()
    has_more_versions: bool = False
    edited: tuple[str, ...] = ()
    edited_by: str = ""
    edited_at: datetime | None = None


class Story(Value):
    """What happened to a piece, the newest first, and what came back from it."""

    events: tuple[Event, ...] = ()
    seen: tuple[Seen, ...] = ()


class Choices(Value):
    """What the fields of a piece may be chosen from."""

    channels: tuple[Choice, ...] = ()
    campaigns: tuple[Choice, ...] = ()
    goals: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    pictures: tuple[str, ...] = ()


class Meanwhile(Value):
    """What somebody else has saved since a form was opened: by whom, when, and how it differs from what is typed."""

    by: str
    at: datetime
    ordinal: int
    theirs: tuple[FieldDifference, ...] = ()
    against: tuple[FieldDifference, ...] = ()
    both: tuple[str, ...] = ()


class Form(Value):
    """The form of a piece as it is shown: what is in its fields, from which version it began, what is in the way.

    `seen` is the last version its person has been shown: what is saved goes over that one.
    """

    id: int
    number: str
    title: str
    fields: Fields
    begun: int
    seen: int
    choices: Choices
    pictures: Mapping[str, Picture] = {}
    why: str = ""
    objection: Reason = NO_REASON
    meanwhile: Meanwhile | None = None
    looks: tuple[Look, ...] | None = None


class HandPage(Value):
    """The text for one channel in its form, beside the common one; `against` what stands there by now."""

    id: int
    number: str
    title: str
    account: str
    channel: str
    text: str
    common: str
    begun: int
    hand: HandLine | None = None
    of_the_file: bool = False
    difference: tuple[Run, ...] = ()
    against: tuple[Run, ...] = ()
    objection: Reason = NO_REASON
    look: Proof | None = None
    problems: tuple[Reason, ...] = ()


class Behind(Value):
    """A text by hand that waits to be looked at again: the piece says something else since."""

    piece_id: int
    number: str
    title: str
    hand: HandLine


class Saved(Value):
    """What became of a form: said where it was saved, else the form again with everything that was typed."""

    said: tuple[Reason, ...] = ()
    form: Form | None = None
