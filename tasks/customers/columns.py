"""The columns of a table of customers, recognised in Russian and English, in any order. Pure."""

from collections.abc import Mapping

from models.content import Effect, Place, Problem, Sheet
from models.locale import mark
from models.reason import Reason, because
from tasks.content.columns import tidy

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("код", "код клиента", "id", "customer id", "№", "номер клиента", "карта", "номер карты", "card", "code"),
    "name": ("имя", "клиент", "фио", "имя и фамилия", "name", "customer name", "full name"),
    "surname": ("фамилия", "surname", "last name"),
    "phone": ("телефон", "phone", "мобильный", "мобильный телефон", "mobile", "номер телефона"),
    "email": ("почта", "email", "e-mail", "электронная почта", "эл. почта"),
    "telegram": ("telegram", "телеграм", "телеграмм"),
    "birthday": ("день рождения", "дата рождения", "birthday", "date of birth"),
    "city": ("город", "city", "населённый пункт"),
    "zone": ("часовой пояс", "зона", "time zone", "timezone"),
    "outlet": ("точка", "магазин", "торговая точка", "outlet", "shop"),
    "advertising": (
        "согласие", "согласие на рассылку", "согласие на рекламу", "согласие на рекламную рассылку", "consent",
        "consent to advertising", "marketing consent",
    ),
    "advertising_email": ("согласие на e-mail", "согласие на email", "согласие на письма", "email consent"),
    "advertising_phone": ("согласие на sms", "согласие на смс", "sms consent"),
    "personal": (
        "согласие на обработку персональных данных", "согласие на обработку данных", "согласие на пдн",
        "согласие на обработку пдн", "personal data consent", "consent to personal data",
    ),
    "agreed_on": ("дата согласия", "consent date", "согласие дано"),
    "personal_on": ("дата согласия на обработку", "дата согласия на пдн", "personal data consent date"),
    "proof": ("документ согласия", "подтверждение согласия", "основание", "consent proof", "proof"),
    "wording": ("редакция согласия", "версия текста", "текст согласия", "consent version", "wording"),
    "via": ("источник согласия", "как получено согласие", "consent source", "consent channel"),
    "refused": ("отписан", "отписка", "не писать", "отказ от рассылки", "стоп-лист", "unsubscribed", "do not contact"),
}  # fmt: skip
BY_NAME = {tidy(name): column for column, names in HEADINGS.items() for name in names}
KNOWN_BY = ("code", "email", "phone", "telegram")
NO_COLUMN = mark("There is no column that says {what}. Add one.")
TO_KNOW = mark("how to reach or to know the customer")
TWICE = mark("Two columns say the same: “{first}” and “{second}”. Delete one, or rename it.")


def column_of(heading: str) -> str:
    """The column a heading names; empty where it names none."""
    return BY_NAME.get(tidy(heading), "")


def places(sheet: Sheet) -> tuple[dict[str, int], tuple[Problem, ...]]:
    """Where each column stands, and what makes the table unusable."""
    at: dict[str, int] = {}
    problems = []
    for place, heading in enumerate(sheet.header):
        column = column_of(heading)
        if column in at:
            words = {"first": sheet.header[at[column]], "second": heading}
            problems.append(_stops(sheet, because(TWICE, code="twice", **words)))
        elif column:
            at[column] = place
    if not any(column in at for column in KNOWN_BY):
        problems.append(_stops(sheet, because(NO_COLUMN, code="no_column", what=because(TO_KNOW))))
    return at, tuple(problems)


def _stops(sheet: Sheet, reason: Reason) -> Problem:
    return Problem(place=Place(file=sheet.file, row=sheet.header_row), reason=reason, effect=Effect.STOPS)
