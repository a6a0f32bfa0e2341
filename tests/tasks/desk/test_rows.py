"""What the desk shows, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.approval import Decision
from models.company import ChannelCard
from models.database import SetClock
from models.delivery import State
from models.desk import Order
from models.piece import Piece, Rendition
from models.post import Post
from models.reason import because
from models.stop import Scope
from tasks.approval import rows as approval
from tasks.approval.rules import Demands, Who
from tasks.desk import rows
from tasks.desk.rows import Names, Reader
from tasks.orders import rows as orders
from tasks.stop import rows as stops
from tests.fakes import NOW, delivery

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
NAMES = Names({"vk": ChannelCard(key="vk", provider="vk", title="ВКонтакте")}, {"anna": "Anna", "gleb": "Gleb"},
              {"winter": "Winter"})  # fmt: skip
APPROVER = Reader(Who("anna", "Anna", ("approver",)), Demands(four_eyes=True))


def placement(sessions: Sessions, number: str, state: State, hours: float = 0, **fields: Any) -> int:
    with sessions.begin() as session:
        piece = Piece(number=number, source="plan", source_ref=number, title=f"Чай {number}", author="gleb",
                      created_at=NOW, changed_at=NOW)  # fmt: skip
        session.add(piece)
        session.flush()
        post = Post(text=f"текст {number}")
        made = Rendition(piece_id=piece.id or 0, version_id=1, account="vk", post=post.model_dump(mode="json"),
                         content_hash=post.content_hash(), made_at=NOW)  # fmt: skip
        session.add(made)
        session.flush()
        common = {"account": "vk", "subject_id": str(piece.id), "content_id": made.id, "state": state,
                  "content_hash": made.content_hash, "approved_hash": made.content_hash}  # fmt: skip
        row = delivery(f"p{number}", at=NOW + timedelta(hours=hours), **(common | fields))
        session.add(row)
        session.flush()
        return row.id or 0


def test_what_needs_a_person_is_there_and_nothing_else(sessions: Sessions) -> None:
    wanted = [
        placement(sessions, "1", State.UNKNOWN, -9),
        placement(sessions, "2", State.HELD, -8, reason=because("x", code="late").model_dump()),
        placement(sessions, "3", State.REJECTED, -7),
        placement(sessions, "4", State.MISSED, -6),
        placement(sessions, "5", State.PLANNED, -1),
    ]
    for number, (state, hours) in enumerate(
        [(State.SENT, -1), (State.CONFIRMED, -1), (State.CANCELLED, -1), (State.PLANNED, 1), (State.PLANNED, 0),
         (State.MISSED, -24 * 15), (State.INTENT, -1)], 6,
    ):  # fmt: skip
        placement(sessions, str(number), state, hours)
    placement(sessions, "99", State.PLANNED, -2, approved_hash="")
    with sessions() as session:
        found = rows.troubles(session, CLOCK, NAMES)
    assert [line.id for line in found] == wanted
    assert (found[0].title, found[0].channel, found[0].author) == ("Чай 1", "ВКонтакте", "Gleb")
    assert all(line.advice for line in found)
    assert found[1].orders == (Order.PUBLISH_NOW, Order.CANCEL)


def test_the_plan_shows_the_days_that_were_asked_for(sessions: Sessions) -> None:
    ids = [placement(sessions, str(number), State.PLANNED, number * 24) for number in range(-1, 3)]
    with sessions() as session:
        lines = rows.plan(session, NOW, NOW + timedelta(days=2), NAMES)
        assert [line.id for line in lines] == ids[1:3]
        assert rows.plan(session, NOW, NOW + timedelta(days=2), NAMES, "telegram") == []
    assert lines[0].is_approved and not lines[0].is_stopped


def test_a_stopped_placement_says_so(sessions: Sessions) -> None:
    placement(sessions, "1", State.PLANNED, -1)
    with sessions.begin() as session:
        stops.pull_stop(session, CLOCK, Scope.CHANNEL, "vk", "anna", "why")
    with sessions() as session:
        [line] = rows.troubles(session, CLOCK, NAMES)
    assert line.is_stopped and line.advice.code == "stopped"


def asked(sessions: Sessions) -> tuple[int, list[str]]:
    for number in range(3):
        placement(sessions, str(number), State.PLANNED, number + 1, approved_hash="")
    with sessions.begin() as session:
        found = approval.waiting(session)
        request = approval.open_request(session, CLOCK, "k", "Неделя", "anna", found, "run")
        return request.id or 0, [row.version for row in found]


def test_a_question_shows_every_version_and_who_decided(sessions: Sessions) -> None:
    id, versions = asked(sessions)
    with sessions.begin() as session:
        subject = approval.rows_of(session, id)[1].subject
        approval.decide(session, CLOCK, subject, versions[1], Decision.RETURNED, "anna", proven=True, reason="опечатка")
        approval.approve_by_policy(session, CLOCK, [(approval.rows_of(session, id)[2].subject, versions[2])])
    with sessions() as session:
        question = rows.question(session, id, APPROVER, NAMES)
        [line] = rows.asked(session, NAMES)
        assert rows.question(session, 404, APPROVER, NAMES) is None
    assert question and question.has_run and question.is_open
    assert [proof.post.text for proof in question.proofs] == ["текст 0", "текст 1", "текст 2"]
    first, second, third = (proof.decided for proof in question.proofs)
    assert first is None and second and third
    assert (second.person, second.reason, second.proven, third.by_policy) == ("Anna", "опечатка", True, True)
    assert (line.left, line.total, line.asked_of) == (1, 3, "Anna")
    assert question.proofs[0].provider == "vk" and not question.proofs[0].objection


def test_a_version_that_was_replaced_is_no_longer_current(sessions: Sessions) -> None:
    id, _ = asked(sessions)
    with sessions.begin() as session:
        [first, *_] = rows.plan(session, NOW, NOW + timedelta(days=1), NAMES)
        orders.replace_content(session, [first.id], first.rendition_id, "newer")
    with sessions() as session:
        question = rows.question(session, id, APPROVER, NAMES)
    assert question and [proof.is_current for proof in question.proofs] == [False, True, True]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        pytest.param(Who("gleb", "Gleb", ("approver",)), "own_piece", id="the author"),
        pytest.param(Who("olga", "Olga", ("author",)), "not_entitled", id="no approver"),
        pytest.param(None, "nobody", id="nobody"),
        pytest.param(Who("anna", "Anna", ("head",)), "", id="the head"),
    ],
)
def test_a_reader_is_told_why_not(sessions: Sessions, who: Who | None, code: str) -> None:
    asked(sessions)
    with sessions() as session:
        [line, *_] = rows.plan(session, NOW, NOW + timedelta(days=1), NAMES)
        proof = rows.proof(session, line.rendition_id, Reader(who, Demands(four_eyes=True)), NAMES)
        assert proof and proof.objection.code == code
        assert rows.proof(session, 404, APPROVER, NAMES) is None
        assert [found.id for found in rows.of_rendition(session, line.rendition_id, NAMES)] == [line.id]


@pytest.mark.parametrize(
    ("scope", "key", "what"),
    [
        pytest.param(Scope.ALL, "", "", id="all"),
        pytest.param(Scope.CHANNEL, "vk", "ВКонтакте", id="channel"),
        pytest.param(Scope.CAMPAIGN, "winter", "Winter", id="campaign"),
        pytest.param(Scope.PIECE, "1", "№ 1 · Чай 1", id="piece"),
        pytest.param(Scope.CHANNEL, "gone", "gone", id="a channel that left"),
    ],
)
def test_a_stop_shows_what_it_holds_and_what_is_out(sessions: Sessions, scope: Scope, key: str, what: str) -> None:
    out = placement(sessions, "1", State.SENT, -5, url="https://vk.example/1", campaign="winter")
    placement(sessions, "2", State.SENT, -24 * 30, campaign="winter")
    with sessions.begin() as session:
        id = stops.pull_stop(session, CLOCK, scope, key, "anna", "ошибка в цене")
    with sessions.begin() as session:
        [stop] = rows.stops_in_force(session, NAMES)
        assert (stop.what, stop.pulled_by, stop.reason) == (what, "Anna", "ошибка в цене")
        assert [line.id for line in stop.out] == ([] if key == "gone" else [out])
        stops.release_stop(session, CLOCK, id, "anna")
    with sessions() as session:
        assert rows.stops_in_force(session, NAMES) == []
        assert [stop.released_by for stop in rows.past_stops(session, NAMES)] == ["Anna"]


@pytest.mark.parametrize(("number", "found"), [("1", True), ("№ 1", True), (" 1 ", True), ("2", False), ("", False)])
def test_a_piece_is_found_by_its_number(sessions: Sessions, number: str, found: bool) -> None:
    placement(sessions, "1", State.PLANNED)
    with sessions() as session:
        assert (rows.piece_numbered(session, number) is not None) is found
