"""Letters as pages: everybody's have nobody in them, one's own has its recipient for as long as they are known."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.customer_orders import EraseCustomerForm
from models.database import SetClock
from models.letters import Ground
from models.mail_document import Button, Prose
from models.mailings import Mailing, MailingVersion, Stage
from tasks.archive.engine import Archive
from tasks.customers.record.engine import Records
from tasks.house import House
from tasks.mailing.writing.fields import forget_known, make_known
from tasks.returns import marks
from tasks.returns.marks import mark_of
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.archive.letters import letter, sent
from tests.tasks.composing.sample import SITE


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW))


def page(house: House, key: str = "week") -> str:
    found = Archive(house).page(key)
    assert found is not None
    return found


def own(house: House, message: int) -> str:
    found = Archive(house).own_page(mark_of(house.printed, message))
    assert found is not None
    return found


def test_everybody_reads_it_with_fallbacks_and_uncounted_links(house: House) -> None:
    letter(house)
    html = page(house)
    assert "Hello, friends! You are in …." in html and "Your personal coupon" not in html and "10 %" not in html
    assert f'href="{SITE}/tea?who=-"' in html and "/l/" not in html and ".gif" not in html
    assert "nobody" not in html and "https://cups.example/letters/week" in html
    assert html.count('"https://cups.example/letters"') == 2, "whoever would leave or choose is nobody here"


@pytest.mark.parametrize(
    "more",
    [
        {"public": False}, {"standing": True}, {"ground": Ground.SERVICE}, {"stage": Stage.APPROVED},
        {"stage": Stage.CANCELLED}, {"listed_at": None}, {"approved_hash": "another"},
    ],
    ids=lambda more: next(iter(more)) + "-" + str(next(iter(more.values()))),
)  # fmt: skip
def test_what_was_not_marked_or_has_not_gone_out_is_not_shown(house: House, more: dict[str, object]) -> None:
    blocks = (Prose(id="p", text="Words"),)
    letter(house, blocks=blocks, **more)  # type: ignore[arg-type]
    assert Archive(house).letters() == [] and Archive(house).page("week") is None


def test_letters_are_listed_the_newest_first_with_their_words(house: House) -> None:
    letter(house, "first", 'For {{ name | default("you") }}: tea', at=NOW - timedelta(days=7))
    letter(house, "second", "{{ name }}, news")
    archive = Archive(house)
    assert [(one.key, one.subject, one.at) for one in archive.letters()] == [
        ("second", "…, news", NOW), ("first", "For you: tea", NOW - timedelta(days=7)),
    ]  # fmt: skip
    text = archive.letters()[1].text
    assert "Hello, friends!" in text and "nobody" not in text and "unsubscribe" not in text.lower()


def test_a_letter_that_says_something_else_is_read_anew(house: House) -> None:
    letter(house)
    archive = Archive(house)
    assert archive.letters()[0].subject == "News of the week"
    letter(house, "other", "Other words", public=False)
    with house.sessions.begin() as session:
        version = session.get_one(MailingVersion, 2)
        version.mailing_id, version.n, version.hash = 1, 2, "newer"
        session.get_one(Mailing, 1).approved_hash = "newer"
    assert archive.letters()[0].subject == "Other words"


def test_ones_own_letter_has_ones_own_values_and_counted_links(house: House) -> None:
    message = sent(house, letter(house))
    html, mark = own(house, message), mark_of(house.printed, message)
    assert "Hello, Anna! You are in Kazan." in html and f"/l/{mark}/" in html and "?v=C1" in html
    assert f"https://cups.example/u/{mark}" in html


def test_whoever_was_forgotten_is_not_in_their_letter_any_more(house: House) -> None:
    message = sent(house, letter(house))
    Records(house).erase(EraseCustomerForm(customer=1, sure=True, person="olga"))
    html = own(house, message)
    assert "Hello, friends! You are in …." in html and "Anna" not in html and "/l/" not in html


def test_a_value_that_is_gone_leaves_the_letter_readable(house: House) -> None:
    message = sent(house, letter(house, blocks=(Prose(id="p", text="Card {{ card.code }}"),)))
    assert "Card …" in own(house, message)


def test_what_is_looked_up_for_a_letter_stands_in_its_page(house: House) -> None:
    make_known("card", {"card.code"}, lambda house, session, due: {one.id: {"code": f"K{one.id}"} for one in due})
    try:
        message = sent(house, letter(house, blocks=(Prose(id="p", text="Card {{ card.code }}"),)))
        assert f"Card K{message}" in own(house, message)
    finally:
        forget_known("card")


def test_a_link_that_confirms_is_in_no_page(house: House) -> None:
    """Its letter's mark stands where others read it; the link is for whoever holds the letter."""
    make_known("confirm_url", {"confirm_url"}, lambda house, session, due: dict.fromkeys((1,), "https://x.example/s/1"))
    try:
        blocks = (Button(id="b", label="Yes", link="{{ confirm_url }}"),)
        html = own(house, sent(house, letter(house, "double-opt-in", blocks=blocks, ground=Ground.SERVICE)))
        assert "x.example" not in html and 'href="https://cups.example"' in html
    finally:
        forget_known("confirm_url")


def test_a_letter_of_a_standing_mailing_says_what_it_said_then(house: House) -> None:
    mailing = letter(house, "welcome", "Old", (Prose(id="p", text="Old words"),), standing=True)
    letter(house, "newer", "New", (Prose(id="p", text="New words"),))
    with house.sessions.begin() as session:
        version = session.get_one(MailingVersion, 2)
        version.mailing_id, version.n, version.made_at = mailing, 2, NOW + timedelta(days=1)
        session.get_one(Mailing, mailing).approved_hash = version.hash
    old, new = sent(house, mailing), sent(house, mailing, occasion="2", sent_at=NOW + timedelta(days=2))
    assert "Old words" in own(house, old) and "New words" in own(house, new)


def test_a_test_letter_is_shown_as_everybodys(house: House) -> None:
    letter(house)
    for mark in (marks.test_mark(house.printed, 1, "A"), marks.preview_mark(house.printed, 1, "")):
        html = Archive(house).own_page(mark)
        assert html and "Hello, friends!" in html and "/l/" not in html
    assert Archive(house).own_page(marks.test_mark(house.printed, 1, "B")) is None
    assert Archive(house).own_page(marks.test_mark(house.printed, 9, "A")) is None
    assert Archive(house).own_page("forged") is None and Archive(house).own_page(mark_of(house.printed, 9)) is None
