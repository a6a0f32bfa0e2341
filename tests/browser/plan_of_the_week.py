"""The content plan of the week as its author keeps it: a table in the company's language, loaded five times."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from tests.browser.department import MONDAY, workbook

HEADS = {
    "ru": ("№", "Дата", "Время", "Материал", "Заголовок", "Текст", "Каналы", "Картинка", "Акция", "Цель", "Автор"),
    "en": ("No", "Date", "Time", "Piece", "Title", "Text", "Channels", "Picture", "Campaign", "Goal", "Author"),
}  # fmt: skip
BOTH_NETWORKS = "telegram, showcase"


@dataclass(frozen=True)
class Row:
    number: str
    day: int  # from the week's Monday
    time: str
    piece: str = ""
    title: str = ""
    text: str = ""
    channels: str = ""
    picture: str = ""
    campaign: str = ""
    goal: str = "reach-quarter"
    date: str = ""

    def cells(self, author: str) -> tuple[str, ...]:
        day = self.date or f"{MONDAY + timedelta(days=self.day):%d.%m.%Y}"
        return (
            self.number, day, self.time, self.piece, self.title, self.text, self.channels, self.picture, self.campaign,
            self.goal, author,
        )  # fmt: skip


CAKE, VOTE, POT, OOLONG, DRIPPER, GIFTS, MUG, OPENING, BREAKFAST, BROKEN = map(str, range(1, 11))
ROWS: Mapping[str, tuple[Row, ...]] = {
    "ru": (
        Row(CAKE, -6, "11:00", "medovik.md", channels="site, showcase"),
        Row(VOTE, -4, "13:00", "", "Чай или кофе?",
            "Чай или кофе? Голосуйте реакцией: огонь — кофе, сердце — чай. В пятницу посчитаем и "
            "нарисуем, какой город за что.", BOTH_NETWORKS, "seven-cups.jpg"),
        Row(POT, 0, "14:00", "recept-zimniy-vecher.md", campaign="winter-tea", goal="winter-orders",
            channels="site, showcase"),
        Row(OOLONG, 1, "12:00", "molochnyj-ulun-nedelya.md", campaign="winter-tea", goal="winter-orders",
            channels="site, showcase, telegram"),
        Row(DRIPPER, 2, "10:00", "voronka-za-pyat-shagov.md", campaign="coffee-week", goal="site-clicks",
            channels="site, telegram"),
        Row(GIFTS, 2, "18:00", "podarochnye-nabory.md", campaign="winter-tea", goal="winter-orders", channels="site"),
        Row(MUG, 3, "12:00", "", "Со своей кружкой — можно",
            "Да, со своей кружкой у нас можно. Наливаем в неё чай и кофе во всех семи точках, от Калининграда до "
            "Новосибирска. Просим об одном: сполосните её заранее.", BOTH_NETWORKS, "cup.jpg"),
        Row(OPENING, 4, "11:00", "otkrytie-v-ekaterinburge.md", campaign="new-outlet", goal="outlet-visits",
            channels="showcase, telegram"),
        Row(BREAKFAST, 5, "10:00", "", "Завтрак на плотинке",
            "В субботу накрываем завтрак на плотинке: каша с мёдом, сырники и чайник на двоих. Столик держим до "
            "десяти.",
            BOTH_NETWORKS, "sweets.jpg", "new-outlet", "outlet-visits"),
        Row(BROKEN, 5, "12:00", "", "Неделя кофе заканчивается", "Сегодня последний день недели кофе дома.",
            "showcase", date="31.02.2026"),
    ),
    "en": (
        Row(CAKE, -6, "11:00", "honey-cake.md", channels="site, showcase"),
        Row(VOTE, -4, "13:00", "", "Tea or coffee?",
            "Tea or coffee? Vote with a reaction: fire is coffee, heart is tea. On Friday we count and draw which "
            "town is for what.", BOTH_NETWORKS, "seven-cups.jpg"),
        Row(POT, 0, "14:00", "winter-pot.md", campaign="winter-tea", goal="winter-orders",
            channels="site, showcase"),
        Row(OOLONG, 1, "12:00", "milky-oolong-offer.md", campaign="winter-tea", goal="winter-orders",
            channels="site, showcase, telegram"),
        Row(DRIPPER, 2, "10:00", "dripper-in-five-steps.md", campaign="coffee-week", goal="site-clicks",
            channels="site, telegram"),
        Row(GIFTS, 2, "18:00", "gift-boxes.md", campaign="winter-tea", goal="winter-orders", channels="site"),
        Row(MUG, 3, "12:00", "", "Bring your own mug",
            "Yes, you may bring your own mug. We pour tea and coffee into it in all five shops, from Dublin to "
            "Helsinki. One thing we ask: rinse it first.", BOTH_NETWORKS, "seven-cups.jpg"),
        Row(OPENING, 4, "11:00", "galway-is-open.md", campaign="new-outlet", channels="showcase, telegram"),
        Row(BREAKFAST, 5, "10:00", "", "Breakfast on the quay",
            "On Saturday we lay breakfast on the quay: porridge with honey, scones and a pot for two. Tables are kept "
            "till ten.", BOTH_NETWORKS, "sweets.jpg", "new-outlet"),
        Row(BROKEN, 5, "12:00", "", "Coffee week ends", "Today is the last day of coffee at home week.",
            "showcase", date="31.02.2026"),
    ),
}  # fmt: skip
RINSED = {"ru": " А если забыли, сполоснём мы.", "en": " If you forget, we will."}


def plan(language: str, load: int, author: str) -> bytes:
    """The file as it is at the load of this number, of five."""
    rows = ROWS[language]
    standing = {1: rows[:1], 2: rows[:2], 3: rows[:2], 4: rows[:8]}.get(load) or _mended(language)
    return workbook(HEADS[language], [row.cells(author) for row in standing])


def _mended(language: str) -> tuple[Row, ...]:
    """On Monday: a row was moved, a text was changed, a row is new, and another one names a day that is none."""
    changed = {
        OPENING: lambda row: replace(row, time="16:00"),
        MUG: lambda row: replace(row, text=row.text + RINSED[language]),
    }
    return tuple(changed.get(row.number, lambda row: row)(row) for row in ROWS[language])


def title(language: str, number: str) -> str:
    """What the row is called, where its own cell says it."""
    return ROWS[language][int(number) - 1].title
