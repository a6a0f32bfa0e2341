"""Links for outsiders: what they show, how they end, what comes back; on both databases, with real threads."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.approval import Approval, Decision
from models.database import SetClock
from models.delivery import Delivery, State
from models.desk import Said
from models.people import Person
from models.reaction import Notice
from models.review import ReviewLink
from models.review_forms import AskReviewer, RevokeReviewer
from models.tables import METADATA
from tasks.approval import rows as approval
from tasks.approval.rules import Demands
from tasks.desk.rows import Names
from tasks.house import House
from tasks.people.tokens import fingerprint
from tasks.proofs.rows import Reader
from tasks.review import rows, terms
from tasks.review.engine import Reviewers
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.tasks.approval.town import Town
from tests.verdicts import give

NOBODY, NAMES = Reader(None, Demands()), Names({}, {"olga": "Olga Author"}, {})


class Office(Town):
    tokens: Iterator[int]

    @property
    def reviewers(self) -> Reviewers:
        return Reviewers(replace(self.house, mail_leaves=True), lambda: f"secret-{next(self.tokens)}")

    def link(self, **form: Any) -> str:
        """The token of a new link."""
        order = AskReviewer(**({"piece": "1", "name": "Лена", "person": "olga"} | form))
        report, link = self.reviewers.ask(order, by_letter=bool(order.email))
        assert report.lines, report.refusal
        assert link.startswith("https://cups.example/review/secret-")
        return link.rpartition("/")[2]

    def shown(self, token: str) -> Any:
        with self.house.sessions() as session:
            return self.reviewers.shown(session, token, NAMES, NOBODY)

    def say(self, token: str, decision: Decision = Decision.APPROVED, words: str = "") -> int | None:
        review = self.shown(token)
        left = review.left if review else ()
        said = [Said(row=p.row, version=p.version, decision=decision, words=words) for p in left] or [
            Said(row=1, version="hash-1", decision=decision, words=words)
        ]
        return self.reviewers.take(token, said)

    def opinions(self) -> list[tuple[str, str, str]]:
        with self.house.sessions() as session:
            found = session.query(Approval).order_by(Approval.id)  # type: ignore[arg-type]
            return [(a.step, a.decision, a.reason) for a in found]


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    clock = SetClock(NOW)
    made = Office(_house(tmp_path, database, clock), clock)
    made.tokens = count(1)
    made.piece("1")
    return made


def _house(root: Path, database: Engine, clock: SetClock) -> House:
    return furnished(root, database, {"fake": FakeChannel()}, clock)


def test_a_link_shows_the_versions_it_was_made_for(office: Office) -> None:
    review = office.shown(office.link())
    assert [proof.version for proof in review.proofs] == ["hash-1"] and len(review.left) == 1
    assert (review.name, review.asked_by, review.until) == ("Лена", "Olga Author", NOW + timedelta(days=3))


def test_of_the_token_only_the_hash_is_kept(office: Office) -> None:
    token = office.link()
    with office.house.sessions() as session:
        assert session.query(ReviewLink).one().token_hash == fingerprint(token)
        for table in METADATA.sorted_tables:
            assert token not in str(session.execute(text(f'SELECT * FROM "{table.name}"')).all()), table.name


def test_what_is_said_is_kept_beside_the_version_and_whoever_asked_is_told(office: Office) -> None:
    token = office.link()
    assert office.say(token, Decision.RETURNED, "нет оговорки") == 1
    assert office.opinions() == [("reviewer:1", "returned", "нет оговорки")]
    with office.house.sessions() as session:
        assert session.get_one(Delivery, 1).state == State.PLANNED and len(approval.waiting(session)) == 1
    assert office.letters() == [("olga", "review:1:1")]


END = {
    "unknown": lambda office, token: "no such token",
    "too old": lambda office, token: setattr(office.clock, "at", NOW + timedelta(days=3)),
    "revoked": lambda office, token: office.reviewers.revoke(RevokeReviewer(link=1, person="olga")),
    "answered": lambda office, token: office.say(token),
    "sent too often": lambda office, token: _send_often(office),
}


def _send_often(office: Office) -> None:
    with office.house.sessions.begin() as session:
        session.get_one(ReviewLink, 1).answers = terms.ANSWERS_MOST


@pytest.mark.parametrize("way", END)
def test_however_a_link_ends_it_shows_nothing_and_takes_nothing(office: Office, way: str) -> None:
    token = office.link()
    ended = END[way](office, token)
    token = ended if isinstance(ended, str) else token
    before = office.opinions()
    assert office.shown(token) is None and office.say(token) is None and office.opinions() == before


def test_only_the_version_that_was_shown_is_judged(office: Office) -> None:
    token = office.link()
    forged = [
        Said(row=1, version="another", decision=Decision.APPROVED),
        Said(row=77, version="hash-1", decision=Decision.APPROVED),
    ]
    assert office.reviewers.take(token, forged) == 0 and office.opinions() == []
    office.edit("1")
    review = office.shown(token)
    assert [proof.is_current for proof in review.proofs] == [False] and review.left == ()


def test_an_empty_answer_uses_nothing_up(office: Office) -> None:
    token = office.link()
    assert office.reviewers.take(token, []) == 0
    with office.house.sessions() as session:
        assert session.query(ReviewLink).one().answers == 0


def test_two_outside_have_each_their_own_word(office: Office) -> None:
    office.say(office.link(name="Лена"), Decision.APPROVED)
    office.say(office.link(name="Марк"), Decision.RETURNED, "нет")
    assert [said[:2] for said in office.opinions()] == [("reviewer:1", "approved"), ("reviewer:2", "returned")]


def test_one_form_sent_many_times_at_once_is_one_answer(office: Office) -> None:
    token, start, done = office.link(), Barrier(4), []
    said = [Said(row=1, version="hash-1", decision=Decision.APPROVED)]

    def send() -> None:
        start.wait()
        done.append(office.reviewers.take(token, said))

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one in done if one] == [1] and len(office.opinions()) == 1
    assert len(office.letters()) == 1


def test_a_revocation_and_an_answer_at_once_never_both_come_first(office: Office) -> None:
    """Whatever came in time is kept; after the revocation nothing is."""
    token, start, done = office.link(), Barrier(2), []

    def send() -> None:
        start.wait()
        done.append(office.reviewers.take(token, [Said(row=1, version="hash-1", decision=Decision.APPROVED)]))

    def revoke() -> None:
        start.wait()
        office.reviewers.revoke(RevokeReviewer(link=1, person="olga"))

    threads = [Thread(target=send), Thread(target=revoke)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.opinions()) == (done[0] or 0)
    assert office.say(token) is None


# Letters.


def test_a_letter_carries_the_link_and_is_wiped_when_it_has_gone(office: Office) -> None:
    token = office.link(email="lena@law.example")
    with office.house.sessions() as session:
        [letter] = session.query(Notice)
        assert letter.address == "lena@law.example" and letter.link.endswith(token) and letter.person == ""
        assert "Лена" in letter.body
    with office.house.sessions.begin() as session:
        assert rows.wipe_letters(session, office.clock) == 0, "it has not gone yet"
        session.query(Delivery).where(Delivery.kind == "notice").one().state = State.SENT  # type: ignore[arg-type]
    with office.house.sessions.begin() as session:
        assert rows.wipe_letters(session, office.clock) == 1
        assert rows.wipe_letters(session, office.clock) == 0
    with office.house.sessions() as session:
        [letter] = session.query(Notice)
        assert (letter.address, letter.link) == ("", "")


def test_a_letter_of_a_revoked_link_is_not_sent_any_more(office: Office) -> None:
    office.link(email="lena@law.example")
    office.reviewers.revoke(RevokeReviewer(link=1, person="olga"))
    with office.house.sessions() as session:
        assert session.query(Delivery).where(Delivery.kind == "notice").one().state == State.CANCELLED  # type: ignore[arg-type]
        assert session.query(Notice).one().link == ""


# Who may ask, about what.


@pytest.mark.parametrize(
    ("form", "by_letter", "words"),
    [
        pytest.param({"person": "nina"}, False, "may not", id="a cashier"),
        pytest.param({"person": "gleb"}, False, "may not", id="a technician"),
        pytest.param({"name": " "}, False, "Say who is asked", id="no name"),
        pytest.param({}, True, "Give an e-mail", id="no address where only a letter carries it"),
        pytest.param({"piece": ""}, False, "Name one", id="nothing"),
        pytest.param({"question": 1}, False, "Name one", id="two things"),
        pytest.param({"piece": "", "question": 9}, False, "no question 9", id="no such question"),
        pytest.param({"piece": "99"}, False, "99", id="no such piece"),
        pytest.param({"piece": "", "version": 99}, False, "nothing to show", id="no such version"),
    ],
)
def test_what_cannot_be_asked_makes_no_link(office: Office, form: dict[str, Any], by_letter: bool, words: str) -> None:
    order = AskReviewer(**({"piece": "1", "name": "Лена", "person": "olga"} | form))
    report, link = office.reviewers.ask(order, by_letter=by_letter)
    assert words in str(report.refusal) and link == ""
    with office.house.sessions() as session:
        assert session.query(ReviewLink).count() == 0


def test_without_a_mail_server_no_link_waits_for_a_letter(office: Office) -> None:
    """Else a link is good for days that nobody ever gets, and the letter with it lies in this machine's mailbox."""
    order = AskReviewer(piece="1", name="Лена", email="lena@law.example", person="olga")
    report, link = Reviewers(office.house, lambda: "secret").ask(order, by_letter=True)
    assert "Mail is not set up" in str(report.refusal) and link == ""
    with office.house.sessions() as session:
        assert session.query(ReviewLink).count() == session.query(Notice).count() == 0


