"""CommerceML 2.10 both ways: what others write is read, what we write has the schema's names in the schema's order."""

import pytest
from lxml import etree  # type: ignore[import-untyped]

from models.basket import Off
from models.company import Outlet
from models.offers import Base, Conditions, Gift, Goods, PercentOff, Stacking, Which
from tasks.exchange import commerceml, down
from tasks.exchange.commerceml import parsed, read_documents
from tasks.redeeming.calls import Brought, Sale
from tests.fakes import NOW
from tests.tasks.trade.shop import terms

# The sequence of a document in commerceml_2 2.10, and its kinds of operations; see the docstring of `commerceml`.
SEQUENCE = ("Ид", "Номер", "Дата", "ХозОперация", "Роль", "Валюта", "Курс", "Сумма", "Контрагенты", "Время",
            "СрокПлатежа", "Комментарий", "Налоги", "Скидки", "ДопРасходы", "Склады", "Товары", "ЗначенияРеквизитов",
            "Подписанты")  # fmt: skip
NEEDED, NEEDED_OF_A_DISCOUNT = SEQUENCE[:9], ("Наименование", "Сумма")
LONGEST = {"Ид": 40, "Наименование": 255, "ОфициальноеНаименование": 255, "Номер": 255, "Значение": 1000,
           "Комментарий": 3000}  # fmt: skip
DISCOUNT = ("Наименование", "Сумма", "Процент", "УчтеноВСумме", "Комментарий")
RECEIPT = """\
<?xml version="1.0" encoding="{encoding}"?>
<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_210" ВерсияСхемы="2.10" ДатаФормирования="2026-11-21T20:00:00">
 <Контейнер><Документ>
  <Ид>8c1d-1</Ид><Номер>17</Номер><Дата>2026-11-21</Дата><ХозОперация>Отпуск товара</ХозОперация>
  <Роль>Продавец</Роль><Валюта>RUB</Валюта><Курс>1</Курс><Сумма>355.00</Сумма><Время>14:30:00</Время>
  <Товары>
   <Товар><Ид>tea</Ид><Наименование>Чай</Наименование><ЦенаЗаЕдиницу>100.00</ЦенаЗаЕдиницу><Количество>1</Количество>
    <Сумма>55.00</Сумма><Скидки><Скидка><Наименование>Купон</Наименование><Сумма>45.00</Сумма>
    <УчтеноВСумме>true</УчтеноВСумме></Скидка></Скидки></Товар>
   <Товар><Ид>cup</Ид><Наименование>Чашка</Наименование><ЦенаЗаЕдиницу>150</ЦенаЗаЕдиницу><Количество>2</Количество>
    <Сумма>300.00</Сумма></Товар>
  </Товары>
  <ЗначенияРеквизитов>
   <ЗначениеРеквизита><Наименование>Код купона</Наименование><Значение>теа-001</Значение></ЗначениеРеквизита>
   <ЗначениеРеквизита><Наименование>Касса</Наименование><Значение>2</Значение></ЗначениеРеквизита>
  </ЗначенияРеквизитов>
 </Документ></Контейнер>
 <Документ><Ид>9</Ид><Дата>2026-11-21</Дата><ХозОперация>Заказ товара</ХозОперация></Документ>
 <Документ><Ид>8c1d-2</Ид><Дата>2026-11-22</Дата><ХозОперация>Возврат товара</ХозОперация><ЗначенияРеквизитов>
  <ЗначениеРеквизита><Наименование>ДокументОснование</Наименование><Значение>8c1d-1</Значение></ЗначениеРеквизита>
  <ЗначениеРеквизита><Наименование>Касса</Наименование><Значение>2</Значение></ЗначениеРеквизита>
 </ЗначенияРеквизитов></Документ>
</КоммерческаяИнформация>
"""


def read(text: str):
    return read_documents(text.encode(), "center", "Europe/Moscow", "RUB")


