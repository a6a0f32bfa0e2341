"""What the pages of the desk cost: `python -m tests.bench.desk`.

In one run, over a socket, against a house with a history and a full week: the time until a page is there and its size,
beside the floor of the same work (the bare questions to the database and a bare render of as many bytes); then the
same with ten times the history, and with ten times the week.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from models.delivery import Delivery, State
from models.manuscript import Manuscript
from models.piece import Piece, PieceVersion, Rendition
from models.post import Post
from tests.deployments.served import Browser, Web, web_of_its_own
from tests.fakes import NOW

MONDAY = NOW.replace(hour=0)
ACCOUNTS = ("site", "tg", "wall")
ROUNDS = 5
BATCH = 5000

# Every page of the desk: its name, and its address. A new page adds its line here.
PAGES = {
    "today": "/staff",
    "week, calendar": "/staff/week",
    "week, list": "/staff/week?view=list",
    "week, last page of the list": "/staff/week?view=list&page=999",
    "week, one author and channel": "/staff/week?person=olga&channel=site",
    "week, what needs a person": "/staff/week?view=list&state=person",
    "week as XLSX": "/staff/week.xlsx",
    "week as ICS": "/staff/week.ics",
    "stop": "/staff/stop",
    "to decide": "/staff/unknown",
    "approval": "/approval",
    "one version": "/staff/proof/1",
    "one piece": "/staff/piece/1",
    "load": "/staff/drop",
    "people": "/staff/people",
    "outlets": "/staff/outlets",
    "campaigns": "/staff/campaigns",
    "one campaign": "/staff/campaigns/winter",
    "goals and money": "/staff/goals",
    "occasions": "/staff/occasions",
    "the month that has ended": "/staff/month?month=2026-10",
    "reports": "/reports",
}
# What must not grow with the history, and what may grow with the week no faster than the week itself.
WATCHED = (
    "today", "week, calendar", "week, list", "week, one author and channel", "to decide", "one version", "one piece",
    "stop", "one campaign",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Milliseconds of wall and of this process's CPU (server and browser together) for one page, and its size."""

    wall: float
    cpu: float
    kilobytes: float

    def __str__(self) -> str:
        return f"{self.wall:8.1f} ms wall {self.cpu:8.1f} ms CPU {self.kilobytes:8.1f} kB"


def fill(web: Web, history: int, week: int) -> None:
    """A year and more of placements that are over, and a week of them from Monday on."""
    with web.house.engine.begin() as connection:
        for begin in range(0, history + week, BATCH):
            numbers = range(begin + 1, min(begin + BATCH, history + week) + 1)
            connection.execute(insert(Piece), [_piece(n) for n in numbers])
            connection.execute(insert(PieceVersion), [_version(n) for n in numbers])
            connection.execute(insert(Rendition), [_rendition(n) for n in numbers])
            connection.execute(insert(Delivery), [_placement(n, history, week) for n in numbers])


def _piece(n: int) -> dict[str, Any]:
    return {"id": n, "number": str(n), "source": "plan", "source_ref": str(n), "title": f"Чай дня № {n}: сенча и мёд",
            "version_id": n,
            "author": ("olga", "vera", "gleb")[n % 3], "created_at": NOW, "changed_at": NOW, "plan": {},
            "customer_group": "", "group_overruled": False, "campaign": "", "goal": "", "row_hash": "",
            "archived": False}  # fmt: skip


def _version(n: int) -> dict[str, Any]:
    content = Manuscript(title=f"Чай дня № {n}", body="Сенча первого сбора. " * 20).model_dump(mode="json")
    return {"id": n, "piece_id": n, "ordinal": 1, "content": content, "content_hash": f"v{n}", "made_by": "olga",
            "why": "", "made_at": NOW}  # fmt: skip


def _rendition(n: int) -> dict[str, Any]:
    post = Post(title=f"Чай дня № {n}", text="Сенча первого сбора. " * 20).model_dump(mode="json")
    return {"id": n, "piece_id": n, "version_id": n, "account": ACCOUNTS[n % 3], "post": post, "content_hash": f"h{n}",
            "notes": [], "by_hand": False, "made_at": NOW}  # fmt: skip


