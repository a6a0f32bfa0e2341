"""«Срочно» and outside reviewers as flows: what a typed name may not, and what Prefect never gets to see."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prefect import tags
from prefect.client.orchestration import get_client
from sqlalchemy import Engine

from flows.orders.ask_reviewer import AskReviewerForm, ask_reviewer
from flows.orders.revoke_reviewer import RevokeReviewerForm, revoke_reviewer
from flows.orders.urgent import UrgentForm, urgent
from models.approval import Decision, Request
from models.locale import spoken
from models.orders import UrgentOrder
from models.reaction import Notice
from models.review import ReviewLink
from tasks.approval import rows as approval
from tasks.house import furnish
from tasks.orderbook.tags import tag_of
from tasks.urgent import steps
from tasks.urgent.engine import Hurrying
from tests.flows.test_control_flows import artifact, run
from tests.tasks.orders.company import Company
from tests.verdicts import give

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def company(database: Engine, tmp_path: Path) -> Iterator[Company]:
    with spoken("en"):
        made = Company(tmp_path / "company", database)
        path = made.house.root / "company.yaml"
        path.write_text(path.read_text().replace("{approver: marina,", "{approver: marina, urgent: [olga],"))
        yield made


def seen_in_prefect() -> str:
    """Everything a reader of Prefect could come across."""

    async def read() -> str:
        async with get_client() as client:
            runs, shown = await client.read_flow_runs(limit=50), await client.read_artifacts(limit=50)
            logs = await client.read_logs(limit=200)
            return f"{[(r.parameters, r.name, r.state) for r in runs]} {[a.data for a in shown]} {logs}"

    return asyncio.run(read())


@pytest.mark.prefect
def test_a_link_for_somebody_outside_goes_out_in_a_letter_and_is_seen_nowhere(prefect: None, company: Company) -> None:
    company.plan("7", approved=False)
    furnish(replace(company.house, mail_leaves=True))
    asked = {"piece": "7", "name": "Lena", "person": "olga"}
    assert "Give an e-mail" in run(ask_reviewer, AskReviewerForm(**asked)).message
    assert run(ask_reviewer, AskReviewerForm(**asked, email="lena@law.example")).name == "Done"
    with company.house.reads() as session:
        [letter] = session.query(Notice)
    token = letter.link.rpartition("/")[2]
    assert len(token) >= 43 and token not in seen_in_prefect()
    assert "Link 1 for Lena" in artifact("review")
    assert run(revoke_reviewer, RevokeReviewerForm(link=1, person="vera")).name == "Done"
    assert "over already" in run(revoke_reviewer, RevokeReviewerForm(link=1, person="vera")).message


@pytest.mark.prefect
def test_a_name_that_was_typed_in_prefect_lets_nothing_out(prefect: None, company: Company) -> None:
    [id] = company.plan("7", approved=False)
    subject = f"{company.pieces['7']}:fake"
    with company.house.sessions.begin() as session:
        give(session, company.clock, subject, "former", Decision.APPROVED, "marina", proven=True)
    refused = run(urgent, UrgentForm(piece="7", person="olga", reason="the price is wrong"))
    assert refused.is_failed() and "needs a signed-in person" in refused.message
    assert company.row(id).approved_hash == ""


@pytest.mark.prefect
def test_the_run_of_what_the_desk_let_out_waits_for_the_approval(
    prefect: None, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the answer in the book, and its question; when that is answered elsewhere it ends."""
    [id] = company.plan("7", approved=False)
    subject = f"{company.pieces['7']}:fake"
    with company.house.sessions.begin() as session:
        give(session, company.clock, subject, "former", Decision.APPROVED, "marina", proven=True)
    form = UrgentForm(publication=id, person="olga", reason="the price is wrong")
    at = company.house
    order = UrgentOrder.model_validate(form.model_dump())
    report = Hurrying(at.sessions, at.clock, at.workspace, at.staff_url, at.now).let_out(order, proven=True)
    number = company.given("urgent", form, report)
    monkeypatch.setattr(steps, "by_the_book", lambda carry_out: report)
    assert (found := steps.let_out_at_once.fn(form).asked) and found.request_id == 1
    monkeypatch.undo()
    with company.house.sessions.begin() as session:
        [left] = approval.undecided(session, 1)
        give(session, company.clock, left.subject, left.version, Decision.APPROVED, "marina", proven=True)
    with tags(tag_of(number)):
        assert run(urgent, form).name == "Done"
    with company.house.reads() as session:
        assert session.get_one(Request, 1).state == "decided" and session.query(ReviewLink).count() == 0
