from datetime import timedelta

import pytest

from integrations.channels.base import Remark
from integrations.channels.telegram_updates import (
    CommentSeen,
    MembershipChanged,
    PostSeen,
    ReactionsCounted,
    ReplySeen,
)
from tasks.reactions.stream import Commented, Counted, Moved, Replied, Threaded, accounts_of, hear
from tests.fakes import NOW

CHATS: dict[str, int | str] = {"tea": "@Seven_Cups", "coffee": -100123, "other": "@other"}


def counted(number: int, chat_id: int = -1001, chat_name: str = "seven_cups") -> ReactionsCounted:
    return ReactionsCounted(chat_id, chat_name, 7, NOW, {"reactions": number})


def test_a_chat_is_known_by_its_name_or_its_number() -> None:
    assert accounts_of(-1001, "seven_cups", CHATS) == ["tea"]
    assert accounts_of(-100123, "", CHATS) == ["coffee"]
    assert accounts_of(-1001, "strange", CHATS) == []


def test_two_counts_of_one_second_stay_apart_and_in_order() -> None:
    first, second = hear([counted(1), counted(2)], 1001, CHATS)
    assert isinstance(first, Counted) and isinstance(second, Counted)
    assert first.at < second.at < NOW + timedelta(seconds=1)
    assert [first, second] == hear([counted(1), counted(2)], 1001, CHATS)


@pytest.mark.parametrize(
    ("was", "now", "step"),
    [
        pytest.param("left", "member", 1, id="joined"),
        pytest.param("member", "left", -1, id="left"),
        pytest.param("member", "kicked", -1, id="turned_out"),
        pytest.param("member", "administrator", 0, id="promoted"),
        pytest.param("kicked", "left", 0, id="forgiven"),
    ],
)
def test_only_who_came_or_went_has_moved(was: str, now: str, step: int) -> None:
    heard = hear([MembershipChanged(-1001, "seven_cups", "501", NOW, was, now)], 0, CHATS)
    assert [one.step for one in heard if isinstance(one, Moved)] == ([step] if step else [])


def test_comments_are_heard_and_posts_passed_over() -> None:
    remark = Remark("g_5", "7", "?", NOW)
    updates = [CommentSeen(-1001, "seven_cups", 7, "g_4", remark), PostSeen(-1001, "seven_cups", 8, NOW, "tea", 0)]
    assert hear(updates, 0, CHATS) == [Threaded("tea", 7, "g_4"), Commented("tea", 7, remark)]


@pytest.mark.parametrize(
    ("speaker", "ours", "expected"),
    [
        pytest.param((0, ""), False, False, id="a_person"),
        pytest.param((-1001, "seven_cups"), False, True, id="the_channel"),
        pytest.param((-100123, ""), False, False, id="another_channel_of_the_bot"),
        pytest.param((-77, ""), True, True, id="the_group_itself"),
    ],
)
def test_an_answer_in_a_thread_is_ours_when_the_channel_or_the_group_wrote_it(speaker, ours, expected) -> None:
    remark = Remark("g_9", "", "At noon", NOW, ours=ours, reply_to="g_5")
    [replied] = hear([ReplySeen("g_4", remark, *speaker)], 0, CHATS)
    assert isinstance(replied, Replied)
    made = replied.under("tea", 7)
    assert (made.message_id, made.remark.post_id, made.remark.reply_to, made.remark.ours) == (7, "7", "g_5", expected)
