"""A process that gives codes to recipients, made to be killed: `python -m tests.storm.code_giver URL MAILING`."""

import sys
from typing import Any

import models.tables  # noqa: F401  the tables refer to one another
from models.database import connect
from tasks.mailing.coupons.engine import Carrying
from tests.tasks.redeeming.shop import Counter

AT_ONCE = 25


class Telling(Carrying):
    """It tells of each portion before the next is begun."""

    def _portion(self, *args: Any) -> Any:
        some = super()._portion(*args)
        print(len(some), flush=True)
        return some


if __name__ == "__main__":
    url, mailing = sys.argv[1:]
    Telling(Counter(connect(url)), most=AT_ONCE).give_out_of(int(mailing))  # type: ignore[arg-type]
