"""Subscriptions: nothing is agreed to until the letter is answered, and nobody learns who is known."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col

from models.customer_orders import EraseCustomerForm
from models.customers import Act, Address, Barred, ConsentAct, Customer, Suppression
from models.delivery import State
from models.letters import Ground
from models.mailings import Mailing, MailingVersion, MailLink, Message, Stage
from models.subscriptions import Answered, Asking, ConsentWording, Subscription, Taken
from tasks.consents.engine import objections
from tasks.customers import engine as loading
from tasks.customers.record.engine import Records
from tasks.mailing.jobs import Due
from tasks.purchases import engine as purchases
from tasks.returns.engine import Returns
from tasks.returns.marks import mark_of
from tasks.subscribing.keys import key_of
from tasks.subscribing.rows import confirm_links
from tests.house import COMPANY
from tests.tasks.customers.test_engine import NOBODY, PAPER, sheet
from tests.tasks.purchases.test_engine import table
from tests.tasks.subscribing.site import CONSENTS, MAILERS, NEXT_VERSION, Site, key_in, site_of, text_of

ASKED = [("personal", "asked"), ("advertising", "asked")]
GIVEN = [("personal", "given"), ("advertising", "given")]


@pytest.fixture
def site(tmp_path: Path, database: Engine) -> Site:
    return site_of(tmp_path, database)


def why_not(site: Site) -> str:
    with site.house.reads() as session:
        [(_, reason)] = objections(session, site.house, site.rows(Address))
        return reason.code


def test_whoever_only_asked_is_sent_the_letter_and_no_advertising(site: Site) -> None:
    assert site.ask(" Anna@Example.net ") is Taken.THANKS
    assert site.said() == ASKED and not site.is_open() and why_not(site) == "personal"
    [letter] = site.send()
    assert letter.to == "Anna@example.net" and letter.form.ground is Ground.SERVICE
    assert "Confirm your address" in text_of(letter) and not letter.form.headers
    assert not site.is_open() and site.said() == ASKED


def test_whoever_confirms_may_be_sent_advertising_until_they_withdraw(site: Site) -> None:
    site.ask()
    [letter] = site.send()
    assert site.subscribing.look(key_in(letter)) is Answered.WAITS and not site.is_open(), "looking confirms nothing"
    site.clock.at += timedelta(minutes=5)
    assert site.confirm(letter) is Answered.CONFIRMED
    assert site.is_open() and site.said() == ASKED + GIVEN and why_not(site) == ""
    assert site.confirm(letter) is Answered.BEFORE and site.said() == ASKED + GIVEN
    site.clock.at += timedelta(minutes=5)
    [message] = site.rows(Message)
    Returns(site.house).unsubscribe(mark_of(site.house.printed, message.id))
    assert not site.is_open() and why_not(site) == "withdrawn"
    assert site.confirm(letter) is Answered.BEFORE and not site.is_open(), "an old letter agrees to nothing again"
    site.clock.at += timedelta(minutes=5)
    site.ask()
    [again] = site.send()
    assert not site.is_open() and site.confirm(again) is Answered.CONFIRMED and site.is_open()


def test_what_was_shown_and_when_stands_in_the_ledger(site: Site) -> None:
    site.ask(language="ru", site="https://blog.example")
    [letter] = site.send()
    site.clock.at += timedelta(hours=1)
    site.confirm(letter)
    acts: list[ConsentAct] = site.rows(ConsentAct)
    kept = {row.wording: row for row in site.rows(ConsentWording)}
    assert [(act.via, act.source, act.proof) for act in acts] == [
        *[("form", "https://blog.example", "subscription 1")] * 2,
        *[("letter", "https://blog.example", "subscription 1, message 1")] * 2,
    ]
    assert [kept[act.wording].text for act in acts] == ["Согласие. Оператор: «Семь чашек».", "Реклама по почте."] * 2
    assert {act.print for act in acts} == {"", site.house.printed("email", "anna@example.net")}
    assert (acts[2].at - acts[0].at) == timedelta(hours=1)
    [row] = site.rows(Subscription)
    assert "anna" not in repr(row) and row.confirmed_at == site.clock.at


def test_the_standing_mailing_is_made_once_and_anew_when_it_would_say_something_else(
    site: Site, tmp_path: Path
) -> None:
    for person in ("anna", "boris"):
        site.ask(f"{person}@example.net")
    [mailing] = site.rows(Mailing)
    assert (mailing.key, mailing.ground, mailing.stage, mailing.standing, mailing.account, mailing.priority) == (
        "double-opt-in", Ground.SERVICE, Stage.SENDING, True, "post", 0,
    )  # fmt: skip
    [version] = site.rows(MailingVersion)
    assert version.hash == mailing.approved_hash and version.compiled and site.rows(MailLink)
    assert len(site.send()) == 2
    (tmp_path / "company.yaml").write_text(COMPANY.replace("name: Seven Cups", "name: Eight Cups"))
    site.ask("vera@example.net", language="ru")
    site.ask("gleb@example.net")
    letters = {letter.to: text_of(letter) for letter in site.send()}
    assert "Подтвердите свой адрес" in letters["vera@example.net"] and "Eight Cups" in letters["gleb@example.net"]
    assert [one.key for one in site.rows(Mailing)] == ["double-opt-in", "double-opt-in-ru"]
    assert [(one.mailing_id, one.n) for one in site.rows(MailingVersion)] == [(1, 1), (2, 1), (1, 2)]


def test_a_paused_standing_mailing_stays_paused(site: Site) -> None:
    site.ask()
    with site.house.sessions.begin() as session:
        session.get_one(Mailing, 1).stage = Stage.PAUSED
    site.ask("boris@example.net")
    assert site.rows(Mailing)[0].stage == Stage.PAUSED and site.send() == []


def test_a_known_customer_is_not_changed_by_whoever_writes_their_address(site: Site) -> None:
    loading.load(site.house, sheet(("C1", "Oleg@mail.ru", "", "Oleg", *PAPER)), NOBODY, "drop:1", "olga")
    before = [row.model_dump() for table in (Customer, Address) for row in site.rows(table)]
    assert site.is_open("oleg@mail.ru")
    assert site.ask("OLEG@mail.ru") is Taken.THANKS
    assert [row.model_dump() for table in (Customer, Address) for row in site.rows(table)] == before
    [letter] = site.send()
    assert letter.to == "Oleg@mail.ru" and site.rows(Subscription)[0].made is False and site.is_open("oleg@mail.ru")


@pytest.mark.parametrize("why", [Barred.COMPLAINED, Barred.BOUNCED, Barred.BY_HAND])
def test_nothing_goes_to_a_barred_address_and_nobody_is_told(site: Site, why: Barred) -> None:
    print_ = site.house.printed("email", "anna@example.net")
    with site.house.sessions.begin() as session:
        session.add(Suppression(kind="email", print=print_, why=why.value, since=site.clock.at))
    assert site.ask() is Taken.THANKS and site.said() == ASKED
    assert site.rows(Message) == [] and site.send() == []


def test_an_address_barred_after_it_asked_is_not_written_to_either(site: Site) -> None:
    site.ask()
    with site.house.sessions.begin() as session:
        print_ = site.house.printed("email", "anna@example.net")
        session.add(Suppression(kind="email", print=print_, why="by_hand", since=site.clock.at))
    assert site.send() == [] and site.rows(Message)[0].state == State.CANCELLED


def test_of_whoever_was_erased_nothing_is_kept_again(site: Site) -> None:
    loading.load(site.house, sheet(("C1", "anna@example.net", "", "Anna")), NOBODY, "drop:1", "olga")
    Records(site.house).erase(EraseCustomerForm(customer=1, sure=True, person="olga"))
    assert site.ask() is Taken.THANKS
    assert site.counts() == (0, 0, 0, 0) and site.said() == []


def test_a_day_holds_so_many_letters_for_one_address_and_one_network(site: Site) -> None:
    for _ in range(5):
        assert site.ask() is Taken.THANKS
        site.clock.at += timedelta(minutes=1)
    assert len(site.send()) == 3, "the answer was the same five times"
    for number in range(30):
        assert site.ask(f"b{number}@example.net") is Taken.THANKS
    assert len(site.rows(Subscription)) == 20
    assert site.ask("c@example.net", network="203.0.113.0/24") is Taken.THANKS and len(site.rows(Subscription)) == 21
    site.clock.at += timedelta(days=1, hours=1)
    site.ask()
    assert len(site.rows(Subscription)) == 22


@pytest.mark.parametrize("email", ["", "anna", "anna@", "a@b@c.example", "анна@example", "x" * 300 + "@example.net"])
def test_what_is_no_address_is_said_to_be_none(site: Site, email: str) -> None:
    assert site.ask(email) is Taken.UNREADABLE and site.counts() == (0, 0, 0, 0)


def test_words_that_were_not_the_ones_of_today_are_agreed_to_by_nobody(tmp_path: Path, database: Engine) -> None:
    site = site_of(tmp_path, database, CONSENTS + NEXT_VERSION)
    offer = site.subscribing.offer("en")
    assert offer
    swapped = {"personal": offer.advertising.id, "advertising": offer.personal.id}
    assert site.ask(**swapped) is Taken.OUTDATED and site.ask(advertising="") is Taken.OUTDATED
    site.clock.at += timedelta(days=20)
    assert site.ask(advertising=offer.advertising.id) is Taken.OUTDATED
    fresh = site.subscribing.offer("ru")
    assert fresh and fresh.advertising.version == "2" and fresh.advertising.language == "en"
    assert site.ask(language="ru") is Taken.THANKS


def test_a_text_that_was_changed_in_its_place_is_another_wording_and_is_told(site: Site, tmp_path: Path) -> None:
    site.ask()
    assert site.subscribing.remarks() == []
    (tmp_path / "consents.yaml").write_text(CONSENTS.replace("Advertising by e-mail.", "Advertising by anything."))
    site.ask("boris@example.net")
    first, second = (row.advertising for row in site.rows(Subscription))
    assert first != second and first.startswith("advertising 1 en ") and second.startswith("advertising 1 en ")
    [problem] = site.subscribing.remarks()
    assert problem.reason.words == {"purpose": "advertising", "version": "1"}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"consents": "consents: []\n"}, "no_text"),
        ({"consents": CONSENTS.replace("2026-01-01", "2027-01-01")}, "no_text"),
        ({"mailers": "mailers: []\n"}, "no_mailer"),
        ({"mailers": MAILERS.replace("sender: news@example.org, ", "")}, "no_mailer"),
        ({"company": COMPANY + "subscription: {mailer: other}\n"}, "no_mailer"),
    ],
)
def test_a_form_that_nobody_could_confirm_is_not_shown(
    tmp_path: Path, database: Engine, files: dict[str, str], code: str
) -> None:
    site = site_of(tmp_path, database, **files)
    assert site.subscribing.closed().code == code and site.subscribing.offer("en") is None
    asking = {"email": "a@example.net", "language": "en", "personal": "", "advertising": ""}
    assert site.subscribing.ask(Asking(**asking)) is Taken.CLOSED and site.counts() == (0, 0, 0, 0)


def test_a_link_ends_and_forged_ones_are_none(site: Site) -> None:
    site.ask()
    [letter] = site.send()
    key = key_in(letter)
    for forged in ("", "1", key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b"), "2" + key[1:], key + "a"):
        assert site.subscribing.look(forged) is None and site.subscribing.confirm(forged) is None
    assert site.subscribing.look(key_of(site.house.printed, 99)) is None
    site.clock.at += timedelta(days=7)
    assert site.subscribing.look(key) is Answered.TOO_LATE and site.confirm(letter) is Answered.TOO_LATE
    assert site.said() == ASKED and not site.is_open()


def test_a_mark_of_the_letter_confirms_nothing(site: Site) -> None:
    site.ask()
    site.send()
    assert site.subscribing.confirm(mark_of(site.house.printed, 1)) is None


def test_no_other_letter_gets_the_link_that_confirms(site: Site) -> None:
    site.ask()
    with site.house.sessions.begin() as session:
        other = Mailing(key="birthday", title="B", standing=True, stage=Stage.SENDING, made_at=site.clock.at)
        session.add(other)
        session.flush()
        due = Due(9, other.id or 0, 1, "email", "1", "A", "", "", 0, 0, "", "", {})
        assert confirm_links(site.house, session, [due]) == {}
        assert confirm_links(site.house, session, [replace(due, mailing_id=1)]).keys() == {9}


def test_whoever_never_confirmed_is_forgotten_and_the_ledger_keeps_the_print(site: Site) -> None:
    site.ask()
    site.send()
    site.clock.at += timedelta(days=29)
    assert site.subscribing.forget() == (0, 0) and site.rows(Subscription)[0].network == ""
    site.clock.at += timedelta(days=2)
    assert site.subscribing.forget() == (1, 1) and site.counts() == (0, 0, 1, 1)
    assert {act.print for act in site.rows(ConsentAct)} == {"", site.house.printed("email", "anna@example.net")}
    assert site.rows(Subscription)[0].forgotten_at == site.clock.at and site.subscribing.forget() == (0, 0)
    site.ask()
    [letter] = site.send()
    assert site.confirm(letter) is Answered.CONFIRMED, "they may come back"
    assert site.rows(Subscription)[1].customer_id != site.rows(Subscription)[0].customer_id


def bought(site: Site) -> None:
    told = table("anna@example.net,2026-11-01,100", head="email,date,amount")
    purchases.load(site.house, told, "drop:9", "p.csv", "olga")


def came_in_a_table(site: Site) -> None:
    loading.load(site.house, sheet(("", "anna@example.net", "", "Anna")), NOBODY, "drop:9", "olga")


def confirmed(site: Site) -> None:
    site.confirm(site.send()[0])


def asked_again(site: Site) -> None:
    site.clock.at += timedelta(days=20)
    site.ask()


@pytest.mark.parametrize("becomes", [bought, came_in_a_table, confirmed, asked_again])
def test_whoever_is_known_by_more_than_the_form_is_not_forgotten(site: Site, becomes: Any) -> None:
    site.ask()
    becomes(site)
    site.clock.at += timedelta(days=15 if becomes is asked_again else 31)
    assert site.subscribing.forget()[1] == 0 and len(site.rows(Customer)) == 1


def test_two_presses_at_once_confirm_once(site: Site) -> None:
    site.ask()
    [letter] = site.send()
    barrier, told = Barrier(4), list[Answered | None]()

    def press() -> None:
        barrier.wait()
        told.append(site.confirm(letter))

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(one) for one in told) == ["before"] * 3 + ["confirmed"] and site.said() == ASKED + GIVEN


def test_many_forms_with_one_address_make_one_customer(site: Site) -> None:
    barrier = Barrier(4)

    def post() -> None:
        barrier.wait()
        site.ask()

    threads = [Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.counts() == (1, 1, 3, 3) and [row.made for row in site.rows(Subscription)] == [True, False, False]
    assert len(site.send()) == 3


def test_customers_who_turn_out_to_be_one_keep_what_was_confirmed(site: Site) -> None:
    site.ask()
    [letter] = site.send()
    loading.load(site.house, sheet(("C1", "anna@example.net", "+7 916 123-45-67", "Anna")), NOBODY, "drop:1", "olga")
    [customer] = site.rows(Customer)
    assert customer.code == "C1" and site.confirm(letter) is Answered.CONFIRMED and site.is_open()
    given = [act.customer_id for act in site.rows(ConsentAct, col(ConsentAct.act) == Act.GIVEN)]
    assert set(given) == {customer.id}
