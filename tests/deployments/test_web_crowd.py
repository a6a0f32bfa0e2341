"""The whole department at once, on both databases: whatever eight people press, nobody meets a broken page."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.delivery import State
from models.order_book import GivenOrder
from models.post import Post
from tests.deployments.served import Browser, Web, served

SECONDS = 6
PEOPLE = ("olga", "vera", "marina", "pavel", "gleb", "anton", "vera", "olga")
LOOKS = (
    "/staff",
    "/staff/week",
    "/staff/unknown",
    "/approval",
    "/staff/stop",
    "/staff/campaigns",
    "/me",
    "/staff/drop",
    "/staff/customers",
)


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


def buttons(random: Random, placed: list[int], unknown: list[int], piece: str) -> list[tuple[str, dict[str, Any]]]:
    one = f"/staff/placement/{random.choice(placed)}"
    return [
        (f"{one}/hold", {"why": "ждём цену"}),
        (f"{one}/restore", {"date": "2026-11-26", "time": "10:00"}),
        (f"{one}/move", {"date": "2026-11-27", "time": "11:30"}),
        (f"{one}/cancel", {}),
        (f"/staff/placement/{random.choice(unknown)}/decide", {"verdict": "leave"}),
        (f"{piece}/comment", {"text": "Смотрю"}),
        (f"{piece}/edit", {"title": "Сенча", "text": f"{random.random()}", "channels": ["tg"], "do": "over"}),
        ("/staff/stop", {"scope": "channel", "channel": "wall", "why": "проба"}),
        ("/staff/goals", {"title": f"{random.random()}", "metric": "clicks", "target": "5",
                          "starts_on": "2026-11-01", "ends_on": "2026-12-01"}),
        ("/me/absence", {"first": f"2027-01-{random.randint(1, 28):02}", "last": "2027-02-01"}),
        ("/approval/1", {"do": "rest"}),
    ]  # fmt: skip


def draft(browser: Browser) -> str:
    fields = {"purpose": "news", "title": "Сенча", "facts": "Первый сбор", "on": "2026-11-25", "at": "12:00",
              "channels": ["tg", "site"], "author": "olga"}  # fmt: skip
    return str(browser.post("/staff/draft", fields).headers["location"])


def test_eight_people_at_once_meet_no_broken_page(anywhere: Web) -> None:
    web = anywhere
    placed = [web.placement(Post(title=f"Чай {n}"), hours=30 + n) for n in range(20)]
    unknown = [web.placement(Post(title="Улун"), state=State.UNKNOWN, hours=-1) for _ in range(5)]
    web.request([Post(title="Сенча")])
    piece, met, until = draft(web.browser("olga")), Counter[str](), time.monotonic() + SECONDS

    def works(browser: Browser, random: Random) -> None:
        while time.monotonic() < until:
            if random.random() < 0.4:
                path = random.choice((*LOOKS, piece))
                answer = browser.get(path)
            else:
                path, fields = random.choice(buttons(random, placed, unknown, piece))
                answer = browser.post(path, fields)
            met[f"{answer.status_code} {re.sub('[0-9]+', 'N', path)}"] += 1

    browsers = [web.browser(person) for person in PEOPLE]
    threads = [threading.Thread(target=works, args=(b, Random(n))) for n, b in enumerate(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {line for line in met if line[:3] not in ("200", "303", "403", "409", "422")} == set(), met
    with web.house.reads() as session:
        orders = session.execute(select(GivenOrder)).scalars().all()
    assert len(orders) > len(PEOPLE) and all(order.carried_out_at for order in orders)
