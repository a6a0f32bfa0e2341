"""How variants of a mailing are tried against each other: by what, when, and what if none is better. Pure.

The form says it in words, a mailing keeps it in its `split` beside the shares: {"by": "clicked", "after_hours": 24,
"otherwise": "A"}. What is as usual is not kept.
"""

from collections.abc import Mapping
from typing import Literal

from models.locale import mark, translate, translate_plural

By = Literal["clicked", "opened", "revenue"]
Judged = Literal["the share of those who clicked", "the share of those who opened", "purchases per recipient"]
BY_TITLES: Mapping[str, Judged] = {
    "clicked": "the share of those who clicked",
    "opened": "the share of those who opened",
    "revenue": "purchases per recipient",
}
MARKED = (
    mark("the share of those who clicked"), mark("the share of those who opened"), mark("purchases per recipient"),
)  # fmt: skip
USUAL: By = "clicked"
USUAL_HOURS: Mapping[str, int] = {"clicked": 24, "opened": 24, "revenue": 72}
HOURS_MOST = 24 * 14
ASKED, GOES = mark("a person is asked"), mark("variant {name} goes")


def by_of(judged: str) -> By:
    """The key of what is said in words."""
    return known(next((by for by, title in BY_TITLES.items() if title == judged), USUAL))


def known(by: object) -> By:
    """What a mailing keeps, as it is meant; anything else is as usual."""
    return "revenue" if by == "revenue" else "opened" if by == "opened" else USUAL


def what_happens(by: By, hours: int, otherwise: str, waits: bool) -> str:
    """What becomes of a trial, in the reader's language; `hours` 0 is as usual, `waits`: somebody gets the better."""
    length, title = hours or USUAL_HOURS[by], translate(BY_TITLES[by])
    if not waits:
        return translate_plural(
            "{hours} hour after the last letter the report says which is the better one, by {by}.",
            "{hours} hours after the last letter the report says which is the better one, by {by}.",
            length, hours=length, by=title,
        )  # fmt: skip
    return translate_plural(
        "{hours} hour after the last letter of the trial the better one, by {by}, goes to the rest if the difference "
        "is not chance; otherwise {otherwise}.",
        "{hours} hours after the last letter of the trial the better one, by {by}, goes to the rest if the difference "
        "is not chance; otherwise {otherwise}.",
        length, hours=length, by=title, otherwise=translate(GOES, name=otherwise) if otherwise else translate(ASKED),
    )  # fmt: skip
