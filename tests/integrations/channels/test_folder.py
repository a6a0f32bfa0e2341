"""What only a folder has: files that appear whole or not at all, and people who touch them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.channels import folder_post
from integrations.channels.base import Presence, Receipt
from integrations.errors import Refused
from models.delivery import Verb
from models.post import Picture, Post, Span
from tests.integrations.channels.harness import Harness, beside


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Harness]:
    with beside("folder", tmp_path) as harness:
        yield harness


def place(folder: Harness, receipt: Receipt) -> Path:
    return Path(folder.typed["path"]) / receipt.remote_id


def test_a_post_is_a_file_with_its_pictures(folder: Harness) -> None:
    post = folder.post("Чай дня", 2).model_copy(update={"title": "Сенча", "tags": ("чай",), "ad_label": "Реклама"})
    there = place(folder, folder.deliver(post))
    assert {file.name for file in there.iterdir()} == {"post.md", *(picture.file_name for picture in post.pictures)}
    assert all((there / p.file_name).read_bytes() == folder.pictures[p.sha256] for p in post.pictures)
    front, text = folder_post.parsed((there / "post.md").read_text(encoding="utf-8"))
    assert (front["title"], front["tags"], front["ad_label"], text) == ("Сенча", ["чай"], "Реклама", "Чай дня")


@settings(deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    title=st.text(alphabet="a:-#\"'\n\\ ё", max_size=20),
    alt=st.text(alphabet="a-\n—", max_size=10),
)
def test_what_is_written_is_what_is_read(text: str, title: str, alt: str) -> None:
    picture = Picture(sha256="ab", media_type="image/png", width=1, height=1, size=1, alt=alt)
    post = Post(text=text, title=title, pictures=(picture,), spans=(Span(start=0, end=0, kind="bold"),))
    for each in (post, Post(text=text)):
        front, read = folder_post.parsed(folder_post.written(each))
        assert read == text
        assert front.get("title", "") == each.title
        assert folder_post.files(front) == [picture.file_name for picture in each.pictures]


def test_many_at_once_make_one_post(folder: Harness) -> None:
    post = folder.post("Чай дня", 3)
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: folder.deliver(post), range(16)))
    assert len({receipt.remote_id for receipt in receipts}) == 1
    assert [file.name for file in Path(folder.typed["path"]).iterdir()] == [receipts[0].remote_id]


def test_an_interrupted_post_leaves_nothing_that_is_seen(folder: Harness) -> None:
    post = folder.post("Чай дня", 2)
    del folder.pictures[post.pictures[1].sha256]
    with pytest.raises(Refused):
        folder.deliver(post)
    assert list(Path(folder.typed["path"]).iterdir()) == []


def test_a_post_whose_file_a_person_removed_is_written_again_and_not_just_said_to_be(folder: Harness) -> None:
    post = folder.post("Чай дня", 1)
    there = place(folder, folder.deliver(post))
    (there / "post.md").unlink()
    (there / "reactions.json").write_text("{}")
    assert place(folder, folder.deliver(post)) == there
    assert folder.out() == ["Чай дня"]
    assert folder.provider().observe(there.name, {}).pictures == 1


def test_an_edit_of_a_title_alone_is_known(folder: Harness) -> None:
    base = folder.deliver(folder.post("Чай дня"))
    new = folder.post("Чай дня").model_copy(update={"title": "Сенча"})
    edit = folder.last_call(new, Verb.EDIT, "edit", base)
    assert folder.provider().find(edit) is None
    folder.deliver(new, Verb.EDIT, "edit", base)
    assert folder.provider().find(edit)


def test_an_edit_takes_away_the_pictures_that_left_and_nothing_else(folder: Harness) -> None:
    base = folder.deliver(folder.post("Чай", 2))
    (place(folder, base) / "reactions.json").write_text("{}")
    folder.deliver(folder.post("Кофе", 1), Verb.EDIT, "edit", base)
    left = {file.name for file in place(folder, base).iterdir()}
    assert left == {"post.md", "reactions.json", folder.picture(0).file_name}


def test_what_a_person_changed_is_seen(folder: Harness) -> None:
    base = folder.deliver(folder.post("Чай", 1))
    file = place(folder, base) / "post.md"
    (place(folder, base) / folder.picture(0).file_name).unlink()
    file.write_text(file.read_text(encoding="utf-8").replace("Чай", "Кофе"), encoding="utf-8")
    live = folder.provider().observe(base.remote_id, {})
    assert (live.presence, live.text, live.pictures) == (Presence.LIVE, "Кофе", 0)
    file.write_text("просто текст\n", encoding="utf-8")
    assert folder.provider().observe(base.remote_id, {}).text == "просто текст"


def test_counts_beside_a_post_are_its_reactions(folder: Harness) -> None:
    first, second = folder.deliver(Post(text="чай"), row="1"), folder.deliver(Post(text="кофе"), row="2")
    (place(folder, first) / "reactions.json").write_text(json.dumps({"views": 120}))
    found = folder.provider().reactions([first.remote_id, second.remote_id, "gone"])
    assert found == {first.remote_id: {"views": 120}, second.remote_id: {}}


@pytest.mark.parametrize(
    "written", ["{", "[]", '{"views": "120"}', '{"views": 1.5}', '{"views": true}', '{"views": -1}', '{"stars": 5}']
)
def test_counts_that_cannot_be_read_name_their_file(folder: Harness, written: str) -> None:
    receipt = folder.deliver(Post(text="чай"))
    (place(folder, receipt) / "reactions.json").write_text(written)
    with pytest.raises(Refused) as caught:
        folder.provider().reactions([receipt.remote_id])
    assert "reactions.json" in str(caught.value)


@pytest.mark.parametrize("id", ["../x", "/etc", "", ".", "..", "a/b", ".draft-1", "a\x00b"])
def test_no_id_leads_out_of_the_folder(folder: Harness, id: str) -> None:
    for act in (
        lambda: folder.deliver(Post(text="x"), Verb.EDIT, "e", Receipt(id)),
        lambda: folder.provider().observe(id, {}),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.parametrize("key", ["../x", "/etc", "", ".."])
def test_no_key_leads_out_of_the_folder(key: str) -> None:
    assert folder_post.is_plain(folder_post.folder_name(key))


def test_a_picture_that_a_person_wrote_leads_nowhere() -> None:
    assert folder_post.files({"pictures": [{"file": "../../etc/passwd"}, {"file": "a.jpg"}, "b.jpg", None]}) == [
        "a.jpg"
    ]


def test_two_channels_share_a_folder(folder: Harness) -> None:
    folder.deliver(Post(text="чай"), account="Прилавок")
    folder.deliver(Post(text="чай"), account="витрина/2")
    folders = list(Path(folder.typed["path"]).iterdir())
    assert len(folders) == 2 and all(len(list(path.glob("*/post.md"))) == 1 for path in folders)


def test_a_folder_that_cannot_be_used_says_so(folder: Harness, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for act in (lambda: folder.deliver(Post(text="x"), path=str(tmp_path / "file" / "x")),
                lambda: folder.provider(path=str(tmp_path / "file")).check()):  # fmt: skip
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.reason.code == "not_usable"
