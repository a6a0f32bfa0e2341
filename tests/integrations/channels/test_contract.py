"""The laws of the port: what every channel does. What it cannot do it says, and then it is not asked for."""

from typing import Any

import pytest

from integrations.channels.base import Channel, Presence, Receipt
from integrations.channels.measure import misfits
from integrations.errors import Refused, Unsupported
from integrations.wire import deadline
from models.delivery import Verb
from models.post import Post
from tests.integrations.channels.harness import PATIENCE, TEXT, Harness, call, failure_of, fingerprint

A_TEXT_LONG_ENOUGH = 20_000


# What is accepted.


def test_a_text_is_accepted_and_has_an_id(channel: Harness) -> None:
    receipt = channel.deliver(channel.post(TEXT))
    assert receipt.remote_id
    assert receipt.url.startswith(("https://", "file://"))
    assert channel.out() == [TEXT]


@pytest.mark.parametrize("number", [1, 2, 10])
def test_pictures_arrive_whole_and_in_order(wired: Harness, number: int) -> None:
    post = wired.post(TEXT, pictures=number)
    assert wired.deliver(post).remote_id
    assert wired.fingerprints() == [fingerprint(TEXT, post)]


def test_pictures_need_no_text(channel: Harness) -> None:
    post = channel.post("", pictures=2)
    if post.pictures:
        assert channel.deliver(post).remote_id


def test_a_long_text_under_pictures_arrives_whole(channel: Harness) -> None:
    text = channel.text(A_TEXT_LONG_ENOUGH)
    channel.deliver(channel.post(text, pictures=2))
    assert channel.out() == [text]


def test_different_posts_are_different(channel: Harness) -> None:
    ids = {channel.deliver(channel.post(f"{TEXT} {number}"), row=str(number)).remote_id for number in range(3)}
    assert len(ids) == len(channel.out()) == 3


# What is refused before anything is out.


@pytest.mark.parametrize("pictures", [0, 2])
def test_too_long_a_text_is_refused_before_anything_is_out(wired: Harness, pictures: int) -> None:
    if wired.limits.text_max is None:
        return
    with pytest.raises(Refused) as caught:
        wired.deliver(wired.post("я" * (wired.limits.text_max + 1), pictures))
    assert caught.value.reason.code == "too_long"
    assert wired.requests() == 0


def test_too_many_pictures_are_refused_before_anything_is_out(wired: Harness) -> None:
    picture = wired.picture(1)
    with pytest.raises(Refused):
        wired.deliver(Post(text=TEXT, pictures=(picture,) * (wired.limits.pictures_max + 1)))
    assert wired.requests() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"media_type": "image/gif"}, id="type"),
        pytest.param({"size": 10**9}, id="bytes"),
        pytest.param({"width": 90_000, "height": 90_000}, id="sides"),
        pytest.param({"width": 4000, "height": 100}, id="ratio"),
    ],
)
def test_an_unfit_picture_is_refused_before_anything_is_out(wired: Harness, wrong: dict[str, Any]) -> None:
    post = Post(text=TEXT, pictures=(wired.picture(1).model_copy(update=wrong),))
    if misfits(post, wired.limits):
        with pytest.raises(Refused):
            wired.deliver(post)
        assert wired.requests() == 0


def test_nothing_is_refused(channel: Harness) -> None:
    with pytest.raises(Refused):
        channel.deliver(Post(text="  \n"))
    assert channel.out() == []


def test_a_picture_that_is_not_in_the_media_store_is_refused(channel: Harness) -> None:
    post = channel.post(TEXT, pictures=1)
    if not post.pictures:
        return
    channel.pictures.clear()
    with pytest.raises(Refused) as caught:
        channel.deliver(post)
    assert caught.value.reason.code == "no_picture"
    assert channel.out() == []


# Edits and deletions.


@pytest.mark.parametrize("pictures", [0, 1, 3])
def test_an_edit_changes_the_text_and_keeps_the_pictures(channel: Harness, pictures: int) -> None:
    if not channel.can(Verb.EDIT):
        return
    base = channel.deliver(channel.post(TEXT, pictures))
    for _ in range(2):  # the same edit twice leaves the same
        edited = channel.deliver(channel.post("Цена изменилась: 480 ₽", pictures), Verb.EDIT, "edit", base)
    assert edited.remote_id == base.remote_id
    assert channel.out() == ["Цена изменилась: 480 ₽"]
    if channel.provider().capabilities.observes:
        assert observed(channel, base).pictures == len(channel.post("", pictures).pictures)


