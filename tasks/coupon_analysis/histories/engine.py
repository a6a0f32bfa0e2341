"""Reads and analyses a stranger's history of coupons, and writes what came of it. It knows no Prefect and no ledger."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePath
from typing import IO
from zoneinfo import ZoneInfo

import polars as pl
from polars.exceptions import PolarsError

from integrations.errors import Refused
from models.company import Company
from models.desk.coupon_analysis import Problems, Whole
from models.desk.drop import Wrong
from models.locale import mark, spoken, translate
from models.reason import because
from tasks.content.sheets import read_sheet
from tasks.coupon_analysis.clocks import Clocks
from tasks.coupon_analysis.costs import NO_RATES, Rates
from tasks.coupon_analysis.files import laid_out, printed, problems_of, whole
from tasks.coupon_analysis.foreign import (
    KINDS,
    Foreign,
    familiar,
    history_of,
    last_seen,
    of_parquet,
    periods_of,
    with_table,
)
from tasks.coupon_analysis.histories.kinds import by_headings, by_name, told_apart
from tasks.coupon_analysis.periods import DAY
from tasks.coupon_analysis.promoted import folded
from tasks.coupon_analysis.sheet import workbook
from tasks.coupon_analysis.shown import named, page
from tasks.coupon_analysis.signals import OF_TABLES
from tasks.coupon_analysis.whole import Findings, Question, analysed
from tasks.dropping.kinds import PEOPLE_MAX
from tasks.purchases.frames import Table, of_csv, of_sheet

BEFORE, AFTER = 56, 28  # days: eight whole weeks for CUPED and trends, four for what was bought ahead
OFFERS_MOST = 40
MANY = 0.05  # of the rows of redemptions: fewer that cannot be counted change nothing that is said
UNREADABLE = mark("It cannot be read as Parquet: it is damaged, or another kind of file. Save it anew, or as CSV.")
NOTHING_LEFT = mark("No row of the table of coupons can be counted. {first}")
NO_GROUP = mark("No purchase is of the product group “{group}”, so nothing is compared as the offer's own by it.")
MORE_OFFERS = mark("There are {number} offers; the {most} with most coupons are analysed. Give the others apart.")
OF_FILE = mark("{file}: {why}")
ALL_IN_ONE = mark("All coupons")
Tick = Callable[[int, int], None]  # how many pieces of the work are done, and of how many


def silent(done: int, of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class History:
    """A stranger's offers, the largest first, with what was found; and what of the tables could not be counted."""

    found: tuple[tuple[str, Findings], ...]
    wrong: tuple[tuple[str, tuple[Wrong, ...]], ...]
    left_out: int = 0
    unknown: tuple[str, ...] = ()  # product groups that were named and stand in no purchase

    @property
    def is_whole(self) -> bool:
        """Whether all of it counted: a line that stands twice in a receipt is told, and counts."""
        return not self.left_out and not any(one.left_out for _, wrong in self.wrong for one in wrong)

    def problems(self) -> tuple[Problems, ...]:
        """What could not be counted, file by file, in the language of the moment."""
        told = [problems_of(wrong, name) for name, wrong in self.wrong if wrong]
        if self.left_out:
            said = because(MORE_OFFERS, number=len(self.found) + self.left_out, most=len(self.found))
            told.append(Problems(file="", lines=(str(said),)))
        if self.unknown:
            told.append(Problems(file="", lines=tuple(str(because(NO_GROUP, group=one)) for one in self.unknown)))
        return tuple(told)


def analyse(
    files: Mapping[str, Path], company: Company, now: datetime, rates: Rates = NO_RATES,
    promoted: Collection[str] = (), tick: Tick = silent,
) -> History:  # fmt: skip
    """`files` are by their names. Raises Refused where a table is missing, cannot be told or cannot be used."""
    kinds = told_apart([(name, kind_of(path, name)) for name, path in files.items()])
    clocks = Clocks(company.zone, {one.key: str(one.zone) for one in company.outlets if one.zone})
    tick(0, len(kinds))
    found = read({kind: (files[name], name) for kind, name in kinds.items()}, clocks, now, company.currency, tick)
    wrong = tuple((name, found.wrong.get(kind, ())) for kind, name in kinds.items())
    offers = _largest(found)
    if not offers:
        first = next((str(one.reason) for _, told in wrong for one in told), "")
        raise Refused(because(NOTHING_LEFT, code="nothing_left", first=first))
    promoted, unknown = _as_written(found, promoted)
    analysed_: list[tuple[str, Findings]] = []
    for number, offer in enumerate(offers[:OFFERS_MOST], start=1):
        one = of_offer(found, offer, company, now, rates, promoted)
        analysed_ += [(offer, one)] if one else []
        tick(len(kinds) + number, len(kinds) + min(len(offers), OFFERS_MOST))
    return History(tuple(analysed_), wrong, max(0, len(offers) - OFFERS_MOST), unknown)


