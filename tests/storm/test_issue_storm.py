"""An issue of codes killed again and again, anywhere: as many as were ordered, none lost, none doubled."""

import json
import subprocess
import sys
from random import Random

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from models.redemptions import Arm
from tests.tasks.codes.coupons import arms, batches, coupons, customers, group, offer

Sessions = sessionmaker[Session]


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
    lot, number, kills = Random(seed), 400_000, 0
    offer(sessions)
    while kills < 24 and not blow(database_url, number, [], lot.uniform(0, 0.4)):
        kills += 1
        assert [one.made for one in batches(sessions)] == [len(coupons(sessions))]
    assert kills >= 8 and (blow(database_url, number, [], 600) or not kills)
    made = coupons(sessions)
    assert len({one.code for one in made}) == len(made) == number == batches(sessions)[0].made


@pytest.mark.storm
def test_dozens_of_blows_give_everybody_of_a_group_exactly_one(
    sessions: Sessions, database: Engine, database_url: str
) -> None:
    lot, number, kills = Random(5), 100_000, 0
    offer(sessions)
    customers(sessions, number)
    group(sessions, "tea", range(1, number + 1))
    while kills < 24 and not blow(database_url, 0, ["tea"], lot.uniform(0, 0.2)):
        kills += 1
    assert kills >= 6 and blow(database_url, 0, ["tea"], 600)
    treated = {one for one, arm in arms(sessions).items() if arm == Arm.TREATED}
    whose = [one.customer_id for one in coupons(sessions)]
    assert len(whose) == len(set(whose)) and set(whose) == treated
