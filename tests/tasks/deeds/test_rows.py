"""What a person did, on both databases: newest first, each deed on exactly one page, along an index."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from models.approval import Approval, Step
from models.desk.people import Deed, DeedKind
from models.order_book import GivenOrder
from models.piece import Piece, PieceComment, PieceVersion, PlanLoad
from models.reason import because
from models.stop import Scope, StopOrder
from tasks.deeds.rows import done_by, read_cursor
from tests.fakes import NOW
from tests.plans import plans, walked

Sessions = sessionmaker[Session]


def seed(sessions: Sessions, rounds: int, step: timedelta = timedelta(minutes=1), person: str = "olga") -> None:
    """In every round one deed of each kind, all in one moment; somebody else does the same."""
    with sessions.begin() as session:
        piece = Piece(
            number="7", source="plan", source_ref="7", title="Tea", author="olga", created_at=NOW, changed_at=NOW
        )
        session.add(piece)
        session.flush()
        for n in range(rounds):
            for who in (person, "somebody"):
                session.add_all(_round(n, NOW + n * step, who, piece.id or 0))


def _round(n: int, at: object, who: str, piece: int) -> list[object]:
    given = {"given_at": at, "next_try_at": at, "carried_out_at": at}
    return [
        GivenOrder(once=f"{who}-{n}", code="hold", person=who, subject_kind="piece", subject_id=str(piece),
                   said={"title": "Hold", "lines": [{"id": 1, "label": "Tea", "said": "held", "done": True}]}, **given),
        GivenOrder(once=f"{who}-{n}-a", code="correct", person=who, said={"refusal": {}}, **given),
        Approval(subject=f"{piece}:{who}", version=f"v{n}", decision="approved", person=who, decided_at=at),
        Approval(subject=f"{piece}:x{who}", version=f"v{n}", step=f"{Step.REVIEWER}:1", decision="approved", person=who,
                 decided_at=at),
        StopOrder(scope=Scope.CHANNEL, scope_key=f"{who}{n}", reason="price", pulled_by=who, pulled_at=at,
                  released_by=who, released_at=at),
        PieceVersion(piece_id=piece, ordinal=n * 2 + (who == "olga"), content_hash="h", made_by=who, why="edited",
                     made_at=at),
        PieceComment(once=f"{who}-{n}", piece_id=piece, person=who, text="Is that so?", at=at),
        PlanLoad(file="plan.xlsx", digest="d", loaded_by=who, loaded_at=at),
    ]  # fmt: skip


def pages(sessions: Sessions, person: str, most: int) -> list[Deed]:
    found: list[Deed] = []
    before = ""
    with sessions() as session:
        for _ in range(200):
            page, before = done_by(session, person, before, most)
            assert len(page) <= most
            found += page
            if not before:
                return found
    raise AssertionError("it never ends")


@pytest.mark.parametrize("most", [1, 3, 7, 8, 1000])
def test_every_deed_is_on_exactly_one_page(sessions: Sessions, most: int) -> None:
    seed(sessions, 4)
    found = pages(sessions, "olga", most)
    assert len(found) == 4 * len(DeedKind)
    assert len({(deed.kind, deed.id) for deed in found}) == len(found)
    assert [deed.at for deed in found] == sorted((deed.at for deed in found), reverse=True)


def test_deeds_of_one_moment_are_neither_lost_nor_doubled(sessions: Sessions) -> None:
    """Forty rows that are approved at once are decided in one moment."""
    seed(sessions, 9, timedelta(0))
    found = pages(sessions, "olga", 5)
    assert len({(deed.kind, deed.id) for deed in found}) == len(found) == 9 * len(DeedKind)


def test_a_deed_says_what_about_what_and_where(sessions: Sessions) -> None:
    seed(sessions, 1)
    deeds = {deed.kind: deed for deed in pages(sessions, "olga", 50)}
    assert (deeds[DeedKind.ORDER].code, deeds[DeedKind.ORDER].said) == ("hold", "Tea — held")
    assert deeds[DeedKind.DECISION].title == "Tea" and deeds[DeedKind.DECISION].link.startswith("/staff/piece/")
    assert deeds[DeedKind.STOP].said == "price" and deeds[DeedKind.COMMENT].said == "Is that so?"
    assert deeds[DeedKind.LOAD].title == "plan.xlsx"


def test_who_did_nothing_has_no_deeds(sessions: Sessions) -> None:
    seed(sessions, 1)
    with sessions() as session:
        assert done_by(session, "nobody") == ([], "")


@pytest.mark.parametrize("mark", ["", "x", "|", "2026-11-23|order|1", "2026-11-23T09:00:00+00:00|boss|1",
                                  "2026-11-23T09:00:00+00:00|order|x", "9" * 50, "|order|1",
                                  "2026-11-23T09:00:00+00:00|order|99999999999999999999999",
                                  "0001-01-01T00:00:00+14:00|order|1", "9999-12-31T23:00-14:00|order|1"])  # fmt: skip
def test_a_mark_that_is_none_begins_anew(sessions: Sessions, mark: str) -> None:
    assert read_cursor(mark) is None
    seed(sessions, 1)
    with sessions() as session:
        assert len(done_by(session, "olga", mark)[0]) == len(DeedKind)


@pytest.mark.parametrize("mark", ["", f"{NOW.isoformat()}|version|7"], ids=["first page", "another"])
def test_a_long_history_is_read_along_an_index(sessions: Sessions, mark: str) -> None:
    with sessions() as session:
        assert walked(session, lambda: done_by(session, "olga", mark)) == []
        steps = [step for plan in plans(session, lambda: done_by(session, "olga", mark)) for step in plan]
        assert not [step for step in steps if "TEMP B-TREE" in step], "nor is it sorted anew"


def test_what_was_refused_is_no_deed_done_and_says_why(sessions: Sessions) -> None:
    """A correction that was refused made no version, so the order itself stands in the list."""
    refusal = because("{person} may not do this.", code="no", person="Olga").model_dump(mode="json")
    with sessions.begin() as session:
        for n, code in enumerate(("correct", "move", "comment")):
            session.add(GivenOrder(once=f"{n}", code=code, person="olga", given_at=NOW, next_try_at=NOW,
                                   said={"title": "", "refusal": refusal if code != "comment" else {}}))  # fmt: skip
    deeds = {deed.code: deed for deed in pages(sessions, "olga", 50)}
    assert set(deeds) == {"correct", "move"}
    assert all((deed.said, deed.is_done) == ("Olga may not do this.", False) for deed in deeds.values())


def test_what_was_let_out_at_once_is_no_approval(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add(Approval(subject="7:vk", version="v", step=Step.URGENT, decision="approved", person="olga",
                             reason="the price", decided_at=NOW))  # fmt: skip
    assert [(deed.code, deed.said) for deed in pages(sessions, "olga", 50)] == [("urgent", "the price")]
