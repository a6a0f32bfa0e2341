"""Clients that redeem, by the ledger or by bare statements, as processes forked off one that has read the code."""

import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from typing import Any

from models.database import connect
from models.redemptions import Redeemed
from tasks.redeeming import rows
from tasks.redeeming.planning import Planned, row_of
from tests.bench.coupons_bare import Bare
from tests.bench.coupons_web import through_http
from tests.tasks.redeeming.shop import call, redeeming

CLIENTS = 16
FORKED = get_context("forkserver")
FORKED.set_forkserver_preload([__name__])


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
        looked = rows.look(session, ledger.house.clock, ("HOT",), locking=False)
        one: Planned = ledger.scales.plan(session, made, looked.found, ["HOT"])[0]
    row = row_of(made, one, 0, Redeemed.REDEEMED, "said", looked.now)
    return lambda code, n: bare.redeem(code, row | {"key": f"{run}-{client}-{n}"}, one.takes)


SIDES = {"domain": through_domain, "bare": through_bare, "http": through_http}


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
