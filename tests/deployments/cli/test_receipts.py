"""`otdel import receipts`: one file of a till, looked at, then entered once."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from models.database import reading, writing
from models.redemptions import Redemption
from tests.deployments.cli.conftest import Otdel, Town
from tests.deployments.cli.test_customers import keyed
from tests.tasks.redeeming.shop import offer
from tests.tasks.trade.shop import terms

__all__ = ["keyed"]


def rows(town: Town) -> int:
    with reading(town.engine) as session:
        return len(session.execute(select(Redemption)).scalars().all())


def test_a_file_is_looked_at_and_then_entered_once(otdel: Otdel, town: Town, tmp_path: Path) -> None:
    table = tmp_path / "day.csv"
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011  the database's clock is the real one
    with writing(town.engine) as session:
        offer(session, ["TEA001"], terms(starts=yesterday - timedelta(days=1)))
    sold = f"7;{yesterday} 12:00;TEA001;tea;100,00;45"
    table.write_text(f"receipt;date;code;product;amount;discount\n{sold}\n8;never;TEA002;tea;1;1\n")
    given = ("import", "receipts", str(table), "--outlet", "Seven Cups in Bath")
    seen = otdel(*given, "--json")
    assert (seen.code, seen.data["receipts"], seen.data["left_out"]) == (1, 1, 1) and rows(town) == 0
    done = otdel(*given, "--apply", "--json")
    assert (done.data["entered"], done.data["conflicts"], done.data["outlet"]) == (1, 0, "bath") and rows(town) == 1
    again = otdel(*given, "--apply")
    assert "Entered: 0; known already: 1" in again.text and "Row 3: “never” is not a date" in again.text
    assert rows(town) == 1
    assert otdel("import", "receipts", str(table), "--outlet", "hall").code == 2
    assert otdel("import", "receipts", "day.doc", "--outlet", "bath").code == 2