def test_an_edited_post_can_be_edited_and_deleted(channel: Harness) -> None:
    if not channel.can(Verb.EDIT):
        return
    base = channel.deliver(channel.post(TEXT, 2))
    edited = channel.deliver(channel.post("Раз", 2), Verb.EDIT, "edit", base)
    again = channel.deliver(channel.post("Два", 2), Verb.EDIT, "edit 2", edited)
    assert channel.out() == ["Два"]
    if channel.can(Verb.DELETE):
        channel.deliver(Post(), Verb.DELETE, "delete", again)
        assert channel.out() == []


def test_too_long_an_edit_changes_nothing(wired: Harness) -> None:
    if not wired.can(Verb.EDIT):
        return
    base = wired.deliver(wired.post(TEXT))
    if wired.limits.text_max is None:
        return
    with pytest.raises(Refused):
        wired.deliver(wired.post("я" * (wired.limits.text_max + 1)), Verb.EDIT, "edit", base)
    assert wired.out() == [TEXT]


@pytest.mark.parametrize("length", [100, 3000])
@pytest.mark.parametrize("pictures", [0, 1, 3])
def test_a_deletion_takes_everything_away(channel: Harness, pictures: int, length: int) -> None:
    if not channel.can(Verb.DELETE):
        return
    post = channel.post(channel.text(length), pictures)
    base = channel.deliver(post)
    for _ in range(2):  # what is gone is deleted
        channel.deliver(post, Verb.DELETE, "delete", base)
    assert channel.out() == []
    assert channel.server is None or channel.server.posts() == []


def test_what_a_person_deleted_is_deleted(channel: Harness) -> None:
    if not channel.can(Verb.DELETE):
        return
    base = channel.deliver(channel.post(TEXT))
    channel.delete_by_hand(base.remote_id)
    assert channel.deliver(channel.post(TEXT), Verb.DELETE, "delete", base).remote_id == base.remote_id


def test_what_is_gone_cannot_be_edited(channel: Harness) -> None:
    if not channel.can(Verb.EDIT):
        return
    base = channel.deliver(channel.post(TEXT))
    channel.delete_by_hand(base.remote_id)
    with pytest.raises(Refused):
        channel.deliver(channel.post("Другой"), Verb.EDIT, "edit", base)


@pytest.mark.parametrize("remote_id", ["../../etc", "abc", "", "1; drop"])
def test_an_id_of_somebody_else_is_refused(wired: Harness, remote_id: str) -> None:
    if not wired.can(Verb.EDIT):
        return
    with pytest.raises(Refused):
        wired.deliver(wired.post(TEXT), Verb.EDIT, "edit", Receipt(remote_id))
    assert wired.out() == []


# Looking.


def observed(channel: Harness, receipt: Receipt) -> Any:
    with deadline(PATIENCE):
        return channel.provider().observe(receipt.remote_id, receipt.detail)


def test_find_finds_exactly_what_is_out(channel: Harness) -> None:
    provider, post, other = channel.provider(), channel.post(TEXT, 1), channel.post(f"{TEXT}!", 1)
    if not provider.capabilities.finds:
        with pytest.raises(Unsupported):
            provider.find(channel.last_call(post))
        return
    with deadline(PATIENCE):
        assert provider.find(channel.last_call(post)) is None
    channel.deliver(other, row="other")
    receipt = channel.deliver(post)
    with deadline(PATIENCE):
        found = provider.find(channel.last_call(post))
        assert found and (found.remote_id, found.url) == (receipt.remote_id, receipt.url)
        assert provider.find(channel.last_call(channel.post("Не было", 1), row="new")) is None
    channel.delete_by_hand(receipt.remote_id)
    with deadline(PATIENCE):
        assert provider.find(channel.last_call(post)) is None


def test_find_knows_whether_an_edit_or_a_deletion_happened(channel: Harness) -> None:
    if not channel.can(Verb.EDIT):
        return
    provider = channel.provider()
    if not provider.capabilities.finds:
        return
    base, new = channel.deliver(channel.post(TEXT)), channel.post("Новый текст")
    edit, delete = (channel.last_call(new, verb, "edit", base) for verb in (Verb.EDIT, Verb.DELETE))
    with deadline(PATIENCE):
        assert provider.find(edit) is None
        assert provider.find(delete) is None
    channel.deliver(new, Verb.EDIT, "edit", base)
    with deadline(PATIENCE):
        assert provider.find(edit)
    channel.delete_by_hand(base.remote_id)
    with deadline(PATIENCE):
        assert provider.find(delete)
        assert provider.find(edit) is None


