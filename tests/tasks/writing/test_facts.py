"""What a text says of products is compared with the products, and a wrong price never goes out."""

import pytest

from models.locale import spoken
from models.post import Post, Product, Span
from tasks.adaptation.markdown import read
from tasks.adaptation.spans import Marked
from tasks.writing.facts import check, held_because
from tasks.writing.mentions import mentions, not_named


def product(key: str, name: str, rubles: int, available: bool = True) -> Product:
    return Product(id=key, name=name, price=rubles * 100, currency="RUB", available=available)


ASSAM = product("T1", "Ассам «Второй сбор», 100 г", 490)
OOLONG = product("T2", "Молочный улун, 100 г", 580)
CUP = product("P1", "Чашка «Терракота», 250 мл", 890)
SHOP = (ASSAM, OOLONG, CUP)


def codes(text: str, *products: Product) -> list[str]:
    return [reason.code for reason in check(read(text).marked, products or SHOP)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Ассам «Второй сбор», 100 г — 490 ₽.", id="whole name"),
        pytest.param('Берите ассам "второй сбор": 490 руб.', id="other case and quotes"),
        pytest.param("К молочному улуну за 580 рублей — чашка «Терракота» за 890 ₽", id="another form of the words"),
        pytest.param("Молочный улун — 580 ₽ вместо 680 ₽", id="the former price is not compared"),
        pytest.param("Молочный улун — ~~680 ₽~~ 580 ₽", id="nor the struck one"),
        pytest.param("Молочный улун — 580 ₽, доставка 300 ₽, скидка 50 ₽", id="nor what is no product's"),
        pytest.param("За 490 ₽ — Ассам «Второй сбор», за 580 ₽ — молочный улун.", id="the price before its product"),
        pytest.param("Всего 890 ₽ за вечер с глиной", id="a price that one of the products has"),
        pytest.param("«Терракота» греет руки", id="no price at all"),
    ],
)
def test_a_true_text_raises_nothing(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Ассам «Второй сбор» — 450 ₽", "price", id="wrong price"),
        pytest.param("За 450 ₽ — ассам «Второй сбор»", "price", id="wrong price before its product"),
        pytest.param("Молочный улун — 5.80 €", "price", id="wrong currency"),
        pytest.param("Всего 333 ₽ за вечер", "not_compared", id="nobody's price"),
        pytest.param("Ассам «Второй збор» — 490 ₽", "name", id="a slip in the name"),
    ],
)
def test_what_is_not_so_is_named(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_the_only_product_of_a_piece_owns_its_prices_and_its_pronouns() -> None:
    assert codes("Знакомьтесь.\n\nДве недели он стоит 580 ₽.", OOLONG) == []
    assert codes("Знакомьтесь.\n\nДве недели он стоит 590 ₽.", OOLONG) == ["price"]


def test_a_former_price_of_the_feed_may_stand_alone() -> None:
    text = Marked("По отдельному чеку 680 ₽. Всё вместе выходило 777 ₽.")
    assert [r.code for r in check(text, SHOP, former=(77700,))] == []


def test_a_product_that_is_sold_out_is_named() -> None:
    assert codes("Молочный улун ждёт", product("T2", "Молочный улун, 100 г", 580, available=False)) == ["sold_out"]


def test_a_mismatch_names_the_product_both_prices_and_the_place() -> None:
    (reason,) = check(Marked("Вот молочный улун за 600 руб."), SHOP)
    with spoken("ru"):
        assert str(reason).replace("\u00a0", " ") == (
            "«Молочный улун, 100 г»: в тексте 600 руб., в фиде 580 ₽. Исправьте текст (знак 22) или цену в фиде."
        )


def test_names_that_mean_two_products_mean_none() -> None:
    small = product("T3", "Молочный улун, 50 г", 330)
    assert [m.product.id for m in mentions("Молочный улун, 50 г и молочный улун", (OOLONG, small))] == ["T3"]


def test_products_of_the_brief_that_the_text_forgot_are_named() -> None:
    assert [r.words["name"] for r in not_named("Ассам «Второй сбор» и чашка", (ASSAM, OOLONG))] == [OOLONG.name]


POST = Post(text="Ассам «Второй сбор» — 490 ₽, рядом чашка «Терракота».", products=SHOP)


@pytest.mark.parametrize(
    ("feed", "code"),
    [
        pytest.param({one.id: one for one in SHOP}, "", id="nothing changed"),
        pytest.param({"T1": product("T1", ASSAM.name, 520), "P1": CUP}, "price", id="the price rose"),
        pytest.param({"P1": CUP}, "not_in_feed", id="the product is gone"),
        pytest.param({"T1": ASSAM, "P1": product("P1", CUP.name, 890, available=False)}, "sold_out", id="sold out"),
        pytest.param({"T1": ASSAM, "P1": product("P1", CUP.name, 990)}, "", id="a price that the text does not say"),
    ],
)
def test_a_post_is_held_when_what_it_says_is_no_longer_so(feed: dict[str, Product], code: str) -> None:
    assert held_because(POST, feed).code == code


def test_a_price_is_followed_to_the_product_that_cost_so_when_it_was_written() -> None:
    post = Post(text="Всё вместе — 580 ₽.", products=(ASSAM, OOLONG))
    feed = {"T1": ASSAM, "T2": product("T2", OOLONG.name, 600)}
    assert held_because(post, feed).words["name"] == OOLONG.name


def test_a_price_struck_out_in_the_post_is_not_compared() -> None:
    post = Post(text="Молочный улун 680 ₽ 580 ₽", spans=(Span(start=14, end=19, kind="strike"),), products=(OOLONG,))
    assert not held_because(post, {"T2": OOLONG})
