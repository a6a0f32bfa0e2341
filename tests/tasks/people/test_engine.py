"""People as orders change them, on both databases: company.yaml first, then the tables, then whoever must know."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select

from integrations.errors import Unavailable
from models.database import SetClock
from models.locale import spoken
from models.people import Absence, Invitation, Person, WebSession
from models.reaction import Notice
from models.reason import because
from models.staff import AWAY, BACK, CHANGE, ENLIST, LEAVE, SIGN_OUT, AbsenceForm, InviteForm, PersonForm
from tasks.house import House
from tasks.orders.answers import Report
from tasks.people import rows
from tasks.people.cards import key_of, read_roles
from tasks.people.engine import Staff
from tasks.people.tokens import fingerprint
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

COMPANY = """\
name: Seven Cups
locale: en
zone: Europe/Moscow
people:
  - {key: olga, name: Olga Author, email: olga@example.org, roles: [author], deputy: nina}
  - {key: nina, name: Nina Cashier, email: nina@example.org, roles: [cashier]}   # till 2
  - {key: anton, name: Anton Keys, email: anton@example.org, roles: [admin]}
  - {key: bella, name: Bella Keys, email: bella@example.org, roles: [admin, head]}
absences:
  - {person: nina, from: "+6", to: "+9"}
approval: {approver: bella, urgent: [olga, bella]}
"""


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def staff(house: House) -> Staff:
    numbers = count(1)
    return Staff(house, lambda: f"unguessable-{next(numbers)}", proven=True)


def person(house: House, what: str, by: str = "anton", former: str = "", **fields: str) -> Report:
    return staff(house).person(PersonForm(what=what, person=by, **fields), former)  # type: ignore[arg-type]


def absence(house: House, by: str, what: str = AWAY, **fields: str) -> Report:
    return staff(house).absence(AbsenceForm(what=what, person=by, **fields))  # type: ignore[arg-type]


def said(report: Report) -> str:
    return report.markdown()


def written(house: House) -> dict[str, Any]:
    return {card["key"]: card for card in yaml.safe_load((house.root / "company.yaml").read_text())["people"]}


def known(house: House, key: str) -> Person | None:
    with house.reads() as session:
        return session.get(Person, key)


def test_a_new_person_is_in_the_file_and_in_the_tables(house: House) -> None:
    report = person(house, ENLIST, name="Ёлка Щукина", email="e@example.org", roles="автор, Technician", deputy="olga")
    assert "Ёлка Щукина — is one of the department now (author, technician)" in said(report)
    assert written(house)["elka"] == {"key": "elka", "name": "Ёлка Щукина", "email": "e@example.org",
                                      "roles": ["author", "technician"], "deputy": "olga"}  # fmt: skip
    found = known(house, "elka")
    assert found and found.active and found.roles == ["author", "technician"]
    assert "# till 2" in (house.root / "company.yaml").read_text()


@pytest.mark.parametrize(
    ("what", "fields", "reason"),
    [
        pytest.param(ENLIST, {"roles": "author"}, "first and last name", id="no name"),
        pytest.param(ENLIST, {"name": "Vera"}, "at least one role", id="no role"),
        pytest.param(ENLIST, {"name": "Vera", "roles": "boss"}, "no role “boss”. Nearest", id="no such role"),
        pytest.param(ENLIST, {"name": "V", "roles": "author", "email": "OLGA@example.org"}, "already that of Olga",
                     id="the mail is taken"),
        pytest.param(ENLIST, {"name": "V", "roles": "author", "email": "nobody"}, "not an e-mail", id="no mail"),
        pytest.param(ENLIST, {"name": "V", "roles": "author", "who": "olga"}, "already stands", id="the key is taken"),
        pytest.param(ENLIST, {"name": "V", "roles": "author", "deputy": "x"}, "no person “x”", id="no such deputy"),
        pytest.param(CHANGE, {"who": "x", "name": "V"}, "no person “x”", id="nobody"),
        pytest.param(CHANGE, {"who": "olga", "deputy": "olga"}, "their own deputy", id="own deputy"),
        pytest.param(CHANGE, {"who": "olga", "email": "nina@example.org"}, "already that of Nina", id="taken"),
        pytest.param(CHANGE, {"who": "olga", "roles": "-"}, "at least one role", id="no role left"),
        pytest.param(CHANGE, {"who": "olga", "roles": ","}, "at least one role", id="no role named"),
        pytest.param(LEAVE, {"who": "x"}, "no person “x”", id="nobody leaves"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(
    house: House, what: str, fields: dict[str, str], reason: str
) -> None:
    before = (house.root / "company.yaml").read_bytes()
    report = person(house, what, **fields)
    assert reason in said(report) and report.ending.failed
    assert (house.root / "company.yaml").read_bytes() == before


@pytest.mark.parametrize("by", ["olga", "nina"])
@pytest.mark.parametrize("what", [ENLIST, CHANGE, LEAVE, SIGN_OUT])
def test_only_an_administrator_changes_people(house: House, by: str, what: str) -> None:
    report = person(house, what, by=by, who="" if what == ENLIST else "olga", name="V", roles="admin")
    assert "may not manage people" in said(report) and written(house)["olga"]["name"] == "Olga Author"


def test_only_what_the_form_names_is_changed(house: House) -> None:
    assert "is changed" in said(person(house, CHANGE, who="Olga", roles="author, approver", deputy="-"))
    assert written(house)["olga"] == {
        "key": "olga", "name": "Olga Author", "email": "olga@example.org", "roles": ["author", "approver"],
    }  # fmt: skip
    assert "nothing new" in said(person(house, CHANGE, who="olga", name="Olga Author"))


def test_who_leaves_is_out_at_once_and_named_nowhere(house: House) -> None:
    with house.sessions.begin() as session:
        rows.open_session(session, house.clock, "nina", fingerprint("a"), "csrf")
        rows.invite(session, house.clock, "nina", fingerprint("link"))
    report = person(house, LEAVE, who="nina")
    assert "has left" in said(report) and "Olga Author: has no deputy any more" in said(report)
    gone = known(house, "nina")
    assert gone and not gone.active, "what they did stays theirs"
    with house.reads() as session:
        assert not session.query(WebSession).count() and not session.query(Invitation).count()
        assert not session.query(Absence).count()
    assert "nina" not in (house.root / "company.yaml").read_text()


def test_the_approver_may_leave_and_others_are_asked(house: House) -> None:
    assert "first who may approve" in said(person(house, LEAVE, who="bella"))
    assert house.workspace.company.approval.approver == ""
    assert house.workspace.company.approval.urgent == ("olga",)


def test_a_former_key_is_never_given_to_another(house: House) -> None:
    person(house, LEAVE, who="nina")
    person(house, ENLIST, name="Nina Other", roles="author")
    assert "nina-other" in written(house)


@pytest.mark.parametrize("what", [LEAVE, CHANGE])
def test_the_last_administrator_stays(house: House, what: str) -> None:
    assert not person(house, what, who="bella", roles="head").refusal
    report = person(house, what, who="anton", roles="author")
    assert "last administrator" in said(report) and written(house)["anton"]["roles"] == ["admin"]


def test_of_two_administrators_who_dismiss_each_other_at_once_one_stays(house: House) -> None:
    start = Barrier(2)
    reports = []

    def dismiss(by: str, whom: str) -> None:
        start.wait()
        with spoken("en"):
            reports.append(person(house, CHANGE, by=by, who=whom, roles="author"))

    threads = [Thread(target=dismiss, args=pair) for pair in (("anton", "bella"), ("bella", "anton"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    admins = [key for key, card in written(house).items() if "admin" in card["roles"]]
    assert len(admins) == 1 and sum(bool(report.refusal) for report in reports) == 1


def test_two_who_change_one_person_at_once_lose_nothing(house: House) -> None:
    shown = staff(house).file.read().print_of("people", key="olga")
    assert not person(house, CHANGE, who="olga", name="Olga A.", former=shown).refusal
    second = person(house, CHANGE, by="bella", who="olga", name="Olga B.", former=shown)
    assert second.refusal.code == "otherwise" and written(house)["olga"]["name"] == "Olga A."
    assert not person(house, CHANGE, by="bella", who="nina", name="Nina B.").refusal


def test_the_other_administrators_hear_of_every_change(house: House) -> None:
    person(house, CHANGE, who="olga", roles="admin")
    with house.reads() as session:
        notices = session.execute(select(Notice)).scalars().all()
    assert {notice.person for notice in notices} == {"bella", "olga"}
    assert all("Olga Author" in notice.subject and "Anton Keys" in notice.body for notice in notices)


def test_signing_out_everywhere_leaves_the_rest(house: House) -> None:
    with house.sessions.begin() as session:
        for key, token in (("olga", "a"), ("olga", "b"), ("nina", "c")):
            rows.open_session(session, house.clock, key, fingerprint(token), "csrf")
    assert "signed out everywhere: 2" in said(person(house, SIGN_OUT, who="olga"))
    with house.reads() as session:
        assert [found.person for found in session.query(WebSession)] == ["nina"]


# Absences.


@pytest.mark.parametrize("by", ["olga", "nina", "bella"])
def test_everybody_writes_down_their_own_absence(house: House, by: str) -> None:
    report = absence(house, by, first="2026-12-10", last="12.12.2026", deputy="Anton")
    assert "is away from 10.12.2026 to 12.12.2026; deputy: Anton Keys" in said(report)
    with house.reads() as session:
        found = session.query(Absence).filter_by(person=by, from_date="2026-12-10").one()
    assert (found.to_date, found.deputy) == ("2026-12-12", "anton")


def test_another_ones_absence_is_for_an_administrator(house: House) -> None:
    assert "their own absence only" in said(absence(house, "olga", who="anton", first="+1"))
    assert "deputy: Nina Cashier" in said(absence(house, "anton", who="olga", first="+1"))
    assert "name a deputy" in said(absence(house, "anton", first="+1"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"first": ""}, "first day", id="no day"),
        pytest.param({"first": "soon"}, "“soon”", id="no date"),
        pytest.param({"first": "+3", "last": "+1"}, "before the first", id="upside down"),
        pytest.param({"first": "2026-11-01", "last": "2026-11-05"}, "passed already", id="over"),
        pytest.param({"first": "+1", "deputy": "nina"}, "for themselves", id="themselves"),
        pytest.param({"first": "+1", "deputy": "nobody"}, "no person “nobody”", id="nobody"),
        pytest.param({"first": "+7", "last": "+8"}, "on these days already, from 29.11.2026 to 02.12.2026", id="there"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(house: House, fields: dict[str, str], reason: str) -> None:
    assert reason in said(absence(house, "nina", **fields))


def test_an_absence_is_struck_out_by_a_day_of_it(house: House) -> None:
    assert "is not away" in said(absence(house, "nina", BACK, first="30.11.2026"))
    with house.reads() as session:
        assert not session.query(Absence).count()
    assert "not written down as away" in said(absence(house, "nina", BACK, first="30.11.2026"))


# Invitations.


def test_a_link_is_for_whoever_asked_and_stands_in_no_answer(house: House) -> None:
    report, link = staff(house).invite(InviteForm(who="Olga", person="anton"))
    assert link == "https://staff.example/invite/unguessable-1" and "unguessable" not in report.model_dump_json()
    with house.reads() as session:
        found = rows.invited(session, house.clock, fingerprint("unguessable-1"))
        assert found and found.key == "olga"
    assert staff(house).invite(InviteForm(who="olga", person="nina"))[1] == ""


def test_a_link_never_lies_in_the_mailbox_that_colleagues_read(house: House) -> None:
    report = staff(house).invite_by_mail(InviteForm(who="olga", person="anton"))
    assert "Mail is not set up" in said(report)
    with house.reads() as session:
        assert not session.query(Invitation).count()


class Letters(FakeChannel):
    """Keeps what it was given to send."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Any] = []

    def act(self, call: Any) -> Any:
        self.letters.append(call.post)
        return super().act(call)


