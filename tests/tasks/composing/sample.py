"""A company, its products and its customers for letters that are tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.company import BrandKit
from models.content import Offer
from models.letters import Ground
from models.mail_document import Block, Finished, MailDocument, MailVariant, Prose
from tasks.composing.compiled import Compiled, Made, Variant, values
from tasks.composing.compose import Composed, compose
from tasks.composing.filling import filled
from tasks.composing.materials import Doors, Imprint, Materials

SITE = "https://7cups.example"
BRAND = BrandKit.model_validate(
    {
        "palette": {"background": "#fbf6ec", "text": "#2b2320", "accent": "#a84a24", "accent_text": "#fbf6ec",
                    "link": "#2f5d44"},
        "fonts": {"heading": "Georgia, 'PT Serif', serif", "text": "'PT Sans', Arial, sans-serif"},
    }
)  # fmt: skip
IMPRINT = Imprint("ООО «Семь чашек»", "420000, Казань, ул. Примерная, 21", SITE, "+7 843 000-00-00")
DOORS = Doors.at("https://letters.7cups.example", "unsubscribe@7cups.example")
NAMES = ("Чай «Сенча», 100 г", "Улун, 50 г", "Пуэр, 357 г", "Кофе & кардамон", "Чашка", "Чайник", "Мёд", "Набор")
PRODUCTS = tuple(
    Offer(id=f"T{number}", name=name, price=45_000 + number * 12_550, currency="RUB", url=f"{SITE}/p/{number}?a=1&b=2",
          old_price=90_000 if number == 0 else None, pictures=(f"https://img.7cups.example/{number}.jpg",),
          category=("Чай", "Зелёный") if number < 3 else ("Посуда",), category_ids=("7",))
    for number, name in enumerate(NAMES)
)  # fmt: skip
ANNA: Mapping[str, Any] = {
    "mark": "aB3-xyz_9", "name": "Анна Петрова", "points": 21, "groups": {"tea"},
    "coupon": {"code": "K7WM-42XQ", "qr": f"{SITE}/q/1aaaaaaaaaaaaaaaa.png"},
    "confirm_url": f"{SITE}/confirm?k=1&b=2",
}  # fmt: skip
EVERYTHING = Materials(BRAND, IMPRINT, DOORS, "https://img.7cups.example/logo.png", products=PRODUCTS)


def document(*blocks: Block, subject: str = "Привет", ground: Ground = Ground.ADVERTISING, **more: Any) -> MailDocument:
    variant = MailVariant(
        subject=subject, preheader=more.pop("preheader", ""), blocks=blocks or (Prose(id="p", text="Да"),)
    )
    return MailDocument(key="week", title="Неделя", sender="news@7cups.example", sender_name="Семь чашек",
                        ground=ground, variants=(variant,), **more)  # fmt: skip


def finished(source: str, kind: str = "html", **more: Any) -> MailDocument:
    variant = MailVariant(subject="Привет", finished=Finished.model_validate({"kind": kind, "source": source}))
    return MailDocument(key="week", title="Неделя", sender="news@7cups.example", variants=(variant,), **more)


def ready(made: Composed) -> Compiled:
    assert made.compiled, [str(problem) for problem in made.problems]
    return made.compiled


def variant(*blocks: Block, materials: Materials = EVERYTHING, **more: Any) -> Variant:
    return ready(compose(document(*blocks, **more), materials)).variants[0]


def html_of(made: Variant, person: Mapping[str, Any] = ANNA) -> str:
    return filled(made.counted.form.html, values(made, person))


def text_of(made: Variant, person: Mapping[str, Any] = ANNA) -> str:
    return filled(made.counted.form.text, values(made, person))


def straight(made: Made, person: Mapping[str, Any] = ANNA) -> str:
    return filled(made.form.html, made.values(person))


def codes(made: Composed) -> Sequence[str]:
    return [problem.reason.code for problem in made.problems]
