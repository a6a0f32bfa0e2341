"""Loading the content plan and reading sources in a furnished house, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.database import SetClock
from models.ending import Ending
from models.piece import Candidate, OfferRow, Piece
from tasks.content.steps import load_plan, read_content_plan, read_product_feeds, search_feeds
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

HEADER = "№;Date;Text;Channels"
FEEDS = """\
sources:
  - {key: shop, title: Shop, path: shop.xml, kind: products}
  - {key: stall, title: Stall, path: stall.xml, kind: products}
"""
YML = """<yml_catalog><shop><offers>{offers}</offers></shop></yml_catalog>"""
OFFER = '<offer id="{id}"><name>{id}</name><price>{price}</price></offer>'


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    channels = {"fake": FakeChannel(), "wall": FakeChannel()}
    made = furnished(tmp_path / "company", database, channels, SetClock(NOW), FEEDS)
    (made.root / "content" / "pieces").mkdir(parents=True)
    return made


def write(house: House, *lines: str, header: str = HEADER, name: str = "plan.csv") -> Path:
    file = house.root / "content" / name
    file.write_bytes("\r\n".join([header, *lines, ""]).encode("utf-8-sig"))
    return file


def load(action: str = "apply", cancel_gone: bool = False, file: str = "") -> Ending:
    return load_plan.fn(read_content_plan.fn(file), action, cancel_gone, "olga")


def kept(house: House, kind: type[Any] = Piece) -> list[Any]:
    with house.sessions() as session:
        return list(session.execute(select(kind).order_by(*kind.__table__.primary_key.columns)).scalars())


def standing(house: House) -> list[tuple[str, bool]]:
    return [(piece.title, piece.archived) for piece in kept(house)]


def test_the_numbers_are_written_back_into_a_text_table_and_loading_it_again_is_no_news(house: House) -> None:
    file = write(house, ';25.11.2026;"Tea; hot";fake', "7;26.11.2026;Milk;wall", ";27.11.2026;Cake;fake")
    before = file.read_bytes()
    assert load("show").done == 3
    assert file.read_bytes() == before
    assert load() == Ending(done=3, total=3)
    told = [HEADER, '8;25.11.2026;"Tea; hot";fake', "7;26.11.2026;Milk;wall", "9;27.11.2026;Cake;fake", ""]
    assert file.read_bytes() == "\r\n".join(told).encode("utf-8-sig")
    assert load() == Ending()
    assert {piece.number for piece in kept(house)} == {"7", "8", "9"}


def test_only_rows_that_stand_get_their_number(house: House) -> None:
    (house.root / "content" / "pictures").mkdir()
    (house.root / "content" / "pictures" / "cup.jpg").write_bytes(b"no picture")
    file = write(house, ";25.11.2026;Tea;fake;cup.jpg", ";26.11.2026;Milk;wall;", header=HEADER + ";Picture")
    ending = load()
    assert (ending.done, ending.total, len(ending.remarks)) == (1, 2, 1)
    assert file.read_bytes().decode("utf-8-sig").splitlines()[1:] == [
        ";25.11.2026;Tea;fake;cup.jpg", "2;26.11.2026;Milk;wall;",
    ]  # fmt: skip


def test_a_plan_edited_while_it_was_loaded_is_not_written_over_and_keeps_its_rows(house: House) -> None:
    write(house, ";25.11.2026;Tea;fake", ";26.11.2026;Milk;wall")
    reading = read_content_plan.fn("")
    edited = write(house, ";24.11.2026;Bread;fake", ";25.11.2026;Tea;fake", ";26.11.2026;Milk;wall")
    theirs = edited.read_bytes()
    ending = load_plan.fn(reading, "apply", False, "olga")
    assert "was changed meanwhile" in ending.remarks[0]
    assert edited.read_bytes() == theirs
    assert load().done == 1
    assert [line.split(";")[0] for line in edited.read_text("utf-8-sig").splitlines()] == ["№", "3", "1", "2"]


def test_a_plan_that_cannot_be_read_means_nothing_is_gone(house: House) -> None:
    write(house, "1;25.11.2026;Tea;fake")
    load()
    write(house, "1;25.11.2026;Tea;fake", header="№;When;Text;Channels")
    ending = load(cancel_gone=True)
    assert (ending.failed, "There is no column “date”" in ending.remarks[0]) == (True, True)
    assert standing(house) == [("Tea", False)]


def test_what_is_gone_is_cancelled_only_when_told_so_and_counted(house: House) -> None:
    write(house, "1;25.11.2026;Tea;fake", "2;26.11.2026;Milk;wall")
    load()
    write(house, "1;25.11.2026;Tea;fake")
    assert (load(), standing(house)[1]) == (Ending(), ("Milk", False))
    assert load(cancel_gone=True) == Ending(done=1, total=1)
    assert standing(house)[1] == ("Milk", True)


def test_without_the_companys_files_nothing_is_loaded_and_nothing_is_gone(house: House) -> None:
    write(house, "1;25.11.2026;Tea;fake", ";26.11.2026;Milk;fake")
    load()
    before = write(house, ";27.11.2026;Cake;fake").read_bytes()
    (house.root / "company.yaml").write_text("name: [")
    ending = read_product_feeds.fn() + load(cancel_gone=True) + search_feeds.fn()
    assert ending.failed
    assert "company.yaml" in ending.remarks[0]
    assert len(set(ending.remarks)) == len(ending.remarks)
    assert standing(house) == [("Tea", False), ("Milk", False)]
    assert (house.root / "content" / "plan.csv").read_bytes() == before


@pytest.mark.parametrize("file", ["content/plan2.csv", "../secret.csv", "content"])
def test_a_file_that_is_not_there_is_a_sentence(house: House, file: str) -> None:
    ending = load(file=file)
    assert ending.failed
    assert ending.remarks[0].startswith(file)


def test_a_row_that_names_a_piece_where_there_is_none_is_left_out(house: House) -> None:
    write(house, "1;25.11.2026;;fake;tea.md", header=HEADER + ";Piece")
    assert "“tea.md”" in str(read_content_plan.fn("").problems[0])
    assert (load().done, kept(house)) == (0, [])


def test_a_piece_that_cannot_be_opened_does_not_keep_the_others_back(house: House) -> None:
    pieces = house.root / "content" / "pieces"
    (pieces / "tea.md").write_text("# Tea\n\nHot.")
    (house.root.parent / "away.md").write_text("# Away")
    (pieces / "away.md").symlink_to(house.root.parent / "away.md")
    write(house, "1;25.11.2026;;fake;tea.md", "2;25.11.2026;;fake;away.md", header=HEADER + ";Piece")
    ending = load()
    assert (ending.done, standing(house)) == (1, [("Tea", False)])
    assert [problem.place.file for problem in read_content_plan.fn("").problems] == ["content/plan.csv", "away.md"]


def test_two_loads_of_one_plan_apply_it_once(house: House) -> None:
    write(house, "1;25.11.2026;Tea;fake")
    first, second = read_content_plan.fn(""), read_content_plan.fn("")
    assert load_plan.fn(first, "apply", False, "olga").done == 1
    late = load_plan.fn(second, "apply", False, "vera")
    assert (late.done, late.total) == (0, 1)
    assert "№ 1" in late.remarks[0]
    assert len(kept(house)) == 1


def test_a_number_of_a_draft_is_not_taken_from_it(house: House) -> None:
    write(house, "1;25.11.2026;Tea;fake")
    reading = read_content_plan.fn("")
    with house.sessions.begin() as session:
        session.add(Piece(number="1", source="draft", source_ref="x", title="Ours", created_at=NOW, changed_at=NOW))
    assert "№ 1" in load_plan.fn(reading, "apply", False, "olga").remarks[0]
    assert "№ 1 is that of “Ours”" in str(read_content_plan.fn("").problems[0])
    assert (load().done, standing(house)) == (0, [("Ours", False)])


def test_a_customer_group_taken_out_of_the_row_is_matched_again(house: House) -> None:
    header = HEADER + ";Group"
    write(house, "1;25.11.2026;Tea;fake;tea-lovers", header=header)
    load()
    assert [(piece.customer_group, piece.group_overruled) for piece in kept(house)] == [("tea-lovers", True)]
    write(house, "1;25.11.2026;Tea;fake;", header=header)
    load()
    assert [(piece.customer_group, piece.group_overruled) for piece in kept(house)] == [("", False)]


def feed(house: House, name: str, **prices: object) -> None:
    offers = "".join(OFFER.format(id=id, price=price) for id, price in prices.items())
    (house.root / name).write_text(YML.format(offers=offers))


def prices(house: House) -> dict[str, int]:
    return {offer.id: offer.price // 100 for offer in kept(house, OfferRow)}


def test_a_feed_that_changed_is_taken_over_beside_one_that_did_not(house: House) -> None:
    feed(house, "shop.xml", tea=100)
    feed(house, "stall.xml", cup=300)
    assert (read_product_feeds.fn(), prices(house)) == (Ending(), {"tea": 100, "cup": 300})
    for shop, stall in ((110, 300), (110, 310)):
        feed(house, "shop.xml", tea=shop)
        feed(house, "stall.xml", cup=stall)
        assert (read_product_feeds.fn(), prices(house)) == (Ending(), {"tea": shop, "cup": stall})


def test_a_feed_that_did_not_change_is_not_written_again(house: House) -> None:
    feed(house, "shop.xml", tea=100)
    feed(house, "stall.xml", cup=300)
    read_product_feeds.fn()
    with house.sessions.begin() as session:
        session.get_one(OfferRow, "tea").price = 1
    read_product_feeds.fn()
    assert prices(house)["tea"] == 0


def test_a_broken_feed_is_told_and_what_changed_beside_it_is_not_forgotten(house: House) -> None:
    feed(house, "shop.xml", tea=100)
    feed(house, "stall.xml", cup=300)
    read_product_feeds.fn()
    feed(house, "shop.xml", tea=120)
    (house.root / "stall.xml").write_text("<html>")
    ending = read_product_feeds.fn()
    assert ending.remarks[0].startswith("stall.xml: This is a web page")
    assert prices(house) == {"tea": 100, "cup": 300}
    feed(house, "stall.xml", cup=300)
    assert (read_product_feeds.fn(), prices(house)) == (Ending(), {"tea": 120, "cup": 300})


def test_what_is_wrong_in_a_feed_is_told_as_long_as_it_stands_there(house: House) -> None:
    feed(house, "shop.xml", tea=100, **{f"x{number}": "free" for number in range(9)})
    feed(house, "stall.xml", cup=300)
    first = read_product_feeds.fn()
    assert "“free” is not a number above zero" in first.remarks[0]
    assert first.remarks[-1] == "More to be mended in the product feeds: 4."
    assert read_product_feeds.fn() == first


def test_pieces_that_the_plan_names_are_no_candidates(house: House) -> None:
    for name in ("tea", "milk"):
        (house.root / "content" / "pieces" / f"{name}.md").write_text(f"# {name}\n\nHot.")
    write(house, "1;25.11.2026;;fake;tea.md", header=HEADER + ";Piece")
    load()
    assert search_feeds.fn().done == 1
    assert [one.source_ref for one in kept(house, Candidate)] == ["milk.md"]
