"""Dropped pictures: each with its own sentence, put into the folder, nothing replaced unless it is said."""

from datetime import timedelta
from typing import Any

import pytest

from models.desk.drop import PicturesFound
from tasks.dropping import engine
from tasks.dropping.applying.engine import load_pictures
from tasks.dropping.shelf import engine as shelf
from tasks.orders.answers import Report
from tests.tasks.dropping.conftest import Dropping, picture

HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\0" * 20


def put(dropping: Dropping, id: int, **more: Any) -> Report:
    chosen: dict[str, Any] = {"replaced": (), "both": (), "seen": dropping.row(id).seen, "person": "olga"} | more
    return load_pictures(dropping.house, id, **chosen)


def said(dropping: Dropping, id: int) -> dict[str, str]:
    found = PicturesFound.model_validate(dropping.row(id).found)
    return {p.name: "same" if p.same else "stands" if p.stands else str(p.problem) or p.kept_as for p in found.pictures}


def test_each_picture_has_its_own_sentence(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.dropping.pictures.engine.BYTES_MAX", 5_000)
    folder = dropping.house.root / "content/pictures"
    (folder / "cup.jpg").write_bytes(picture())
    (folder / "leaf.jpg").write_bytes(picture())
    id = dropping.drop(
        a__jpg=picture((9, 9, 9)), cup__jpg=picture((9, 9, 9)), leaf__jpg=picture(), false__jpg=b"no picture",
        huge__png=HUGE, heavy__jpg=b"\xff\xd8\xff" + b"x" * 6_000, photo__jpg=picture(kind="PNG"),
    )  # fmt: skip
    told = said(dropping, id)
    assert (told["a.jpg"], told["cup.jpg"], told["leaf.jpg"], told["photo.jpg"]) == (
        "a.jpg",
        "stands",
        "same",
        "photo.png",
    )
    assert "not a picture" in told["false.jpg"] and "30000 × 30000" in told["huge.png"]
    assert "more than" in told["heavy.jpg"]


def test_the_sound_ones_are_put_and_a_name_that_stands_there_stays(dropping: Dropping) -> None:
    folder = dropping.house.root / "content/pictures"
    (folder / "cup.jpg").write_bytes(picture())
    id = dropping.drop(a__jpg=picture((9, 9, 9)), cup__jpg=picture((8, 8, 8)), false__jpg=b"no")
    assert put(dropping, id).lines[0].done
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "cup.jpg"]
    assert (folder / "cup.jpg").read_bytes() == picture()


def test_replaced_or_both_as_it_was_said(dropping: Dropping) -> None:
    folder = dropping.house.root / "content/pictures"
    for name in ("cup.jpg", "leaf.jpg"):
        (folder / name).write_bytes(picture())
    id = dropping.drop(cup__jpg=picture((8, 8, 8)), leaf__jpg=picture((7, 7, 7)))
    report = put(dropping, id, replaced=("cup.jpg",), both=("leaf.jpg",))
    assert (folder / "cup.jpg").read_bytes() == picture((8, 8, 8))
    assert (folder / "leaf.jpg").read_bytes() == picture()
    [beside] = folder.glob("leaf-*.jpg")
    assert (
        beside.read_bytes() == picture((7, 7, 7))
        and beside.name in str(dropping.row(id).said["told"])
        and report.notes == ()
    )
    assert len(list((dropping.house.var / "plans").glob("cup-*"))) == 1


def test_two_that_would_have_one_name_are_both_put(dropping: Dropping) -> None:
    id = dropping.drop(cup__jpg=picture(), cup__png=picture((9, 9, 9)))
    assert "2 pictures" in put(dropping, id).lines[0].said
    kept = {path.name: path.read_bytes() for path in (dropping.house.root / "content/pictures").iterdir()}
    assert kept.pop("cup.jpg") == picture() and list(kept.values()) == [picture((9, 9, 9))]


def test_the_last_copies_of_a_name_are_kept_whatever_other_names_begin_with_it(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "COPIES_KEPT", 2)
    copies = dropping.house.var / "plans"
    for number in range(4):
        for name in ("cup.jpg", "cup-blue.jpg", "a[1].jpg"):
            path = f"content/pictures/{name}"
            data = picture((number, 0, 0))
            shelf.exchange(dropping.house, path, data, shelf.print_of(shelf.standing(dropping.house, path)))
        dropping.house.clock.at += timedelta(seconds=1)  # type: ignore[attr-defined]
    kept = sorted(path.name.rsplit("-", 3)[0] for path in copies.iterdir())
    assert kept == sorted(["a[1]", "cup", "cup-blue"] * 2)


def test_a_folder_that_changed_meanwhile_is_looked_at_again(dropping: Dropping) -> None:
    id = dropping.drop(cup__jpg=picture((8, 8, 8)))
    seen = dropping.row(id).seen
    (dropping.house.root / "content/pictures/cup.jpg").write_bytes(picture())
    assert "changed meanwhile" in str(put(dropping, id, seen=seen).refusal)
    assert (dropping.row(id).state, said(dropping, id)) == ("read", {"cup.jpg": "stands"})


def test_put_twice_it_is_put_once(dropping: Dropping) -> None:
    id = dropping.drop(cup__jpg=picture())
    assert put(dropping, id).lines[0].said == put(dropping, id).lines[0].said == "1 picture is in the folder"
    assert "Olga Author was first" in str(put(dropping, id, person="vera").refusal)


def test_not_one_picture_cannot_be_put(dropping: Dropping) -> None:
    id = dropping.drop(false__jpg=b"no picture", also__png=b"")
    assert dropping.row(id).state == "refused" and "None of these files" in str(engine.refusal_of(dropping.row(id)))
