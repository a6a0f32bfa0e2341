"""What the pages of approval show, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.approval import Approval, Decision, Step
from models.company import ChannelCard
from models.database import SetClock
from models.delivery import Delivery, State
from models.people import Absence, Person
from models.piece import Piece, Rendition
from models.post import Post
from models.review import ReviewLink
from tasks.approval import rows as approval
from tasks.approval.rules import Demands, Roster, Who
from tasks.desk.rows import Names
from tasks.placing import rows as placing
from tasks.proofs import rows
from tasks.proofs.rows import Reader
from tests.fakes import NOW, delivery
from tests.verdicts import give

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
TODAY = date(2026, 11, 23)
NAMES = Names({"vk": ChannelCard(key="vk", provider="vk", title="ВКонтакте")}, {"anna": "Anna", "gleb": "Gleb"}, {})
APPROVER = Reader(Who("anna", "Anna", ("approver",)), Demands(four_eyes=True))
ROSTER = Roster(TODAY, "", {"anna": Who("anna", "Anna", ("approver",))})


def placement(
    sessions: Sessions, number: str, hours: float = 1, piece: int = 0, account: str = "vk"
) -> tuple[int, str]:
    """A version that waits; returns its piece and its hash."""
    with sessions.begin() as session:
        found = session.get(Piece, piece) or Piece(
            number=number, source="plan", source_ref=number, title=f"Чай {number}", author="gleb", created_at=NOW,
            changed_at=NOW,
        )  # fmt: skip
        session.add(found)
        session.flush()
        post = Post(text=f"текст {number} {account}")
        made = Rendition(piece_id=found.id or 0, version_id=1, account=account, post=post.model_dump(mode="json"),
                         content_hash=post.content_hash(), made_at=NOW)  # fmt: skip
        session.add(made)
        session.flush()
        row = delivery(f"p{number}{account}", at=NOW + timedelta(hours=hours), account=account, approved_hash="",
                       subject_id=str(found.id), content_id=made.id, content_hash=made.content_hash)  # fmt: skip
        session.add(row)
        return found.id or 0, made.content_hash


def asked(sessions: Sessions) -> tuple[int, list[str]]:
    versions = [placement(sessions, str(number), number + 1)[1] for number in range(3)]
    return ask(sessions), versions


def ask(sessions: Sessions) -> int:
    with sessions.begin() as session:
        return approval.open_request(
            session, CLOCK, "k", "Неделя", "anna", approval.waiting(session), "run"
        ).id or 0  # fmt: skip


def question(sessions: Sessions, id: int, **more: Any) -> Any:
    with sessions() as session:
        return rows.question(session, id, more.get("reader", APPROVER), more.get("roster", ROSTER), NAMES)


def test_a_question_shows_every_version_and_who_decided(sessions: Sessions) -> None:
    id, versions = asked(sessions)
    with sessions.begin() as session:
        subject = approval.rows_of(session, id)[1].subject
        give(session, CLOCK, subject, versions[1], Decision.RETURNED, "anna", proven=True, reason="опечатка")
        approval.approve_by_policy(session, CLOCK, [(approval.rows_of(session, id)[2].subject, versions[2])])
    with sessions() as session:
        [line] = rows.asked(session, ROSTER, NAMES)
    found = question(sessions, id)
    assert question(sessions, 404) is None
    assert found.has_run and found.is_open and not found.afterwards
    assert [version.text for version in found.versions] == [f"текст {n} vk" for n in range(3)]
    first, second, third = (version.decided for version in found.versions)
    assert first is None and second and third
    assert (second.person, second.reason, second.proven, third.by_policy) == ("Anna", "опечатка", True, True)
    assert (line.left, line.total, line.asked_of) == (1, 3, "Anna")
    assert [version.row for version in found.left] == [1] and not found.versions[0].objection


def test_a_version_that_was_replaced_is_no_longer_current(sessions: Sessions) -> None:
    id, _ = asked(sessions)
    with sessions.begin() as session:
        first = session.execute(select(Delivery).order_by(Delivery.id)).scalars().first()  # type: ignore[arg-type]
        assert first
        placing.replace_content(session, {first.id or 0: (first.content_id, "newer")})
    assert [version.is_current for version in question(sessions, id).versions] == [False, True, True]


def test_a_question_shows_where_a_version_stands_now(sessions: Sessions) -> None:
    id, _ = asked(sessions)
    with sessions.begin() as session:
        moved, gone, _ = session.execute(select(Delivery).order_by(Delivery.id)).scalars()  # type: ignore[arg-type]
        moved.due_at, gone.state = NOW + timedelta(hours=9), State.CANCELLED
    with sessions.begin() as session:
        approval.follow_times(session)
    found = question(sessions, id)
    assert [version.due_at for version in found.versions] == [NOW + timedelta(hours=n) for n in (9, 2, 3)]
    assert found.due_at == NOW + timedelta(hours=3), "what is left to decide is due then"
    with sessions() as session:
        proof = rows.proof_of_row(session, id, found.versions[0].row, APPROVER, NAMES)
        assert proof and proof.due_at == NOW + timedelta(hours=9)


def test_the_channels_of_a_piece_stand_together(sessions: Sessions) -> None:
    tea, _ = placement(sessions, "1", 1)
    placement(sessions, "2", 2)
    placement(sessions, "1", 3, tea, "tg")
    found = question(sessions, ask(sessions))
    assert [[v.channel for v in versions] for versions in found.pieces.values()] == [["ВКонтакте", "tg"], ["ВКонтакте"]]


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
    id, _ = asked(sessions)
    reader = Reader(who, Demands(four_eyes=True))
    [version, *_] = question(sessions, id, reader=reader).versions
    with sessions() as session:
        proof = rows.proof(session, version.rendition_id, reader, NAMES)
        assert proof and proof.objection.code == version.objection.code == code
        assert rows.proof(session, 404, APPROVER, NAMES) is None


def test_a_proof_belongs_to_its_question(sessions: Sessions) -> None:
    id, versions = asked(sessions)
    with sessions() as session:
        found = rows.proof_of_row(session, id, 2, APPROVER, NAMES)
        assert found and (found.version, found.row, found.due_at) == (versions[1], 2, NOW + timedelta(hours=2))
        assert rows.proof_of_row(session, id + 1, 2, APPROVER, NAMES) is None
        assert rows.proof_of_row(session, id, 99, APPROVER, NAMES) is None


def test_a_proof_shows_what_changed_since_the_last_approval(sessions: Sessions) -> None:
    piece, old = placement(sessions, "1")
    subject = f"{piece}:vk"
    with sessions.begin() as session:
        give(session, CLOCK, subject, old, Decision.APPROVED, "anna", proven=True)
        newer = Post(text="текст 1, 450 ₽")
        made = Rendition(piece_id=piece, version_id=2, account="vk", post=newer.model_dump(mode="json"),
                         content_hash=newer.content_hash(), made_at=NOW)  # fmt: skip
        session.add(made)
        session.flush()
        placing.replace_content(session, {1: (made.id or 0, made.content_hash)})
    found = question(sessions, ask(sessions))
    assert [version.changed for version in found.versions] == [True]
    with sessions() as session:
        [proof] = rows.proofs(session, [(subject, newer.content_hash())], APPROVER, NAMES)
        [first] = rows.proofs(session, [(subject, old)], APPROVER, NAMES)
    assert ("del", " vk") in proof.changes or ("del", "vk") in proof.changes, proof.changes
    assert any(kind == "ins" and "450" in text for kind, text in proof.changes) and not proof.is_new
    assert first.is_new and not first.changes


def test_what_is_said_outside_stands_beside_and_decides_nothing(sessions: Sessions) -> None:
    id, versions = asked(sessions)
    with sessions.begin() as session:
        session.add(ReviewLink(token_hash="h", name="Лена, юрист", made_by="gleb", made_at=NOW, expires_at=NOW, most=9))
        session.flush()
        subject = approval.rows_of(session, id)[0].subject
        session.add(Approval(subject=subject, version=versions[0], step=rows.step_of(1), decision=Decision.APPROVED,
                             person="", reason="хорошо", decided_at=NOW))  # fmt: skip
    found = question(sessions, id)
    [said] = found.versions[0].opinions
    assert (said.name, said.decision, said.words) == ("Лена, юрист", Decision.APPROVED, "хорошо")
    assert found.versions[0].decided is None and len(found.left) == 3


def test_a_question_says_who_answers_for_whom(sessions: Sessions) -> None:
    id, _ = asked(sessions)
    with sessions.begin() as session:
        session.add_all([
            Person(key="anna", name="Anna", roles=["approver"], deputy="vera", changed_at=NOW),
            Person(key="vera", name="Vera", roles=["head"], changed_at=NOW),
            Absence(person="anna", from_date="2026-11-20", to_date="2026-11-28"),
        ])  # fmt: skip
    with sessions() as session:
        roster = approval.roster(session, TODAY, "anna")
        [line] = rows.asked(session, roster, NAMES)
    standing = question(sessions, id, roster=roster).standing
    assert line.asked_of_key == "vera" and line.standing == standing
    assert standing and (standing.person, standing.until) == ("Anna", date(2026, 11, 28))


def test_what_people_decided_lately_is_listed_and_the_rules_work_is_not(sessions: Sessions) -> None:
    id, versions = asked(sessions)
    with sessions.begin() as session:
        one, two, three = (row.subject for row in approval.rows_of(session, id))
        give(session, CLOCK, one, versions[0], Decision.APPROVED, "anna", proven=True)
        give(session, CLOCK, two, versions[1], Decision.APPROVED, "gleb", proven=True, reason="горит",
                         step=Step.URGENT)  # fmt: skip
        approval.approve_by_policy(session, CLOCK, [(three, versions[2])])
    with sessions() as session:
        found = rows.lately(session, NAMES)
    assert [(past.title, past.decided.person, past.is_urgent) for past in found] == [
        ("Чай 1", "Gleb", True), ("Чай 0", "Anna", False),
    ]  # fmt: skip
