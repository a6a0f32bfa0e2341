"""An issue of codes killed again and again, anywhere: as many as were ordered, none lost, none doubled."""

import json
import subprocess
import sys
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.redemptions import Arm, Coupon
from tests.tasks.codes.coupons import arms, batches, customers, group, offer

Sessions = sessionmaker[Session]
C = Coupon.__table__.c  # type: ignore[attr-defined]


def column(sessions: Sessions, which: Any) -> list[Any]:
    with sessions() as session:
        return list(session.execute(select(which)).scalars())


def blow(database_url: str, number: int, groups: list[str], wait: float) -> bool:
    """Let it issue for so long after its first words, then kill it; returns whether it had finished before."""
    told = json.dumps({"database": database_url, "number": number, "groups": groups})
    command = [sys.executable, "-m", "tests.tasks.codes.issuer", told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline()
        try:
            process.communicate(timeout=wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        return process.returncode == 0


@pytest.mark.storm
@pytest.mark.parametrize("seed", [11, 23])
def test_dozens_of_blows_lose_no_code_and_double_none(sessions: Sessions, database_url: str, seed: int) -> None:
    lot, number, kills = Random(seed), 150_000, 0
    offer(sessions)
    while kills < 24 and not blow(database_url, number, [], lot.uniform(0, 0.4)):
        kills += 1
        assert [one.made for one in batches(sessions)] == [len(column(sessions, C.id))]
    assert kills >= 8 and blow(database_url, number, [], 600)
    codes = column(sessions, C.code)
    assert len(set(codes)) == len(codes) == number == batches(sessions)[0].made


@pytest.mark.storm
def test_dozens_of_blows_give_everybody_of_a_group_exactly_one(sessions: Sessions, database_url: str) -> None:
    lot, number, kills = Random(5), 60_000, 0
    offer(sessions)
    customers(sessions, number)
    group(sessions, "tea", range(1, number + 1))
    while kills < 24 and not blow(database_url, 0, ["tea"], lot.uniform(0, 0.2)):
        kills += 1
    assert kills >= 6 and blow(database_url, 0, ["tea"], 600)
    treated = {one for one, arm in arms(sessions).items() if arm == Arm.TREATED}
    whose = column(sessions, C.customer_id)
    assert len(whose) == len(set(whose)) and set(whose) == treated
