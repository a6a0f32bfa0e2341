"""The steps of reaction control in a furnished house, against a Telegram that tells and a VK that answers."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from integrations.channels.site import Site, SiteSettings
from integrations.channels.telegram import Telegram, TelegramSettings
from integrations.channels.vk import Vk, VkSettings
from integrations.errors import Unsupported
from integrations.wire import client
from models.database import SetClock
from models.locale import spoken
from models.post import Post
from models.reaction import AccountState, AudienceSnapshot, Comment, Notice, Snapshot
from models.registry import Fact
from tasks.house import House
from tasks.reactions import engine, rows
from tasks.reactions.round import Round
from tasks.reactions.steps import count_audience, hear_updates, remind_of_answers, take_reactions
from tests.fakes import NOW
from tests.house import furnished, publish
from tests.servers import TelegramServer, VkServer, telegram, vk


class QuickTelegram(Telegram):
    capabilities = replace(Telegram.capabilities, min_interval=timedelta(0))


class QuickVk(Vk):
    capabilities = replace(Vk.capabilities, min_interval=timedelta(0))


ROOT = Path(__file__).resolve().parents[3]
TEA = Post(text="Чай дня: улун", title="Улун")
HOUR = timedelta(hours=1)
COFFEE, GROUP = -1001000000005, -1001000000006
PERSON = 987_654_321


class Town:
    """A house beside two channels of one bot and a wall."""

    def __init__(self, house: House, clock: SetClock, bots: TelegramServer, wall: VkServer) -> None:
        self.house, self.clock, self.bots, self.wall = house, clock, bots, wall

    def publish(self, account: str = "tea", **more: Any) -> int:
        """A post that our bot has published, with its delivery; returns its message."""
        chat = {"tea": telegram.CHANNEL, "coffee": COFFEE}[account]
        number = self.bots.post_by_hand(TEA.text, chat)
        publish(self.house.sessions, str(number), TEA, account=account, **more)
        return number

    def rows(self, table: type[Any]) -> list[Any]:
        with self.house.sessions() as session:
            return list(session.execute(select(table)).scalars())

    def counts(self) -> list[tuple[int, str, int]]:
        return sorted((one.delivery_id, one.metric, one.value) for one in self.rows(Snapshot))

    def cursors(self) -> set[str]:
        return {state.cursor for state in self.rows(AccountState)}


@pytest.fixture
def town(database: Engine, tmp_path: Path) -> Iterator[Town]:
    clock = SetClock(NOW)
    now = {"now": lambda: clock.at.timestamp()}
    with TelegramServer(**now) as bots, VkServer(**now) as wall, client() as http, spoken("en"):
        bots.add_chat(id=GROUP, title="Talk", type="supergroup")
        bots.add_chat(id=COFFEE, title="Coffee", username="coffee", discussion=GROUP)
        settings = {"token": telegram.TOKEN, "api_url": bots.url}
        channels: dict[str, Any] = {
            "tea": QuickTelegram(TelegramSettings(chat="@seven_cups", **settings), http, lambda picture: b""),
            "coffee": QuickTelegram(TelegramSettings(chat=str(COFFEE), **settings), http, lambda picture: b""),
            "vk": QuickVk(VkSettings(token=vk.TOKEN, group_id=vk.GROUP, api_url=wall.url), http, lambda picture: b""),
        }
        house = furnished(tmp_path / "company", database, channels, clock)
        hear_updates.fn()  # names the kinds of updates that the bot wants
        yield Town(house, clock, bots, wall)
        assert bots.violations == [] and wall.violations == []


def test_reactions_come_with_the_updates_and_are_counted_once(town: Town) -> None:
    message = town.publish()
    town.bots.react(message, {"👍": 3, "🔥": 2})
    hear_updates.fn()
    counted = [(1, "reaction 👍", 3), (1, "reaction 🔥", 2), (1, "reactions", 5)]
    assert town.counts() == counted
    assert [(fact.metric, fact.value, fact.source) for fact in town.rows(Fact)] == [("reactions", 5, "telegram")]
    assert hear_updates.fn().ending.title == "Nothing to do" and town.counts() == counted


def test_two_counts_within_a_second_are_both_kept_and_the_last_is_last(town: Town) -> None:
    message = town.publish()
    for likes in (1, 2, 3):
        town.bots.react(message, {"👍": likes})
        hear_updates.fn()
    kept = sorted((one.taken_at, one.value) for one in town.rows(Snapshot) if one.metric == "reactions")
    assert [value for _, value in kept] == [1, 2, 3]


def test_a_bot_is_one_stream_for_all_its_channels(town: Town) -> None:
    tea, coffee = town.publish(), town.publish("coffee")
    town.bots.react(tea, {"👍": 1})
    town.bots.react(coffee, {"👍": 7}, chat=COFFEE)
    hear_updates.fn()
    assert [(id, value) for id, metric, value in town.counts() if metric == "reactions"] == [(1, 1), (2, 7)]
    [cursor] = town.cursors()
    assert int(cursor) > 1000 and {state.account for state in town.rows(AccountState)} == {"tea", "coffee"}


def test_a_message_of_an_album_is_its_publication(town: Town) -> None:
    first = town.bots.post_by_hand("a picture")
    town.publish(detail={"messages": [first, first + 1]})
    town.bots.react(first, {"👍": 4})
    hear_updates.fn()
    assert (1, "reactions", 4) in town.counts()


def test_what_somebody_else_posted_is_nobodys(town: Town) -> None:
    message = town.bots.post_by_hand("not ours")
    town.bots.react(message, {"👍": 4})
    assert hear_updates.fn().done == 1
    assert town.counts() == [] and town.cursors() != {""}


def test_who_came_and_went_is_kept_as_numbers_and_members_are_counted_anew(town: Town) -> None:
    count_audience.fn()
    town.clock.at += timedelta(minutes=1)
    for person, status in ((PERSON, "member"), (PERSON + 1, "member"), (PERSON, "left")):
        town.bots.join(person, status=status)
    hear_updates.fn()
    town.clock.at += 2 * HOUR
    count_audience.fn()
    kept = [(one.metric, one.value) for one in town.rows(AudienceSnapshot) if one.account == "tea"]
    assert sorted(kept) == [("joined", 1), ("joined", 1), ("left", 1), ("members", 100), ("members", 101)]
    assert not any(str(PERSON) in str(one.model_dump()) for one in town.rows(AudienceSnapshot))


def test_a_bot_that_was_turned_out_is_told_to_the_technician(town: Town) -> None:
    town.bots.set_bot_status("kicked")
    assert hear_updates.fn().ending.remarks == ("Our bot was turned out: 1. The technicians are told.",)
    [letter] = town.rows(Notice)
    assert (letter.person, letter.subject) == ("gleb", "Telegram: our bot was turned out")


def test_a_comment_in_the_discussion_group_is_asked_about(town: Town) -> None:
    message = town.publish("coffee")
    town.bots.comment(message, "А эспрессо есть?", chat=COFFEE)
    hear_updates.fn()
    [comment] = town.rows(Comment)
    assert (comment.account, comment.question, comment.author_key) == ("coffee", True, "501")
    assert [letter.person for letter in town.rows(Notice)] == ["olga"]


def asked_in_the_group(town: Town) -> int:
    """A question under a post of the coffee channel; returns its message in the group."""
    message = town.publish("coffee")
    number = town.bots.comment(message, "А эспрессо есть?", chat=COFFEE)
    hear_updates.fn()
    return number


@pytest.mark.parametrize("speaker", ["channel", "group"])
def test_an_answer_in_the_discussion_group_is_counted(town: Town, speaker: str) -> None:
    question = asked_in_the_group(town)
    town.clock.at += timedelta(minutes=20)
    town.bots.answer(question, "Да, до 22:00", speaker, chat=COFFEE)
    hear_updates.fn()
    measured = {fact.metric: fact.value for fact in town.rows(Fact) if fact.metric.startswith("answer")}
    assert measured == {"answered": 1, "answer_time": 1200}
    assert [comment.text for comment in town.rows(Comment)] == ["А эспрессо есть?"]


def test_a_guest_who_answers_a_guest_asks_in_turn_and_answers_nothing(town: Town) -> None:
    question = asked_in_the_group(town)
    town.bots.answer(question, "А сколько стоит?", chat=COFFEE)
    hear_updates.fn()
    assert [(one.question, one.answered_at) for one in town.rows(Comment)] == [(True, None)] * 2


def test_a_question_to_our_own_remark_in_the_group_is_heard(town: Town) -> None:
    message = town.publish("coffee")
    ours = town.bots.comment(message, "Кстати, сегодня до 22:00", chat=COFFEE)
    town.bots.answer(ours, "А где вы находитесь?", chat=COFFEE)
    hear_updates.fn()
    assert [one.text for one in town.rows(Comment) if one.question] == ["А где вы находитесь?"]


def test_a_question_in_the_group_that_nobody_answered_is_told(town: Town) -> None:
    asked_in_the_group(town)
    town.clock.at += timedelta(days=3)
    assert remind_of_answers.fn().ending.remarks == (
        "Not answered in time: 1. The authors and the approver are told.",
    )  # fmt: skip


def test_a_remark_about_a_channel_stands_once_in_a_round(town: Town) -> None:
    town.bots.add_faults("getUpdates", ["5xx"])
    town.bots.add_faults("getChatMemberCount", ["5xx"] * 2)
    first, second = hear_updates.fn(), count_audience.fn()
    assert first.troubles and second.troubles
    together = (first + second).ending.remarks
    assert len(together) == len(set(together)) == len({*first.troubles, *second.troubles})


def test_what_two_parts_of_a_round_counted_is_added_up() -> None:
    both = Round(done=1, counts={"asked": 1}) + Round(done=2, later=1, counts={"asked": 2, "late": 1})
    with spoken("en"):
        assert (both.ending.done, both.ending.total) == (3, 4)
        assert both.ending.remarks[0].startswith("Questions and complaints: 3.") and len(both.ending.remarks) == 2


def test_while_the_files_are_broken_no_look_is_passed_over(town: Town) -> None:
    number = on_the_wall(town)
    town.wall.react(number, likes=7)
    channels = town.house.root / "channels.yaml"
    whole = channels.read_text()
    channels.write_text("channels: [")
    town.clock.at += HOUR
    parts = [hear_updates.fn(), take_reactions.fn(), count_audience.fn(), remind_of_answers.fn()]
    ending = (parts[0] + parts[1] + parts[2] + parts[3]).ending
    assert ending.failed and len(ending.remarks) == 2 and "channels.yaml" in ending.remarks[1]
    channels.write_text(whole)
    assert take_reactions.fn().done == 1 and ("likes", 7) in {(metric, value) for _, metric, value in town.counts()}


def test_what_was_read_and_not_kept_is_read_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    message = town.publish()
    town.bots.react(message, {"👍": 3})
    town.bots.join(501)

    class Killed(Exception):
        pass

    def killed(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(rows, "move_cursor", killed)
        with pytest.raises(Killed):
            hear_updates.fn()
    assert town.counts() == [] and town.rows(AudienceSnapshot) == []
    hear_updates.fn()
    assert [value for _, metric, value in town.counts() if metric == "reactions"] == [3]
    assert [one.metric for one in town.rows(AudienceSnapshot)] == ["joined"]


def test_a_cursor_never_goes_back(town: Town) -> None:
    with town.house.sessions.begin() as session:
        rows.move_cursor(session, ["tea", "coffee"], 1500)
        rows.move_cursor(session, ["coffee"], 1400)
        assert rows.cursor_of(session, ["coffee"]) == 1500


KILLED_READER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from integrations.channels.site import Site, SiteSettings
from integrations.channels.telegram import Telegram, TelegramSettings
from integrations.wire import client
from models.database import SetClock, connect
from tasks.reactions import rows
from tasks.reactions.steps import hear_updates
from tests.fakes import NOW
from tests.house import furnished
from tests.servers import telegram

database, api_url, root, moment = sys.argv[1:]
kept = rows.move_cursor

def die(session, accounts, cursor):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    kept(session, accounts, cursor)
    session.commit()
    os.kill(os.getpid(), signal.SIGKILL)

rows.move_cursor = die
settings = TelegramSettings(token=telegram.TOKEN, chat="@seven_cups", api_url=api_url)
furnished(Path(root), connect(database), {"tea": Telegram(settings, client(), lambda picture: b"")}, SetClock(NOW))
hear_updates.fn()
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_reader_that_is_killed_loses_nothing_and_doubles_nothing(
    town: Town, tmp_path: Path, database_url: str, moment: str
) -> None:
    message = town.publish()
    town.bots.react(message, {"👍": 3})
    town.bots.join(501)
    order = [sys.executable, "-c", KILLED_READER, database_url, town.bots.url, str(tmp_path / "other"), moment]
    killed = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert killed.returncode == -9, killed.stderr
    assert len(town.counts()) == (0 if moment == "before" else 2)
    hear_updates.fn()
    assert town.counts() == [(1, "reaction 👍", 3), (1, "reactions", 3)]
    assert [one.metric for one in town.rows(AudienceSnapshot)] == ["joined"]
    assert [fact.value for fact in town.rows(Fact)] == [3]


# VK, which is asked.


def on_the_wall(town: Town) -> int:
    number = town.wall.post_by_hand(TEA.text)
    publish(town.house.sessions, str(number), TEA, account="vk")
    return number


def test_a_wall_is_asked_for_counts_reach_and_comments(town: Town) -> None:
    number = on_the_wall(town)
    town.wall.react(number, likes=7, views=120)
    town.wall.set_reach(number, reach_total=90)
    town.wall.comment(number, "Сколько стоит улун?")
    town.clock.at += HOUR
    ending = take_reactions.fn().ending
    assert ending.remarks == ("Questions and complaints: 1. The authors are told by when to answer.",)
    facts = {fact.metric: fact.value for fact in town.rows(Fact)}
    assert facts == {"likes": 7, "views": 120, "reposts": 0, "comments": 1, "reach": 90}
    [comment] = town.rows(Comment)
    assert comment.question and comment.answer_by > comment.written_at


def test_an_answer_in_the_communitys_name_is_measured(town: Town) -> None:
    number = on_the_wall(town)
    town.wall.comment(number, "Сколько стоит улун?")
    town.clock.at += HOUR
    take_reactions.fn()
    town.wall.advance(600)
    town.wall.comment(number, "450 рублей", user=vk.WALL)
    town.clock.at += 3 * HOUR
    take_reactions.fn()
    measured = {fact.metric: fact.value for fact in town.rows(Fact) if fact.metric.startswith("answer")}
    assert measured == {"answered": 1, "answer_time": 4200}
    assert len(town.rows(Comment)) == 1


def test_a_question_nobody_answered_is_told_to_the_approver(town: Town) -> None:
    number = on_the_wall(town)
    town.wall.comment(number, "Сколько стоит улун?")
    town.clock.at += HOUR
    take_reactions.fn()
    [comment] = town.rows(Comment)
    town.clock.at = comment.answer_by + HOUR
    assert remind_of_answers.fn().ending.remarks == ("Not answered in time: 1. The authors and the approver are told.",)
    assert remind_of_answers.fn().ending.remarks == ()


def test_a_token_that_is_dead_is_said_and_the_others_go_on(town: Town) -> None:
    number = on_the_wall(town)
    town.wall.react(number, likes=7)
    town.bots.add_faults("getUpdates", ["5xx"])
    ending = hear_updates.fn().ending
    assert ending.done == 0 and len(ending.remarks) == 1 and telegram.TOKEN not in str(ending)
    town.clock.at += HOUR
    assert take_reactions.fn().done == 1


def test_telegrams_posts_have_clicks_though_the_channel_is_asked_nothing(town: Town) -> None:
    town.publish()
    town.clock.at += HOUR
    assert take_reactions.fn().ending.title == "Done" and town.counts() == []


def test_the_own_site_says_that_it_is_counted_here(tmp_path: Path) -> None:
    with client() as http, pytest.raises(Unsupported) as cannot:
        Site(SiteSettings(path=str(tmp_path)), http, lambda picture: b"").reactions(["page"])
    assert cannot.value.reason.code == engine.COUNTED_HERE