@pytest.mark.parametrize("encoding", ["UTF-8", "windows-1251", "UTF-16"])
def test_receipts_and_returns_are_read(encoding: str) -> None:
    found = read_documents(RECEIPT.format(encoding=encoding).encode(encoding), "center", "Europe/Moscow", "RUB")
    assert found.troubles == [] and found.rows == 3
    (_, sale), (_, back) = found.entries
    assert isinstance(sale, Sale) and isinstance(back, Brought)
    assert (sale.call.key, sale.call.codes, sale.call.till, sale.call.receipt) == (
        "8c1d-1", ("TEA001",), "file:center:2", "17"
    )  # fmt: skip
    assert [(one.product, one.amount, one.quantity) for one in sale.call.basket.lines] == [
        ("tea", 10_000, 1_000), ("cup", 30_000, 2_000)
    ]  # fmt: skip
    assert sale.given[0].amount == 4_500 and sale.call.place.at.isoformat() == "2026-11-21T14:30:00+03:00"
    assert (back.back.sale, back.back.till, back.back.lines) == ("8c1d-1", "file:center:2", ())


LINE = ("<КоммерческаяИнформация><Документ><Ид>1</Ид><Дата>2026-11-21</Дата><ХозОперация>Отпуск товара</ХозОперация>"
        "<Товары><Товар><Ид>tea</Ид>{}</Товар></Товары><ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Купон"
        "</Наименование><Значение>TEA001</Значение></ЗначениеРеквизита></ЗначенияРеквизитов></Документ>"
        "</КоммерческаяИнформация>")  # fmt: skip
PRICE = "<ЦенаЗаЕдиницу>99</ЦенаЗаЕдиницу>"
OFF = "<Скидки><Скидка><Сумма>45</Сумма>{}</Скидка></Скидки>"


@pytest.mark.parametrize(
    ("said", "amount", "off"),
    [
        pytest.param("<Сумма>55</Сумма>" + OFF.format("<УчтеноВСумме>true</УчтеноВСумме>"), 10_000, 4_500, id="after"),
        pytest.param("<Сумма>99</Сумма>" + OFF.format("<УчтеноВСумме>false</УчтеноВСумме>"), 9_900, 4_500, id="before"),
        pytest.param(
            "<ЦенаЗаЕдиницу>99</ЦенаЗаЕдиницу><Сумма>99</Сумма>" + OFF.format(""), 9_900, 4_500, id="by price"
        ),
        pytest.param("<ЦенаЗаЕдиницу>99</ЦенаЗаЕдиницу><Сумма>54</Сумма>" + OFF.format(""), 9_900, 4_500, id="net"),
        pytest.param("<Сумма>99</Сумма>", 9_900, None, id="none said"),
        pytest.param(PRICE + "<Количество>2</Количество>", 19_800, None, id="no sum"),
        pytest.param(PRICE + OFF.format("<УчтеноВСумме>true</УчтеноВСумме>"), 9_900, 4_500, id="no sum, discounted"),
    ],
)
def test_the_sum_before_a_discount_is_found(said: str, amount: int, off: int | None) -> None:
    [(_, sale)] = read(LINE.format(said)).entries
    assert isinstance(sale, Sale) and sale.call.basket.amount == amount
    assert sale.given == () if off is None else sale.given[0].amount == off


@pytest.mark.parametrize(
    ("was", "now"),
    [
        pytest.param("<Ид>1</Ид>", "", id="no id"),
        pytest.param("2026-11-21", "вчера", id="no date"),
        pytest.param("<Ид>tea</Ид>", "<Ид>tea</Ид><Сумма>-5</Сумма>", id="below zero"),
        pytest.param("<Ид>tea</Ид>", "<Ид>tea</Ид><Количество>много</Количество>", id="no number"),
        pytest.param("TEA001", "!!!", id="no code"),
        pytest.param("Отпуск товара", "Отчет о розничных продажах", id="a whole shift"),
        pytest.param("Отпуск товара", "Возврат товара", id="a return of nothing"),
    ],
)
def test_a_broken_document_is_told_and_the_next_counts(was: str, now: str) -> None:
    good = LINE.format("<Сумма>99</Сумма>").replace("<Ид>1</Ид>", "<Ид>2</Ид>")
    bad = LINE.format("").replace(was, now, 1)
    inner = good.partition("<КоммерческаяИнформация>")[2]
    found = read(bad.replace("</КоммерческаяИнформация>", "\n" + inner))
    assert len(found.entries) == 1 and len(found.troubles) == 1 and found.troubles[0].row == 1


