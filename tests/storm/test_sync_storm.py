"""Journals have one effect, however often who takes them in is killed and frozen: nothing lost, doubled or oversold."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.storm.sync_storm import SyncStorm


@pytest.mark.storm
def test_journals_have_one_effect_in_dozens_of_blows(database: Engine, tmp_path: Path) -> None:
    storm = SyncStorm(database, tmp_path, sales=48, total=30, blows=30, seed=41)
    storm.run()
    print(dict(storm.log))
