"""Passkeys in a real browser, with a virtual device (WebAuthn, 11.2) that the browser's own protocol gives it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from tests.browser.conftest import needs_chromium
from tests.deployments.served import PASSWORD, Web, web_of_its_own

pytestmark = needs_chromium
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
          "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with web_of_its_own(tmp_path, port=port) as web:
        yield web


@contextmanager
def browsing(chromium: Any, address: str) -> Iterator[tuple[Any, Any, str]]:
    """A page of somebody who has a device: (page, its protocol, the device)."""
    with closing(chromium.new_context(base_url=address, locale="ru")) as context:
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        protocol = context.new_cdp_session(page)
        protocol.send("WebAuthn.enable")
        device = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        yield page, protocol, device


def test_a_newcomer_comes_in_by_passkey_signs_out_and_comes_in_again(web: Web, chromium: Any) -> None:
    with browsing(chromium, web.house.staff_url) as (page, _, _):
        page.goto(web.invitation("marina"))
        page.get_by_role("button", name="Вместо пароля — ключ доступа").click()
        page.wait_for_url("**/welcome")
        page.get_by_role("button", name="Понятно, начать").click()
        page.wait_for_url("**/staff")
        page.get_by_role("button", name="Выйти").click()
        page.get_by_role("button", name="Войти по ключу доступа").click()
        page.wait_for_url("**/staff")
        page.get_by_role("link", name="Марина").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Марина"
        assert "другого входа у вас нет" in page.inner_text("main")
        assert page.complaints == []


def test_a_passkey_is_added_and_removed_on_ones_own_page(web: Web, chromium: Any) -> None:
    with browsing(chromium, web.house.staff_url) as (page, protocol, device):
        page.goto(web.invitation("vera"))
        page.get_by_label("Пароль").fill(PASSWORD)
        page.get_by_role("button", name="Сохранить и войти").click()
        page.goto("/me")
        page.get_by_label("Название устройства").fill("рабочий ноутбук")
        page.get_by_role("button", name="Добавить ключ доступа").click()
        page.get_by_role("status").wait_for()
        assert "Ключ доступа «рабочий ноутбук» добавлен" in page.get_by_role("status").inner_text()
        [kept] = protocol.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        assert kept["rpId"] == "localhost" and kept["isResidentCredential"]
        page.get_by_role("button", name="Удалить ключ доступа рабочий ноутбук").click()
        assert "Ключ доступа удалён" in page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Выйти").click()
        page.get_by_role("button", name="Войти по ключу доступа").click()
        page.get_by_role("alert").filter(visible=True).wait_for()
        assert "Такого ключа доступа здесь нет" in page.get_by_role("alert").filter(visible=True).inner_text()


def test_whom_the_device_does_not_know_is_told_and_stays_at_the_door(web: Web, chromium: Any) -> None:
    with browsing(chromium, web.house.staff_url) as (page, protocol, device):
        page.goto(web.invitation("marina"))
        page.get_by_role("button", name="Вместо пароля — ключ доступа").click()
        page.wait_for_url("**/welcome")
        page.get_by_role("button", name="Понятно, начать").click()
        page.wait_for_url("**/staff")
        page.get_by_role("button", name="Выйти").click()
        protocol.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        page.get_by_role("button", name="Войти по ключу доступа").click()
        page.get_by_text("Ключ доступа не сработал").wait_for()
        assert page.url.endswith("/sign-in")


def test_under_another_address_the_door_says_where_passkeys_work(web: Web, chromium: Any) -> None:
    with browsing(chromium, web.url) as (page, _, _):
        page.goto("/sign-in?next=/staff/week")
        assert page.get_by_role("button", name="Войти по ключу доступа").count() == 0
        page.get_by_text("Ключи доступа работают по адресу").wait_for()
        page.get_by_role("link", name="localhost").click()
        assert page.url == f"{web.house.staff_url}/sign-in?next=/staff/week"
        page.get_by_role("button", name="Войти по ключу доступа").wait_for()
