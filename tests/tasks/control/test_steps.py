"""The steps of placement control in a furnished house, against a VK that people edit by hand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from integrations.channels.telegram import Telegram, TelegramSettings
from integrations.channels.vk import Vk, VkSettings
from integrations.wire import client
from models.database import SetClock
from models.delivery import Delivery, State
from models.locale import spoken
from models.post import Post
from models.reaction import Check, Notice
from tasks.control.compare import ANSWERS, Answer
from tasks.control.steps import decide_difference, look_at_live
from tasks.house import House
from tasks.posting.steps import publish_due
from tests.fakes import NOW
from tests.house import furnished, publish
from tests.servers import TelegramServer, VkServer, telegram, vk

TEA = Post(text="Чай дня: улун")
MINUTE = timedelta(minutes=1)


class Street:
    """A house with a real VK and a real Telegram beside it."""

    def __init__(self, house: House, clock: SetClock, wall: VkServer) -> None:
        self.house, self.clock, self.wall = house, clock, wall

    def publish(self) -> tuple[int, int]:
        number = self.wall.post_by_hand(TEA.text)
        return publish(self.house.sessions, str(number), TEA, account="vk"), number

    def look(self) -> Any:
        self.clock.at += timedelta(hours=1)
        return look_at_live.fn()

    def rows(self, table: type[Any]) -> list[Any]:
        with self.house.sessions() as session:
            return list(session.execute(select(table).order_by(table.id)).scalars())

    def decide(self, answer: Answer, person: str = "Marina Approver", check: int = 1) -> Any:
        return decide_difference.fn(check, ANSWERS[answer], person)


@pytest.fixture
def street(database: Engine, tmp_path: Path) -> Iterator[Street]:
    clock = SetClock(NOW)
    with VkServer() as wall, TelegramServer() as bots, client() as http, spoken("en"):
        channels: dict[str, Any] = {
            "vk": Vk(VkSettings(token=vk.TOKEN, group_id=vk.GROUP, api_url=wall.url), http, lambda picture: b""),
            "telegram": Telegram(
                TelegramSettings(token=telegram.TOKEN, chat="@seven_cups", api_url=bots.url), http, lambda picture: b""
            ),
        }
        yield Street(furnished(tmp_path / "company", database, channels, clock), clock, wall)
        assert wall.violations == []


def test_what_stands_is_confirmed(street: Street) -> None:
    id, _ = street.publish()
    assert street.look().title == "Done"
    assert street.rows(Delivery)[0].state == State.CONFIRMED and id == 1
    assert street.look().title == "Nothing to do"


def test_a_hand_on_the_wall_is_told_to_the_approver_and_the_technician(street: Street) -> None:
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    ending = street.look()
    assert ending.remarks == (
        "Not as approved: 1. The approver and the technicians are asked; nothing is changed by itself.",
    )
    letters = street.rows(Notice)
    assert [letter.person for letter in letters] == ["gleb", "marina"]
    assert "accept as it is · restore as approved · take down" in letters[0].body
    assert "number of the difference 1" in letters[0].body and letters[0].link == "https://staff.example/staff"
    assert street.wall.posts()[0]["text"] == "Чай дня: зелёный"


def test_a_restored_post_says_again_what_was_approved(street: Street) -> None:
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    assert street.decide(Answer.RESTORE).done == 1
    street.clock.at += MINUTE
    publish_due.fn()
    assert street.wall.posts()[0]["text"] == TEA.text
    assert street.look().title == "Done"
    assert street.rows(Check)[0].state == Answer.RESTORE


def test_a_deleted_post_is_noticed_and_published_again_only_on_a_persons_word(street: Street) -> None:
    _, number = street.publish()
    street.wall.delete_by_hand(number)
    street.look()
    publish_due.fn()
    assert street.wall.posts() == []
    assert street.decide(Answer.RESTORE).done == 1
    street.clock.at += MINUTE
    publish_due.fn()
    assert [post["text"] for post in street.wall.posts()] == [TEA.text]


def test_a_post_is_taken_down_on_a_persons_word(street: Street) -> None:
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    street.decide(Answer.TAKE_DOWN)
    street.clock.at += MINUTE
    publish_due.fn()
    assert street.wall.posts() == [] and street.look().title == "Nothing to do"


@pytest.mark.parametrize(
    ("person", "remark"),
    [
        pytest.param("Somebody", "There is no Somebody among the people of the company.", id="a_stranger"),
        pytest.param("nina", "Nina Cashier may not decide about this.", id="a_cashier"),
        pytest.param("Olga Author", "Olga Author may not decide about this.", id="an_author"),
    ],
)
def test_who_may_not_decide_decides_nothing(street: Street, person: str, remark: str) -> None:
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    ending = street.decide(Answer.TAKE_DOWN, person)
    assert ending.failed and ending.remarks[0].startswith(remark)
    assert street.rows(Check)[0].state == "open"


def test_a_decision_that_comes_too_late_says_so(street: Street) -> None:
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    street.decide(Answer.ACCEPT)
    assert street.decide(Answer.TAKE_DOWN, "gleb").remarks == (
        "Difference 1 is decided already, or is there no longer. Nothing was changed.",
    )
    assert street.decide(Answer.ACCEPT, check=7).remarks[0].startswith("There is no difference number 7")


def test_telegram_is_said_to_be_blind_once(street: Street) -> None:
    publish(street.house.sessions, "1", TEA, account="telegram")
    assert street.look().title == "Nothing to do"
    [letter] = street.rows(Notice)
    assert letter.person == "gleb" and "Look there yourself" in letter.body
    publish(street.house.sessions, "2", TEA, account="telegram")
    street.look()
    assert len(street.rows(Notice)) == 1


def test_an_account_that_has_left_the_file_is_no_trouble(street: Street) -> None:
    publish(street.house.sessions, "1", TEA, account="old-wall")
    assert street.look().title == "Nothing to do"


def test_a_wall_that_does_not_answer_is_said(street: Street) -> None:
    street.publish()
    street.wall.add_faults("wall.getById", ["5xx"])
    ending = street.look()
    assert ending.failed and ending.remarks[0].startswith("VK: ") and vk.TOKEN not in str(ending)
    assert street.look().title == "Done"


def test_a_hand_that_came_after_the_question_is_not_undone(street: Street) -> None:
    """Asked about one text, decided about it; meanwhile somebody wrote another: that is a question of its own."""
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    street.wall.edit_by_hand(number, "Чай дня: белый, 300 ₽")
    ending = street.decide(Answer.RESTORE)
    assert ending.failed and "the publication has changed again, so nothing was restored" in ending.remarks[0]
    publish_due.fn()
    assert street.wall.posts()[0]["text"] == "Чай дня: белый, 300 ₽"
    street.look()
    assert [check.state for check in street.rows(Check)] == ["over", "open"]
    assert street.decide(Answer.RESTORE, check=2).done == 1


def test_what_has_come_back_is_not_published_a_second_time(street: Street) -> None:
    _, number = street.publish()
    kept = dict(street.wall.walls.posts)
    street.wall.delete_by_hand(number)
    street.look()
    street.wall.walls.posts.update(kept)
    assert "changed again" in street.decide(Answer.RESTORE).remarks[0]
    publish_due.fn()
    assert len(street.wall.posts()) == 1
    street.look()
    assert street.rows(Check)[0].state == "over"


def test_nothing_is_restored_unseen(street: Street) -> None:
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    street.wall.add_faults("wall.getById", ["5xx"] * 9)
    ending = street.decide(Answer.RESTORE)
    assert ending.failed and ending.remarks[0].startswith("The publication could not be looked at before restoring:")
    assert street.rows(Check)[0].state == "open"


def test_what_is_taken_down_is_not_corrected_afterwards(street: Street) -> None:
    """A correction that still waits goes with the publication: a channel might put it back for the sake of it."""
    _, number = street.publish()
    street.wall.edit_by_hand(number, "Чай дня: зелёный")
    street.look()
    street.decide(Answer.RESTORE)
    street.wall.edit_by_hand(number, "Чай дня: белый")
    with street.house.sessions.begin() as session:
        session.add(Check(delivery_id=1, seen_hash="other", findings=street.rows(Check)[0].findings, state="open",
                          found_at=NOW))  # fmt: skip
    assert street.decide(Answer.RESTORE, check=2).remarks[0].startswith("A correction or removal ordered before")
    assert street.decide(Answer.TAKE_DOWN, check=2).done == 1
    assert [(row.verb, row.state) for row in street.rows(Delivery) if row.base_id] == [
        ("edit", "cancelled"),
        ("delete", "planned"),
    ]
    street.clock.at += MINUTE
    publish_due.fn()
    assert street.wall.posts() == []


def test_while_the_files_are_broken_nothing_is_looked_at_nor_put_off(street: Street) -> None:
    street.publish()
    file = street.house.root / "channels.yaml"
    whole = file.read_text()
    file.write_text("channels: [")
    assert street.look().failed
    file.write_text(whole)
    assert street.look().done == 1
