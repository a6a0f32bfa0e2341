"""A week and a month of a tea shop's department, invented: plan and facts that a report is made from."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from models.delivery import State
from models.reason import because
from models.registry import Tally
from tasks.reports.compute import report
from tasks.reports.period import Period, month_of, week_of
from tasks.reports.values import Budget, Card, Due, Facts, Goal, Plan, Report, Stuck

ZONE = "Europe/Moscow"
DAY = date(2026, 11, 18)
MADE = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

TITLES = {
    "ru": {
        "company": "Семь чашек",
        "channel": {"site": "Свой сайт", "telegram": "Телеграм-канал", "vk": "Группа ВКонтакте"},
        "campaign": {"advent": "Чайный адвент", "darjeeling": "Новый урожай дарджилинга"},
        "goal": {"clicks": "Переходы в каталог зимних чаёв", "visits": "Гости на дегустациях", "members": "Подписчики"},
        "customer_group": {"tea": "Знатоки чая", "coffee": "Кофе каждый день", "gift": "Ищут подарок"},
        "person": {"orlova": "Марина Орлова", "belov": "Илья Белов"},
        "fund": {"operating": "Операционные затраты", "head": "Фонд руководителя", "phone": "Связь"},
        "pieces": [
            "Как заварить улун и не испортить его кипятком",
            "Чайный адвент: двадцать четыре коробочки до Нового года",
            "Дарджилинг второго сбора приехал",
            "Кофе недели: Эфиопия Иргачеффе",
            "Пять подарков до двух тысяч рублей",
            "Дегустация на Пятницкой в субботу",
            "Чем пуэр похож на погреб",
            "Почему мы не продаём ароматизированный чай",
        ],
        "conclusion": "Адвент работает лучше, чем ждали: половина переходов пришла из двух материалов о нём.\n"
        "Дегустации не добирают гостей — на следующей неделе зовём адресно, через торговые точки.",
        "reason": "Нет согласования версии для канала.",
    },
    "en": {
        "company": "Seven Cups",
        "channel": {"site": "Own site", "telegram": "Telegram channel", "vk": "VK community"},
        "campaign": {"advent": "Tea advent", "darjeeling": "New Darjeeling harvest"},
        "goal": {"clicks": "Clicks to the winter teas", "visits": "Guests at tastings", "members": "Members"},
        "customer_group": {"tea": "Tea connoisseurs", "coffee": "Coffee every day", "gift": "Looking for a gift"},
        "person": {"orlova": "Marina Orlova", "belov": "Ilya Belov"},
        "fund": {"operating": "Operating costs", "head": "The head’s fund", "phone": "Communications"},
        "pieces": [
            "How to brew oolong without boiling it to death",
            "Tea advent: twenty-four boxes until the New Year",
            "Second-flush Darjeeling has arrived",
            "Coffee of the week: Ethiopia Yirgacheffe",
            "Five gifts under two thousand roubles",
            "A tasting at Pyatnitskaya on Saturday",
            "What pu-erh and a cellar have in common",
            "Why we sell no flavoured tea",
        ],
        "conclusion": "The advent does better than expected: half of the clicks came from two pieces about it.\n"
        "Tastings lack guests: next week we invite people by name, through the outlets.",
        "reason": "The rendition has not been approved.",
    },
}
CAMPAIGNS, GOALS, GROUPS, PEOPLE = ("advent", "darjeeling", ""), ("clicks", "visits", ""), ("tea", "coffee", "gift"), (
    "orlova", "belov",
)  # fmt: skip


def period(kind: str) -> Period:
    return week_of(DAY, ZONE) if kind == "week" else month_of(DAY, ZONE)


def plan(language: str) -> Plan:
    words = TITLES[language]
    november = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
    cards = [
        Card(title=title, author=PEOPLE[n % 2], goal=GOALS[n % 3], customer_group=GROUPS[n % 3])
        for n, title in enumerate(words["pieces"])
    ]
    targets = {"clicks": ("clicks", 1_500), "visits": ("visits", 120), "members": ("members", 5_000)}
    budgets = {"operating": 6_000_000, "head": 1_000_000, "phone": 300_000}
    return Plan(
        company=words["company"],
        currency="RUB",
        synthetic=True,
        goals=tuple(
            Goal(key=key, title=words["goal"][key], metric=metric, target=target, **november)
            for key, (metric, target) in targets.items()
        ),
        campaigns=(
            Budget(key="advent", title=words["campaign"]["advent"], amount=3_000_000, **november),
            Budget(key="darjeeling", title=words["campaign"]["darjeeling"], amount=800_000, **november),
        ),
        funds=tuple(Budget(key=key, title=words["fund"][key], amount=budgets[key], **november) for key in budgets),
        titles={name: words[name] for name in ("channel", "campaign", "goal", "customer_group", "person")},
        pieces={str(number): card for number, card in enumerate(cards)},
    )


def counted(slot: int, metric: str, value: int, facts: int = 1, cost: int | None = None, **at: str) -> Tally:
    return Tally(slot, at, metric, value, facts, cost, "RUB" if cost is not None or metric == "revenue" else "")


def facts(kind: str, language: str) -> Facts:
    """Forty publications or so in three channels; Telegram tells no views, the site no reactions."""
    dice, scale = Random(kind), 1 if kind == "week" else 4
    tallies: list[Tally] = []
    for slot, weight in ((0, 0.9), (1, 1.0)):
        for number, channel in enumerate(TITLES["en"]["channel"]):
            for part, campaign in enumerate(CAMPAIGNS):
                at = {"channel": channel, "campaign": campaign, "goal": GOALS[part], "customer_group": GROUPS[part]}
                at |= {"person": PEOPLE[(number + part) % 2], "fund": ""}
                tallies += part_of(slot, int(100 * weight * scale), dice, channel, at)
        for fund, spent in (("operating", 1_450_000), ("phone", 310_000)):
            cost = int(spent * weight * scale / 4)
            at = {"campaign": CAMPAIGNS[slot], "goal": "clicks", "channel": "vk", "fund": fund}
            tallies.append(counted(slot, "expenses", cost, cost=cost, **at))
        tallies.append(counted(slot, "visits", 11 * scale + slot, goal="visits"))
        tallies.append(counted(slot, "members", 4_100 + 97 * slot, channel="telegram"))
        tallies.append(counted(slot, "members", 620 + 9 * slot, channel="vk"))
    return Facts(
        tallies=tuple(tallies),
        pieces=tuple(pieces(dice)),
        days=tuple(days(dice, kind)),
        goals={
            "clicks": (counted(0, "clicks", 1_040), counted(0, "expenses", 2_300_000, cost=2_300_000)),
            "visits": (counted(0, "visits", 44),),
        },
        campaigns={"advent": (counted(0, "expenses", 2_650_000, cost=2_650_000),)},
        funds={
            "operating": (counted(0, "expenses", 3_905_050, cost=3_905_050),),
            "phone": (counted(0, "expenses", 310_000, cost=310_000),),
        },
        due=tuple(due(scale)),
        stuck=stuck(language),
        unrecorded=1,
    )


def part_of(slot: int, size: int, dice: Random, channel: str, at: dict[str, str]) -> list[Tally]:
    number, liked = size // 25, size * dice.randint(3, 9) // 10
    told = {"published": number, "on_time": number - slot % 2, "clicks": size * dice.randint(3, 6) // 10}
    told |= {"views": size * dice.randint(9, 14)} if channel != "telegram" else {}
    told |= {"likes": liked, "comments": liked // 9} if channel != "site" else {}
    return [counted(slot, metric, value, number, **at) for metric, value in told.items()]


def pieces(dice: Random) -> list[Tally]:
    found = []
    for number in range(8):
        at = {"subject_id": str(number)}
        size = dice.randint(10, 90)
        found += [counted(1, "published", 3, 3, **at), counted(1, "views", size * 14, **at)]
        found += [counted(1, "likes", size, **at), counted(1, "clicks", size // 2, **at)]
    return found


def days(dice: Random, kind: str) -> list[Tally]:
    long = (period(kind).last - period(kind).first) // timedelta(days=1) + 1
    usual = {"vk": 420, "site": 260}
    return [
        counted(day, "views", usual[channel] * dice.randint(60, 140) // 100, channel=channel)
        for day in range(long)
        for channel in usual
        if day != 6
    ]


def due(scale: int) -> list[Due]:
    found = [
        Due(str(number % 8), channel, CAMPAIGNS[number % 3], State.CONFIRMED, 1)
        for number in range(12 * scale)
        for channel in ("vk", "telegram", "site")
    ]
    states = (State.HELD, State.HELD, State.REJECTED, State.UNKNOWN)
    return found + [Due(str(number), "vk", "advent", state, 1) for number, state in enumerate(states)]


def stuck(language: str) -> tuple[Stuck, ...]:
    at = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
    why = because(TITLES[language]["reason"], code="approval")
    states = (State.HELD, State.REJECTED, State.UNKNOWN)
    return tuple(Stuck(str(n), "vk", state, at + timedelta(days=n), why) for n, state in enumerate(states))


def sample(kind: str = "week", language: str = "ru") -> Report:
    words = TITLES[language]
    return report(plan(language), facts(kind, language), period(kind), MADE, words["conclusion"])
