"""What only VK has: errors in good answers, uploads before the post, a wall that can be searched, reach."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.channels import vk_answers, vk_wall
from integrations.channels.base import Call, Part, Presence
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.wire import deadline
from models.delivery import Verb
from models.post import Post
from tests.integrations.channels.harness import PATIENCE, Harness, beside
from tests.servers import vk


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Harness]:
    with beside("vk", tmp_path) as harness:
        yield harness


def called(wall: Harness) -> list[str]:
    return [event["method"] for event in wall.server.journal_events("received")]


# Errors.


@pytest.mark.parametrize(
    ("number", "said", "kind", "reason"),
    [
        pytest.param(1, "Unknown error occurred", OutcomeUnknown, "server", id="1"),
        pytest.param(5, "User authorization failed", Refused, "credentials", id="5"),
        pytest.param(6, "Too many requests per second", Unavailable, "busy", id="6"),
        pytest.param(7, "Permission denied", Refused, "no_right", id="7"),
        pytest.param(9, "Flood control", Unavailable, "busy", id="9"),
        pytest.param(10, "Internal server error", OutcomeUnknown, "server", id="10"),
        pytest.param(14, "Captcha needed", Refused, "captcha", id="14"),
        pytest.param(15, "Access denied", Refused, "no_right", id="15"),
        pytest.param(17, "Validation required", Refused, "confirm", id="17"),
        pytest.param(27, "Group authorization failed", Refused, "credentials", id="27"),
        pytest.param(28, "Application authorization failed", Refused, "credentials", id="28"),
        pytest.param(29, "Rate limit reached", Unavailable, "busy", id="29"),
        pytest.param(100, "One of the parameters", Refused, "bad_request", id="100"),
        pytest.param(214, "Access to adding post denied", Refused, "no_posting", id="214"),
        pytest.param(214, "Access denied: you can only add 50 posts a day", Unavailable, "day_limit", id="214 today"),
        pytest.param(219, "Advertisement post was recently added", Refused, "advertising", id="219"),
        pytest.param(222, "Hyperlinks are forbidden", Refused, "links", id="222"),
        pytest.param(224, "Too many ads posts", Refused, "advertising", id="224"),
        pytest.param(9999, "Something new", Refused, "refused", id="unheard of"),
        pytest.param(None, "", Refused, "refused", id="no code"),
    ],
)
def test_each_error_has_its_reason(number: int | None, said: str, kind: type[Failure], reason: str) -> None:
    with pytest.raises(kind) as caught:
        vk_answers.result({"error": {"error_code": number, "error_msg": said}}, 200, "secret")
    assert caught.value.reason.code == reason
    assert str(caught.value)
    assert not isinstance(caught.value, Unavailable) or caught.value.retry_after


def test_the_key_is_cut_out_of_vks_own_words() -> None:
    params = [{"key": "access_token", "value": "vk1.secret"}]
    with pytest.raises(Refused) as caught:
        vk_answers.result(
            {"error": {"error_code": 5, "error_msg": "bad vk1.secret", "request_params": params}}, 200, "vk1.secret"
        )
    assert "vk1.secret" not in str(caught.value) + caught.value.reason.model_dump_json()


@pytest.mark.parametrize("code", [1, 10])
def test_an_error_inside_vk_is_unknown_for_a_post_and_not_now_for_a_look(wall: Harness, code: int) -> None:
    wall.fault("ok_with_error", code=code)
    with pytest.raises(OutcomeUnknown):
        wall.deliver(Post(text="чай"))
    wall.server.add_faults("groups.getById", [{"kind": "ok_with_error", "code": code}])
    with deadline(PATIENCE), pytest.raises(Unavailable):
        wall.provider().audience()


def test_a_wall_that_is_full_for_today_waits(wall: Harness) -> None:
    wall.server.methods.posts_per_day = 1
    wall.deliver(Post(text="чай"), row="1")
    with pytest.raises(Unavailable) as caught:
        wall.deliver(Post(text="кофе"), row="2")
    assert caught.value.retry_after == timedelta(hours=1)
    assert wall.out() == ["чай"]


def test_a_key_without_the_right_to_the_wall_is_refused(wall: Harness) -> None:
    wall.server.set_access(may_post=False)
    with pytest.raises(Refused) as caught:
        wall.deliver(Post(text="чай"))
    assert caught.value.reason.code == "no_posting"
    wall.server.set_access(admin=False)
    with deadline(PATIENCE), pytest.raises(Refused):
        wall.provider().check()


def test_a_community_that_is_not_there_does_not_pass_the_check(wall: Harness) -> None:
    with deadline(PATIENCE), pytest.raises(Refused):
        wall.provider(group_id=77).check()


# Pictures.


def test_pictures_are_parts_of_their_own_that_may_be_repeated(wall: Harness) -> None:
    post = wall.post("чай", 2)
    uploads = (Part("picture 1", repeatable=True), Part("picture 2", repeatable=True))
    assert wall.provider().parts(Verb.PUBLISH, post) == (*uploads, Part("post"))
    assert wall.provider().parts(Verb.EDIT, post) == (*uploads, Part("post", repeatable=True))
    assert wall.provider().parts(Verb.DELETE, post) == (Part("post", repeatable=True),)


@pytest.mark.parametrize("method", ["photos.getWallUploadServer", "upload", "photos.saveWallPhoto"])
@pytest.mark.parametrize("kind", ["close_after", "5xx", "truncated", "html"])
def test_a_lost_upload_is_only_not_now(wall: Harness, method: str, kind: str) -> None:
    wall.server.add_faults(method, [kind])
    with pytest.raises(Unavailable):
        wall.deliver(wall.post("чай", 1))
    assert wall.out() == []
    assert wall.deliver(wall.post("чай", 1)).remote_id


def test_a_file_that_is_no_picture_is_refused(wall: Harness) -> None:
    post = wall.post("чай", 1)
    wall.pictures[post.pictures[0].sha256] = b"not a picture"
    with pytest.raises(Refused) as caught:
        wall.deliver(post)
    assert caught.value.reason.code == "picture"


def test_a_post_does_not_go_out_without_its_pictures(wall: Harness) -> None:
    with deadline(PATIENCE), pytest.raises(Refused) as caught:
        wall.provider().act(wall.last_call(wall.post("чай", 1)))
    assert caught.value.reason.code == "not_uploaded"
    assert wall.out() == []


def test_an_edit_uploads_only_what_is_new(wall: Harness) -> None:
    base = wall.deliver(wall.post("чай", 2))
    wall.server.journal.events.clear()
    edited = wall.deliver(wall.post("кофе", 3), Verb.EDIT, "edit", base)
    assert called(wall).count("upload") == 1
    assert len(wall.server.posts()[0]["attachments"]) == 3
    assert edited.detail["uploads"].items() > base.detail["uploads"].items()


# Looking.


def find(wall: Harness, post: Post, since: datetime | None = None) -> Any:
    call = wall.last_call(post)
    with deadline(PATIENCE):
        return wall.provider().find(Call(**(vars(call) | {"since": since})))


@pytest.mark.parametrize("answer", [{}, {"count": 0}, {"items": None}, {"items": "none"}, 1, "", False])
def test_an_answer_of_another_shape_does_not_prove_that_nothing_is_there(wall: Harness, answer: Any) -> None:
    said = httpx.MockTransport(lambda request: httpx.Response(200, json={"response": answer}))
    with httpx.Client(transport=said) as http:
        provider = wall.speaking_over(http)
        for ask in (lambda: provider.find(wall.last_call(Post(text="чай"))), lambda: provider.observe("1", {})):
            with pytest.raises(Unavailable):
                ask()


def test_an_upload_is_never_found_for_nobody_sees_it(wall: Harness) -> None:
    call = wall.last_call(wall.post("чай", 1))
    with deadline(PATIENCE):
        assert wall.provider().find(Call(**(vars(call) | {"part": "picture 1"}))) is None


def test_the_same_text_of_last_week_is_not_this_post(wall: Harness) -> None:
    wall.deliver(Post(text="чай"))
    wall.server.advance(7 * 86400)
    started = datetime.fromtimestamp(wall.server.now(), UTC)
    assert find(wall, Post(text="чай"), started) is None
    receipt = wall.deliver(Post(text="чай"), row="this week")
    assert find(wall, Post(text="чай"), started).remote_id == receipt.remote_id


def test_a_post_is_found_behind_a_hundred_others(wall: Harness) -> None:
    wall.server.methods.posts_per_day = None
    started = datetime.fromtimestamp(wall.server.now(), UTC)
    receipt = wall.deliver(Post(text="чай"))
    for number in range(120):
        wall.server.post_by_hand(f"другое {number}")
    assert find(wall, Post(text="чай"), started).remote_id == receipt.remote_id
    assert find(wall, Post(text="не было"), started) is None
    assert called(wall).count("wall.get") == 4


def test_a_post_with_other_pictures_is_another_post(wall: Harness) -> None:
    wall.deliver(wall.post("чай", 1))
    assert find(wall, wall.post("чай", 2)) is None


def test_pictures_without_a_text_are_known_by_their_uploads(wall: Harness) -> None:
    wall.deliver(wall.post("", 1), row="other")
    assert find(wall, wall.post("", 1)) is None
    call = wall.last_call(wall.post("", 1))
    done = {"picture 1": {"attachment": "photo-1_1"}}
    mine = {"id": 7, "attachments": [{"type": "photo", "photo": {"owner_id": -1, "id": 1}}]}
    other = {"id": 8, "attachments": [{"type": "photo", "photo": {"owner_id": -1, "id": 2}}]}
    assert vk_wall.ours([other, mine], Call(**(vars(call) | {"done": done}))) == mine
    assert vk_wall.ours([other], Call(**(vars(call) | {"done": done}))) is None


@settings(deadline=None)
@given(st.text(alphabet="aя &<>\"'\n\t\u00a0", max_size=40))
def test_vks_spaces_and_entities_make_no_difference(text: str) -> None:
    shown = text.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert vk_wall.plain(shown) == vk_wall.plain(text.replace("&", "&amp;"))
    assert vk_wall.is_ours({"text": text}, Post(text=text))


def test_an_old_pinned_post_does_not_end_the_search() -> None:
    pinned, old = {"date": 5, "is_pinned": 1}, {"date": 5}
    assert not vk_wall.reaches([pinned, {"date": 100}], 50)
    assert vk_wall.reaches([pinned, {"date": 100}, old], 50)


@pytest.mark.parametrize("found", [[], [{"id": 1, "is_deleted": True}]])
def test_a_deleted_post_is_gone(found: list[dict[str, Any]]) -> None:
    assert vk_wall.live(found, "").presence is Presence.GONE


def test_a_deletion_that_is_forbidden_is_refused(wall: Harness) -> None:
    base = wall.deliver(Post(text="чай"))
    wall.server.add_faults("wall.delete", [{"kind": "ok_with_error", "code": 210}])
    with pytest.raises(Refused):
        wall.deliver(Post(), Verb.DELETE, "delete", base)
    assert wall.out() == ["чай"]


# Metrics and comments.


def reactions(wall: Harness, *ids: str) -> dict[str, dict[str, int]]:
    with deadline(PATIENCE):
        return wall.provider().reactions(ids)


def test_likes_and_reach_come_together(wall: Harness) -> None:
    first, second = (wall.deliver(Post(text=text), row=text).remote_id for text in ("чай", "кофе"))
    wall.server.react(int(first), likes=7, views=120, reposts=1)
    wall.server.set_reach(int(first), reach_total=90, links=4, hide=1)
    found = reactions(wall, first, second, "999")
    assert found[first] == {
        "likes": 7,
        "comments": 0,
        "reposts": 1,
        "views": 120,
        "reach_total": 90,
        "links": 4,
        "hide": 1,
    }
    assert found[second] == {"likes": 0, "comments": 0, "reposts": 0, "views": 0}
    assert "999" not in found


@pytest.mark.parametrize("code", [7, 15, 27])
def test_reach_that_is_not_shown_is_absent(wall: Harness, code: int) -> None:
    id = wall.deliver(Post(text="чай")).remote_id
    wall.server.set_reach(int(id), reach_total=90)
    wall.server.add_faults("stats.getPostReach", [{"kind": "ok_with_error", "code": code}])
    assert "reach_total" not in reactions(wall, id)[id]


def test_counts_that_are_not_shown_are_absent() -> None:
    assert vk_wall.counts({"likes": {"count": 3}, "views": {}, "reposts": None}) == {"likes": 3}


def test_comments_come_oldest_first_with_a_key_and_no_name(wall: Harness) -> None:
    id = wall.deliver(Post(text="чай")).remote_id
    for number in range(130):
        wall.server.comment(int(id), f"вопрос {number}", user=500 + number)
        wall.server.advance(1)
    with deadline(PATIENCE):
        found = wall.provider().comments(id)
    assert [remark.text for remark in found] == [f"вопрос {number}" for number in range(130)]
    assert (found[0].author_key, found[0].post_id) == ("500", id)
    assert all(remark.at.tzinfo is UTC for remark in found)


def test_answers_to_a_comment_are_comments_too(wall: Harness) -> None:
    api = wall.provider().api  # type: ignore[attr-defined]
    pages = {
        None: [
            {"id": 1, "thread": {"count": 1, "items": [{"id": 2}]}},
            {"id": 3, "thread": {"count": 11, "items": []}},
        ],
        3: [{"id": 4}, {"id": 5}],
    }
    api.look = lambda method, **asked: {"items": pages[asked.get("comment_id")]}
    assert [item["id"] for item in api.comments("1")] == [1, 2, 3, 4, 5]


def test_the_audience_is_the_members(wall: Harness) -> None:
    wall.server.set_members(4321)
    with deadline(PATIENCE):
        assert wall.provider().audience() == {"members": 4321}


def test_the_community_posts_and_the_key_is_named(wall: Harness) -> None:
    wall.deliver(Post(text="чай"))
    (asked,) = [e["parameters"] for e in wall.server.journal_events("received", "wall.post")]
    assert (asked["owner_id"], asked["from_group"], asked["guid"]) == (
        str(vk.WALL),
        "1",
        wall.last_call(Post(text="чай")).key,
    )
