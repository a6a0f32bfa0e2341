"""Questions of customers, on both databases: answered once, passed on once to each, by letter where that can be."""

from threading import Barrier, Thread
from typing import Any

import pytest

from models.delivery import State
from models.orders import QuestionIs, Signed
from models.people import Person
from models.reaction import Comment, Notice, PassedOn
from models.registry import Fact
from tasks.orders.answers import Report
from tasks.questions.engine import Questions
from tests.fakes import NOW
from tests.tasks.orders.company import HOUR, Company

OLGA, NINA = Signed(person="olga"), Signed(person="Nina")


@pytest.fixture
def asked(company: Company) -> Company:
    """A company with one question, under a publication that is out."""
    path = company.house.root / "company.yaml"
    path.write_text(path.read_text().replace(
        "  - {key: bath, name: Seven Cups in Bath}\n",
        "  - {key: bath, name: Seven Cups in Bath, email: bath@example.org}\n"
        "  - {key: york, name: Seven Cups in York, phone: +44 1}\n"
        "  - {key: ely, name: Seven Cups in Ely}\n",
    ))  # fmt: skip
    [out] = company.plan(
        "7", state=State.SENT, sent_at=NOW - HOUR, due_at=NOW - HOUR, url="https://fake/7", remote_id="7"
    )
    with company.house.sessions.begin() as session:
        session.add(Comment(account="fake", remote_id="c1", delivery_id=out, question=True,
                            text="Is it open on Sunday?",
                            written_at=NOW - HOUR, answer_by=NOW + HOUR))  # fmt: skip
    return company


def questions(company: Company, mail_leaves: bool = True) -> Questions:
    return Questions(company.house.sessions, company.clock, company.house.workspace, mail_leaves)


def passed(company: Company) -> list[tuple[str, str, str, bool]]:
    with company.house.reads() as session:
        return [(p.to_kind, p.to_key, p.by, p.written) for p in session.query(PassedOn).order_by(PassedOn.id)]


def letters(company: Company) -> list[Notice]:
    with company.house.reads() as session:
        return list(session.query(Notice).order_by(Notice.id))


def facts(company: Company) -> dict[str, tuple[int, str]]:
    with company.house.reads() as session:
        return {fact.metric: (int(fact.value), fact.source) for fact in session.query(Fact)}


def said(report: Report) -> str:
    return report.markdown().partition("\n\n")[2]


def test_what_is_answered_is_counted_once_and_says_by_whom(asked: Company) -> None:
    done = questions(asked).answered(1, QuestionIs.ANSWERED, OLGA)
    again = questions(asked).answered(1, QuestionIs.ANSWERED, Signed(person="marina"))
    assert "question 1 — written down as answered." in said(done)
    assert again.refusal.code == "no_answer_due"
    with asked.house.reads() as session:
        comment = session.get_one(Comment, 1)
        assert (comment.answered_by, comment.answered_at) == ("olga", NOW)
    assert facts(asked) == {"answered": (1, "stated"), "answer_time": (3600, "stated")}


def test_what_needs_no_answer_is_no_question_and_counts_nothing(asked: Company) -> None:
    assert questions(asked).answered(1, QuestionIs.NONE_NEEDED, OLGA).lines[0].done
    assert facts(asked) == {}
    with asked.house.reads() as session:
        assert not session.get_one(Comment, 1).question


@pytest.mark.parametrize(
    ("to", "row", "told"),
    [
        pytest.param(
            "outlet:bath", ("outlet", "bath", "olga", True), "passed on to Seven Cups in Bath by letter", id="mail"
        ),
        pytest.param("seven cups in bath", ("outlet", "bath", "olga", True), "by letter", id="by name"),
        pytest.param("york", ("outlet", "york", "olga", False), "call them: +44 1", id="telephone"),
        pytest.param("ely", ("outlet", "ely", "olga", False), "tell them yourself", id="neither"),
        pytest.param("person:vera", ("person", "vera", "olga", True), "passed on to Vera", id="a colleague"),
    ],
)
def test_a_question_goes_to_whoever_knows(asked: Company, to: str, row: tuple[Any, ...], told: str) -> None:
    report = questions(asked).pass_on(1, to, OLGA)
    assert told in said(report) and passed(asked) == [row]
    assert len(letters(asked)) == row[3]


