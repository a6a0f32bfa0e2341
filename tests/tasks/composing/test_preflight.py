"""What is looked at before a mailing goes out: each finding has its gravity, its place and its mend."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from models.content import Effect, Offer, Place, Problem
from models.letters import Ground
from models.mail_document import (
    AdLabel,
    Block,
    Button,
    Coupon,
    Heading,
    MailDocument,
    PictureBlock,
    Products,
    Prose,
    ShownTo,
)
from models.reason import because
from tasks.composing.checks.finding import Finding, LinkLook, LookedAt, PictureLook, Severity, SpamLook
from tasks.composing.checks.size import bytes_of
from tasks.composing.compose import compose
from tasks.composing.materials import Doors, Imprint, Materials
from tasks.composing.preflight import may_go, preflight
from tests.tasks.composing.sample import EVERYTHING, IMPRINT, PRODUCTS, SITE, document, finished, ready

LONG = Prose(id="long", text="Каждую неделю мы отбираем то, что стоит попробовать именно сейчас, и пишем об этом. " * 4)
GO = Button(id="go", label="Пойти", link=f"{SITE}/a")
GOOD: dict[str, Any] = {"subject": "Чай этой недели", "preheader": "Три сорта, которые стоит попробовать сейчас"}
LOOKED = LookedAt(controls=("team@7cups.example",), links={f"{SITE}/a": LinkLook(200), SITE: LinkLook(200, 1)})
FEED = {offer.id: offer for offer in PRODUCTS}


def findings(
    *blocks: Block,
    looked: LookedAt = LOOKED,
    materials: Materials = EVERYTHING,
    imprint: Imprint = IMPRINT,
    **more: Any,
) -> tuple[Finding, ...]:
    return _found(document(LONG, *(blocks or (GO,)), **{**GOOD, **more}), looked, materials, imprint)


def _found(
    written: MailDocument, looked: LookedAt = LOOKED, materials: Materials = EVERYTHING, imprint: Imprint = IMPRINT
) -> tuple[Finding, ...]:
    made = compose(written, materials)
    return preflight(ready(made), written, imprint, looked, made.problems)


def test_a_good_letter_may_go() -> None:
    found = findings()
    assert [str(one) for one in found] == []
    assert may_go(found)


def look(status: int = 200, redirects: int = 0, circles: bool = False) -> LookedAt:
    return replace(LOOKED, links={f"{SITE}/a": LinkLook(status, redirects, circles), SITE: LinkLook(200)})


def pictured(**said: Any) -> LookedAt:
    return replace(LOOKED, pictures={"https://img.7cups.example/a.jpg": PictureLook(**said)})


def fed(**changes: Any) -> LookedAt:
    feed: Mapping[str, Offer] = {**FEED, "T1": FEED["T1"].model_copy(update=changes)}
    return replace(LOOKED, products=feed)


PICTURE = PictureBlock(id="pic", source="https://img.7cups.example/a.jpg", alt="Чай в чашке")
GOODS = Products(id="goods", ids=("T1",))
COUPON = Coupon(id="coupon", gives="Скидка", offer="tea-week", shown_to=ShownTo(has=("coupon.code",)))
CASES = [
    ("dead", "stops", "go", {"looked": look(404)}),
    ("silent", "stops", "go", {"looked": look(0)}),
    ("circles", "stops", "go", {"looked": look(302, 20, True)}),
    ("many_hops", "warns", "go", {"looked": look(200, 5)}),
    ("not_looked_at", "notes", "", {"looked": replace(LOOKED, links={SITE: LinkLook(200)})}),
    ("plain", "warns", "go", {"blocks": [Button(id="go", label="Да", link="http://7cups.example")]}),
    ("loopback", "stops", "go", {"blocks": [Button(id="go", label="Да", link="http://127.0.0.1:8080/x")]}),
    ("own_loopback", "stops", "", {"materials": replace(EVERYTHING, doors=Doors.at("http://localhost:8080"))}),
    ("no_alt", "warns", "pic", {"blocks": [GO, PICTURE.model_copy(update={"alt": ""})]}),
    ("file_as_alt", "warns", "pic", {"blocks": [GO, PICTURE.model_copy(update={"alt": "IMG_0042.jpg"})]}),
    ("not_shown", "warns", "pic", {"blocks": [GO, PICTURE.model_copy(update={"source": "https://a.ru/b.webp"})]}),
    ("gone", "stops", "pic", {"blocks": [GO, PICTURE], "looked": pictured(status=404)}),
    ("heavy", "warns", "pic", {"blocks": [GO, PICTURE], "looked": pictured(size=400_000)}),
    ("all_heavy", "warns", "", {"blocks": [GO, PICTURE], "looked": pictured(size=2_000_000)}),
    ("long_subject", "warns", "", {"subject": "Чай " * 20}),
    ("short_subject", "warns", "", {"subject": "Да"}),
    ("capitals", "warns", "", {"subject": "РАСПРОДАЖА на неделе"}),
    ("exclaims", "warns", "", {"subject": "Скидки! Чай!"}),
    ("emoji", "warns", "", {"subject": "Чай 🍵 и мята 🌿"}),
    ("pretends", "warns", "", {"subject": "Re: ваш заказ"}),
    ("no_preheader", "warns", "", {"preheader": ""}),
    ("preheader_length", "notes", "", {"preheader": "Коротко"}),
    ("same", "warns", "", {"preheader": "Чай этой недели."}),
    ("placeholder", "stops", "", {"subject": "[Тема письма]"}),
    ("placeholder", "stops", "p", {"blocks": [GO, Prose(id="p", text="Lorem ipsum dolor")]}),
    ("placeholder", "stops", "p", {"blocks": [GO, Heading(id="p", text="Заголовок")]}),
    ("placeholder", "stops", "p", {"blocks": [GO, Prose(id="p", text="Текст")]}),
    ("no_name", "stops", "", {"imprint": Imprint("ООО «Другие»", IMPRINT.address)}),
    ("no_address", "stops", "", {"imprint": Imprint(IMPRINT.name)}),
    ("no_address_shown", "stops", "", {"imprint": Imprint(IMPRINT.name, "Москва, ул. Иная, 1")}),
    ("no_erid", "stops", "", {"ad": AdLabel(erid_required=True)}),
    ("no_controls", "warns", "", {"looked": replace(LOOKED, controls=())}),
    ("no_fallback", "warns", "p", {"blocks": [GO, Prose(id="p", text="{{ points }} и {{ points }}")]}),
    ("no_fallback", "warns", "", {"subject": "Чай для вас, {{ name }}"}),
    ("price_differs", "stops", "goods", {"blocks": [GO, GOODS], "looked": fed(price=1)}),
    ("product_gone", "stops", "goods", {"blocks": [GO, GOODS], "looked": replace(LOOKED, products={})}),
    ("sold_out", "warns", "goods", {"blocks": [GO, GOODS], "looked": fed(available=False)}),
    ("price", "stops", "p", {"blocks": [GO, GOODS, Prose(id="p", text="Улун, 50 г — всего 99 ₽")]}),
    ("no_offer", "stops", "coupon", {"blocks": [GO, COUPON], "looked": replace(LOOKED, coupons=frozenset())}),
    ("no_offer_named", "notes", "coupon", {"blocks": [GO, COUPON.model_copy(update={"offer": ""})]}),
    ("spam", "stops", "", {"looked": replace(LOOKED, spam={"A": SpamLook(5.1, ("HTML_IMAGE_ONLY_08",))})}),
    ("spam", "warns", "", {"looked": replace(LOOKED, spam={"A": SpamLook(3.0)})}),
    ("no_spam_filter", "notes", "", {"looked": replace(LOOKED, spam={"A": SpamLook(is_here=False)})}),
    ("spam_silent", "notes", "", {"looked": replace(LOOKED, spam={"A": SpamLook()})}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "severity", "block", "said"), CASES, ids=[case[0] for case in CASES])
def test_a_check_finds(code: str, severity: str, block: str, said: dict[str, Any]) -> None:
    said = dict(said)
    found = findings(*said.pop("blocks", (GO,)), **said)
    one = next((one for one in found if one.reason.code == code), None)
    assert one, [str(other) for other in found]
    assert (one.severity, one.variant, one.block) == (Severity(severity), "A", block)
    assert "{" not in str(one).replace("{{", "").replace("}}", "")
    assert may_go(found) is (not any(other.severity is Severity.STOPS for other in found))


def test_the_gravest_comes_first() -> None:
    found = findings(Prose(id="p", text="Lorem ipsum"), subject="Да", preheader="Коротко")
    order = [one.severity for one in found]
    assert order == sorted(order, key=list(Severity).index)


def test_what_composing_found_is_told_too() -> None:
    note = Problem(place=Place(file="A", line=3, field="goods"), reason=because("Да", code="x"), effect=Effect.NOTE)
    written = document(LONG, GO, **GOOD)
    found = preflight(ready(compose(written, EVERYTHING)), written, IMPRINT, LOOKED, [note])
    assert [(one.severity, one.variant, one.block, one.reason.code) for one in found] == [
        (Severity.WARNS, "A", "goods", "x")
    ]


def hidden(count: int) -> list[Block]:
    """Blocks that only some see; in each a value."""
    to = ShownTo(groups=("vip",))
    return [Prose(id=f"p-{number}", text="{{ name | default('x') }}", shown_to=to) for number in range(count)]


def weight(count: int) -> int:
    made = ready(compose(document(LONG, GO, *hidden(count), **GOOD), EVERYTHING)).variants[0]
    return bytes_of(made.counted, {"name": 0})


@pytest.mark.parametrize(("size", "code"), [(94_000, ""), (98_000, "nearly_too_big"), (104_000, "too_big")])
def test_the_size_counts_every_block_and_the_longest_values(size: int, code: str) -> None:
    count = round((size - weight(10)) / ((weight(20) - weight(10)) / 10)) + 10
    found = findings(GO, *hidden(count), looked=replace(LOOKED, longest={"name": 0}))
    assert [one.reason.code for one in found if "big" in one.reason.code] == ([code] if code else [])
    heavier = findings(GO, *hidden(count), looked=replace(LOOKED, longest={"name": 500}))
    assert "too_big" in [one.reason.code for one in heavier]


def test_a_value_that_all_have_or_the_block_asks_for_needs_no_fallback() -> None:
    asked = Prose(id="p", text="{{ points }}", shown_to=ShownTo(has=("points",)))
    always = replace(LOOKED, always=frozenset(("name",)))
    assert not findings(GO, asked, looked=always, subject="Чай для вас, {{ name }}")


def test_a_letter_of_one_picture_is_told() -> None:
    found = _found(document(PICTURE, ground=Ground.SERVICE, **GOOD))
    assert "only_pictures" in [one.reason.code for one in found]


def test_a_finished_letter_is_read_as_a_recipient_reads_it() -> None:
    code = '<p style="color:#cccccc">Lorem ipsum</p><img src="https://a.ru/b.png"><a href="">пусто</a>'
    codes = {one.reason.code for one in _found(finished(code))}
    assert {"placeholder", "faint", "no_alt", "empty_link", "footer_added", "no_preheader", "no_sender"} <= codes
