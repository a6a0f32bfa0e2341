"""Comments: kept once, told to whom they concern once, and never a part of what goes out."""

from sqlalchemy import select

from models.editing import Remark
from models.piece import PieceComment
from models.reaction import Notice
from tasks.comments import rows
from tasks.comments.engine import Comments
from tasks.orders.answers import Report
from tasks.people.rows import sync_people
from tests.tasks.editing.newsroom import Newsroom


def say(newsroom: Newsroom, person: str, text: str = "Look", once: str = "") -> Report:
    remark = Remark(piece="7", text=text, person=person, channel="Talk")
    return Comments(newsroom.house).comment(remark, once or f"{person}-{text}")


def told(newsroom: Newsroom) -> list[str]:
    with newsroom.house.reads() as session:
        return [notice.person for notice in session.execute(select(Notice).order_by(Notice.id)).scalars()]


def test_the_author_and_those_before_are_told_but_not_who_says_it(newsroom: Newsroom) -> None:
    say(newsroom, "vera")
    assert told(newsroom) == ["olga"]
    say(newsroom, "olga", "Done")
    assert told(newsroom) == ["olga", "vera"]
    say(newsroom, "marina", "Fine")
    assert sorted(told(newsroom)) == ["olga", "olga", "vera", "vera"]


def test_the_same_form_again_is_kept_and_told_once(newsroom: Newsroom) -> None:
    assert say(newsroom, "vera", once="a").lines[0].said == "said to colleagues"
    assert say(newsroom, "vera", once="a").lines[0].said == "said before; nothing was repeated"
    with newsroom.house.reads() as session:
        assert len(session.execute(select(PieceComment)).scalars().all()) == 1
    assert told(newsroom) == ["olga"]


def test_a_form_filled_in_anew_is_another_comment(newsroom: Newsroom) -> None:
    for text in ("Look", "Look again", "Look"):
        say(newsroom, "vera", text, once="a")
    with newsroom.house.reads() as session:
        assert [one.text for one in rows.comments(session, newsroom.piece().id or 0)] == ["Look", "Look again"]


def test_who_has_left_is_told_nothing(newsroom: Newsroom) -> None:
    say(newsroom, "olga", "I am here")
    file = newsroom.house.root / "company.yaml"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "key: olga" not in line))
    with newsroom.house.sessions.begin() as session:
        sync_people(session, newsroom.clock, newsroom.house.workspace)
    assert say(newsroom, "vera", "Prices rise on Monday").lines[0].done and told(newsroom) == []


def test_a_letter_leads_to_the_piece(newsroom: Newsroom) -> None:
    say(newsroom, "vera", "Check the price")
    with newsroom.house.reads() as session:
        [notice] = session.execute(select(Notice)).scalars()
    assert (notice.subject, notice.body) == ("Comment on № 7 “Oolong”", "Vera Head: Check the price")
    assert notice.link == f"https://staff.example/staff/piece/{newsroom.piece().id}#comments"


def test_a_comment_is_no_part_of_what_goes_out(newsroom: Newsroom) -> None:
    before = newsroom.proof("talk").content_hash
    say(newsroom, "vera", "Internal only")
    assert newsroom.proof("talk").content_hash == before and len(newsroom.versions()) == 2


def test_an_empty_comment_and_a_stranger_are_refused(newsroom: Newsroom) -> None:
    assert say(newsroom, "vera", " \x00 ", once="x").refusal.code == "text"
    assert say(newsroom, "nina").refusal.code == "not_entitled"
