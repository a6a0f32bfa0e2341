"""A department of two thousand made-up customers, with purchases, consents and a stop-list, and groups of them."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.customers import Act, Address, AddressKind, Barred, ConsentAct, Customer, Purpose, Suppression
from models.group_forms import BuildGroupsForm, CorrectGroupForm, MakeGroupForm
from models.purchases import PurchaseLine, Receipt
from tasks.groups.orders.engine import GroupOrders
from tests.deployments.served import Web
from tests.fakes import NOW

NAMES = ("Анна", "Семён", "Ира", "Пётр", "Ольга", "Николай", "Вера", "Глеб", "Нина", "Павел", "Дарья", "Тимур")
LAST = ("Козлов", "Ёлкин", "Морозов", "Лебедев", "Орлов", "Соловьёв", "Зайцев", "Белов", "Щукин", "Громов")
CITIES = ("Москва", "Тверь", "Казань", "Омск", "Пермь")
OUTLETS = ("center", "north", "omsk")
GOODS = {"Чай": ("Улун", "Сенча", "Пуэр"), "Кофе": ("Мокко", "Кения"), "Сладкое": ("Халва",), "Посуда": ("Гайвань",)}
MANY = 2000
LISTED = "".join(f"C-{number}\n" for number in range(1, 41))


def furnish(web: Web, customers: int = MANY) -> None:
    """Customers, and groups of every kind, built over a month."""
    with web.house.sessions.begin() as session:
        people(session, customers)
    orders, now = GroupOrders(web.house), web.clock.at
    try:
        for days, ready in ((28, "Loyal customers"), (28, "Sleeping customers"), (21, "Best customers"),
                            (14, "Without purchases")):  # fmt: skip
            web.clock.at = now - timedelta(days=days)
            _done(
                orders.make(MakeGroupForm.model_validate({"what": "a ready group", "ready": ready, "person": "vera"}))
            )
        _done(orders.make(MakeGroupForm(
            what="by a rule", title="Чай без кофе", rule='bought "Чай" in last 90 days and not bought "Кофе"',
            control="12.5", person="vera", reason="к новому сезону",
        )))  # fmt: skip
        _done(
            orders.make(
                MakeGroupForm(
                    what="a list", title="Гости дегустации", control="0", no_control="благодарность всем", person="vera"
                )
            )
        )
        for days in range(13, -1, -1):
            web.clock.at = now - timedelta(days=days)
            _done(orders.build(BuildGroupsForm(person="vera")))
        web.clock.at = now
        _done(orders.correct(CorrectGroupForm(
            group="loyal", what="add by hand", customers="3, 7", reason="просили лично", person="vera"
        )))  # fmt: skip
        _done(
            orders.correct(
                CorrectGroupForm(
                    group="gosti-degustatsii",
                    what="add to the list",
                    customers=",".join(map(str, range(1, 41))),
                    person="vera",
                )
            )
        )
    finally:
        web.clock.at = now


def _done(report: Any) -> None:
    assert not report.refusal, str(report.refusal)
    assert all(line.done for line in report.lines), [str(line) for line in report.lines]


def people(session: Session, number: int) -> None:
    """Made up, the same each time; customer № 1 is known by the code C-1."""
    chance = random.Random(7)
    made: dict[type[Any], list[dict[str, Any]]] = {
        one: [] for one in (Customer, Address, ConsentAct, Suppression, Receipt, PurchaseLine)
    }
    for id in range(1, number + 1):
        _customer(made, chance, id)
        _ways(made, chance, id)
        _bought(made, chance, id)
    for table, rows in made.items():
        if rows:
            session.execute(insert(table), rows)


def _customer(made: dict[type[Any], list[dict[str, Any]]], chance: random.Random, id: int) -> None:
    since = NOW - timedelta(days=chance.randrange(900))
    born = f"{chance.randrange(1950, 2007)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
    made[Customer].append({
        "id": id, "code": f"C-{id}", "name": f"{chance.choice(NAMES)} {chance.choice(LAST)}", "zone": "",
        "birthday": born if chance.random() < 0.6 else "", "city": chance.choice(CITIES), "source": "drop:1",
        "outlet": chance.choice(OUTLETS), "load_id": 0, "created_at": since, "changed_at": since,
    })  # fmt: skip


def _ways(made: dict[type[Any], list[dict[str, Any]]], chance: random.Random, id: int) -> None:
    personal = chance.random() < 0.9
    if personal:
        made[ConsentAct].append(_act(id, Purpose.PERSONAL))
    for kind, share in ((AddressKind.EMAIL, 0.7), (AddressKind.PHONE, 0.8), (AddressKind.TELEGRAM, 0.15)):
        if chance.random() > share:
            continue
        value = {"email": f"guest{id}@example.org", "phone": f"+7912{id:07d}", "telegram": f"@guest_{id}"}[kind.value]
        print_, agreed, barred = f"{kind.value} of {id}", chance.random() < 0.75, chance.random() < 0.06
        made[Address].append({
            "customer_id": id, "kind": kind.value, "value": value, "written": value, "print": print_,
            "open": personal and agreed and not barred, "since": NOW - timedelta(days=30),
        })  # fmt: skip
        if agreed:
            made[ConsentAct].append(_act(id, Purpose.ADVERTISING, kind.value))
        if barred:
            made[Suppression].append({
                "kind": kind.value, "print": print_, "why": Barred.UNSUBSCRIBED.value, "since": NOW, "source": "",
                "note": "", "by": "", "lifted_by": "", "lifted_why": "",
            })  # fmt: skip


def _act(id: int, purpose: Purpose, kind: str = "") -> dict[str, Any]:
    at = NOW - timedelta(days=60)
    return {
        "once": f"{id}:{purpose.value}:{kind}", "customer_id": id, "purpose": purpose.value, "kind": kind,
        "print": f"{kind} of {id}" if kind else "", "act": Act.GIVEN.value, "at": at, "recorded_at": at,
        "wording": "v1", "via": "import", "source": "", "proof": "form 12", "recorded_by": "",
    }  # fmt: skip


def _bought(made: dict[type[Any], list[dict[str, Any]]], chance: random.Random, id: int) -> None:
    slept = chance.choice((0, 0, 0, 40, 120, 400))
    for _ in range(min(14, int(chance.expovariate(0.28)))):
        receipt = len(made[Receipt]) + 1
        at = NOW - timedelta(days=slept + chance.randrange(300), hours=chance.randrange(10))
        lines = []
        for n in range(1, chance.randrange(2, 4)):
            group = chance.choice(tuple(GOODS))
            lines.append({
                "receipt_id": receipt, "n": n, "product": chance.choice(GOODS[group]), "product_group": group,
                "quantity": 1000, "amount": chance.randrange(150, 2400) * 100,
            })  # fmt: skip
        made[Receipt].append({
            "id": receipt, "key": f"r{receipt}", "customer_id": id, "at": at, "outlet": chance.choice(OUTLETS),
            "amount": sum(line["amount"] for line in lines),
        })  # fmt: skip
        made[PurchaseLine] += lines
