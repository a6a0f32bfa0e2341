"""The program of points as people write it, and what follows from it for a client. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.numbers import get_currency_precision

from integrations.errors import Refused
from models.cards import ProgramTerms, Tier
from models.locale import mark
from models.reason import because

BAD_MONEY = mark("“{value}” is no sum of money. Write it in digits, for example 10000 or 99.50.")
BAD_TIER = mark("Line {line} of the tiers cannot be read: “{said}”. Write: title: spent from: money for a point.")
SAME_TIER = mark("Two tiers have the title or the sum of line {line}. Give each its own.")
TITLE_MOST, TIERS_MOST = 40, 12
PLAIN, LONGEST = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?"), 10  # digits before the comma


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier of a client, the next one, and how much is missing to it (minor units)."""

    tier: Tier | None = None
    next: Tier | None = None
    missing: int = 0


def minor(text: str, currency: str) -> int:
    """A sum of money in minor units; raises Refused: also for 10,000, ten to some and ten thousand to others."""
    digits = get_currency_precision(currency)
    written = "".join(text.split()).rstrip("₽").removesuffix("руб.").removesuffix("руб")
    found = PLAIN.fullmatch(written)
    if found is None or len(found[2] or "") > digits or len(found[1]) > LONGEST:
        raise Refused(because(BAD_MONEY, code="bad_money", value=text))
    return int(found[1] + (found[2] or "").ljust(digits, "0"))


def tiers_of(text: str, currency: str) -> tuple[Tier, ...]:
    """Tiers as they are written, one a line (or after a semicolon): “Silver: 10000: 15”. Raises Refused."""
    lines = [line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()]
    found = [_tier(n, line, currency) for n, line in enumerate(lines[: TIERS_MOST + 1], 1)]
    titles, sums = set[str](), set[int]()
    for n, one in enumerate(found, 1):
        if one.title.casefold() in titles or one.spent in sums:
            raise Refused(because(SAME_TIER, code="same_tier", line=n))
        titles.add(one.title.casefold())
        sums.add(one.spent)
    if len(found) > TIERS_MOST:
        raise Refused(because(BAD_TIER, code="bad_tier", line=TIERS_MOST + 1, said=lines[TIERS_MOST]))
    return tuple(sorted(found, key=_spent))


def _spent(tier: Tier) -> int:
    return tier.spent


def _tier(n: int, line: str, currency: str) -> Tier:
    title, *sums = (part.strip() for part in line.split(":"))
    if not title or len(title) > TITLE_MOST or not 1 <= len(sums) <= 2:
        raise Refused(because(BAD_TIER, code="bad_tier", line=n, said=line))
    spent, per = (minor(text, currency) if text else 0 for text in (*sums, "")[:2])
    return Tier(title=title, spent=spent, per=per)


def tiers_written(tiers: Sequence[Tier], currency: str) -> str:
    """The same tiers as they may be typed again."""
    return "\n".join(
        ": ".join((one.title, plain(one.spent, currency), *([plain(one.per, currency)] if one.per else [])))
        for one in tiers
    )


def plain(amount: int, currency: str) -> str:
    """Minor units as money is typed: 10000 or 99.50."""
    digits = get_currency_precision(currency)
    whole, rest = divmod(amount, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


def standing(tiers: Sequence[Tier], spent: int) -> Standing:
    """Where so much spent stands."""
    reached = [tier for tier in tiers if tier.spent <= spent]
    coming = next((tier for tier in tiers if tier.spent > spent), None)
    return Standing(reached[-1] if reached else None, coming, coming.spent - spent if coming else 0)


def points_for(terms: ProgramTerms, amount: int, spent: int) -> int:
    """Whole points for a purchase of somebody who has spent so much."""
    tier = standing(terms.tiers, spent).tier
    per = tier.per if tier and tier.per else terms.per
    return amount // per if per else 0


def last_day(terms: ProgramTerms, today: date) -> date | None:
    """Of points that come today; None where they do not end."""
    return today + timedelta(days=terms.days) if terms.days else None


def most_points(terms: ProgramTerms, amount: int) -> int:
    """How many points may pay on a receipt of this amount."""
    return amount * terms.share // (100 * terms.worth) if terms.worth else 0


def points_of_return(history: Iterable[tuple[int, int]], amount: int) -> int:
    """How many points go with so much that is brought back: as many as it gave when it was bought.

    A receipt does not say which purchase comes back, so the latest do. `history` are the receipts before it as they
    were counted, (amount, points), the latest first; it is read as far as it is needed.
    By the rate of today whoever buys at a high tier and brings all back would keep points for nothing, and whoever
    bought before there was a program would lose points that came of other purchases.
    """
    points, coming = 0, [amount]  # what came back is taken of a purchase before ours is, the earliest first
    for counted, gave in history:
        if counted <= 0:
            coming.append(-counted)
            continue
        while counted and coming:
            part = min(counted, coming[-1])
            share = gave * part // counted
            counted, gave = counted - part, gave - share
            points += share if len(coming) == 1 else 0
            coming[-1] -= part
            if not coming[-1]:
                coming.pop()
        if not coming:
            break
    return points
