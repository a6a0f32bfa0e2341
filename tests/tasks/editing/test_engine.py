"""Corrections of a piece: a new version, adapted and laid out at once; nobody's words are lost."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from models.delivery import State
from models.editing import TEXT_MAX, Correction
from models.people import Permission
from models.piece import Piece, PieceVersion
from tasks.editing.engine import Editing
from tasks.orders.answers import Report
from tests.tasks.editing.newsroom import ROW_7, ROW_8, Newsroom

APPROVED = "approved"


def correct(newsroom: Newsroom, person: str = "olga", piece: str = "7", **fields: object) -> Report:
    return Editing(newsroom.house).correct(Correction(piece=piece, person=person, **fields))  # type: ignore[arg-type]


def test_a_corrected_piece_has_its_new_proofs_at_once(newsroom: Newsroom) -> None:
    before = newsroom.proof("talk").content_hash
    report = correct(newsroom, text='Milky "gold" oolong.', reason="a slip of the pen")
    [line] = report.lines
    said = "saved as version 3; styling has corrected it, that is version 4"
    assert (line.done, line.said, line.notes) == (True, said, ())
    assert newsroom.versions() == [("vera", "new"), ("A6", "styling"), ("olga", "desk"), ("A6", "styling")]
    proof = newsroom.proof("talk")
    assert "“gold”" in proof.post["text"] and proof.content_hash != before
    assert newsroom.standing()["talk"] == (State.PLANNED, "2026-11-25T14:00")


def test_a_field_that_is_left_empty_stays_and_a_hyphen_empties_it(newsroom: Newsroom) -> None:
    correct(newsroom, description="In one sentence", offer_until="2026-12-01")
    assert (newsroom.fields().description, newsroom.fields().offer_until) == ("In one sentence", "2026-12-01")
    correct(newsroom, description="-", campaign="-", offer_until="-")
    fields = newsroom.fields()
    assert (fields.title, fields.description, fields.campaign, fields.offer_until) == ("Oolong", "", "", "")
    assert newsroom.piece().campaign == ""


def test_placements_follow_the_channels_and_the_time(newsroom: Newsroom) -> None:
    correct(newsroom, channels="Talk, site", date="27.11", time="18:30")
    assert newsroom.standing() == {
        "talk": (State.PLANNED, "2026-11-27T18:30"),
        "wall": (State.CANCELLED, "2026-11-25T14:00"),
        "site": (State.PLANNED, "2026-11-27T18:30"),
    }
    correct(newsroom, channels="Talk, Wall")
    assert newsroom.standing()["wall"][0] == State.PLANNED and newsroom.standing()["site"][0] == State.CANCELLED


def test_what_is_not_different_makes_no_version(newsroom: Newsroom) -> None:
    report = correct(newsroom, title="Oolong", channels="wall, talk"[0:0], time="14:00")
    assert report.lines[0].said == "it says so already; nothing was changed"
    assert len(newsroom.versions()) == 2


def test_the_spaces_that_styling_has_put_are_no_edit(newsroom: Newsroom) -> None:
    correct(newsroom, title="A\u00a0cup  of\ttea")
    title = newsroom.piece().title
    assert title == "A\u00a0cup of\u00a0tea"
    correct(newsroom, title=title, text="Another text.")
    assert newsroom.piece().edited.keys() >= {"title"}
    before = newsroom.piece().edited["title"]["at"]
    for said in (title, title.replace("\u00a0", " ")):
        newsroom.clock.at += timedelta(minutes=1)
        correct(newsroom, title=said, text=f"A text beside {said}.")
        assert newsroom.piece().edited["title"]["at"] == before, "only the text was edited"
        assert newsroom.piece().title == title


def test_a_change_of_the_plan_alone_is_a_version_and_asks_no_new_approval(newsroom: Newsroom) -> None:
    hash = newsroom.proof("talk").content_hash
    correct(newsroom, time="15:00")
    assert newsroom.versions()[-1] == ("olga", "desk") and newsroom.proof("talk").content_hash == hash
    assert newsroom.present().plan["at"] == "15:00:00" and newsroom.present().styled


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"channels": "Talc"}, "There is no channel “Talc”. Nearest: Talk", id="channel"),
        pytest.param({"campaign": "Wintr"}, "There is no campaign “Wintr”. Nearest: winter", id="campaign"),
        pytest.param({"goal": "Gests"}, "Nearest: Guests", id="goal"),
        pytest.param({"group": "Tea lover"}, "Nearest: Tea lovers", id="group"),
        pytest.param({"author": "Olg"}, "There is no person “Olg”", id="author"),
        pytest.param({"title": "-"}, "The title is empty", id="no title"),
        pytest.param({"text": "-"}, "The text is empty", id="no text"),
        pytest.param({"channels": "-"}, "No channel is left", id="no channel"),
        pytest.param({"date": "1.11"}, "2026-11-01 14:00 has passed already", id="a day that has passed"),
        pytest.param({"date": "23.11", "time": "09:00"}, "has passed already", id="a time that has passed"),
        pytest.param({"date": "-"}, "A time needs a date", id="a time without a day"),
        pytest.param({"date": "32.11"}, "no such day", id="no such day"),
        pytest.param({"offer_until": "2026-11-01"}, "has passed already", id="an offer that is over"),
        pytest.param({"text": "x" * (TEXT_MAX + 1)}, "60001 characters of at most 60000", id="a long text"),
        pytest.param({"title": "x" * 501}, "“Title” has 501 characters", id="a long title"),
        pytest.param({"pictures": ["no.jpg | x"]}, "“no.jpg” is not known", id="no such picture"),
        pytest.param({"version": 9}, "no version 9", id="no such version"),
    ],
)
def test_what_cannot_be_is_refused_with_the_mend_and_nothing_is_saved(
    sqlite_newsroom: Newsroom, fields: dict[str, object], said: str
) -> None:
    report = correct(sqlite_newsroom, **fields)
    assert said in str(report.refusal)
    assert said in str(Editing(sqlite_newsroom.house).objection(Correction(piece="7", person="olga", **fields)))  # type: ignore[arg-type]
    assert len(sqlite_newsroom.versions()) == 2


def with_zone(newsroom: Newsroom, channel: str, zone: str) -> None:
    file = newsroom.house.root / "channels.yaml"
    file.write_text(file.read_text().replace(f"title: {channel},", f"title: {channel}, zone: {zone},"))


def test_a_time_is_judged_by_the_clocks_it_goes_out_by(newsroom: Newsroom) -> None:
    with_zone(newsroom, "Talk", "Europe/Kaliningrad")  # there it is 11:00, in the company 12:00
    assert correct(newsroom, piece="8", date="2026-11-23", time="11:30").lines[0].notes == ()
    assert correct(newsroom, piece="8", date="2026-11-23", time="10:30").refusal.code == "date"
    with_zone(newsroom, "Wall", "Asia/Vladivostok")  # there it is 19:00
    note = "in Wall this time has passed already, by the clocks there"
    assert note in correct(newsroom, date="2026-11-23", time="18:00").lines[0].notes
    assert note not in correct(newsroom, title="Milky oolong").lines[0].notes, "the time is what it was"
    assert correct(newsroom, channels="Wall", time="18:30").refusal.code == "date"


def test_a_time_that_was_counted_from_the_start_is_on_the_companys_clocks(newsroom: Newsroom) -> None:
    with_zone(newsroom, "Talk", "Asia/Vladivostok")
    newsroom.write(ROW_7, "8;2026-11-23;now+10m;Sencha;First flush.;Talk;;Vera Head;")
    newsroom.load()
    assert correct(newsroom, piece="8", time="12:30").lines[0].notes == ()
    assert correct(newsroom, piece="8", time="11:30").refusal.code == "date"


def test_who_may_not_edit_is_told_so(newsroom: Newsroom) -> None:
    report = correct(newsroom, person="nina", text="Mine")
    assert report.refusal.code == "not_entitled" and len(newsroom.versions()) == 2


def test_html_and_signs_nobody_sees_are_words_like_others(newsroom: Newsroom) -> None:
    correct(newsroom, title="<script>alert(1)</script>", text="a\x00b\x1bc <img src=x onerror=alert(1)>\r\nd")
    fields = newsroom.fields()
    assert fields.title == "<script>alert(1)</script>"
    assert "\x00" not in fields.text and "\x1b" not in fields.text and "\r" not in fields.text
    assert "<img" not in newsroom.proof("talk").post["html"]


def test_pictures_are_chosen_ordered_described_and_removed(newsroom: Newsroom) -> None:
    newsroom.draw("cup.jpg"), newsroom.draw("pot.jpg", 800)
    correct(newsroom, pictures=["pot.jpg | A pot", "cup.jpg | A cup"])
    pot, cup = newsroom.says().pictures
    assert (pot.width, pot.alt, cup.width, cup.alt) == (800, "A pot", 640, "A cup")
    correct(newsroom, pictures=[f"{cup.file_name} | The cup"])
    [left] = newsroom.says().pictures
    assert (left.sha256, left.alt) == (cup.sha256, "The cup")
    assert [p["alt"] for p in newsroom.proof("talk").post["pictures"]] == ["The cup"]
    correct(newsroom, pictures=["-"])
    assert newsroom.says().pictures == ()


def test_no_picture_is_taken_from_outside_its_folders(newsroom: Newsroom) -> None:
    for name in ("../../company.yaml", "/etc/hostname", "..", "a/../../../company.yaml"):
        assert correct(newsroom, pictures=[f"{name} | x"]).refusal.code == "unknown_pictures"


def test_a_former_version_comes_back_as_a_new_one(newsroom: Newsroom) -> None:
    newsroom.draw("cup.jpg")
    correct(newsroom, title="Other", text="Quite another text", pictures=["cup.jpg | x"], channels="Talk")
    report = correct(newsroom, person="vera", version=2)
    assert report.lines[0].said == "saved as version 4"
    fields = newsroom.fields()
    assert (fields.title, fields.text, fields.pictures) == ("Oolong", "Milky oolong for the evening.", ())
    assert fields.channels == ("talk",), "where it goes stays as it is"
    assert ("vera", "back") in newsroom.versions()
    correct(newsroom, version=3)
    assert [p.alt for p in newsroom.says().pictures] == ["x"]


def test_the_second_of_two_is_told_and_may_save_over_it(newsroom: Newsroom) -> None:
    begun = newsroom.present().ordinal
    assert correct(newsroom, person="olga", text="Olga's", begun=begun).lines[0].done
    late = correct(newsroom, person="vera", text="Vera's", begun=begun)
    assert late.refusal.code == "overtaken"
    assert "Olga Author has saved version 3 meanwhile, 23.11.2026 12:00" in str(late.refusal)
    assert newsroom.says().body == "Olga’s" and late.refusal.words["ordinal"] == 3
    assert correct(newsroom, person="vera", text="Vera's", begun=newsroom.present().ordinal).lines[0].done
    assert [by for by, why in newsroom.versions() if why == "desk"] == ["olga", "vera"]


def test_styling_meanwhile_is_nobodys_change(newsroom: Newsroom) -> None:
    with newsroom.house.reads() as session:
        first = session.execute(select(PieceVersion).where(PieceVersion.ordinal == 1)).scalars().first()
    assert first is not None
    assert correct(newsroom, text="Begun before styling", begun=first.ordinal).lines[0].done


def test_the_same_form_again_makes_no_second_version(newsroom: Newsroom) -> None:
    begun = newsroom.present().ordinal
    said = [correct(newsroom, text="Once", begun=begun).lines[0].said for _ in range(2)]
    assert said == ["saved as version 3", "it says so already; nothing was changed"]


def test_of_two_who_save_at_once_one_is_told_and_nothing_is_lost(newsroom: Newsroom) -> None:
    begun, start = newsroom.present().ordinal, Barrier(2)
    told: dict[str, Report] = {}

    def save(person: str) -> None:
        start.wait()
        told[person] = correct(newsroom, person=person, text=f"By {person}", begun=begun)

    threads = [Thread(target=save, args=(person,)) for person in ("olga", "vera")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [won] = [person for person, report in told.items() if not report.refusal]
    [lost] = [report for report in told.values() if report.refusal]
    assert lost.refusal.code == "overtaken" and newsroom.says().body == f"By {won}"
    assert [(by, why) for by, why in newsroom.versions() if why == "desk"] == [(won, "desk")]


def test_what_is_out_stays_out_as_it_is(newsroom: Newsroom) -> None:
    from models.delivery import Delivery

    with newsroom.house.sessions.begin() as session:
        mine = (Delivery.account == "talk", Delivery.subject_id == str(newsroom.piece().id))
        row = session.execute(select(Delivery).where(*mine)).scalar_one()
        row.state = State.SENT
    proof = newsroom.proof("talk").id
    report = correct(newsroom, text="Too late for Talk")
    assert report.lines[0].notes[0] == "already out in Talk: there it stays as it is"
    assert newsroom.proof("talk").id == proof and "Too late" in newsroom.proof("wall").post["text"]


def test_what_does_not_fit_is_saved_and_said(newsroom: Newsroom) -> None:
    report = correct(newsroom, text="long " * 2000)
    [line] = report.lines
    assert line.done and line.notes[0].startswith("does not fit Talk yet: The text has 10007 characters")
    correct(newsroom, text="Short again")
    assert "Short again" in newsroom.proof("talk").post["text"]


def test_a_piece_that_left_the_plan_is_not_edited(newsroom: Newsroom) -> None:
    newsroom.write(ROW_8)
    with newsroom.house.sessions.begin() as session:
        session.get_one(Piece, newsroom.piece("7").id).archived = True
    assert correct(newsroom, text="x").refusal.code == "left_plan"


def test_the_group_that_a_person_names_stands_and_may_be_found_again(newsroom: Newsroom) -> None:
    correct(newsroom, group="Tea lovers")
    assert (newsroom.piece().customer_group, newsroom.piece().group_overruled) == ("tea-lovers", True)
    correct(newsroom, group="-")
    assert (newsroom.piece().customer_group, newsroom.piece().group_overruled) == ("", False)


# The plan, loaded again.


def test_a_row_that_did_not_change_leaves_the_edit_alone(newsroom: Newsroom) -> None:
    correct(newsroom, text="On the desk", time="16:00")
    assert newsroom.means() == {} and newsroom.load() == 0
    assert (newsroom.says().body, newsroom.standing()["talk"][1]) == ("On the desk", "2026-11-25T16:00")


def test_a_row_that_changed_elsewhere_keeps_the_edit_and_says_so(newsroom: Newsroom) -> None:
    correct(newsroom, text="On the desk")
    newsroom.write("7;2026-11-28;14:00;Oolong;Milky oolong for the evening.;Talk, Wall;winter;Olga Author;", ROW_8)
    said = newsroom.means()["7"]
    assert said.endswith("Edited on the desk by Olga Author, 23.11.2026 12:00 (text): that stays.")
    assert newsroom.load() == 1
    assert (newsroom.says().body, newsroom.standing()["talk"][1]) == ("On the desk", "2026-11-28T14:00")
    assert newsroom.means() == {}


def test_a_row_that_changed_too_says_what_would_be_lost_and_the_versions_keep_it(newsroom: Newsroom) -> None:
    correct(newsroom, text="On the desk", title="The desk's")
    newsroom.write("7;2026-11-25;14:00;Oolong;From the file.;Talk, Wall;winter;Olga Author;", ROW_8)
    said = newsroom.means()["7"]
    assert "by Olga Author, 23.11.2026 12:00 (title): that stays" in said
    assert "(text): the file says it differently now and would take its place" in said
    newsroom.load()
    assert (newsroom.fields().title, newsroom.fields().text) == ("The desk’s", "From the file.")
    correct(newsroom, version=4)
    assert newsroom.fields().text == "On the desk"
    assert newsroom.load() == 0 and newsroom.fields().text == "On the desk"


def test_an_edit_of_what_the_file_said_after_the_desk_stays_when_the_file_says_it_still(newsroom: Newsroom) -> None:
    row = "7;2026-11-25;14:00;{};On the desk.;Talk, Wall;winter;Olga Author;"
    correct(newsroom, text="On the desk.")
    newsroom.write(row.format("Oolong"), ROW_8)
    assert newsroom.load() == 1 and newsroom.piece().edited == {}
    correct(newsroom, text="The desk's last word")
    newsroom.write(row.format("Oolong tea"), ROW_8)
    assert newsroom.means()["7"].endswith("Edited on the desk by Olga Author, 23.11.2026 12:00 (text): that stays.")
    assert newsroom.load() == 1
    assert (newsroom.fields().title, newsroom.fields().text) == ("Oolong tea", "The desk’s last word")


def test_a_row_that_comes_back_as_it_was_edited_is_what_the_next_edit_is_of(newsroom: Newsroom) -> None:
    row = "7;2026-11-25;14:00;{};On the desk.;Talk, Wall;winter;Olga Author;"
    correct(newsroom, text="On the desk.")
    with newsroom.house.sessions.begin() as session:
        session.get_one(Piece, newsroom.piece().id).archived = True
    newsroom.write(row.format("Oolong"), ROW_8)
    assert newsroom.load() == 1 and newsroom.piece().edited == {}
    correct(newsroom, text="The desk's last word")
    newsroom.write(row.format("Oolong tea"), ROW_8)
    assert newsroom.load() == 1
    assert (newsroom.fields().title, newsroom.fields().text) == ("Oolong tea", "The desk’s last word")


def test_what_a_person_writes_as_it_was_before_styling_is_styled_again(newsroom: Newsroom) -> None:
    for _ in range(2):
        correct(newsroom, text='Milky "gold" oolong.')
    assert newsroom.says().body == "Milky “gold” oolong." and newsroom.present().styled


def test_an_edit_between_looking_and_applying_is_not_run_over(newsroom: Newsroom) -> None:
    from tasks.loading.engine import apply, manuscripts_of, open_plan

    newsroom.write("7;2026-11-25;14:00;Oolong;From the file.;Talk, Wall;winter;Olga Author;", ROW_8)
    reading = open_plan(newsroom.house)
    manuscripts, _ = manuscripts_of(newsroom.house, reading.wanted, reading.pieces)
    correct(newsroom, text="On the desk")
    done, trouble = apply(newsroom.house, reading, list(reading.wanted), manuscripts, (), "vera")
    assert done == 0 and "№ 7" in trouble[0] and newsroom.says().body == "On the desk"


def test_a_piece_is_found_by_its_title_and_by_its_number(newsroom: Newsroom) -> None:
    assert correct(newsroom, piece="Sencha", text="By title").lines[0].done
    assert correct(newsroom, piece="№ 8", text="By number").lines[0].done
    assert "Nearest" in str(correct(newsroom, piece="99", text="x").refusal)
    assert newsroom.says("8").body == "By number" and date(2026, 11, 26).isoformat() == newsroom.fields("8").date


def test_editing_is_a_permission_of_authors_and_the_head() -> None:
    from models.people import PERMISSIONS, Role

    assert {role for role in Role if Permission.EDIT in PERMISSIONS[role]} == {Role.AUTHOR, Role.HEAD}
