"""A company without a mail server: a mailing goes out, is opened, comes back, and what follows is the same as anywhere.

The letters are written by the real local mailer, what comes back is read by the real round of returns.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select
from sqlmodel import col

from models.customers import Act, Address, Customer, Suppression
from models.delivery import State
from models.desk.local_mail import Back, LocalLetter, OpenedTest
from models.letters import Happening
from models.mailing_orders import TestMailingForm
from models.mailings import Message
from models.reason import Reason
from tasks.local_mail.engine import LocalMail
from tasks.mailing.testing.engine import Testing
from tasks.reactions_to_mailings.collecting.engine import Gathering
from tasks.returns.engine import Returns
from tests.tasks.local_mail.mailed import CARDS, local_office, sent
from tests.tasks.mailing.office import Office
from tests.tasks.returns.mailed import Mailed


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    return local_office(tmp_path / "company", database)


def known(office: Office) -> Mailed:
    return Mailed(office.house.sessions, office.clock)


def mail(office: Office) -> LocalMail:
    return LocalMail(office.house)


def shown(office: Office, id: int) -> LocalLetter:
    found = mail(office).letter(id)
    assert isinstance(found, LocalLetter), str(found)
    return found


def letters(office: Office, mailing: int) -> list[int]:
    return [one.id or 0 for one in office.letters(mailing)]


def gather(office: Office) -> list[str]:
    done = Gathering(office.house).round()
    return [str(trouble) for trouble in done.troubles]


def test_what_went_out_is_listed_and_opened(office: Office) -> None:
    id = sent(office)
    page = mail(office).page()
    assert page.is_in_use and [one.customer for one in page.lines] == [4, 3, 2, 1] and not page.has_more
    first = page.lines[-1]
    assert (first.name, first.address, first.title, first.state) == ("Name 1", "c1@example.org", "Winter", State.SENT)
    assert first.subject.startswith("Winter tea has come")
    one = shown(office, first.id)
    assert one.opened and not one.held and not one.not_back and one.file.endswith(".eml")
    assert one.opened.sender == "Seven Cups <news@example.org>" and one.opened.to.endswith("<c1@example.org>")
    assert one.opened.subject == "Winter tea has come, Name 1" and one.opened.reply_to == "hello@example.org"
    assert "<html" in one.opened.html and "Come and taste it, Name." in one.opened.text
    raw = mail(office).raw(first.id)
    assert isinstance(raw, bytes) and len(raw) == one.opened.size and f"/u/{one.opened.mark}".encode() in raw
    assert letters(office, id) == sorted(line.id for line in page.lines)


def test_letters_are_found_by_mailing_customer_and_whole_address(office: Office) -> None:
    first, second = sent(office), sent(office, "Spring", hours=3)
    assert {one.mailing for one in mail(office).page(mailing=second).lines} == {second}
    assert [one.mailing for one in mail(office).page(customer=2).lines] == [second, first]
    assert [(one.id, one.title) for one in mail(office).page().mailings] == [(second, "Spring"), (first, "Winter")]
    for typed in ("2", "№ 2", " C2@Example.org "):
        assert mail(office).customer(typed) == 2, typed
    for typed in ("c2@", "example.org", "c99@example.org", "", "99999999999", "Name 2", "0"):
        assert isinstance(mail(office).customer(typed), Reason), typed


def test_a_page_has_fifty(office: Office) -> None:
    office.customers(range(5, 60))
    office.group("all", range(1, 60))
    id = office.ready("All", include="all")
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal
    office.at(hours=1, minutes=5)
    office.minute()
    first, second = mail(office).page(), mail(office).page(number=2)
    assert (len(first.lines), first.has_more, len(second.lines), second.has_more) == (50, True, 9, False)
    assert len({one.id for one in (*first.lines, *second.lines)}) == 59


def test_no_such_mailbox_bars_the_address(office: Office) -> None:
    one, two, *_ = letters(office, sent(office))
    assert mail(office).send_back(one, Back.HARD, "form 1").code == "done"
    back = office.house.root / "letters" / "back"
    assert len(list(back.glob("*.eml"))) == 1 and gather(office) == []
    assert list(back.glob("*.eml")) == [] and len(list(back.glob("done/*.eml"))) == 1
    at = known(office)
    assert at.events() == [("bounced", True, False)] and at.open(1) == {"email": False} and at.open(2)["email"]
    assert [(why, note) for why, _, note in at.barred()] == [("bounced", "550 5.1.1")]
    assert at.state(one) == at.state(two) == State.SENT, "a bounce proves that it left, not that it arrived"
    [came] = shown(office, one).came
    assert came.what is Happening.BOUNCED and came.hard and mail(office).page().lines[-1].came == (Happening.BOUNCED,)


def test_a_full_mailbox_bars_only_when_it_goes_on(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    for day in (1, 2, 3):
        office.at(days=day, hours=3)
        assert known(office).open(1)["email"]
        assert mail(office).send_back(one, Back.SOFT, f"day {day}").code == "done"
        assert gather(office) == []
    at = known(office)
    assert at.events() == [("bounced", False, False)] * 3 and not at.open(1)["email"]
    assert [note for _, _, note in at.barred()] == ["soft"]


def test_a_complaint_goes_to_the_stop_list(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    assert mail(office).send_back(one, Back.SPAM, "form").code == "done" and gather(office) == []
    at = known(office)
    assert at.events() == [("complained", False, False)] and [why for why, _, _ in at.barred()] == ["complained"]
    assert not at.open(1)["email"] and at.state(one) == State.CONFIRMED


@pytest.mark.parametrize(
    ("words", "what", "is_open"),
    [("How much is the oolong?", "replied", True), ("Unsubscribe me", "unsubscribed", False),
     ("Отпишите меня, пожалуйста", "unsubscribed", False)],
)  # fmt: skip
def test_an_answer_is_heard(office: Office, words: str, what: str, is_open: bool) -> None:
    [one, *_] = letters(office, sent(office))
    assert mail(office).send_back(one, Back.REPLY, "form", words).code == "done" and gather(office) == []
    assert known(office).events() == [(what, False, False)] and known(office).open(1)["email"] is is_open


def test_one_click_by_the_header_withdraws_the_consent(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    opened = shown(office, one).opened
    assert opened and opened.unsubscribe.startswith("<https://cups.example/u/")
    assert Returns(office.house).unsubscribe(opened.mark, None, "one_click")
    assert [line.customer_id for line in known(office).said(Act.WITHDRAWN)] == [1]
    assert not known(office).open(1)["email"] and shown(office, one).came[0].what is Happening.UNSUBSCRIBED


def test_the_same_form_brings_it_once(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    said = [str(mail(office).send_back(one, Back.HARD, "form 1")) for _ in range(2)]
    gather(office)
    said.append(str(mail(office).send_back(one, Back.HARD, "form 1")))
    gather(office)
    assert "no such mailbox" in said[0] and "It comes once" in said[1] == said[2]
    assert len(known(office).events()) == 1


def test_an_answer_without_words_is_none(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    assert mail(office).send_back(one, Back.REPLY, "form", " \n ").code == "no_words"
    assert not list((office.house.root / "letters" / "back").glob("*.eml"))


# What cannot be opened.


def test_what_is_not_here_says_why(office: Office) -> None:
    one, two, three, _ = letters(office, sent(office))
    found = shown(office, one)
    (office.house.root / "letters" / found.file).unlink()
    gone = shown(office, one)
    assert gone.opened is None and gone.held.code == "gone" and gone.line.customer == 1
    office.change(Message, col(Message.id) == two, account="smtp")
    office.change(Message, col(Message.id) == three, remote_id="../../company.yaml")
    codes = [getattr(mail(office).letter(id), "code", "") for id in (two, 999)]
    assert codes == ["another", "no_letter"] and shown(office, three).held.code == "gone"
    for id in (one, two, three, 999):
        assert mail(office).send_back(id, Back.HARD, "form").code != "done"
        assert isinstance(mail(office).raw(id), Reason)
    assert two not in {line.id for line in mail(office).page().lines}


def test_an_erased_customer_is_shown_nowhere(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    with office.write() as session, session.begin():
        session.execute(delete(Address).where(col(Address.customer_id) == 1))
        session.execute(delete(Customer).where(col(Customer.id) == 1))
    found = shown(office, one)
    assert found.opened is None and found.held.code == "erased" and found.file in str(found.held)
    assert not found.line.is_known and found.line.name == found.line.address == ""
    assert mail(office).send_back(one, Back.SPAM, "form").code == "erased"
    folder, others = office.house.root / "letters", len(list((office.house.root / "letters").glob("*.eml"))) - 1
    assert mail(office).forget_erased() == 1 and mail(office).forget_erased() == 0
    assert not (folder / found.file).exists() and len(list(folder.glob("*.eml"))) == others > 0
    said = mail(office).letter(one)
    assert (
        isinstance(said, Reason)
        and said.code == "erased"
        and one not in {line.id for line in mail(office).page().lines}
    )


def test_a_mailer_that_nothing_can_come_back_to_says_what_to_do(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    (office.house.root / "mailers.yaml").write_text(CARDS.replace("title: Post,", "title: Post, enabled: false,"))
    found = shown(office, one)
    assert found.opened and found.not_back.code == "switched_off"
    assert mail(office).send_back(one, Back.HARD, "form").code == "switched_off"
    (office.house.root / "mailers.yaml").write_text(CARDS)
    elsewhere = LocalMail(replace(office.house, mailbox_of=lambda card: object()))  # type: ignore[arg-type,return-value]
    assert elsewhere.send_back(one, Back.HARD, "form").code == "no_folder"


def test_a_house_without_a_local_mailer_has_no_letters(tmp_path: Path, database: Engine) -> None:
    office = local_office(tmp_path / "company", database, "mailers: []\n")
    assert not mail(office).page().is_in_use and mail(office).page().lines == ()


def test_nothing_personal_is_kept_of_it(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    mail(office).send_back(one, Back.HARD, "form")
    gather(office)
    with office.house.reads() as session:
        [line] = session.execute(select(Suppression)).scalars()
    assert "c1@" not in f"{line.note} {line.source}"


def tried(office: Office, customer: int, once: str) -> None:
    form = {"mailing": 1, "to": "olga", "person": "olga", "customer": customer}
    told = Testing(office.house).send(TestMailingForm.model_validate(form), once)
    assert not told.refusal and all(line.done for line in told.lines), told


def test_a_test_letter_is_opened_here_too_and_goes_with_the_customer_it_was_written_as(office: Office) -> None:
    sent(office)
    tried(office, 0, "one")
    tried(office, 1, "two")
    as_first, made_up = mail(office).page().tests
    assert (as_first.customer, made_up.customer, made_up.variant) == (1, 0, "A")
    assert not mail(office).page(number=2).tests and not mail(office).page(customer=1).tests
    assert [one.id for one in mail(office).page(mailing=1).tests] == [as_first.id, made_up.id]
    assert not mail(office).page(mailing=2).tests
    found = mail(office).test(as_first.id)
    assert isinstance(found, OpenedTest) and found.opened and "Name 1" in found.opened.html + found.opened.text
    raw = mail(office).test_raw(as_first.id)
    assert isinstance(raw, bytes) and b"olga@example.org" in raw
    files = set((office.house.root / "letters").glob("*.eml"))
    with office.write() as session, session.begin():
        session.execute(delete(Address).where(col(Address.customer_id) == 1))
        session.execute(delete(Customer).where(col(Customer.id) == 1))
    gone = mail(office).test(as_first.id)
    assert isinstance(gone, Reason) and gone.code == "no_test"
    assert [one.id for one in mail(office).page().tests] == [made_up.id]
    assert mail(office).forget_erased() == 2 and mail(office).forget_erased() == 0  # the letter, and the test as them
    left = set((office.house.root / "letters").glob("*.eml"))
    assert len(files - left) == 2 and raw not in [file.read_bytes() for file in left]
    for wrong in (999, as_first.id):
        assert isinstance(mail(office).test_raw(wrong), Reason)


def test_mails_that_came_back_long_ago_are_deleted(office: Office) -> None:
    [one, *_] = letters(office, sent(office))
    for do in (Back.HARD, Back.SPAM):
        assert mail(office).send_back(one, do, "form").code == "done"
    gather(office)
    gather(office)  # asked for more: what was recorded is put away
    done = office.house.root / "letters" / "back" / "done"
    assert len(list(done.glob("*.eml"))) == 2 and mail(office).forget_returned() == 0
    office.clock.at += timedelta(days=91)
    assert mail(office).forget_returned() == 2 and not list(done.glob("*.eml"))
