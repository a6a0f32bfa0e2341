"""What a redemption costs beside its bare statements: `python -m tests.bench.coupons_redeem [--database URL]`.

In one run on one database: so many clients as processes redeem codes of one hot offer, first one code all of them, then
each a code of its own out of a hundred thousand; beside them the very statements of a redemption in one transaction by
the driver alone, nothing read, priced or checked in Python; and the same clients as tills at a web process of its own,
over loopback. The sides take turns. The ratios are the result.
"""

import argparse
import json
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Engine, insert, text

from models.database import connect
from models.redemptions import Coupon
from models.tables import METADATA
from tests.bench.coupons_clients import CLIENTS, SIDES, measured
from tests.bench.coupons_web import CALLS_MOST, make_keys, web_process
from tests.tasks.redeeming.shop import redeeming, terms
from tests.tasks.tills.shop import opened

CODES = 100_000


def prepare(engine: Engine, codes: int) -> None:
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    redeem = redeeming(engine)
    with redeem.house.sessions.begin() as session:
        row = opened(session, "HOT", of=terms(limits={"total": 10**8, "budget": Decimal(10**9)}), most=0)
        now = datetime.now(UTC)
        some = [{"code": f"C{n:06d}", "offer_id": row.id, "batch_id": 1, "state": "live", "most": 0, "used": 0,
                 "held": 0, "made_at": now} for n in range(codes)]  # fmt: skip
        session.execute(insert(Coupon), some)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def compare(url: str, engine: Engine, address: str, number: int, rounds: int, codes: int) -> dict[str, str | float]:
    said: dict[str, str | float] = {}
    for name, spread in (("one hot code", 0), (f"spread over {codes} codes", codes)):
        best: dict[str, tuple[float, list[float]]] = {}
        for turn in range(rounds):
            for side in SIDES:
                run = f"{side}-{spread}-{turn}"
                if side == "http":
                    make_keys(url, run, CLIENTS)
                found = measured(side, address if side == "http" else url, run, min(number, CALLS_MOST), spread)
                best[side] = max(best.get(side, found), found, key=lambda each: each[0])
        for side, (rate, spent) in best.items():
            cuts = quantiles(spent, n=100)
            said[f"{name}, {side}"] = f"{rate:.0f}/s, p50 {1000 * cuts[49]:.1f} ms, p99 {1000 * cuts[98]:.1f} ms"
        said[f"{name}, domain / bare (goal >= 0.7)"] = round(best["domain"][0] / best["bare"][0], 2)
        said[f"{name}, http / domain"] = round(best["http"][0] / best["domain"][0], 2)
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
        prepare(database, order.codes)
        with web_process(url, Path(folder)) as address:
            found = compare(url, database, address, order.number, order.rounds, order.codes)
        database.dispose()
    print(json.dumps(found) if order.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
