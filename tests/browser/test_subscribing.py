"""Subscribing and the archive in a real browser: without scripts, at any width, in a frame of a site that is named."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from models.customers import Address
from models.mailings import MailingVersion
from models.subscriptions import Subscription
from tasks.subscribing.keys import key_of
from tests.browser.conftest import needs_chromium
from tests.browser.looks import DESK, PHONE, looks_and_narrow
from tests.browser.test_pages import LOOKING, seriously
from tests.deployments.served import COMPANY, Web, web_of_its_own
from tests.tasks.archive.letters import letter
from tests.tasks.subscribing.site import CONSENTS, MAILERS

pytestmark = needs_chromium


@contextmanager
def blog(page: str) -> Iterator[str]:
    """Another site, on a port of its own; returns its origin."""

    class Blog(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Blog)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "consents.yaml").write_text(CONSENTS)
        (web.house.root / "mailers.yaml").write_text(MAILERS)
        yield web


def asked(web: Web) -> list[Subscription]:
    with web.house.reads() as session:
        return list(session.execute(select(Subscription)).scalars())


def open_ways(web: Web) -> list[bool]:
    with web.house.reads() as session:
        return [way.open for way in session.execute(select(Address)).scalars()]


def fill_in(web: Web, form: Any, email: str = "anna@example.net") -> None:
    web.clock.at += timedelta(seconds=10)
    form.get_by_label("Ваша почта").fill(email)
    for box in form.get_by_role("checkbox").all():
        box.check()
    form.get_by_role("button", name="Подписаться").click()


@looks_and_narrow
def test_every_page_can_be_used(web: Web, opened: Any, size: tuple[int, int], language: str, scheme: str) -> None:
    (web.house.root / "company.yaml").write_text(COMPANY + "subscription: {origins: ['http://localhost:9']}\n")
    letter(web.house, subject="A subject that is long enough to need a second line on a phone, as many do")
    first = opened(DESK, java_script_enabled=False)
    first.goto("/subscribe")
    fill_in(web, first)
    page = opened(size, language, scheme)
    for path in ("/subscribe", "/subscribe/thanks", "/subscribe/frame", "/subscribe/text/personal", "/letters",
                 f"/s/{key_of(web.house.printed, 1)}"):  # fmt: skip
        page.goto(path)
        page.evaluate(LOOKING)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        assert page.evaluate("nameless()") == page.evaluate("pale()") == [], path
        assert size == DESK or page.evaluate("small()") == [], path
        assert seriously(Axe(), page) == [], path
    assert page.complaints == []


def test_somebody_subscribes_and_confirms_without_a_script(web: Web, opened: Any) -> None:
    page = opened(PHONE, java_script_enabled=False)
    page.goto("/subscribe")
    assert [box.is_checked() for box in page.get_by_role("checkbox").all()] == [False, False]
    page.get_by_role("link", name="согласие на обработку данных").click()
    assert "Оператор: «Семь чашек»" in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="К форме").click()
    page.get_by_label("Ваша почта").fill("anna@example.net")
    page.get_by_role("button", name="Подписаться").click()
    assert asked(web) == [], "the browser itself asks for the ticks"
    fill_in(web, page)
    assert page.get_by_role("heading", level=1).inner_text() == "Проверьте почту" and len(asked(web)) == 1
    page.goto(f"/s/{key_of(web.house.printed, 1)}")
    assert open_ways(web) == [False]
    page.get_by_role("button", name="Да, это мой адрес").click()
    assert "вы подписаны" in page.get_by_role("heading", level=1).inner_text() and open_ways(web) == [True]


def test_the_form_works_in_a_frame_of_a_named_site_and_in_no_other(web: Web, opened: Any) -> None:
    with blog(f'<h1>Blog</h1><iframe src="{web.url}/subscribe/frame" width="360" height="640"></iframe>') as origin:
        page = opened(PHONE)
        (web.house.root / "company.yaml").write_text(COMPANY + "subscription: {origins: ['http://localhost:9']}\n")
        page.goto(origin)
        assert page.frames[1].locator("form").count() == 0, "the browser shows nothing of it"
        (web.house.root / "company.yaml").write_text(COMPANY + f"subscription: {{origins: ['{origin}']}}\n")
        page.goto(origin)
        fill_in(web, page.frames[1])
        page.frames[1].get_by_role("heading", name="Проверьте почту").wait_for()
    assert [row.site for row in asked(web)] == [origin]


def test_a_form_of_a_named_site_brings_its_reader_to_the_words(web: Web, opened: Any) -> None:
    form = f'<form method="post" action="{web.url}/subscribe"><input name="email"><button>Subscribe</button></form>'
    with blog(form) as origin:
        (web.house.root / "company.yaml").write_text(COMPANY + f"subscription: {{origins: ['{origin}']}}\n")
        page = opened(PHONE)
        page.goto(origin)
        page.locator("input").fill("anna@example.net")
        page.get_by_role("button").click()
        assert page.get_by_label("Ваша почта").input_value() == "anna@example.net" and asked(web) == []
        fill_in(web, page)
        assert [row.site for row in asked(web)] == [origin]


def test_what_came_into_a_letter_does_not_run_in_the_archive(web: Web, opened: Any) -> None:
    letter(web.house)
    evil = "<script>document.title='ran'</script><img src=x onerror=document.title='ran'>Hello, "
    with web.house.sessions.begin() as session:
        version = session.get_one(MailingVersion, 1)
        version.compiled = version.compiled.replace("Hello, ", evil)
    page = opened(DESK)
    page.goto("/letters/week")
    assert page.locator("script").count() >= 1 and page.title() == "News of the week"
