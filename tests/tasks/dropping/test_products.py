"""A dropped product feed: prices old and new, the planned pieces concerned, and taking the place of the company's."""

import pytest
from sqlalchemy import select

from models.content import Offer
from models.desk.drop import ProductsFound
from models.piece import OfferRow
from tasks.dropping import engine, rows
from tasks.dropping.applying.engine import load_products
from tasks.dropping.prices import Planned, difference, touched
from tests.tasks.dropping.conftest import Dropping, feed

OTHER = """\
sources:
  - {key: shop, title: Shop, path: products.xml, kind: products}
  - {key: bar, title: Bar, path: bar.xml, kind: products}
"""
BY_ADDRESS = "sources:\n  - {key: shop, title: Shop, url: 'https://shop.example/y.xml', kind: products}\n"


def choose_feed(dropping: Dropping, id: int, source: str) -> None:
    with dropping.house.sessions.begin() as session:
        assert rows.read_for(session, id, source=source)
    assert engine.read_dropped(dropping.house, id)


def prices(dropping: Dropping) -> dict[str, int]:
    with dropping.house.reads() as session:
        return {offer.id: offer.price // 100 for offer in session.execute(select(OfferRow)).scalars()}


def test_a_changed_price_is_shown_with_the_planned_pieces_that_name_it(dropping: Dropping) -> None:
    id = dropping.drop(shop__yml=feed(tea=470, pot=900))
    found = ProductsFound.model_validate(dropping.row(id).found)
    assert (found.products, found.fresh, found.gone, found.changed) == (2, 1, 1, 1)
    assert [(price.name, price.before, price.after) for price in found.prices] == [("Tea", 45000, 47000)]
    assert [(piece.number, piece.products) for piece in found.touched] == [("1", ("Tea",))]
    assert prices(dropping) == {"tea": 450, "cup": 300}


def test_on_a_yes_it_takes_the_place_of_the_companys(dropping: Dropping) -> None:
    former, data = dropping.kept("products.xml"), feed(tea=470, cup=300)
    id = dropping.drop(shop__yml=data)
    assert load_products(dropping.house, id, "", dropping.row(id).seen, "olga").lines[0].done
    assert (prices(dropping), dropping.kept("products.xml")) == ({"tea": 470, "cup": 300}, data)
    [copy] = (dropping.house.var / "former").iterdir()
    assert copy.read_bytes() == former


def test_problems_stand_by_line_and_the_rest_is_taken(dropping: Dropping) -> None:
    id = dropping.drop(shop__yml=feed(tea=470, cup="free"))
    [problem] = dropping.row(id).problems
    assert problem["place"]["line"] == 2 and "free" in str(problem["reason"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"<html><body>", "web page", id="html"),
        pytest.param(b"<?xml version='1.0'?><rss/>", "not a product feed", id="another xml"),
        pytest.param(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><yml_catalog/>", "entities", id="entities"),
        pytest.param(feed(tea=1)[:-60], "breaks off", id="breaks off"),
    ],
)
def test_what_is_no_feed_changes_nothing(dropping: Dropping, data: bytes, said: str) -> None:
    id = dropping.drop(shop__xml=data)
    assert dropping.row(id).state == "refused" and said in str(engine.refusal_of(dropping.row(id)))
    assert load_products(dropping.house, id, "", "", "olga").refusal and prices(dropping) == {"tea": 450, "cup": 300}


def test_a_feed_replaced_meanwhile_is_not_written_over(dropping: Dropping) -> None:
    id = dropping.drop(shop__yml=feed(tea=470))
    seen = dropping.row(id).seen
    (dropping.house.root / "products.xml").write_bytes(feed(tea=500))
    assert "changed meanwhile" in str(load_products(dropping.house, id, "", seen, "olga").refusal)
    assert dropping.kept("products.xml") == feed(tea=500)
    assert ProductsFound.model_validate(dropping.row(id).found).prices[0].before == 50000


def test_of_several_feeds_one_is_chosen(dropping: Dropping) -> None:
    (dropping.house.root / "bar.xml").write_bytes(feed(juice=100))
    (dropping.house.root / "feeds.yaml").write_text(OTHER)
    id = dropping.drop(bar__yml=feed(juice=120))
    found = ProductsFound.model_validate(dropping.row(id).found)
    assert (found.path, dict(found.sources)) == ("", {"shop": "Shop", "bar": "Bar"})
    assert (found.gone, found.fresh, found.touched, found.is_the_same) == (0, 0, (), False)
    assert "Choose which" in str(load_products(dropping.house, id, "", dropping.row(id).seen, "olga").refusal)
    choose_feed(dropping, id, "bar")
    found = ProductsFound.model_validate(dropping.row(id).found)
    assert (found.path, found.gone, [price.before for price in found.prices]) == ("bar.xml", 0, [10000])
    assert load_products(dropping.house, id, "", dropping.row(id).seen, "olga").lines[0].done
    assert prices(dropping) == {"tea": 450, "cup": 300, "juice": 120}


def test_of_several_feeds_the_chosen_one_is_not_written_over_either(dropping: Dropping) -> None:
    (dropping.house.root / "bar.xml").write_bytes(feed(juice=100))
    (dropping.house.root / "feeds.yaml").write_text(OTHER)
    id = dropping.drop(bar__yml=feed(juice=120))
    choose_feed(dropping, id, "bar")
    seen = dropping.row(id).seen
    (dropping.house.root / "bar.xml").write_bytes(feed(juice=110))
    assert "changed meanwhile" in str(load_products(dropping.house, id, "bar", seen, "olga").refusal)
    assert dropping.kept("bar.xml") == feed(juice=110)
    assert ProductsFound.model_validate(dropping.row(id).found).prices[0].before == 11000
    assert load_products(dropping.house, id, "bar", "", "olga").lines[0].done


def test_in_the_place_of_an_unreadable_feed_nothing_of_the_others_is_gone(dropping: Dropping) -> None:
    (dropping.house.root / "bar.xml").write_bytes(b"<html>")
    (dropping.house.root / "feeds.yaml").write_text(OTHER)
    id = dropping.drop(bar__yml=feed(juice=120))
    choose_feed(dropping, id, "bar")
    found = ProductsFound.model_validate(dropping.row(id).found)
    assert (found.gone, found.fresh) == (0, 1)


def test_a_feed_whose_products_are_not_taken_over_is_not_done(dropping: Dropping) -> None:
    (dropping.house.root / "bar.xml").write_bytes(b"<html>")
    (dropping.house.root / "feeds.yaml").write_text(OTHER)
    id = dropping.drop(shop__yml=feed(tea=470))
    choose_feed(dropping, id, "shop")
    report = load_products(dropping.house, id, "", dropping.row(id).seen, "olga")
    assert "products stay as they were" in report.lines[0].said and not report.lines[0].done
    assert report.notes and prices(dropping) == {"tea": 450, "cup": 300}


def test_a_feed_too_large_to_be_read_is_refused_at_once(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FILE_BYTES_MAX", 100)
    id = dropping.drop(shop__yml=feed(tea=470))
    assert "Make the file smaller" in str(engine.refusal_of(dropping.row(id)))


def test_a_feed_that_is_read_by_its_address_cannot_be_replaced(dropping: Dropping) -> None:
    (dropping.house.root / "feeds.yaml").write_text(BY_ADDRESS)
    assert "read from its address" in str(engine.refusal_of(dropping.row(dropping.drop(shop__yml=feed(tea=1)))))


def offer(id: str, price: int) -> Offer:
    return Offer(id=id, name=id, price=price, currency="RUB")


def test_the_largest_change_of_a_price_stands_first() -> None:
    before = {id: offer(id, 100) for id in ("a", "b", "c")}
    found = difference(before, {"a": offer("a", 110), "b": offer("b", 50), "d": offer("d", 1)})
    assert ([change.id for change in found.prices], found.fresh, found.gone) == (["b", "a"], 1, ("c",))
    planned = [Planned(1, "1", "x", ("a", "z")), Planned(2, "2", "y", ("d",)), Planned(3, "3", "z", ("c",))]
    assert [(piece.number, piece.products) for piece in touched(planned, found, {"a": "A"})] == [
        ("1", ("A",)),
        ("3", ("c",)),
    ]