def _as_written(found: Foreign, named: Collection[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The product groups that are named, as the purchases write them; and those that stand in none."""
    bought = set() if found.purchases is None else set(found.purchases["product_group"].unique().to_list())
    wanted = {one: folded([one]) for one in named}
    known = frozenset(group for group in bought if any(folded([group]) == one for one in wanted.values()))
    return known, tuple(one for one, name in wanted.items() if not name & folded(known))


def _largest(found: Foreign) -> list[str]:
    """Its offers, those with most coupons first."""
    if found.coupons is None:
        return []
    counted = found.coupons.group_by("offer").agg(pl.len().alias("number"))
    return list(counted.sort("number", "offer", descending=[True, False])["offer"].to_list())


def read(
    files: Mapping[str, tuple[Path, str]], clocks: Clocks, now: datetime, currency: str, tick: Tick = silent
) -> Foreign:
    """Files and their names by what they hold. Raises Refused where a table cannot be used at all; rows that are wrong
    are told by their numbers.
    """
    found, wall = Foreign(), now.astimezone(ZoneInfo(clocks.zone)).replace(tzinfo=None)
    for number, kind in enumerate([one for one in KINDS if one in files], start=1):
        path, name = files[kind]
        with opened(path, partial(familiar, kind), name) as table:
            found = _with_table(found, kind, table, clocks, wall, currency, name)
        tick(number, len(files))
    return found


def _with_table(
    found: Foreign, kind: str, table: Table, clocks: Clocks, wall: datetime, currency: str, name: str
) -> Foreign:
    """The history with one more table; a refusal says of which file it is."""
    try:
        return with_table(found, kind, table, clocks, wall, currency)
    except Refused as refused:
        raise Refused(because(OF_FILE, code=refused.reason.code, file=name, why=refused.reason)) from None


def of_offer(
    found: Foreign, offer: str, company: Company, now: datetime, rates: Rates = NO_RATES, promoted: Collection[str] = ()
) -> Findings | None:
    """Everything about one offer of a stranger's history; None where it has no such offer.

    It is as of the last day the history knows of: what came later is not known, rather than nothing.
    """
    today = now.astimezone(ZoneInfo(company.zone)).date()
    periods = periods_of(found, offer, today - DAY, BEFORE, AFTER)
    if periods is None:
        return None
    history, by_lot = history_of(found, offer, periods)
    utc = now.astimezone(UTC).replace(tzinfo=None)
    seen = last_seen(found, company.zone) or utc
    left_out, counted = found.uncredited
    question = Question(
        periods=periods, now=min(seen, utc), rates=rates, is_by_lot=by_lot, promoted=promoted,
        currency=company.currency, bounds=OF_TABLES, no_discounts=found.no_discounts,
        uncredited=left_out if left_out > MANY * (left_out + counted) else 0,
    )  # fmt: skip
    return analysed(history, question)


def kind_of(path: Path, name: str) -> str:
    """What a file holds; empty where neither its name nor its headings say. Raises Refused where it cannot be read."""
    said = by_name(name)
    if said:
        return said
    with opened(path, lambda heading: any(familiar(kind, heading) for kind in KINDS), name) as table:
        return by_headings(table.header)


@contextmanager
def opened(path: Path, known: Callable[[str], bool], name: str = "") -> Iterator[Table]:
    """The table of a file, whatever it is called on the disk; what is long is read as it is asked for."""
    called = name or path.name
    suffix = PurePath(called).suffix.lower()
    with path.open("rb") as file:
        if suffix == ".parquet":
            yield _parquet(file)
        elif suffix == ".csv":
            yield of_csv(file, known)
        else:
            sheet, unread = read_sheet(file.read(), called, known, PEOPLE_MAX)
            yield of_sheet(sheet) if sheet else Table(refusal=unread[0].reason)


def _parquet(file: IO[bytes]) -> Table:
    try:
        return of_parquet(file)
    except (PolarsError, OSError):
        return Table(refusal=because(UNREADABLE, code="unreadable"))


def as_page(history: History, company: Company, made_at: datetime, reader: str) -> Whole:
    """The whole of it, said in one language."""
    with spoken(reader):
        reports = tuple(
            page(one, str(number), title or translate(ALL_IN_ONE), reader, links=False)
            for number, (title, one) in enumerate(history.found, start=1)
        )
        return whole(reports, company, made_at, reader, problems=history.problems())


def as_files(history: History, company: Company, made_at: datetime, reader: str) -> dict[str, bytes]:
    """The same as html, xlsx and pdf."""
    told = as_page(history, company, made_at, reader)
    found = tuple(one for _, one in history.found)
    titled = [(title or translate(ALL_IN_ONE), named(one, {})) for title, one in history.found]
    return {
        "html": laid_out(told).encode(),
        "xlsx": workbook(titled, reader, made_at),
        "pdf": printed(told, found, made_at, reader),
    }  # fmt: skip
