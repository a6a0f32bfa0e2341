"""The bot of the notices, against a Telegram that checks every request and misbehaves on demand."""

from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from integrations.channels.base import Call
from integrations.errors import OutcomeUnknown, Refused, Unavailable, Unsupported
from integrations.notices.telegram import TITLE_MOST, TelegramNotices, TelegramNoticesSettings
from integrations.wire import client
from models.delivery import Verb
from models.post import Post
from tests.servers import TelegramServer
from tests.servers.telegram import TOKEN

Bot = Callable[..., TelegramNotices]
MARINA = 501
POST = Post(title="Согласование: 3 версии", link="https://desk.example/approval/1", to=str(MARINA))


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A Telegram where Marina has pressed Start and nobody else has."""
    with TelegramServer(chats=[{"id": MARINA, "title": "Marina", "type": "private"}]) as server:
        yield server


@pytest.fixture
def bot(server: TelegramServer) -> Iterator[Bot]:
    with client() as http:
        yield lambda token=TOKEN: TelegramNotices(
            TelegramNoticesSettings(token=SecretStr(token), api_url=server.url), http
        )


def call(post: Post = POST) -> Call:
    return Call(Verb.PUBLISH, "message", "key-1", post)


def test_a_person_is_called_with_the_heading_and_the_link(server: TelegramServer, bot: Bot) -> None:
    letter = POST.model_copy(update={"text": "Клиент Пётр, +7 000 555-01-01, пишет…"})
    receipt = bot().act(call(letter))
    [message] = server.posts(MARINA)
    assert message["text"] == "Согласование: 3 версии\nhttps://desk.example/approval/1"
    assert receipt.remote_id == str(message["message_id"])


def test_a_heading_is_never_longer_than_a_message(server: TelegramServer, bot: Bot) -> None:
    bot().act(call(POST.model_copy(update={"title": "ч" * 5000})))
    assert len(server.posts(MARINA)[0]["text"]) == TITLE_MOST + 1 + len(POST.link)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        pytest.param("", "no_number", id="none"),
        pytest.param("@marina", "no_number", id="a name"),
        pytest.param("-1001000000001", "no_number", id="a channel"),
        pytest.param("502", "no_chat", id="never pressed start"),
    ],
)
def test_who_cannot_be_called_is_named_with_the_mend(bot: Bot, to: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        bot().act(call(POST.model_copy(update={"to": to})))
    assert caught.value.reason.code == code and "company.yaml" in str(caught.value)
    assert not to or to not in str(caught.value), "a person's number stands in no reason"


def test_a_dead_token_is_said_with_its_place_and_never_itself(bot: Bot) -> None:
    with pytest.raises(Refused) as caught:
        bot("999:dead").act(call())
    assert caught.value.reason.code == "credentials" and "OTDEL_TELEGRAM_NOTICES_TOKEN" in str(caught.value)
    assert "999:dead" not in str(caught.value) + repr(bot("999:dead").settings)


@pytest.mark.parametrize(
    ("fault", "error", "out"),
    [
        pytest.param("429", Unavailable, 0, id="too often"),
        pytest.param("close_before", OutcomeUnknown, 0, id="hung up"),
        pytest.param("5xx", OutcomeUnknown, 0, id="broken"),
        pytest.param("close_after", OutcomeUnknown, 1, id="answer lost"),
        pytest.param("truncated", OutcomeUnknown, 1, id="answer cut short"),
        pytest.param("no_id", OutcomeUnknown, 1, id="no number"),
        pytest.param("html_after", OutcomeUnknown, 1, id="a page"),
        pytest.param("ok_with_error", Refused, 0, id="200 with an error"),
    ],
)
def test_what_telegram_answers_is_what_is_known(
    server: TelegramServer, bot: Bot, fault: str, error: type[Exception], out: int
) -> None:
    server.faults.add("sendMessage", fault)
    with pytest.raises(error):
        bot().act(call())
    assert len(server.posts(MARINA)) == out


def test_the_check_asks_who_the_bot_is_and_writes_to_nobody(server: TelegramServer, bot: Bot) -> None:
    bot().check()
    with pytest.raises(Refused):
        bot("999:dead").check()
    assert server.posts(MARINA) == []


def test_the_bot_says_what_it_cannot_do(bot: Bot) -> None:
    made = bot()
    for ask in (lambda: made.find(call()), lambda: made.observe("1", {}), lambda: made.reactions(["1"]),
                lambda: made.comments("1"), made.audience):  # fmt: skip
        with pytest.raises(Unsupported):
            ask()
