"""Figures of mailings as plain values, for what is made of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from models.letters import Ground, Happening
from models.mailings import Stage
from models.reason import because
from tasks.reactions_to_mailings.judging import against
from tasks.reactions_to_mailings.values import About, Figures, GroupLine, Owed, Trial, VariantLine
from tasks.returns.owed.rows import CONTROL
from tasks.returns.sums.attribution import By
from tasks.returns.sums.funnel import Funnel
from tasks.returns.sums.intervals import Interval
from tasks.returns.sums.resampling import Spent
from tasks.returns.sums.rows import Hour, LinkClicks
from tasks.returns.sums.trials import WINNER
from tests.fakes import NOW

SENT = NOW - timedelta(days=3)
ABOUT = About(
    id=7, key="winter", title="Зима <b>", stage=Stage.SENT, ground=Ground.ADVERTISING, subject="Чай к морозам",
    account="smtp", account_title="Почта", groups=("tea",), listed_at=SENT, first_at=SENT,
    last_at=SENT + timedelta(hours=2),
)  # fmt: skip
WHOLE = Funnel(
    listed=10_000, sent=9_900, unknown=2, arrived=5_000, bounced_hard=60, bounced_soft=30, rejected=10, undelivered=100,
    opened=2_400, opened_by_machines=900, clicked=480, clicked_by_machines=210, replied=12, unsubscribed=31,
    complained=3, bought=260,
)  # fmt: skip


def flat(buyers: int, size: int, amount: int = 120_000) -> Spent:
    return Spent(tuple(amount + 1000 * (n % 30) for n in range(buyers)), size)


def half(part: int, **more: int) -> Funnel:
    fields = {name: getattr(WHOLE, name) // 2 for name in WHOLE.__dataclass_fields__}
    return Funnel(**(fields | {"clicked": part} | more))


def figures(spent: dict[str, Spent] | None = None, **more: Any) -> Figures:
    """A mailing with everything; `spent` is by variant, the control group among them."""
    bought = spent or {"A": flat(400, 4950), "B": flat(420, 4950), CONTROL: flat(83, 1000)}
    variants = tuple(
        VariantLine(name, half(part), bought.get(name, flat(0, 0)), None, Owed(100, 12_000_000, 0, 12_000_000))
        for name, part in (("A", 180), ("B", 300))
    )
    hours = [Hour(f"{SENT + timedelta(hours=n):%Y-%m-%dT%H}", what, 40 - n, n % 3) for n in range(30)
             for what in (Happening.OPENED, Happening.CLICKED, Happening.DELIVERED)]  # fmt: skip
    usual = Figures(
        about=ABOUT, at=NOW, zone="Europe/Moscow", currency="RUB", whole=WHOLE, variants=variants,
        groups=(GroupLine("tea", "Чаёвники", half(240), True), GroupLine("coffee", "Кофейники", half(100), False)),
        links=tuple(
            LinkClicks("A", n, f"https://shop.example/{n}", f"Чай {n}", 100 - 9 * n, 120, n) for n in range(12)
        ),
        hours=tuple(hours), domains={"mail.example": half(240), "box.example": half(100), "": half(20)},
        leavings={"too_often": 12, "": 15, "reply": 4},
        owed={By.CLICKED: Owed(180, 22_000_000, 500_000, 21_500_000), By.OPENED: Owed(80, 9_000_000, 0, 9_000_000),
              By.SENT: Owed(300, 40_000_000, 0, 40_000_000)},
        looked=flat(220, 9_900), looked_interval=Interval(2_300_000, 3_100_000), against=against(bought, 7),
        trial=Trial("clicked", SENT + timedelta(hours=26), 0, "ask", SENT + timedelta(hours=26), "B", "",
                    because(WINNER, code="winner", variant="B", percent=5)),
        cost=346_500,
    )  # fmt: skip
    return replace(usual, **more)


MORE = {"A": flat(900, 4950), "B": flat(920, 4950), CONTROL: flat(100, 1000)}
LESS = {"A": flat(300, 4950), "B": flat(320, 4950), CONTROL: flat(150, 1000)}
FEW = {"A": flat(400, 4950), "B": flat(420, 4950), CONTROL: flat(9, 100)}
ALONE = {"A": flat(400, 4950), "B": flat(420, 4950)}
