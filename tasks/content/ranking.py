"""Findings in the order they are worth looking at, each with its reasons; near copies folded under the best. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from models.company import Campaign, Company, Goal, Group
from models.content import FeedItem, Finding, Offer, PieceSource, Ranked
from models.locale import mark
from models.reason import Reason, because
from tasks.analysis.stems import stems
from tasks.content.duplicates import fold

# What the parts of a score are worth; together 100.
OF_GROUP, OF_CAMPAIGN, OF_GOAL, FRESH, WITH_PICTURE, LICENSED = 40, 20, 10, 20, 5, 5
WORDS_ENOUGH = 3
HALF_LIFE_DAYS = 7
LASTING = FRESH // 2  # of what has no date: neither news nor old
OVER_SHARE = 4
SHOWN_WORDS = 4
SOON_DAYS = 30

BY_HAND = mark("meant for the customer group “{group}”")
BY_PRODUCT = mark("fits the customer group “{group}” by the product's category")
BY_WORDS = mark("fits the customer group “{group}” by the words: {words}")
FOR_CAMPAIGN = mark("fits the campaign “{campaign}” by the words: {words}")
FOR_GOAL = mark("fits the goal “{goal}” by the words: {words}")
PUBLISHED = mark("published on {year}-{month}-{day}")
OVER = mark("was over on {year}-{month}-{day}")
HAS_PICTURE = mark("has a picture")
HAS_LICENCE = mark("licence: {licence}")
NO_LICENCE = mark("the licence is not known: ask before using it")

Part = tuple[int, Reason | None]
NOTHING: Part = (0, None)


@dataclass(frozen=True)
class Aims:
    """What the department wants now, and which day it is."""

    today: date
    groups: Sequence[Group] = ()
    campaigns: Sequence[Campaign] = ()
    goals: Sequence[Goal] = ()

    @classmethod
    def of(cls, company: Company, today: date) -> "Aims":
        """The groups of a company, with the campaigns and goals that run or soon will."""
        campaigns = [one for one in company.campaigns if is_near(one.starts_on, one.ends_on, today)]
        goals = [one for one in company.goals if is_near(one.starts_on, one.ends_on, today)]
        return cls(today, company.groups, campaigns, goals)


def is_near(starts_on: date, ends_on: date, today: date) -> bool:
    return ends_on >= today and (starts_on - today).days <= SOON_DAYS


def from_feed(item: FeedItem) -> Finding:
    return Finding(
        source=item.source, ref=item.guid, title=item.title, text=item.text, link=item.link, licence=item.licence,
        published=item.published, pictures=item.pictures,
    )  # fmt: skip


def from_offer(offer: Offer, source: str, licence: str = "") -> Finding:
    text = " ".join([*offer.category, offer.description])
    return Finding(
        source=source, ref=offer.id, title=offer.name, text=text, link=offer.url, licence=licence,
        pictures=offer.pictures, category_ids=offer.category_ids, distinct=True,
    )  # fmt: skip


def from_piece(piece: PieceSource, source: str) -> Finding:
    return Finding(
        source=source, ref=piece.file, title=piece.title, text=piece.text, link=piece.source, licence=piece.licence,
        pictures=tuple(picture.file for picture in piece.pictures), group=piece.group, until=piece.offer_until,
    )  # fmt: skip


def rank(findings: Iterable[Finding], aims: Aims) -> list[Ranked]:
    """The best first, near copies under it; equals by source and ref, in whatever order they came."""
    weighed = sorted((weigh(finding, aims) for finding in findings), key=_order)
    alike = [one for one in weighed if not one.finding.distinct]
    groups = fold([f"{one.finding.title}\n{one.finding.text}" for one in alike])
    folded = [_with_copies([alike[place] for place in places]) for places in groups]
    return sorted([*folded, *(one for one in weighed if one.finding.distinct)], key=_order)


def _order(one: Ranked) -> tuple[int, str, str]:
    return -one.score, one.finding.source, one.finding.ref


def _with_copies(alike: Sequence[Ranked]) -> Ranked:
    copies = tuple(f"{one.finding.source}:{one.finding.ref}" for one in alike[1:])
    return alike[0].model_copy(update={"copies": copies})


def weigh(finding: Finding, aims: Aims) -> Ranked:
    """The score of one finding, and every reason for it that is worth a word."""
    said = stems(f"{finding.title}\n{finding.text}")
    of_groups = [(group.key, _of_group(finding, said, group)) for group in aims.groups]
    key, of_group = max(of_groups, key=lambda pair: pair[1][0], default=("", NOTHING))
    parts = [
        of_group,
        _best(_by_words(said, one.title, OF_CAMPAIGN, FOR_CAMPAIGN, campaign=one.title) for one in aims.campaigns),
        _best(_by_words(said, one.title, OF_GOAL, FOR_GOAL, goal=one.title) for one in aims.goals),
        _freshness(finding, aims.today),
        (WITH_PICTURE, because(HAS_PICTURE, code="picture")) if finding.pictures else NOTHING,
        _licence(finding),
    ]
    score = sum(points for points, _ in parts)
    over = finding.until if finding.until and finding.until < aims.today else None
    why = [reason for _, reason in parts if reason]
    return Ranked(
        finding=finding,
        score=score // OVER_SHARE if over else score,
        why=tuple([because(OVER, code="over", **_said(over)), *why] if over else why),
        group=key if of_group[0] else "",
    )


def _best(parts: Iterable[Part]) -> Part:
    return max(parts, key=lambda part: part[0], default=NOTHING)


def _of_group(finding: Finding, said: frozenset[str], group: Group) -> Part:
    if finding.group:
        meant = finding.group == group.key
        return (OF_GROUP, because(BY_HAND, code="group", group=group.title)) if meant else NOTHING
    if set(finding.category_ids) & set(group.product_groups):
        return OF_GROUP, because(BY_PRODUCT, code="group", group=group.title)
    return _by_words(said, "\n".join(group.words), OF_GROUP, BY_WORDS, group=group.title)


def _by_words(said: frozenset[str], wanted: str, worth: int, text: str, **named: str) -> Part:
    """So much of the worth as words are common, all of it from three on; the words are shown as they were wanted."""
    common = [word for word in wanted.split() if stems(word) & said]
    if not common:
        return NOTHING
    points = worth * min(len(common), WORDS_ENOUGH) // WORDS_ENOUGH
    return points, because(text, code="words", words=", ".join(common[:SHOWN_WORDS]), **named)


def _freshness(finding: Finding, today: date) -> Part:
    """Half of the worth is lost every week."""
    if finding.published is None:
        return LASTING, None
    day = finding.published.date()
    age = max((today - day).days, 0)
    return round(FRESH * 0.5 ** (age / HALF_LIFE_DAYS)), because(PUBLISHED, code="published", **_said(day))


def _licence(finding: Finding) -> Part:
    if not finding.licence:
        return 0, because(NO_LICENCE, code="no_licence")
    return LICENSED, because(HAS_LICENCE, code="licence", licence=finding.licence)


def _said(day: date) -> dict[str, str]:
    """A day in parts: each language puts them in its own order."""
    return {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
