"""People and outlets on the desk: who sees them, who changes them, and what is shown only once."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from models.delivery import State
from models.order_book import GivenOrder
from models.outlets import TillKey
from models.people import Invitation, Person
from models.post import Post
from tasks.outlets import rows as tills
from tasks.people.tokens import till_key_hash
from tests.deployments.served import COMPANY, PASSWORD, SECRET, Browser, Web, web_of_its_own

OUTLETS = "outlets:\n  - {key: tver, name: Чашки на Тверской, city: Москва}  # первая\n"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        yield web


@pytest.fixture
def admin(web: Web) -> Browser:
    return web.browser("anton")


def company(web: Web) -> str:
    return (web.house.root / "company.yaml").read_text()


def card(web: Web, key: str) -> dict[str, object] | None:
    return next((one for one in yaml.safe_load(company(web))["people"] if one["key"] == key), None)


def book(web: Web) -> list[GivenOrder]:
    with web.house.reads() as session:
        return list(session.execute(select(GivenOrder).order_by(GivenOrder.id)).scalars())  # type: ignore[arg-type]


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


NEW = {"name": "Ёлка Щукина", "email": "elka@example.org", "role": ["author", "technician"], "deputy": "olga"}


def test_a_new_person_is_enlisted_invited_and_comes_in(web: Web, admin: Browser) -> None:
    said = admin.said(admin.post("/staff/people", NEW))
    assert "Ёлка Щукина — теперь в отделе (автор, специалист)" in said
    page = admin.post("/staff/people/elka/invite").text
    link = re.search(r'value="https://staff\.example(/invite/[\w-]{40,})"', page)
    assert link and "Приглашение: Ёлка Щукина" in page
    elka = web.browser().at_the_door(link[1])
    assert elka.post(link[1], {"password": PASSWORD}).headers["location"] == "/welcome"
    assert "Добро пожаловать, Ёлка Щукина!" in elka.get("/welcome").text
    assert [order.code for order in book(web)] == ["person", "invite"]
    assert link[1].rpartition("/")[2] not in str([(order.form, order.said) for order in book(web)])


def test_what_was_typed_stays_where_it_cannot_be(web: Web, admin: Browser) -> None:
    answer = admin.post("/staff/people", NEW | {"email": "olga@example.org"})
    assert answer.status_code == 422 and "уже записан за другим: Ольга" in answer.text
    assert 'value="Ёлка Щукина"' in answer.text and 'value="author" checked' in answer.text
    assert card(web, "elka") is None
    assert "хотя бы одну роль" in admin.post("/staff/people", {"name": "Я"}).text


def test_a_person_is_changed_and_what_was_shown_is_what_is_judged(web: Web, admin: Browser) -> None:
    fields = {"print": hidden(admin.get("/staff/people/olga").text, "print"), "name": "Ольга В.",
              "email": "olga@example.org", "role": ["author", "approver"]}  # fmt: skip
    assert "изменения записаны" in admin.said(admin.post("/staff/people/olga", fields))
    assert card(web, "olga") == {"key": "olga", "name": "Ольга В.", "email": "olga@example.org",
                                 "roles": ["author", "approver"]}  # fmt: skip
    [order] = book(web)
    assert (order.form["name"], order.form["email"]) == ("Ольга В.", "•••"), "Prefect shows the form to everybody"
    second = admin.said(admin.post("/staff/people/olga", fields | {"name": "Оля"}))
    assert "тем временем кто-то изменил" in second and "Ольга В." in company(web)


def test_a_file_saved_by_hand_meanwhile_loses_nothing(web: Web, admin: Browser) -> None:
    shown = hidden(admin.get("/staff/people/olga").text, "print")
    path = web.house.root / "company.yaml"
    path.write_text(company(web).replace("name: Ольга", "name: Ольга Петровна"))
    fields = {"print": shown, "name": "Оля", "role": "author", "email": "olga@example.org"}
    assert "тем временем кто-то изменил" in admin.said(admin.post("/staff/people/olga", fields))
    assert "Ольга Петровна" in company(web)


def test_two_administrators_at_once_both_hold(web: Web) -> None:
    admins = [web.browser("anton") for _ in range(6)]
    start = threading.Barrier(6)

    def enlist(n: int) -> None:
        start.wait()
        fields = {"name": f"Новый {n}", "role": "cashier"}
        assert admins[n].post("/staff/people", fields).status_code == 303

    threads = [threading.Thread(target=enlist, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [one["key"] for one in yaml.safe_load(company(web))["people"]]
    assert len(keys) == len(set(keys)) == 7 + 6


def test_a_form_sent_twice_enlists_once_and_shows_a_link_once(web: Web, admin: Browser) -> None:
    for _ in range(2):
        admin.said(admin.post("/staff/people", NEW | {"once": "the same"}))
    assert company(web).count("Ёлка") == 1
    assert "/invite/" in admin.post("/staff/people/olga/invite", {"once": "a link"}).text
    assert "больше не показывается" in admin.said(admin.post("/staff/people/olga/invite", {"once": "a link"}))
    with web.house.reads() as session:
        assert session.query(Invitation).filter_by(person="olga").count() == 1


def test_who_leaves_is_out_at_once_but_only_when_it_is_meant(web: Web, admin: Browser) -> None:
    gleb = web.browser("gleb")
    assert "галочку" in admin.said(admin.post("/staff/people/gleb/leave"))
    assert gleb.get("/staff").status_code == 200
    page = admin.said(admin.post("/staff/people/gleb/leave", {"sure": "1"}))
    assert "больше не в отделе" in page and "войти нельзя" in page
    assert gleb.get("/staff").status_code == 303 and card(web, "gleb") is None


def test_signing_out_everywhere_is_for_whoever_lost_a_phone(web: Web, admin: Browser) -> None:
    browsers = [web.browser("vera"), web.browser("vera")]
    assert "вход закрыт во всех браузерах: 2" in admin.said(admin.post("/staff/people/vera/sign-out"))
    assert all(browser.get("/staff").status_code == 303 for browser in browsers)


def test_the_last_administrator_keeps_the_keys(web: Web, admin: Browser) -> None:
    assert "Последний администратор" in admin.get("/staff/people/anton").text
    fields = {"name": "Антон", "email": "anton@example.org", "role": "author"}
    assert "последний администратор" in admin.said(admin.post("/staff/people/anton", fields))
    assert "последний администратор" in admin.said(admin.post("/staff/people/anton/leave", {"sure": "1"}))
    assert admin.get("/staff/people").status_code == 200


def test_the_head_reads_and_changes_nothing(web: Web) -> None:
    head = web.browser("vera")
    page = head.get("/staff/people/olga").text
    assert "Ольга" in page and '<form method="post" action="/staff/people' not in page
    assert head.get("/staff/people/new/form").status_code == 403
    assert head.post("/staff/people/olga/absence", {"first": "+1"}).status_code == 403
    assert head.get("/staff/outlets/tver").status_code == 200
    assert "Сделать ключ" not in head.get("/staff/outlets/tver").text


@pytest.mark.parametrize("path", ["/staff/people/nobody", "/staff/outlets/nowhere",
                                  "/staff/people/" + "я" * 300])  # fmt: skip
def test_who_is_not_there_is_said_not_to_be(admin: Browser, path: str) -> None:
    assert admin.get(path).status_code == 404
    assert admin.post("/staff/people/nobody/invite").status_code == 404


def test_markup_in_a_name_is_only_text(web: Web, admin: Browser) -> None:
    evil = '<script>alert(1)</script>"&'
    admin.said(admin.post("/staff/people", {"name": evil, "key": "evil", "role": "author", "telegram": evil}))
    for path in ("/staff/people", "/staff/people/evil", "/staff/people/new/form"):
        assert "<script>alert" not in admin.get(path).text
    assert card(web, "evil") == {"key": "evil", "name": evil, "roles": ["author"], "telegram": evil}


def test_a_file_that_cannot_be_read_is_said_and_left_alone(web: Web, admin: Browser) -> None:
    (web.house.root / "company.yaml").write_text("name: [")
    page = admin.get("/staff/people/olga").text
    assert "здесь ничего не изменить" in page and "строка 1" in page
    assert "строка 1" in admin.said(admin.post("/staff/people/olga", {"name": "x", "role": "author"}))
    assert company(web) == "name: ["


def test_outlets_of_a_file_that_cannot_be_read_are_not_said_to_be_none(web: Web, admin: Browser) -> None:
    path = web.house.root / "company.yaml"
    path.write_text("name: [")
    page = admin.get("/staff/outlets").text
    assert "здесь ничего не изменить" in page and "строка 1" in page and "точек пока нет" not in page


# One's own page.


@pytest.mark.parametrize("person", ["nina", "olga"])
def test_everybody_writes_down_their_own_absence(web: Web, person: str) -> None:
    browser = web.browser(person)
    said = browser.said(browser.post("/me/absence", {"first": "2026-12-01", "last": "2026-12-03", "deputy": "gleb"}))
    assert "отсутствует с 01.12.2026 по 03.12.2026; замещает Глеб" in said
    assert f"person: {person}" in company(web)
    assert "вычеркнуто" in browser.said(browser.post("/me/absence/remove", {"first": "2026-12-01"}))
    assert f"person: {person}" not in company(web)


def test_nobody_writes_down_another_ones_absence_by_their_own_page(web: Web) -> None:
    browser = web.browser("nina")
    browser.said(browser.post("/me/absence", {"first": "2026-12-01", "who": "vera", "key": "vera", "person": "vera"}))
    assert "person: nina" in company(web) and "person: vera" not in company(web)


def test_an_administrator_writes_down_the_absence_of_the_sick(web: Web, admin: Browser) -> None:
    page = admin.said(admin.post("/staff/people/marina/absence", {"first": "2026-11-23", "last": "2026-11-25"}))
    assert "замещает Павел" in page and "отсутствует до 25 ноября" in admin.get("/staff/people").text


# The first page.


def test_a_new_person_is_welcomed_once(web: Web) -> None:
    link = web.invitation("olga")
    browser = web.browser().at_the_door(link)
    browser.post(link, {"password": PASSWORD})
    page = browser.get("/welcome").text
    assert (
        "Добро пожаловать, Ольга!" in page
        and 'href="/staff/week"' in page
        and "/staff/people" not in page.partition("<main")[2]
    )
    browser.csrf = hidden(page, "csrf")
    assert browser.get("/welcome").status_code == 200, "until it is read"
    assert browser.post("/welcome").headers["location"] == "/staff"
    assert browser.get("/welcome").headers["location"] == "/staff"
    again = web.invitation("olga", "another")
    later = web.browser().at_the_door(again)
    later.post(again, {"password": PASSWORD})
    assert later.get("/welcome").headers["location"] == "/staff"


def test_a_cashier_is_welcomed_too(web: Web) -> None:
    with web.house.sessions.begin() as session:
        session.get_one(Person, "nina").is_new = True
    browser = web.browser("nina")
    page = browser.get("/welcome").text
    assert 'href="/mailbox"' in page and 'href="/staff/week"' not in page
    assert browser.post("/welcome").headers["location"] == "/mailbox"


# What each did.


def test_what_somebody_did_is_shown_newest_first_by_pages(web: Web, admin: Browser) -> None:
    olga = web.browser("olga")
    for n in range(33):
        web.clock.at += timedelta(minutes=1)
        id = web.placement(Post(title=f"Чай {n}"), state=State.PLANNED, hours=5)
        olga.post(f"/staff/placement/{id}/hold", {"why": "ждём"})
    olga.post("/staff/stop", {"scope": "all", "why": "ошибка в цене"})
    first = admin.get("/staff/people/olga").text
    assert first.index("ошибка в цене") < first.index("Чай 32") < first.index("Чай 5") and "Чай 3»" not in first
    older = re.search(r'href="(/staff/people/olga\?before=[^"#]+)', first)
    assert older
    second = admin.get(older[1].replace("&amp;", "&")).text
    assert "Чай 3»" in second and "Чай 0»" in second and "Чай 32" not in second
    assert admin.get("/staff/people/olga?before=nonsense").status_code == 200


# Outlets.


def test_an_outlet_opens_and_closes(web: Web, admin: Browser) -> None:
    said = admin.said(
        admin.post("/staff/outlets", {"name": "Чашки на Волге", "city": "Самара", "zone": "Europe/Samara"})
    )
    assert "Чашки на Волге — открыта" in said
    assert "Чашки на Волге" in web.browser().get("/").text, "the site shows it"
    fields = {"print": hidden(admin.get("/staff/outlets/chashki").text, "print"), "name": "На Волге"}
    assert "изменения записаны" in admin.said(admin.post("/staff/outlets/chashki", fields))
    assert "- key: chashki\n" in company(web) or "{key: chashki, name: На Волге}" in company(web)
    assert "галочку" in admin.said(admin.post("/staff/outlets/chashki/close"))
    assert "закрыта" in admin.said(admin.post("/staff/outlets/chashki/close", {"sure": "1"}))
    assert "chashki" not in company(web) and "# первая" in company(web)


def test_whatever_is_called_new_has_its_own_page(admin: Browser) -> None:
    for path, role in (("/staff/outlets", {}), ("/staff/people", {"role": "author"})):
        assert admin.get(f"{path}/new").status_code == 404
        admin.said(admin.post(path, {"name": "New", **role}))
        assert f'action="{path}/new"' in admin.get(f"{path}/new").text
        assert f'action="{path}"' in admin.get(f"{path}/new/form").text


def test_an_outlet_that_cannot_be_keeps_what_was_typed(web: Web, admin: Browser) -> None:
    answer = admin.post("/staff/outlets", {"name": "Новая", "zone": "Москва"})
    assert answer.status_code == 422 and "Часового пояса «Москва» нет" in answer.text and 'value="Новая"' in answer.text


def test_a_key_of_a_till_is_shown_once_and_lets_in_until_it_is_revoked(web: Web, admin: Browser) -> None:
    page = admin.post("/staff/outlets/tver/till", {"title": "касса 1", "once": "k"}).text
    secret = hidden(page.partition('id="secret"')[2].replace("readonly value", 'name="s" value'), "s")
    assert len(secret) >= 40 and secret not in admin.get("/staff/outlets/tver").text
    assert "больше не показывается" in admin.said(
        admin.post("/staff/outlets/tver/till", {"title": "касса 1", "once": "k"})
    )
    assert secret not in str([(order.form, order.said) for order in book(web)])

    def let_in() -> TillKey | None:
        with web.house.sessions.begin() as session:
            return tills.authenticate(session, web.clock, till_key_hash(SECRET, secret), ["tver"])

    found = let_in()
    assert found and (found.outlet, found.title) == ("tver", "касса 1")
    assert "отозван" in admin.said(admin.post(f"/staff/outlets/tver/till/{found.id}/revoke"))
    assert let_in() is None
    assert "Назовите кассу" in admin.said(admin.post("/staff/outlets/tver/till", {"title": " "}))
