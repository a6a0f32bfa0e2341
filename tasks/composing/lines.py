"""Lines that every letter has in its own language, whoever reads them: of its footer, coupons and prices. Pure."""

from tasks.composing.materials import Imprint

LINES = {
    "ru": {
        "instead": "вместо", "until": "Действует до {day} включительно", "code": "Код купона",
        "qr_alt": "QR-код купона {code}", "more": "Подробнее", "sold_out": "нет в наличии",
        "why": "Вы получили это письмо, потому что согласились получать наши рассылки.",
        "why_service": "Это служебное письмо: оно отправлено по вашей заявке и не является рекламой.",
        "unsubscribe": "Отписаться", "preferences": "Настроить рассылку", "web": "Открыть в браузере",
        "ad": "Реклама. {advertiser}", "erid": "erid: {erid}", "phone": "Телефон: {phone}",
    },
    "en": {
        "instead": "instead of", "until": "Valid until {day}, this day included", "code": "Coupon code",
        "qr_alt": "QR code of coupon {code}", "more": "Find out more", "sold_out": "sold out",
        "why": "You get this letter because you agreed to receive our mailings.",
        "why_service": "This is a service letter: it was sent because you asked for it, and it is no advertisement.",
        "unsubscribe": "Unsubscribe", "preferences": "Mailing preferences", "web": "Open in a browser",
        "ad": "Advertisement. {advertiser}", "erid": "erid: {erid}", "phone": "Phone: {phone}",
    },
}  # fmt: skip


def line(language: str, which: str, /, **words: str) -> str:
    return LINES[language][which].format(**words)


def who_sends(imprint: Imprint) -> str:
    """The sender's name and address as one line."""
    return ". ".join(part.rstrip(".") for part in (imprint.name, imprint.address) if part) + "."
