"""The web process over a real socket, in a house of its own, and browsers that behave as browsers do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Engine, event

from deployments.furniture import workspace_of
from deployments.web import app_of, listening
from integrations.site_pages import SitePages
from integrations.web.access import DOOR, SESSION
from integrations.web.passwords import Passwords
from models.database import SetClock, connect
from models.delivery import State
from models.piece import Piece, Rendition
from models.post import Picture, Post
from tasks.approval import rows as approval
from tasks.house import House
from tasks.people import rows as people
from tasks.people.tokens import fingerprint
from tests.conftest import share_statements
from tests.fakes import NOW, FakeChannel, delivery
from tests.house import empty_database, furnished

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SECRET = "a secret of the tests"
PASSWORD = "тёплый самовар в углу"
COMPANY = """\
name: Семь чашек
locale: ru
zone: Europe/Moscow
synthetic: true
people:
  - {key: olga, name: Ольга, email: olga@example.org, roles: [author]}
  - {key: marina, name: Марина, email: marina@example.org, roles: [approver], deputy: pavel}
  - {key: pavel, name: Павел, email: pavel@example.org, roles: [approver]}
  - {key: gleb, name: Глеб, email: gleb@example.org, roles: [technician]}
  - {key: nina, name: Нина, email: nina@example.org, roles: [cashier]}
  - {key: vera, name: Вера, email: vera@example.org, roles: [head]}
  - {key: anton, name: Антон, email: anton@example.org, roles: [admin]}
campaigns:
  - {key: winter, title: Зима, starts_on: 2026-11-01, ends_on: 2026-12-31}
approval: {approver: marina}
"""
CHANNELS = """\
channels:
  - {key: site, provider: site, title: Сайт, settings: {title: "Чай & кофе", description: "О чае"}}
  - {key: tg, provider: telegram, title: Телеграм, quiet_hours: ""}
  - {key: wall, provider: vk, title: Стена, quiet_hours: "09:00-15:00"}
"""
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Web:
    """A web process that runs, and the house behind it."""

    url: str
    app: FastAPI
    house: House
    clock: SetClock
    browsers: list["Browser"] = field(default_factory=list)

    def browser(self, person: str = "", **headers: str) -> "Browser":
        """A browser; of somebody who is signed in, if a person is named."""
        browser = Browser(self, person, headers)
        self.browsers.append(browser)
        return browser

    @property
    def site(self) -> SitePages:
        return SitePages(self.house.var / "site", lambda: self.clock.at)

    def picture(self, data: bytes = b"a picture", alt: str = "") -> Picture:
        return self.house.media.put(data, "image/jpeg", 400, 300, alt)

    def invitation(self, person: str, token: str = "") -> str:
        token = token or f"token-of-{person}"
        with self.house.sessions.begin() as session:
            people.invite(session, self.clock, person, fingerprint(token))
        return f"/invite/{token}"

    def placement(
        self, post: Post, account: str = "tg", state: State = State.PLANNED, hours: float = 1, **row: Any
    ) -> int:
        """A piece with one version and one placement, by Olga; returns the placement's id."""
        with self.house.sessions.begin() as session:
            number = str(session.query(Piece).count() + 1)
            piece = Piece(number=number, source="plan", source_ref=number, title=post.title or "Чай", author="olga",
                          created_at=NOW, changed_at=NOW)  # fmt: skip
            session.add(piece)
            session.flush()
            made = Rendition(piece_id=piece.id or 0, version_id=1, account=account, post=post.model_dump(mode="json"),
                             content_hash=f"{post.content_hash()}-{number}", made_at=NOW)  # fmt: skip
            session.add(made)
            session.flush()
            common = {"account": account, "subject_id": str(piece.id), "content_id": made.id, "state": state,
                      "content_hash": made.content_hash, "approved_hash": made.content_hash}  # fmt: skip
            placed = delivery(f"placement:{number}", at=NOW + timedelta(hours=hours), **(common | row))
            session.add(placed)
            session.flush()
            return placed.id or 0

    def request(self, posts: list[Post]) -> int:
        """A question to Marina about these versions."""
        for post in posts:
            self.placement(post, approved_hash="")
        with self.house.sessions.begin() as session:
            waiting = approval.waiting(session)
            key = f"question about {len(waiting)}"
            return approval.open_request(session, self.clock, key, "Неделя", "marina", waiting, "run").id or 0


class Browser:
    """Keeps cookies, says where its forms stood, and repeats their CSRF token; follows no redirect by itself."""

    def __init__(self, web: Web, person: str, headers: dict[str, str]) -> None:
        self.web, self.csrf = web, ""
        usual = {"user-agent": FIREFOX, "accept-language": "ru", "origin": web.url}
        self.http = httpx.Client(base_url=web.url, headers=usual | headers, trust_env=False, timeout=30, verify=False)
        if person:
            self._sign_in(person)

    def _sign_in(self, person: str) -> None:
        token = f"session-of-{person}-{id(self)}"
        self.csrf = f"csrf-of-{token}"
        with self.web.house.sessions.begin() as session:
            people.open_session(session, self.web.clock, person, fingerprint(token), self.csrf)
        self.http.cookies.set(SESSION, token)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers)

    def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        return self.http.post(path, data={"csrf": self.csrf} | (fields or {}), headers=headers)

    def at_the_door(self, path: str = "/sign-in") -> "Browser":
        """Open a page for everybody and take its form's token."""
        page = self.get(path)
        self.csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
        assert DOOR in self.http.cookies
        return self

    def said(self, response: httpx.Response) -> str:
        """The page a redirect leads to."""
        assert response.status_code == 303, response.text[:500]
        return self.get(response.headers["location"]).text


@contextmanager
def served(root: Path, engine: Engine, mailbox: bool = True, port: int = 0) -> Iterator[Web]:
    """A web process on a port of its own, stopped at the end as SIGTERM stops it.

    On a `port` that is named, its people find it at http://localhost: browsers make passkeys there.
    """
    clock = SetClock(NOW)
    share_statements(engine)
    house = furnished(root, engine, {key: FakeChannel() for key in ("site", "tg", "wall")}, clock, company=COMPANY)
    (root / "channels.yaml").write_text(CHANNELS)
    house = replace(house, open_workspace=workspace_of(root, NOW.date()), mail_leaves=not mailbox)
    if port:
        house = replace(house, staff_url=f"http://localhost:{port}")
    with serving(house, clock, mailbox, port) as web:
        yield web


@contextmanager
def serving(house: House, clock: SetClock, mailbox: bool = True, port: int = 0) -> Iterator[Web]:
    """The web process of this house."""
    (house.var / "reports").mkdir(parents=True, exist_ok=True)
    (house.var / "mailbox").mkdir(exist_ok=True)
    app = app_of(house, SECRET, house.var / "mailbox" if mailbox else None, CHEAP)
    server = uvicorn.Server(listening(app, "127.0.0.1", port))
    thread = threading.Thread(target=server.run)
    thread.start()
    web = Web("", app, house, clock)
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        web.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield web
    finally:
        for browser in web.browsers:
            browser.http.close()
        server.should_exit = True
        thread.join()


@contextmanager
def web_of_its_own(root: Path, mailbox: bool = True, port: int = 0) -> Iterator[Web]:
    """A web process on a fresh SQLite database."""
    (root / "otdel.sqlite").write_bytes(empty_database())
    engine = connect(f"sqlite:///{root / 'otdel.sqlite'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    with served(root, engine, mailbox, port) as web:
        yield web
    engine.dispose()