@pytest.mark.parametrize("kind", ["close_after", "5xx_after", "no_id", "truncated"])
def test_what_was_lost_on_the_way_back_is_found(wired: Harness, kind: str) -> None:
    provider = wired.provider()
    if not provider.capabilities.finds:
        return
    failure_of(wired, kind)
    with deadline(PATIENCE):
        found = provider.find(wired.last_call(wired.post(TEXT)))
    assert found and found.remote_id
    assert wired.accepted() == 1


@pytest.mark.parametrize("kind", ["close_before", "5xx", "html"])
def test_what_was_never_taken_is_not_found(wired: Harness, kind: str) -> None:
    provider = wired.provider()
    if not provider.capabilities.finds:
        return
    failure_of(wired, kind)
    with deadline(PATIENCE):
        assert provider.find(wired.last_call(wired.post(TEXT))) is None


def test_a_key_that_is_remembered_does_not_double(channel: Harness) -> None:
    if channel.provider().capabilities.key_valid_for is None:
        return
    first, second = channel.deliver(channel.post(TEXT, 1)), channel.deliver(channel.post(TEXT, 1))
    assert first.remote_id == second.remote_id
    assert channel.accepted() == 1


def test_what_is_live_is_seen(channel: Harness) -> None:
    if not channel.provider().capabilities.observes:
        with pytest.raises(Unsupported):
            observed(channel, Receipt("1"))
        return
    receipt = channel.deliver(channel.post(TEXT, 2))
    live = observed(channel, receipt)
    pictures = len(channel.post("", 2).pictures)
    assert (live.presence, live.text, live.pictures, live.url) == (Presence.LIVE, TEXT, pictures, receipt.url)
    channel.delete_by_hand(receipt.remote_id)
    assert observed(channel, receipt).presence is Presence.GONE


def test_a_metric_that_is_not_available_is_absent(channel: Harness) -> None:
    provider = channel.provider()
    receipt = channel.deliver(channel.post(TEXT))
    with deadline(PATIENCE):
        if not provider.capabilities.reactions:
            with pytest.raises(Unsupported):
                provider.reactions([receipt.remote_id])
            return
        metrics = provider.reactions([receipt.remote_id]).get(receipt.remote_id, {})
    assert metrics.keys() < provider.capabilities.reactions
    assert "reach_total" not in metrics


def test_what_a_channel_cannot_do_is_unsupported(channel: Harness) -> None:
    provider = channel.provider()
    receipt = channel.deliver(channel.post(TEXT))
    asked = [
        (provider.capabilities.comments, lambda: provider.comments(receipt.remote_id), []),
        (provider.capabilities.audience, provider.audience, {"members": 100}),
    ]
    with deadline(PATIENCE):
        for able, ask, answer in asked:
            if able:
                assert ask() == answer
            else:
                with pytest.raises(Unsupported):
                    ask()


def test_settings_that_work_pass_the_check(channel: Harness) -> None:
    with deadline(PATIENCE):
        channel.provider().check()
    assert channel.out() == []


def test_a_verb_that_a_channel_lacks_is_unsupported(channel: Harness) -> None:
    base = channel.deliver(channel.post(TEXT))
    for verb in Verb:
        if not channel.can(verb):
            with pytest.raises(Unsupported):
                channel.deliver(channel.post(TEXT), verb, "other", base)


def test_dead_credentials_do_not_pass_the_check(wired: Harness) -> None:
    for secret in wired.secrets:
        with deadline(PATIENCE), pytest.raises(Refused):
            wired.provider(**{secret: "1:dead"}).check()


def test_making_a_channel_and_asking_for_its_parts_calls_nobody(channel: Harness) -> None:
    assert channel.provider().parts(Verb.PUBLISH, channel.post(TEXT))
    assert channel.requests() == 0 and channel.out() == []


def test_parts_are_the_same_each_time(channel: Harness) -> None:
    provider: Channel = channel.provider()
    for verb in Verb:
        for post in (channel.post(TEXT), channel.post(channel.text(4000), 3)):
            parts = provider.parts(verb, post)
            assert parts == channel.provider().parts(verb, post)
            assert len({part.name for part in parts}) == len(parts) > 0


def test_a_part_begun_elsewhere_is_finished_here(channel: Harness) -> None:
    """Another process made the first parts; this one has only what they wrote down."""
    post = channel.post(channel.text(3000), 2)
    done: dict[str, Any] = {"base": {}}
    for part in channel.provider().parts(Verb.PUBLISH, post):
        with deadline(PATIENCE):
            done[part.name] = channel.provider().act(call(post, Verb.PUBLISH, part.name, "row", None, done)).detail
    assert channel.out() == [post.text]
