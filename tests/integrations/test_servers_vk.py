"""The test server of VK: it refuses what VK's schema refuses, and keeps walls as VK keeps them."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest

from tests.servers import VkServer, vk_contract
from tests.servers.asking import Ask, as_community
from tests.servers.pictures import drawn
from tests.servers.vk import GROUP, GROUP_TOKEN, TOKEN, USER, WALL

HOUR = 3600


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def vk() -> Iterator[VkServer]:
    with VkServer(now=lambda: 1_800_000_000.0) as server:
        yield server


@pytest.fixture
def ask(vk: VkServer, http: httpx.Client) -> Ask:
    return as_community(vk.url, http)


def post(ask: Ask, message: str = "Чай", **more: Any) -> int:
    number: int = ask("wall.post", owner_id=WALL, from_group=1, message=message, **more)["response"]["post_id"]
    return number


def uploaded(ask: Ask, http: httpx.Client, picture: bytes) -> dict[str, Any]:
    url = ask("photos.getWallUploadServer", group_id=GROUP)["response"]["upload_url"]
    answer: dict[str, Any] = http.post(url, files={"photo": ("p.png", picture)}).json()
    return answer


def photo(ask: Ask, http: httpx.Client, picture: bytes) -> str:
    saved = ask("photos.saveWallPhoto", group_id=GROUP, **uploaded(ask, http, picture))["response"][0]
    return f"photo{saved['owner_id']}_{saved['id']}"


@pytest.mark.parametrize(
    ("method", "values", "code", "complaint"),
    [
        pytest.param("wall.poste", {}, 3, "is not a method", id="unknown method"),
        pytest.param("wall.post", {"messag": "a"}, 100, "messag: is not a parameter", id="unknown parameter"),
        pytest.param("wall.edit", {"message": "a"}, 100, "post_id: is missing", id="missing parameter"),
        pytest.param("wall.post", {"owner_id": "wall"}, 100, "'wall' is not an integer", id="wrong type"),
        pytest.param("wall.post", {"from_group": "yes"}, 100, "'yes' is not one of", id="wrong flag"),
        pytest.param("wall.post", {"owner_id": WALL}, 100, "message: is missing", id="nothing to post"),
        pytest.param("wall.post", {"v": None}, 8, "v: is missing", id="no version"),
        pytest.param("wall.post", {"token": ""}, 5, "access_token: is missing", id="no token"),
        pytest.param("wall.get", {"filter": "mine"}, 100, "'mine' is not one of", id="not in the enumeration"),
        pytest.param("wall.get", {"owner_id": WALL, "count": 101}, 100, "more than 100", id="page too long"),
        pytest.param("wall.getComments", {"thread_items_count": 11}, 100, "11 is outside 0…10", id="above the maximum"),
        pytest.param("wall.getById", {"posts": "25"}, 100, "post_id: is missing", id="half an id"),
        pytest.param(
            "stats.getPostReach",
            {"owner_id": WALL, "post_ids": ",".join("1" * 31)},
            100,
            "31 is outside 0…30",
            id="too many items",
        ),
        pytest.param(
            "wall.post",
            {"owner_id": WALL, "attachments": "https://a.ru,https://b.ru"},
            100,
            "more than one link",
            id="two links",
        ),
        pytest.param("wall.post", {"owner_id": WALL, "attachments": f"photo{WALL}_7"}, 100, "saved", id="not saved"),
    ],
)
def test_vk_refuses_what_its_contract_does_not_allow(
    ask: Ask, vk: VkServer, method: str, values: dict[str, Any], code: int, complaint: str
) -> None:
    error = ask(method, **values)["error"]
    assert error["error_code"] == code
    assert complaint in vk.violations[0]
    assert {"key": "method", "value": method} in error["request_params"]
    assert vk.published() == {}


@pytest.mark.parametrize(
    ("token", "values", "code"),
    [
        pytest.param("stolen", {"owner_id": WALL}, 5, id="wrong token"),
        pytest.param(TOKEN, {"owner_id": -9}, 15, id="not our wall"),
        pytest.param(GROUP_TOKEN, {"owner_id": WALL}, 27, id="community's token"),
    ],
)
def test_vk_refuses_who_may_not_post_and_repeats_no_token(
    http: httpx.Client, token: str, values: dict[str, Any], code: int
) -> None:
    with VkServer(strict_tokens=True) as server:
        error = as_community(server.url, http)("wall.post", token=token, message="Чай", **values)["error"]
        assert error["error_code"] == code
        assert "access_token" not in {pair["key"] for pair in error["request_params"]}
        assert server.violations == []


def test_vk_counts_calls_a_second_and_posts_a_day(http: httpx.Client) -> None:
    with VkServer(per_second=3, posts_per_day=3, now=lambda: 1_800_000_000.0) as server:
        ask = as_community(server.url, http)
        for _ in range(3):
            post(ask)
        assert ask("utils.getServerTime")["error"]["error_code"] == 6
        server.advance(1)
        assert ask("wall.post", owner_id=WALL, message="Чай")["error"]["error_code"] == 214
        server.advance(24 * HOUR)
        assert post(ask) == 4


def test_the_same_key_within_an_hour_is_the_same_post(ask: Ask, vk: VkServer) -> None:
    first = post(ask, guid="row-1")
    assert post(ask, guid="row-1") == first
    vk.advance(HOUR - 1)
    assert post(ask, guid="row-1") == first
    assert [(p.accepted, p.repeats) for p in vk.published()[str(WALL)]] == [(1, 2)]
    vk.advance(2)
    assert post(ask, guid="row-1") != first
    assert [p.accepted for p in vk.published()[str(WALL)]] == [2]


def test_an_upload_becomes_a_photo_only_with_its_own_hash(ask: Ask, vk: VkServer, http: httpx.Client) -> None:
    answer = uploaded(ask, http, drawn(800, 600))
    assert ask("photos.saveWallPhoto", group_id=GROUP, **answer | {"hash": "0"})["error"]["error_code"] == 121
    assert ask("photos.saveWallPhoto", group_id=GROUP, **answer | {"server": 2})["error"]["error_code"] == 118
    saved = ask("photos.saveWallPhoto", group_id=GROUP, **answer)["response"][0]
    assert [(size["width"], size["height"]) for size in saved["sizes"]] == [(130, 98), (604, 453), (800, 600)]


@pytest.mark.parametrize("picture", [b"<html>", drawn(2100, 100), drawn(kind="BMP")])
def test_what_is_no_fit_picture_comes_back_empty_from_the_upload(ask: Ask, http: httpx.Client, picture: bytes) -> None:
    answer = uploaded(ask, http, picture)
    assert answer["photo"] == "[]"
    assert ask("photos.saveWallPhoto", group_id=GROUP, **answer)["error"]["error_code"] == 100


def test_a_post_is_seen_with_its_pictures_its_edits_and_its_numbers(ask: Ask, vk: VkServer, http: httpx.Client) -> None:
    picture = photo(ask, http, drawn())
    number = post(ask, attachments=f"{picture},https://otdel.example/chai")
    vk.react(number, likes=3, reposts=1, views=40)
    vk.comment(number, "А с молоком?")
    vk.edit_by_hand(number, "Чай чёрный")
    answer = ask("wall.getById", posts=f"{WALL}_{number},{WALL}_99")
    (seen,) = answer["response"]["items"]
    assert [each["type"] for each in seen["attachments"]] == ["photo", "link"]
    assert (seen["text"], seen["from_id"]) == ("Чай чёрный", WALL)
    assert [seen[kind]["count"] for kind in ("likes", "reposts", "comments", "views")] == [3, 1, 1, 40]
    structure = vk_contract.structure()
    reference = {"$ref": structure["methods"]["wall.getById"]["responses"]["response"]}
    jsonschema.validate(answer, reference | {"definitions": structure["definitions"]}, jsonschema.Draft7Validator)


def test_an_edit_replaces_the_attachments_too(ask: Ask, vk: VkServer, http: httpx.Client) -> None:
    number = post(ask, attachments=photo(ask, http, drawn()))
    assert ask("wall.edit", owner_id=WALL, post_id=number, message="Кофе")["response"] == {"post_id": number}
    assert [(seen["text"], seen.get("attachments")) for seen in vk.posts()] == [("Кофе", None)]
    assert ask("wall.delete", owner_id=WALL, post_id=number)["response"] == 1
    assert ask("wall.delete", owner_id=WALL, post_id=number)["error"]["error_code"] == 210
    assert ask("wall.getById", posts=f"{WALL}_{number}")["response"]["items"] == []


def test_a_wall_is_read_by_pages_the_newest_first(ask: Ask, vk: VkServer) -> None:
    numbers = [post(ask, message=f"пост {n}") for n in range(5)]
    vk.advance(1)
    numbers.append(vk.post_by_hand("от руки"))
    page = ask("wall.get", domain="seven_cups", offset=1, count=2)["response"]
    assert page["count"] == 6
    assert [seen["id"] for seen in page["items"]] == [numbers[4], numbers[3]]
    extended = ask("wall.get", owner_id=WALL, extended=1)["response"]
    assert [group["id"] for group in extended["groups"]] == [GROUP]


def test_a_postponed_post_goes_out_by_itself(ask: Ask, vk: VkServer) -> None:
    number = post(ask, publish_date=int(vk.now()) + 60)
    assert vk.posts() == []
    assert ask("wall.get", owner_id=WALL, filter="postponed")["response"]["items"][0]["post_type"] == "postpone"
    vk.advance(60)
    assert [seen["id"] for seen in vk.posts()] == [number]


def test_comments_are_kept_in_order_and_once_per_key(ask: Ask, vk: VkServer) -> None:
    number = post(ask)
    asked = vk.comment(number, "А с молоком?", user=77)
    reply = {"owner_id": WALL, "post_id": number, "message": "И с молоком", "reply_to_comment": asked}
    made = [
        ask("wall.createComment", from_group=GROUP, guid="c-1", **reply)["response"]["comment_id"] for _ in range(2)
    ]
    assert made[0] == made[1]
    seen = ask("wall.getComments", owner_id=WALL, post_id=number, count=100, need_likes=1)["response"]
    assert [(each["from_id"], each["text"]) for each in seen["items"]] == [(77, "А с молоком?"), (WALL, "И с молоком")]


def test_numbers_of_the_community_are_what_the_test_set(ask: Ask, vk: VkServer) -> None:
    number = post(ask)
    assert ask("stats.getPostReach", owner_id=WALL, post_ids=number)["response"] == []
    vk.set_reach(number, reach_total=500, reach_subscribers=400)
    reach = [{"post_id": number, "reach_total": 500, "reach_subscribers": 400}]
    assert ask("stats.getPostReach", owner_id=WALL, post_ids=f"{number},99")["response"] == reach
    vk.set_members(1234)
    (group,) = ask("groups.getById", group_id=GROUP, fields="members_count")["response"]["groups"]
    assert group["members_count"] == 1234 == ask("groups.getMembers", group_id=GROUP, count=0)["response"]["count"]
    vk.set_stats([{"period_from": 1, "period_to": 2, "reach": {"reach": 9}}])
    assert ask("stats.get", group_id=GROUP, interval="day")["response"][0]["reach"] == {"reach": 9}
    assert ask("users.get")["response"][0]["id"] == USER
    assert ask("utils.getServerTime")["response"] == int(vk.now())