def _placement(n: int, history: int, week: int) -> dict[str, Any]:
    past = n <= history
    at = (
        MONDAY - timedelta(hours=1 + n * 9000 / history)
        if past
        else MONDAY + timedelta(hours=(n - history) * 167 / week)
    )
    state = _over(n) if past or at < NOW - timedelta(hours=1) else State.PLANNED
    row = Delivery(
        id=n, key=f"placement:{n}", kind="placement", account=ACCOUNTS[n % 3], subject_id=str(n), content_id=n,
        content_hash=f"h{n}", approved_hash=f"h{n}", campaign="winter" if n % 2 else "", wall_time="2026-11-23T12:00",
        zone="Europe/Moscow", due_at=at, state=state, created_at=NOW, url=f"https://t.me/cups/{n}",
    )  # fmt: skip
    return row.model_dump()


def _over(n: int) -> State:
    """How a placement ended: well, as a rule."""
    rare = {7: State.MISSED, 11: State.CANCELLED, 13: State.REJECTED}
    return rare.get(n % 100, State.HELD if n % 997 == 0 else State.CONFIRMED)


def measured(work: Callable[[], int]) -> Cost:
    """The best of some rounds, after one that fills what is kept: the rest is what else the machine was doing."""
    size, spent = work(), []
    for _ in range(ROUNDS):
        begun, used = time.perf_counter(), time.process_time()
        size = work()
        spent.append((1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - used)))
    walls, cpus = zip(*spent, strict=True)
    return Cost(min(walls), min(cpus), size / 1000)


def opened(browser: Browser, path: str) -> int:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(answer.content)


def floor(web: Web, cards: int, size: int) -> Cost:
    """The bare work of the calendar: its two questions, asked of the driver, and as many bytes put together."""
    since, until = (MONDAY.isoformat(" "), (MONDAY + timedelta(days=7)).isoformat(" "))
    card = "x" * (size // cards)

    def work() -> int:
        with closing(sqlite3.connect(web.house.root / "otdel.sqlite")) as connection:
            found = connection.execute(
                "SELECT id, due_at, state, account FROM delivery "
                "WHERE kind = 'placement' AND due_at >= ? AND due_at < ? ORDER BY due_at, id", (since, until),
            ).fetchall()  # fmt: skip
            ids = ", ".join(str(row[0]) for row in found[:cards])
            whole = connection.execute(
                f"SELECT * FROM delivery LEFT JOIN piece ON piece.id = delivery.subject_id WHERE delivery.id IN ({ids})"
            ).fetchall()
        return len("".join(f"<li>{row[0]} {card}</li>" for row in whole).encode())

    return measured(work)


def pages(history: int, week: int) -> tuple[dict[str, Cost], Cost]:
    with tempfile.TemporaryDirectory() as folder, web_of_its_own(Path(folder)) as web:
        fill(web, history, week)
        browser = web.browser("vera")
        costs = {name: measured(lambda path=path: opened(browser, path)) for name, path in PAGES.items()}
        calendar = browser.get(PAGES["week, calendar"]).text
        return costs, floor(web, calendar.count('class="spot '), len(calendar.encode()))


def main() -> None:
    order = arguments()
    once, bare = pages(order.history, order.week)
    more_history, _ = pages(order.history * 10, order.week)
    more_week, _ = pages(order.history, order.week * 10)
    figures: dict[str, Any] = {name: str(cost) for name, cost in once.items()}
    figures["floor of the calendar"] = str(bare)
    figures["calendar / floor, CPU"] = round(once["week, calendar"].cpu / bare.cpu, 1)
    for name in WATCHED:
        history, week = (found[name].cpu / once[name].cpu for found in (more_history, more_week))
        figures[f"{name}: 10 × history, 10 × week, CPU"] = f"× {history:.2f}, × {week:.2f}"
    title = f"desk: {order.history} placements of history, {order.week} in the week"
    print(
        json.dumps(figures, ensure_ascii=False)
        if order.json
        else "\n".join([title, *(f"  {name:55} {figure}" for name, figure in figures.items())])
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--history", type=int, default=10_000)
    parser.add_argument("--week", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
