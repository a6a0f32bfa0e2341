"""Content for mailings found in a furnished house, on both databases; and what became of what was proposed."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from integrations.errors import Refused
from models.content import Offer
from models.customers import Customer
from models.database import SetClock
from models.mail_document import Button, Products, Prose
from models.mailings import Mailing, MailingVersion, Stage
from models.manuscript import Manuscript
from models.piece import Candidate, OccasionRow
from models.purchases import PurchaseLine, Receipt
from models.reaction import Mark
from models.registry import Fact, Observation
from tasks.composing.compiled import kept
from tasks.composing.compose import compose
from tasks.composing.materials import Doors, Imprint, Materials
from tasks.content.rows import add_piece, replace_offers
from tasks.groups.engine import Groups
from tasks.groups.figures.rows import bought
from tasks.groups.parsing import parsed
from tasks.groups.rows import Draft
from tasks.house import House
from tasks.registry.rows import record
from tasks.suited.engine import Search, Suited
from tasks.suited.steps import search_for_groups
from tasks.suited.table import section
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.composing.sample import BRAND, document

OFFERS = (
    Offer(id="T1", name="Dragon Well", price=900, currency="RUB", category=("Tea", "Green"), url="https://shop.example/t1"),
    Offer(id="U1", name="A cup", price=300, currency="RUB", category=("Cups",), url="https://shop.example/u1?c=1"),
    Offer(id="T2", name="Sold out", price=900, currency="RUB", category=("Tea", "Green"), available=False),
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
    with made.sessions.begin() as session:
        replace_offers(session, made.clock, OFFERS)
        for n in range(1, 11):
            session.add(
                Customer(id=n, code=f"C{n}", city="Kazan" if n <= 8 else "Perm", created_at=NOW, changed_at=NOW)
            )
    return made


def sell(house: House, customers: Sequence[int], group: str, days_ago: float, amount: int = 100) -> None:
    with house.sessions.begin() as session:
        for n in customers:
            at = NOW - timedelta(days=days_ago)
            receipt = Receipt(key=f"{n} {group} {days_ago}", customer_id=n, at=at, amount=amount)
            session.add(receipt)
            session.flush()
            session.add(PurchaseLine(receipt_id=receipt.id or 0, n=1, product="p", product_group=group, amount=amount))


def grouped(house: House) -> None:
    Groups(house).make(
        Draft("kazan", "Kazan", parsed('city is "Kazan"'), control_share=0, no_control_why="test"), "olga"
    )
    Groups(house).rebuild("C1")


def found(house: House, most: int = 20) -> Suited:
    [one] = Search(house).run("kazan", most)
    return one


def refs(one: Suited) -> list[str]:
    return [ranked.finding.ref for ranked in one.ranked]


def facts(house: House) -> list[tuple[str, str, int | None]]:
    with house.reads() as session:
        rows = session.execute(select(Fact).where(Fact.operation == "C2").order_by(Fact.id)).scalars()  # type: ignore[arg-type]
        return [(row.metric, row.subject_id, row.value) for row in rows]


def test_what_members_buy_is_counted_without_others_returns_or_a_handful(house: House) -> None:
    sell(house, range(1, 9), "Tea / Green", 10)
    sell(house, range(1, 6), "Tea / Green", 45)
    sell(house, range(1, 5), "Cakes", 10)
    sell(house, range(1, 8), "Back", 10, amount=-100)
    sell(house, range(1, 8), "Long ago", 200)
    sell(house, range(9, 11), "Cups", 10)
    grouped(house)
    with house.reads() as session:
        since = [NOW - timedelta(days=days) for days in (180, 30)]
        [tea] = bought(session, "kazan", *since, NOW, 10)
    assert (tea.product_group, tea.buyers, tea.lately, tea.before) == ("Tea / Green", 8, 8, 5)


def test_a_group_is_proposed_what_it_buys_what_is_news_and_what_was_answered(house: House) -> None:
    sell(house, range(1, 9), "Green", 10)
    grouped(house)
    with house.sessions.begin() as session:
        session.add(
            Candidate(source="news", source_ref="n1", title="Kazan tasting", content={"text": "Oolong"}, found_at=NOW)
        )
        session.add(Candidate(source="products", source_ref="T1", title="Dragon Well", found_at=NOW))
        session.add(OccasionRow(key="day", title="Kazan tasting", on_date="2026-12-01", found_at=NOW))
    one = found(house)
    assert refs(one)[:2] == ["T1", "n1"] and "T2" not in refs(one), "what is sold out is not proposed"
    assert [reason.code for reason in one.ranked[0].why][:2] == ["bought", "rising"]
    assert "occasion" in [reason.code for reason in one.ranked[1].why]
    assert facts(house) == [("found", "kazan", len(one.ranked))]
    assert refs(found(house, 1)) == ["T1"]


def test_pieces_with_the_best_reactions_are_proposed_again(house: House) -> None:
    grouped(house)
    observed: list[Observation] = []
    with house.sessions.begin() as session:
        for n, about in enumerate(("water", "pots", "winter", "gifts")):
            said = Manuscript(title=f"About {about}", body=f"Words of our own about {about} and more of it")
            piece = add_piece(session, house.clock, "plan", str(n), said, "olga")
            for metric, value in (("reach", 100), ("likes", n * 10)):
                observed.append(Observation(
                    operation="A10", subject_kind="piece", subject_id=str(piece.id), placement=f"p{n}", channel="fake",
                    metric=metric, value=value, observed_at=NOW - timedelta(days=4), source="fake",
                ))  # fmt: skip
        record(session, observed, house.clock)
    ranked = {one.finding.title: [reason.code for reason in one.why] for one in found(house).ranked}
    assert "answered" in ranked["About gifts"] and "answered" not in ranked.get("About winter", [])


def mailing(house: House, *blocks: Any, at: Any = NOW, stage: Stage = Stage.APPROVED, key: str = "week") -> None:
    written = document(*blocks).model_copy(update={"key": key})
    made = compose(written, Materials(BRAND, Imprint("S"), Doors.at(house.public_url), products=OFFERS))
    assert made.compiled, made.problems
    with house.sessions.begin() as session:
        row = Mailing(
            key=key, title="Week 46", stage=stage, groups={"include": ["kazan"]}, approved_hash="h", made_at=at
        )
        session.add(row)
        session.flush()
        session.add(MailingVersion(mailing_id=row.id or 0, n=1, hash="h", compiled=kept(made.compiled), made_at=at))


def test_how_much_of_what_was_proposed_mailings_have_said_is_told_next_time(house: House) -> None:
    sell(house, range(1, 9), "Tea", 10)
    sell(house, range(1, 6), "Cups", 10)
    grouped(house)
    assert set(refs(found(house))) == {"T1", "U1"}
    house.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    mailing(house, Products(id="p", ids=("T1",)), at=house.now())
    mailing(house, Prose(id="p", text="x"), Button(id="b", label="b", link="https://shop.example/u1/?utm_source=x"),
            at=house.now(), stage=Stage.DRAFT, key="draft")  # fmt: skip
    house.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    one = found(house)
    assert facts(house) == [("found", "kazan", 2), ("found", "kazan", 2), ("accepted", "kazan", 1)]
    assert refs(one) == ["U1", "T1"] and one.ranked[1].why[0].code == "told", "it was just said"
    with house.reads() as session:
        assert [mark.name for mark in session.execute(select(Mark)).scalars() if mark.name.startswith("proposed")] == [
            "proposed:kazan"
        ]


def test_a_link_of_a_letter_says_what_it_leads_to(house: House) -> None:
    grouped(house)
    sell(house, range(1, 9), "Cups", 10)
    button = Button(id="b", label="b", link="https://shop.example/u1/?utm_source=x#top")
    mailing(house, Prose(id="p", text="x"), button)
    why = {one.finding.ref: one.why[0].code for one in found(house).ranked}
    assert why["U1"] == "told" and why["T1"] != "told"


def test_every_group_in_use_is_searched_for_and_an_unknown_one_is_named(house: House) -> None:
    assert search_for_groups.fn("", 20).remarks
    grouped(house)
    assert search_for_groups.fn("", 20).done == 1
    Groups(house).change(Draft("kazan", "From Kazan", parsed("everyone"), 0, "test"), "olga")
    assert [one.key for one in Search(house).run("from kazan")] == ["kazan"]  # as Prefect's forms offer them
    with pytest.raises(Refused):
        Search(house).run("nobody")
    assert "nobody" in search_for_groups.fn("nobody", 20).remarks[0]


def test_the_table_says_why_and_holds_together_whatever_is_in_it(house: House) -> None:
    grouped(house)
    with house.sessions.begin() as session:
        link = "https://news.example/1"
        session.add(Candidate(source="news", source_ref="n", title="A | [b]\nc", content={}, found_at=NOW, link=link))
    one = found(house)
    lines = section(one.title, one.ranked, one.demand).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1
    assert any("[A / (b) c](https://news.example/1)" in line for line in rows)
    assert "Nothing speaks for anything" in section("G", (), ())
