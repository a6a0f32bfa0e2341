"""What a redemption costs beside its bare statements: `python -m tests.bench.coupons_redeem [--database URL]`.

In one run on one database: so many clients as processes redeem codes of one hot offer, first one code all of them, then
each a code of its own out of a hundred thousand; beside them the very statements of a redemption in one transaction by
the driver alone, nothing read, priced or checked in Python. Both sides take turns. The ratios are the result.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, insert, text

from models.database import connect
from models.redemptions import Coupon, Redeemed
from models.tables import METADATA
from tasks.redeeming import rows
from tasks.redeeming.planning import Planned, row_of
from tests.bench.coupons_bare import Bare
from tests.tasks.redeeming.shop import call, offer, redeeming, terms

CLIENTS, CODES = 16, 100_000
FORKED = get_context("forkserver")
FORKED.set_forkserver_preload([__name__])


def prepare(engine: Engine, codes: int) -> None:
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    redeem = redeeming(engine)
    with redeem.house.sessions.begin() as session:
        row = offer(session, ["HOT"], terms(limits={"total": 10**8, "budget": Decimal(10**9)}), most=0)
        now = datetime.now(UTC)
        some = [{"code": f"C{n:06d}", "offer_id": row.id, "batch_id": 1, "state": "live", "most": 0, "used": 0,
                 "held": 0, "made_at": now} for n in range(codes)]  # fmt: skip
        session.execute(insert(Coupon), some)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def codes_of(client: int, number: int, spread: int) -> list[str]:
    """Which codes a client redeems: all the same, or one after another of its own."""
    return [f"C{(client + n * CLIENTS) * 7919 % spread:06d}" if spread else "HOT" for n in range(number)]


def through_domain(url: str, client: int, run: str) -> Callable[[str, int], None]:
    ledger = redeeming(connect(url))

    def redeem(code: str, n: int) -> None:
        assert ledger.redeem(call(f"{run}-{client}-{n}", code, till=str(client))).ok

    return redeem


def through_bare(url: str, client: int, run: str) -> Callable[[str, int], None]:
    bare = Bare(url)
    ledger = redeeming(connect(url))
    with ledger.house.reads() as session:
        made = call("bare", "HOT", till=str(client))
        found, now = rows.look(session, ledger.house.clock, ("HOT",), locking=False)
        one: Planned = ledger.plan(session, made, found, {})[0]
    row = row_of(made, one, 0, Redeemed.REDEEMED, "said", now)
    return lambda code, n: bare.redeem(code, row | {"key": f"{run}-{client}-{n}"}, one.takes)


SIDES = {"domain": through_domain, "bare": through_bare}


def work(side: str, url: str, client: int, run: str, codes: Sequence[str], barrier: Any, told: Any) -> None:
    redeem = SIDES[side](url, client, run)
    redeem(codes[0], -1)  # connections and statements are there before the clock runs
    barrier.wait(120)
    spent, began = [], time.monotonic()
    for n, code in enumerate(codes):
        at = time.monotonic()
        redeem(code, n)
        spent.append(time.monotonic() - at)
    told.send((began, time.monotonic(), spent))


def measured(side: str, url: str, run: str, number: int, spread: int) -> tuple[float, list[float]]:
    """Redemptions a second, and how long each took."""
    barrier, pipes = FORKED.Barrier(CLIENTS), [FORKED.Pipe(duplex=False) for _ in range(CLIENTS)]
    clients = [
        FORKED.Process(target=work, args=(side, url, n, run, codes_of(n, number, spread), barrier, pipes[n][1]))
        for n in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for _, ours in pipes:
        ours.close()
    found = [theirs.recv() for theirs, _ in pipes]
    for client in clients:
        client.join()
    wall = max(end for _, end, _ in found) - min(begin for begin, _, _ in found)
    return CLIENTS * number / wall, [one for _, _, spent in found for one in spent]


def compare(url: str, engine: Engine, number: int, rounds: int, codes: int) -> dict[str, str | float]:
    prepare(engine, codes)
    said: dict[str, str | float] = {}
    for name, spread in (("one hot code", 0), (f"spread over {codes} codes", codes)):
        best: dict[str, tuple[float, list[float]]] = {}
        for turn in range(rounds):
            for side in SIDES:
                found = measured(side, url, f"{side}-{spread}-{turn}", number, spread)
                best[side] = max(best.get(side, found), found, key=lambda each: each[0])
        for side, (rate, spent) in best.items():
            cuts = quantiles(spent, n=100)
            said[f"{name}, {side}"] = f"{rate:.0f}/s, p50 {1000 * cuts[49]:.1f} ms, p99 {1000 * cuts[98]:.1f} ms"
        said[f"{name}, domain / bare (goal >= 0.7)"] = round(best["domain"][0] / best["bare"][0], 2)
    audit = redeeming(engine).audit()
    assert audit.ok, audit
    return said


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench.coupons_redeem", description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--number", type=int, default=100, help="redemptions of each client")
    parser.add_argument("--codes", type=int, default=CODES)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    order = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = order.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        database = connect(url)
        found = compare(url, database, order.number, order.rounds, order.codes)
        database.dispose()
    print(json.dumps(found) if order.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
