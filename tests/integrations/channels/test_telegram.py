"""What only Telegram has: entities in UTF-16, captions, albums, refusals in words, updates."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.channels import telegram_answers, telegram_markup
from integrations.channels.telegram import Telegram
from integrations.channels.telegram_updates import (
    KINDS,
    CommentSeen,
    MembershipChanged,
    PostSeen,
    ReactionsCounted,
    ReplySeen,
    ThreadSeen,
    next_offset,
    read_updates,
)
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.wire import deadline
from models.delivery import Verb
from models.post import Post, Span, SpanKind
from tests.integrations.channels.harness import PATIENCE, Harness, beside
from tests.servers import TelegramServer
from tests.servers.telegram import CHANNEL, WATCHER
from tests.servers.telegram_text import units

GROUP = -1001000000002


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Harness]:
    with beside("telegram", tmp_path) as harness:
        yield harness


def provider(channel: Harness, **otherwise: Any) -> Telegram:
    made = channel.provider(**otherwise)
    assert isinstance(made, Telegram)
    return made


def sent(channel: Harness, method: str) -> list[dict[str, Any]]:
    return [event["parameters"] for event in channel.server.journal_events("received", method)]


# Text.


@pytest.mark.parametrize(
    ("kind", "entity"),
    [("bold", "bold"), ("italic", "italic"), ("strike", "strikethrough"), ("code", "code"), ("link", "text_link")],
)
def test_a_span_marks_the_same_words_as_an_entity(channel: Harness, kind: SpanKind, entity: str) -> None:
    text = "🍵🍵 Чай дня 🍵: сенча"
    start = text.index("сенча")
    url = "https://example.org/" if kind == "link" else ""
    channel.deliver(Post(text=text, spans=(Span(start=start, end=start + 5, kind=kind, url=url),)))
    (found,) = channel.server.posts()[0]["entities"]
    words = text.encode("utf-16-le")[found["offset"] * 2 : (found["offset"] + found["length"]) * 2].decode("utf-16-le")
    assert (found["type"], words, found.get("url", "")) == (entity, "сенча", url)


@settings(deadline=None)
@given(st.text(alphabet="aя🍵👨‍👩‍👧é", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_an_entity_never_leaves_its_text(text: str, start: int, end: int) -> None:
    start, end = min(start, len(text)), min(end, len(text))
    for entity in telegram_markup.entities(text, (Span(start=start, end=end, kind="bold"),)):
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text)


def test_an_empty_span_marks_nothing() -> None:
    assert telegram_markup.entities("чай", (Span(start=1, end=1, kind="bold"),)) == []


def test_markup_stands_in_captions_too(channel: Harness) -> None:
    channel.deliver(channel.post("Чай", 2).model_copy(update={"spans": (Span(start=0, end=3, kind="bold"),)}))
    first, second = channel.server.posts()
    assert first["caption_entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    assert "caption" not in second


@pytest.mark.parametrize(
    ("chosen", "post", "options"),
    [
        pytest.param({}, Post(text="чай"), None, id="none of its own"),
        pytest.param({}, Post(text="чай", link="https://example.org/"), {"url": "https://example.org/"}, id="its link"),
        pytest.param({"link_preview": False}, Post(text="чай", link="https://e.org/"), {"is_disabled": True}, id="off"),
    ],
)
def test_the_preview_is_of_the_posts_own_link(
    channel: Harness, chosen: dict[str, Any], post: Post, options: Any
) -> None:
    channel.deliver(post, **chosen)
    assert sent(channel, "sendMessage")[0].get("link_preview_options") == options


@pytest.mark.parametrize(("length", "parts"), [(1024, ["post"]), (1025, ["pictures", "text"])])
def test_a_text_follows_its_pictures_when_it_does_not_fit_under_them(
    channel: Harness, length: int, parts: list[str]
) -> None:
    post = channel.post("я" * length, 2)
    assert [part.name for part in provider(channel).parts(Verb.PUBLISH, post)] == parts
    receipt = channel.deliver(post)
    posts = channel.server.posts()
    assert receipt.detail["messages"] == [message["message_id"] for message in posts]
    if len(parts) > 1:
        assert sent(channel, "sendMessage")[0]["reply_parameters"] == {"message_id": posts[0]["message_id"]}
        assert sent(channel, "sendMessage")[0]["link_preview_options"] == {"is_disabled": True}
        assert receipt.remote_id == str(posts[-1]["message_id"])


def test_an_emoji_over_the_limit_counts_twice(channel: Harness) -> None:
    assert telegram_markup.splits(channel.post("🍵" * 513, 1))
    assert not telegram_markup.splits(channel.post("🍵" * 512, 1))


def test_an_edit_does_not_change_pictures(channel: Harness) -> None:
    base = channel.deliver(channel.post("чай", 1))
    with pytest.raises(Refused) as caught:
        channel.deliver(channel.post("чай", 2), Verb.EDIT, "edit", base)
    assert caught.value.reason.code == "pictures"


def test_a_caption_does_not_grow_into_a_text(channel: Harness) -> None:
    base = channel.deliver(channel.post("чай", 1))
    with pytest.raises(Refused) as caught:
        channel.deliver(channel.post("я" * 1025, 1), Verb.EDIT, "edit", base)
    assert caught.value.reason.code == "too_long"


def test_the_text_behind_pictures_is_edited_where_it_stands(channel: Harness) -> None:
    base = channel.deliver(channel.post("я" * 1025, 2))
    channel.deliver(channel.post("коротко", 2), Verb.EDIT, "edit", base)
    assert channel.out() == ["коротко"]
    assert "caption" not in channel.server.posts()[0]


# Answers.


def test_an_album_that_comes_back_incomplete_is_unknown(channel: Harness) -> None:
    post = channel.post("чай", 2)
    call = channel.last_call(post)
    with pytest.raises(OutcomeUnknown):
        telegram_answers.receipt(call, [{"message_id": 1}])
    with pytest.raises(OutcomeUnknown):
        telegram_answers.receipt(call, [{"message_id": 1}, {"message_id": 0}])


@pytest.mark.parametrize(
    ("code", "said", "kind", "reason"),
    [
        pytest.param(400, "Bad Request: chat not found", Refused, "no_chat", id="chat"),
        pytest.param(403, "Forbidden: bot is not a member of the channel chat", Refused, "no_right", id="member"),
        pytest.param(403, "Forbidden: bot was kicked from the channel chat", Refused, "no_right", id="kicked"),
        pytest.param(403, "Forbidden: something new", Refused, "no_right", id="forbidden"),
        pytest.param(
            400, "Bad Request: need administrator rights in the channel chat", Refused, "no_right", id="rights"
        ),
        pytest.param(400, "Bad Request: CHAT_WRITE_FORBIDDEN", Refused, "no_right", id="write"),
        pytest.param(400, "Bad Request: message caption is too long", Refused, "too_long", id="caption"),
        pytest.param(400, "Bad Request: MEDIA_CAPTION_TOO_LONG", Refused, "too_long", id="caption, in capitals"),
        pytest.param(413, "Request Entity Too Large", Refused, "too_large", id="too large"),
        pytest.param(400, "Bad Request: PHOTO_INVALID_DIMENSIONS", Refused, "picture", id="dimensions"),
        pytest.param(400, "Bad Request: IMAGE_PROCESS_FAILED", Refused, "picture", id="image"),
        pytest.param(400, "Bad Request: message to be replied not found", Refused, "no_base", id="reply"),
        pytest.param(400, "Bad Request: message can't be deleted", Refused, "not_deletable", id="48 hours"),
        pytest.param(400, "Bad Request: message can't be edited", Refused, "not_editable", id="edit"),
        pytest.param(401, "Unauthorized", Refused, "credentials", id="dead token"),
        pytest.param(404, "Not Found", Refused, "credentials", id="no token"),
        pytest.param(400, "Bad Request: something new", Refused, "refused", id="unknown words"),
        pytest.param(
            409, "Conflict: can't use getUpdates method while webhook is active", Refused, "webhook", id="webhook"
        ),
        pytest.param(
            409, "Conflict: terminated by other getUpdates request", Unavailable, "unread", id="another reader"
        ),
        pytest.param(429, "Too Many Requests: retry after 5", Unavailable, "busy", id="flood"),
        pytest.param(500, "Internal Server Error", OutcomeUnknown, "server", id="server"),
    ],
)
def test_each_refusal_has_its_reason(code: int, said: str, kind: type[Failure], reason: str) -> None:
    answer = {"ok": False, "error_code": code, "description": said, "parameters": {"retry_after": 5}}
    with pytest.raises(kind) as caught:
        telegram_answers.result(answer, code, "@tea", "1:secret")
    assert caught.value.reason.code == reason
    assert str(caught.value)


def test_a_flood_names_its_own_time() -> None:
    with pytest.raises(Unavailable) as caught:
        telegram_answers.result(
            {"ok": False, "error_code": 429, "description": "", "parameters": {"retry_after": 33}}, 429, "@tea", ""
        )
    assert caught.value.retry_after == timedelta(seconds=33)


def test_a_group_that_moved_says_where_to() -> None:
    answer = {"ok": False, "error_code": 400, "description": "x", "parameters": {"migrate_to_chat_id": -1001}}
    with pytest.raises(Refused, match="-1001"):
        telegram_answers.result(answer, 400, "@tea", "")


@pytest.mark.parametrize("answer", [{}, {"ok": True}, {"ok": True, "result": None}, {"ok": "yes", "result": 1}])
def test_an_answer_without_a_result_is_unknown(answer: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        telegram_answers.result(answer, 200, "@tea", "")


def test_the_token_is_cut_out_of_telegrams_own_words() -> None:
    with pytest.raises(Refused) as caught:
        telegram_answers.result(
            {"ok": False, "error_code": 400, "description": "bad 1:secret"}, 400, "@tea", "1:secret"
        )
    assert "1:secret" not in str(caught.value) + caught.value.reason.model_dump_json()


# The channel and its rights.


@pytest.mark.parametrize(
    "written", ["@seven_cups", "seven_cups", "https://t.me/seven_cups", "t.me/seven_cups/", str(CHANNEL)]
)
def test_a_channel_may_be_written_as_people_write_it(channel: Harness, written: str) -> None:
    assert channel.deliver(Post(text="чай"), chat=written).url == "https://t.me/seven_cups/1"


@pytest.mark.parametrize(
    ("chat", "url"),
    [
        pytest.param({"id": -1001234, "username": "tea"}, "https://t.me/tea/5", id="public"),
        pytest.param({"id": -1001234}, "https://t.me/c/1234/5", id="private"),
        pytest.param({"id": -77}, "", id="group"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_a_post_has_an_address(chat: Any, url: str) -> None:
    assert telegram_markup.link(chat, 5) == url


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_a_bot_that_is_out_is_told_to_be_let_in(channel: Harness, status: str) -> None:
    channel.server.set_bot_status(status)
    with pytest.raises(Refused) as caught:
        channel.deliver(Post(text="чай"))
    assert caught.value.reason.code == "no_right"
    with deadline(PATIENCE), pytest.raises(Refused):
        provider(channel).check()


def test_a_bot_that_may_not_post_does_not_pass_the_check(channel: Harness) -> None:
    channel.server.set_right("can_post_messages", False)
    with deadline(PATIENCE), pytest.raises(Refused) as caught:
        provider(channel).check()
    assert caught.value.reason.code == "no_right"


def test_a_channel_that_is_not_there_does_not_pass_the_check(channel: Harness) -> None:
    with deadline(PATIENCE), pytest.raises(Refused) as caught:
        provider(channel, chat="@nobody").check()
    assert caught.value.reason.code == "no_chat"


def test_an_old_post_is_deleted_by_hand(channel: Harness) -> None:
    base = channel.deliver(Post(text="чай"))
    channel.server.advance(49 * 3600)
    channel.server.set_right("can_delete_messages", False)
    with pytest.raises(Refused) as caught:
        channel.deliver(Post(), Verb.DELETE, "delete", base)
    assert caught.value.reason.code == "not_deletable"


# Updates.


def updates(channel: Harness, offset: int = 0) -> tuple[list[Any], int]:
    with deadline(PATIENCE):
        return provider(channel, token=WATCHER).updates(offset)


def test_updates_tell_what_happened_once(channel: Harness) -> None:
    server: TelegramServer = channel.server
    assert updates(channel) == ([], 0)  # the first call names the kinds of updates that the bot wants
    channel.deliver(channel.post("чай", 1))
    server.edit_by_hand(1, "кофе")
    server.react(1, {"👍": 3, "🔥": 2})
    server.join(501)
    seen, offset = updates(channel)
    assert [type(value) for value in seen] == [PostSeen, PostSeen, ReactionsCounted, MembershipChanged]
    posted, edited, counted, joined = seen
    assert (posted.chat_id, posted.chat_name, posted.message_id) == (CHANNEL, "seven_cups", 1)
    assert (posted.text, posted.pictures, posted.edited_at) == ("чай", 1, None)
    assert edited.text == "кофе" and edited.edited_at
    assert counted.metrics == {"reactions": 5, "reaction 👍": 3, "reaction 🔥": 2}
    assert (joined.person_key, joined.was, joined.now, joined.our_bot) == ("501", "left", "member", False)
    assert updates(channel, offset) == ([], offset)


def test_updates_tell_of_comments_where_the_bot_reads_the_group(channel: Harness) -> None:
    channel.server.add_chat(id=GROUP, title="Обсуждение", type="supergroup")
    channel.server.add_chat(id=-1001000000003, title="С обсуждением", username="talk", discussion=GROUP)
    updates(channel)
    base = channel.deliver(Post(text="чай"), chat="@talk")
    channel.server.comment(int(base.remote_id), "А сенча есть?", chat="@talk")
    (comment,) = [value for value in updates(channel)[0] if isinstance(value, CommentSeen)]
    assert (comment.chat_name, comment.message_id) == ("talk", int(base.remote_id))
    assert (comment.remark.text, comment.remark.author_key) == ("А сенча есть?", "501")


def test_an_answer_to_a_comment_names_its_thread_and_who_spoke(channel: Harness) -> None:
    channel.server.add_chat(id=GROUP, title="Talk", type="supergroup")
    channel.server.add_chat(id=-1001000000003, title="Seven Cups", username="talk", discussion=GROUP)
    updates(channel)
    base = channel.deliver(Post(text="чай"), chat="@talk")
    asked = channel.server.comment(int(base.remote_id), "А сенча есть?", chat="@talk")
    channel.server.answer(asked, "Есть", "channel", chat="@talk")
    channel.server.answer(asked, "И гёкуро", "group", chat="@talk")
    seen = updates(channel)[0]
    (comment,) = [value for value in seen if isinstance(value, CommentSeen)]
    by_channel, by_group = [value for value in seen if isinstance(value, ReplySeen)]
    assert {value.thread for value in seen if isinstance(value, ThreadSeen)} == {comment.thread}
    assert by_channel.thread == comment.thread and by_channel.remark.reply_to == comment.remark.remote_id
    assert (by_channel.speaker_name, by_channel.remark.ours, by_group.remark.ours) == ("talk", False, True)


def test_a_complaint_under_a_picture_is_a_comment_too(channel: Harness) -> None:
    copy = {
        "message_id": 4, "chat": {"id": GROUP}, "is_automatic_forward": True,
        "forward_origin": {"chat": {"id": CHANNEL}, "message_id": 7},
    }  # fmt: skip
    message = {
        "message_id": 5, "chat": {"id": GROUP}, "date": 1, "from": {"id": 501}, "caption": "Битая чашка",
        "reply_to_message": copy,
    }  # fmt: skip
    (comment,) = read_updates([{"update_id": 1, "message": message}])
    assert isinstance(comment, CommentSeen) and comment.remark.text == "Битая чашка"


def test_a_webhooks_payload_reads_the_same(channel: Harness) -> None:
    updates(channel)
    channel.deliver(Post(text="чай"))
    (raw,) = channel.server.pending(WATCHER)
    (seen,) = read_updates([raw])
    assert isinstance(seen, PostSeen) and seen.at.tzinfo is UTC and seen.at <= datetime.now(UTC)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*KINDS, "update_id", "chat", "id", "message_id", "date", "reactions", "type", "total_count"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(junk, max_size=3), st.integers(0, 10**9))
def test_no_payload_breaks_the_reader(raw: list[Any], offset: int) -> None:
    assert len(read_updates(raw)) <= sum(len(each) for each in raw if isinstance(each, dict))
    assert next_offset(raw, offset) >= offset
