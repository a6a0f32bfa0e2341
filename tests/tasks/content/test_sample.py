from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from integrations.folder import Folder
from integrations.workspace import read_workspace
from models.content import ChangeKind, Effect, Known, KnownRow, Offer, PieceSource, Problem
from tasks.content.columns import familiar
from tasks.content.difference import compare, number_rows
from tasks.content.events import read_events
from tasks.content.feeds import read_feed
from tasks.content.pictures import read_picture
from tasks.content.pieces import read_piece
from tasks.content.plan import Plan, read_plan
from tasks.content.products import read_products
from tasks.content.ranking import Aims, from_feed, from_offer, from_piece, rank
from tasks.content.sheets import read_sheet
from tasks.content.workbook import write_plan

SAMPLE = Path(__file__).parents[3] / "deployments" / "sample"
START = date(2026, 11, 21)


class Sample:
    """The sample company of one language, with everything its files hold."""

    def __init__(self, language: str) -> None:
        self.folder = Folder(SAMPLE / language)
        self.workspace, self.problems = read_workspace(SAMPLE / language, START)
        self.now = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo(self.workspace.company.zone))
        self.pictures = self.folder.names("content/pictures")
        self.products = read_products(self.folder.read("products.xml"), "products.xml", self.workspace.company.currency)
        self.pieces = [
            read_piece(self.folder.read(f"content/pieces/{name}"), name, self.known(), START) for name in self.names()
        ]

    def names(self) -> list[str]:
        return self.folder.names("content/pieces", (".md",))

    def known(self) -> Known:
        products = frozenset(offer.id for offer in self.products.items)
        return self.workspace.known(
            pieces=frozenset(self.names()), pictures=frozenset(self.pictures), products=products
        )  # fmt: skip

    def plan(self, data: bytes, file: str) -> Plan:
        sheet, problems = read_sheet(data, file, familiar)
        assert sheet is not None, problems
        return read_plan(sheet, self.known(), self.now, START)


@pytest.fixture(params=["ru", "en"])
def sample(request: pytest.FixtureRequest) -> Sample:
    return Sample(request.param)


def test_the_sample_company_has_nothing_to_mend(sample: Sample) -> None:
    problems: list[Problem] = [*sample.problems, *sample.products.problems]
    problems += [problem for found in sample.pieces for problem in found.problems]
    looked = [read_picture(sample.folder.read(f"content/pictures/{name}"), name) for name in sample.pictures]
    problems += [one for one in looked if isinstance(one, Problem)]
    assert [str(problem) for problem in problems] == []
    assert sample.pictures
    assert sample.pieces
    assert sample.products.items


@pytest.mark.parametrize("file", ["content/plan.xlsx", "content/plan.csv"])
def test_the_sample_plan_is_sound_and_comes_back_the_same(sample: Sample, file: str) -> None:
    data = sample.folder.read(file)
    plan = sample.plan(data, file)
    assert [str(problem) for problem in plan.problems if problem.effect is not Effect.NOTE] == []
    sheet, _ = read_sheet(data, file, familiar)
    assert sheet is not None
    rows = number_rows(plan.rows, [])
    again = sample.plan(write_plan(data, sheet, rows, {}), file)
    changes = compare(number_rows(again.rows, []), [KnownRow(row=row) for row in rows])
    assert {change.kind for change in changes} == {ChangeKind.SAME}


def test_the_samples_two_plans_say_the_same(sample: Sample) -> None:
    plans = [sample.plan(sample.folder.read(file), file) for file in ("content/plan.xlsx", "content/plan.csv")]
    assert [row.row_hash() for row in plans[0].rows] == [row.row_hash() for row in plans[1].rows]


def test_everything_found_in_the_sample_is_ranked_with_reasons(sample: Sample) -> None:
    news = read_feed(sample.folder.read("feeds/tea-news.xml"), "tea-news")
    occasions = read_events(sample.folder.read("feeds/events.xml"), "events", START, sample.workspace.company.zone)
    assert (news.problems, occasions.problems) == ((), ())
    assert all(occasion.dated for occasion in occasions.items)
    offers: tuple[Offer, ...] = sample.products.items
    pieces: list[PieceSource] = [piece for found in sample.pieces for piece in found.items]
    findings = [*map(from_feed, news.items), *(from_offer(one, "products") for one in offers),
                *(from_piece(one, "content") for one in pieces)]  # fmt: skip
    ranked = rank(findings, Aims.of(sample.workspace.company, START))
    assert len(ranked) + sum(len(one.copies) for one in ranked) == len(findings)
    assert all(one.why for one in ranked)
