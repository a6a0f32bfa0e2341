"""A mailing up to its approval: written by many and lost by none, approved only as it is."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, func, select
from sqlmodel import col

from models.approval import Request
from models.desk import Visitor
from models.desk.mailings import OVERTAKEN, ShortWay
from models.mailing_orders import RETURN, AskMailingForm, CheckMailingForm, MakeMailingForm, SaveMailingForm
from models.mailings import MailingVersion, MailLink, Stage
from models.reaction import Notice
from models.registry import Fact
from tasks.approval import rows as approval
from tasks.archive.engine import Archive
from tasks.composing.checks.finding import LinkLook, SpamLook
from tasks.mailing.asking.engine import Asking
from tasks.mailing.life import rows
from tasks.mailing.life.engine import Mailings
from tasks.mailing.shown.engine import Shown
from tasks.mailing.writing import fields
from tasks.reactions_to_mailings.winners.terms import Terms, terms_of
from tests.tasks.mailing.office import CARDS, COMPANY, Office, letter, open_office


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    found = open_office(tmp_path / "company", database)
    found.customers(range(1, 8), phones=[7, 8, 9])
    found.group("tea", range(1, 10))
    return found


def version(office: Office, id: int) -> MailingVersion:
    with office.house.reads() as session:
        return rows.last(session, id)


# Begun and saved.


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param({"title": " "}, "no_title", id="no title"),
        pytest.param({"starter": "newz"}, "no_starter", id="no such set"),
        pytest.param({"starter": "news", "like": 1}, "two_sources", id="two sources"),
        pytest.param({"starter": "news", "kind": "service message"}, "ground", id="a set that advertises"),
        pytest.param({"starter": "confirm"}, "ground", id="a service set as advertising"),
        pytest.param({"starter": "coupon"}, "not_ready", id="a set of what customers do not have"),
        pytest.param({"like": 99}, "no_mailing", id="like none"),
        pytest.param({"campaign": "summer"}, "unknown_campaigns", id="no such campaign"),
        pytest.param({"person": "nina"}, "not_entitled", id="a cashier"),
    ],
)  # fmt: skip
def test_a_mailing_that_cannot_be_begun_says_why(office: Office, asked: dict[str, Any], code: str) -> None:
    usual = {"title": "Winter", "person": "olga"} | asked
    assert Mailings(office.house).make(MakeMailingForm.model_validate(usual)).refusal.code == code


def test_a_mailing_begins_empty_or_with_a_set_or_like_another(office: Office) -> None:
    empty, news = office.made(), office.made("News", starter="News")
    assert [one["kind"] for one in office.document(empty)["variants"][0]["blocks"]] == ["heading", "text"]
    assert len(office.document(news)["variants"][0]["blocks"]) > 2
    like = office.made("Again", like=news)
    again, first = office.document(like), office.document(news)
    assert again["variants"] == first["variants"] and again["key"] == office.row(like).key != first["key"]


def test_where_there_is_one_mailer_nobody_has_to_choose_it(tmp_path: Path, database: Engine, office: Office) -> None:
    [only] = [card.key for card in office.house.mailers if card.sender and card.enabled]
    assert office.row(office.made()).account == only
    two = open_office(tmp_path / "two", database, cards=CARDS.replace("enabled: false, ", ""))
    assert two.row(two.made()).account == ""


def test_what_is_offered_follows_what_is_known_of_customers(office: Office) -> None:
    shown = Shown(office.house)
    before = shown.choices()
    assert not before.knows("coupon.code") and "coupon" not in {one.key for one in before.starters}
    fields.make_known("coupon", ["coupon."], lambda house, session, due: {})
    try:
        after = shown.choices()
        assert after.knows("coupon.code") and "coupon" in {one.key for one in after.starters}
        assert office.made("Coupon", starter="coupon")
    finally:
        fields.forget_known("coupon")


def test_what_is_saved_is_a_version_and_the_same_again_is_none(office: Office) -> None:
    id = office.made()
    assert office.saved(id).lines[0].done and version(office, id).n == 2
    assert "nothing is different" in office.saved(id).lines[0].said and version(office, id).n == 2
    assert office.saved(id, subject="Another subject").lines[0].done and version(office, id).n == 3


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param("{", "not JSON", id="no JSON"),
        pytest.param('{"key": "x"}', "missing", id="fields are missing"),
    ],
)
def test_a_broken_document_is_refused_with_its_place(office: Office, document: str, said: str) -> None:
    id = office.made()
    report = Mailings(office.house).save(SaveMailingForm(mailing=id, document=document, person="olga"))
    assert said in str(report.refusal) and version(office, id).n == 1


def test_a_slip_in_a_block_is_named(office: Office) -> None:
    id = office.made()
    wrong = letter(blocks=[{"kind": "button", "id": "go", "label": "Go", "link": "cups"}])
    report = office.save(id, office.document(id) | {"variants": [wrong]})
    assert "link" in str(report.refusal) and "https://" in str(report.refusal)


def test_what_somebody_saved_meanwhile_is_not_overwritten(office: Office) -> None:
    id = office.made()
    assert office.saved(id, seen=1, person="vera").lines[0].done
    report = office.saved(id, seen=1, subject="Mine")
    assert report.refusal.code == OVERTAKEN and "Vera Head" in str(report.refusal)
    assert version(office, id).n == 2
    assert office.saved(id, seen=2, subject="Mine").lines[0].done


# Set up.


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param({"include": "te"}, "no_group", id="no such group"),
        pytest.param({"exclude": "tea"}, "both", id="in and out"),
        pytest.param({"account": "mail"}, "no_mailer", id="no such mailer"),
        pytest.param({"account": "old"}, "mailer_off", id="switched off"),
        pytest.param({"cascade": "post"}, "not_short", id="letters as a cascade"),
        pytest.param({"at": "2026-11-23 11:59"}, "past", id="past"),
        pytest.param({"at": "2026-11-25"}, "no_clock", id="no time of day"),
        pytest.param({"at": "tomorrow-ish"}, "bad_date", id="no date"),
        pytest.param({"hours": "always"}, "bad_hours", id="no hours"),
        pytest.param({"shares": "A lot"}, "bad_shares", id="no shares"),
        pytest.param({"shares": "A 10, B 10"}, "no_variant", id="no such variant"),
        pytest.param({"shares": "A 50"}, "alone", id="nothing to compare it with"),
        pytest.param({"after_hours": 48}, "one_variant", id="one variant judged"),
        pytest.param({"otherwise": "A"}, "one_variant", id="one variant in any case"),
        pytest.param({"at": "2026-11-23 13:00", "by_recipient": True}, "past", id="past somewhere"),
    ],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_refused(office: Office, asked: dict[str, Any], code: str) -> None:
    assert office.set_up(office.made(), **asked).refusal.code == code


def test_settings_are_read_as_people_write_them(office: Office) -> None:
    id = office.made()
    said = office.document(id)
    office.save(id, said | {"variants": [letter(), letter(name="B", subject="Another subject")]})
    report = office.set_up(
        id, include="tea", account="Post", cascade="sms", at="25.11 10:00", shares="А 10, B 10,5", cap_number=2,
        hours="mon-fri 09:00-18:00; sat 10:00-15:00", resend_unknown=True,
    )  # fmt: skip
    assert not report.refusal, report.refusal
    row = office.row(id)
    assert (row.account, row.cascade, row.wall_time, row.caps) == ("post", "sms", "2026-11-25T10:00",
                                                                   {"number": 2, "days": 7})  # fmt: skip
    assert row.split == {"shares": {"A": 100, "B": 105}}
    assert row.hours == "mon-fri 09:00-18:00; sat 10:00-15:00" and row.resend_unknown


def test_where_each_has_an_own_zone_it_begins_in_the_first_of_them(office: Office) -> None:
    id = office.made()
    office.set_up(id, at="2026-11-24 10:00", by_recipient=True)
    due = office.row(id).due_at
    assert due is not None and due.isoformat() == "2026-11-24T00:00:00+00:00"  # ten in Vladivostok


def test_the_archive_shows_what_was_approved_to_be_shown_and_until_it_is_taken_off(office: Office) -> None:
    archive = Archive(office.house)
    id, quiet = office.approved(public=True), office.approved("Quiet")
    assert archive.letters() == [], "nothing has gone out yet"
    office.at(hours=1)
    office.minute()
    assert [one.subject.startswith("Winter tea has come") for one in archive.letters()] == [True]
    assert office.set_up(quiet, public=True).refusal.code == "listed"
    off = office.set_up(id, public=False, hours="daily 10:00-11:00")
    assert "taken off" in off.lines[0].said and archive.letters() == [] and office.row(id).hours == ""


def test_to_be_shown_to_everybody_is_approved_too(office: Office) -> None:
    id = office.approved()
    report = office.set_up(id, public=True)
    assert "everybody may read it" in str(report.lines[0]) and "ask for it again" in str(report.lines[0])
    assert office.row(id).stage == Stage.DRAFT
    service = office.made("Hours", kind="service message")
    assert office.set_up(service, public=True).refusal.code == "not_public"


def test_the_page_knows_whom_short_messages_go_to_and_what_they_cost(office: Office) -> None:
    id, shown = office.made(), Shown(office.house)
    office.saved(id, sms="Tea has come, {{ first_name | default('friends') }}. Leave: {{ unsubscribe_url }}")
    olga = Visitor(key="olga", name="Olga", roles=("author",))

    def short() -> ShortWay | None:
        page = shown.mailing(id, olga)
        assert page is not None
        return page.short

    office.set_up(id)
    assert short() is None
    office.set_up(id, cascade="sms")
    assert short() == ShortWay(recipients=2, price="4", currency="RUB"), "those without e-mail, 8 and 9"
    assert shown.preview(id, "A", 8).sms.startswith("Tea has come, Name. Leave: http")
    office.saved(id, sms="Your shop: {{ outlet }}")
    look = shown.preview(id, "A", 8)
    assert look.html and not look.sms and "outlet" in str(look.sms_held)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param({"shares": "A 60, B 50"}, "bad_split", id="more than all"),
        pytest.param({"shares": "A 10"}, "alone", id="one of them only"),
        pytest.param({"shares": "A 10, B 10", "otherwise": "D"}, "no_otherwise", id="no such variant"),
        pytest.param({"otherwise": "A"}, "nobody_waits", id="equal parts"),
        pytest.param({"shares": "A 50, B 50", "otherwise": "A"}, "nobody_waits", id="nobody is left"),
    ],
)
def test_a_trial_that_cannot_be_meant_is_refused(office: Office, asked: dict[str, Any], code: str) -> None:
    id = office.made()
    office.save(id, office.document(id) | {"variants": [letter(), letter(name="B", subject="Another subject")]})
    assert office.set_up(id, **asked).refusal.code == code


def test_how_a_trial_is_judged_is_said_in_words_approved_and_kept_for_whoever_judges(office: Office) -> None:
    id = office.made()
    office.save(id, office.document(id) | {"variants": [letter(), letter(name="B", subject="Another subject")]})
    plain = office.set_up(id, shares="A 20, B 20")
    [said] = plain.lines[0].notes
    assert said.startswith("24 hours after the last letter of the trial the better one, by the share of those who clic")
    assert said.endswith("goes to the rest if the difference is not chance; otherwise a person is asked.")
    assert office.row(id).split == {"shares": {"A": 200, "B": 200}}, "as usual is not kept"
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, report.refusal
    report = office.set_up(id, shares="A 20, B 20", judged_by="purchases per recipient", after_hours=1, otherwise="b")
    said = str(report.lines[0].notes)
    assert "1 hour after the last letter of the trial the better one, by purchases per recipient, goes" in said
    assert "otherwise variant B goes" in said and "ask for it again" in said and office.row(id).stage == Stage.DRAFT
    split = office.row(id).split
    assert terms_of(split, split["shares"]) == Terms("revenue", timedelta(hours=1), "B")
    page = Shown(office.house).mailing(id, Visitor(key="olga", name="Olga", roles=("author",)))
    assert page is not None
    kept = {name: page.set_up[name] for name in ("judged_by", "after_hours", "otherwise")}
    assert kept == {"judged_by": "purchases per recipient", "after_hours": 1, "otherwise": "B"}
    every = office.set_up(id, judged_by="the share of those who opened")
    assert "the report says which is the better one" in str(every.lines[0].notes)


# Approved.


def test_what_the_check_stops_is_not_asked_about(office: Office) -> None:
    id = office.made()
    office.set_up(id)
    report = office.ask(id)
    assert report.refusal.code == "stopped" and "meant to be replaced" in f"{report.refusal} {report.notes}"
    assert office.row(id).stage == Stage.DRAFT


def test_shares_of_a_variant_that_was_taken_out_stop_it(office: Office) -> None:
    id = office.made()
    said = office.document(id) | {"variants": [letter(), letter(name="B")]}
    assert not office.save(id, said).refusal and not office.set_up(id, shares="A 50, B 50").refusal
    assert not office.save(id, said | {"variants": [letter()]}).refusal
    assert "split for variant B" in str(office.ask(id).refusal)
    assert not office.set_up(id).refusal and not office.ask(id).refusal


def test_a_spam_filter_judges_the_letter_as_it_goes_over_the_wire(office: Office) -> None:
    id, judged = office.ready(), list[bytes]()

    def judge(letter: bytes) -> SpamLook:
        judged.append(letter)
        return SpamLook(6.5, ("SHOUTS",))

    asking = Asking(office.house, judge=judge)
    report = asking.ask(AskMailingForm(mailing=id, person="olga"))
    assert "6.5 of 5.0 points: SHOUTS" in str(report.refusal) and office.row(id).stage == Stage.DRAFT
    [said] = [message_from_bytes(one, policy=default) for one in judged]
    assert said["Subject"] == "Winter tea has come, name" and said["From"].addresses[0].addr_spec == "news@example.org"
    parts = {part.get_content_type(): part.get_content() for part in said.walk() if not part.is_multipart()}
    assert "Winter tea has come" in parts["text/plain"] and "</a>" in parts["text/html"] and said["List-Unsubscribe"]


def test_an_approved_mailing_whose_hour_has_come_is_about_to_begin_and_not_past(office: Office) -> None:
    """The next run begins it; only one that waits for a person has missed its time."""
    approved, waiting = office.approved(), office.ready("Waiting")
    office.at(hours=1, seconds=1)
    checked = Asking(office.house).checked
    assert not checked(CheckMailingForm(mailing=approved, person="olga")).refusal
    told = checked(CheckMailingForm(mailing=waiting, person="olga"))
    assert "time has passed" in f"{told.refusal} {told.notes}"


def test_what_the_check_saw_outside_is_said_on_the_page_until_the_words_are_others(office: Office) -> None:
    """The desk opens no links and asks no filter: it shows what C4 found, and promises nothing else when it asks."""
    id, opened = office.ready(), list[str]()
    elsewhere = {"kind": "button", "id": "go", "label": "See them all", "link": "https://elsewhere.example/tea"}
    blocks = [*letter()["blocks"][:2], elsewhere]
    assert not office.saved(id, blocks=blocks).refusal

    def look(urls: Sequence[str]) -> Mapping[str, LinkLook]:
        opened.extend(urls)
        return {url: LinkLook(404) for url in urls}

    def said() -> dict[str, str]:
        page = Shown(office.house).mailing(id, Visitor(key="olga", name="Olga", roles=("author",)))
        assert page is not None
        return {one.reason.code: f"{one.severity}: {one.reason}" for one in page.findings}

    assert not {"dead", "no_spam", "looked_at"} & set(said())
    asking = Asking(office.house, look, lambda letter: SpamLook(0.1, ("HTML",)))
    assert asking.checked(CheckMailingForm(mailing=id, person="olga")).refusal.code == "stopped"
    assert opened and "0.1 of 5.0 points" in said()["no_spam"] and "stops: The link" in said()["dead"]
    assert "looked at on" in said()["looked_at"]
    assert office.ask(id).refusal.code == "stopped"
    Asking(office.house, lambda urls: {url: LinkLook(200) for url in urls}).check(id)
    assert "dead" not in said() and "no_spam" not in said() and "looked_at" in said()
    assert not office.saved(id, blocks=blocks, subject="Another subject").refusal
    assert "looked_at" not in said(), "other words have not been looked at"
    assert not office.ask(id).refusal


def test_a_heavy_picture_of_ours_is_named_and_one_of_others_is_not_fetched(office: Office) -> None:
    id, folder = office.ready(), office.house.root / "content/pictures"
    folder.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((900, 900), 90).save(folder / "noise.png")
    size = (folder / "noise.png").stat().st_size
    pictures = [{"kind": "picture", "id": "ours", "source": "noise.png", "alt": "A cup"},
                {"kind": "picture", "id": "theirs", "source": "https://img.example.org/a.png", "alt": "T"}]  # fmt: skip
    assert not office.saved(id, blocks=[*letter()["blocks"], *pictures]).refusal
    heavy = [one for one in Asking(office.house).check(id).findings if one.reason.code == "heavy"]
    assert [one.block for one in heavy] == ["ours"] and f"{size // 1000} KB" in str(heavy[0].reason)


def test_asking_keeps_what_would_be_sent_and_tells_the_approver(office: Office) -> None:
    id = office.ready()
    report = office.ask(id)
    assert "Marina Approver is asked" in report.lines[0].said
    assert office.row(id).stage == Stage.ASKED and version(office, id).compiled
    assert office.ask(id).refusal.code == "asked"
    with office.house.reads() as session:
        links = session.execute(select(MailLink)).scalars().all()
        assert [one.url for one in links if "cups.example/tea" in one.url]
        [notice] = session.execute(select(Notice).where(col(Notice.person) == "marina")).scalars()
        assert f"/staff/mailings/{id}" in notice.link


def test_an_approval_is_of_a_version_and_an_edit_takes_it_away(office: Office) -> None:
    id = office.approved()
    assert office.row(id).stage == Stage.APPROVED and office.row(id).approved_hash == version(office, id).hash
    report = office.saved(id, subject="Something else altogether")
    assert "ask for it again" in str(report.lines[0])
    assert (office.row(id).stage, office.row(id).approved_hash) == (Stage.DRAFT, "")


def test_other_recipients_need_another_approval_and_another_time_does_not(office: Office) -> None:
    office.group("cake", [1])
    id = office.approved()
    assert not office.set_up(id, at="2026-11-23 15:00").lines[0].notes
    assert office.row(id).stage == Stage.APPROVED
    assert office.set_up(id, include="tea, cake").lines[0].notes
    assert office.row(id).stage == Stage.DRAFT
    first = version(office, id)
    assert office.ask(id).lines[0].done
    assert version(office, id).hash != first.hash and version(office, id).document == first.document


def test_what_was_approved_holds_when_it_comes_back(office: Office) -> None:
    office.group("cake", [1])
    id = office.approved()
    hash = office.row(id).approved_hash
    office.set_up(id, include="cake")
    office.set_up(id, include="tea")
    assert "approved before" in office.ask(id).lines[0].said
    assert (office.row(id).stage, office.row(id).approved_hash) == (Stage.APPROVED, hash)


def test_other_prices_are_another_version(office: Office) -> None:
    office.offers(T1=45000)
    id = office.made()
    blocks = [*letter()["blocks"], {"kind": "products", "id": "goods", "ids": ["T1"]}]
    assert not office.saved(id, blocks=blocks).refusal
    office.set_up(id)
    assert office.ask(id).lines[0].done and office.decide(id, RETURN, reason="the price").lines[0].done
    again = office.ask(id)
    assert again.refusal.code == "returned"
    office.offers(T1=39000)
    assert office.ask(id).lines[0].done
    assert "390" in version(office, id).compiled and version(office, id).n == 3


@pytest.mark.parametrize(
    ("person", "proven", "code"),
    [
        pytest.param("vera", False, "must_sign_in", id="a name that was only typed"),
        pytest.param("olga", True, "not_entitled", id="who may not approve"),
        pytest.param("nina", True, "not_entitled", id="a cashier"),
    ],
)
def test_not_everybody_decides(office: Office, person: str, proven: bool, code: str) -> None:
    id = office.ready()
    office.ask(id)
    assert office.decide(id, person=person, proven=proven).refusal.code == code
    assert office.row(id).stage == Stage.ASKED and not office.row(id).approved_hash


def test_nobody_approves_their_own_under_four_eyes(office: Office) -> None:
    id = office.made()
    office.saved(id, person="vera")
    office.set_up(id)
    office.ask(id)
    assert office.decide(id, person="vera").refusal.code == "own_piece"
    assert office.decide(id).lines[0].done


def test_nobody_approves_their_own_that_somebody_else_has_saved_after_them(office: Office) -> None:
    """What vera wrote is still in it when olga has saved last; once it was approved, it is hers no more."""
    id = office.made()
    office.saved(id, person="vera")
    office.saved(id, person="olga", subject="Another one")
    office.set_up(id)
    office.ask(id)
    assert office.decide(id, person="vera").refusal.code == "own_piece"
    assert office.decide(id).lines[0].done
    office.saved(id, person="olga", subject="A third one")
    office.set_up(id)
    office.ask(id)
    assert office.decide(id, person="vera").lines[0].done


def test_above_the_threshold_a_stated_name_is_not_enough(tmp_path: Path, database: Engine) -> None:
    rule = "approval: {approver: marina, four_eyes: false, proven_above: {recipients: 3}}"
    company = COMPANY.replace("approval: {approver: marina, proven_above: {recipients: 1000}}", rule)
    office = open_office(tmp_path / "company", database, company)
    office.customers(range(1, 5))
    office.group("tea", range(1, 5))
    id = office.ready()
    office.ask(id)
    assert office.decide(id, proven=False).refusal.code == "above"
    assert office.decide(id).lines[0].done


def test_another_version_than_the_one_looked_at_is_not_approved(office: Office) -> None:
    id = office.ready()
    office.ask(id)
    assert office.decide(id, version="another").refusal.code == "other_version"
    assert office.decide(id, version=version(office, id).hash).lines[0].done
    assert office.decide(id).refusal.code == "lost"


def test_a_return_needs_a_reason_and_tells_the_author(office: Office) -> None:
    id = office.ready()
    office.ask(id)
    assert office.decide(id, RETURN).refusal.code == "no_reason"
    assert office.decide(id, RETURN, reason="Too loud.").lines[0].done
    assert office.row(id).stage == Stage.DRAFT
    with office.house.reads() as session:
        [notice] = session.execute(select(Notice).where(col(Notice.person) == "olga")).scalars()
    assert "Too loud." in notice.body
    office.saved(id, subject="Less loud than it was")
    office.ask(id)
    office.decide(id)
    with office.house.reads() as session:
        facts = {fact.metric: fact.value for fact in session.execute(select(Fact)).scalars() if fact.operation == "C3"}
    assert facts == {"drafts": 1, "approved_first": 0}


def test_while_the_approver_is_away_the_deputy_is_asked(tmp_path: Path, database: Engine) -> None:
    away = 'absences:\n  - {person: marina, from: "2026-11-20", to: "2026-11-30", deputy: vera}\n'
    office = open_office(tmp_path / "company", database, COMPANY + away)
    office.customers([1])
    office.group("tea", [1])
    assert "Vera Head is asked" in office.ask(office.ready()).lines[0].said


def test_who_is_asked_is_reminded_once_and_told_when_it_is_too_late(office: Office) -> None:
    id = office.ready(at="2026-11-23 16:00")
    office.ask(id)
    asking = Asking(office.house)

    def told() -> int:
        with office.house.reads() as session:
            return session.execute(select(func.count()).select_from(Notice)).scalar_one()

    before = told()
    for hours, more in ((1, 0), (2.5, 1), (3, 1), (5, 3), (6, 3)):
        office.at(hours=hours)
        assert asking.look_after() == 1
        assert told() - before == more, hours


def test_questions_about_mailings_stay_apart_from_those_about_publications(office: Office) -> None:
    office.ask(office.ready())
    with office.house.reads() as session:
        assert session.execute(select(func.count()).select_from(Request)).scalar_one() == 1
        assert approval.open_requests(session) == [] and approval.waiting(session) == []
        approval.follow_times(session)


def test_what_is_unapproved_does_not_begin(office: Office) -> None:
    asked, draft = office.ready("Asked"), office.ready("Draft")
    office.ask(asked)
    office.at(hours=2)
    office.minute()
    assert office.post.got == [] and office.states(asked) == office.states(draft) == {}


def test_two_who_ask_at_once_ask_one_question(office: Office) -> None:
    id = office.ready()
    with ThreadPoolExecutor(max_workers=2) as pool:
        reports = list(pool.map(lambda _: office.ask(id), range(2)))
    assert sorted(bool(one.refusal) for one in reports) == [False, True]
    with office.house.reads() as session:
        assert session.execute(select(func.count()).select_from(Request)).scalar_one() == 1


def test_the_check_is_told_to_the_registry(office: Office) -> None:
    office.ask(office.made())
    office.ask(office.ready())
    with office.house.reads() as session:
        facts = session.execute(select(col(Fact.metric), func.sum(col(Fact.value))).group_by(col(Fact.metric))).all()
    found = {metric: int(number) for metric, number in facts}
    assert (found["checks"], found["checks_passed"]) == (2, 1)


def test_nothing_of_a_customer_stands_in_what_is_kept_of_a_mailing(office: Office) -> None:
    id = office.approved()
    kept = json.dumps([version(office, id).document, version(office, id).compiled, office.row(id).reason])
    assert "example.org" in kept and "c1@" not in kept and "Name 1" not in kept
