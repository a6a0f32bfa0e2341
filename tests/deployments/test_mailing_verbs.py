"""Mailings on the desk: orders under the visitor's own name, each once, decided proven, and no letter in Prefect."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from deployments.web import HouseVerbs
from models.desk import Visitor
from models.desk.mailings import OVERTAKEN
from models.mailing_orders import (
    APPROVE,
    AskMailingForm,
    DecideMailingForm,
    MakeMailingForm,
    SaveMailingForm,
    TestMailingForm,
)
from models.mailings import Stage
from models.order_book import GivenOrder
from tests.tasks.mailing.office import Office, letter, open_office

OLGA = Visitor(key="olga", name="Olga Author", roles=("author",))
MARINA = Visitor(key="marina", name="Marina Approver", roles=("approver",))


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    found = open_office(tmp_path / "company", database)
    found.customers([1, 2])
    found.group("tea", [1, 2])
    return found


def given(office: Office, code: str) -> list[GivenOrder]:
    with office.house.reads() as session:
        return list(session.execute(select(GivenOrder).where(col(GivenOrder.code) == code)).scalars())


def test_a_form_sent_twice_is_one_order_under_the_visitors_name(office: Office) -> None:
    verbs = HouseVerbs(office.house)
    form = MakeMailingForm(title="Winter", person="somebody else")
    first, second = (verbs.make_mailing(OLGA, "once", form) for _ in range(2))
    assert [one.code for one in first] == ["done"] and str(first[0]) == str(second[0])
    assert len(verbs.mailings_page().lines) == 1 and office.row(1).made_by == "olga"
    assert verbs.mailing_choices().accounts[0].key == "post"


def test_what_a_letter_says_is_kept_in_its_version_alone(office: Office) -> None:
    import json

    id, verbs = office.made(), HouseVerbs(office.house)
    document = json.dumps(office.document(id) | {"variants": [letter()]})
    form = SaveMailingForm(mailing=id, document=document, seen=1, person="")
    assert [one.code for one in verbs.save_mailing(OLGA, "a", form)] == ["done"]
    [order] = given(office, "save-mailing")
    assert "Winter tea" not in json.dumps(order.form) and order.subject_id == str(id)
    late = SaveMailingForm(mailing=id, document=document.replace("Winter", "Autumn"), seen=1, person="")
    assert [one.code for one in verbs.save_mailing(OLGA, "b", late)] == [OVERTAKEN]
    assert "Autumn tea" in verbs.mailing_preview(id, "A", 0, late.document).subject
    assert "Winter tea" in verbs.mailing_preview(id, "A", 0, "").subject


def test_whoever_is_signed_in_decides_proven(office: Office) -> None:
    id, verbs = office.ready(), HouseVerbs(office.house)
    verbs.ask_mailing(OLGA, "a", AskMailingForm(mailing=id, person=""))
    page = verbs.mailing(id, MARINA)
    assert page and "decide-mailing" in page.may and page.asked_of == "Marina Approver"
    form = DecideMailingForm(mailing=id, decision=APPROVE, version=page.version_hash, person="")
    assert [one.code for one in verbs.decide_mailing(MARINA, "b", form)] == ["done"]
    assert office.row(id).stage == Stage.APPROVED
    assert [one.code for one in verbs.decide_mailing(MARINA, "c", form)] == ["lost"]


def test_a_test_is_handed_on_to_a_run(office: Office) -> None:
    """A mailer's access may stand in a block of Prefect, which the web process never reads."""
    id, verbs = office.ready(), HouseVerbs(office.house)
    verbs.test_mailing(OLGA, "a", TestMailingForm(mailing=id, to="olga", person=""))
    [order] = given(office, "test-mailing")
    assert order.by_run and order.carried_out_at is None and office.post.got == []
