"""A till that redeems, made to be killed: it goes through its list of calls again and again until it has come through.

`what` is a redeemer, whose calls hold and redeem and now and then give back, or an offline till, which hands in its
journal. What was answered is written down before the next call, as a till prints a receipt.
"""

import os
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from integrations.errors import Unavailable
from models.database import connect
from tasks.redeeming.calls import Brought, GiveBack, Sale
from tasks.redeeming.engine import Redeeming
from tests.fakes import NOW
from tests.tasks.redeeming.shop import call, redeeming

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload([__name__])
IN_ALL = 5  # every fifth sale is brought back
BATCH = 6


def told(folder: Path, till: str) -> dict[str, str]:
    """What this till has been answered; a line that a kill cut off does not count."""
    path = folder / till
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    return dict(line.split(" ", 1) for line in lines)


def write_down(folder: Path, till: str, key: str, answer: str) -> None:
    """One line, after whatever a kill has left of another."""
    path = folder / till
    cut_off = path.exists() and path.stat().st_size and not path.read_bytes().endswith(b"\n")
    with path.open("ab") as file:
        file.write((b"\n" if cut_off else b"") + f"{key} {answer}\n".encode())
        os.fsync(file.fileno())


def redeem(ledger: Redeeming, folder: Path, till: str, number: int) -> None:
    """Sale by sale; whoever was killed in the middle sends the very same call again."""
    known = told(folder, till)
    for n in range(number):
        key = f"{till}-{n}"
        if key not in known:
            asked = call(key, "HOT", till=till, card=str(n % 40))
            answer = ledger.reserve(asked) if n % 2 else None
            if answer is None or answer.ok or answer.outcomes[0].reason.code == "redeemed":  # before the kill, that is
                answer = ledger.redeem(asked)
            write_down(folder, till, key, answer.outcomes[0].reason.code or f"sold {answer.outcomes[0].redemption}")
            known = told(folder, till)
        if known[key].startswith("sold") and n % IN_ALL == 0 and f"back-{key}" not in known:
            done = ledger.give_back(GiveBack(key=f"back-{key}", till=till, sale=key))
            write_down(folder, till, f"back-{key}", done.reason.code or f"back {done.amount}")


def sync(ledger: Redeeming, folder: Path, till: str, number: int) -> None:
    """A journal in portions, each handed in twice, returns ahead of their sales."""
    known = told(folder, till)
    entries: list[Any] = [Sale(call=call(f"{till}-{n}", "HOT", till=till, at=NOW)) for n in range(number)]
    entries += [
        Brought(back=GiveBack(key=f"back-{till}-{n}", till=till, sale=f"{till}-{n}"), at=NOW)
        for n in range(0, number, IN_ALL)
    ]
    entries.reverse()
    for first in range(0, len(entries), BATCH):
        key = f"{till}-batch-{first}"
        if key not in known:
            some = entries[first : first + BATCH]
            ledger.take_journal(some)
            done = ledger.take_journal(some)
            assert not any(one.reason for one in done), done
            write_down(folder, till, key, "entered")


def main(what: str, database: str, folder: str, till: str, number: int) -> None:
    ledger = redeeming(connect(database))
    while True:
        try:
            return {"redeem": redeem, "sync": sync}[what](ledger, Path(folder), till, number)
        except Unavailable:
            continue
