"""Links to personal pages in letters: each recipient's opens their own page, a tried letter's opens none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.mailing_orders import TestMailingForm
from tasks.cards.letters import MY, MY_FIELDS
from tasks.cards.page.engine import Pages
from tasks.cards.page.rows import my_fields
from tasks.composing.filling import filled
from tasks.mailing.testing.engine import Testing
from tasks.mailing.writing.fields import forget_known, make_known
from tests.tasks.mailing.office import Office, letter, open_office

LINK = re.compile(r"https?://[^\s\"]+/my/([0-9a-z-]+)")


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Iterator[Office]:
    found = open_office(tmp_path / "company", database)
    found.customers(range(1, 4))
    found.group("tea", range(1, 4))
    make_known(MY, MY_FIELDS, my_fields)
    yield found
    forget_known(MY)


def test_a_letter_leads_to_its_recipients_own_page(office: Office) -> None:
    id = office.made()
    button = {"kind": "button", "id": "mine", "label": "My card", "link": "{{ my.link }}"}
    text = {"kind": "text", "id": "text", "text": "You have {{ my.points }} points."}
    assert not office.saved(id, blocks=[text, button, letter()["blocks"][2]]).refusal
    office.set_up(id)
    for customer in (0, 2):
        form = TestMailingForm(mailing=id, to="olga", customer=customer, person="olga")
        report = Testing(office.house).send(form, f"try:{customer}")
        assert not report.refusal, report.refusal
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, report.refusal
    office.at(hours=1)
    office.minute()
    pages, opened = Pages(office.house), {}
    for one in office.post.got:
        body = filled(one.form.html, one.values)
        [token] = set(LINK.findall(body))
        page = pages.page(token)
        opened.setdefault(one.to, []).append(page.name if page else "")
    assert opened.pop("olga@example.org") == ["", ""]
    assert opened == {f"c{id}@example.org": [f"Name {id}"] for id in (1, 2, 3)}
