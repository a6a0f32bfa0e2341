"""Offers are written, approved and changed; nothing is in force that was not approved, and no holder is harmed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import Engine, select

from integrations.workspace import read_workspace
from models.approval import Request
from models.database import SetClock
from models.locale import spoken
from models.offers import OfferTerms
from models.reaction import Notice
from models.redemptions import OfferStage
from models.registry import Fact
from tasks.codes.shapes import shape_of
from tasks.house import House
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval
from tasks.offering.filling import with_days
from tasks.offering.knowledge import Knowledge, costs_at_most
from tasks.offering.shown import rows as looks
from tasks.offers.reading import read
from tasks.offers.summary import summary
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.laws.source import ROOT
from tests.tasks.offering.desk import (
    COMPANY,
    approved,
    ask,
    change,
    coupons,
    decide,
    extend,
    issue,
    make,
    offer,
    said,
)


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def test_an_offer_is_written_asked_about_and_open(house: House) -> None:
    assert "written" in said(make(house, campaign="Winter", fund="communications"))
    row = offer(house)
    assert (row.stage, row.campaign, row.fund, row.approved_hash) == (OfferStage.DRAFT, "winter", "communications", "")
    assert "Marina Approver is asked" in said(ask(house))
    assert "asked about this very version already" in said(ask(house))
    with house.reads() as session:
        [letter] = session.execute(select(Notice)).scalars()
    assert (
        "A discount of" in letter.body and "Charged to the fund" in letter.body and letter.link.endswith("/offers/tea")
    )
    assert "approved; it holds from" in said(decide(house)) and "No codes are out yet" not in said(decide(house))
    row = offer(house)
    assert row.stage == OfferStage.OPEN and row.starts_at and row.ends_at
    # From midnight in Vladivostok to the last instant in Moscow, thirty days on.
    assert row.ends_at - row.starts_at == timedelta(days=30, hours=7) - timedelta(microseconds=1)
    assert "decided already: Marina" in said(decide(house))


def test_written_again_it_is_the_next_version_with_the_difference(house: House) -> None:
    make(house)
    assert "nothing is different from version 1" in said(make(house))
    ask(house)
    told = said(make(house, total=50, budget="2250", title="45 off all tea"))
    assert (
        "saved as version 2" in told
        and "limits.total: 100 → 50" in told
        and "title: 45 off tea → 45 off all tea" in told
    )
    assert offer(house).stage == OfferStage.DRAFT  # who was asked is asked no more
    assert "Nobody has asked" in said(decide(house))
    assert "saved version 2, and yours was made from version 1" in said(make(house, total=40, seen=1))


def test_what_is_bought_through_is_a_till_or_a_site_whatever_the_company_publishes_in(house: House) -> None:
    row = approved(house, channels="till")
    with house.reads() as session, spoken("ru"):
        says = summary(rows.terms_of(rows.last(session, row.id or 0)), rows.knowledge(session, house.workspace).words)
    assert "Только для покупок через: «касса»." in says
    assert "written" in said(make(house, key="online", channels="site, fake"))
    assert "conditions.channels.1: " in said(make(house, key="nowhere", channels="radio"))


def test_what_is_wrong_names_its_field(house: House) -> None:
    told = said(make(house, budget="10", first_day="2026-12-31", last_day="2026-12-01", campaign="sommer"))
    assert told.startswith("last_day: ") and "2 more" in told
    assert "gives.amount: " in said(make(house, value="lots"))
    assert "is not a key" in said(make(house, key="Чай"))
    assert "Say what the offer is called" in said(make(house, title=" "))
    assert said(make(house, gift="cup")).startswith("gift: What is chosen to be given takes nothing")
    with house.reads() as session:
        assert rows.keys(session) == set()


def test_of_two_with_one_key_in_the_same_moment_the_later_is_told(house: House, monkeypatch) -> None:
    make(house)
    monkeypatch.setattr(rows, "by_key", lambda *_, **__: None)  # looked before the other was there
    assert "There is an offer with this key already" in said(make(house, title="Another"))
    with house.reads() as session:
        assert [one.title for one in rows.newest(session, 9)] == ["45 off tea"]


def test_a_text_says_all_of_it(house: House) -> None:
    text = (
        "title: Three for two\ngives: {kind: n_for_m, take: 3, pay: 2}\nfirst_day: 2026-11-25\nlast_day: 2026-12-25\n"
    )
    assert "offer three-for-two" in said(make(house, text=text, key=""))
    assert "limits: There is no such field" not in said(change(house, "limits: {total: 5}", "three-for-two"))
    with house.reads() as session:
        terms = rows.terms_of(rows.last(session, offer(house, "three-for-two").id or 0))
    assert terms.limits.total == 5 and terms.gives.kind == "n_for_m"
    assert "gives.percent: " in said(change(house, "gives: {kind: percent}", "three-for-two"))
    assert "gives.kind: n_for_m → delivery" in said(change(house, "gives: {kind: delivery}", "three-for-two"))


def test_whom_it_costs_more_than_the_threshold_proves_who_they_are(house: House) -> None:
    make(house, total=1000, budget="")  # 45,000 at the most
    ask(house)
    assert "above the company's threshold" in said(decide(house, proven=False))
    assert "wrote this offer; somebody else" in said(make_and_decide_own(house))
    assert "approved" in said(decide(house, proven=True))


def test_what_a_budget_does_not_stop_is_above_any_threshold(house: House) -> None:
    points = {"title": "Points", "gives": {"kind": "points", "points": 1000}, "limits": {"budget": 1},
              "first_day": "2026-12-01", "last_day": "2026-12-31"}  # fmt: skip
    assert costs_at_most(OfferTerms.model_validate(points)) is None
    assert said(make(house, gives="points", value="1000", budget="1", total=0)).startswith("limits.budget: The budget")


def make_and_decide_own(house: House):
    make(house, key="own", person="vera", total=0, budget="")  # nothing bounds it
    ask(house, "own")
    return decide(house, "own", person="vera")


def test_whoever_wrote_some_of_it_is_its_author_whoever_saved_last(house: House) -> None:
    make(house, total=1000, budget="")
    make(house, person="vera", total=100_000, budget="")
    make(house, total=100_000, budget="", title="45 off all tea")
    ask(house)
    assert "Vera Head wrote this offer" in said(decide(house, person="vera"))
    assert "approved" in said(decide(house))
    change(house, "limits: {total: 200000}")
    assert "approved" in said(decide(house, person="vera"))  # what she once wrote was approved by another


def test_who_may_not_is_told_so(house: House) -> None:
    assert "may not write offers" in said(make(house, person="nina"))
    make(house)
    ask(house)
    assert "may not approve" in said(decide(house, person="gleb"))
    assert "Say why you return it" in said(decide(house, decision="return for correction"))
    assert "returned to its author" in said(decide(house, decision="return for correction", reason="too dear"))
    assert offer(house).stage == OfferStage.DRAFT
    assert "This very version was returned: too dear" in said(ask(house))
    make(house, total=10, budget="450")
    assert "is asked" in said(ask(house))


def test_once_codes_are_out_only_what_harms_no_holder_changes_and_is_approved_again(house: House) -> None:
    before = approved(house).approved_hash
    issue(house)
    assert "this may only grow" in said(change(house, "limits: {total: 50}"))
    assert "may only become later" in said(extend(house, "2026-11-30"))
    told = said(change(house, "limits: {total: 500, per_code: 2, budget: 30000}"))
    assert "saved as version 2" in told and "the former version holds" in told and "is asked" in told
    assert offer(house).approved_hash == before and {one.most for one in coupons(house)} == {1}
    assert "above the company's threshold" in said(decide(house, proven=False))
    assert "approved" in said(decide(house))
    assert offer(house).approved_hash != before and {one.most for one in coupons(house)} == {2}


def test_what_harms_who_got_a_code_meanwhile_is_not_approved(house: House) -> None:
    approved(house)
    assert "is asked" in said(change(house, "limits: {total: 50}"))  # no codes are out yet
    issue(house)
    assert "this may only grow" in said(decide(house))


def test_it_holds_longer_by_another_approval(house: House) -> None:
    until = approved(house).ends_at
    assert "last_day: " in said(extend(house, "31.12.2026", reason="many ask")) and offer(house).ends_at == until
    decide(house)
    assert offer(house).ends_at > until
    assert "nothing is different" in said(extend(house, "31.12.2026"))
    with house.reads() as session:
        *_, letter = session.execute(select(Notice).order_by(Notice.id)).scalars()
        [event] = looks.of_offer(session, offer(house).id or 0)
    assert letter.body.startswith("Why it is asked: many ask\n")
    assert (event.what, event.by, event.said) == ("extended", "olga", "asked to hold until 31.12.2026: many ask")
    assert "Say why" in said(extend(house, "31.12.2027", reason=" "))
    assert "is not a date" in said(extend(house, "soon"))


def test_an_offer_ends_and_the_registry_knows_whether_it_was_ready(house: House) -> None:
    approved(house)
    issue(house)
    approved(house, key="empty", first_day="2026-11-25")
    house.clock.at += timedelta(days=31)
    assert OfferApproval(house).look_after() == 1 and OfferApproval(house).look_after() == 0
    assert offer(house).stage == OfferStage.ENDED and offer(house, "empty").stage == OfferStage.OPEN
    assert "has ended" in said(make(house, total=7)) and "has ended" in said(ask(house))
    with house.reads() as session:
        facts = {(one.metric, one.subject_id): one.value for one in session.execute(select(Fact)).scalars()}
        open_ = session.execute(select(Request).where(Request.state == "open")).all()
    assert facts == {("codes_made", "tea"): 3, ("offers_due", "tea"): 1, ("offers_ready", "tea"): 1,
                     ("offers_due", "empty"): 1, ("offers_ready", "empty"): 0}  # fmt: skip
    assert not open_


def test_an_offer_holds_to_the_end_of_its_day_in_an_outlet_opened_since(house: House) -> None:
    until = approved(house, last_day="2026-12-10").ends_at
    company = house.root / "company.yaml"
    west = "  - {key: west, name: West, zone: Europe/Kaliningrad}\npeople:"
    company.write_text(company.read_text(encoding="utf-8").replace("people:", west), encoding="utf-8")
    house.clock.at = until + timedelta(minutes=30)
    assert OfferApproval(house).look_after() == 0 and offer(house).ends_at == until + timedelta(hours=1)
    house.clock.at += timedelta(hours=1)
    assert OfferApproval(house).look_after() == 1


def readiness(house: House, key: str) -> list[float]:
    OfferApproval(house).look_after()
    with house.reads() as session:
        mine = (Fact.metric == "offers_ready", Fact.subject_id == key)
        return [one.value or 0 for one in session.execute(select(Fact).where(*mine)).scalars()]


def test_ready_on_date_is_by_the_days_and_not_by_when_the_upkeep_looks(house: House) -> None:
    approved(house, key="planned", first_day="2026-12-01")
    make(house, key="today", first_day="2026-11-23")
    ask(house, "today")
    assert readiness(house, "planned") == readiness(house, "today") == []
    house.clock.at += timedelta(days=1)
    assert readiness(house, "today") == [0]  # its day is over
    house.clock.at += timedelta(days=8)
    issue(house, offer="planned")  # a day late, before anybody has looked
    assert readiness(house, "planned") == [0]
    approved(house, key="at-once", first_day="2026-12-02")
    issue(house, once="at-once", offer="at-once")
    assert readiness(house, "at-once") == [1]


def test_whoever_is_asked_is_reminded_once_and_told_once_that_it_is_late(house: House) -> None:
    make(house)
    ask(house)
    for hours in (13, 13, 13):
        house.clock.at += timedelta(hours=hours)
        OfferApproval(house).look_after()
    with house.reads() as session:
        told = [(one.subject.split(":")[0], one.person) for one in session.execute(select(Notice)).scalars()]
    assert told.count(("Reminder", "marina")) == 1 and len(told) == 4
    assert {person for what, person in told if what == "Not decided in time"} == {"marina", "olga"}


def test_a_file_of_the_folder_is_loaded_again_and_again(house: House) -> None:
    (house.root / "offers").mkdir()
    file = house.root / "offers" / "Winter.yaml"
    file.write_text("title: Winter\ngives: {kind: percent, percent: 10}\nlimits: {budget: 500}\n")
    assert "offer winter “Winter” — written" in said(make(house, key="", title="", file="offers/Winter.yaml"))
    file.write_text("title: Winter\ngives: {kind: percent, percent: 15}\nlimits: {budget: 500}\n")
    assert "gives.percent: 10 → 15" in said(make(house, key="", title="", file="offers/Winter.yaml"))
    file.write_bytes("title: Чай зимой\ngives: {kind: percent, percent: 15}\n".encode("cp1251"))
    assert "title: Winter → Чай зимой" in said(make(house, key="", title="", file="offers/Winter.yaml"))
    assert "There is no file" in said(make(house, file="offers/none.yaml"))
    assert "leads out of the company's folder" in said(make(house, file="../secrets.yaml"))
    file.write_text("gives: {kind: percent")
    assert "cannot be read from here on" in said(make(house, file="offers/Winter.yaml"))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_sample_has_an_offer_that_its_company_can_give(language: str) -> None:
    root = ROOT / "deployments" / "sample" / language
    workspace, problems = read_workspace(root, NOW.date())
    assert not problems
    [file] = (root / "offers").glob("*.yaml")
    groups = set(etree.parse(root / "products.xml").xpath("//category/text()"))
    known = replace(Knowledge(workspace).known, product_groups=groups)
    found = read(with_days(file.read_text(encoding="utf-8"), {}, NOW.date()), known=known)
    assert found.terms and not found.problems, [str(one) for one in found.problems]
    assert shape_of(found.terms.codes) and costs_at_most(found.terms)
