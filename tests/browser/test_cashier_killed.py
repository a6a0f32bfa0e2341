"""A cashier's tablet whose browser is killed while it tells of what it has redeemed: nothing is lost or doubled."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from integrations.web.routes.cashier_page import COOKIE
from models.redemptions import BatchKind, Coupon, CouponBatch, JournalEntry, Redemption
from tasks.cashiers.engine import Cashiers
from tasks.redeeming.engine import Redeeming
from tests.browser.conftest import CHROMIUM, needs_chromium
from tests.browser.test_cashier import check, sees, until
from tests.deployments.served import COMPANY, Web, web_of_its_own
from tests.tasks.cashier_page.counter import OUTLETS, PLAIN, percent
from tests.tasks.redeeming.shop import offer

Error = pytest.importorskip("playwright.sync_api").Error
pytestmark = [*needs_chromium, pytest.mark.storm]
SECRET = "the-secret-of-this-tablet"
BLOWS = [(path, heard) for _ in range(3) for path in ("journal", "redeem") for heard in (False, True)]
CODES = [f"TEA{n}" for n in range(100, 100 + len(BLOWS))]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        with web.house.sessions.begin() as session:
            offer(session, CODES, percent(title="Чай к зиме", limits={"per_code": 1}))
            session.execute(update(CouponBatch).values(kind=BatchKind.IMPORTED))
        cashiers = Cashiers(web.house)
        cashiers.offer_pairing("boulevard", "планшет", "anton", "a token that nobody guesses")
        cashiers.pair("a token that nobody guesses", SECRET)
        nina = cashiers.put_cashier("boulevard", "Нина", "nina", PLAIN.hash("48213"), "anton")
        at = cashiers.at(SECRET)
        assert at is not None and cashiers.sign_in(at, nina.id or 0, "48213", PLAIN).shift
        yield web


class Tablet:
    """A browser that keeps what it has written between its lives; its processes are known by their folder."""

    def __init__(self, started: Any, web: Web, folder: Path) -> None:
        self.started, self.web, self.folder, self.lives = started, web, folder, 0

    def wake(self) -> Any:
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()
        self.context = self.started.chromium.launch_persistent_context(
            str(self.folder), executable_path=str(CHROMIUM), args=["--no-sandbox"], base_url=self.web.url,
            viewport={"width": 390, "height": 844}, locale="ru", service_workers="block",
        )  # fmt: skip
        self.context.add_cookies([{"name": COOKIE, "value": SECRET, "url": self.web.url}])
        self.context.set_default_timeout(10_000)
        page = self.context.pages[0]
        page.goto("/till/page")
        until(page, "!(await Store.queue()).length && Boolean(await Store.get('list'))")
        self.lives += 1
        return page

    def kill(self) -> None:
        mine = f"--user-data-dir={self.folder}".encode()
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if mine in found.read_bytes():
                    os.kill(int(found.parent.name), signal.SIGKILL)

    def dies(self, page: Any, path: str, heard: bool) -> None:
        """It is killed at this call, before the house has heard it or after; the answer it hears in neither case."""

        def strike(route: Any) -> None:
            if heard:
                route.fetch()
            self.kill()

        page.route(f"**/till/page/{path}", strike)

    def is_dead(self) -> None:
        with suppress(Error):
            self.context.wait_for_event("close")
        with suppress(Error):
            self.context.close()


def redeem(page: Any, code: str) -> None:
    if page.get_by_role("button", name="Не гасить").is_visible():  # the order of its former life
        page.get_by_role("button", name="Не гасить").click()
    page.get_by_role("button", name="Купон", exact=True).click()
    check(page, code)
    page.get_by_label("Сумма чека").fill("200")
    page.get_by_role("button", name="Дальше").click()
    sees(page, "Дайте скидку 20")
    page.get_by_role("button", name="Готово, погасить купон").click(no_wait_after=True)


def test_nothing_is_lost_or_doubled_when_the_browser_is_killed(web: Web, started: Any, tmp_path: Path) -> None:
    tablet = Tablet(started, web, tmp_path / "tablet")
    for code, (path, heard) in zip(CODES, BLOWS, strict=True):
        page = tablet.wake()
        tablet.dies(page, path, heard)
        page.context.set_offline(path == "journal")  # redeemed by the list; its journal finds the way at last
        redeem(page, code)
        tablet.is_dead()
    tablet.wake()
    tablet.context.close()
    with web.house.reads() as session:
        rows = session.execute(select(Redemption)).scalars().all()
        uses = session.execute(select(Coupon.used)).scalars().all()  # type: ignore[call-overload]
        told = session.execute(select(JournalEntry)).scalars().all()
    assert [row.state for row in rows] == ["redeemed"] * len(CODES) and uses == [1] * len(CODES)
    assert not any(one.conflicts for one in told) and len(told) == len(CODES), (
        "each was told of, and nothing against it"
    )
    assert tablet.lives == len(CODES) + 1 and Redeeming.of(web.house).audit().ok