def test_a_question_is_shown_but_for_what_is_decided(office: Office) -> None:
    office.piece("2")
    asked = office.ask()
    with office.house.sessions.begin() as session:
        give(session, office.clock, "1:fake", "hash-1", Decision.APPROVED, "marina", proven=True)
    review = office.shown(office.link(piece="", question=asked.request_id))
    assert [proof.version for proof in review.proofs] == ["hash-2"]


def test_too_much_for_one_page_is_refused(office: Office) -> None:
    for number in range(2, terms.VERSIONS_MOST + 3):
        office.piece(str(number))
    asked = office.ask()
    order = AskReviewer(question=asked.request_id, name="Лена", person="olga")
    assert "at most 60" in str(office.reviewers.ask(order, by_letter=False)[0].refusal)


@pytest.mark.parametrize(("days", "lasts"), [(-1, 1), (0, 1), (3, 3), (30, 30), (99, 30)])
def test_a_link_lasts_a_month_at_most(days: int, lasts: int) -> None:
    assert terms.ends_at(NOW, days) == NOW + timedelta(days=lasts)


def test_a_person_of_ours_is_told_even_when_they_share_a_name_with_the_reviewer(office: Office) -> None:
    with office.house.sessions.begin() as session:
        session.get_one(Person, "marina").name = "Лена"
    office.say(office.link(name="Лена"))
    assert [person for person, _ in office.letters()] == ["olga"]
