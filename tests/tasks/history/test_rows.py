"""The story of a piece: every row that tells of it is in it once, the newest first; the numbers are the last ones."""

from datetime import timedelta

from sqlalchemy import select

from models.approval import Approval, Decision, Step
from models.delivery import Delivery, State
from models.desk.piece import Event, Sort
from models.editing import Correction
from models.reaction import Check, Snapshot, TrackedLink, Visit
from models.review import ReviewLink
from tasks.desk.rows import Names
from tasks.editing.engine import Editing
from tasks.history import rows
from tasks.history.rows import Life
from tasks.orderbook import rows as book
from tests.fakes import NOW, delivery
from tests.tasks.editing.newsroom import Newsroom
from tests.verdicts import give

HOUR = timedelta(hours=1)
PEOPLE = {"olga": "Olga", "vera": "Vera", "marina": "Marina"}


def story(newsroom: Newsroom) -> list[Event]:
    piece, cards = newsroom.piece(), newsroom.house.workspace.channels
    names = Names({card.key: card for card in cards}, PEOPLE, {})
    with newsroom.house.reads() as session:
        return rows.events(session, Life(piece.id or 0, piece.source, piece.created_at), names)


def out(newsroom: Newsroom, account: str = "talk") -> int:
    with newsroom.house.sessions.begin() as session:
        mine = (Delivery.account == account, Delivery.subject_id == str(newsroom.piece().id))
        row = session.execute(select(Delivery).where(*mine)).scalar_one()
        row.state, row.sent_at, row.url = State.SENT, NOW + 3 * HOUR, "https://talk.example/1"
        return row.id or 0


def test_it_is_told_from_the_source_to_the_channel(newsroom: Newsroom) -> None:
    newsroom.clock.at = NOW + HOUR
    Editing(newsroom.house).correct(Correction(piece="7", person="olga", text="New", reason="a slip"))
    proof, subject = newsroom.proof("talk"), f"{newsroom.piece().id}:talk"
    with newsroom.house.sessions.begin() as session:
        newsroom.clock.at = NOW + 2 * HOUR
        give(session, newsroom.clock, subject, proof.content_hash, Decision.APPROVED, "marina", proven=True)
    published = out(newsroom)
    with newsroom.house.sessions.begin() as session:
        session.add(Check(delivery_id=published, seen_hash="x", found_at=NOW + 4 * HOUR))
        said = {"title": "Hold", "lines": [{"label": "№ 7", "said": "held", "done": True}]}
        given, _ = book.give(session, newsroom.clock, "o", "hold", {"reason": "rain"}, "vera", ("piece", "1"))
        book.settle(session, newsroom.clock, given.id or 0, said)
    told = [(event.sort, str(event.said), event.by) for event in story(newsroom)]
    assert told[0] == (Sort.CONTROL, "It is not in Talk as it was approved.", "")
    assert told[1] == (Sort.CHANNEL, "Published in Talk.", "")
    assert (Sort.APPROVAL, "Approved for Talk.", "Marina") in told
    assert (Sort.ORDER, "Ordered: Hold. № 7 — held.", "Vera") in told
    assert (Sort.CONTENT, "Corrected on the desk: version 3.", "Olga") in told
    assert (Sort.CONTENT, "Loaded from the content plan: version 1.", "Vera") in told
    assert sum(text.startswith("Planned in") for _, text, _ in told) == 2
    times = [event.at for event in story(newsroom)]
    assert times == sorted(times, reverse=True)
    assert next(event for event in story(newsroom) if event.said.code == "desk").details == ("a slip",)


def test_the_last_numbers_are_shown_with_clicks_and_robots_apart(newsroom: Newsroom) -> None:
    published, piece = out(newsroom), newsroom.piece().id or 0
    with newsroom.house.sessions.begin() as session:
        for hours, views in ((1, 10), (2, 25)):
            session.add(Snapshot(delivery_id=published, metric="views", value=views, taken_at=NOW + hours * HOUR))
        session.add(TrackedLink(code="c", url="https://x", piece_id=piece, account="talk", made_at=NOW))
        session.add(Visit(kind="click", key="c", hour=NOW, robot=False, number=4))
        session.add(Visit(kind="click", key="c", hour=NOW, robot=True, number=90))
    cards = newsroom.house.workspace.channels
    with newsroom.house.reads() as session:
        [seen] = rows.seen(session, piece, Names({card.key: card for card in cards}, {}, {}))
    assert {measure.title: measure.number for measure in seen.measures} == {"Views": 25, "Clicks": 4}
    assert (seen.channel, seen.at) == ("Talk", NOW + 2 * HOUR)


def test_another_pieces_life_is_not_told(newsroom: Newsroom) -> None:
    before = len(story(newsroom))
    Editing(newsroom.house).correct(Correction(piece="8", person="olga", text="New"))
    assert len(story(newsroom)) == before


def test_only_the_approvers_word_is_called_an_approval(newsroom: Newsroom) -> None:
    """Whoever let it out at once, and an outsider with a link, are told as what they are."""
    version, subject = newsroom.proof("talk").content_hash, f"{newsroom.piece().id}:talk"
    with newsroom.house.sessions.begin() as session:
        words = {"subject": subject, "version": version, "decided_at": NOW}
        session.add(Approval(**words, step=Step.URGENT, decision="approved", person="vera", reason="price"))
        for id, said in ((1, "approved"), (2, "returned")):
            session.add(ReviewLink(id=id, token_hash=str(id), name=f"Guest {id}", made_by="vera", made_at=NOW,
                                   expires_at=NOW, answers=0, most=1))  # fmt: skip
            session.add(Approval(**words, step=f"{Step.REVIEWER}:{id}", decision=said, person="", reason="why"))
    told = {str(event.said) for event in story(newsroom) if event.sort is Sort.APPROVAL}
    assert told == {
        "Let out in Talk without approval: price",
        "Guest 1, who is not of the company, has nothing against it for Talk.",
        "Guest 2, who is not of the company, is against it for Talk: why",
    }


def test_what_is_planned_for_months_leaves_room_for_what_is_out(newsroom: Newsroom) -> None:
    out(newsroom)
    piece = newsroom.piece().id
    with newsroom.house.sessions.begin() as session:
        session.add_all(
            delivery(f"repeat-{n}", NOW + timedelta(days=n), account="talk", subject_id=str(piece))
            for n in range(1, rows.MOST + 5)
        )
    assert "Published in Talk." in {str(event.said) for event in story(newsroom)}
    with newsroom.house.reads() as session:
        assert len(rows.seen(session, piece or 0, Names({}, {}, {}))) == 1
