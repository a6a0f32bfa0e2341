"""A mailing's document: what it takes, and how it says what it does not."""

import pytest
from pydantic import ValidationError

from models.letters import Ground
from models.mail_document import (
    Button,
    Column,
    Columns,
    Coupon,
    Finished,
    Heading,
    MailDocument,
    MailVariant,
    Part,
    PictureBlock,
    Products,
    Prose,
    ShownTo,
)

HELLO = Prose(id="hello", text="Здравствуйте!")


def document(*variants: MailVariant, ground: Ground = Ground.ADVERTISING) -> MailDocument:
    return MailDocument(key="week", title="Неделя", sender="news@7cups.example", ground=ground, variants=variants)


@pytest.mark.parametrize(
    "block", [Coupon(id="sale", gives="−10 %"), Products(id="sale", top=3)], ids=["coupon", "goods"]
)
def test_a_service_letter_sells_nothing(block: Part) -> None:
    variant = MailVariant.model_validate({"subject": "Код", "blocks": (HELLO, block)})
    assert document(variant).ground is Ground.ADVERTISING
    with pytest.raises(ValidationError, match="block “sale” advertises"):
        document(variant, ground=Ground.SERVICE)


@pytest.mark.parametrize(
    "link",
    ["https://7cups.example/a?b=1", "http://7cups.example", "mailto:a@b.ru", "tel:+7 843 000-00-00", "#top",
     "{{ confirm_url }}", "{{ unsubscribe_url }}", 'https://7cups.example/?n={{ name | default("a b") }}'],
)  # fmt: skip
def test_a_link_is_an_address_or_a_value(link: str) -> None:
    assert Button(id="b", label="Да", link=link).link == link


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "7cups.example", "//7cups.example", "data:text/html,x", "https://a b", 'https://a"b',
             "vbscript:x", "ftp://7cups.example", ""],
)  # fmt: skip
def test_nothing_else_is_a_link(link: str) -> None:
    with pytest.raises(ValidationError):
        Button(id="b", label="Да", link=link)


@pytest.mark.parametrize("source", ["https://a.ru/x", "pictures/чай 1.jpg", "https://a.ru/{{ coupon.code }}.png"])
def test_a_picture_is_an_address_or_a_file(source: str) -> None:
    assert PictureBlock(id="p", source=source).source == source


@pytest.mark.parametrize("source", ["javascript:x", "чай", "C:\\a.png", "mailto:a@b.ru", "data:image/png;base64,x", ""])
def test_nothing_else_is_a_picture(source: str) -> None:
    with pytest.raises(ValidationError):
        PictureBlock(id="p", source=source)


def test_blocks_have_names_and_each_its_own() -> None:
    with pytest.raises(ValidationError, match="called “hello”"):
        MailVariant(subject="Да", blocks=(HELLO, HELLO))
    with pytest.raises(ValidationError, match="for example heading-2"):
        MailVariant(subject="Да", blocks=(HELLO, Heading(text="Да")))


def test_a_variant_has_blocks_or_a_finished_letter() -> None:
    whole = Finished(kind="html", source="<p>Да</p>")
    for wrong in ({"blocks": (HELLO,), "finished": whole}, {}):
        with pytest.raises(ValidationError, match="exactly one of them"):
            MailVariant.model_validate({"subject": "Да", **wrong})


def test_variants_are_told_apart() -> None:
    one = MailVariant(subject="Да", blocks=(HELLO,))
    with pytest.raises(ValidationError, match="two variants A"):
        document(one, one)
    assert document(one, one.model_copy(update={"name": "B"})).variant("B").name == "B"


def test_a_finished_letter_has_its_limit_in_bytes() -> None:
    assert Finished(kind="html", source="a" * 500_000)
    with pytest.raises(ValidationError, match="501 KB"):
        Finished(kind="html", source="ы" * 250_001)


def test_a_block_is_not_shown_to_those_it_is_hidden_from() -> None:
    assert not ShownTo()
    assert ShownTo(has=("coupon.code",))
    with pytest.raises(ValidationError, match="hidden from it at once"):
        ShownTo(groups=("tea",), except_groups=("tea",))
    with pytest.raises(ValidationError, match=r"first_name"):
        ShownTo(has=("coupon code",))


def test_what_stands_in_columns_is_looked_at_too() -> None:
    columns = Columns(id="two", columns=(Column(blocks=(Prose(text="Да"),)), Column(blocks=(Prose(text="Нет"),))))
    parts = list(MailVariant(subject="Да", blocks=(HELLO, columns)).parts())
    assert [(name, type(part).__name__) for name, part in parts] == [
        ("hello", "Prose"), ("two", "Columns"), ("two", "Prose"), ("two", "Prose"),
    ]  # fmt: skip


def test_a_document_is_kept_as_json_and_read_again() -> None:
    made = document(MailVariant(subject="Да", blocks=(HELLO, Coupon(id="c", gives="Чай"))))
    assert MailDocument.model_validate_json(made.model_dump_json()) == made
