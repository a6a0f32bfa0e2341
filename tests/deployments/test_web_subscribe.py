"""The form for subscribing: no script, no cookie, one answer for every address; and the page of the letter's button."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html
from sqlalchemy import select

from integrations.web.routes.subscribe import FORMS_A_MINUTE, PRESSES_A_MINUTE, WRONG_A_MINUTE
from models.customers import Act, Address, ConsentAct, Customer, Suppression
from models.mailings import Message
from models.subscriptions import Subscription
from tasks.subscribing.keys import key_of
from tests.deployments.served import COMPANY, FIREFOX, Browser, Web, web_of_its_own
from tests.tasks.subscribing.site import CONSENTS, MAILERS, NEXT_VERSION

BLOG = "https://blog.example"
TICKS = {"agree-personal": "1", "agree-advertising": "1"}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        root = web.house.root
        (root / "consents.yaml").write_text(CONSENTS)
        (root / "mailers.yaml").write_text(MAILERS)
        (root / "company.yaml").write_text(COMPANY + f"subscription: {{origins: [{BLOG}], network_a_day: 100}}\n")
        yield web


@pytest.fixture
def reader(web: Web) -> Browser:
    return web.browser()


def rows(web: Web, table: type[Any]) -> list[Any]:
    with web.house.reads() as session:
        return list(session.execute(select(table)).scalars())


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the form without anybody having touched it."""
    inputs = html.fromstring(page).xpath("//form[contains(@class, 'subscribe')]//input[not(@type='checkbox')]")
    return {one.get("name"): one.get("value") or "" for one in inputs}


def objection(answer: httpx.Response) -> str:
    return " ".join(html.fromstring(answer.text).xpath("string(//*[@id='objection'])").split())


def send(web: Web, browser: Browser, email: str = "anna@example.net", path: str = "/subscribe", **more: str) -> Any:
    """Open the page, wait as long as a person needs, tick both, send."""
    told = fields(browser.get(path).text)
    web.clock.at += timedelta(seconds=10)
    return browser.http.post(path, data=told | TICKS | {"email": email} | more)


def test_the_form_has_two_consents_with_their_documents_and_neither_is_ticked(reader: Browser) -> None:
    answer = reader.get("/subscribe")
    tree = html.fromstring(answer.text)
    boxes = tree.xpath("//input[@type='checkbox']")
    assert [box.get("name") for box in boxes] == ["agree-personal", "agree-advertising"]
    assert not tree.xpath("//input[@checked]") and all(box.get("required") is not None for box in boxes)
    assert "Даю согласие на обработку данных" in " ".join(tree.xpath("string(//form)").split())
    for path in tree.xpath("//label[@class='choice']//a/@href"):
        assert "Версия 1" in reader.get(path).text
    assert not tree.xpath("//script | //@onclick") and "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-frame-options"] == "DENY"
    assert reader.get("/subscribe/text/nothing").status_code == 404


def test_a_form_is_taken_and_the_letter_waits_to_go(web: Web, reader: Browser) -> None:
    page = reader.said(send(web, reader))
    assert "Проверьте почту" in page and "anna" not in page
    [row], [letter] = rows(web, Subscription), rows(web, Message)
    assert row.language == "ru" and row.personal.startswith("personal 1 ru ") and letter.occasion == "1"
    assert [act.act for act in rows(web, ConsentAct)] == [Act.ASKED, Act.ASKED]


def test_every_address_has_the_same_answer(web: Web, reader: Browser) -> None:
    known, barred = "known@example.net", "barred@example.net"
    with web.house.sessions.begin() as session:
        print_ = web.house.printed("email", barred)
        session.add(Suppression(kind="email", print=print_, why="complained", since=web.clock.at))
    send(web, reader, known)
    told = []
    for email in (known, barred, "new@example.net", *["often@example.net"] * 5):
        answer = send(web, web.browser(), email)
        page = web.browser().get(answer.headers["location"]).text
        told.append((answer.status_code, answer.headers["location"], sorted(answer.headers.keys()), page))
        web.clock.at += timedelta(minutes=1)
    assert all(one == told[0] for one in told) and told[0][:2] == (303, "/subscribe/thanks")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agree-personal": ""}, "Отметьте оба"),
        ({"agree-advertising": ""}, "Отметьте оба"),
        ({"email": ""}, "Напишите адрес почты"),
        ({"email": "anna"}, "Напишите адрес почты"),
        ({"personal": "personal 0 ru x"}, "изменился"),
        ({"begun": "1.forged"}, "изменился"),
    ],
)
def test_a_form_that_is_not_whole_is_shown_again(web: Web, reader: Browser, change: dict[str, str], said: str) -> None:
    answer = send(web, reader, **({"email": "anna@example.net"} | change))
    assert answer.status_code == 422 and said in objection(answer) and rows(web, Customer) == []
    kept = fields(answer.text)
    assert kept["email"] == change.get("email", "anna@example.net")
    ticked = html.fromstring(answer.text).xpath("//input[@checked]/@name")
    assert len(ticked) == (0 if "изменился" in said else 2 - ("Отметьте" in said))


