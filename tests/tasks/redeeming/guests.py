"""The invited and the tills in processes of their own: they answer, change their minds, come, are let in by mistake."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from sqlalchemy import text

from integrations.errors import Unavailable
from models.database import SetClock, connect
from tasks.redeeming.calls import ANSWERS, GiveBack, answer_key
from tasks.redeeming.engine import LIVES, Redeeming
from tests.tasks.redeeming.shop import call, redeeming

COMES, OUTLETS = datetime(2026, 11, 25, 15, 30, tzinfo=UTC), ("center", "north")  # 18:30 in Moscow
EVENING = datetime(2026, 11, 25, 19, tzinfo=UTC).replace(tzinfo=None)
OVER = text("SELECT count(*) FROM offer_counter WHERE used + held > most")
VISITS = (("hold", "leave"), ("hold", "come", "back"), ("hold", "come", "back"), ("come", "back"), ("come",), ("hold",))


def evenings(chance: Random, coupons: Sequence[int], tills: int, visits: int) -> list[list[dict[str, Any]]]:
    """What each process does, one thing after the other: some coupons are in the hands of two of them."""
    return [
        [move for n in range(visits) for move in _visit(chance, coupons[till % len(coupons)], f"till-{till}", n)]
        for till in range(tills)
    ]


def _visit(chance: Random, coupon: int, till: str, n: int) -> Iterator[dict[str, Any]]:
    """They answer or not, once more or otherwise, and then somebody shows the coupon at a till."""
    answers, here = chance.choices(("answer", "answer", "decline"), k=chance.randrange(4)), _place(chance)
    for does in (*answers, *chance.choice(VISITS)):
        said = {"coupon": coupon, "code": f"C{coupon}", "till": till, "key": f"r{n}", "does": does}
        yield said | (_place(chance) if does == "answer" else here) | {
            "dies": chance.random() < 0.2, "times": chance.choice((1, 1, 2)),
        }  # fmt: skip


def _place(chance: Random) -> dict[str, Any]:
    return {"outlet": chance.choice(OUTLETS), "guests": chance.randint(1, 3)}


def moved(ledger: Redeeming, said: dict[str, Any]) -> str:
    """What it was answered."""
    code, till, key = said["code"], said["till"], said["key"]
    if said["does"] == "decline":
        return ledger.release(ANSWERS, answer_key(said["coupon"])).code
    if said["does"] == "leave":
        return ledger.release(till, key).code
    if said["does"] == "back":
        return ledger.give_back(GiveBack(key=f"back-{key}", till=till, sale=key)).reason.code
    if said["does"] == "answer":
        theirs: dict[str, Any] = {"till": ANSWERS, "origin": "answer", "sitting": EVENING}
        asked = call(answer_key(said["coupon"]), code, outlet=said["outlet"], guests=said["guests"], **theirs)
        return ledger.reserve(asked).outcomes[0].reason.code
    here = call(key, code, till=till, origin="page", outlet=said["outlet"], guests=said["guests"])
    lives = timedelta(seconds=-1) if said["dies"] else LIVES
    answer = ledger.redeem(here) if said["does"] == "come" else ledger.reserve(here, lives)
    return answer.outcomes[0].reason.code


def work(database: str, moves: list[dict[str, Any]], barrier: Any, told: "Connection[Any, Any]") -> None:
    """One of them, who asks again what the database was too busy to answer, and looks whether seats are given twice."""
    ledger = redeeming(connect(database), SetClock(COMES))
    barrier.wait(60)
    answers = []
    for said in moves:
        left = int(said["times"])
        while left:
            try:
                answers.append(moved(ledger, said))
                left -= 1
            except Unavailable:
                continue
        with ledger.house.reads() as session:
            answers += ["over"] * bool(session.execute(OVER).scalar_one())
    told.send(answers)
