"""A mailing from its first word to the report, on the desk's pages over the house itself: no stand-in in between."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from models.mailings import Stage
from tests.browser.local_mail import IMPRINT
from tests.deployments.served import COMPANY, Browser, Web, web_of_its_own
from tests.deployments.test_web_mailings import PATH, fields_of, send
from tests.tasks.local_mail.mailed import CARDS, agree, at_home
from tests.tasks.mailing.fake_mailer import FakeMailer
from tests.tasks.mailing.office import Office, letter

ONE = f"{PATH}/1"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def office(web: Web) -> Office:
    """Four customers in a group, a local mailer, and no mailing yet."""
    (web.house.root / "company.yaml").write_text(COMPANY + IMPRINT)
    (web.house.root / "mailers.yaml").write_text(CARDS)
    house = replace(at_home(web.house), public_url=web.url)
    web.app.state.premises.verbs.house = house
    office = Office(house, web.clock, FakeMailer(), FakeMailer())
    office.customers(range(1, 5))
    office.group("tea", range(1, 5))
    agree(house, range(1, 5))
    return office


def typed(browser: Browser, path: str, **over: str | list[str]) -> dict[str, str | list[str]]:
    """The form of a page that posts to itself, as it stands there, with these fields filled in."""
    forms = [one for one in html.fromstring(browser.get(path).text).forms if one.action == path]
    found: dict[str, str | list[str]] = {name: value for name, value in forms[0].form_values() if name != "do"}
    return found | over


def begun(web: Web, office: Office) -> Browser:
    """A mailing with a letter that nothing stops, by the pages."""
    olga = web.browser("olga")
    fields = typed(olga, f"{PATH}/new", title="Зимний чай", kind="advertising", begin="")
    answer = olga.post(f"{PATH}/new", fields)
    assert answer.headers["location"] == f"{ONE}/letter"
    assert not office.saved(1).refusal
    return olga


def test_a_mailing_goes_its_whole_way_over_the_pages(web: Web, office: Office) -> None:
    olga, marina = begun(web, office), web.browser("marina")
    before = office.document(1)
    saved = send(olga, "/1/letter", fields_of(olga.get(f"{ONE}/letter").text), "save")
    assert saved.status_code == 303, "the form as it was shown says what is kept"
    assert office.document(1) == before

    to = typed(olga, f"{ONE}/recipients", include="tea", account="post", date="2026-11-23", time="13:00", public="1")
    assert olga.post(f"{ONE}/recipients", to).status_code == 303
    assert typed(olga, f"{ONE}/recipients", once="") == to | {"once": ""}, "what was set up is what is shown"
    assert olga.post(f"{ONE}/check", {"colleague": "olga", "once": "try"}).status_code == 303

    assert olga.post(f"{ONE}/ask", {"once": "ask"}).status_code == 303
    page = html.fromstring(marina.get(f"{ONE}/approval").text)
    version = page.xpath("//input[@name='version']/@value")[0]
    assert marina.post(f"{ONE}/decide", {"do": "approve", "version": version, "once": "yes"}).status_code == 303
    assert office.row(1).stage == Stage.APPROVED

    assert olga.post(f"{ONE}/run", {"do": "pause", "why": "Ждём чай", "once": "a"}).status_code == 303
    office.at(hours=1, minutes=5)
    office.minute()
    assert office.states(1) == {}
    assert olga.post(f"{ONE}/run", {"do": "resume", "once": "b"}).status_code == 303
    office.minute()
    assert office.states(1) == {"sent": 4}

    reader = web.browser()
    assert "Winter tea has come" in reader.get("/letters").text
    for path in (ONE, f"{ONE}/progress", f"{ONE}/letter", f"{ONE}/recipients", f"{ONE}/check", f"{ONE}/approval",
                 f"{ONE}/frame", f"{ONE}/report", f"{ONE}/report.xlsx", PATH):  # fmt: skip
        for person in ("olga", "marina", "vera", "gleb"):
            assert web.browser(person).get(path).status_code == 200, (path, person)
    assert olga.post(f"{ONE}/recipients", {"do": "off-archive", "once": "off"}).status_code == 303
    assert "Winter tea has come" not in reader.get("/letters").text


def test_whatever_was_set_up_stands_in_the_form_again(web: Web, office: Office) -> None:
    olga = begun(web, office)
    office.group("coffee", [1, 2])
    document = office.document(1)
    assert not office.save(1, document | {"variants": [*document["variants"], letter(name="B")]}).refusal
    filled_in = {
        "include": ["tea", "coffee"], "account": "post", "date": "2026-11-25", "time": "10:00", "by_recipient": "1",
        "hours": "daily 09:00-20:00", "share-A": "10", "share-B": "12.5", "judged_by": "the share of those who opened",
        "after_hours": "6", "otherwise": "B", "cap_number": "3", "cap_days": "14", "resend_unknown": "1", "public": "1",
    }  # fmt: skip
    to = typed(olga, f"{ONE}/recipients", **filled_in)
    assert olga.post(f"{ONE}/recipients", to).status_code == 303
    page = html.fromstring(olga.get(f"{ONE}/recipients").text)
    [form] = [one for one in page.forms if one.action == f"{ONE}/recipients"]
    shown = form.form_values()
    assert {value for name, value in shown if name == "include"} == {"tea", "coffee"}
    assert {name: dict(shown).get(name) for name in filled_in if name != "include"} == {
        name: value for name, value in filled_in.items() if name != "include"
    }