def test_a_form_with_what_was_typed_can_be_mended_and_sent(web: Web, reader: Browser) -> None:
    answer = send(web, reader, "anna")
    assert reader.http.post("/subscribe", data=fields(answer.text) | TICKS | {"email": "anna@example.net"}).is_redirect
    assert len(rows(web, Subscription)) == 1


def test_a_machine_is_thanked_and_nothing_is_kept(web: Web, reader: Browser) -> None:
    answer = send(web, reader, website="https://spam.example")
    assert answer.headers["location"] == "/subscribe/thanks" and rows(web, Customer) == []


def test_nobody_fills_in_a_form_within_a_second(web: Web, reader: Browser) -> None:
    told = fields(reader.get("/subscribe").text) | TICKS | {"email": "anna@example.net"}
    answer = reader.http.post("/subscribe", data=told)
    assert answer.status_code == 422 and "быстро" in objection(answer) and rows(web, Customer) == []
    assert len(html.fromstring(answer.text).xpath("//input[@checked]")) == 2
    web.clock.at += timedelta(seconds=3)
    assert reader.http.post("/subscribe", data=fields(answer.text) | TICKS).is_redirect


def test_new_words_are_ticked_anew(web: Web, reader: Browser) -> None:
    told = fields(reader.get("/subscribe").text)
    web.clock.at += timedelta(seconds=10)
    (web.house.root / "consents.yaml").write_text(CONSENTS + NEXT_VERSION.replace("2026-12-01", "2026-11-01"))
    answer = reader.http.post("/subscribe", data=told | TICKS | {"email": "anna@example.net"})
    assert answer.status_code == 422 and not html.fromstring(answer.text).xpath("//input[@checked]")
    assert fields(answer.text)["advertising"].startswith("advertising 2 en ")


def test_one_place_sends_so_many_forms_a_minute(web: Web, reader: Browser) -> None:
    told = fields(reader.get("/subscribe").text) | TICKS
    web.clock.at += timedelta(seconds=10)
    codes = [
        reader.http.post("/subscribe", data=told | {"email": f"a{n}@example.net"}).status_code
        for n in range(FORMS_A_MINUTE + 2)
    ]
    assert codes == [303] * FORMS_A_MINUTE + [429] * 2


def test_without_texts_there_is_no_form(web: Web, reader: Browser) -> None:
    assert 'href="/subscribe"' in reader.get("/").text
    (web.house.root / "consents.yaml").unlink()
    for path in ("/subscribe", "/subscribe/frame", "/subscribe/thanks", "/subscribe/text/personal"):
        assert reader.get(path).status_code == 404, path
    assert 'href="/subscribe"' not in reader.get("/").text
    assert reader.http.post("/subscribe", data=TICKS).status_code == 404


# Other sites.


def test_only_named_sites_may_show_the_form_in_a_frame(web: Web, reader: Browser) -> None:
    for path in ("/subscribe/frame", "/subscribe/frame/thanks"):
        headers = reader.get(path).headers
        assert f"frame-ancestors {BLOG};" in headers["content-security-policy"] + ";"
        assert "script-src" not in headers["content-security-policy"] and "x-frame-options" not in headers
    assert reader.get("/subscribe").headers["x-frame-options"] == "DENY"
    assert reader.get("/subscribe/frame/nothing").headers["content-security-policy"].count("frame-ancestors 'none'")
    (web.house.root / "company.yaml").write_text(COMPANY)
    assert reader.get("/subscribe/frame").status_code == 404


