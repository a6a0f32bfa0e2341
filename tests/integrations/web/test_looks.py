"""Looks at letters counted in memory, who makes them, and how often one may ask."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from integrations.web.letter_readers import is_machine_clicking, is_machine_opening
from integrations.web.looks import WAITING_MOST, LookCounter
from integrations.web.paces import Paces
from models.mail_returns import Seen
from tests.deployments.served import FIREFOX

AT = datetime(2026, 11, 23, 9, 59, 30, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


def test_a_look_is_kept_once_a_minute_and_by_its_first_moment() -> None:
    written: list[Seen] = []
    now = [AT]
    counter = LookCounter(written.extend, lambda: now[0])
    for seconds in (0, 5, 20, 40):
        now[0] = AT + timedelta(seconds=seconds)
        counter.add("m1", 2, False)
        counter.add("m1", 2, True)
    counter.flush()
    counter.flush()
    assert [(look.at, look.robot) for look in written] == [
        (AT, False), (AT, True), (AT + timedelta(seconds=40), False), (AT + timedelta(seconds=40), True),
    ]  # fmt: skip


def test_looks_are_kept_until_they_can_be_written() -> None:
    written: list[Seen] = []
    busy = [True]

    def write(looks: Sequence[Seen]) -> None:
        if busy:
            busy.pop()
            raise OSError("locked")
        written.extend(looks)

    counter = LookCounter(write, lambda: AT)
    counter.add("m1", None, False)
    counter.flush()
    counter.add("m2", None, False)
    counter.add("m1", None, False)
    counter.flush()
    assert [look.mark for look in written] == ["m1", "m2"]


def test_memory_is_bounded() -> None:
    written: list[Seen] = []
    counter = LookCounter(written.extend, lambda: AT)

    def add(numbers: range) -> None:
        for number in numbers:
            counter.add(f"m{number}", None, False)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, (range(0, WAITING_MOST + 100, 2), range(1, WAITING_MOST + 100, 2))))
    counter.flush()
    assert len(written) == WAITING_MOST


@pytest.mark.parametrize(
    ("agent", "opens", "clicks"),
    [
        pytest.param(FIREFOX, False, False, id="Firefox"),
        pytest.param(CHROME, False, False, id="Chrome"),
        pytest.param(GMAIL, False, False, id="Gmail fetches when it is read"),
        pytest.param("YahooMailProxy; https://help.example", False, True, id="Yahoo's proxy clicks nothing"),
        pytest.param("Mozilla/5.0", True, True, id="Apple's proxy"),
        pytest.param("Mozilla/5.0 (compatible; Barracuda Sentinel (EE))", True, True, id="Barracuda"),
        pytest.param(
            "Mozilla/5.0 (Windows NT 10.0) Chrome/90 Safari (Kaspersky Secure Mail)", True, True, id="Kaspersky"
        ),
        pytest.param("Mozilla/5.0 (compatible; Dr.Web link checker)", True, True, id="Dr.Web"),
        pytest.param(
            "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.1; Pro)", False, True, id="Outlook"
        ),
        pytest.param(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0", False, False, id="Thunderbird"
        ),
        pytest.param("Mozilla/5.0 (compatible; bingbot/2.0)", True, True, id="a search engine"),
        pytest.param("python-requests/2.31", True, True, id="a program"),
        pytest.param("", True, True, id="says nothing"),
    ],
)
def test_who_looks(agent: str, opens: bool, clicks: bool) -> None:
    headers = {"user-agent": agent, "accept-language": "ru"}
    assert (is_machine_opening(headers), is_machine_clicking(headers)) == (opens, clicks)
    assert is_machine_clicking({"user-agent": agent}), "every browser says which languages its owner reads"


def test_a_limit_holds_for_its_minute_and_for_each_alone() -> None:
    now = [AT]
    paces = Paces(lambda: now[0])
    assert [paces.may("try", "a", 2) for _ in range(4)] == [True, True, False, False]
    assert paces.may("try", "b", 2) and paces.may("choose", "a", 2)
    now[0] = AT + timedelta(minutes=1)
    assert paces.may("try", "a", 2)


def test_of_many_at_once_no_more_pass_than_may() -> None:
    paces = Paces(lambda: AT)
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda _: paces.may("try", "a", 50), range(400)))
    assert sum(passed) == 50
