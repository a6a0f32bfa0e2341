"""What analysing coupons costs beside the bare scan of the same columns: `python -m tests.bench.coupons_analysis`.

Purchases and redemptions are made in columns and written to Parquet files. In one run, each in a process of its own:
the bare scan reads every column of them and adds up what each customer bought in each product group and how often each
code was used; the analysis reads the same files and does everything: funnels, survival curve, breakage and liability,
costs, increment with CUPED and intervals, cannibalisation, margin, signals. Wall, CPU and the most memory of each; the
ratio of the CPU is the result (the wall of a busy machine is its neighbours').
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tasks.coupon_analysis.frames import History
from tasks.coupon_analysis.periods import Periods
from tasks.coupon_analysis.sentences import lead
from tasks.coupon_analysis.whole import Findings, Question, analysed

FIRST, NOW = datetime(2026, 3, 2), datetime(2026, 5, 31)  # noqa: DTZ001 - naive by contract
PERIODS = Periods(date(2026, 3, 2), date(2026, 4, 1), date(2026, 5, 30), before=56, after=28)
GROUPS, OUTLETS, GOAL = 20, 30, 3.0
FILES = ("lines", "coupons", "redemptions", "arms", "costs")


def made(folder: Path, lines: int, redemptions: int) -> None:
    """A shop: a fifth of the lines are customers, nine tenths of them got a code, and the codes are as many as that."""
    customers = max(1_000, lines // 5)
    treated = customers * 9 // 10
    codes = max(treated, redemptions * 2)
    spans = int(timedelta(days=115).total_seconds())
    n = pl.int_range(lines, eager=True).to_frame("n").lazy()
    mixed = pl.col("n").hash(seed=1)
    n.select(
        (mixed % customers + 1).cast(pl.Int64).alias("customer"),
        pl.format("p{}", pl.col("n").hash(seed=2) % 1000).alias("product"),
        pl.format("g{}", pl.col("n").hash(seed=2) % GROUPS).alias("product_group"),
        (pl.lit(FIRST - timedelta(days=56)) + pl.duration(seconds=(pl.col("n").hash(seed=3) % spans).cast(pl.Int64)))
        .alias("local"),
        pl.lit(1000, pl.Int64).alias("quantity"),
        (pl.col("n").hash(seed=4) % 50_000 + 5_000 + (mixed % customers < treated) * 300).cast(pl.Int64)
        .alias("amount"),
    ).sink_parquet(folder / "lines.parquet")  # fmt: skip
    whose = pl.int_range(codes, eager=True).to_frame("n").lazy()
    whose.select(
        (pl.col("n") + 1).alias("coupon"), (pl.col("n") % treated + 1).alias("customer"),
        pl.lit(FIRST).alias("issued_at"), pl.lit(FIRST + timedelta(days=31)).alias("ends_at"),
        pl.lit(1, pl.Int64).alias("most"), (pl.col("n") % 20 > 0).alias("delivered"),
        (pl.col("n") % 3 > 0).alias("viewed"), pl.lit(True).alias("is_live"),
    ).sink_parquet(folder / "coupons.parquet")  # fmt: skip
    at = pl.lit(FIRST) + pl.duration(seconds=(pl.col("n").hash(seed=5) % (31 * 86_400)).cast(pl.Int64))
    used = pl.int_range(redemptions, eager=True).to_frame("n").lazy()
    used.select(
        (pl.col("n") + 1).alias("redemption"), (pl.col("n") * 2 + 1).alias("coupon"),
        (pl.col("n") * 2 % treated + 1).alias("customer"), pl.format("o{}", pl.col("n") % OUTLETS).alias("outlet"),
        pl.format("c{}", pl.col("n").hash(seed=6) % (OUTLETS * 5)).alias("cashier"), at.alias("redeemed_at"),
        (at + pl.duration(hours=3)).alias("local"), (pl.col("n") % 5000 + 500).cast(pl.Int64).alias("amount"),
    ).sink_parquet(folder / "redemptions.parquet")  # fmt: skip
    everybody = pl.int_range(1, customers + 1, eager=True).to_frame("customer")
    arm = pl.when(pl.col("customer") <= treated).then(pl.lit("treated")).otherwise(pl.lit("control")).alias("arm")
    everybody.select("customer", arm).write_parquet(folder / "arms.parquet")
    products = pl.DataFrame({"product": [f"p{n}" for n in range(500)], "cost": [10_000] * 500})
    products.write_parquet(folder / "costs.parquet")


def bare(folder: Path) -> int:
    """Every column read, and one sum over each table: less than that is no look at all."""
    found = 0
    for name, keys, also in (
        ("lines", ["customer", "product_group"], ["product", "local", "quantity"]),
        ("redemptions", ["coupon"], ["redemption", "customer", "outlet", "cashier", "redeemed_at", "local"]),
        ("coupons", ["customer"], ["coupon", "issued_at", "ends_at", "most", "delivered", "viewed", "is_live"]),
    ):
        frame = pl.scan_parquet(folder / f"{name}.parquet").collect()
        total = [pl.col("amount").sum()] if "amount" in frame.columns else []
        found += len(frame.group_by(keys).agg(pl.len(), *total)) + len(frame.select(pl.col(also).max()))
        del frame
    return found


def ours(folder: Path) -> Findings:
    lines = pl.scan_parquet(folder / "lines.parquet")
    whole = {name: pl.read_parquet(folder / f"{name}.parquet") for name in FILES[1:]}
    return analysed(History(lines=lines, **whole), Question(PERIODS, NOW, promoted=("g0", "g1")))


def _memory(what: str) -> int:
    """Megabytes: VmHWM is the most there ever were."""
    told = Path("/proc/self/status").read_text()
    return int(next(line for line in told.splitlines() if line.startswith(what)).split()[1]) // 1024


def measured(work: Callable[[], Any]) -> dict[str, Any]:
    begun, before = (time.perf_counter(), time.process_time()), _memory("VmHWM")
    found = work()
    wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
    said = str(lead(found)) if isinstance(found, Findings) else f"{found} sums"
    return {"wall": round(wall, 2), "cpu": round(cpu, 2), "megabytes": _memory("VmHWM") - before, "said": said}


def apart(what: str, folder: Path) -> dict[str, Any]:
    """In a process of its own, so that neither finds the other's memory warm."""
    command = [sys.executable, "-m", "tests.bench.coupons_analysis", "--only", what, "--folder", str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--redemptions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many, each a process of its own")
    parser.add_argument("--only", choices=("bare", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    order = arguments()
    if order.only:
        print(json.dumps(measured(lambda: {"bare": bare, "ours": ours}[order.only](order.folder))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder, order.lines, order.redemptions)
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) // 2**20
        rounds = [(apart("bare", folder), apart("ours", folder)) for _ in range(order.rounds)]
    scan, whole = (min((one[place] for one in rounds), key=lambda cost: cost["cpu"]) for place in (0, 1))
    figures = {
        "files, MB": megabytes, "bare scan": scan, "analysis": whole,
        f"analysis / bare scan, CPU (goal ≤ {GOAL})": round(whole["cpu"] / scan["cpu"], 2),
        "analysis / bare scan, wall": round(whole["wall"] / scan["wall"], 2),
        "analysis / bare scan, memory": round(whole["megabytes"] / scan["megabytes"], 2),
    }  # fmt: skip
    title = f"analysis of coupons: {order.lines} lines of purchases, {order.redemptions} redemptions"
    print(
        json.dumps(figures, ensure_ascii=False)
        if order.json
        else "\n".join([title, *(f"  {name:45} {value}" for name, value in figures.items())])
    )


if __name__ == "__main__":
    sys.exit(main())
