"""What needs a person, on both databases: each kind is found, counted, and given to whoever answers for it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from models.customers import Customer
from models.delivery import State
from models.desk.unknown import What
from models.mailings import Mailing, Message, Stage
from models.piece import HandVersion, Piece, PieceVersion
from models.reaction import Check, Comment, PassedOn
from models.stop import Scope
from tasks.attention import rows
from tasks.attention.mine import Share, share_of
from tasks.stop import rows as stops
from tasks.watching.rows import on_duty
from tests.fakes import NOW
from tests.plans import walked
from tests.tasks.orders.company import HOUR, Company

ONE_OF_EACH: tuple[tuple[What, State, timedelta, dict[str, Any]], ...] = (
    (What.UNKNOWN, State.UNKNOWN, -9 * HOUR, {}),
    (What.REFUSED, State.REJECTED, -8 * HOUR, {}),
    (What.HELD, State.HELD, -30 * 24 * HOUR, {}),
    (What.LATE, State.PLANNED, -HOUR, {}),
    (What.MISSED, State.MISSED, -6 * HOUR, {}),
)
NOTHING_WRONG = (
    (State.SENT, -HOUR), (State.CONFIRMED, -HOUR), (State.CANCELLED, -HOUR), (State.PLANNED, HOUR),
    (State.PLANNED, -timedelta(minutes=1)), (State.MISSED, -15 * 24 * HOUR), (State.REJECTED, -15 * 24 * HOUR),
    (State.INTENT, -HOUR),
)  # fmt: skip


def one_of_each(company: Company) -> dict[What, int]:
    made = {}
    for number, (what, state, offset, fields) in enumerate(ONE_OF_EACH, 1):
        [made[what]] = company.plan(str(number), state=state, due_at=NOW + offset, **fields)
    return made


def nothing_wrong(company: Company) -> None:
    for number, (state, offset) in enumerate(NOTHING_WRONG, 50):
        company.plan(str(number), state=state, due_at=NOW + offset)
    company.plan("90", state=State.PLANNED, due_at=NOW - HOUR, approved=False)


def add(company: Company, *made: Any) -> None:
    with company.house.sessions.begin() as session:
        session.add_all(made)


def comment(delivery_id: int, name: str, hours: float = 1, **fields: Any) -> Comment:
    common = {"account": "fake", "text": "Is it open?", "question": True, "written_at": NOW - HOUR}
    answer_by = NOW + timedelta(hours=hours)
    return Comment(delivery_id=delivery_id, remote_id=name, answer_by=answer_by, **(common | fields))


def counts(company: Company, share: Share | None = None) -> dict[What, int]:
    with company.house.reads() as session:
        return rows.counts(session, company.clock, share)


def found(company: Company, what: What, share: Share | None = None) -> list[int]:
    with company.house.reads() as session:
        return [row.id or 0 for row, _, _ in rows.placements(session, company.clock, what, share, 50)]


def test_every_kind_is_found_and_nothing_else(company: Company) -> None:
    wanted = one_of_each(company)
    nothing_wrong(company)
    assert {what: found(company, what) for what in wanted} == {what: [id] for what, id in wanted.items()}
    assert counts(company) == dict.fromkeys(wanted, 1)


def test_a_quiet_day_counts_nothing(company: Company) -> None:
    nothing_wrong(company)
    assert counts(company) == {}


def test_what_a_stop_holds_is_not_late(company: Company) -> None:
    company.plan("1", due_at=NOW - HOUR)
    with company.house.sessions.begin() as session:
        stops.pull_stop(session, company.clock, Scope.ALL, "", "olga", "")
    assert counts(company) == {}


def test_questions_wait_with_the_most_urgent_first(company: Company) -> None:
    [out] = company.plan("1", state=State.SENT, due_at=NOW - HOUR)
    add(company, comment(out, "later", 5), comment(out, "overdue", -2), comment(out, "soon", 1),
        comment(out, "answered", 1, answered_at=NOW), comment(out, "praise", 1, question=False),
        comment(out, "forgotten", -24 * 31))  # fmt: skip
    with company.house.reads() as session:
        asked = rows.questions(session, company.clock, None, 50)
    assert [row.remote_id for row, _, _ in asked] == ["overdue", "soon", "later"]
    assert counts(company) == {What.QUESTION: 3}


def test_open_differences_are_there_until_they_are_decided(company: Company) -> None:
    [out] = company.plan("1", state=State.SENT, due_at=NOW - HOUR)
    for state in ("open", "accept", "over"):
        add(company, Check(delivery_id=out, seen_hash=state, found_at=NOW, state=state))
    with company.house.reads() as session:
        assert [check.seen_hash for check, _, _ in rows.differences(session, company.clock, None, 50)] == ["open"]
    assert counts(company) == {What.DIFFERENCE: 1}


def test_a_text_by_hand_is_there_once_the_piece_says_something_else(company: Company) -> None:
    company.plan("1")
    piece = company.pieces["1"]
    version = {"piece_id": piece, "content_hash": "c", "made_by": "olga", "why": "x", "made_at": NOW}
    add(
        company,
        PieceVersion(ordinal=7, body_hash="then", **version),
        PieceVersion(ordinal=8, body_hash="now", **version),
    )
    with company.house.sessions.begin() as session:
        then, now = (session.query(PieceVersion).filter_by(ordinal=n).one().id or 0 for n in (7, 8))
        session.get_one(Piece, piece).version_id = then
        session.add(
            HandVersion(piece_id=piece, account="vk", text="x", by="olga", at=NOW, version_id=then, body_hash="then")
        )
    assert counts(company) == {}
    with company.house.sessions.begin() as session:
        session.get_one(Piece, piece).version_id = now
    assert counts(company) == {What.BY_HAND: 1}
    with company.house.reads() as session:
        [(hand, of)] = rows.by_hand(session, company.clock, None, 50)
    assert (hand.account, of.number) == ("vk", "1")


def share(company: Company, person: str) -> Share:
    with company.house.reads() as session:
        return share_of(person, on_duty(session, NOW.date(), "marina"))


def by_author(company: Company, authors: Iterable[str]) -> dict[str, int]:
    """A held publication of each author; returns their numbers."""
    made = {}
    for number, author in enumerate(authors, 1):
        [made[author]] = company.plan(str(number), state=State.HELD, due_at=NOW - HOUR)
        with company.house.sessions.begin() as session:
            session.get_one(Piece, company.pieces[str(number)]).author = author
    return made


def test_mine_is_what_i_wrote_and_what_nobody_of_us_wrote_is_the_approvers(company: Company) -> None:
    made = by_author(company, ["olga", "marina", "somebody"])
    assert found(company, What.HELD, share(company, "olga")) == [made["olga"]]
    assert found(company, What.HELD, share(company, "marina")) == [made["marina"], made["somebody"]]
    assert counts(company, share(company, "olga")) == {What.HELD: 1}


def test_what_is_unknown_is_mine_if_i_decide_about_it(company: Company) -> None:
    [id] = company.plan("1", state=State.UNKNOWN, due_at=NOW - HOUR)
    with company.house.sessions.begin() as session:
        session.get_one(Piece, company.pieces["1"]).author = "olga"
    for person, sees in (("olga", [id]), ("marina", [id]), ("vera", [])):
        assert found(company, What.UNKNOWN, share(company, person)) == sees, person


def test_a_question_passed_on_to_me_is_mine(company: Company) -> None:
    [out] = company.plan("1", state=State.SENT, due_at=NOW - HOUR)
    with company.house.sessions.begin() as session:
        session.get_one(Piece, company.pieces["1"]).author = "olga"
    add(company, comment(out, "1"))
    assert counts(company, share(company, "vera")) == {}
    add(company, PassedOn(comment_id=1, to_kind="person", to_key="vera", by="olga", at=NOW))
    assert counts(company, share(company, "vera")) == {What.QUESTION: 1}
    add(company, PassedOn(comment_id=1, to_kind="outlet", to_key="vera", by="olga", at=NOW))
    assert counts(company, share(company, "vera")) == {What.QUESTION: 1}


def test_a_mailing_waits_while_somebody_must_look(company: Company) -> None:
    """Asked about, paused, or with letters of which nobody knows; whoever wrote it or decides has it among theirs."""
    stages = [Stage.DRAFT, Stage.ASKED, Stage.PAUSED, Stage.SENDING, Stage.SENT, Stage.SENT]
    for n, stage in enumerate(stages, 1):
        due = NOW + timedelta(hours=9 - n)
        add(company, Mailing(id=n, key=f"m{n}", title=f"M{n}", stage=stage, made_by="olga", made_at=NOW, due_at=due))
    add(company, Customer(id=1, code="C1", created_at=NOW, changed_at=NOW))
    for mailing, state, number in ((4, State.SENT, 1), (5, State.UNKNOWN, 2), (6, State.SENT, 3)):
        for n in range(number):
            add(company, Message(mailing_id=mailing, customer_id=1, kind="email", account="post", variant="A",
                                 occasion=f"{n}", state=state, due_at=NOW))  # fmt: skip
    with company.house.reads() as session:
        found = rows.mailings(session, company.clock, None, 50)
        assert [(mailing.id, unknown) for mailing, unknown in found] == [(5, 2), (3, 0), (2, 0)]
        assert len(rows.mailings(session, company.clock, None, 1)) == 1
    assert counts(company) == {What.MAILING: 3} == counts(company, Share(frozenset({"olga"}), frozenset({"olga"})))
    assert counts(company, Share(frozenset({"vera"}), frozenset({"olga", "vera"}))) == {}
    assert counts(company, Share(frozenset(), frozenset({"olga"}), decides=True)) == {What.MAILING: 3}


@pytest.mark.parametrize("what", [what for what in rows.SOURCES if what is not What.BY_HAND])
@pytest.mark.parametrize("share", [None, Share(frozenset({"olga"}), frozenset({"olga"}), others=True, person="olga")])
def test_what_needs_a_person_is_found_along_an_index(company: Company, what: What, share: Share | None) -> None:
    """Neither count nor list walks what went well; only the texts by hand are looked through, and they are few."""
    lists: Any = {What.QUESTION: rows.questions, What.DIFFERENCE: rows.differences, What.MAILING: rows.mailings,
                  What.GUESSES: lambda session, clock, share, most: rows.guesses(session, clock, most),
                  What.CONFLICT: lambda session, clock, share, most: rows.conflicts(session, clock, most),
                  What.INSTRUCTION: rows.instructions, What.OFFER: rows.offers}  # fmt: skip
    with company.house.reads() as session:
        clock = company.clock
        assert walked(session, lambda: session.execute(rows._counting(what, clock, share))) == []
        listed = lists.get(what) or (lambda s, c, by, most: rows.placements(s, c, what, by, most))
        assert walked(session, lambda: listed(session, clock, share, 50)) == []
