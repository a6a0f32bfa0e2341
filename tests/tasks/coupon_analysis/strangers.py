"""A stranger's history in a folder: one offer with a control group, another without, and rows that are wrong."""

from datetime import date, timedelta
from pathlib import Path

BEGINS = date(2026, 3, 2)
LIFT = 100


def settle(folder: Path, clients: int = 160) -> Path:
    """Half get a coupon for tea; each of them then spends 400 more in four weeks."""
    folder.mkdir(parents=True, exist_ok=True)
    coupons = ["Код;Предложение;Клиент;Выдан;Действует до;Группа"]
    redeemed = ["Код;Клиент;Дата;Магазин;Кассир;Чек;Скидка"]
    bought = ["Чек;Дата;Карта;Товар;Товарная группа;Количество;Сумма"]
    for n in range(1, clients + 1):
        has = n <= clients // 2
        coupons.append(f"{f'TEA{n}' if has else ''};Чай;{n};02.03.2026;31.03.2026;{'купон' if has else 'контроль'}")
        for week in range(-8, 6):
            day = BEGINS + timedelta(weeks=week, days=n % 5)
            more = LIFT if has and 0 <= week < 4 else 0
            bought.append(
                f"{n}-{week};{day:%d.%m.%Y};{n};Сенча;Чай;1;{300 + n % 40 * 7 + (n * 7 + week * 13) % 50 + more}"
            )
        if has and n % 4 == 0:
            redeemed.append(f"TEA{n};{n};10.03.2026 1{n % 10}:20;север;Нина;{n}-1;{20 + n % 9}")
    coupons += [f"MUG{n};Кружки;{n};02.03.2026;31.03.2026;" for n in range(1, 21)]
    coupons += ["BAD;Чай;500;32.03.2026;31.03.2026;"]
    redeemed += ["NOPE;7;10.03.2026 10:00;север;Нина;77;10"]
    for name, lines in (("coupons", coupons), ("redemptions", redeemed), ("purchases", bought)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
