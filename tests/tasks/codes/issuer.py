"""A process that issues codes, made to be killed: `python -m tests.tasks.codes.issuer '<json>'`."""

import json
import sys

from sqlalchemy.orm import sessionmaker

import models.tables  # noqa: F401  the tables refer to one another
from models.database import DatabaseClock, connect
from models.offers import CodeRules
from tasks.codes.engine import Codes
from tasks.codes.rows import Order


def main() -> None:
    order = json.loads(sys.argv[1])
    sessions = sessionmaker(connect(order["database"]), expire_on_commit=False)

    def tell(made: int, wanted: int) -> None:
        print(made, wanted, flush=True)

    codes = Codes(sessions, DatabaseClock(), tick=tell)
    what = Order(1, CodeRules(), "storm", order["number"])
    if order["groups"]:
        codes.issue_to(what, order["groups"], control_percent=10)
    else:
        codes.issue(what)


if __name__ == "__main__":
    main()