MANY = tuple(f"product-{n:04}" for n in range(200))
OFFERS = [
    terms(),
    terms(gives=PercentOff(percent=10), title="Чай & кофе <10 %>"),
    terms(gives=Gift(product="cup")),
    terms(title="Чай", goods=Goods(products=MANY), conditions=Conditions(outlets=("center",))),
]
CODES = [down.Code("TEA1", "a", 1, NOW), down.Code("TEA2", "a", None, None)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize("of", OFFERS, ids=["amount", "percent", "gift", "many goods"])
def test_what_we_write_stands_in_the_order_of_the_schema(of, encoding: str) -> None:
    given = down.Given("a" * 60, "0123", of, ("A summary.\0", "word " * 800), 5, NOW)
    outlet = Outlet(key="center" * 10, name="Центр\xa0города")
    text = "".join(down.documents([given], outlet, "RUB", NOW, lambda key: iter(CODES), encoding))
    root = parsed(text.encode(encoding, errors="xmlcharrefreplace"))
    assert root.get("ВерсияСхемы") == "2.10" and etree.QName(root).namespace == down.NAMESPACE
    [document] = root
    names = [etree.QName(one).localname for one in document]
    assert names == sorted(names, key=SEQUENCE.index) and len(set(names)) == len(names) and {*NEEDED} <= {*names}
    plain = [(etree.QName(one).localname, one.text or "") for one in root.iter() if not len(one)]
    assert [name for name, text in plain if len(text) > LONGEST.get(name, len(text))] == []
    assert ("Наименование", "Центр\xa0города") in plain
    told = commerceml._told(document)
    assert [value for name, value in told if name == "кодкупона"] == ["TEA1", "TEA2"]
    assert down.LIST.join(value for name, value in told if name == "products") == down.LIST.join(of.goods.products)
    assert ("limit_total", "100") in told and ("left_total", "5") in told
    for discount in root.iter(f"{{{down.NAMESPACE}}}Скидка"):
        inner = [etree.QName(one).localname for one in discount]
        assert inner == sorted(inner, key=DISCOUNT.index) and {*NEEDED_OF_A_DISCOUNT} <= {*inner}
        assert discount[0].text == of.title
    assert read_documents(text.encode(encoding, errors="xmlcharrefreplace"), "c", "UTC", "RUB").entries == []


def test_a_till_is_told_which_of_the_goods_are_meant_and_how_many() -> None:
    goods = Goods(groups=("Tea",), which=Which.CHEAPEST, at_most=1)
    half = terms(gives=PercentOff(percent=50), goods=goods, stacking=Stacking(base=Base.INITIAL))
    told = down.fields(down.Given("half", "0123", half, (), None, NOW))
    assert (told["which"], told["at_most"], told["base"]) == ("cheapest", 1, "initial")
    assert {*told} <= {*down.OFFER_COLUMNS}


def test_a_receipt_of_two_codes_is_told_by_line() -> None:
    text = LINE.format("<Сумма>99</Сумма>").replace(
        "<Значение>TEA001</Значение>", "<Значение>TEA001</Значение><Значение>TEA002</Значение>"
    )
    [(_, sale)] = read(text).entries
    assert isinstance(sale, Sale) and sale.call.codes == ("TEA001", "TEA002") and sale.given == ()
    assert Off() == Off(lines=())
