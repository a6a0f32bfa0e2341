"""Tills in processes of their own, forked off one that has read the code already: a till is there in no time."""

from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from integrations.errors import Unavailable
from models.basket import Basket, BasketLine
from models.database import connect
from models.redemptions import Redeemed
from tasks.redeeming.calls import Call
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.tasks.redeeming.shop import call, redeeming

PRICE = 10_000
FORKED = get_context("forkserver")
FORKED.set_forkserver_preload([__name__])


def asked(said: dict[str, Any]) -> Call:
    basket = Basket(lines=(BasketLine(n=1, product="tea", quantity=1000 * said.get("units", 1), amount=PRICE),))
    sitting = NOW.replace(tzinfo=None) if said.get("seated") else None
    return call(
        said["key"], said["code"], basket=basket, till=said["till"], outlet=said.get("outlet", "center"),
        card=said.get("card", ""), sitting=sitting, guests=2 if sitting else 1,
    )  # fmt: skip


def answered(ledger: Redeeming, said: dict[str, Any]) -> str:
    """`does`: redeem, or reserve and then redeem. Every call is sent twice. Returns what the first was answered."""
    verbs = [ledger.reserve, ledger.redeem] if said["does"] == "reserve" else [ledger.redeem]
    for verb in verbs:
        first, again = verb(asked(said)), verb(asked(said))
        assert again.ok or not first.ok, f"{said['key']}: {first} and then {again}"
        assert [one.redemption for one in first.taken] == [one.redemption for one in again.taken]
        if not first.ok:
            return first.outcomes[0].reason.code
    return Redeemed.REDEEMED.value


def work(database: str, calls: list[dict[str, Any]], barrier: Any, told: "Connection[Any, Any]") -> None:
    """One till: it begins when all are there, and asks again what the database was too busy to answer."""
    ledger = redeeming(connect(database))
    barrier.wait(60)
    answers = []
    for said in calls:
        while True:
            try:
                answers.append(answered(ledger, said))
                break
            except Unavailable:
                continue
    told.send(answers)


def raced(database: str, calls: list[list[dict[str, Any]]], work: Callable[..., None] = work) -> Counter[str]:
    """All tills at once; returns how often each answer was given."""
    barrier = FORKED.Barrier(len(calls))
    pipes = [FORKED.Pipe(duplex=False) for _ in calls]
    tills = [
        FORKED.Process(target=work, args=(database, some, barrier, pipe[1]))
        for some, pipe in zip(calls, pipes, strict=True)
    ]
    for till in tills:
        till.start()
    for _, ours in pipes:
        ours.close()
    try:
        answers = [theirs.recv() for theirs, _ in pipes]
    finally:
        for till, (theirs, _) in zip(tills, pipes, strict=True):
            till.join(60)
            theirs.close()
    assert [till.exitcode for till in tills] == [0] * len(tills)
    return Counter(answer for each in answers for answer in each)
