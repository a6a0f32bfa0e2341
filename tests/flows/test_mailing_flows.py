"""Mailings from Prefect: the whole way by forms, and nothing of anybody in what Prefect shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.mailings.c03_mailing_content import mailing_content
from flows.mailings.c04_mailing_styling import mailing_styling
from flows.mailings.sending import mailing_sending
from flows.orders.choose_winner import choose_winner
from flows.orders.decide_mailing import decide_about_mailing
from flows.orders.run_mailing import steer_mailing
from flows.orders.set_up_mailing import arrange_mailing
from flows.orders.test_mailing import try_mailing
from flows.orders.unknown_letters import clear_up_letters
from models.locale import spoken
from models.mailing_orders import (
    CheckMailingForm,
    ComposeMailingForm,
    DecideMailingForm,
    RunMailingForm,
    SetUpMailingForm,
    TestMailingForm,
    UnknownLettersForm,
    WinnerForm,
)
from models.mailings import Stage
from tests.flows.test_control_flows import artifact, run
from tests.tasks.mailing.office import COMPANY, Office, open_office

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Iterator[Office]:
    with spoken("en"):
        company = COMPANY.replace("approval: {approver: marina", "approval: {approver: marina, four_eyes: false")
        found = open_office(tmp_path / "company", database, company)
        found.customers(range(1, 6))
        found.group("tea", range(1, 6))
        yield found


def test_a_mailing_goes_its_whole_way_from_prefect(office: Office, prefect: None) -> None:
    by = {"mailing": 1, "person": "Olga Author"}
    assert run(mailing_content, ComposeMailingForm(title="Winter", person="olga")).name == "Done"
    assert "mailing № 1 “Winter” — begun" in artifact("order")
    assert not office.saved(1).refusal
    set_up = SetUpMailingForm.model_validate(by | {"include": "tea", "account": "post", "at": "23.11 13:00"})
    assert run(arrange_mailing, set_up).name == "Done"
    assert run(try_mailing, TestMailingForm.model_validate(by | {"to": "olga", "customer": 3})).name == "Done"
    checked = run(mailing_styling, CheckMailingForm.model_validate(by))
    assert not checked.is_failed() and office.row(1).stage == Stage.DRAFT
    run(mailing_styling, CheckMailingForm.model_validate(by | {"ask": True}))
    assert office.row(1).stage == Stage.ASKED
    decision = DecideMailingForm.model_validate({"mailing": 1, "decision": "approve", "person": "Marina"})
    assert run(decide_about_mailing, decision).name == "Done"
    office.at(hours=1)
    office.post.connections = 2
    ended = run(mailing_sending)
    assert ended.name == "Done" and office.row(1).stage == Stage.SENT
    assert len(office.post.got) == 6  # with the test
    shown = artifact("order") + (ended.message or "")
    assert not any(word in shown for word in ("example.org", "Name 3"))


def test_what_is_on_its_way_stands_beside_the_run(office: Office, prefect: None) -> None:
    id = office.approved()
    office.at(hours=1)
    held = RunMailingForm(mailing=id, what="pause", person="olga", reason="a doubt")
    assert run(mailing_sending).name == "Done"
    second = office.approved("Second", at="2026-11-23 14:00")
    office.at(hours=2)
    office.post.refuses = None
    assert run(steer_mailing, held.model_copy(update={"mailing": second})).name == "Done"
    run(mailing_sending)
    assert "| 2 | “Second” | 0 |" in artifact("mailing-sending")
    wrong = run(clear_up_letters, UnknownLettersForm(mailing=id, what="they arrived", person="gleb"))
    assert wrong.is_failed() and "no letter" in (wrong.message or "")
    nobody = run(choose_winner, WinnerForm(mailing=id, variant="A", person="olga"))
    assert nobody.is_failed() and "Nobody waits" in (nobody.message or "")


def test_a_mailer_that_does_not_answer_is_said_in_the_runs_name(office: Office, prefect: None) -> None:
    from integrations.errors import Unavailable
    from models.reason import because

    office.approved()
    office.at(hours=1)
    office.post.refuses = Unavailable(because("The mail server does not answer.", code="away"))
    ended = run(mailing_sending)
    assert (ended.name or "").startswith("Done with remarks") and "Post: The mail server" in (ended.message or "")