@pytest.mark.parametrize(
    ("email", "telegram", "written"), [("v@example.org", "", True), ("", "42", True), ("", "", False)]
)
def test_a_colleague_is_told_where_there_is_a_way(asked: Company, email: str, telegram: str, written: bool) -> None:
    with asked.house.sessions.begin() as session:
        vera = session.get_one(Person, "vera")
        vera.email, vera.telegram = email, telegram
    told = said(questions(asked).pass_on(1, "person:vera", OLGA))
    assert passed(asked) == [("person", "vera", "olga", written)] and len(letters(asked)) == written
    assert ("by letter" in told, "tell them yourself" in told) == (written, not written)


def test_where_no_mail_leaves_the_house_no_outlet_is_said_to_be_written_to(asked: Company) -> None:
    told = said(questions(asked, mail_leaves=False).pass_on(1, "bath", OLGA))
    assert "tell them yourself" in told and letters(asked) == []
    assert passed(asked) == [("outlet", "bath", "olga", False)]
    assert "by letter" in said(questions(asked, mail_leaves=False).pass_on(1, "person:vera", OLGA))


def test_the_letter_says_what_is_asked_and_whom_to_tell(asked: Company) -> None:
    questions(asked).pass_on(1, "bath", Signed(person="olga", reason="Look at the door, please."))
    [letter] = letters(asked)
    assert (letter.person, letter.address) == ("", "bath@example.org")
    assert letter.subject == "A customer asks: please answer by 23.11 13:00"
    for words in ("Is it open on Sunday?", "https://fake/7", "Olga Author adds: Look at the door, please.",
                  "Tell Olga Author (olga@example.org) what to answer"):  # fmt: skip
        assert words in letter.body, letter.body


def test_nobody_is_written_to_twice_about_one_question(asked: Company) -> None:
    questions(asked).pass_on(1, "bath", OLGA)
    again = questions(asked).pass_on(1, "bath", Signed(person="marina"))
    assert "Olga Author has passed it on to Seven Cups in Bath already" in said(again) and not again.lines[0].done
    assert len(passed(asked)) == len(letters(asked)) == 1


def test_of_two_who_pass_it_on_at_once_one_writes(asked: Company) -> None:
    together, told = Barrier(2), []

    def pass_on(person: str) -> None:
        together.wait()
        told.append(questions(asked).pass_on(1, "bath", Signed(person=person)).lines[0].done)

    people = [Thread(target=pass_on, args=(person,)) for person in ("olga", "marina")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(told) == [False, True] and len(letters(asked)) == 1


@pytest.mark.parametrize(
    ("number", "to", "by", "code"),
    [
        pytest.param(9, "bath", OLGA, "absent", id="no such question"),
        pytest.param(1, "Bristol", OLGA, "unknown_recipient", id="nobody of that name"),
        pytest.param(1, "bath", NINA, "not_entitled", id="a cashier"),
    ],
)
def test_what_cannot_be_passed_on_says_why(asked: Company, number: int, to: str, by: Signed, code: str) -> None:
    assert questions(asked).pass_on(number, to, by).refusal.code == code
    assert passed(asked) == [] and letters(asked) == []


def test_what_is_answered_already_is_not_passed_on(asked: Company) -> None:
    questions(asked).answered(1, QuestionIs.ANSWERED, OLGA)
    assert questions(asked).pass_on(1, "bath", OLGA).refusal.code == "no_answer_due"


def test_an_unknown_recipient_gets_the_nearest_names(asked: Company) -> None:
    refusal = str(questions(asked).pass_on(1, "Seven Cups in Bat", OLGA).refusal)
    assert "Nearest: Seven Cups in Bath" in refusal