def test_a_form_in_a_frame_is_taken_and_its_site_is_kept(web: Web, reader: Browser) -> None:
    page = reader.get("/subscribe/frame", referer=f"{BLOG}/post/1?a=b")
    assert html.fromstring(page.text).xpath("//label//a/@target") == ["_blank", "_blank"]
    web.clock.at += timedelta(seconds=10)
    told = fields(page.text) | TICKS | {"email": "anna@example.net"}
    answer = reader.http.post("/subscribe/frame", data=told)
    assert answer.headers["location"] == "/subscribe/frame/thanks" and rows(web, Subscription)[0].site == BLOG
    other = reader.get("/subscribe/frame", referer="https://evil.example/")
    assert fields(other.text)["site"] == ""


def test_a_form_of_another_site_brings_an_address_to_the_page_with_the_words(web: Web) -> None:
    blog = web.browser(origin=BLOG)
    answer = blog.http.post("/subscribe", data={"email": "anna@example.net"})
    told = fields(answer.text)
    assert answer.status_code == 200 and told["email"] == "anna@example.net" and told["site"] == BLOG
    assert not html.fromstring(answer.text).xpath("//input[@checked]") and rows(web, Customer) == []
    web.clock.at += timedelta(seconds=10)
    assert web.browser().http.post("/subscribe", data=told | TICKS).is_redirect
    assert rows(web, Subscription)[0].site == BLOG


def test_a_form_of_a_site_that_is_not_named_is_refused(web: Web) -> None:
    answer = send(web, web.browser(origin="https://evil.example"))
    assert answer.status_code == 403 and "company.yaml" in objection(answer) and rows(web, Customer) == []


@pytest.mark.parametrize("origin", ["", "null"])
def test_a_browser_that_does_not_say_where_it_is_may_subscribe(web: Web, origin: str) -> None:
    assert send(web, web.browser(origin=origin)).is_redirect and len(rows(web, Subscription)) == 1


# The letter's button.


@pytest.fixture
def key(web: Web, reader: Browser) -> str:
    send(web, reader)
    return key_of(web.house.printed, 1)


def is_open(web: Web) -> bool:
    return bool(rows(web, Address)[0].open)


def test_scanners_that_follow_the_link_confirm_nothing(web: Web, reader: Browser, key: str) -> None:
    for _ in range(3):
        answer = reader.get(f"/s/{key}?do=confirm")
        assert answer.status_code == 200 and len(html.fromstring(answer.text).xpath("//main//button")) == 1
    reader.http.head(f"/s/{key}")
    assert not is_open(web)
    assert answer.headers["referrer-policy"] == "no-referrer" and "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store" and "anna" not in answer.text


def test_one_press_confirms_from_any_mail_program(web: Web, key: str) -> None:
    mail = web.browser(origin="")
    page = mail.said(mail.http.post(f"/s/{key}"))
    assert "вы подписаны" in page and is_open(web)
    assert "вы подписаны" in mail.said(mail.http.post(f"/s/{key.upper()}")) and len(rows(web, ConsentAct)) == 4


def test_an_old_link_says_so_and_leads_back_to_the_form(web: Web, reader: Browser, key: str) -> None:
    web.clock.at += timedelta(days=8)
    answer = reader.get(f"/s/{key}")
    assert answer.status_code == 410 and "устарела" in answer.text and 'href="/subscribe"' in answer.text
    assert "устарела" in reader.said(reader.http.post(f"/s/{key}")) and not is_open(web)


def test_forged_links_are_none_and_who_tries_many_is_slowed_down(web: Web, reader: Browser, key: str) -> None:
    assert reader.http.post("/s/1aaaaaaaaaaaaaaaa").status_code == 404
    codes = [reader.get(f"/s/forged{n}").status_code for n in range(WRONG_A_MINUTE)]
    assert codes[:-1] == [404] * (WRONG_A_MINUTE - 1) and codes[-1] == 429
    assert reader.get(f"/s/{key}").status_code == 200
    presses = [reader.http.post(f"/s/{key}").status_code for _ in range(PRESSES_A_MINUTE + 1)]
    assert presses == [303] * PRESSES_A_MINUTE + [429]


def test_pages_speak_the_readers_language_and_nothing_of_anybody_is_logged(
    web: Web, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    english = web.browser(**{"accept-language": "en"})
    assert "I give my consent to personal data" in " ".join(english.get("/subscribe").text.split()).replace(
        '<a href="/subscribe/text/personal">', ""
    )
    send(web, english, "boris@example.net")
    english.get(f"/s/{key}")
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("otdel"))
    assert "POST /subscribe 303" in said and "GET /s/{key} 200" in said
    assert not any(word in said for word in (key, "boris", "127.0.0.1", FIREFOX))
