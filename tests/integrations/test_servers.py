"""The test servers themselves: they know the contract, and our Telegram behaves as the real one is documented to."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import TelegramServer, telegram_contract, vk_contract
from tests.servers.asking import Ask, as_bot
from tests.servers.pictures import drawn
from tests.servers.telegram import CHANNEL, TOKEN, WATCHER
from tests.servers.telegram_methods import Methods as TelegramMethods
from tests.servers.telegram_text import formatted, units
from tests.servers.vk_methods import Methods as VkMethods

GROUP_CHAT = -1001000000002
ALBUM = [{"type": "photo", "media": "attach://a", "caption": "Чай"}, {"type": "photo", "media": "attach://b"}]
TWO_FILES = {"a": ("a.png", drawn()), "b": ("b.png", drawn(96, 48))}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def bot(telegram: TelegramServer, http: httpx.Client) -> Ask:
    return as_bot(telegram.url, http)


# the structure


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(each)


@pytest.mark.parametrize("structure", [telegram_contract.structure, vk_contract.structure])
def test_the_carried_structure_holds_no_prose(structure: Callable[[], dict[str, Any]]) -> None:
    sections = {name: part for name, part in structure().items() if name != "version"}
    assert not [text for text in strings(sections) if len(text.split()) > 3]


def test_every_type_that_telegrams_structure_names_is_in_it() -> None:
    types = telegram_contract.structure()["types"]
    expressions = [text for text in strings(telegram_contract.structure()) if re.fullmatch(r"[\[\]|\w]+", text)]
    named = {name for text in expressions for name in re.findall(r"[A-Z]\w+", text)}
    assert named <= set(types) | {"String", "Integer", "Float", "Boolean", "InputFile"}


def test_vks_structure_is_json_schema_and_complete() -> None:
    structure = vk_contract.structure()
    jsonschema.Draft7Validator.check_schema({"definitions": structure["definitions"]})
    references = {text.split("/")[-1] for text in strings(structure) if text.startswith("#/definitions/")}
    assert references == set(structure["definitions"])
    assert {name for method in structure["methods"].values() for name in method["errors"]} <= set(
        vk_contract.codes().values()
    )


def test_every_method_of_the_structure_is_there() -> None:
    assert all(hasattr(TelegramMethods, name) for name in telegram_contract.methods())
    assert all(hasattr(VkMethods, name.replace(".", "_")) for name in vk_contract.methods())


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param({"id": 1, "is_bot": True}, r"result\.first_name: is missing", id="missing"),
        pytest.param({"id": "one", "is_bot": True, "first_name": "a"}, r"result\.id: 'one' is not int", id="type"),
        pytest.param({"id": 1, "is_bot": True, "first_name": "a", "age": 5}, r"result\.age: is unknown", id="invented"),
    ],
)
def test_an_answer_of_ours_that_breaks_the_contract_fails_the_test_that_met_it(
    http: httpx.Client, answer: dict[str, Any], complaint: str
) -> None:
    server = TelegramServer()
    server.start()
    server.methods.getMe = lambda bot, call, values: answer  # type: ignore[method-assign]
    http.post(f"{server.url}/bot{TOKEN}/getMe")
    with pytest.raises(AssertionError, match=complaint):
        server.close()


# Telegram


def text_of(length: int) -> dict[str, Any]:
    return {"chat_id": CHANNEL, "text": "ж" * length}


ENTITY = {"type": "bold", "offset": 0, "length": 1}


@pytest.mark.parametrize(
    ("method", "values", "complaint"),
    [
        pytest.param("sendMesage", text_of(1), "is not a method", id="unknown method"),
        pytest.param("sendMessage", text_of(1) | {"txt": "a"}, "txt: is not a parameter", id="unknown parameter"),
        pytest.param("sendMessage", {"chat_id": CHANNEL}, "text: is missing", id="missing parameter"),
        pytest.param("sendMessage", {"chat_id": CHANNEL, "text": 5}, "5 is not str", id="wrong type"),
        pytest.param("sendMessage", text_of(4097), "4097 UTF-16 units", id="long text"),
        pytest.param("sendMessage", {"chat_id": CHANNEL, "text": "😀" * 2049}, "4098 UTF-16", id="long in UTF-16"),
        pytest.param("sendMessage", {"chat_id": CHANNEL, "text": " \n"}, "text: is empty", id="white space"),
        pytest.param("sendMessage", text_of(1) | {"entities": [ENTITY | {"length": 2}]}, "outside", id="entity beyond"),
        pytest.param(
            "sendMessage",
            {"chat_id": CHANNEL, "text": "😀", "entities": [ENTITY]},
            "cuts a character",
            id="entity through a pair",
        ),
        pytest.param(
            "sendMessage", text_of(1) | {"entities": [{"type": "bold"}]}, "offset: is missing", id="half entity"
        ),
        pytest.param("sendMessage", text_of(1) | {"entities": [ENTITY | {"type": "big"}]}, "kind of entity", id="kind"),
        pytest.param(
            "sendMessage",
            {"chat_id": CHANNEL, "text": "<p>a</p>", "parse_mode": "HTML"},
            "Unsupported start tag p",
            id="unknown tag",
        ),
        pytest.param("sendMediaGroup", {"chat_id": CHANNEL, "media": ALBUM[:1]}, "attach://a", id="part not sent"),
        pytest.param("getUpdates", {"limit": 101}, "101 is outside", id="limit of updates"),
        pytest.param("getChatMember", {"chat_id": CHANNEL, "user_id": "me"}, "not an integer", id="word for a number"),
    ],
)
def test_telegram_refuses_what_its_contract_does_not_allow(
    bot: Ask, telegram: TelegramServer, method: str, values: dict[str, Any], complaint: str
) -> None:
    answer = bot(method, **values)
    assert not answer["ok"] and answer["error_code"] in (400, 404)
    assert complaint in telegram.violations[0]
    assert telegram.published() == {}


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        pytest.param(drawn(9000, 1001), "sides of 9000 and 1001", id="sides"),
        pytest.param(drawn(2100, 100), "ratio of 21.0", id="ratio"),
        pytest.param(drawn() + b"\0" * 10_000_000, "more than 10000000", id="bytes"),
        pytest.param(b"<html>", "not a picture", id="not a picture"),
        pytest.param(drawn()[:90], "not a picture", id="cut"),
    ],
)
def test_telegram_measures_the_picture_itself(bot: Ask, telegram: TelegramServer, data: bytes, complaint: str) -> None:
    assert not bot("sendPhoto", chat_id=CHANNEL, files={"photo": ("p.png", data)})["ok"]
    assert complaint in telegram.violations[0]


@pytest.mark.parametrize(
    ("media", "files", "complaint"),
    [
        pytest.param(ALBUM[:1], {"a": TWO_FILES["a"]}, "1 is outside 2…10", id="one"),
        pytest.param(ALBUM[:1] * 11, {"a": TWO_FILES["a"]}, "11 is outside 2…10", id="eleven"),
        pytest.param(ALBUM[:1] * 2, TWO_FILES, "b: is a file that nothing refers to", id="file for nothing"),
        pytest.param([ALBUM[0], {"type": "document", "media": "attach://b"}], TWO_FILES, "in one album", id="mixed"),
        pytest.param([ALBUM[0] | {"caption": "ж" * 1025}, ALBUM[1]], TWO_FILES, "1025 UTF-16", id="caption"),
    ],
)
def test_telegram_takes_an_album_whole_or_not_at_all(
    bot: Ask, telegram: TelegramServer, media: Any, files: Any, complaint: str
) -> None:
    assert not bot("sendMediaGroup", chat_id=CHANNEL, media=json.dumps(media), files=files)["ok"]
    assert complaint in telegram.violations[0]
    assert telegram.posts() == []


def test_a_message_comes_back_trimmed_with_its_entities_and_those_telegram_found(bot: Ask) -> None:
    bold = {"type": "bold", "offset": 1, "length": 3}
    message = bot("sendMessage", chat_id="@seven_cups", text=" Чай #утро https://a.ru/x. ", entities=[bold])["result"]
    assert message["text"] == "Чай #утро https://a.ru/x."
    assert [(e["type"], e["offset"], e["length"]) for e in message["entities"]] == [
        ("bold", 0, 3),
        ("hashtag", 4, 5),
        ("url", 10, 14),
    ]


def test_html_becomes_entities(bot: Ask) -> None:
    html = 'Чай &lt;<b>чёрный</b>&gt; <a href="https://a.ru">тут</a>'
    message = bot("sendMessage", chat_id=CHANNEL, text=html, parse_mode="HTML")["result"]
    assert message["text"] == "Чай <чёрный> тут"
    assert message["entities"][1] == {"type": "text_link", "url": "https://a.ru", "offset": 13, "length": 3}


@given(st.text(st.sampled_from("аб \n#@😀.:/https"), max_size=40), st.integers(0, 20), st.integers(1, 20))
def test_what_telegram_gives_back_may_be_sent_again_unchanged(text: str, offset: int, length: int) -> None:
    inside = offset + length <= len(text)
    bold = {"type": "bold", "offset": units(text[:offset]), "length": units(text[offset : offset + length])}
    once = formatted(text, None, [bold] if inside else [], "text")
    assert formatted(*once[:1], None, once[1], "text") == once


def test_an_album_gives_growing_ids_and_one_publication(bot: Ask, telegram: TelegramServer) -> None:
    bot("sendMessage", **text_of(1))
    messages = bot("sendMediaGroup", chat_id=CHANNEL, media=json.dumps(ALBUM), files=TWO_FILES)["result"]
    assert [message["message_id"] for message in messages] == [2, 3]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [(p.accepted, p.parts) for p in telegram.published()[str(CHANNEL)]] == [(1, (("1",),)), (1, (("2", "3"),))]


def test_a_photo_comes_back_in_sizes_and_can_be_fetched_and_sent_again(
    bot: Ask, telegram: TelegramServer, http: httpx.Client
) -> None:
    picture = drawn(1600, 800)
    sizes = bot("sendPhoto", chat_id=CHANNEL, files={"photo": ("p.png", picture)})["result"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [(90, 45), (320, 160), (800, 400), (1280, 640)]
    path = bot("getFile", file_id=sizes[-1]["file_id"])["result"]["file_path"]
    assert http.get(f"{telegram.url}/file/bot{TOKEN}/{path}").content == picture
    assert bot("sendPhoto", chat_id=CHANNEL, photo=sizes[-1]["file_id"])["result"]["photo"] == sizes


def test_an_edit_without_a_difference_is_refused_and_a_deleted_message_is_gone(bot: Ask) -> None:
    bot("sendMessage", **text_of(2))
    assert bot("editMessageText", message_id=1, **text_of(3))["result"]["edit_date"]
    assert "message is not modified" in bot("editMessageText", message_id=1, **text_of(3))["description"]
    assert "no caption" in bot("editMessageCaption", chat_id=CHANNEL, message_id=1, caption="a")["description"]
    assert bot("deleteMessage", chat_id=CHANNEL, message_id=1)["result"] is True
    assert "message to edit not found" in bot("editMessageText", message_id=1, **text_of(4))["description"]


def test_a_reply_needs_what_it_replies_to(bot: Ask) -> None:
    assert set(bot("sendMessage", **text_of(1))) == {"ok", "result"}
    assert bot("sendMessage", reply_parameters={"message_id": 1}, **text_of(2))["result"]["reply_to_message"]
    assert "not found" in bot("sendMessage", reply_parameters={"message_id": 9}, **text_of(2))["description"]


def test_a_bot_is_told_of_peoples_posts_and_not_of_its_own(bot: Ask, telegram: TelegramServer) -> None:
    bot("sendMessage", **text_of(1))
    telegram.edit_by_hand(1, "исправлено")
    telegram.post_by_hand("от руки")
    assert [set(u) - {"update_id"} for u in bot("getUpdates")["result"]] == [{"channel_post"}]
    seen = [next(iter(set(u) - {"update_id"})) for u in bot("getUpdates", token=WATCHER)["result"]]
    assert seen == ["channel_post", "edited_channel_post", "channel_post"]


def test_updates_stay_until_they_are_confirmed(bot: Ask, telegram: TelegramServer) -> None:
    for number in range(3):
        telegram.post_by_hand(f"пост {number}")
    first = bot("getUpdates", limit=1)["result"]
    assert bot("getUpdates", limit=1)["result"] == first
    rest = bot("getUpdates", offset=first[0]["update_id"] + 1)["result"]
    assert [u["channel_post"]["text"] for u in rest] == ["пост 1", "пост 2"]
    assert bot("getUpdates", offset=-1)["result"] == rest[-1:]
    assert bot("getUpdates")["result"] == rest[-1:]


def test_reactions_and_members_come_only_to_who_asked_for_them(bot: Ask, telegram: TelegramServer) -> None:
    bot("sendMessage", **text_of(1))
    telegram.react(1, {"👍": 5})
    assert bot("getUpdates", allowed_updates=["message_reaction_count", "chat_member"])["result"] == []
    telegram.react(1, {"👍": 6, "🔥": 1})
    telegram.join(77)
    counted, joined = bot("getUpdates")["result"]
    assert [r["total_count"] for r in counted["message_reaction_count"]["reactions"]] == [6, 1]
    assert joined["chat_member"]["new_chat_member"]["status"] == "member"
    assert bot("getChatMemberCount", chat_id=CHANNEL)["result"] == 101


def test_comments_come_through_the_discussion_group(http: httpx.Client) -> None:
    chats = [{"id": GROUP_CHAT, "title": "Обсуждение", "type": "supergroup"}]
    chats += [{"id": CHANNEL, "title": "Чай", "discussion": GROUP_CHAT}]
    with TelegramServer(chats=chats) as server:
        http.post(f"{server.url}/bot{TOKEN}/sendMessage", json=text_of(1))
        server.comment(1, "А с молоком?")
        copy, comment = (u["message"] for u in http.post(f"{server.url}/bot{TOKEN}/getUpdates").json()["result"])
        assert copy["is_automatic_forward"] and copy["forward_origin"]["message_id"] == 1
        assert comment["reply_to_message"]["message_id"] == copy["message_id"]
        assert comment["text"] == "А с молоком?"
        server.edit_by_hand(1, "Чай чёрный")
        (edited,) = http.post(f"{server.url}/bot{TOKEN}/getUpdates", json={"offset": -1}).json()["result"]
        assert edited["edited_message"]["text"] == "Чай чёрный"


def test_a_webhook_takes_the_updates_away_from_getupdates(bot: Ask, telegram: TelegramServer) -> None:
    assert bot("setWebhook", url="http://127.0.0.1/hook")["error_code"] == 400
    assert bot("setWebhook", url="https://otdel.example/hook")["ok"]
    telegram.post_by_hand("пост")
    assert bot("getUpdates")["error_code"] == 409
    assert bot("getWebhookInfo")["result"]["pending_update_count"] == 1 == len(telegram.pending())
    assert bot("deleteWebhook")["ok"] and len(bot("getUpdates")["result"]) == 1


def test_a_long_poll_ends_with_an_event_and_yields_to_a_newer_one(bot: Ask, telegram: TelegramServer) -> None:
    answers: list[dict[str, Any]] = []
    older = threading.Thread(target=lambda: answers.append(bot("getUpdates", timeout=30)))
    older.start()
    telegram.wait_for("received")
    newer = threading.Thread(target=lambda: answers.append(bot("getUpdates", timeout=30)))
    newer.start()
    older.join()
    telegram.post_by_hand("пост")
    newer.join()
    assert answers[0]["error_code"] == 409
    assert answers[1]["result"][0]["channel_post"]["text"] == "пост"


@pytest.mark.parametrize(
    ("prepare", "token", "code"),
    [
        pytest.param(lambda s: s.set_bot_status("kicked"), TOKEN, 403, id="kicked"),
        pytest.param(lambda s: s.set_right("can_post_messages", False), TOKEN, 400, id="no right to post"),
        pytest.param(lambda s: None, "5:unknown", 401, id="wrong token"),
        pytest.param(lambda s: None, "nonsense", 404, id="no token"),
    ],
)
def test_telegram_refuses_who_may_not_post(
    bot: Ask, telegram: TelegramServer, prepare: Callable[[TelegramServer], object], token: str, code: int
) -> None:
    prepare(telegram)
    assert bot("sendMessage", token=token, **text_of(1))["error_code"] == code
    assert telegram.violations == []


def test_a_chat_takes_only_so_many_messages_a_minute(http: httpx.Client) -> None:
    with TelegramServer(in_chat=2, now=lambda: 1000.0) as server:
        ask = lambda: http.post(f"{server.url}/bot{TOKEN}/sendMessage", json=text_of(1))  # noqa: E731
        assert [ask().status_code for _ in range(3)] == [200, 200, 429]
        assert ask().json()["parameters"] == {"retry_after": 61}
        server.advance(61)
        assert ask().status_code == 200
