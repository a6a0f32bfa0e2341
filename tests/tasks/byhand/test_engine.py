"""Texts by hand for one channel: they stand whatever comes, and are asked about when the common text changes."""

from models.editing import Correction, HandText
from tasks.byhand.engine import ByHand
from tasks.editing import rows
from tasks.editing.engine import Editing
from tasks.orders.answers import Report
from tests.tasks.editing.newsroom import ROW_8, Newsroom


def by_hand(newsroom: Newsroom, what: str = "write", text: str = "", person: str = "olga", **more: object) -> Report:
    order = HandText(piece="7", channel="Talk", what=what, text=text, person=person, **more)  # type: ignore[arg-type]
    return ByHand(newsroom.house).by_hand(order)


def correct(newsroom: Newsroom, **fields: object) -> Report:
    return Editing(newsroom.house).correct(Correction(piece="7", person="vera", **fields))  # type: ignore[arg-type]


def behind(newsroom: Newsroom) -> list[str]:
    with newsroom.house.reads() as session:
        return [hand.account for hand, _ in rows.behind(session)]


def text(newsroom: Newsroom, account: str = "talk") -> str:
    return str(newsroom.proof(account).post["text"]).replace("\u00a0", " ")


def test_it_stands_in_its_channel_alone_and_is_marked(newsroom: Newsroom) -> None:
    assert by_hand(newsroom, text="Short, for friends").lines[0].done
    assert "Short, for friends" in text(newsroom) and newsroom.proof("talk").by_hand
    assert "Milky oolong" in text(newsroom, "wall") and not newsroom.proof("wall").by_hand
    assert behind(newsroom) == []


def test_it_is_kept_over_adaptation_and_asked_about_when_the_text_changes(newsroom: Newsroom) -> None:
    by_hand(newsroom, text="Short, for friends")
    hash = newsroom.proof("talk").content_hash
    report = correct(newsroom, text="A new common text")
    assert report.lines[0].notes[0] == "texts by hand stay in Talk: look whether they still agree"
    assert newsroom.proof("talk").content_hash == hash, "it needs no new approval"
    assert "A new common text" in text(newsroom, "wall") and behind(newsroom) == ["talk"]
    correct(newsroom, time="16:00")
    assert behind(newsroom) == ["talk"]
    assert by_hand(newsroom, "keep").lines[0].done and behind(newsroom) == []
    assert newsroom.proof("talk").content_hash == hash


def test_a_change_of_the_time_alone_asks_nothing(newsroom: Newsroom) -> None:
    by_hand(newsroom, text="Short, for friends")
    correct(newsroom, time="16:00", title="Another title")
    assert behind(newsroom) == [] and "Short, for friends" in text(newsroom)


def test_the_common_text_is_taken_instead(newsroom: Newsroom) -> None:
    by_hand(newsroom, text="Short, for friends")
    correct(newsroom, text="A new common text")
    assert by_hand(newsroom, "take").lines[0].done
    assert "A new common text" in text(newsroom) and not newsroom.proof("talk").by_hand and behind(newsroom) == []
    assert by_hand(newsroom, "take").refusal.code == "hand"


def test_it_is_kept_over_a_loading_of_the_plan_and_asked_about(newsroom: Newsroom) -> None:
    by_hand(newsroom, text="Short, for friends")
    newsroom.write("7;2026-11-25;14:00;Oolong;From the file.;Talk, Wall;winter;Olga Author;", ROW_8)
    assert newsroom.load() == 1
    assert "Short, for friends" in text(newsroom) and "From the file." in text(newsroom, "wall")
    assert behind(newsroom) == ["talk"]


def test_a_text_of_the_file_for_the_channel_waits_behind_it(newsroom: Newsroom) -> None:
    head = newsroom.house.root / "content" / "plan.csv"
    with_column = "7;2026-11-25;14:00;Oolong;Milky oolong for the evening.;Talk, Wall;winter;Olga Author;{}"
    order = HandText(piece="7", channel="wall", text="By hand for the wall", person="olga")
    newsroom.write(with_column.format("Of the file"), ROW_8)
    newsroom.load()
    assert "Of the file" in text(newsroom, "wall") and "text for Wall" in head.read_text()
    ByHand(newsroom.house).by_hand(order)
    newsroom.write(with_column.format("Of the file, anew"), ROW_8)
    newsroom.load()
    assert "By hand for the wall" in text(newsroom, "wall") and behind(newsroom) == ["wall"]
    ByHand(newsroom.house).by_hand(order.model_copy(update={"what": "take"}))
    assert "Of the file, anew" in text(newsroom, "wall")


def test_two_who_write_for_one_channel_do_not_run_each_other_over(newsroom: Newsroom) -> None:
    begun = newsroom.present().ordinal
    assert by_hand(newsroom, text="Olga's", begun=begun).lines[0].done
    late = by_hand(newsroom, text="Vera's", person="vera", begun=begun)
    assert late.refusal.code == "overtaken" and "Olga’s" in text(newsroom)
    other = HandText(piece="7", channel="Wall", text="For the wall", person="vera", begun=begun)
    assert ByHand(newsroom.house).by_hand(other).lines[0].done, "another channel's text is not in the way"


def test_a_colleagues_text_is_neither_taken_away_nor_called_compared_unseen(newsroom: Newsroom) -> None:
    by_hand(newsroom, text="Olga's")
    begun = newsroom.present().ordinal
    by_hand(newsroom, text="Vera's", person="vera", begun=begun)
    assert by_hand(newsroom, "take", begun=begun).refusal.code == "overtaken" and "Vera’s" in text(newsroom)
    seen = newsroom.present().ordinal
    correct(newsroom, text="A new common text")
    assert by_hand(newsroom, "keep", begun=seen).refusal.code == "overtaken" and behind(newsroom) == ["talk"]
    seen = newsroom.present().ordinal
    assert by_hand(newsroom, "keep", begun=seen).lines[0].done and behind(newsroom) == []
    assert by_hand(newsroom, "take", begun=seen).lines[0].done and "A new common text" in text(newsroom)


def test_the_same_text_again_is_no_new_version(newsroom: Newsroom) -> None:
    for _ in range(2):
        by_hand(newsroom, text="Short")
    assert [why for _, why in newsroom.versions()].count("hand") == 1


def test_what_cannot_be_is_refused(newsroom: Newsroom) -> None:
    assert by_hand(newsroom, text="  ").refusal.code == "text"
    assert by_hand(newsroom, text="x", person="gleb").refusal.code == "not_entitled"
    site = HandText(piece="7", channel="Site", text="x", person="olga")
    assert ByHand(newsroom.house).by_hand(site).refusal.code == "channel"
    assert by_hand(newsroom, "keep").refusal.code == "hand"
