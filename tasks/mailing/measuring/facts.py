"""What the registry is told of the letters of a mailing. Pure.

Each number is one fact, known by what it counts. One that is known better later, because an unknown outcome was cleared
up, is corrected by a fact that names it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from models.delivery import OUT, State
from models.mailings import Mailing
from models.registry import Fact, Observation
from models.written import minor_units
from tasks.mailing.asking.facts import CHECKING, about
from tasks.mailing.running.rows import Count

METRICS = ("letters_listed", "letters_sent", "letters_refused", "letters_unknown", "letters_cancelled")
OF = {
    **dict.fromkeys(OUT, "letters_sent"), State.REJECTED: "letters_refused", State.UNKNOWN: "letters_unknown",
    State.CANCELLED: "letters_cancelled", State.MISSED: "letters_cancelled", State.HELD: "letters_cancelled",
}  # fmt: skip
Key = tuple[str, str, str]  # metric, account, why


def summed(counts: Iterable[Count]) -> tuple[Counter[Key], Counter[str]]:
    """The letters by what is told of them, and what of them is paid by account. What was not sent has its reason."""
    numbers, pieces = Counter[Key](), Counter[str]()
    for one in counts:
        numbers["letters_listed", one.account, ""] += one.number
        metric = OF.get(one.state)
        if metric is None:
            continue
        why = one.why if metric == "letters_cancelled" else ""
        numbers[metric, one.account, why] += one.number
        if one.state in OUT:
            pieces[one.account] += one.pieces
    return numbers, pieces


def observed(
    row: Mailing, counts: Sequence[Count], known: Iterable[Fact], prices: Mapping[str, str], currency: str,
    at: datetime, run: str = "",
) -> list[Observation]:  # fmt: skip
    """What is new, or known better than it stands in the registry."""
    numbers, pieces = summed(counts)
    before = {(fact.metric, fact.channel, fact.placement.partition(":why:")[2]): fact for fact in known}
    found = []
    for key in sorted({*numbers, *before}):
        metric, account, why = key
        cost = _cost(prices.get(account, ""), pieces[account], currency) if metric == "letters_sent" else None
        fact = before.get(key)
        if fact is not None and (fact.value, fact.cost) == (numbers[key], cost):
            continue
        named = f"mailing:{row.id}" + (f":why:{why}" if why else "")
        said = about(row) | {"channel": account, "placement": named}
        said |= {"cost": cost, "currency": currency} if cost is not None else {}
        once = f"{metric}:{account}:{named}" + (f":after:{fact.id}" if fact else "")
        found.append(
            Observation(operation=CHECKING, metric=metric, value=numbers[key], observed_at=at, run=run, key=once,
                        corrects=fact.id if fact else None, **said)
        )  # fmt: skip
    return found


def _cost(price: str, pieces: int, currency: str) -> int | None:
    """What so many letters cost; nothing is known where the card names no price."""
    return minor_units(Decimal(price) * pieces, currency) if price and Decimal(price) else None
