"""The browser of these tests: Chromium as the distribution has it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.looks import DESK
from tests.deployments.served import Web

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

CHROMIUM = Path(os.environ.get("OTDEL_CHROMIUM", "/usr/bin/chromium"))
needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}: install the distribution's package"),
]


@pytest.fixture(scope="package")
def started() -> Iterator[Any]:
    """Playwright, of which a process has one."""
    with playwright.sync_playwright() as found:
        yield found


@pytest.fixture(scope="package")
def chromium(started: Any) -> Iterator[Any]:
    browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def opened(web: Web, chromium: Any) -> Iterator[Any]:
    """Opens a page of a browser of this size, with complaints of the browser collected."""
    contexts = []

    def open_page(size: tuple[int, int] = DESK, language: str = "ru", scheme: str = "light", person: str = "",
                  **more: Any) -> Any:  # fmt: skip
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale=language,
                                       color_scheme=scheme, base_url=web.url, **more)  # fmt: skip
        contexts.append(context)
        if person:
            cookies = web.browser(person).http.cookies
            context.add_cookies([{"name": c.name, "value": c.value, "url": web.url} for c in cookies.jar])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
