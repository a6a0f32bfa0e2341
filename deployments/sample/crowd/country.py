"""What is different in the two tables of customers: words, dates, phones, how a spreadsheet is saved there. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from deployments.sample.crowd import names

LONDON = "20 7946 0"
OTHERS = ("113 496 0", "121 496 0", "131 496 0", "141 496 0", "161 496 0")


@dataclass(frozen=True)
class Country:
    """`fields` are the columns in their order, by their headings."""

    folder: str
    delimiter: str
    encoding: str
    fields: dict[str, str]
    yes: str
    no: str
    perhaps: str
    document: str
    wordings: tuple[str, str]
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]
    of_a_woman: Callable[[str], str]
    day: Callable[[date], str]
    phone: Callable[[int, int], str]
    short_phone: str
    no_day: str
    telegram: str


def russian_phone(number: int, style: int) -> str:
    """No operator has the code 974; Russia keeps no numbers for fiction (looked up 2026-11-22)."""
    rest = f"{number // 100:02}-{number % 100:02}"
    ways = ("+7 974 000-{}", "8 (974) 000-{}", "+7974000{}", "974 000 {}")
    way = ways[style % len(ways)]
    return way.format(rest if style % 4 < 2 else rest.replace("-", "" if style % 4 == 2 else " "))


def english_phone(number: int, style: int) -> str:
    """Ofcom keeps these for drama, so nobody has them (Telephone numbers for drama use, looked up 2026-11-22)."""
    area, rest = (LONDON, *OTHERS)[number // 1000], f"{number % 1000:03}"
    return f"+44 {area}{rest}" if style % 3 else f"0044{area.replace(' ', '')}{rest}"


RU = Country(
    folder="ru", delimiter=";", encoding="utf-8-sig",
    fields={
        "code": "Карта", "name": "Имя", "surname": "Фамилия", "phone": "Телефон", "email": "Почта",
        "telegram": "Телеграм", "birthday": "День рождения", "city": "Город", "outlet": "Точка",
        "advertising": "Согласие на рекламу", "personal": "Согласие на обработку персональных данных",
        "agreed_on": "Дата согласия", "proof": "Документ согласия", "wording": "Редакция согласия",
        "refused": "Отписан",
    },
    yes="да", no="нет", perhaps="наверное", document="Анкета клиента № {}", wordings=("ред. 1", "ред. 2"),
    women=names.RU_WOMEN, men=names.RU_MEN, surnames=names.RU_SURNAMES, of_a_woman=names.of_a_woman,
    day=lambda day: f"{day:%d.%m.%Y}", phone=russian_phone, short_phone="974 000-01", no_day="31.02.1988",
    telegram="@primer__",
)  # fmt: skip
EN = Country(
    folder="en", delimiter=",", encoding="utf-8",
    fields={
        "code": "Card", "name": "Name", "surname": "Surname", "phone": "Phone", "email": "E-mail",
        "telegram": "Telegram", "birthday": "Birthday", "city": "City", "outlet": "Outlet",
        "advertising": "Consent to advertising", "personal": "Consent to personal data",
        "agreed_on": "Consent date", "proof": "Proof", "wording": "Consent version", "refused": "Unsubscribed",
    },
    yes="yes", no="no", perhaps="perhaps", document="Customer form No {}", wordings=("v1", "v2"),
    women=names.EN_WOMEN, men=names.EN_MEN, surnames=names.EN_SURNAMES, of_a_woman=str,
    day=lambda day: f"{day:%Y-%m-%d}", phone=english_phone, short_phone="+44 131 49", no_day="1988-02-31",
    telegram="@sample__",
)  # fmt: skip