def mailing(house: House, mail: FakeChannel) -> House:
    from dataclasses import replace

    return replace(house, mail=mail, mail_leaves=True)


def test_by_mail_only_the_person_sees_the_link(house: House) -> None:
    mail = Letters()
    report = staff(mailing(house, mail)).invite_by_mail(InviteForm(who="olga", person="anton"))
    [letter] = mail.letters
    assert letter.to == "olga@example.org" and letter.link.startswith("https://staff.example/invite/unguessable-")
    assert "unguessable" not in report.model_dump_json() and "olga@example.org" in said(report)
    with house.reads() as session:
        token = letter.link.rpartition("/")[2]
        assert rows.invited(session, house.clock, fingerprint(token))
        assert not session.query(Notice).count(), "it is kept in no table"


def test_a_link_whose_letter_was_not_sent_is_void(house: House) -> None:
    mail = Letters()

    def away(call: Any) -> None:
        raise Unavailable(because("the server is away"))

    mail.act = away  # type: ignore[method-assign,assignment]
    report = staff(mailing(house, mail)).invite_by_mail(InviteForm(who="olga", person="anton"))
    assert "could not be sent: the server is away" in said(report)
    with house.reads() as session:
        assert not session.query(Invitation).count()


def test_who_has_no_address_gets_no_letter(house: House) -> None:
    person(house, CHANGE, who="olga", email="-")
    report = staff(mailing(house, Letters())).invite_by_mail(InviteForm(who="olga", person="anton"))
    assert "has no e-mail" in said(report)


# Pure.


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        pytest.param("Ольга Ветрова", (), "olga", id="the first name"),
        pytest.param("Ольга Ветрова", ("olga",), "olga-vetrova", id="and the last"),
        pytest.param("Ольга Ветрова", ("olga", "olga-vetrova"), "olga-vetrova-2", id="numbered"),
        pytest.param("Ольга", ("olga", "olga-2"), "olga-3", id="numbered on"),
        pytest.param("???", (), "person", id="nothing to write"),
        pytest.param("李 明", ("person",), "person-2", id="another script"),
    ],
)
def test_a_key_is_made_of_the_name(name: str, taken: tuple[str, ...], key: str) -> None:
    assert key_of(name, taken) == key


def test_roles_are_read_in_any_language_and_order() -> None:
    assert read_roles("Администратор; author\nавтор") == ["author", "admin"]
    assert read_roles("") == []


def test_an_absence_counts_in_the_companys_day(house: House) -> None:
    house.clock.at += timedelta(hours=14)  # type: ignore[attr-defined]  it is tomorrow in Moscow already
    assert "from 25.11.2026" in said(absence(house, "anton", first="+1"))
